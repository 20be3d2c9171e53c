namespace Spool;

/// <summary>What a pass over a log knows of it before it reads the first record.</summary>
/// <param name="HistoryMode">The mode, or null when it is not known.</param>
/// <param name="CountsAllLines">Whether every line has to be looked into, because the log has turns that are called after the lines before them.</param>
readonly record struct TrackingBasis(string? HistoryMode, bool CountsAllLines);

/// <summary>Tracks turns from the first record on, which says how the history is recorded. A history of an unknown mode has no turns.</summary>
/// <remarks>The line that says it may be damaged, missing or late. Until then the history counts as <see cref="HistoryModes.Legacy"/>, and what was tracked is worth nothing when it turns out to
/// be something else, or when lines that were not looked into turn out to count: then <see cref="TryObserve"/> says so, and the pass begins again with the first record and
/// <see cref="Basis"/>, at most twice.</remarks>
sealed class DeferredTurnTracker
{
    readonly ITurnLookup _lookup;
    TurnTracker? _tracker;
    string? _mode;

    /// <summary>Begins a pass.</summary>
    /// <param name="before">What the pass before left, or null to begin with the first record.</param>
    /// <param name="basis">What a pass that has to begin again found out.</param>
    /// <param name="lookup">Finds the turns that earlier passes noted.</param>
    public DeferredTurnTracker(RolloutRow? before, TrackingBasis basis, ITurnLookup lookup)
    {
        Basis = basis;
        _lookup = before is null ? NoTurns.Instance : lookup;
        if (before?.Tracker is { } state)
            Start(before.Scan.Facts.HistoryMode, state);
        else if (basis.HistoryMode is { } historyMode)
            Start(historyMode, null);
    }

    /// <summary>Gets what is known of the log.</summary>
    public TrackingBasis Basis { get; private set; }

    /// <summary>Takes in the next item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="historyMode">The mode, as far as it is known with this item.</param>
    /// <returns>False when the items so far were tracked by what is not so.</returns>
    public bool TryObserve(RolloutItem item, long start, long end, string? historyMode)
    {
        if (_mode is null && item.HoldsRecord)
            Start(historyMode, null);
        if (_mode is not null && historyMode is not null && historyMode != _mode)
        {
            Basis = Basis with { HistoryMode = historyMode };
            return false;
        }
        _tracker?.Observe(item, start, end);
        if (_tracker is not { MustBeginAgain: true })
            return true;
        Basis = new TrackingBasis(historyMode, CountsAllLines: true);
        return false;
    }

    /// <summary>Gives what changed, and what the next pass goes on from.</summary>
    public (TurnChanges? Changes, byte[]? State) Finish()
    {
        var changes = _tracker?.TakeChanges();
        return (changes, _tracker?.SaveState());
    }

    void Start(string? historyMode, byte[]? state)
    {
        _mode = historyMode ?? HistoryModes.Legacy;
        if (_mode is HistoryModes.Legacy or HistoryModes.Paginated)
            _tracker = TurnTracker.Create(_mode, state, _lookup, Basis.CountsAllLines);
    }
}
