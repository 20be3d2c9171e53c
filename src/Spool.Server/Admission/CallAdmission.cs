using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Lets a call in, or not: who calls, whether they may, and whether there is room. It does so before the request is
/// read.</summary>
/// <param name="tokens">Who may call, or null for all.</param>
/// <param name="limits">The limits.</param>
/// <param name="maxRequestBytes">The largest request message.</param>
/// <param name="drain">Says when the server stops.</param>
/// <param name="telemetry">Counts calls that are refused.</param>
/// <param name="logger">The log.</param>
sealed class CallAdmission(
    ValidTokens? tokens,
    CallLimits limits,
    int maxRequestBytes,
    ServerDrain drain,
    ServerTelemetry telemetry,
    ILogger logger
)
{
    const string Scheme = "Bearer ";
    const int MaxOtherBytes = 16 * 1024; // of a request that is none to a store

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var method = ServedMethod.Of(context);
        CancellationToken revoked = default;
        var caller = method.Kind == MethodKind.Health ? Caller.Watcher : Identify(context.Request, method.Access, ref revoked);
        if (caller is null)
        {
            Refuse(context, method, CallEnd.Unknown());
            return;
        }
        if (caller.Access < method.Access)
        {
            Refuse(
                context,
                method,
                WireErrors.ToRpc(
                    new ThreadStoreException(
                        ThreadStoreErrorCode.PermissionDenied,
                        "This token may only read; use one with the right to write."
                    )
                )
            );
            return;
        }
        if (limits.TryBegin(caller, method) is { } full)
        {
            Refuse(context, method, WireErrors.Busy(full));
            return;
        }
        try
        {
            using var body = new RequestBody(
                context.Request.BodyReader,
                context.Request.Headers["grpc-encoding"],
                method.Request,
                method.Request is null ? MaxOtherBytes : maxRequestBytes,
                new MessageRoom(limits.Requests, caller.Tenant, method.TakesStream),
                method.TakesStream
            );
            context.Features.Set<IRequestBodyPipeFeature>(body);
            using var answer = new AnswerRoom(limits.Answers, caller.Tenant);
            context.Features.Set(answer);
            context.Features.Set(caller);
            // A token that is taken away ends what may last as long as the client likes; other calls come to their end by themselves.
            using var end = new CallEnd(drain, context.Abort, method.IsStream ? revoked : default);
            context.Features.Set(end);
            await next(context).ConfigureAwait(false);
            MendStatus(context, method);
        }
        finally
        {
            limits.End(caller, method);
        }
    }

    /// <summary>Handles a request for an endpoint of the application's own that asks for a token of these.</summary>
    public async Task RequireAsync(HttpContext context, RequestDelegate next, StoreAccess access)
    {
        CancellationToken revoked = default;
        var caller = Identify(context.Request, access, ref revoked);
        if (caller is null || caller.Access < access)
        {
            context.Response.StatusCode = caller is null ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden;
            if (caller is null)
                context.Response.Headers.WWWAuthenticate = Scheme.TrimEnd();
            Log.Refused(
                logger,
                context.GetEndpoint()?.DisplayName ?? context.Request.Path,
                caller is null ? StatusCode.Unauthenticated : StatusCode.PermissionDenied
            );
            return;
        }
        context.Features.Set(caller);
        using var ending = revoked.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
        await next(context).ConfigureAwait(false);
    }

    Caller? Identify(HttpRequest request, StoreAccess needed, ref CancellationToken revoked)
    {
        if (tokens is null)
            return Caller.Anonymous;
        var header = request.Headers.Authorization;
        if (
            header.Count != 1
            || header[0] is not { } value
            || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || tokens.Find(value[Scheme.Length..].Trim()) is not { } token
        )
            return null;
        revoked = token.RevokedFor(needed);
        return token.Caller;
    }

    void Refuse(HttpContext context, ServedMethod method, RpcException error)
    {
        telemetry.Refused(error.StatusCode);
        Log.Refused(logger, method.Name, error.StatusCode);
        WireStatus.Answer(context.Response, error);
    }

    // Everything behind the interceptor has a status of the table. What is left without one is a message that could not be read as one of
    // its method.
    void MendStatus(HttpContext context, ServedMethod method)
    {
        if (context.Response.HasStarted || context.Response.Headers["grpc-status"] != "2")
            return;
        Log.Refused(logger, method.Name, StatusCode.InvalidArgument);
        WireStatus.Answer(
            context.Response,
            WireErrors.ToRpc(ThreadStoreException.InvalidRequest("The request is not a message of this method."))
        );
    }
}
