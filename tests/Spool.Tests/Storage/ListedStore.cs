using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Spool.Tests;

/// <summary>Logs that several processes share.</summary>
sealed class ListedLogs
{
    public ConcurrentDictionary<ThreadId, ReadOnlyMemory<byte>[]> Lines { get; } = [];

    public Lock Lock { get; } = new();

    public Exception? Failure { get; set; }
}

/// <summary>A store that knows nothing of the others over the same logs, as in another process.</summary>
sealed class ListedStore(ListedLogs logs, LogStoreOptions? options = null) : LogStoreBase(options)
{
    protected override async IAsyncEnumerable<LogLength> ListLogsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var (log, lines) in logs.Lines.ToList())
            yield return new LogLength(log, lines.Length);
    }

    protected override ValueTask<long> CountLinesAsync(ThreadId log, CancellationToken cancellationToken) =>
        new(logs.Lines.GetValueOrDefault(log)?.Length ?? 0);

    protected override IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLinesAsync(
        ThreadId log,
        long first,
        CancellationToken cancellationToken
    ) => (logs.Lines.GetValueOrDefault(log) ?? []).Skip((int)first).ToAsyncEnumerable();

    // What fails in a way that says nothing has stored before.
    protected override ValueTask<bool> AppendLinesAsync(
        ThreadId log,
        long expected,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        Durability durability,
        CancellationToken cancellationToken
    )
    {
        if (logs.Failure is ThreadStoreException refusal)
            throw refusal;
        lock (logs.Lock)
        {
            var all = logs.Lines.GetValueOrDefault(log) ?? [];
            if (all.Length != expected)
                return new(false);
            if (lines.Count > 0)
                logs.Lines[log] = [.. all, .. lines];
        }
        return logs.Failure is { } failure ? throw failure : new(true);
    }

    protected override ValueTask RemoveLinesAsync(ThreadId log, CancellationToken cancellationToken)
    {
        logs.Lines.TryRemove(log, out _);
        return default;
    }
}
