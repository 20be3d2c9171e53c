using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Spool.Contracts;

/// <summary>Turns errors into gRPC statuses and back, by the <see cref="ErrorTable"/>. No program parses a message.</summary>
/// <remarks>The reason in the error details is the group of the code, a word that every version knows; its metadata has the code itself,
/// and what the error is about.</remarks>
static class WireErrors
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
    const string LeaseLeft = "lease_left_ms";
    const string Code = "code";
    const string NextOrdinal = "next_ordinal";
    const string Forks = "forks";

    /// <summary>Makes the status of an error.</summary>
    /// <param name="error">The error.</param>
    public static RpcException ToRpc(ThreadStoreException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Make(error, error.Code == ThreadStoreErrorCode.Busy ? (Server, BusyServer) : null); // clients of before know it by that
    }

    /// <summary>Makes the status that says that a writer's lease is not known: it ran out, was given back, or the server was started
    /// again.</summary>
    /// <param name="threadId">The thread.</param>
    public static RpcException UnknownLease(ThreadId threadId) =>
        Make(
            ThreadStoreException.WriterLost($"The right to write thread {threadId} is no longer held; open it for writing again."),
            (Lease, Unknown)
        );

    /// <summary>Says whether an error means that the writer's lease is not known, so that opening the writer again helps.</summary>
    /// <param name="error">The error.</param>
    public static bool IsUnknownLease(RpcException error) =>
        InfoOf(error) is { } info && info.Metadata.TryGetValue(Lease, out var lease) && lease == Unknown;

    /// <summary>Makes the status that says that the server stops, so that the same call to its successor helps.</summary>
    public static RpcException Stopping() =>
        Make(new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "The server is stopping; try again."), (Server, StoppingServer));

    /// <summary>Says whether an error means that the server stops.</summary>
    /// <param name="error">The error.</param>
    public static bool IsStopping(RpcException error) => IsServer(error, StoppingServer);

    /// <summary>Makes the status that says that the server is at a limit and has done nothing of the call, so that the same call helps
    /// later: a <c>google.rpc.RetryInfo</c> says when.</summary>
    /// <param name="message">What there is too much of.</param>
    public static RpcException Busy(string message) => ToRpc(ThreadStoreException.Busy(message, BusyPause));

    /// <summary>Says whether an error means that the server is at a limit, and has done nothing of the call.</summary>
    /// <param name="error">The error.</param>
    public static bool IsBusy(RpcException error) => IsFromStore(error) && ToStore(error).Code == ThreadStoreErrorCode.Busy;

    /// <summary>Says whether an error is the answer of a store, and not a failure of the way to it.</summary>
    /// <param name="error">The error.</param>
    public static bool IsFromStore(RpcException error) => InfoOf(error) is { Domain: Domain };

    /// <summary>Makes the error of a status.</summary>
    /// <param name="error">The status.</param>
    /// <returns>The error; never one of a kind that could be taken for success.</returns>
    /// <remarks>The code in the error details decides; one that this version does not know is taken by its group, and a status without
    /// details, from a proxy or another server, say, by its number.</remarks>
    public static ThreadStoreException ToStore(RpcException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return InfoOf(error) is { Domain: Domain } info && RowOf(info) is { } row
            ? new ThreadStoreException(row.Code, error.Status.Detail, error)
            {
                // A writer of which nothing is known is one all the same.
                Owner = OwnerOf(info) ?? (row.Code == ThreadStoreErrorCode.HasWriter ? new WriterOwner(null, null, null, null) : null),
                NextOrdinal = NumberOf(info, NextOrdinal),
                Forks = ForksOf(info),
                RetryAfter = PauseOf(error),
            }
            : new ThreadStoreException(CodeOf(error.StatusCode), Sentence(error.StatusCode), error);
    }

    /// <summary>Gives the error code of a status that carries no reason.</summary>
    /// <param name="status">The status.</param>
    public static ThreadStoreErrorCode CodeOf(StatusCode status) =>
        status switch
        {
            StatusCode.InvalidArgument or StatusCode.OutOfRange => ThreadStoreErrorCode.InvalidRequest,
            StatusCode.Unauthenticated => ThreadStoreErrorCode.Unauthenticated,
            StatusCode.PermissionDenied => ThreadStoreErrorCode.PermissionDenied,
            StatusCode.NotFound => ThreadStoreErrorCode.NotFound,
            StatusCode.AlreadyExists => ThreadStoreErrorCode.AlreadyExists,
            StatusCode.Aborted => ThreadStoreErrorCode.WriterLost,
            StatusCode.FailedPrecondition => ThreadStoreErrorCode.Archived,
            StatusCode.ResourceExhausted => ThreadStoreErrorCode.ResourceExhausted,
            StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled => ThreadStoreErrorCode.Unavailable,
            StatusCode.DataLoss => ThreadStoreErrorCode.Corrupt,
            StatusCode.Unimplemented => ThreadStoreErrorCode.Unsupported,
            _ => ThreadStoreErrorCode.Internal,
        };

    static RpcException Make(ThreadStoreException error, (string Key, string Value)? detail)
    {
        var row = ErrorTable.For(error.Code);
        var info = new ErrorInfo
        {
            Reason = row.Group,
            Domain = Domain,
            Metadata = { [Code] = row.Name },
        };
        if (detail is { } more)
            Put(info, more.Key, more.Value);
        Put(info, Host, error.Owner?.Host);
        Put(info, ProcessId, error.Owner?.ProcessId?.ToString(CultureInfo.InvariantCulture));
        Put(info, Program, error.Owner?.Program);
        Put(info, Since, error.Owner?.Since?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        Put(
            info,
            LeaseLeft,
            error.Owner?.LeaseLeft is { } left ? ((long)left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : null
        );
        Put(info, NextOrdinal, error.NextOrdinal?.ToString(CultureInfo.InvariantCulture));
        Put(info, Forks, error.Forks.Count == 0 ? null : string.Join(',', error.Forks.Take(ThreadStoreException.MaxForks)));
        var status = new Google.Rpc.Status
        {
            Code = row.GrpcStatus,
            Message = error.Message,
            Details = { Any.Pack(info) },
        };
        if (error.RetryAfter is { } pause)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(pause) }));
        return status.ToRpcException();
    }

    static ErrorRow? RowOf(ErrorInfo info) =>
        (info.Metadata.TryGetValue(Code, out var name) ? ErrorTable.ForName(name) : null) ?? ErrorTable.ForGroup(info.Reason);

    static bool IsServer(RpcException error, string state) =>
        InfoOf(error) is { } info && info.Metadata.TryGetValue(Server, out var server) && server == state;

    static void Put(ErrorInfo info, string key, string? value)
    {
        if (value is not null)
            info.Metadata[key] = value;
    }

    static ErrorInfo? InfoOf(RpcException error) => DetailOf<ErrorInfo>(error);

    static T? DetailOf<T>(RpcException error)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        try
        {
            return error.GetRpcStatus()?.GetDetail<T>();
        }
        catch (Exception e) when (e is Google.Protobuf.InvalidProtocolBufferException or FormatException)
        {
            return null; // details that another program made
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
            DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null
        )
        {
            LeaseLeft = NumberOf(info, LeaseLeft) is >= 0 and <= int.MaxValue and var left ? TimeSpan.FromMilliseconds(left) : null,
        };
    }

    static long? NumberOf(ErrorInfo info, string key) =>
        info.Metadata.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    static List<ThreadId> ForksOf(ErrorInfo info)
    {
        if (!info.Metadata.TryGetValue(Forks, out var text))
            return [];
        var forks = new List<ThreadId>();
        foreach (var name in text.Split(',', ThreadStoreException.MaxForks + 1).Take(ThreadStoreException.MaxForks))
        {
            if (ThreadId.TryParse(name, out var fork))
                forks.Add(fork);
        }
        return forks;
    }

    static TimeSpan? PauseOf(RpcException error)
    {
        try
        {
            return DetailOf<RetryInfo>(error)?.RetryDelay?.ToTimeSpan() is { } pause && pause >= TimeSpan.Zero ? pause : null;
        }
        catch (Exception e) when (e is InvalidOperationException or OverflowException or ArgumentOutOfRangeException)
        {
            return null; // a duration that is none
        }
    }

    // What a server or proxy that is not Spool says may hold anything, so it is not shown; the inner exception has it.
    static string Sentence(StatusCode status) =>
        status switch
        {
            StatusCode.Unauthenticated => "The server wants a valid token.",
            StatusCode.PermissionDenied => "The token does not allow this.",
            StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled =>
                "The server cannot be reached or did not answer in time.",
            StatusCode.ResourceExhausted => "The server or the connection is at a limit: too many calls, or too large a message.",
            StatusCode.Unimplemented =>
                "No store answers this here: the server is of another version, or it is something else, such as a proxy; check the address.",
            _ => $"The server answered with the status {status}.",
        };
}
