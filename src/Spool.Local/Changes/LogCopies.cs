using System.Text.Json;

namespace Spool;

/// <summary>Tells a copy of a thread's log from a file that holds other things as well: notes that quote the log, logs of several threads
/// in one file, an archive.</summary>
/// <remarks>
/// A copy may be packed, with nothing behind it, and cut; the copy of a document may have other white space. One proof is that it says so:
/// its first line is the whole <c>session_meta</c> of the thread, and every line of it is a record; the last one may be torn. What the log
/// itself holds is the thread's whatever it is, such as damaged lines or what a fork copied of its source; behind that nothing may say that
/// it is of another thread. The other proof, of a file that says nothing or not as its first line, is that every byte of it is the log's,
/// with a record among them: the beginnings of damaged logs are the same in many. What has the name of a rollout of another thread is that
/// thread's unless it says otherwise. Whatever is in doubt is no copy.
/// </remarks>
/// <param name="threadId">The thread.</param>
/// <param name="logs">The absolute paths of its rollouts.</param>
sealed class LogCopies(ThreadId threadId, IReadOnlyCollection<string> logs)
{
    const int MaxLine = 64 * 1024 * 1024;
    const int BlockBytes = 256 * 1024;

    /// <summary>Says whether all of a file is a copy of the log.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public bool Has(string path)
    {
        var isOfAnother = RolloutFileName.TryParse(Path.GetFileName(path), out var name) && name.ThreadId != threadId;
        return Has(() => PackedFile.Open(path), IsRecord, isOfAnother)
            || BeginsAsDocument(path) && Has(() => new DocumentRolloutSource(PackedFile.Open(path)), IsOfDocument, isOfAnother);
    }

    bool Has(Func<RolloutSource> open, Func<RolloutItem, LogLine, bool> isRecord, bool isOfAnother)
    {
        using var source = open();
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        RolloutItem? first = null;
        var (says, hasRecord) = (true, false);
        long? shared = null;
        while (reader.TryRead(out var line))
        {
            if (line.IsBlank)
            {
                says &= first is not null; // it may be all that is left of the first line of a fork, before what that copied of its source
                continue;
            }
            var item = new RolloutItem(line.Bytes, 0, line.Length);
            var isBeginning = first is null;
            if (isBeginning)
                says &= line.Length == line.Bytes.Length && item.Kind == RolloutItemKind.SessionMeta && ThreadOf(item) == threadId;
            if (!says && isOfAnother)
                return false;
            first ??= item;
            hasRecord |= item.HoldsRecord;
            var isOwn = says && (isBeginning || isRecord(item, line) && item.IsBare == first.IsBare);
            if (!isOwn && line.End > (shared ??= logs.Select(log => SharedWith(log, open)).Append(0).Max()))
                return false;
        }
        return hasRecord && source.Problem is null;
    }

    // A log of today begins so as well; but read as a document it has no line that a log has.
    static bool BeginsAsDocument(string path)
    {
        using var source = PackedFile.Open(path);
        Span<byte> head = stackalloc byte[64];
        head = head[..Fill(source, head, 0)];
        head = head.StartsWith("\ufeff"u8) ? head[3..] : head;
        return head.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
    }

    // Members beside the session and its items are the log's only where it has them too.
    bool IsOfDocument(RolloutItem item, LogLine line) => IsRecord(item, line) && !line.Bytes.Span.StartsWith("{\"record_type\":"u8);

    /// <summary>Says whether a rollout has more than a thread in it: a <c>session_meta</c> of another one that is none of those of which it
    /// says to have copied its history.</summary>
    public bool HoldsOthers(string rollout)
    {
        using var source = RolloutSource.Open(rollout);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        var own = new HashSet<ThreadId> { threadId };
        while (reader.TryRead(out var line))
        {
            var item = new RolloutItem(line.Bytes, 0, line.Length);
            foreach (var record in item.Kind == RolloutItemKind.Unreadable ? item.Recovered.Select(recovered => recovered.Item) : [item])
            {
                if (record.Kind != RolloutItemKind.SessionMeta || FactsOf(record) is not { Id: { } id } facts)
                    continue;
                if (!own.Contains(id))
                    return true;
                if (facts.ForkedFromId is { } from)
                    own.Add(from);
            }
        }
        return false;
    }

    /// <summary>Gives the thread that a <c>session_meta</c> names, or null.</summary>
    public static ThreadId? ThreadOf(RolloutItem meta) => FactsOf(meta).Id;

    static ThreadFacts FactsOf(RolloutItem meta)
    {
        var observer = new MetadataObserver();
        observer.Observe(meta);
        return observer.Facts;
    }

    bool IsRecord(RolloutItem item, LogLine line)
    {
        if (line.Length > line.Bytes.Length)
            return false;
        return item.Kind switch
        {
            RolloutItemKind.SessionMeta => ThreadOf(item) == threadId,
            _ when IsSaidOfAnother(item) => false,
            RolloutItemKind.Unreadable => !line.IsTerminated && !item.HoldsRecord && line.Bytes.Span.StartsWith("{\""u8),
            RolloutItemKind.Other when !item.IsBare => item.Timestamp is not null && !item.Payload.IsEmpty,
            _ => true,
        };
    }

    // Events of today say of which thread they are.
    bool IsSaidOfAnother(RolloutItem item)
    {
        if (item.Payload.Span.IndexOf("\"thread_id\""u8) < 0)
            return false;
        var json = new Utf8JsonReader(item.Payload.Span, new JsonReaderOptions { MaxDepth = RolloutLine.MaxDepth });
        try
        {
            for (json.Read(); json.Read() && json.TokenType == JsonTokenType.PropertyName; json.Skip())
            {
                var isThread = json.ValueTextEquals("thread_id"u8);
                json.Read();
                if (
                    isThread
                    && json.TokenType == JsonTokenType.String
                    && ThreadId.TryParse(json.GetString(), out var said)
                    && said != threadId
                )
                    return true;
            }
            return false;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return true; // in doubt
        }
    }

    // How many bytes from their beginning two files have in common.
    static long SharedWith(string log, Func<RolloutSource> open)
    {
        try
        {
            using var one = RolloutSource.Open(log);
            using var other = open();
            var (left, right) = (new byte[BlockBytes], new byte[BlockBytes]);
            for (var offset = 0L; ; )
            {
                var same = Fill(one, left, offset);
                var length = Fill(other, right, offset);
                var common = left.AsSpan(0, same).CommonPrefixLength(right.AsSpan(0, length));
                offset += common;
                if (common < BlockBytes)
                    return offset;
            }
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return 0; // the rollout is gone or cannot be read: then nothing is known to be the same
        }
    }

    static int Fill(RolloutSource source, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length && source.Read(buffer[filled..], offset + filled) is > 0 and var read)
            filled += read;
        return filled;
    }
}
