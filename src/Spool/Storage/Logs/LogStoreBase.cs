using System.Runtime.CompilerServices;

namespace Spool.Storage;

/// <summary>A whole <see cref="IThreadStore"/> over logs: derive it, say how lines are read, appended and removed, and everything else is
/// here: writers, pages, turns, metadata, forks, reverts, archive.</summary>
/// <remarks>
/// <para>A log is a sequence of lines under an id. A line is any bytes without a line feed. Memory that was given away, either way, is not
/// changed afterwards. A thread begins in the log of its own id; a revert of a paginated thread goes on in another log. Lines are items as
/// they are, but for those that begin with <c>#spool</c>: these are notes of the store, such as the archive, and no part of a
/// history.</para>
/// <para><b>What is durable when</b> is what <see cref="AppendLinesAsync"/> promises: a call is acknowledged after the append that carries
/// it. A change is one append, so it is done wholly or not at all; of a revert of a paginated thread the second append decides, and of a
/// deletion the removal of the thread's first log: what a crash leaves of the others is no part of any thread, and the next revert or
/// deletion of the thread removes it.</para>
/// <para><b>Several stores over the same logs.</b> Those of one process that are made from one another share what is known, and a thread
/// has one writer over all of them. Stores of several processes know nothing of each other's writers: each append says how long the log
/// was, and the one that comes too late is refused. Its writer is then lost (<see cref="ThreadStoreErrorCode.WriterLost"/>), and nothing of
/// the append is kept; no item is ever written over or between. What other processes appended, forked, took back and deleted is seen by the
/// next call. A deletion while another process forks the thread leaves a fork without its beginning. A thread that another process deletes
/// and makes again with the same id and as many lines is taken for the old one by lists, until the next call about it; a writer of the old
/// one is lost with its next append, but for one that has begun at that moment.</para>
/// <para><b>Cost.</b> The first call reads every log once. Kept is, for each log, what it says of its thread and its first item; lines are
/// read when they are asked for. A list costs one <see cref="ListLogsAsync"/> and reads what is new; finding a thread costs one <see
/// cref="CountLinesAsync"/>, or two when it was taken back, and the first line; an append and a change read that line as well; a page of
/// items reads the lines on it; a page of turns, and a fork or revert at a turn, read the history. A fork of a legacy thread holds its
/// lines in memory while it is stored.</para>
/// </remarks>
public abstract partial class LogStoreBase : IThreadStore, IStoredBytes, IThreadCounts, IDeletionCheck
{
    readonly LogHome _home;
    readonly LogStoreOptions _options;
    readonly LogReading _reading;
    readonly OngoingCalls _calls;

    /// <summary>Makes a store that shares nothing with others.</summary>
    /// <param name="options">How it works, or null for the default values.</param>
    protected LogStoreBase(LogStoreOptions? options = null)
        : this(options ?? new LogStoreOptions(), new LogHome()) { }

    /// <summary>Makes another store over the same logs in this process. Each is disposed by itself.</summary>
    /// <param name="other">The other store.</param>
    protected LogStoreBase(LogStoreBase other)
        : this(Checked(other)._options, other._home) { }

    LogStoreBase(LogStoreOptions options, LogHome home)
    {
        (_options, _home) = (options, home);
        _calls = new OngoingCalls(GetType());
        _reading = new LogReading(ReadLinesAsync);
    }

    /// <summary>Gets whether other processes may change the logs.</summary>
    private protected virtual bool HasOtherProcesses => true;

    /// <summary>Lists the logs that there are, in any order.</summary>
    /// <param name="cancellationToken">Ends the list.</param>
    protected abstract IAsyncEnumerable<LogLength> ListLogsAsync(CancellationToken cancellationToken);

    /// <summary>Says how many lines a log has; 0 when there is no such log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    protected abstract ValueTask<long> CountLinesAsync(ThreadId log, CancellationToken cancellationToken);

    /// <summary>Reads the lines of a log, in order, byte for byte.</summary>
    /// <param name="log">The log.</param>
    /// <param name="first">The number of the first line to give, from 0. There may be none from there on.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The lines up to where the log ended when the call began, or later.</returns>
    protected abstract IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLinesAsync(ThreadId log, long first, CancellationToken cancellationToken);

    /// <summary>Appends lines to a log, which the first append makes: all of them or none, also when the process dies, and only when the
    /// log has exactly the expected number of lines, also when others append to it at the same time.</summary>
    /// <param name="log">The log.</param>
    /// <param name="expected">How many lines the log has to have; 0 for a log that is not there.</param>
    /// <param name="lines">The lines. With none the call is a barrier: everything before becomes as safe as asked for.</param>
    /// <param name="durability">How safe they have to be when the call ends. More is allowed.</param>
    /// <param name="cancellationToken">Never cancelled: what has begun is ended.</param>
    /// <returns>False when the log has another number of lines; nothing was appended then.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>,
    /// <see cref="ThreadStoreErrorCode.ResourceExhausted"/>: nothing was appended, and the writer goes on. Every other exception means that
    /// it is not known: the caller gets <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>, and the writer is faulted.</exception>
    protected abstract ValueTask<bool> AppendLinesAsync(
        ThreadId log,
        long expected,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        Durability durability,
        CancellationToken cancellationToken
    );

