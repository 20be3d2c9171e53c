namespace Spool.Remote;

/// <summary>Lets a few writers of a store be opened again at a time, the others in the order in which they came: when a server comes back, thousands want that at once, and most of what it does for
/// calls that nobody waits for any more is in vain.</summary>
/// <param name="patience">For how long to wait while no opening comes to its end.</param>
/// <param name="time">The clock.</param>
#pragma warning disable CA1001 // the semaphore has no handle, and whoever is inside may leave after the store was disposed
sealed class OpeningGate(TimeSpan patience, TimeProvider time)
#pragma warning restore CA1001
{
    /// <summary>How many are opened at a time.</summary>
    public const int Width = 16;

    readonly SemaphoreSlim _free = new(Width, Width);
    long _lastDone = time.GetTimestamp();

    /// <summary>Waits for a place.</summary>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>Whether there was one; otherwise no opening came to its end for too long.</returns>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var entering = _free.WaitAsync(end.Token);
        while (!entering.IsCompleted)
        {
            var waited = time.GetElapsedTime(Math.Max(asked, Volatile.Read(ref _lastDone)));
            if (waited >= patience)
                break;
            await Task.WhenAny(entering, Task.Delay(patience - waited, time, end.Token)).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
                break;
        }
        await end.CancelAsync().ConfigureAwait(false);
        await ((Task)entering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (entering.IsCompletedSuccessfully)
            return true; // if only at the last moment
        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }

    /// <summary>Gives the place back.</summary>
    /// <param name="isDone">Whether the server answered.</param>
    public void Leave(bool isDone)
    {
        if (isDone)
            Volatile.Write(ref _lastDone, time.GetTimestamp());
        _free.Release();
    }
}
