using Grpc.Core;
using Spool.Remote;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Server;

/// <summary>Sends pages and histories in batches. The last batch of a page carries the cursor of the next one.</summary>
static class Batches
{
    const int MaxBytes = 256 * 1024;
    const int MaxItems = 1024;

    /// <summary>Sends a history. The items of a batch are held until it is sent, and no more: as many as come to a bounded size together, and at least one.</summary>
    public static async Task SendItemsAsync(IAsyncEnumerable<RolloutItem> items, IServerStreamWriter<Wire.ItemBatch> stream, AnswerRoom room, CancellationToken cancellationToken)
    {
        var history = items.GetAsyncEnumerator(cancellationToken);
        await using (history.ConfigureAwait(false))
        {
            while (true)
            {
                var (batch, _, isLast) = await room.ReadAsync(() => FillAsync(history), static filled => filled.Bytes, cancellationToken).ConfigureAwait(false);
                await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                if (isLast)
                    return;
                batch = null;
                room.Dispose();
            }
        }
    }

    /// <summary>Sends a page of items.</summary>
    public static async Task SendItemsAsync(ItemPage page, IServerStreamWriter<Wire.ItemBatch> stream, CancellationToken cancellationToken)
    {
        var batches = new BatchWriter<Wire.ItemBatch, Wire.StoredItem>(stream, batch => batch.Items);
        foreach (var item in page.Items)
            await batches.AddAsync(WireItems.ToWire(item), item.Bytes.Length, cancellationToken).ConfigureAwait(false);
        if (page.NextCursor is { } next)
            batches.Current.NextCursor = next;
        await batches.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a page of threads.</summary>
    public static async Task SendThreadsAsync(ThreadPage page, IServerStreamWriter<Wire.ThreadBatch> stream, CancellationToken cancellationToken)
    {
        var batches = new BatchWriter<Wire.ThreadBatch, Wire.StoredThread>(stream, batch => batch.Threads);
        foreach (var thread in page.Threads.Select(WireThreads.ToWire))
            await batches.AddAsync(thread, thread.CalculateSize(), cancellationToken).ConfigureAwait(false);
        if (page.NextCursor is { } next)
            batches.Current.NextCursor = next;
        batches.Current.Problems.AddRange(page.Problems.Select(problem => new Wire.StoreProblem { Place = problem.Place, Reason = problem.Reason }));
        await batches.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a page of turns.</summary>
    public static async Task SendTurnsAsync(IReadOnlyList<(Wire.Turn Turn, long Size)> turns, string? nextCursor, IServerStreamWriter<Wire.TurnBatch> stream, CancellationToken cancellationToken)
    {
        var batches = new BatchWriter<Wire.TurnBatch, Wire.Turn>(stream, batch => batch.Turns);
        foreach (var (turn, size) in turns)
            await batches.AddAsync(turn, size, cancellationToken).ConfigureAwait(false);
        if (nextCursor is not null)
            batches.Current.NextCursor = nextCursor;
        await batches.FlushAsync(cancellationToken).ConfigureAwait(false);
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
