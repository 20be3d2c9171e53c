using System.Net.Sockets;
using Grpc.Core;

namespace Spool.Remote;

/// <summary>Says which failures of a call come and go with the connection.</summary>
static class RemoteErrors
{
    /// <summary>Says whether the call failed on its way, or because the server or its store cannot be used just now: another attempt may
    /// help, and what became of this one is unknown unless the server was busy.</summary>
    public static bool IsPassing(RpcException error) =>
        WireErrors.IsFromStore(error)
            ? WireErrors.ToStore(error).Code == ThreadStoreErrorCode.Unavailable || WireErrors.IsBusy(error) || WireErrors.IsStopping(error)
            // A broken connection shows as any of these, depending on where it broke. A store's own failure has details and is not among
            // them.
            : (
                error.StatusCode
                    is StatusCode.Unavailable
                        or StatusCode.DeadlineExceeded
                        or StatusCode.Cancelled
                        or StatusCode.Internal
                        or StatusCode.Unknown
                        or StatusCode.Aborted
                        or StatusCode.DataLoss
                        or StatusCode.OK
                || IsCalmed(error)
            ) && ConnectionFailure.Of(error) is not { IsLasting: true };

    /// <summary>Says whether an exception is how the library says that a call or its connection is over. It is not always a status: what is
    /// written to a stream fails as the connection does, and on a call that is over it is a wrong operation.</summary>
    public static bool IsOfConnection(Exception error) =>
        error
            is RpcException
                or HttpRequestException
                or IOException
                or OperationCanceledException
                or ObjectDisposedException
                or InvalidOperationException;

    /// <summary>Makes the status of a connection that broke where the library has none for it.</summary>
    public static RpcException OfConnection(Exception error) => new(new Status(StatusCode.Unavailable, "The connection broke.", error));

    /// <summary>Says what a failure means for a writer.</summary>
    public static WriterFailure ToFailure(RpcException error) => new(KindOf(error), ToStore(error)) { IsUnsent = IsUnsent(error) };

    /// <summary>Says whether the server was at a limit, its store could not be used, or it never heard of the call: nothing was
    /// done.</summary>
    public static bool IsUndone(RpcException error) =>
        WireErrors.IsFromStore(error)
            ? WireErrors.IsBusy(error)
                || WireErrors.ToStore(error).Code == ThreadStoreErrorCode.Unavailable && !WireErrors.IsStopping(error)
            : IsUnsent(error);

    // The library gives the bare failure of the socket, or of its time limit, only where it was making a connection; that of a connection
    // that was there is inside of another exception.
    static bool IsUnsent(RpcException error) =>
        error.Status.DebugException
            is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
                or SocketException
                or TimeoutException;

    // The server asked the connection to be calmer: it began more streams, or ended more of its own, than the server likes. It says nothing
    // of the call.
    static bool IsCalmed(RpcException error)
    {
        const long EnhanceYourCalm = 0xb; // RFC 9113, section 7
        for (var e = error.Status.DebugException; e is not null; e = e.InnerException)
        {
            if (e is HttpProtocolException { ErrorCode: EnhanceYourCalm })
                return true;
        }
        return false;
    }

    static WriterFailureKind KindOf(RpcException error) =>
        WireErrors.IsUnknownLease(error) ? WriterFailureKind.UnknownLease
        : WireErrors.IsBusy(error) ? WriterFailureKind.Busy
        : WireErrors.ToStore(error).Code is ThreadStoreErrorCode.Unauthenticated or ThreadStoreErrorCode.PermissionDenied
            ? WriterFailureKind.NotAllowed
        : WireErrors.IsFromStore(error) && !WireErrors.IsStopping(error)
            ? WireErrors.ToStore(error).Code == ThreadStoreErrorCode.OutcomeUnknown ? WriterFailureKind.OutcomeUnknown
                : WriterFailureKind.Refused
        : IsPassing(error) ? WriterFailureKind.Passing
        : WriterFailureKind.Refused;

    /// <summary>Makes the error to give to callers.</summary>
    public static ThreadStoreException ToStore(RpcException error)
    {
        if (WireErrors.IsFromStore(error))
            return WireErrors.ToStore(error);
        if (ConnectionFailure.Of(error) is { } failure)
            return new ThreadStoreException(failure.Code, failure.Sentence, error);
        return IsPassing(error)
            ? new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "The server cannot be reached or did not answer in time.", error)
            : WireErrors.ToStore(error);
    }
}
