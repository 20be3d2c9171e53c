using System.Collections.Frozen;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Spool.Remote;

namespace Spool.Server;

/// <summary>Lets a call in, or not: who calls, whether they may, and whether there is room. It does so before the request is read.</summary>
/// <param name="tokens">Who may call, or null for everybody.</param>
/// <param name="limits">The limits.</param>
/// <param name="telemetry">Is told of calls that are refused.</param>
/// <param name="logger">The log.</param>
sealed class AdmissionMiddleware(ValidTokens? tokens, CallLimits limits, ServerTelemetry telemetry, ILogger logger)
{
    const string Scheme = "Bearer ";
    const string HealthService = "/grpc.health.v1.Health/";

    // Streams of requests: what was read of one is done with long before its call ends.
    static readonly FrozenSet<string> RequestStreams = new[] { "StreamAppends", "WatchWriters" }.ToFrozenSet(StringComparer.Ordinal);

    // Calls that last as long as the client likes. A token that is taken away ends them; others come to their end by themselves.
    static readonly FrozenSet<string> Endless = new[] { "StreamAppends", "WatchWriter", "WatchWriters", "ServerReflectionInfo" }.ToFrozenSet(StringComparer.Ordinal);

    // Everything that is not in this list needs the right to write, so that a method that is added later is not open by mistake.
    static readonly FrozenSet<string> Reading = new[]
    {
        "GetCapabilities", "FindThread", "ListThreads", "ReadHistory", "ListItems", "ListTurns", "CopyLog", "LocateRollouts", "LoadHistory", "ReadThread", "ServerReflectionInfo",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.StartsWith(HealthService, StringComparison.Ordinal))
        {
            // Whoever watches over the server needs no token, and learns only that it is there.
            await next(context).ConfigureAwait(false);
            return;
        }
        CancellationToken revoked = default;
        if (Identify(context.Request, ref revoked) is not { } caller)
        {
            Refuse(context, path, WireStatus.Of(StatusCode.Unauthenticated, ThreadStoreErrorCode.InvalidRequest, "A valid token is needed: authorization: Bearer TOKEN."));
            return;
        }
        var method = path[(path.LastIndexOf('/') + 1)..];
        if (caller.Access == CallerAccess.Read && !Reading.Contains(method))
        {
            Refuse(context, path, WireStatus.Of(StatusCode.PermissionDenied, ThreadStoreErrorCode.InvalidRequest, "This token may only read."));
            return;
        }
        if (limits.TryBegin(caller.Tenant) is { } full)
        {
            Refuse(context, path, WireErrors.Busy(full));
            return;
        }
        try
        {
            using var body = new CountedBody(context.Request.BodyReader, limits, RequestStreams.Contains(method) ? CountSpan.UntilRead : CountSpan.UntilTheEnd);
            context.Features.Set<IRequestBodyPipeFeature>(body);
            context.Features.Set(caller);
            using var ending = Endless.Contains(method) ? revoked.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context) : default;
            await next(context).ConfigureAwait(false);
            MendStatus(context);
        }
        finally
        {
            limits.End();
        }
    }

    Caller? Identify(HttpRequest request, ref CancellationToken revoked)
    {
        if (tokens is null)
            return Caller.Anybody;
        var header = request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || tokens.Find(value[Scheme.Length..].Trim()) is not { } token)
            return null;
        revoked = token.Revoked;
        return token.Caller;
    }

    void Refuse(HttpContext context, string path, RpcException error)
    {
        telemetry.Refused(error.StatusCode);
        Log.Refused(logger, path, error.StatusCode);
        WireStatus.Answer(context.Response, error);
    }

    // Everything behind the interceptor has a status of the table. What is left without one is a message that could not be read as one of its method.
    static void MendStatus(HttpContext context)
    {
        if (!context.Response.HasStarted && context.Response.Headers["grpc-status"] == "2")
            WireStatus.Answer(context.Response, WireStatus.Of(StatusCode.InvalidArgument, ThreadStoreErrorCode.InvalidRequest, "The request is not a message of this method."));
    }
}
