using System.Diagnostics;

namespace Spool;

/// <summary>How long one call waits for another process that keeps the index locked: counted from where the call began, whatever it waited
/// for before. Cancelling it, or disposing the store, ends the wait at the next attempt.</summary>
/// <param name="patience">For how long.</param>
/// <param name="cancellationToken">Ends it sooner.</param>
readonly struct IndexWait(TimeSpan patience, CancellationToken cancellationToken)
{
    readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>Says whether to try again after an error: it is of a lock, and the call has waited less than it may, or was cancelled,
    /// which <see cref="ThrowIfCancelled"/> says then.</summary>
    public bool GoesOn(Exception error) =>
        IndexDatabase.IsLock(error) && (cancellationToken.IsCancellationRequested || Stopwatch.GetElapsedTime(_began) < patience);

    /// <summary>Comes before each attempt.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public void ThrowIfCancelled() => cancellationToken.ThrowIfCancellationRequested();
}
