using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>The names in <c>session_index.jsonl</c>: an append-only list in which the last line of a thread holds.</summary>
static class SessionIndexFile
{
    const int MaxLine = 1024 * 1024;

    /// <summary>Reads every name. A missing or unreadable file has none; lines that are not names are passed over.</summary>
    public static Dictionary<ThreadId, string> Read(string path)
    {
        var names = new Dictionary<ThreadId, string>();
        if (FileStat.TryGet(path) is null)
            return names; // not there, or no regular file
        try
        {
            using var source = RolloutSource.Open(path);
            var reader = new LogReader(source, 0, long.MaxValue, MaxLine, LineMemory.Reused);
            while (reader.TryRead(out var line))
            {
                if (TryParse(line) is { } entry && ThreadId.TryParse(entry.Id, out var id))
                    names[id] = entry.ThreadName?.Trim() ?? "";
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Names are missing then, threads are not.
        }
        return names;
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
