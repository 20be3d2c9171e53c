using Grpc.Core;

namespace Spool.Server.Tests;

/// <summary>Waits for what the other side does in its own time, for a bounded time.</summary>
static class Until
{
    /// <summary>Makes a call until it is no longer refused for want of room.</summary>
    public static async Task<T> NotRefusedAsync<T>(Func<Task<T>> call)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Given.Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                timeout.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
    }
}
