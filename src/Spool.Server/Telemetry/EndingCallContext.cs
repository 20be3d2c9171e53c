using Grpc.Core;

namespace Spool.Server;

/// <summary>A call that is cancelled also for another reason than that its client left.</summary>
sealed class EndingCallContext : ServerCallContext
{
    const string HttpContextKey = "__HttpContext"; // by which the framework finds the request of a call that is not of its own making

    readonly ServerCallContext _call;

    /// <param name="call">The call.</param>
    /// <param name="ending">Cancelled when the call is to end.</param>
    public EndingCallContext(ServerCallContext call, CancellationToken ending)
    {
        (_call, CancellationTokenCore) = (call, ending);
        call.UserState[HttpContextKey] = call.GetHttpContext();
    }

    protected override string MethodCore => _call.Method;

    protected override string HostCore => _call.Host;

    protected override string PeerCore => _call.Peer;

    protected override DateTime DeadlineCore => _call.Deadline;

    protected override Metadata RequestHeadersCore => _call.RequestHeaders;

    protected override CancellationToken CancellationTokenCore { get; }

    protected override Metadata ResponseTrailersCore => _call.ResponseTrailers;

    protected override Status StatusCore
    {
        get => _call.Status;
        set => _call.Status = value;
    }

    protected override WriteOptions? WriteOptionsCore
    {
        get => _call.WriteOptions;
        set => _call.WriteOptions = value;
    }

    protected override AuthContext AuthContextCore => _call.AuthContext;

    protected override IDictionary<object, object> UserStateCore => _call.UserState;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        _call.CreatePropagationToken(options);

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => _call.WriteResponseHeadersAsync(responseHeaders);
}
