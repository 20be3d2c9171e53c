using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Keeps threads in memory: for tests, and as the plain reading of the contract that other stores are compared with.</summary>
/// <remarks>Its calls complete synchronously. A list costs a look at every thread, a page of items a walk over the history.</remarks>
public sealed partial class InMemoryThreadStore : IThreadStore, IStoredBytes
{
    readonly Lock _gate = new();
    readonly Dictionary<ThreadId, InMemoryLog> _logs = [];
    bool _disposed;

    /// <summary>Adds a thread, or replaces the one with the same id.</summary>
    /// <param name="thread">The thread.</param>
    /// <returns>The id: the one in the first <c>session_meta</c> of its lines, else <see cref="InMemoryThread.Id"/>.</returns>
    /// <exception cref="ArgumentException">Neither the lines nor <see cref="InMemoryThread.Id"/> give an id.</exception>
    public ThreadId Put(InMemoryThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        var log = new InMemoryLog(thread);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _logs[log.Id] = log;
        }
        return log.Id;
    }

    /// <inheritdoc/>
    public ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            CheckUsable(cancellationToken);
            return new(_logs.TryGetValue(thread, out var log) ? InMemoryProjection.Of(log, _logs) : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ThreadPage> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_gate)
        {
            CheckUsable(cancellationToken);
            RequestLimits.Check(query.Limit, ThreadQuery.MaxLimit);
            return new(InMemoryQuery.Run(_logs.Values.Select(log => InMemoryProjection.Of(log, _logs)), query));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistory request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var item in LineageOf(request.Thread, cancellationToken).Lineage.Items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<TurnPage> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (log, lineage) = LineageOf(request.Thread, cancellationToken);
        return new(InMemoryPages.Turns(log, lineage, request));
    }

    /// <inheritdoc/>
    public ValueTask<ItemPage> ListItemsAsync(ListItems request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(InMemoryPages.Items(LineageOf(request.Thread, cancellationToken).Lineage, request));
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType) => serviceType == typeof(IStoredBytes) ? this : null;

    /// <inheritdoc/>
    public async Task CopyLogAsync(ThreadId thread, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var (_, lineage) = LineageOf(thread, cancellationToken);
        if (lineage.BrokenBecause is { } reason)
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, reason);
        var isFirst = true;
        foreach (var item in lineage.Items)
        {
            if (!isFirst)
                await destination.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(item.Bytes, cancellationToken).ConfigureAwait(false);
            isFirst = false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            _disposed = true;
        return ValueTask.CompletedTask;
    }

    (InMemoryLog Log, InMemoryLineage Lineage) LineageOf(ThreadId thread, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            CheckUsable(cancellationToken);
            var log = _logs.TryGetValue(thread, out var found) ? found : throw ThreadStoreException.NotFound(thread);
            return (log, InMemoryLineage.Of(log, _logs));
        }
    }

    void CheckUsable(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
