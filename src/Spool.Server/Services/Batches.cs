using Grpc.Core;
using Spool.Remote;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Server;

/// <summary>Sends pages and histories in batches. The last batch of a page carries the cursor of the next one.</summary>
static class Batches
{
    /// <summary>Sends a history. The items of a batch are held until it is sent, and no more.</summary>
    public static async Task SendItemsAsync(IAsyncEnumerable<RolloutItem> items, IServerStreamWriter<Wire.ItemBatch> stream, CancellationToken cancellationToken)
    {
        var batches = new BatchWriter<Wire.ItemBatch, Wire.StoredItem>(stream, batch => batch.Items);
        await foreach (var item in items.ConfigureAwait(false))
            await batches.AddAsync(WireItems.ToWire(item), item.Bytes.Length, cancellationToken).ConfigureAwait(false);
        await batches.FlushAsync(cancellationToken).ConfigureAwait(false);
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
    public static async Task SendTurnsAsync(TurnPage page, IServerStreamWriter<Wire.TurnBatch> stream, CancellationToken cancellationToken)
    {
        var batches = new BatchWriter<Wire.TurnBatch, Wire.Turn>(stream, batch => batch.Turns);
        foreach (var turn in page.Turns.Select(WireItems.ToWire))
            await batches.AddAsync(turn, turn.CalculateSize(), cancellationToken).ConfigureAwait(false);
        if (page.NextCursor is { } next)
            batches.Current.NextCursor = next;
        await batches.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
