namespace Spool;

/// <summary>Reads of rollouts that other programs may move at any moment.</summary>
static class MovingRollouts
{
    const int Attempts = 16;

    /// <summary>Looks up and reads again, a bounded number of times, while what was looked up is no longer there.</summary>
    /// <param name="read">Looks up and reads.</param>
    public static async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read().ConfigureAwait(false);
            }
            catch (ThreadStoreException e) when (attempt < Attempts && ServedRolloutSource.HasMoved(e))
            {
                // The next look finds it where it is now, or that it is gone.
            }
        }
    }
}
