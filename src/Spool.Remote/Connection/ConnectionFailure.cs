using System.Security.Authentication;
using Grpc.Core;

namespace Spool.Remote;

/// <summary>A connection that could not be made although something listens at the address.</summary>
/// <param name="Code">The error code.</param>
/// <param name="Sentence">What to tell the user.</param>
sealed record ConnectionFailure(ThreadStoreErrorCode Code, string Sentence)
{
    // RFC 9113, section 7
    const long ProtocolError = 0x1;
    const long FrameSizeError = 0x6;
    const long Http11Required = 0xd;

    static readonly ConnectionFailure NoTls = new(
        ThreadStoreErrorCode.InvalidRequest,
        "No TLS connection could be made: the server speaks another version of TLS or none at all, and then its address begins with http://."
    );

    // A server that is just being stopped looks like this as well, and so does a proxy in front of one that is away.
    static readonly ConnectionFailure Cut = new(
        ThreadStoreErrorCode.Unavailable,
        "The server ended the connection before it said anything: it is being stopped, or its address begins with https://, or it wants a client certificate, or another one."
    );

    static readonly ConnectionFailure NoHttp2 = new(
        ThreadStoreErrorCode.InvalidRequest,
        "What answers there speaks HTTP/1.1 only: it is another server, or one whose address has not HttpProtocols.Http2, which gRPC needs."
    );

    // A proxy that is being set up may say the same.
    static readonly ConnectionFailure NotGrpc = new(
        ThreadStoreErrorCode.Unavailable,
        "What answers there does not speak HTTP/2 as gRPC needs it: it is another server, or a proxy that does not pass HTTP/2 on."
    );

    /// <summary>Gets whether waiting does not help.</summary>
    public bool IsLasting => Code == ThreadStoreErrorCode.InvalidRequest;

    /// <summary>Finds what kept a call from having a connection, where that is known.</summary>
    /// <param name="error">The status of the call.</param>
    public static ConnectionFailure? Of(RpcException error)
    {
        for (var cause = error.Status.DebugException; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case UntrustedServerException untrusted:
                    return new ConnectionFailure(ThreadStoreErrorCode.InvalidRequest, untrusted.Message);
                case AuthenticationException:
                    return NoTls;
                case HttpProtocolException { ErrorCode: Http11Required }:
                    return NoHttp2;
                case HttpProtocolException { ErrorCode: ProtocolError or FrameSizeError }:
                    return NotGrpc;
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }:
                case HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: IOException }:
                    return Cut;
            }
        }
        return null;
    }
}
