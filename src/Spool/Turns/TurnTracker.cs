namespace Spool.Storage;

/// <summary>Follows where the turns of a log lie, so that a page of turns can be read without the rest of the log.</summary>
/// <remarks>
/// <para>Show it every record of the log in order, in one pass or in many: after any record the store may take the changes and save the
/// state, in one transaction, and go on later from the state. The result does not depend on where passes end.</para>
/// <para>It builds no items and keeps no text. Memory is bounded by the current turn and by what changed since the changes were last taken:
/// some 70 bytes for each turn. It never throws because of what a record holds. Not safe for concurrent use.</para>
/// </remarks>
public abstract class TurnTracker
{
    const byte StateVersion = 5;

    private protected TurnTracker() { }

    private protected abstract byte Mode { get; }

    /// <summary>Makes a tracker.</summary>
    /// <param name="historyMode">The history mode of the log; see <see cref="HistoryModes"/>.</param>
    /// <param name="savedState">The state after the last record of the pass before, or null to begin with the first record.</param>
    /// <param name="turns">The turns of this log that earlier passes reported.</param>
    /// <param name="lines">Reads lines once more, or null. A turn that a legacy log does not name is called after the number of lines
    /// before it that Codex decodes, and to know that takes a whole read of each. With this they are read when such a turn comes, each at
    /// most once, which most logs never have; without it every line is looked into as it comes. All passes over a log have it or
    /// none.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the mode is unknown;
    /// <see cref="ThreadStoreErrorCode.Corrupt"/>: the state is damaged or of another version or mode; begin again with the first
    /// record.</exception>
    public static TurnTracker Create(string historyMode, byte[]? savedState, ITurnLookup turns, ILogLines? lines = null)
    {
        ArgumentNullException.ThrowIfNull(turns);
        TurnTracker tracker = historyMode switch
        {
            HistoryModes.Legacy => new LegacyTurnTracker(turns, lines),
            HistoryModes.Paginated => new PaginatedTurnTracker(turns),
            _ => throw TurnBuilder.UnknownMode(),
        };
        if (savedState is not null)
            tracker.RestoreState(savedState);
        return tracker;
    }

    /// <summary>Takes in the next record.</summary>
    /// <param name="item">The record. Its ordinal must be the same in every pass.</param>
    /// <param name="start">Where it begins in the log, in bytes.</param>
    /// <param name="end">Where it ends, its line end included.</param>
    /// <remarks>Of a line that is not one record it takes in the whole records that are in it, each with its own place in the
    /// line.</remarks>
    public void Observe(RolloutItem item, long start, long end)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Kind != RolloutItemKind.Unreadable)
        {
            Follow(item, start, end, part: null);
            return;
        }
        var place = 0;
        foreach (var (record, offset) in item.Recovered)
            Follow(record, start + offset, start + offset + record.Length, new LinePart(start, end, place++));
    }

    /// <summary>Gives what changed since the last call. From now on the tracker asks its look-up for these turns, so the store must have
    /// applied the changes before the next record.</summary>
    public abstract TurnChanges TakeChanges();

    /// <summary>Saves what the next pass needs to go on. Call it after <see cref="TakeChanges"/>.</summary>
    public byte[] SaveState()
    {
        using var bytes = new MemoryStream();
        using var state = new BinaryWriter(bytes);
        state.Write(StateVersion);
        state.Write(Mode);
        Save(state);
        state.Flush();
        return bytes.ToArray();
    }

    private protected abstract void Follow(RolloutItem item, long start, long end, LinePart? part);

    private protected abstract void Save(BinaryWriter state);

    private protected abstract void Restore(BinaryReader state);

    void RestoreState(byte[] saved)
    {
        try
        {
            using var state = new BinaryReader(new MemoryStream(saved));
            if (state.ReadByte() != StateVersion || state.ReadByte() != Mode)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Corrupt,
                    "The saved state of the turns is of another version or mode; index the log again."
                );
            Restore(state);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Corrupt,
                "The saved state of the turns is damaged; index the log again.",
                e
            );
        }
    }
}
