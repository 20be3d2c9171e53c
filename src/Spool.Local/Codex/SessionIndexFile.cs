using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>The names in <c>session_index.jsonl</c>: an append-only list in which the last line of a thread holds.</summary>
static class SessionIndexFile
{
    const int MaxLine = 1024 * 1024;

    /// <summary>Reads every name, cut at <see cref="StoredThread.MaxTextLength"/>. A missing file has none; lines that are not names are passed over.</summary>
    /// <returns>The names, or null when there is something that cannot be read, or in which nothing is a name.</returns>
    public static Dictionary<ThreadId, string>? Read(string path) =>
        ReadNames(path, null) is { } names && (names.Count > 0 || IsBlank(path)) ? names : null;

    /// <summary>Reads the names of one thread, of which there is one or none. Of the other lines no more is looked at than whether they have its id in them.</summary>
    /// <returns>The names, or null when there is something that cannot be read.</returns>
    public static Dictionary<ThreadId, string>? Read(string path, ThreadId thread) => ReadNames(path, thread);

    /// <summary>Says where the records of a thread are, each with its line end if it has a line of its own. A missing file has none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<(long Start, long End)> LinesOf(string path, ThreadId thread) =>
        FileStat.TryGet(path) is null ? [] : [.. Entries(path, thread).Where(entry => entry.Id == thread).Select(entry => (entry.Start, entry.End)).Concat(CutLinesOf(path, thread)).OrderBy(place => place.Start)];

    // A name that a crash cut is none, and still has text of the thread. At most the last line is such a one, or one that something else was appended to.
    static IEnumerable<(long Start, long End)> CutLinesOf(string path, ThreadId thread)
    {
        using var source = RolloutSource.Open(path);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (OwnLine.IsOf(line, "id"u8, thread) && !LineObjects.In(line.Bytes).Any())
                yield return (line.Start, line.End);
        }
    }

    static Dictionary<ThreadId, string>? ReadNames(string path, ThreadId? only)
    {
        var names = new Dictionary<ThreadId, string>();
        if (FileStat.TryGet(path) is null)
            return FileStat.KindOf(path) == PlaceKind.Nothing ? names : null; // else a folder, a pipe, a link to nowhere, or what may not be looked at
        try
        {
            foreach (var (id, name, _, _) in Entries(path, only))
            {
                if (only is null || id == only)
                    names[id] = name;
            }
            return names;
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

    // A file of nothing but white space is one in which there is no name yet.
    static bool IsBlank(string path)
    {
        if (FileStat.TryGet(path) is not { Size: > 0 })
            return true;
        try
        {
            using var source = RolloutSource.Open(path);
            var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
            while (reader.TryRead(out var line))
            {
                if (!line.IsBlank)
                    return false;
            }
            return true;
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return false;
        }
    }

    static IEnumerable<(ThreadId Id, string Name, long Start, long End)> Entries(string path, ThreadId? only)
    {
        byte[][]? id = only is { } thread ? [Encoding.ASCII.GetBytes(thread.ToString()), Encoding.ASCII.GetBytes(thread.ToString().ToUpperInvariant())] : null;
        using var source = RolloutSource.Open(path);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (line.Length > line.Bytes.Length || !HasId(line, id))
                continue;
            var isFirst = true;
            foreach (var (place, json) in LineObjects.In(line.Bytes))
            {
                var isAlone = isFirst && line.Bytes.Span[place.End..].Trim(" \t\r"u8).IsEmpty;
                isFirst = false;
                if (TryParse(json.Span) is { } entry && ThreadId.TryParse(entry.Id, out var found))
                    yield return (found, BoundedText.Of(entry.ThreadName?.Trim()) ?? "", isAlone ? line.Start : line.Start + place.Start.Value, isAlone ? line.End : line.Start + place.End.Value);
            }
        }
    }

    static bool HasId(LogLine line, byte[][]? id) => id is null || line.Bytes.Span.IndexOf(id[0]) >= 0 || line.Bytes.Span.IndexOf(id[1]) >= 0;

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
}

sealed record SessionIndexEntry(string? Id, string? ThreadName);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SessionIndexEntry))]
sealed partial class SessionIndexJsonContext : JsonSerializerContext;
