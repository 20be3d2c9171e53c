namespace Spool.Storage;

/// <summary>Turns the items of a history into turns, in the app server's shapes.</summary>
/// <remarks>
/// Feed it every item in order and then ask for the turns, once. What it cannot read it passes over; it never throws because of what an
/// item holds. It keeps the converted items of the turns it builds. Not safe for concurrent use.
/// </remarks>
public abstract class TurnBuilder
{
    private protected TurnBuilder() { }

    /// <summary>Makes a builder of all turns of a history.</summary>
    /// <param name="historyMode">The history mode; see <see cref="HistoryModes"/>.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the mode is unknown.</exception>
    /// <remarks>
    /// A history that continues another one is fed as one: the shared items, then those of its own log, with its <c>session_meta</c>
    /// between them. A turn that its own log opens again hides the state of the older one and keeps its items.
    /// </remarks>
    public static TurnBuilder Create(string historyMode) =>
        historyMode switch
        {
            HistoryModes.Legacy => new LegacyTurnBuilder(),
            HistoryModes.Paginated => new PaginatedTurnBuilder(),
            _ => throw UnknownMode(),
        };

    /// <summary>Makes a builder of one turn. Feed it the items in the turn's range, then the items of its outlying records, in the order of
    /// their offsets.</summary>
    /// <param name="historyMode">The history mode.</param>
    /// <param name="boundary">Where the turn lies.</param>
    /// <param name="turns">The turns of the same log. It is asked only when an item in the range names another turn.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the mode is unknown.</exception>
    /// <remarks>Gives the turn as a builder of the whole log would, or nothing when the items are not those of the turn. Items of other
    /// turns in the range are passed over. For the ordinals of items that carry none, count lines from
    /// <see cref="TurnBoundary.Ordinal"/>.</remarks>
    public static TurnBuilder CreateFor(string historyMode, TurnBoundary boundary, ITurnLookup turns)
    {
        ArgumentNullException.ThrowIfNull(turns);
        return historyMode switch
        {
            HistoryModes.Legacy => new LegacyTurnBuilder(boundary, turns),
            HistoryModes.Paginated => new PaginatedTurnBuilder(TurnKey.Of(boundary.TurnId)),
            _ => throw UnknownMode(),
        };
    }

    /// <summary>Takes in the next item.</summary>
    /// <param name="item">The item.</param>
    /// <remarks>Of a line that is not one record it takes in the whole records that are in it.</remarks>
    public void Add(RolloutItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Kind != RolloutItemKind.Unreadable)
        {
            AddRecord(item, part: null);
            return;
        }
        var place = 0;
        foreach (var record in item.Recovered)
            AddRecord(record.Item, new LinePart(0, 0, place++));
    }

    /// <summary>Gets how many bytes the records have whose items are kept.</summary>
    public long BytesShown { get; private protected set; }

    /// <summary>Ends the input and gives the turns in their order. A turn that has not ended is shown as interrupted.</summary>
    public abstract IReadOnlyList<Turn> Build();

    private protected abstract void AddRecord(RolloutItem item, LinePart? part);

    internal static ThreadStoreException UnknownMode() =>
        new(ThreadStoreErrorCode.Unsupported, "The history mode of this thread is unknown; a newer version may be able to read its turns.");
}
