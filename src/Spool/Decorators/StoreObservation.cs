namespace Spool;

/// <summary>Tells an observer of calls: when each begins, how long it takes, how it ends.</summary>
sealed class StoreObservation(IStoreObserver observer, TimeProvider time)
{
    public async ValueTask<T> RunAsync<T>(StoreCall call, Func<ValueTask<T>> action, Func<T, int>? count = null)
    {
        var began = Begin(call);
        try
        {
            var result = await action().ConfigureAwait(false);
            call.Count = count?.Invoke(result) ?? call.Count;
            return result;
        }
        catch (Exception e)
        {
            call.Failure = e;
            throw;
        }
        finally
        {
            End(call, began);
        }
    }

    public async ValueTask RunAsync(StoreCall call, Func<ValueTask> action) =>
        await RunAsync(
                call,
                async () =>
                {
                    await action().ConfigureAwait(false);
                    return true;
                }
            )
            .ConfigureAwait(false);

    public long Begin(StoreCall call)
    {
        observer.OnBegun(call);
        return time.GetTimestamp();
    }

    public void End(StoreCall call, long began)
    {
        call.Duration = time.GetElapsedTime(began);
        observer.OnEnded(call);
    }
}
