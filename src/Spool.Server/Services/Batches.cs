using Grpc.Core;
using Spool.Remote;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Server;

/// <summary>Sends pages and histories in messages of bounded size. A single thread, turn or item that is larger goes alone.</summary>
static class Batches
{
    const int MaxBytes = 256 * 1024;
    const int MaxItems = 1024;

    /// <summary>Sends a history. The items of a batch are held until it is sent, and no more.</summary>
    public static async Task SendItemsAsync(IAsyncEnumerable<RolloutItem> items, IServerStreamWriter<Wire.ItemBatch> stream, CancellationToken cancellationToken)
    {
        var batch = new Wire.ItemBatch();
        long size = 0;
        await foreach (var item in items.ConfigureAwait(false))
        {
            if (batch.Items.Count > 0 && (size + item.Bytes.Length > MaxBytes || batch.Items.Count == MaxItems))
            {
                await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                batch = new Wire.ItemBatch();
                size = 0;
            }
            batch.Items.Add(WireItems.ToWire(item));
            size += item.Bytes.Length;
        }
        await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a page of items.</summary>
    public static async Task SendItemsAsync(ItemPage page, IServerStreamWriter<Wire.ItemBatch> stream, CancellationToken cancellationToken)
    {
        var batch = new Wire.ItemBatch();
        long size = 0;
        foreach (var item in page.Items)
        {
            if (batch.Items.Count > 0 && (size + item.Bytes.Length > MaxBytes || batch.Items.Count == MaxItems))
            {
                await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                batch = new Wire.ItemBatch();
                size = 0;
            }
            batch.Items.Add(WireItems.ToWire(item));
            size += item.Bytes.Length;
        }
        if (page.NextCursor is { } next)
            batch.NextCursor = next;
        await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a page of threads.</summary>
    public static async Task SendThreadsAsync(ThreadPage page, IServerStreamWriter<Wire.ThreadBatch> stream, CancellationToken cancellationToken)
    {
        var batch = new Wire.ThreadBatch();
        long size = 0;
        foreach (var thread in page.Threads)
        {
            var wire = WireThreads.ToWire(thread);
            var length = wire.CalculateSize();
            if (batch.Threads.Count > 0 && size + length > MaxBytes)
            {
                await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                batch = new Wire.ThreadBatch();
                size = 0;
            }
            batch.Threads.Add(wire);
            size += length;
        }
        if (page.NextCursor is { } next)
            batch.NextCursor = next;
        await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a page of turns.</summary>
    public static async Task SendTurnsAsync(TurnPage page, IServerStreamWriter<Wire.TurnBatch> stream, CancellationToken cancellationToken)
    {
        var batch = new Wire.TurnBatch();
        long size = 0;
        foreach (var turn in page.Turns)
        {
            var wire = WireItems.ToWire(turn);
            var length = wire.CalculateSize();
            if (batch.Turns.Count > 0 && size + length > MaxBytes)
            {
                await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                batch = new Wire.TurnBatch();
                size = 0;
            }
            batch.Turns.Add(wire);
            size += length;
        }
        if (page.NextCursor is { } next)
            batch.NextCursor = next;
        await stream.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
    }
}
