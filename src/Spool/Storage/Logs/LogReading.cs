using System.Runtime.CompilerServices;

namespace Spool.Storage;

/// <summary>Reads the items of histories from the lines of their logs.</summary>
/// <param name="read">Reads the lines of a log from one on.</param>
sealed class LogReading(Func<ThreadId, long, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> read)
{
    /// <summary>Reads a part of a history.</summary>
    /// <param name="lineage">The history.</param>
    /// <param name="from">The number of the first item, from 0.</param>
    /// <param name="to">The number behind the last.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<RolloutItem> ItemsAsync(
        LogLineage lineage,
        long from,
        long to,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        long before = 0;
        for (var segment = 0; segment < lineage.Segments.Count && before < to; segment++)
        {
            var (log, count) = lineage.Segments[segment];
            var first = Math.Max(from - before, 0);
            if (first < count)
            {
                var last = Math.Min(count, to - before);
                await foreach (
                    var item in ItemsAsync(log, first, last, lineage.NextBefore(segment), cancellationToken).ConfigureAwait(false)
                )
                    yield return item;
            }
            before += count;
        }
    }

    /// <summary>Reads items of one log.</summary>
    /// <param name="log">The log.</param>
    /// <param name="from">The number of the first item, from 0.</param>
    /// <param name="to">The number behind the last.</param>
    /// <param name="next">The ordinal behind the items of other logs that come before the first of this one.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async IAsyncEnumerable<RolloutItem> ItemsAsync(
        KnownLog log,
        long from,
        long to,
        long next,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (from >= to)
            yield break;
        next = log.Ordinals.NextAt(from, next);
        var line = log.LineOf(from);
        await foreach (var bytes in read(log.Id, line, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (log.IsHidden(line++))
                continue;
            var item = new RolloutItem(bytes, next);
            next = Math.Max(item.Ordinal, next) + 1;
            yield return item;
            if (++from == to)
                yield break;
        }
        if (from < log.Items) // else the torn last line was set aside meanwhile
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Corrupt,
                $"Log {log.Id} is shorter than it was; the thread may have been deleted."
            );
    }

    /// <summary>Reads the lines of a log.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(ThreadId log, long first, CancellationToken cancellationToken) =>
        read(log, first, cancellationToken);
}
