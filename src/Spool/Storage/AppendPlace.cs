namespace Spool.Storage;

/// <summary>Where an append goes in the log of its thread.</summary>
/// <param name="First">The ordinal of its first item.</param>
/// <param name="AlreadyThere">How many of its first items have ordinals that are taken. The items there have to be the same ones
/// (<see cref="ItemMatch"/>): then it was sent before, and only the others are added.</param>
public readonly record struct AppendPlace(long First, int AlreadyThere)
{
    /// <summary>Finds the place of an append.</summary>
    /// <param name="expected">The ordinal that it expects for its first item, or null for the next one.</param>
    /// <param name="next">The ordinal that the next item gets.</param>
    /// <param name="firstAppended">The ordinal behind that of the log's first item. What lies before is no append of this thread: it is the
    /// head, or an item of a log that this one continues.</param>
    /// <param name="count">How many items there are.</param>
    /// <returns>The place, or null when there is none: items before it are missing, or it lies before everything that was
    /// appended.</returns>
    public static AppendPlace? Find(long? expected, long next, long firstAppended, int count)
    {
        if (expected is not { } first)
            return new AppendPlace(next, 0);
        return first < firstAppended || first > next ? null : new AppendPlace(first, (int)Math.Min(next - first, count));
    }

    /// <summary>Finds the place of an append, or refuses it.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="expected">The ordinal that it expects for its first item, or null for the next one.</param>
    /// <param name="next">The ordinal that the next item gets.</param>
    /// <param name="firstAppended">The ordinal behind that of the log's first item.</param>
    /// <param name="count">How many items there are.</param>
    /// <exception cref="ThreadStoreException">The one of <see cref="ThreadStoreException.WrongOrdinal"/>: there is no place for
    /// it.</exception>
    public static AppendPlace Of(ThreadId threadId, long? expected, long next, long firstAppended, int count) =>
        Find(expected, next, firstAppended, count) ?? throw ThreadStoreException.WrongOrdinal(threadId, expected!.Value, next);
}
