namespace Spool.Storage;

/// <summary>Turns the items of a history into turns, in the app server's shapes.</summary>
/// <remarks>
/// Feed it every item in order and then ask for the turns, once. What it cannot read it passes over; it never throws because of what an
/// item holds. It keeps the converted items of the turns it builds. Not safe for concurrent use.
/// </remarks>
public abstract class TurnBuilder
{
    TurnDetails? _details;

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

    /// <summary>Makes a builder of one turn. Feed it the items in the turn's spans (<see cref="TurnSpans"/>), in their order.</summary>
    /// <param name="historyMode">The history mode.</param>
    /// <param name="boundary">Where the turn lies.</param>
    /// <param name="turns">The turns of the same log. It is asked only when an item in the range names another turn.</param>
    /// <param name="view">Which items the turn is given with.</param>
    /// <param name="withRolledBack">Whether the complete view has the items of turns that were rolled back behind this one.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the mode is unknown.</exception>
    /// <remarks>Gives the turn as a builder of the whole log would, or nothing when the items are not those of the turn. Items of other
    /// turns in the range are passed over. For the ordinals of items that carry none, count lines from
    /// <see cref="TurnBoundary.Ordinal"/>.</remarks>
    public static TurnBuilder CreateFor(
        string historyMode,
        TurnBoundary boundary,
        ITurnLookup turns,
        TurnView view = TurnView.Codex,
        bool withRolledBack = false
    )
    {
        ArgumentNullException.ThrowIfNull(turns);
        DefinedValues.Check(view);
        TurnBuilder builder = historyMode switch
        {
            HistoryModes.Legacy => new LegacyTurnBuilder(boundary, turns),
            HistoryModes.Paginated => new PaginatedTurnBuilder(TurnKey.Of(boundary.TurnId)),
            _ => throw UnknownMode(),
        };
        if (view == TurnView.Complete)
            builder._details = new TurnDetails(historyMode == HistoryModes.Legacy, turns, withRolledBack);
        return builder;
    }

    /// <summary>Makes a builder of what the complete view shows of a log in which no turn begins. Feed it all items of the log.</summary>
    /// <param name="historyMode">The history mode.</param>
    /// <param name="withRolledBack">Whether it has the items of turns that were rolled back.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the mode is unknown.</exception>
    /// <remarks>It gives one turn, with the id <see cref="WithoutTurns"/>, or none when there is nothing to show.</remarks>
    public static TurnBuilder CreateWithoutTurns(string historyMode, bool withRolledBack = false)
    {
        if (historyMode is not (HistoryModes.Legacy or HistoryModes.Paginated))
            throw UnknownMode();
        return new LogWithoutTurns { _details = new TurnDetails(historyMode == HistoryModes.Legacy, turns: null, withRolledBack) };
    }

    /// <summary>The id of the turn that the complete view gives of a log in which no turn begins.</summary>
    public const string WithoutTurns = "no-turns";

    /// <summary>Takes in the next item.</summary>
    /// <param name="item">The item.</param>
    /// <remarks>Of a line that is not one record it takes in the whole records that are in it.</remarks>
    public void Add(RolloutItem item) => Add(item, new TurnSpan(0, 0, HasRecords: true, DetailZone.None));

    /// <summary>Takes in the next item of a span.</summary>
    /// <param name="item">The item.</param>
    /// <param name="span">The span.</param>
    public void Add(RolloutItem item, in TurnSpan span)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Kind != RolloutItemKind.Unreadable)
        {
            Take(item, part: null, span);
            return;
        }
        var place = 0;
        foreach (var record in item.Recovered)
            Take(record.Item, new LinePart(0, 0, place++), span);
        if (place == 0)
            _details?.Add(item, span, isUsed: false, Draft?.Count ?? 0, Draft);
    }

    /// <summary>Gets how many bytes the records have whose items are kept.</summary>
    public long BytesShown { get; private protected set; }

    /// <summary>Ends the input and gives the turns in their order. A turn that has not ended is shown as interrupted.</summary>
    public abstract IReadOnlyList<Turn> Build();

    /// <summary>Gets what the complete view has besides, or null for Codex's view.</summary>
    private protected TurnDetails? Details => _details;

    /// <summary>Gets the one turn that is built, once there is something of it.</summary>
    private protected abstract TurnDraft? Draft { get; }

    /// <summary>Takes in a record.</summary>
    /// <returns>Whether it means something for a turn, this or another one, so that Codex's view shows what there is to show of
    /// it.</returns>
    private protected abstract bool AddRecord(RolloutItem item, LinePart? part);

    void Take(RolloutItem record, LinePart? part, in TurnSpan span)
    {
        var bytes = BytesShown;
        var before = Draft?.Count ?? 0;
        var isUsed = span.HasRecords && AddRecord(record, part);
        if (_details?.Add(record, span, isUsed, before, Draft) == true && BytesShown == bytes)
            BytesShown += record.Length;
    }

    internal static ThreadStoreException UnknownMode() =>
        new(ThreadStoreErrorCode.Unsupported, "The history mode of this thread is unknown; a newer version may be able to read its turns.");
}
