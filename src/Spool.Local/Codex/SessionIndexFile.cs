using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>The names in <c>session_index.jsonl</c>: an append-only list in which the last line of a thread holds.</summary>
static class SessionIndexFile
{
    const int MaxLine = 1024 * 1024;
    const int FirstDash = 8; // in an id

    /// <summary>Reads every name, or those of one thread, of which there is one or none, each cut at
    /// <see cref="StoredThread.MaxTextLength"/>.</summary>
    /// <param name="path">The file. A missing one has no names, as one has in which there is nothing but white space; lines that are not
    /// names are passed over.</param>
    /// <param name="only">The thread, or null. Of the lines behind the first name no more is looked at than whether they may have its id in
    /// them.</param>
    /// <returns>The names, or null when there is something that cannot be read, or in which nothing is a name of any thread.</returns>
    public static Dictionary<ThreadId, string>? Read(string path, ThreadId? only = null)
    {
        if (FileStat.TryGet(path) is null)
            // else a folder, a pipe, a link to nowhere, or what may not be looked at
            return FileStat.KindOf(path) == PlaceKind.Nothing ? [] : null;
        try
        {
            return ReadNames(path, only);
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            return []; // deleted at this moment
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return null;
        }
    }

    /// <summary>Says where the records of a thread are, each with its line end if it has a line of its own. A missing file has
    /// none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<(long Start, long End)> LinesOf(string path, ThreadId threadId) =>
        FileStat.TryGet(path) is null
            ? []
            :
            [
                .. EntriesOf(path, threadId)
                    .Select(entry => (entry.Start, entry.End))
                    .Concat(CutLinesOf(path, threadId))
                    .OrderBy(place => place.Start),
            ];

    // A name that a crash cut is none, and still has text of the thread. At most the last line is such a one, or one that something else
    // was appended to.
    static IEnumerable<(long Start, long End)> CutLinesOf(string path, ThreadId threadId)
    {
        using var source = RolloutSource.Open(path);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (OwnLine.IsOf(line, threadId, "id") && !LineObjects.In(line.Bytes).Any())
                yield return (line.Start, line.End);
        }
    }

    static Dictionary<ThreadId, string>? ReadNames(string path, ThreadId? only)
    {
        var names = new Dictionary<ThreadId, string>();
        var id = BytesOf(only);
        var (hasNames, hasText) = (false, false);
        using var source = RolloutSource.Open(path);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            // Whose the names are does not matter for whether the file is one of names.
            if (hasNames && !MayHave(line, id))
                continue;
            hasText |= !line.IsBlank;
            foreach (var entry in EntriesIn(line))
            {
                hasNames = true;
                if (only is null || entry.Id == only)
                    names[entry.Id] = entry.Name;
            }
        }
        return hasNames || !hasText ? names : null;
    }

    static IEnumerable<Entry> EntriesOf(string path, ThreadId threadId)
    {
        var id = BytesOf(threadId);
        using var source = RolloutSource.Open(path);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (!MayHave(line, id))
                continue;
            foreach (var entry in EntriesIn(line).Where(entry => entry.Id == threadId))
                yield return entry;
        }
    }

    // Of a line above the limit it is not known what it is.
    static IEnumerable<Entry> EntriesIn(LogLine line)
    {
        if (line.Length > line.Bytes.Length)
            yield break;
        var isFirst = true;
        foreach (var (place, json) in LineObjects.In(line.Bytes))
        {
            var isAlone = isFirst && line.Bytes.Span[place.End..].Trim(" \t\r"u8).IsEmpty;
            isFirst = false;
            if (TryParse(json.Span) is { } entry && ThreadId.TryParse(entry.Id, out var found))
                yield return new Entry(
                    found,
                    BoundedText.Of(entry.ThreadName?.Trim()) ?? "",
                    isAlone ? line.Start : line.Start + place.Start.Value,
                    isAlone ? line.End : line.Start + place.End.Value
                );
        }
    }

    static byte[] BytesOf(ThreadId? threadId) => threadId is { } id ? Encoding.ASCII.GetBytes(id.ToString()) : [];

    // An id has small letters or capitals, and may be written with escapes.
    static bool MayHave(LogLine line, byte[] id)
    {
        var bytes = line.Bytes.Span;
        if (id.Length == 0 || bytes.Contains((byte)'\\'))
            return true;
        for (var at = FirstDash; at + id.Length - FirstDash <= bytes.Length; at++)
        {
            var dash = bytes[at..].IndexOf((byte)'-');
            if (dash < 0 || (at += dash) + id.Length - FirstDash > bytes.Length)
                return false;
            if (Ascii.EqualsIgnoreCase(bytes.Slice(at - FirstDash, id.Length), id))
                return true;
        }
        return false;
    }

    static SessionIndexEntry? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SessionIndexJsonContext.Default.SessionIndexEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    readonly record struct Entry(ThreadId Id, string Name, long Start, long End);
}

sealed record SessionIndexEntry(string? Id, string? ThreadName);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SessionIndexEntry))]
sealed partial class SessionIndexJsonContext : JsonSerializerContext;
