namespace Spool.Storage;

/// <summary>Where the turns of a history are in its logs: for forks and reverts, and for the complete view.</summary>
sealed class LogTurnPlaces
{
    readonly LogReading _reading;
    readonly string _historyMode;
    readonly List<LogPart> _parts;

    LogTurnPlaces(LogReading reading, string historyMode, List<LogPart> parts)
    {
        (_reading, _historyMode, _parts) = (reading, historyMode, parts);
        All = Places();
    }

    /// <summary>Gets the turns that the history shows.</summary>
    public IReadOnlyList<TurnPlace> All { get; }

    /// <summary>Gets the first record of each turn that the history shows.</summary>
    public IEnumerable<(string Id, HistoryCut Start)> Starts =>
        All.Where(place => place.Turn is not null)
            .Select(place => (place.Turn!.Value.TurnId, new HistoryCut(place.Segment, place.Turn.Value.Start)));

    /// <summary>Finds the turns, by reading the history once.</summary>
    public static async ValueTask<LogTurnPlaces> ReadAsync(
        LogReading reading,
        LogLineage lineage,
        string historyMode,
        CancellationToken cancellationToken
    )
    {
        var parts = new List<LogPart>();
        for (var index = 0; index < lineage.Segments.Count; index++)
        {
            var (log, count) = lineage.Segments[index];
            var tracker = TurnTracker.Create(historyMode, null, LogPart.None);
            RolloutItem? first = null;
            long end = 0;
            await foreach (
                var item in reading.ItemsAsync(log, 0, count, lineage.NextBefore(index), cancellationToken).ConfigureAwait(false)
            )
            {
                first ??= item;
                tracker.Observe(item, end, end += item.Bytes.Length + 1);
            }
            var changes = tracker.TakeChanges();
            var isReverted =
                index + 1 < lineage.Segments.Count && lineage.Segments[index + 1].Log.Thread == log.Thread && count < log.Items;
            parts.Add(
                new LogPart(log, count, lineage.NextBefore(index), end, first)
                {
                    Turns = [.. changes.Upserted.OrderBy(turn => turn.Start)],
                    Outlying = changes.OutlyingRecords.ToLookup(record => record.TurnStart),
                    Reverted = isReverted
                        ? await RevertedAsync(reading, log, lineage.NextBefore(index), historyMode, end, cancellationToken)
                            .ConfigureAwait(false)
                        : null,
                }
            );
        }
        return new LogTurnPlaces(reading, historyMode, parts);
    }

    // The turns behind the point where a newer log of the same thread goes on.
    static async ValueTask<LogTurnPlaces?> RevertedAsync(
        LogReading reading,
        KnownLog log,
        long next,
        string historyMode,
        long from,
        CancellationToken cancellationToken
    )
    {
        var tracker = TurnTracker.Create(historyMode, null, LogPart.None);
        var (count, end) = (log.Items, 0L);
        await foreach (var item in reading.ItemsAsync(log, 0, count, next, cancellationToken).ConfigureAwait(false))
            tracker.Observe(item, end, end += item.Bytes.Length + 1);
        var changes = tracker.TakeChanges();
        var part = new LogPart(log, count, next, end, null)
        {
            Turns = [.. changes.Upserted.Where(turn => turn.Start >= from).OrderBy(turn => turn.Start)],
            Outlying = changes.OutlyingRecords.ToLookup(record => record.TurnStart),
            From = from,
        };
        return part.Turns.Count > 0 ? new LogTurnPlaces(reading, historyMode, [part]) : null;
    }

