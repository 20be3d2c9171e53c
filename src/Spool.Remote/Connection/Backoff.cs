namespace Spool.Remote;

/// <summary>How long to pause before each attempt: nothing before the first, then ever longer up to a limit, and never quite as long as
/// others who failed at the same moment.</summary>
sealed class Backoff(TimeSpan longest, TimeProvider time)
{
    const double FirstMs = 20;

    int _attempts;

    /// <summary>Gives the pause before an attempt.</summary>
    /// <param name="attempts">How many there were before it.</param>
    /// <param name="longest">The longest pause.</param>
    public static TimeSpan Before(int attempts, TimeSpan longest) =>
        attempts == 0
            ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(Math.Min(longest.TotalMilliseconds, FirstMs * Math.Pow(2, Math.Min(attempts - 1, 20))) * Jitter());

    /// <summary>Begins anew, after something worked.</summary>
    public void Reset() => _attempts = 0;

    /// <summary>Pauses.</summary>
    public Task PauseAsync(CancellationToken cancellationToken)
    {
        var pause = Before(_attempts++, longest);
        return pause == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, time, cancellationToken);
    }

    // Between a half and the whole. Nothing depends on it being hard to guess.
#pragma warning disable CA5394
    static double Jitter() => 0.5 + Random.Shared.NextDouble() / 2;
#pragma warning restore CA5394
}
