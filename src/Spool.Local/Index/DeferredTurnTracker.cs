namespace Spool;

/// <summary>Tracks turns from the first record on, which says how the history is recorded. A history of an unknown mode has no
/// turns.</summary>
/// <remarks>The line that says it may be damaged, missing or late. Until then the history counts as <see cref="HistoryModes.Legacy"/>, and
/// what was tracked is worth nothing when it turns out to be something else: then <see cref="TryObserve"/> says so, and the scan begins
/// again with the first record and the mode.</remarks>
sealed class DeferredTurnTracker
{
    readonly ITurnLookup _lookup;
    readonly ILogLines? _lines;
    TurnTracker? _tracker;
    string? _mode;

    /// <summary>Begins a scan.</summary>
    /// <param name="before">What the scan before left, or null to begin with the first record.</param>
    /// <param name="historyMode">The mode, when a scan before this one found it out.</param>
    /// <param name="lookup">Finds the turns that earlier scans noted.</param>
    /// <param name="lines">Reads lines once more, or null when that costs too much.</param>
    public DeferredTurnTracker(RolloutRow? before, string? historyMode, ITurnLookup lookup, ILogLines? lines)
    {
        _lines = lines;
        _lookup = before is null ? NoTurns.Instance : lookup;
        if (before?.Tracker is { } state)
            Start(before.Scan.Facts.HistoryMode, state);
        else if (historyMode is not null)
            Start(historyMode, null);
    }

    /// <summary>Takes in the next item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="historyMode">The mode, as far as it is known with this item.</param>
    /// <returns>False when the mode is not the one that the items so far were tracked by.</returns>
    public bool TryObserve(RolloutItem item, long start, long end, string? historyMode)
    {
        if (_mode is null && item.HoldsRecord)
            Start(historyMode, null);
        if (_mode is not null && historyMode is not null && historyMode != _mode)
            return false;
        _tracker?.Observe(item, start, end);
        return true;
    }

    /// <summary>Gives what changed, and what the next scan goes on from.</summary>
    public (TurnChanges? Changes, byte[]? State) Finish()
    {
        var changes = _tracker?.TakeChanges();
        return (changes, _tracker?.SaveState());
    }

    void Start(string? historyMode, byte[]? state)
    {
        _mode = historyMode ?? HistoryModes.Legacy;
        if (_mode is HistoryModes.Legacy or HistoryModes.Paginated)
            _tracker = TurnTracker.Create(_mode, state, _lookup, _lines);
    }
}