    /// <summary>Builds turns, by reading the history once more.</summary>
    /// <param name="places">The turns.</param>
    /// <param name="withRolledBack">Whether the items of turns that were rolled back are among theirs.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<IReadOnlyList<Turn>> BuildAsync(
        IReadOnlyList<TurnPlace> places,
        bool withRolledBack,
        CancellationToken cancellationToken
    )
    {
        var builders = places.Select(place => BuilderOf(place, withRolledBack)).ToList();
        var begun = new HashSet<int>();
        for (var index = 0; index < _parts.Count; index++)
        {
            var reads = new List<(TurnBuilder Builder, TurnSpan Span)>();
            for (var i = 0; i < places.Count; i++)
            {
                var spans = SpansOf(places[i], index);
                if (spans.Count > 0 && places[i].Segment >= index && !begun.Add(i) && _parts[index].First is { } first)
                    builders[i].Add(first); // a log that goes on with a turn begins with the line that says so
                reads.AddRange(spans.Select(span => (builders[i], span)));
            }
            if (reads.Count > 0)
                await FeedAsync(_parts[index], reads, cancellationToken).ConfigureAwait(false);
        }
        var turns = new List<Turn>();
        foreach (var (builder, place) in builders.Zip(places))
        {
            var reverts = RevertedAt(place).ToList();
            if (builder.Build() is not [.., var turn])
            {
                if (place.Turn is not null || reverts.Count == 0)
                    continue;
                turn = RevertedTurns.Nothing;
            }
            foreach (var (reverted, isFirst) in reverts)
            {
                var taken = withRolledBack
                    ? await reverted.BuildAsync(reverted.All, withRolledBack, cancellationToken).ConfigureAwait(false)
                    : null;
                turn = RevertedTurns.AddTo(turn, reverted.All.Count, taken, isFirst);
            }
            turns.Add(turn with { Ordinal = place.Ordinal });
        }
        return turns;
    }

    // What was taken back behind the last turn of a log is shown with it; where the log has none before, with the first turn behind.
    IEnumerable<(LogTurnPlaces Reverted, bool IsFirst)> RevertedAt(TurnPlace place)
    {
        if (place.Turn is not { } turn)
        {
            foreach (var part in _parts)
            {
                if (part.Reverted is { } reverted)
                    yield return (reverted, false);
            }
            yield break;
        }
        if (turn == _parts[place.Segment].Turns[0])
        {
            for (var earlier = place.Segment - 1; earlier >= 0; earlier--)
            {
                var turns = _parts[earlier].Turns;
                if (turns.Count > 0 && !IsContinued(turns[^1].TurnId, earlier))
                    break; // it is shown with that one
                if (_parts[earlier].Reverted is { } before)
                    yield return (before, true);
                if (turns.Count > 0)
                    break;
            }
        }
        if (turn != _parts[place.Segment].Turns[^1])
            yield break;
        var isLast = _parts.Skip(place.Segment + 1).All(later => later.Turns.Count == 0);
        foreach (var part in isLast ? _parts.Skip(place.Segment) : _parts.Skip(place.Segment).Take(1))
        {
            if (part.Reverted is { } behind)
                yield return (behind, false);
        }
    }

    bool IsContinued(string id, int index) => _parts.Skip(index + 1).Any(part => part.Find(id, long.MaxValue) is not null);

    async ValueTask FeedAsync(LogPart part, List<(TurnBuilder Builder, TurnSpan Span)> reads, CancellationToken cancellationToken)
    {
        long start = 0;
        await foreach (var item in _reading.ItemsAsync(part.Log, 0, part.Count, part.Next, cancellationToken).ConfigureAwait(false))
        {
            var end = start + item.Bytes.Length + 1;
            foreach (var (builder, span) in reads)
            {
                var (from, to) = (Math.Max(span.Start, start), Math.Min(span.End, end));
                if (from < to)
                    builder.Add(from == start && to == end ? item : Cut(item, from - start, to - start), span);
            }
            start = end;
        }
    }

    // A turn may begin in the middle of a damaged line.
    static RolloutItem Cut(RolloutItem item, long from, long to) =>
        new(item.Bytes[(int)from..(int)Math.Min(to, item.Bytes.Length)], item.Ordinal);

    TurnBuilder BuilderOf(TurnPlace place, bool withRolledBack) =>
        place.Turn is { } turn
            ? TurnBuilder.CreateFor(_historyMode, turn, _parts[place.Segment], TurnView.Complete, withRolledBack)
            : TurnBuilder.CreateWithoutTurns(_historyMode, withRolledBack);

    IReadOnlyList<TurnSpan> SpansOf(TurnPlace place, int index)
    {
        var part = _parts[index];
        if (place.Turn is not { } turn)
            return [part.Whole];
        if (index > place.Segment)
            return
                _parts[place.Segment].Turns[^1] == turn
                && _parts.Skip(place.Segment + 1).Take(index - place.Segment).All(later => later.Turns.Count == 0)
                ? [part.Whole]
                : [];
        if (
            index < place.Segment
            && turn == _parts[place.Segment].Turns[0]
            && _parts.Take(place.Segment).All(older => older.Turns.Count == 0)
        )
            return [part.Whole];
        return (index == place.Segment ? turn : part.Find(turn.TurnId, long.MaxValue)) is { } here ? part.SpansOf(here) : [];
    }

    List<TurnPlace> Places()
    {
        if (_parts.All(part => part.Turns.Count == 0))
            return _parts.Any(part => part.End > 0) ? [new TurnPlace(0, null, 0)] : [];
        var places = new List<TurnPlace>();
        var newer = new HashSet<string>(StringComparer.Ordinal);
        for (var index = _parts.Count - 1; index >= 0; index--)
        {
            var shown = _parts[index].Turns.Where(turn => !newer.Contains(turn.TurnId)).ToList();
            places.AddRange(shown.Select(turn => new TurnPlace(index, turn, turn.Ordinal)));
            newer.UnionWith(shown.Select(turn => turn.TurnId));
        }
        return places;
    }

    /// <summary>A log of the history and its turns.</summary>
    sealed class LogPart(KnownLog log, long count, long next, long end, RolloutItem? first) : ITurnLookup
    {
        public static LogPart None { get; } = new(null!, 0, 0, 0, null);

        public KnownLog Log { get; } = log;
        public long Count { get; } = count;
        public long Next { get; } = next;
        public long End { get; } = end;
        public RolloutItem? First { get; } = first;
        public IReadOnlyList<TurnBoundary> Turns { get; init; } = [];
        public ILookup<long, OutlyingRecord> Outlying { get; init; } = Array.Empty<OutlyingRecord>().ToLookup(record => record.TurnStart);

        /// <summary>The turns behind the history that a revert took back, or null.</summary>
        public LogTurnPlaces? Reverted { get; init; }

        /// <summary>Where what is shown of the log begins.</summary>
        public long From { get; init; }

        public TurnSpan Whole => new(0, End, HasRecords: false, DetailZone.Own);

        public IReadOnlyList<TurnSpan> SpansOf(TurnBoundary turn)
        {
            var index = Turns.Index().First(entry => entry.Item.Start == turn.Start).Index;
            var spans = TurnSpans.Of(
                TurnView.Complete,
                turn,
                Around(index),
                Outlying[turn.Start].OrderBy(record => record.Offset).Select(record => (record.Offset, record.Offset + record.Length)),
                End
            );
            return TurnSpans.Behind(spans, From);
        }

        List<TurnBoundary> Around(int index)
        {
            var first = Math.Max(0, index - TurnSpans.TurnsBefore);
            var last = index;
            while (++last < Turns.Count && Turns[last].Start < Turns[index].End) { }
            return [.. Turns.Take(first..Math.Min(last + 1, Turns.Count))];
        }

        public TurnBoundary? Find(string turnId, long before)
        {
            for (var index = Turns.Count - 1; index >= 0; index--)
            {
                if (Turns[index].Start < before && Turns[index].TurnId == turnId)
                    return Turns[index];
            }
            return null;
        }

        public IReadOnlyList<TurnBoundary> FindNewest(int count, long before) => [];
    }
}

/// <summary>Where a turn is that a history shows.</summary>
/// <param name="Segment">The newest log that has records of it.</param>
/// <param name="Turn">Where it is there; null when no turn begins in the whole history.</param>
/// <param name="Ordinal">The ordinal by which turns are ordered.</param>
sealed record TurnPlace(int Segment, TurnBoundary? Turn, long Ordinal);
