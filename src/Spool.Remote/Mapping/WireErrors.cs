using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Spool.Remote;

/// <summary>Turns errors into gRPC statuses and back, by the <see cref="ErrorTable"/>. Nobody parses a message.</summary>
public static class WireErrors
{
    /// <summary>The domain of the error details.</summary>
    public const string Domain = "spool";

    const string Lease = "lease";
    const string Unknown = "unknown";
    const string Server = "server";
    const string StoppingServer = "stopping";
    const string BusyServer = "busy";
    static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(1);
    const string Host = "host";
    const string ProcessId = "process_id";
    const string Program = "program";
    const string Since = "since";

    /// <summary>Makes the status of an error.</summary>
    /// <param name="error">The error.</param>
    public static RpcException ToRpc(ThreadStoreException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Make(error.Code, error.Message, error.Owner, detail: null);
    }

    /// <summary>Makes the status that says that a writer's lease is not known: it ran out, was given back, or the server was started again.</summary>
    /// <param name="thread">The thread.</param>
    public static RpcException UnknownLease(ThreadId thread) =>
        Make(ThreadStoreErrorCode.Conflict, $"The right to write thread {thread} is no longer held; open it for writing again.", owner: null, (Lease, Unknown));

    /// <summary>Says whether an error means that the writer's lease is not known, so that opening the writer again helps.</summary>
    /// <param name="error">The error.</param>
    public static bool IsUnknownLease(RpcException error) =>
        InfoOf(error) is { } info && info.Metadata.TryGetValue(Lease, out var lease) && lease == Unknown;

    /// <summary>Makes the status that says that the server stops, so that the same call to its successor helps.</summary>
    public static RpcException Stopping() =>
        Make(ThreadStoreErrorCode.Unavailable, "The server is stopping; try again.", owner: null, (Server, StoppingServer));

    /// <summary>Says whether an error means that the server stops.</summary>
    /// <param name="error">The error.</param>
    public static bool IsStopping(RpcException error) => IsServer(error, StoppingServer);

    /// <summary>Makes the status that says that the server is at a limit and has done nothing of the call, so that the same call helps later: a <c>google.rpc.RetryInfo</c> says when.</summary>
    /// <param name="message">What there is too much of.</param>
    public static RpcException Busy(string message) =>
        Make(ThreadStoreErrorCode.ResourceExhausted, message, owner: null, (Server, BusyServer), new RetryInfo { RetryDelay = Duration.FromTimeSpan(BusyPause) });

    /// <summary>Says whether an error means that the server is at a limit, and has done nothing of the call.</summary>
    /// <param name="error">The error.</param>
    public static bool IsBusy(RpcException error) => IsServer(error, BusyServer);

    /// <summary>Says whether an error means that the server lets nobody in without a token that it knows.</summary>
    /// <param name="error">The error.</param>
    public static bool IsTokenWanted(ThreadStoreException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.InnerException is RpcException { StatusCode: StatusCode.Unauthenticated };
    }

    /// <summary>Says whether an error is the answer of a store, and not a failure of the way to it.</summary>
    /// <param name="error">The error.</param>
    public static bool IsFromStore(RpcException error) => InfoOf(error) is { Domain: Domain };

    /// <summary>Makes the error of a status.</summary>
    /// <param name="error">The status.</param>
    /// <returns>The error; never one of a kind that could be taken for success.</returns>
    /// <remarks>The reason in the error details decides. A status without one, or with a reason this version does not know, is taken by its number: from a proxy or
    /// another server, say.</remarks>
    public static ThreadStoreException ToStore(RpcException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var info = InfoOf(error);
        var row = info is { Domain: Domain } ? ErrorTable.ForReason(info.Reason) : null;
        return row is not null
            ? new ThreadStoreException(row.Code, error.Status.Detail, error) { Owner = OwnerOf(info!) }
            : new ThreadStoreException(CodeOf(error.StatusCode), Sentence(error.StatusCode), error);
    }

    /// <summary>Gives the error code of a status that carries no reason.</summary>
    /// <param name="status">The status.</param>
    public static ThreadStoreErrorCode CodeOf(StatusCode status) => status switch
    {
        StatusCode.InvalidArgument or StatusCode.OutOfRange or StatusCode.Unauthenticated or StatusCode.PermissionDenied => ThreadStoreErrorCode.InvalidRequest,
        StatusCode.NotFound => ThreadStoreErrorCode.NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => ThreadStoreErrorCode.Conflict,
        StatusCode.FailedPrecondition => ThreadStoreErrorCode.Archived,
        StatusCode.ResourceExhausted => ThreadStoreErrorCode.ResourceExhausted,
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled => ThreadStoreErrorCode.Unavailable,
        StatusCode.DataLoss => ThreadStoreErrorCode.Corrupt,
        StatusCode.Unimplemented => ThreadStoreErrorCode.Unsupported,
        _ => ThreadStoreErrorCode.Internal,
    };

    static RpcException Make(ThreadStoreErrorCode code, string message, WriterOwner? owner, (string Key, string Value)? detail, RetryInfo? retry = null)
    {
        var row = ErrorTable.For(code);
        var info = new ErrorInfo { Reason = row.Reason, Domain = Domain };
        if (detail is { } more)
            Put(info, more.Key, more.Value);
        Put(info, Host, owner?.Host);
        Put(info, ProcessId, owner?.ProcessId?.ToString(CultureInfo.InvariantCulture));
        Put(info, Program, owner?.Program);
        Put(info, Since, owner?.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        var status = new Google.Rpc.Status { Code = row.GrpcStatus, Message = message, Details = { Any.Pack(info) } };
        if (retry is not null)
            status.Details.Add(Any.Pack(retry));
        return status.ToRpcException();
    }

    static bool IsServer(RpcException error, string state) => InfoOf(error) is { } info && info.Metadata.TryGetValue(Server, out var server) && server == state;

    static void Put(ErrorInfo info, string key, string? value)
    {
        if (value is not null)
            info.Metadata[key] = value;
    }

    static ErrorInfo? InfoOf(RpcException error)
    {
        try
        {
            return error.GetRpcStatus()?.GetDetail<ErrorInfo>();
        }
        catch (Exception e) when (e is Google.Protobuf.InvalidProtocolBufferException or FormatException)
        {
            return null; // details of somebody else's making
        }
    }

    static WriterOwner? OwnerOf(ErrorInfo info)
    {
        info.Metadata.TryGetValue(Host, out var host);
        info.Metadata.TryGetValue(ProcessId, out var process);
        info.Metadata.TryGetValue(Program, out var program);
        info.Metadata.TryGetValue(Since, out var since);
        if (host is null && process is null && program is null && since is null)
            return null;
        return new WriterOwner(
            host,
            int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null,
            program,
            DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null);
    }

    // What a server or proxy that is not Spool says may hold anything, so it is not shown; the inner exception has it.
    static string Sentence(StatusCode status) => status switch
    {
        StatusCode.Unauthenticated => "The server wants a valid token.",
        StatusCode.PermissionDenied => "The token does not allow this.",
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled => "The server cannot be reached or did not answer in time.",
        StatusCode.ResourceExhausted => "The server or the connection is at a limit: too many calls, or too large a message.",
        StatusCode.Unimplemented => "No store answers this here: the server is of another version, or it is something else, such as a proxy; check the address.",
        _ => $"The server answered with the status {status}.",
    };
}
