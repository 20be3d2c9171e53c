namespace Spool;

/// <summary>The memory that a reader has for what is read. A server bounds by it what all its readers take together; a reader that reads
/// for itself needs none.</summary>
/// <remarks>A store that has what it gives in memory already, or gets it from elsewhere, need not ask.</remarks>
public interface IReadingRoom
{
    /// <summary>Gets the bytes with which a page ends though it is not full: with the item or the turn that reaches them. The page's cursor
    /// leads on. What is no longer than this is not asked for.</summary>
    long PageBytes { get; }

    /// <summary>Gets the most bytes of a single turn; a larger one is <see cref="ThreadStoreErrorCode.TooLarge"/>.</summary>
    long TurnBytes { get; }

    /// <summary>Waits until there is room. A store asks before it takes memory for an item or a turn that is longer than
    /// <see cref="PageBytes"/>, and holds no other such memory meanwhile.</summary>
    /// <param name="bytes">How many bytes it is, or the most that it may be.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Busy"/>: there is none, for too long.</exception>
    ValueTask TakeAsync(long bytes, CancellationToken cancellationToken);
}
