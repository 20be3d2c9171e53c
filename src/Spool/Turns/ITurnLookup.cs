namespace Spool.Storage;

/// <summary>Finds turns of one log whose boundaries earlier passes reported and the store has applied.</summary>
/// <remarks>A <see cref="TurnTracker"/> asks only for what it no longer holds itself: rarely, except after every
/// <see cref="TurnTracker.TakeChanges"/>.</remarks>
public interface ITurnLookup
{
    /// <summary>Finds a turn by its id.</summary>
    /// <param name="turnId">The id.</param>
    /// <param name="before">An offset in bytes.</param>
    /// <returns>Of the turns with this id whose <see cref="TurnBoundary.Start"/> is less than <paramref name="before"/> the one with the
    /// greatest, or null.</returns>
    TurnBoundary? Find(string turnId, long before);

    /// <summary>Finds the newest turns.</summary>
    /// <param name="count">How many at most; at least 1.</param>
    /// <param name="before">An offset in bytes.</param>
    /// <returns>Turns whose <see cref="TurnBoundary.Start"/> is less than <paramref name="before"/>, the greatest first.</returns>
    IReadOnlyList<TurnBoundary> FindNewest(int count, long before);
}
