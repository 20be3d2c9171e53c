using System.Runtime.CompilerServices;
using Grpc.Core;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Remote;

public sealed partial class RemoteThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default)
    {
        var answer = await _connection.AskAsync(Client.FindThreadAsync, new Wire.FindThreadRequest { ThreadId = thread.ToString() }, cancellationToken).ConfigureAwait(false);
        return answer.Thread is { } found ? WireThreads.ToStore(found) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<ThreadPage> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var page = new PageReader<Wire.ListThreadsRequest, Wire.ThreadBatch, StoredThread>(_connection, Client.ListThreads);
        var cursor = await page.ReadAsync(
            WireThreads.ToWire(query),
            (batch, threads) =>
            {
                threads.AddRange(batch.Threads.Select(WireThreads.ToStore));
                return batch.HasNextCursor ? batch.NextCursor : null;
            },
            cancellationToken).ConfigureAwait(false);
        return new ThreadPage(page.Entries, cursor);
    }

    /// <inheritdoc/>
    public async ValueTask<TurnPage> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var page = new PageReader<Wire.ListTurnsRequest, Wire.TurnBatch, Turn>(_connection, Client.ListTurns);
        var cursor = await page.ReadAsync(
            WireWrites.ToWire(request),
            (batch, turns) =>
            {
                turns.AddRange(batch.Turns.Select(WireItems.ToStore));
                return batch.HasNextCursor ? batch.NextCursor : null;
            },
            cancellationToken).ConfigureAwait(false);
        return new TurnPage(page.Entries, cursor);
    }

    /// <inheritdoc/>
    public async ValueTask<ItemPage> ListItemsAsync(ListItems request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var page = new PageReader<Wire.ListItemsRequest, Wire.ItemBatch, RolloutItem>(_connection, Client.ListItems);
        var cursor = await page.ReadAsync(
            WireWrites.ToWire(request),
            (batch, items) =>
            {
                items.AddRange(batch.Items.Select(WireItems.ToStore));
                return batch.HasNextCursor ? batch.NextCursor : null;
            },
            cancellationToken).ConfigureAwait(false);
        return new ItemPage(page.Entries, cursor);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistory request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return StreamHistoryAsync(request.Thread, cancellationToken);
    }

    async IAsyncEnumerable<RolloutItem> StreamHistoryAsync(ThreadId thread, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new Wire.ReadHistoryRequest { ThreadId = thread.ToString() };
        var retry = new Retry(_connection);
        var resumption = new HistoryResumption();
        while (true)
        {
            using var stream = new BatchStream<Wire.ItemBatch>(_connection, options => Client.ReadHistory(request, options), cancellationToken);
            resumption.Begin();
            while (true)
            {
                try
                {
                    if (!await stream.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (RpcException e)
                {
                    await retry.AfterAsync(e, cancellationToken).ConfigureAwait(false);
                    break; // and once more from the beginning, past what was given already
                }
                foreach (var wire in stream.Current.Items)
                {
                    var item = WireItems.ToStore(wire);
                    if (!resumption.IsNew(item))
                        continue;
                    retry.HasProgress();
                    yield return item;
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
    }
}
