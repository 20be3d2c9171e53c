using System.Diagnostics;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Stands around every call: turns whatever goes wrong into a status, and measures.</summary>
/// <param name="telemetry">Counts each call.</param>
/// <param name="drain">Says when the server stops.</param>
/// <param name="options">The clock.</param>
/// <param name="logger">The log.</param>
sealed class CallInterceptor(ServerTelemetry telemetry, ServerDrain drain, SpoolServiceOptions options, ILogger<SpoolServer> logger)
    : Interceptor
{
    const string HealthCheck = "/grpc.health.v1.Health/Check";
    const string HealthWatch = "/grpc.health.v1.Health/Watch";

    readonly OncePerMinute _sayingOutOfFiles = new(options.Time);
    readonly OncePerMinute _sayingUnavailable = new(options.Time);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    ) =>
        RunAsync(
            context,
            async () => await AnswerAsync(await continuation(request, context).ConfigureAwait(false), context).ConfigureAwait(false)
        );

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    ) => RunAsync(context, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) =>
        RunAsync(
            context,
            () => StreamAsync(context, ending => continuation(request, Counted(responseStream, context, CallEnd.Of(context)), ending))
        );

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) =>
        // It takes nothing more when its token is taken away, and still answers what it had begun: a client takes what was not answered for
        // refused.
        RunAsync(
            context,
            () => StreamAsync(context, ending => continuation(requestStream, Counted(responseStream, context, end: null), ending))
        );

    static async Task<T> AnswerAsync<T>(T response, ServerCallContext context)
        where T : class
    {
        await AnswerRoom.Of(context).AnswerAsync(response, context.GetHttpContext(), context.CancellationToken).ConfigureAwait(false);
        return response;
    }

    static AnswerStream<T> Counted<T>(IServerStreamWriter<T> stream, ServerCallContext context, CallEnd? end)
        where T : class => new(stream, AnswerRoom.Of(context), context.GetHttpContext(), end);

    async Task<T> RunAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        var started = options.Time.GetTimestamp();
        // The deadline is a time of day, and clocks are set: how long the call has left is asked once.
        var limit = context.Deadline - options.Time.GetUtcNow().UtcDateTime;
        var activity = telemetry.Begin(MethodOf(context), context.GetHttpContext().Request.Headers);
        var status = StatusCode.OK;
        try
        {
            // A watcher of the health hears that the server stops; every other call goes to its successor.
            if (context.Method != HealthCheck)
                drain.ThrowIfDraining();
            return await call().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var error = StatusOf(e, context, isLate: options.Time.GetElapsedTime(started) >= limit);
            status = error.StatusCode;
            throw error;
        }
        finally
        {
            Done(activity, context, status, options.Time.GetElapsedTime(started));
        }
    }

    void Done(Activity? activity, ServerCallContext context, StatusCode status, TimeSpan duration)
    {
        telemetry.End(activity, MethodOf(context), status, duration);
        if (status is not (StatusCode.OK or StatusCode.Cancelled))
            Log.Refused(logger, MethodOf(context), status);
        if (logger.IsEnabled(LogLevel.Debug))
            Log.Called(logger, MethodOf(context), TenantOf(context), status, duration.TotalMilliseconds);
    }

    RpcException StatusOf(Exception error, ServerCallContext context, bool isLate)
    {
        switch (error)
        {
            case RpcException status:
                return status;
            case OperationCanceledException or ObjectDisposedException when CallEnd.Of(context).IsRevoked:
                return CallEnd.Unknown();
            // A writer that was shut down under a call refuses it; what is wrong with a call its successor says as well.
            case ThreadStoreException { Code: ThreadStoreErrorCode.InvalidRequest } when drain.HasBegun:
                return WireErrors.Stopping();
            case ThreadStoreException refused
                when refused.InnerException is OutOfFilesException && ServedMethod.Of(context.GetHttpContext()).IsUndoneByRefusal:
                if (_sayingOutOfFiles.Try())
                    Log.OutOfFiles(logger, MethodOf(context));
                return WireErrors.Busy("The server may open no more files; try again later.");
            case ThreadStoreException refused:
                if (refused.Code == ThreadStoreErrorCode.Internal)
                    Log.Bug(logger, MethodOf(context), TenantOf(context), refused);
                else if (refused.Code == ThreadStoreErrorCode.Unavailable && _sayingUnavailable.Try())
                    Log.Unavailable(logger, MethodOf(context), TenantOf(context), refused.Message);
                return WireErrors.ToRpc(refused);
            case Google.Protobuf.InvalidProtocolBufferException:
                return WireErrors.ToRpc(ThreadStoreException.InvalidRequest("The request is not a message of this method."));
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return isLate
                    ? new RpcException(new Status(StatusCode.DeadlineExceeded, "The deadline of the call passed."))
                    : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
            case OperationCanceledException or ObjectDisposedException:
                return WireErrors.Stopping();
            // to read from or write to a call that is over is the latter
            case IOException or InvalidOperationException when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Status(StatusCode.Cancelled, "The connection was lost."));
            default:
                Log.Bug(logger, MethodOf(context), TenantOf(context), error);
                return WireErrors.ToRpc(
                    new ThreadStoreException(ThreadStoreErrorCode.Internal, "The server failed because of a bug; its log says more.")
                );
        }
    }

    // Not as the caller spelled it: each spelling would be kept for ever.
    static string MethodOf(ServerCallContext context) => ServedMethod.Of(context.GetHttpContext()).Name;

    static string TenantOf(ServerCallContext context) => context.GetHttpContext().Features.Get<Caller>()?.Tenant ?? "";

    // Streams of Spool's contracts end by themselves, with all that they had begun; those of health and reflection would go on for ever.
    async Task<int> StreamAsync(ServerCallContext context, Func<ServerCallContext, Task> call)
    {
        if (!context.Method.StartsWith("/grpc.", StringComparison.Ordinal))
        {
            await call(context).ConfigureAwait(false);
            return 0;
        }
        var end = CallEnd.Of(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, end.Token);
        using var reading = end.Token.UnsafeRegister(
            static state => StreamBody.EndReading((PipeReader)state!),
            context.GetHttpContext().Request.BodyReader
        );
        try
        {
            await call(new EndingCallContext(context, ending.Token)).ConfigureAwait(false);
        }
        catch (Exception e) when (end.Token.IsCancellationRequested && e is RpcException or OperationCanceledException or IOException)
        {
            end.ThrowIfEnding();
        }
        context.CancellationToken.ThrowIfCancellationRequested();
        end.ThrowIfRevoked();
        if (context.Method == HealthWatch)
            drain.ThrowIfDraining();
        return 0;
    }
}
