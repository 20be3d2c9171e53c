using System.Buffers;
using System.Runtime.CompilerServices;

namespace Spool;

public sealed partial class LocalThreadStore
{
    const int CopyBytes = 256 * 1024;

    /// <inheritdoc/>
    /// <remarks>When the store is disposed, what has not been given of a history is misuse; the file of one that is not disposed stays open
    /// until it is.</remarks>
    public IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistoryRequest request, CancellationToken cancellationToken = default) =>
        new ItemsLetGo(request, HistoryAsync, _calls, cancellationToken);

    async IAsyncEnumerable<StrongBox<RolloutItem?>> HistoryAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var lineage =
            await LineageOfAsync(request.ThreadId, cancellationToken).ConfigureAwait(false) ?? throw _index.Missing(request.ThreadId);
        var ordinal = 0L;
        var box = new StrongBox<RolloutItem?>();
        foreach (var segment in lineage.Segments)
        {
            var (source, part) = await OpenSegmentAsync(request.ThreadId, segment, cancellationToken).ConfigureAwait(false);
            using var opened = source;
            var reader = new LogReader(source, 0, part.End, _options.MaxLineBytes, LineMemory.Kept, readingRoom: request.Room);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (line.IsBlank)
                    continue;
                box.Value = new RolloutItem(line.Bytes, ordinal, line.Length);
                ordinal = Math.Max(box.Value.Ordinal, ordinal) + 1;
                yield return box;
            }
            source.RequireKept(part.File);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(request);
        return await _calls.ReadAsync(token => ListItemsOnceAsync(request, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<Page<RolloutItem>> ListItemsOnceAsync(ListItemsRequest request, CancellationToken cancellationToken)
    {
        RequestLimits.Check(request);
        ItemPosition? start = request.Cursor is { } text ? ItemPosition.From(PageCursors.Of(request).Read(text)) : null;
        return await MovingRollouts
            .ReadAsync(async () =>
            {
                var lineage =
                    await LineageOfAsync(request.ThreadId, cancellationToken).ConfigureAwait(false)
                    ?? throw _index.Missing(request.ThreadId);
                return await new ItemPageReader(lineage, OpenSegmentAsync, request, _options.MaxLineBytes)
                    .ReadAsync(start, cancellationToken)
                    .ConfigureAwait(false);
            })
            .ConfigureAwait(false);

        async ValueTask<RolloutSource> OpenSegmentAsync(LogSegment segment)
        {
            await OffCaller.Hop();
            return OpenSegment(segment);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await _calls.ReadAsync(token => CopyLogOnceAsync(threadId, destination, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask CopyLogOnceAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken)
    {
        var lineage = await LineageOfAsync(threadId, cancellationToken).ConfigureAwait(false) ?? throw _index.Missing(threadId);
        using var memory = MemoryPool<byte>.Shared.Rent(CopyBytes);
        var buffer = memory.Memory;
        var last = (byte)'\n';
        foreach (var segment in lineage.Segments)
        {
            // What is continued may end in an item that lacks its line end.
            if (last != '\n')
                await destination.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            var (source, part) = await OpenSegmentAsync(threadId, segment, cancellationToken).ConfigureAwait(false);
            using var opened = source;
            for (long offset = 0; offset < part.End; )
            {
                var read = await source
                    .ReadAsync(buffer[..(int)Math.Min(buffer.Length, part.End - offset)], offset, cancellationToken)
                    .ConfigureAwait(false);
                if (read == 0)
                    break;
                await destination.WriteAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
                offset += read;
                last = buffer.Span[read - 1];
            }
            if (source.Problem is { } problem)
                throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, $"Thread {threadId}: {problem}");
            source.RequireKept(part.File);
        }
        // What is the thread's own is given, as histories and turns do.
        if (lineage.Problem is { } missing)
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, $"Thread {threadId}: {missing}");
    }

    // For what gives its items as it goes and cannot begin again. A rollout that was moved since the lineage was looked up is looked up
    // again, by its name, which no move changes: where its part ends is said of what is there now.
    ValueTask<(ServedRolloutSource Source, LogSegment Part)> OpenSegmentAsync(
        ThreadId threadId,
        LogSegment segment,
        CancellationToken cancellationToken
    )
    {
        var at = segment;
        var isFirst = true;
        return MovingRollouts.ReadAsync<(ServedRolloutSource, LogSegment)>(async () =>
        {
            await OffCaller.Hop(); // an enumeration comes here between two rollouts of a history
            if (!isFirst)
            {
                var lineage =
                    await LineageOfAsync(threadId, cancellationToken).ConfigureAwait(false)
                    ?? throw ThreadStoreException.NotFound(threadId);
                at = lineage.Segments.FirstOrDefault(now => NameOf(now) == NameOf(segment), at);
            }
            isFirst = false;
            return (OpenSegment(at), at);
        });

        static string NameOf(LogSegment segment) => RolloutFileName.PlainName(Path.GetFileName(segment.Path));
    }
}
