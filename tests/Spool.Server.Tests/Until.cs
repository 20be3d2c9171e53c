using Grpc.Core;

namespace Spool.Server.Tests;

/// <summary>Waits for what the other side does in its own time, for a bounded time.</summary>
static class Until
{
    /// <summary>Makes a call until it is no longer refused for want of room.</summary>
    public static Task<T> NotRefusedAsync<T>(Func<Task<T>> call) => NotRefusedAsync(call, StatusCode.ResourceExhausted);

    /// <summary>Makes a call until it is no longer refused in this way.</summary>
    public static Task<T> NotRefusedAsync<T>(Func<Task<T>> call, StatusCode refusal) => NotRefusedAsync(call, e => e.StatusCode == refusal);

    /// <summary>Makes a call until it is no longer refused in this way.</summary>
    public static async Task<T> NotRefusedAsync<T>(Func<Task<T>> call, Func<RpcException, bool> isRefusal)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException e) when (isRefusal(e))
            {
                timeout.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
