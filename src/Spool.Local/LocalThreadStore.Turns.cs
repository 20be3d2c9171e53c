namespace Spool;

public sealed partial class LocalThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<TurnPage> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.Direction);
        CheckUsable(cancellationToken);
        RequestLimits.Check(request.Limit, ListTurns.MaxLimit);
        var scope = PageCursor.ScopeOf(request);
        TurnPosition? after = request.Cursor is { } text ? TurnPosition.From(PageCursor.Decode(text, scope)) : null;
        // The records are read while the index is held, because the way to read a turn may have to look up its neighbours.
        for (var room = request.Room?.PageBytes ?? long.MaxValue; ;)
        {
            var may = room;
            var read = await MovingRollouts.ReadAsync(() =>
                _index.QueryThreadAsync(request.Thread, connection => connection.Read(() => ReadTurns(connection, request, after, scope, may, cancellationToken)), cancellationToken)).ConfigureAwait(false)
                ?? throw _index.Missing(request.Thread);
            if (read.Page is { } page)
                return page;
            // Nobody waits for room while the index is held.
            await request.Room!.TakeAsync(read.Bytes, cancellationToken).ConfigureAwait(false);
            room = read.Bytes;
        }
    }

    /// <summary>A page of turns, or only how many bytes of the log it takes to read it, when that is more than there is room for.</summary>
    sealed record TurnsRead(TurnPage? Page, long Bytes);

    TurnsRead? ReadTurns(IndexConnection connection, ListTurns request, TurnPosition? after, string scope, long room, CancellationToken cancellationToken)
    {
        if (LineageOf(connection, request.Thread) is not { } lineage)
            return null;
        if (lineage.HistoryMode is not (HistoryModes.Legacy or HistoryModes.Paginated))
            throw new ThreadStoreException(ThreadStoreErrorCode.Unsupported, $"Thread {request.Thread} is recorded in a way that this version does not know; its items can be read, its turns cannot.");
        var page = new TurnListing(connection, lineage).Page(after, request.Direction, request.Limit);
        if (page.Count == 0)
            RequireOpenable(connection, lineage);
        var (count, bytes) = (0, 0L);
        while (count < Math.Min(page.Count, request.Limit) && bytes < (request.Room?.PageBytes ?? long.MaxValue))
            bytes += page[count++].Turn.Bytes;
        if (bytes > room)
            return new TurnsRead(null, bytes);
        using var reader = new TurnReader(segment => ServedRolloutSource.Open(_layout.Absolute(segment.Path), segment.Stamp), _options.MaxLineBytes, request.Room?.TurnBytes ?? long.MaxValue);
        var turns = page.Take(count).Select(entry => reader.Read(lineage.HistoryMode, entry.Turn, cancellationToken)).OfType<Turn>().ToList();
        return new TurnsRead(new TurnPage(turns, page.Count > count ? page[count - 1].Position.ToCursor().Encode(scope) : null), bytes);
    }

    // That there are no turns is not known of a rollout that could not be opened. One that can be opened now has come back meanwhile, and is looked at again.
    void RequireOpenable(IndexConnection connection, Lineage lineage)
    {
        foreach (var segment in lineage.Segments)
        {
            if (new RolloutTable(connection).Find(segment.Key)?.Stamp.IsNone == true)
                throw ServedRolloutSource.CameBack(_layout.Absolute(segment.Path));
        }
    }
}
