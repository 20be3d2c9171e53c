using System.Runtime.CompilerServices;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

public sealed partial class RemoteThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        var answer = await _connection
            .AskAsync(Client.FindThreadAsync, new Wire.FindThreadRequest { ThreadId = threadId.ToString() }, cancellationToken)
            .ConfigureAwait(false);
        return answer.Thread is { } found ? WireThreads.ToStore(found) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(query);
        IReadOnlyList<StoreProblem> problems = [];
        FolderScope? scope = null;
        var page = await PageReader
            .ReadAsync(
                _connection,
                Client.ListThreads,
                WireThreads.ToWire(query),
                (Wire.ThreadBatch batch) => Take(batch),
                cancellationToken
            )
            .ConfigureAwait(false);
        KnownFilters.Check(query, page.Items, scope);
        return page with { Problems = problems };

        (IEnumerable<StoredThread>, string, string) Take(Wire.ThreadBatch batch)
        {
            // those of the last batch
            problems = [.. batch.Problems.Select(problem => new StoreProblem(problem.Place, problem.Reason))];
            scope = batch.CwdScope == Wire.FolderScope.Unspecified ? null : WireEnums.CwdScope.ToStore(batch.CwdScope);
            return (batch.Threads.Select(WireThreads.ToStore), batch.NextCursor, batch.BackwardsCursor);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(request);
        var page = await PageReader
            .ReadAsync(
                _connection,
                Client.ListTurns,
                WireWrites.ToWire(request),
                (Wire.TurnBatch batch) => (batch.Turns.Select(WireItems.ToStore), batch.NextCursor, batch.BackwardsCursor),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (page.Items.Any(turn => turn.View != request.View))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                "The server is of an earlier version, which has only Codex's view of turns; ask for that one, or update the server."
            );
        return page;
    }

    /// <inheritdoc/>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the newest items come first, and the server
    /// is of an earlier version, which lists the oldest first.</exception>
    public async ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(request);
        var direction = Wire.SortDirection.Unspecified;
        var page = await PageReader
            .ReadAsync(_connection, Client.ListItems, WireWrites.ToWire(request), (Wire.ItemBatch batch) => Take(batch), cancellationToken)
            .ConfigureAwait(false);
        return request.Direction == SortDirection.Ascending || direction == Wire.SortDirection.Descending
            ? page
            : throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                "The server is of an earlier version, which lists the oldest items first and not the newest; update it."
            );

        (IEnumerable<RolloutItem>, string, string) Take(Wire.ItemBatch batch)
        {
            direction = batch.Direction; // that of the last batch
            return (batch.Items.Select(WireItems.ToStore), batch.NextCursor, batch.BackwardsCursor);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistoryRequest request, CancellationToken cancellationToken = default) =>
        _connection.Calls.StreamAsync(
            token => request is null ? throw new ArgumentNullException(nameof(request)) : HistoryAsync(request, token),
            cancellationToken
        );

    async IAsyncEnumerable<RolloutItem> HistoryAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var asked = new Wire.ReadHistoryRequest { ThreadId = request.ThreadId.ToString() };
        var retry = new Retry(_connection);
        await _connection.ReadyAsync(retry, cancellationToken).ConfigureAwait(false);
        var resumption = new HistoryResumption();
        while (true)
        {
            using var stream = new BatchStream<Wire.ItemBatch>(
                _connection,
                options => Client.ReadHistory(asked, options),
                cancellationToken
            );
            resumption.Begin();
            while (true)
            {
                try
                {
                    if (!await stream.MoveNextAsync().ConfigureAwait(false))
                    {
                        resumption.End();
                        yield break;
                    }
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
