using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Keeps threads in memory: for tests, and as the plain reading of the contract that other stores are compared with.</summary>
/// <remarks>Its calls complete synchronously. A list costs a look at every thread, a page of items a walk over the history.</remarks>
public sealed partial class InMemoryThreadStore : IThreadStore, IStoredBytes, IDeletionCheck
{
    readonly InMemoryHome _home;
    readonly InMemoryThreadStoreOptions _options;
    bool _disposed;

    /// <summary>Makes a store with nothing in it.</summary>
    /// <param name="options">How it works, or null for the default values.</param>
    public InMemoryThreadStore(InMemoryThreadStoreOptions? options = null)
        : this(options ?? new InMemoryThreadStoreOptions(), new InMemoryHome()) { }

    InMemoryThreadStore(InMemoryThreadStoreOptions options, InMemoryHome home) => (_options, _home) = (options, home);

    /// <summary>Opens another store over the same threads, as another process would. Each is disposed by itself; the threads stay while one
    /// of them is used.</summary>
    public InMemoryThreadStore OpenAnother() => new(_options, _home);

    /// <summary>Adds a thread, or replaces the one with the same id, whose writer then loses the right to write.</summary>
    /// <param name="thread">The thread.</param>
    /// <returns>The id: the one in the first <c>session_meta</c> of its lines, else <see cref="InMemoryThread.Id"/>.</returns>
    /// <exception cref="ArgumentException">Neither the lines nor <see cref="InMemoryThread.Id"/> give an id.</exception>
    public ThreadId Put(InMemoryThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        var log = new InMemoryLog(thread.Lines, thread.Id, isTorn: thread.IsTorn);
        lock (_home.Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _home.Add(
                new InMemoryEntry(log)
                {
                    ArchivedAt = thread.ArchivedAt,
                    NameBeside = string.IsNullOrEmpty(thread.Name) ? null : thread.Name,
                }
            );
        }
        return log.ThreadId;
    }

    /// <inheritdoc/>
    public ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            return new(_home.TryFind(threadId, out var entry) ? _home.Project(entry) : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(query);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var normal = NormalQuery.Of(query);
            var threads = _home
                .Threads.Select(_home.Project)
                .Where(thread => normal.Matches(thread) && normal.IsBehindCursor(thread))
                .Order(normal.Order);
            return new(normal.ToPage([.. threads.Take(normal.Limit + 1)], []));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RolloutItem> ReadHistoryAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var item in LineageOf(request.ThreadId, cancellationToken).Lineage.Items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(request);
        CheckUsableNow(cancellationToken);
        RequestLimits.Check(request);
        var cursors = PageCursors.Of(request);
        PagePosition? start = request.Cursor is { } text ? cursors.Read(text) : null;
        var (log, lineage) = LineageOf(request.ThreadId, cancellationToken);
        return new(InMemoryPages.Turns(log, lineage, request, start, cursors));
    }

    /// <inheritdoc/>
    public ValueTask<Page<RolloutItem>> ListItemsAsync(ListItemsRequest request, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(request);
        CheckUsableNow(cancellationToken);
        RequestLimits.Check(request);
        var cursors = PageCursors.Of(request);
        PagePosition? start = request.Cursor is { } text ? cursors.Read(text) : null;
        return new(InMemoryPages.Items(LineageOf(request.ThreadId, cancellationToken).Lineage, request, start, cursors));
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public async Task CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var (_, lineage) = LineageOf(threadId, cancellationToken);
        var isFirst = true;
        foreach (var item in lineage.Items)
        {
            if (!isFirst)
                await destination.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(item.Bytes, cancellationToken).ConfigureAwait(false);
            isFirst = false;
        }
        if (lineage.BrokenBecause is { } reason)
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, reason);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_home.Gate)
            _disposed = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks until it is done.</summary>
    public void Dispose() => BlockingDisposal.Dispose(this);

    (InMemoryLog Log, InMemoryLineage Lineage) LineageOf(ThreadId threadId, CancellationToken cancellationToken)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var entry = _home.Get(threadId);
            return (entry.Log, _home.LineageOf(entry));
        }
    }

    void CheckUsableNow(CancellationToken cancellationToken)
    {
        lock (_home.Gate)
            CheckUsable(cancellationToken);
    }

    void CheckUsable(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
