using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using Spool.Remote;

namespace Spool.Server;

/// <summary>Stands around every call: turns whatever goes wrong into a status, and measures.</summary>
/// <param name="telemetry">Is told of each call.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
sealed class CallInterceptor(ServerTelemetry telemetry, TimeProvider time, ILogger<SpoolServer> logger) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => WithoutResultAsync(() => continuation(request, responseStream, context)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        RunAsync(context, () => WithoutResultAsync(() => continuation(requestStream, responseStream, context)));

    async Task<T> RunAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        var started = time.GetTimestamp();
        // The deadline is a time of day, and clocks are set: how long the call has left is asked once.
        var limit = context.Deadline - time.GetUtcNow().UtcDateTime;
        var activity = telemetry.Begin(MethodOf(context), context.GetHttpContext().Request.Headers);
        var status = StatusCode.OK;
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var error = StatusOf(e, context, isLate: time.GetElapsedTime(started) >= limit);
            status = error.StatusCode;
            throw error;
        }
        finally
        {
            Done(activity, context, status, time.GetElapsedTime(started));
        }
    }

    void Done(Activity? activity, ServerCallContext context, StatusCode status, TimeSpan duration)
    {
        telemetry.End(activity, MethodOf(context), status, duration);
        if (logger.IsEnabled(LogLevel.Debug))
            Log.Called(logger, MethodOf(context), TenantOf(context), status, duration.TotalMilliseconds);
    }

    RpcException StatusOf(Exception error, ServerCallContext context, bool isLate)
    {
        switch (error)
        {
            case RpcException status:
                return status;
            case ThreadStoreException refused:
                if (refused.Code == ThreadStoreErrorCode.Internal)
                    Log.Bug(logger, MethodOf(context), TenantOf(context), refused);
                return WireErrors.ToRpc(refused);
            case Google.Protobuf.InvalidProtocolBufferException:
                return WireStatus.Of(StatusCode.InvalidArgument, ThreadStoreErrorCode.InvalidRequest, "The request is not a message of this method.");
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                return isLate
                    ? new RpcException(new Status(StatusCode.DeadlineExceeded, "The deadline of the call passed."))
                    : new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled."));
            case OperationCanceledException or ObjectDisposedException:
                return WireErrors.Stopping();
            case IOException or InvalidOperationException when context.CancellationToken.IsCancellationRequested: // to read from or write to a call that is over is the latter
                return new RpcException(new Status(StatusCode.Cancelled, "The connection was lost."));
            default:
                Log.Bug(logger, MethodOf(context), TenantOf(context), error);
                return WireErrors.ToRpc(new ThreadStoreException(ThreadStoreErrorCode.Internal, "The server failed because of a bug; its log says more."));
        }
    }

    // Not as the caller spelled it: each spelling would be kept for ever.
    static string MethodOf(ServerCallContext context) => ServedMethod.Of(context.GetHttpContext()).Name;

    static string TenantOf(ServerCallContext context) => context.GetHttpContext().Features.Get<Caller>()?.Tenant ?? "";

    static async Task<int> WithoutResultAsync(Func<Task> call)
    {
        await call().ConfigureAwait(false);
        return 0;
    }
}
