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
    /// <summary>What an append does: it may append with the function that it is given.</summary>
    public Func<ThreadId, Func<bool>, ValueTask<bool>>? OnAppend { get; set; }

    /// <summary>What comes before a log is removed.</summary>
    public Action<ThreadId>? OnRemove { get; set; }

    /// <summary>What comes before anything is read.</summary>
    public Func<CancellationToken, Task>? OnRead { get; set; }

    protected override async IAsyncEnumerable<LogLength> ListLogsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await (OnRead?.Invoke(cancellationToken) ?? Task.CompletedTask);
        await Task.Yield();
        foreach (var (log, lines) in logs.Lines.OrderBy(log => log.Key).ToList())
            yield return new LogLength(log, lines.Length);
    }

    protected override async ValueTask<long> CountLinesAsync(ThreadId log, CancellationToken cancellationToken)
    {
        await (OnRead?.Invoke(cancellationToken) ?? Task.CompletedTask);
        return logs.Lines.GetValueOrDefault(log)?.Length ?? 0;
    }

    protected override async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLinesAsync(
        ThreadId log,
        long first,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await (OnRead?.Invoke(cancellationToken) ?? Task.CompletedTask);
        foreach (var line in (logs.Lines.GetValueOrDefault(log) ?? []).Skip((int)first))
            yield return line;
    }

    // What fails in a way that says nothing has stored before.
    protected override ValueTask<bool> AppendLinesAsync(
        ThreadId log,
        long expected,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        Durability durability,
        CancellationToken cancellationToken
    ) => OnAppend is { } append ? append(log, () => Append(log, expected, lines)) : new(Append(log, expected, lines));

    bool Append(ThreadId log, long expected, IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        if (logs.Failure is ThreadStoreException refusal)
            throw refusal;
        lock (logs.Lock)
        {
            var all = logs.Lines.GetValueOrDefault(log) ?? [];
            if (all.Length != expected)
                return false;
            if (lines.Count > 0)
                logs.Lines[log] = [.. all, .. lines];
        }
        return logs.Failure is { } failure ? throw failure : true;
    }

    protected override ValueTask RemoveLinesAsync(ThreadId log, CancellationToken cancellationToken)
    {
        OnRemove?.Invoke(log);
        logs.Lines.TryRemove(log, out _);
        return default;
    }
}
