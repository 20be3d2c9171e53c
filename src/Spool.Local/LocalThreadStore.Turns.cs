namespace Spool;

public sealed partial class LocalThreadStore
{
    const int TextBytes = 2; // what a byte of the log takes as text, which a turn is while it is built

    /// <inheritdoc/>
    public async ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(request);
        return await _calls.ReadAsync(token => ListTurnsOnceAsync(request, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<Page<Turn>> ListTurnsOnceAsync(ListTurnsRequest request, CancellationToken cancellationToken)
    {
        RequestLimits.Check(request);
        var cursors = PageCursors.Of(request);
        TurnPosition? after = request.Cursor is { } text ? TurnPosition.From(cursors.Read(text), request.Direction) : null;
        for (var room = request.Room?.PageBytes ?? long.MaxValue; ; )
        {
            var may = room;
            var read = await MovingRollouts
                .ReadAsync(async () =>
                {
                    var plan =
                        await _index
                            .QueryThreadAsync(
                                request.ThreadId,
                                connection => connection.Read(() => PlanTurns(connection, request, after)),
                                cancellationToken
                            )
                            .ConfigureAwait(false)
                        ?? throw _index.Missing(request.ThreadId);
                    return plan.Bytes > may
                        ? new TurnsRead(null, plan.Bytes)
                        : new TurnsRead(await ReadTurnsAsync(plan, request, cursors, cancellationToken).ConfigureAwait(false), plan.Bytes);
                })
                .ConfigureAwait(false);
            if (read.Page is { } page)
                return page;
            // No call waits for room while a file is open.
            await request.Room!.TakeAsync(TextBytes * read.Bytes, cancellationToken).ConfigureAwait(false);
            room = read.Bytes;
        }
    }

    /// <summary>Where the turns of a page are.</summary>
    /// <param name="Lineage">The rollouts.</param>
    /// <param name="Turns">The turns.</param>
    /// <param name="Bytes">How many bytes of the log it takes to read them.</param>
    /// <param name="First">Where the first turn is, or null when there is none.</param>
    /// <param name="Next">Behind which turn the next page begins, or null when this is the last one.</param>
    sealed record TurnPlan(Lineage Lineage, IReadOnlyList<IndexedTurn> Turns, long Bytes, TurnPosition? First, TurnPosition? Next);

    /// <summary>A page of turns, or only how many bytes of the log it takes to read it, when that is more than there is room for.</summary>
    sealed record TurnsRead(Page<Turn>? Page, long Bytes);

    static TurnPlan? PlanTurns(IndexConnection connection, ListTurnsRequest request, TurnPosition? after)
    {
        if (LineageOf(connection, request.ThreadId) is not { } lineage)
            return null;
        if (lineage.HistoryMode is not (HistoryModes.Legacy or HistoryModes.Paginated))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {request.ThreadId} is recorded in a way that this version does not know; its items can be read, its turns cannot."
            );
        var page = new TurnListing(connection, lineage, request.View, request.WithRolledBack).Page(after, request.Direction, request.Limit);
        var (count, bytes) = (0, 0L);
        while (count < Math.Min(page.Count, request.Limit) && bytes < (request.Room?.PageBytes ?? long.MaxValue))
            bytes += page[count++].Turn.Bytes;
        return new TurnPlan(
            lineage,
            [.. page.Take(count).Select(entry => entry.Turn)],
            bytes,
            count > 0 ? page[0].Position : null,
            page.Count > count ? page[count - 1].Position : null
        );
    }

    // The records are read when the index is no longer: a call that stores would wait for them. What only the index knows of other turns is
    // asked behind them, and the turns that asked are built again.
    async ValueTask<Page<Turn>> ReadTurnsAsync(
        TurnPlan plan,
        ListTurnsRequest request,
        PageCursors cursors,
        CancellationToken cancellationToken
    )
    {
        await OffCaller.Hop();
        if (plan.Turns.Count == 0)
            RequireOpenable(plan.Lineage);
        var others = new AskedTurns();
        using var reader = new TurnReader(OpenSegment, others, _options.MaxLineBytes, request.Room?.TurnBytes ?? long.MaxValue);
        var turns = new Turn?[plan.Turns.Count];
        for (IEnumerable<int> left = Enumerable.Range(0, turns.Length); ; )
        {
            var again = new List<int>();
            foreach (var i in left)
            {
                var asked = others.Open;
                turns[i] = reader.Read(plan.Lineage.HistoryMode, plan.Turns[i], request, cancellationToken);
                if (others.Open > asked)
                    again.Add(i);
            }
            if (again.Count == 0)
            {
                return new Page<Turn>([.. turns.OfType<Turn>()], plan.Next is { } last ? cursors.Next(last.ToPage()) : null)
                {
                    BackwardsCursor = plan.First is { } first ? cursors.Backwards(first.ToPage()) : null,
                };
            }
            var files = await _index
                .LookUpAsync(
                    connection => connection.Read(() => others.Answer(connection, LineageOf(connection, request.ThreadId))),
                    cancellationToken
                )
                .ConfigureAwait(false);
            await OffCaller.Hop();
            reader.Require(files);
            left = again;
        }
    }

    ServedRolloutSource OpenSegment(LogSegment segment)
    {
        _options.RolloutOpening?.Invoke(segment.Path);
        return ServedRolloutSource.Open(_layout.Absolute(segment.Path), segment.File);
    }

    // That there are no turns is not known of a rollout that could not be opened. One that can be opened now has come back meanwhile, and
    // is looked at again.
    void RequireOpenable(Lineage lineage)
    {
        foreach (var segment in lineage.Segments)
        {
            if (segment.File.Stamp.IsNone)
                throw ServedRolloutSource.CameBack(_layout.Absolute(segment.Path));
        }
    }
}