    /// <summary>Removes a log with all its lines, or does nothing when there is none.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cancellationToken">Never cancelled: what has begun is ended.</param>
    protected abstract ValueTask RemoveLinesAsync(ThreadId log, CancellationToken cancellationToken);

    /// <summary>Gives back what the store itself holds, such as a connection. Called once, when the calls that have begun have
    /// ended.</summary>
    protected virtual ValueTask DisposeLogsAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ReadAsync(token => FindOnceAsync(threadId, token), cancellationToken);

    async ValueTask<StoredThread?> FindOnceAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        await RefreshAsync(threadId, cancellationToken).ConfigureAwait(false);
        lock (_home.Sync)
            return _home.Find(threadId) is { } thread ? _home.Project(thread) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(query);
        return await _calls.ReadAsync(token => ListOnceAsync(query, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<Page<StoredThread>> ListOnceAsync(ThreadQuery query, CancellationToken cancellationToken)
    {
        var normal = NormalQuery.Of(query);
        await LookAsync(cancellationToken).ConfigureAwait(false);
        lock (_home.Sync)
        {
            var threads = _home
                .Stored.Select(_home.Project)
                .Where(thread => normal.Matches(thread) && normal.IsBehindCursor(thread))
                .Order(normal.Order);
            return normal.ToPage([.. threads.Take(normal.Limit + 1)], []);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<long>> CountAsync(
        IReadOnlyList<ThreadQuery> queries,
        CancellationToken cancellationToken = default
    )
    {
        DefinedRequests.Check(queries);
        return await _calls.ReadAsync(token => CountOnceAsync(queries, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<IReadOnlyList<long>> CountOnceAsync(IReadOnlyList<ThreadQuery> queries, CancellationToken cancellationToken)
    {
        var lists = NormalQuery.OfCounted(queries);
        await LookAsync(cancellationToken).ConfigureAwait(false);
        lock (_home.Sync)
        {
            var threads = _home.Stored.Select(_home.Project).ToList();
            return [.. lists.Select(list => threads.LongCount(list.Matches))];
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistoryRequest request, CancellationToken cancellationToken = default) =>
        _calls.StreamAsync(
            token => request is null ? throw new ArgumentNullException(nameof(request)) : HistoryAsync(request, token),
            cancellationToken
        );

    async IAsyncEnumerable<RolloutItem> HistoryAsync(
        ReadHistoryRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (_, lineage) = await LineageOfAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
        for (var segment = 0; segment < lineage.Segments.Count; segment++)
        {
            var (log, count) = lineage.Segments[segment];
            var next = lineage.NextBefore(segment);
            await foreach (var item in _reading.ItemsAsync(log, 0, count, next, cancellationToken).ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(request);
        return await _calls.ReadAsync(token => ListTurnsOnceAsync(request, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<Page<Turn>> ListTurnsOnceAsync(ListTurnsRequest request, CancellationToken cancellationToken)
    {
        RequestLimits.Check(request);
        var cursors = PageCursors.Of(request);
        PagePosition? start = request.Cursor is { } text ? cursors.Read(text) : null;
        var (thread, lineage) = await LineageOfAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
        string mode;
        lock (_home.Sync)
        {
            thread.CheckMode();
            mode = thread.Log.HistoryMode;
        }
        if (request.View == TurnView.Complete)
        {
            var history = await LogTurnPlaces.ReadAsync(_reading, lineage, mode, cancellationToken).ConfigureAwait(false);
            return await LogPages.TurnsAsync(history, request, start, cursors, cancellationToken).ConfigureAwait(false);
        }
        var turns = await LogTurns.BuildAsync(_reading, lineage, mode, cancellationToken).ConfigureAwait(false);
        return LogPages.Turns(turns, request, start, cursors);
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
        var cursors = PageCursors.Of(request);
        PagePosition? start = request.Cursor is { } text ? cursors.Read(text) : null;
        var (_, lineage) = await LineageOfAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
        return await LogPages.ItemsAsync(_reading, lineage, request, start, cursors, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public async ValueTask CopyLogAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await _calls.ReadAsync(token => CopyLogOnceAsync(threadId, destination, token), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask CopyLogOnceAsync(ThreadId threadId, Stream destination, CancellationToken cancellationToken)
    {
        var (_, lineage) = await LineageOfAsync(threadId, cancellationToken).ConfigureAwait(false);
        var isFirst = true;
        await foreach (var item in _reading.ItemsAsync(lineage, 0, lineage.Items, cancellationToken).ConfigureAwait(false))
        {
            if (!isFirst)
                await destination.WriteAsync(LineFeed, cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(item.Bytes, cancellationToken).ConfigureAwait(false);
            isFirst = false;
        }
        if (lineage.BrokenBecause is { } reason)
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, reason);
    }

    static readonly ReadOnlyMemory<byte> LineFeed = "\n"u8.ToArray();

    async ValueTask<(KnownThread Thread, LogLineage Lineage)> LineageOfAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        await RefreshAsync(threadId, cancellationToken).ConfigureAwait(false);
        lock (_home.Sync)
        {
            var thread = _home.Find(threadId) ?? throw ThreadStoreException.NotFound(threadId);
            return (thread, _home.LineageOf(thread));
        }
    }

    static LogStoreBase Checked(LogStoreBase other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other;
    }
}
