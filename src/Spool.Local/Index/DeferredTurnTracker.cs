namespace Spool;

/// <summary>Tracks turns from the first record on, which says how the history is recorded. A history of an unknown mode has no turns.</summary>
sealed class DeferredTurnTracker
{
    readonly ITurnLookup _lookup;
    TurnTracker? _tracker;
    bool _isOff;

    public DeferredTurnTracker(RolloutRow? before, ITurnLookup lookup)
    {
        _lookup = before is null ? NoTurns.Instance : lookup;
        if (before?.Tracker is { } state)
            Start(before.Scan.Facts.HistoryMode, state);
    }

    /// <summary>Takes in the next item.</summary>
    public void Observe(RolloutItem item, long start, long end, string? historyMode)
    {
        if (_tracker is null && !_isOff && item.HoldsRecord)
            Start(historyMode, null);
        _tracker?.Observe(item, start, end);
    }

    /// <summary>Gives what changed, and what the next pass goes on from.</summary>
    public (TurnChanges? Changes, byte[]? State) Finish()
    {
        var changes = _tracker?.TakeChanges();
        return (changes, _tracker?.SaveState());
    }

    void Start(string? historyMode, byte[]? state)
    {
        var mode = historyMode ?? HistoryModes.Legacy;
        _isOff = mode is not (HistoryModes.Legacy or HistoryModes.Paginated);
        if (!_isOff)
            _tracker = TurnTracker.Create(mode, state, _lookup);
    }
}
