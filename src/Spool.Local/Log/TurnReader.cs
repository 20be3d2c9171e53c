namespace Spool;

/// <summary>Builds single turns from the bytes of their records.</summary>
/// <param name="open">Opens a part of the history.</param>
/// <param name="others">Answers what is asked about other turns.</param>
/// <param name="maxLineBytes">The longest line that is read whole.</param>
/// <param name="maxTurnBytes">The most bytes that a turn may show.</param>
sealed class TurnReader(Func<LogSegment, ServedRolloutSource> open, AskedTurns others, int maxLineBytes, long maxTurnBytes) : IDisposable
{
    readonly Dictionary<string, ServedRolloutSource> _sources = new(StringComparer.Ordinal);

    /// <summary>Builds a turn.</summary>
    /// <param name="historyMode">The history mode.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="request">How it is asked for.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The turn, or null when the log no longer has it there. When something was asked meanwhile that is not answered yet, it is
    /// to be built again behind the answer.</returns>
    public Turn? Read(string historyMode, IndexedTurn turn, ListTurnsRequest request, CancellationToken cancellationToken)
    {
        var shown = ReadShown(historyMode, turn, request, cancellationToken);
        if (shown is null && turn is { Own: null, Reverted.Count: > 0 })
            shown = RevertedTurns.Nothing;
        if (shown is null)
            return null;
        if (turn.RevertedBytes > maxTurnBytes)
            throw TooLarge();
        foreach (var (count, turns, isFirst) in turn.Reverted)
        {
            List<Turn>? taken = request.WithRolledBack
                ? [.. turns.Select(reverted => ReadShown(historyMode, reverted, request, cancellationToken)).OfType<Turn>()]
                : null;
            shown = RevertedTurns.AddTo(shown, count, taken, isFirst);
        }
        return shown;
    }

    Turn? ReadShown(string historyMode, IndexedTurn turn, ListTurnsRequest request, CancellationToken cancellationToken)
    {
        var asked = others.Open;
        var (view, withRolledBack, own) = (request.View, request.WithRolledBack, turn.Own);
        var builder = own is null
            ? TurnBuilder.CreateWithoutTurns(historyMode, withRolledBack)
            : TurnBuilder.CreateFor(historyMode, own.Boundary!.Value, others.Of(own.Segment), view, withRolledBack);
        foreach (var part in turn.Parts)
        {
            var ordinal = part.Boundary?.Ordinal ?? 0;
            if (part.Boundary is not null && part != turn.Parts[0])
                builder.Add(FirstItem(part.Segment)); // a rollout that goes on with a turn begins with the line that says so
            foreach (var span in part.Spans)
            {
                var next = Feed(builder, part.Segment, span, ordinal, asked, cancellationToken);
                if (span.HasRecords)
                    ordinal = next;
            }
        }
        // Lines that should carry an ordinal and do not can be counted only from the start of the log, as the index did.
        return builder.Build() is [.., var built] ? built with { Ordinal = own?.Boundary!.Value.Ordinal ?? 0 } : null;
    }

    /// <summary>Refuses answers that are said of other files than those that are read.</summary>
    /// <param name="files">The files, by their paths.</param>
    /// <exception cref="ThreadStoreException">One has moved (<see cref="ServedRolloutSource.HasMoved"/>).</exception>
    public void Require(IReadOnlyDictionary<string, KnownFile> files)
    {
        foreach (var (path, known) in files)
        {
            if (_sources.TryGetValue(path, out var source))
                source.Require(known);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in _sources.Values)
            source.Dispose();
    }

    RolloutItem FirstItem(LogSegment segment) =>
        new LogReader(SourceOf(segment), 0, segment.End, maxLineBytes, LineMemory.Kept).TryRead(out var line)
            ? new RolloutItem(line.Bytes, 0, line.Length)
            : new RolloutItem(default, 0);

    ServedRolloutSource SourceOf(LogSegment segment)
    {
        if (!_sources.TryGetValue(segment.Path, out var source))
            _sources.Add(segment.Path, source = open(segment));
        return source;
    }

    long Feed(TurnBuilder builder, LogSegment segment, TurnSpan span, long ordinal, int asked, CancellationToken cancellationToken)
    {
        var reader = new LogReader(SourceOf(segment), span.Start, Math.Min(span.End, segment.End), maxLineBytes, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.IsBlank)
                continue;
            var item = new RolloutItem(line.Bytes, ordinal, line.Length);
            ordinal = item.Ordinal + 1;
            builder.Add(item, span);
            if (builder.BytesShown <= maxTurnBytes)
                continue;
            if (others.Open > asked)
                break; // the answers may show less of it
            throw TooLarge();
        }
        return ordinal;
    }

    static ThreadStoreException TooLarge() =>
        new(ThreadStoreErrorCode.TooLarge, "A turn is larger than the memory that there is for it; read its items instead.");
}

/// <summary>A turn as the index knows it.</summary>
/// <param name="Parts">Where it is, oldest first; more than one when a fork goes on with a turn of its parent, or when no turn begins in a
/// rollout.</param>
sealed record IndexedTurn(IReadOnlyList<TurnPart> Parts)
{
    /// <summary>Gets the part that says where the turn is: the newest; null when no turn begins in the whole history.</summary>
    public TurnPart? Own { get; } = Parts.LastOrDefault(part => part.Boundary is not null);

    /// <summary>Gets the turns that reverts took back next to it.</summary>
    public IReadOnlyList<RevertedRollout> Reverted { get; init; } = [];

    /// <summary>Gets how many bytes of the log are read to be kept.</summary>
    public long Bytes =>
        Parts.Sum(part => part.Spans.Where(span => span.Details != DetailZone.Before).Sum(span => span.End - span.Start)) + RevertedBytes;

    /// <summary>Gets how many of them are those of turns that were taken back.</summary>
    public long RevertedBytes => Reverted.Sum(rollout => rollout.Turns.Sum(turn => turn.Bytes));
}

/// <summary>The turns of a rollout that a revert took back.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Turns">The turns, in the order in which they began; none when only their number is asked for.</param>
/// <param name="IsFirst">Whether they are shown before what the turn beside them has, and not behind it.</param>
sealed record RevertedRollout(int Count, IReadOnlyList<IndexedTurn> Turns, bool IsFirst = false);

/// <summary>The part of a turn in one rollout.</summary>
/// <param name="Segment">The part of the history.</param>
/// <param name="Boundary">Where the turn is; null when no turn begins in the rollout.</param>
/// <param name="Spans">What to read.</param>
sealed record TurnPart(LogSegment Segment, TurnBoundary? Boundary, IReadOnlyList<TurnSpan> Spans);
