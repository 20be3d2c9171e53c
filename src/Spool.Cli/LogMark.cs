using System.Security.Cryptography;

namespace Spool.Cli;

/// <summary>What the log of a thread began with at some moment, and which line was its last: enough to tell later whether it was only added
/// to.</summary>
/// <remarks>A line of a log stays what and where it is, whatever is added, and so when its rollout is moved or compressed. Where a log was
/// cut, or another one is in its place, the last line is not there any more, or the first ones are others.</remarks>
sealed class LogMark
{
    const int FirstLines = 8; // up to the first message

    readonly IThreadStore _store;
    readonly ListItemsRequest _first;
    readonly ListItemsRequest? _last;
    readonly List<Line> _lines;

    LogMark(IThreadStore store, ListItemsRequest first, ListItemsRequest? last, List<Line> lines) =>
        (_store, _first, _last, _lines) = (store, first, last, lines);

    /// <summary>Takes the mark of a thread.</summary>
    /// <returns>The mark, or null where the items of such a log cannot be read: then its turns say what is wrong.</returns>
    /// <exception cref="ThreadStoreException">It cannot be taken now, as while the log is written over again and again.</exception>
    public static async Task<LogMark?> TakeAsync(IThreadStore store, ThreadId threadId, CancellationToken cancellationToken)
    {
        try
        {
            var first = new ListItemsRequest(threadId) { Limit = FirstLines };
            var beginning = await store.ListItemsAsync(first, cancellationToken);
            var end = await store.ListItemsAsync(first with { Limit = 1, Direction = SortDirection.Descending }, cancellationToken);
            // Without a cursor, which servers of earlier versions do not give, only the beginning is known.
            var last = end.BackwardsCursor is { } cursor ? first with { Limit = 1, Cursor = cursor } : null;
            return new LogMark(store, first, last, [.. beginning.Items.Concat(last is null ? [] : end.Items).Select(Line.Of)]);
        }
        catch (ThreadStoreException e)
            when (e.Code is ThreadStoreErrorCode.Corrupt or ThreadStoreErrorCode.Unsupported or ThreadStoreErrorCode.TooLarge)
        {
            return null;
        }
    }

    /// <summary>Refuses what was read since when the log was not only added to.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: it was replaced or cut.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        var now = (await _store.ListItemsAsync(_first, cancellationToken)).Items.ToList();
        var known = _lines.Count - (_last is null ? 0 : 1);
        now.RemoveRange(Math.Min(known, now.Count), Math.Max(0, now.Count - known));
        if (_last is not null)
            now.AddRange((await _store.ListItemsAsync(_last, cancellationToken)).Items);
        if (now.Count != _lines.Count || !_lines.Zip(now).All(pair => pair.First.Begins(pair.Second)))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                $"The log of thread {_first.ThreadId} was replaced or cut while it was exported, and not only added to; export it again."
            );
    }

    /// <summary>A line, which may have been in the middle of being written.</summary>
    readonly record struct Line(int Length, string Hash)
    {
        public static Line Of(RolloutItem item) => Of(item.Bytes.Span);

        public bool Begins(RolloutItem item) => item.Bytes.Length >= Length && Of(item.Bytes.Span[..Length]) == this;

        static Line Of(ReadOnlySpan<byte> bytes) => new(bytes.Length, Convert.ToHexString(SHA256.HashData(bytes)));
    }
}
