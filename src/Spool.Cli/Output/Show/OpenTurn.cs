namespace Spool.Cli;

/// <summary>A turn that may still be running: the last one of a thread that was written moments ago, and the log does not say that it
/// ended.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="WrittenAt">When the log was written last.</param>
sealed record OpenTurn(Turn Turn, DateTimeOffset WrittenAt)
{
    // A command may print nothing for that long while it runs.
    static readonly TimeSpan Moments = TimeSpan.FromMinutes(15);

    /// <summary>Gives the last turn of a thread when it may still be running, or null. A store says of a turn without an end that it was
    /// interrupted, because it cannot see the program that writes it.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="turns">Its last turns, oldest first.</param>
    /// <param name="clock">The clock.</param>
    public static OpenTurn? Of(StoredThread thread, IReadOnlyList<Turn> turns, TimeProvider clock) =>
        turns is [.., { HasEnd: false, Status: TurnStatus.InProgress or TurnStatus.Interrupted, CompletedAt: null } last]
        && clock.GetUtcNow() - thread.UpdatedAt < Moments
            ? new OpenTurn(last, thread.UpdatedAt)
            : null;
}
