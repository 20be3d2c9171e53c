namespace Spool;

/// <summary>Reads a page of stored items, in either direction, from the rollouts of a history.</summary>
/// <remarks>A page costs what is on it. One that leads back costs as much as everything before it where a rollout cannot be read back,
/// because it is compressed or a document, and where the ordinals of a history have gaps or repeat, because those of damaged lines are
/// counted from the beginning then.</remarks>
/// <param name="lineage">The history.</param>
/// <param name="open">Opens one of its rollouts.</param>
/// <param name="request">Which page.</param>
/// <param name="maxLineBytes">Of a longer line only the beginning is given.</param>
sealed class ItemPageReader(Lineage lineage, Func<LogSegment, ValueTask<RolloutSource>> open, ListItemsRequest request, int maxLineBytes)
{
    readonly PageCursors _cursors = PageCursors.Of(request);
    readonly List<RolloutItem> _items = new(Math.Min(request.Limit, 1024));
    long _left = request.Room?.PageBytes ?? long.MaxValue;
    ItemPosition? _back; // where the other direction begins with the first item of the page

    bool IsFull => _items.Count == request.Limit || _left <= 0;

    /// <summary>Reads the page.</summary>
    /// <param name="start">Where it begins, or null for the first page.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public ValueTask<Page<RolloutItem>> ReadAsync(ItemPosition? start, CancellationToken cancellationToken) =>
        request.Direction == SortDirection.Ascending
            ? ForwardAsync(start ?? default, cancellationToken)
            : BackAsync(start, cancellationToken);

    async ValueTask<Page<RolloutItem>> ForwardAsync(ItemPosition position, CancellationToken cancellationToken)
    {
        for (; position.Segment < lineage.Segments.Count; position = new ItemPosition(position.Segment + 1, 0, position.Ordinal))
        {
            var segment = lineage.Segments[position.Segment];
            using var source = await open(segment).ConfigureAwait(false);
            var reader = new LogReader(source, position.Offset, segment.End, maxLineBytes, LineMemory.Kept, readingRoom: request.Room);
            while (!IsFull && await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                cancellationToken.ThrowIfCancellationRequested();
                position = position with { Offset = line.End };
                if (line.IsBlank)
                    continue;
                var item = new RolloutItem(line.Bytes, position.Ordinal, line.Length);
                position = position with { Ordinal = Math.Max(item.Ordinal, position.Ordinal) + 1 };
                _back ??= position;
                Add(item);
            }
            if (IsFull && FirstItem(source, position.Offset, segment.End) is { } next)
                return PageTo(position with { Offset = next });
        }
        return PageTo(null);
    }

    async ValueTask<Page<RolloutItem>> BackAsync(ItemPosition? end, CancellationToken cancellationToken)
    {
        await OffCaller.Hop();
        if (end is { } given && given.Segment >= lineage.Segments.Count)
            end = null;
        for (var index = end?.Segment ?? lineage.Segments.Count - 1; index >= 0; index--, end = null)
        {
            var segment = lineage.Segments[index];
            using var source = await open(segment).ConfigureAwait(false);
            if (IsFull)
            {
                if (FirstItem(source, 0, segment.End) is not null)
                    return PageTo(new ItemPosition(index, segment.End, segment.EndOrdinal));
                continue;
            }
            var finder = new LogPartFinder(source, segment, maxLineBytes);
            var most = request.Limit - _items.Count;
            var part = IsCountedTo(index) ? finder.Back(end?.Offset, end?.Ordinal, most, _left, cancellationToken) : null;
            part ??= (
                await finder
                    .ForwardAsync(
                        end?.Offset,
                        await OrdinalBeforeAsync(index, cancellationToken).ConfigureAwait(false),
                        most,
                        _left,
                        request.Room,
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            ).Part;
            await ReadAsync(source, index, part.Value, cancellationToken).ConfigureAwait(false);
            if (IsFull && part.Value.HasMore)
                return PageTo(new ItemPosition(index, part.Value.Start, part.Value.Ordinal));
        }
        return PageTo(null);
    }

    bool IsCountedTo(int index) => lineage.Segments.Take(index + 1).All(segment => segment.Counted is not null);

    // The ordinal of the first item of a rollout of the history, if its line carries none.
    async ValueTask<long> OrdinalBeforeAsync(int index, CancellationToken cancellationToken)
    {
        if (index == 0 || IsCountedTo(index - 1))
            return index == 0 ? 0 : lineage.Segments[index - 1].EndOrdinal;
        var ordinal = 0L;
        foreach (var segment in lineage.Segments.Take(index))
        {
            using var source = await open(segment).ConfigureAwait(false);
            (_, ordinal) = await new LogPartFinder(source, segment, maxLineBytes)
                .ForwardAsync(null, ordinal, 1, 1, request.Room, cancellationToken)
                .ConfigureAwait(false);
        }
        return ordinal;
    }

    // The lines of the part come in their order, and go into the page in the other.
    async ValueTask ReadAsync(RolloutSource source, int index, LogPart part, CancellationToken cancellationToken)
    {
        var items = new List<RolloutItem>(part.Count);
        var position = new ItemPosition(index, part.Start, part.Ordinal);
        var newest = position;
        var reader = new LogReader(source, part.Start, part.End, maxLineBytes, LineMemory.Kept, readingRoom: request.Room);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.IsBlank)
                continue;
            newest = position with { Offset = line.Start };
            items.Add(new RolloutItem(line.Bytes, position.Ordinal, line.Length));
            position = position with { Ordinal = Math.Max(items[^1].Ordinal, position.Ordinal) + 1 };
        }
        if (items.Count > 0)
            _back ??= newest;
        for (var i = items.Count - 1; i >= 0; i--)
            Add(items[i]);
    }

    void Add(RolloutItem item)
    {
        _items.Add(item);
        _left -= item.Bytes.Length;
    }

    Page<RolloutItem> PageTo(ItemPosition? next) =>
        new(_items, next is { } there ? _cursors.Next(there.ToPage()) : null)
        {
            BackwardsCursor = _back is { } back ? _cursors.Backwards(back.ToPage()) : null,
        };

    // Where the first item behind a place begins. However long it is, its beginning is mostly enough to tell that there is one.
    long? FirstItem(RolloutSource source, long start, long end)
    {
        const int Enough = 4096;
        var reader = new LogReader(source, start, end, Math.Min(Enough, maxLineBytes), LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (line.Length > maxLineBytes || !line.IsBlank && !IsBlank(source, line))
                return line.Start;
        }
        return null;
    }

    static bool IsBlank(RolloutSource source, LogLine line)
    {
        var isBlank = !line.Bytes.Span.ContainsAnyExcept(" \t\r"u8);
        var block = new byte[isBlank ? 4096 : 0];
        for (var at = line.Start + line.Bytes.Length; isBlank && at < line.Start + line.Length; )
        {
            var read = source.Read(block.AsSpan(0, (int)Math.Min(block.Length, line.Start + line.Length - at)), at);
            if (read == 0)
                break;
            isBlank = !block.AsSpan(0, read).ContainsAnyExcept(" \t\r"u8);
            at += read;
        }
        return isBlank;
    }
}
