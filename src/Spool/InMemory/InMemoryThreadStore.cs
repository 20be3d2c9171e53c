using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Keeps threads in memory: for tests, and as the plain reading of the contract that other stores are compared with.</summary>
/// <remarks>Its calls complete synchronously unless they wait for another call on the same thread. A list costs a look at every
/// thread.</remarks>
public sealed class InMemoryThreadStore : LogStoreBase
{
    const int LinesAtOnce = 256;

    readonly InMemoryLogs _logs;

    /// <summary>Makes a store with nothing in it.</summary>
    /// <param name="options">How it works, or null for the default values.</param>
    public InMemoryThreadStore(InMemoryThreadStoreOptions? options = null)
        : base(options) => _logs = new InMemoryLogs();

    InMemoryThreadStore(InMemoryThreadStore other)
        : base(other) => _logs = other._logs;

    /// <summary>Opens another store over the same threads, as another process would. Each is disposed by itself; the threads stay while one
    /// of them is used.</summary>
    public InMemoryThreadStore OpenAnother() => new(this);

    /// <summary>Adds a thread, or replaces the one with the same id, whose writer then loses the right to write.</summary>
    /// <param name="thread">The thread.</param>
    /// <returns>The id: the one in the first <c>session_meta</c> of its lines, else <see cref="InMemoryThread.Id"/>.</returns>
    /// <exception cref="ArgumentException">Neither the lines nor <see cref="InMemoryThread.Id"/> give an id.</exception>
    public ThreadId Put(InMemoryThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        CheckUsable(CancellationToken.None);
        var observer = new MetadataObserver();
        for (var line = 0; line < thread.Lines.Count && observer.Facts.Id is null; line++)
            observer.Observe(new RolloutItem(thread.Lines[line], line));
        var id =
            observer.Facts.Id
            ?? thread.Id
            ?? throw new ArgumentException("A log without a readable session_meta needs an id beside it.", nameof(thread));
        Replace(
            id,
            logs => logs.ForEach(_logs.Remove),
            () => _logs.TryAppend(id, 0, WithNote(thread.Lines, thread.Name, thread.ArchivedAt, thread.IsTorn))
        );
        return id;
    }

    private protected override bool HasOtherProcesses => false;

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<LogLength> ListLogsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        foreach (var log in _logs.Lengths)
            yield return log;
    }

    /// <inheritdoc/>
    protected override ValueTask<long> CountLinesAsync(ThreadId log, CancellationToken cancellationToken) => new(_logs.CountOf(log));

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLinesAsync(
        ThreadId log,
        long first,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        var lines = new ReadOnlyMemory<byte>[LinesAtOnce];
        for (int count; (count = _logs.Read(log, first, lines)) > 0; first += count)
        {
            for (var line = 0; line < count; line++)
                yield return lines[line];
        }
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> AppendLinesAsync(
        ThreadId log,
        long expected,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        Durability durability,
        CancellationToken cancellationToken
    ) => new(_logs.TryAppend(log, expected, lines));

    /// <inheritdoc/>
    protected override ValueTask RemoveLinesAsync(ThreadId log, CancellationToken cancellationToken)
    {
        _logs.Remove(log);
        return default;
    }
}
