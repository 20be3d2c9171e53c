using Google.Protobuf;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server;

/// <summary>Sends pages and histories in batches. The last batch of a page carries the cursor of the next one.</summary>
static class Batches
{
    /// <summary>The bytes with which a batch ends.</summary>
    public const int MaxBytes = 256 * 1024;

    const int MaxItems = 1024;

    /// <summary>Sends a history. The items of a batch are held until it is sent, and no more: as many as come to a bounded size together,
    /// and at least one.</summary>
    public static async Task SendItemsAsync(
        IAsyncEnumerable<RolloutItem> items,
        IServerStreamWriter<Wire.ItemBatch> stream,
        AnswerRoom room,
        CancellationToken cancellationToken
    )
    {
        var history = items.GetAsyncEnumerator(cancellationToken);
        await using (history.ConfigureAwait(false))
        {
            while (true)
            {
                var (batch, _, isLast) = await room.ReadAsync(() => FillAsync(history), static filled => filled.Bytes, cancellationToken)
                    .ConfigureAwait(false);
                await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                if (isLast)
                    return;
                batch = null;
                room.Dispose();
            }
        }
    }

    /// <summary>Sends a page of items, in parts as there is room for them.</summary>
    public static Task SendItemsAsync(
        IThreadStore store,
        ListItemsRequest request,
        IServerStreamWriter<Wire.ItemBatch> stream,
        AnswerRoom room,
        CancellationToken cancellationToken
    ) =>
        SendPageAsync(
            request with
            {
                Room = room,
            },
            async part => Mapped(await store.ListItemsAsync(part, cancellationToken).ConfigureAwait(false), WireItems.ToWire),
            new BatchWriter<Wire.ItemBatch, Wire.StoredItem>(stream, batch => batch.Items),
            (batch, next, back) =>
            {
                batch.Direction =
                    request.Direction == SortDirection.Descending ? Wire.SortDirection.Descending : Wire.SortDirection.Ascending;
                if (next is not null)
                    batch.NextCursor = next;
                if (back is not null)
                    batch.BackwardsCursor = back;
            },
            room,
            cancellationToken
        );

    /// <summary>Sends a page of turns, in parts as there is room for them.</summary>
    public static Task SendTurnsAsync(
        IThreadStore store,
        ListTurnsRequest request,
        IServerStreamWriter<Wire.TurnBatch> stream,
        AnswerRoom room,
        CancellationToken cancellationToken
    ) =>
        SendPageAsync(
            request with
            {
                Room = room,
            },
            // as messages, which are smaller than what they are made of
            async part =>
                Mapped(await store.ListTurnsAsync(part, cancellationToken).ConfigureAwait(false), WireItems.ToWire),
            new BatchWriter<Wire.TurnBatch, Wire.Turn>(stream, batch => batch.Turns),
            static (batch, next, back) =>
            {
                if (next is not null)
                    batch.NextCursor = next;
                if (back is not null)
                    batch.BackwardsCursor = back;
            },
            room,
            cancellationToken
        );

    /// <summary>Sends a page of threads.</summary>
    public static async Task SendThreadsAsync(
        IThreadStore store,
        ThreadQuery query,
        IServerStreamWriter<Wire.ThreadBatch> stream,
        AnswerRoom room,
        CancellationToken cancellationToken
    )
    {
        var (page, threads) = await room.ReadAsync(
                () => ThreadsAsync(store, query, cancellationToken),
                static read => read.Threads.Sum(thread => (long)thread.CalculateSize()),
                cancellationToken
            )
            .ConfigureAwait(false);
        var batches = new BatchWriter<Wire.ThreadBatch, Wire.StoredThread>(stream, batch => batch.Threads);
        foreach (var thread in threads)
            await batches.AddAsync(thread, thread.CalculateSize(), cancellationToken).ConfigureAwait(false);
        if (page.NextCursor is { } next)
            batches.Current.NextCursor = next;
        if (page.BackwardsCursor is { } back)
            batches.Current.BackwardsCursor = back;
        batches.Current.CwdScope = WireEnums.CwdScope.ToWire(query.CwdScope);
        batches.Current.Problems.AddRange(
            page.Problems.Select(problem => new Wire.StoreProblem { Place = problem.Place, Reason = problem.Reason })
        );
        await batches.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    static async ValueTask<(Page<StoredThread> Page, List<Wire.StoredThread> Threads)> ThreadsAsync(
        IThreadStore store,
        ThreadQuery query,
        CancellationToken cancellationToken
    )
    {
        var page = await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
        return (page, [.. page.Items.Select(WireThreads.ToWire)]);
    }

    static Page<TWire> Mapped<T, TWire>(Page<T> page, Func<T, TWire> map) =>
        new([.. page.Items.Select(map)], page.NextCursor) { BackwardsCursor = page.BackwardsCursor };

    // A page comes from the store in parts, of which each is sent before the next one is asked for.
    static async Task SendPageAsync<TRequest, TBatch, TEntry>(
        TRequest request,
        Func<TRequest, ValueTask<Page<TEntry>>> read,
        BatchWriter<TBatch, TEntry> batches,
        Action<TBatch, string?, string?> setCursors,
        AnswerRoom room,
        CancellationToken cancellationToken
    )
        where TRequest : PageRequest
        where TBatch : class, new()
        where TEntry : IMessage
    {
        string? back = null;
        while (await SendPartAsync().ConfigureAwait(false))
            room.Dispose();

        // A method of its own, so that nothing of a part is held when the next one is asked for. It says whether there is one.
        async Task<bool> SendPartAsync()
        {
            var part = await room.ReadAsync(
                    () => read(request),
                    static sent => sent.Items.Sum(entry => (long)entry.CalculateSize()),
                    cancellationToken
                )
                .ConfigureAwait(false);
            foreach (var entry in part.Items)
                await batches.AddAsync(entry, entry.CalculateSize(), cancellationToken).ConfigureAwait(false);
            back ??= part.BackwardsCursor; // that of the first part
            var left = request.Limit - part.Items.Count;
            var isLast = part.NextCursor is null || left == 0;
            if (isLast)
                setCursors(batches.Current, part.NextCursor, back);
            await batches.FlushAsync(cancellationToken).ConfigureAwait(false);
            request = request with { Limit = left, Cursor = part.NextCursor };
            return !isLast;
        }
    }

    static async ValueTask<(Wire.ItemBatch Batch, long Bytes, bool IsLast)> FillAsync(IAsyncEnumerator<RolloutItem> items)
    {
        var batch = new Wire.ItemBatch();
        long bytes = 0;
        while (bytes < MaxBytes && batch.Items.Count < MaxItems)
        {
            if (!await items.MoveNextAsync().ConfigureAwait(false))
                return (batch, bytes, IsLast: true);
            batch.Items.Add(WireItems.ToWire(items.Current));
            bytes += items.Current.Bytes.Length;
        }
        return (batch, bytes, IsLast: false);
    }
}
