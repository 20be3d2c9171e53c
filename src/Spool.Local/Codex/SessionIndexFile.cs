using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>The names in <c>session_index.jsonl</c>: an append-only list in which the last line of a thread holds.</summary>
static class SessionIndexFile
{
    const int MaxLine = 1024 * 1024;

    /// <summary>Reads every name, cut at <see cref="StoredThread.MaxTextLength"/>. A missing or unreadable file has none; lines that are not names are passed over.</summary>
    public static Dictionary<ThreadId, string> Read(string path)
    {
        var names = new Dictionary<ThreadId, string>();
        if (FileStat.TryGet(path) is null)
            return names; // not there, or no regular file
        try
        {
            foreach (var (id, name, _) in Entries(path))
                names[id] = name;
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            // Names are missing then, threads are not.
        }
        return names;
    }

    /// <summary>Says where the lines of a thread are, each with its line end. A missing file has none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static List<(long Start, long End)> LinesOf(string path, ThreadId thread) =>
        FileStat.TryGet(path) is null ? [] : [.. Entries(path).Where(entry => entry.Id == thread).Select(entry => (entry.Line.Start, entry.Line.End))];

    static IEnumerable<(ThreadId Id, string Name, LogLine Line)> Entries(string path)
    {
        using var source = RolloutSource.Open(path);
        var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
        while (reader.TryRead(out var line))
        {
            if (TryParse(line) is { } entry && ThreadId.TryParse(entry.Id, out var id))
                yield return (id, BoundedText.Of(entry.ThreadName?.Trim()) ?? "", line);
        }
    }

    static SessionIndexEntry? TryParse(LogLine line)
    {
        if (line.IsBlank || line.Length > line.Bytes.Length)
            return null;
        try
        {
            return JsonSerializer.Deserialize(line.Bytes.Span, SessionIndexJsonContext.Default.SessionIndexEntry);
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
