using System.Text.Json;

namespace Spool.Storage;

/// <summary>A line of a log that is no item: what is known of the thread beside its items. It says all of it, so that the last note
/// counts.</summary>
sealed record LogNote
{
    static ReadOnlySpan<byte> Mark => "#spool "u8;

    /// <summary>When the thread was archived, in milliseconds since 1970, or null.</summary>
    public long? ArchivedAtMs { get; init; }

    /// <summary>The name beside the log: null for none, empty for one that was cleared.</summary>
    public string? Name { get; init; }

    /// <summary>The thread that this log is a later part of, or null for the first log of a thread.</summary>
    public ThreadId? Continues { get; init; }

    /// <summary>The log in which the thread goes on, or null.</summary>
    public ThreadId? GoesOnIn { get; init; }

    /// <summary>The number of the item, from 0, whose writer died while it wrote it, or null.</summary>
    public long? TornAt { get; init; }

    /// <summary>Whether that item is set aside, and no part of the log.</summary>
    public bool IsSetAside { get; init; }

    /// <summary>Says whether a line is a note.</summary>
    public static bool Is(ReadOnlyMemory<byte> line) => line.Span.StartsWith(Mark);

    public static LogNote Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line[Mark.Length..]);
            var json = document.RootElement;
            return new LogNote
            {
                ArchivedAtMs = Number(json, "archivedAt"u8),
                Name = Text(json, "name"u8),
                Continues = Id(json, "continues"u8),
                GoesOnIn = Id(json, "goesOnIn"u8),
                TornAt = Number(json, "tornAt"u8),
                IsSetAside = json.TryGetProperty("setAside"u8, out var aside) && aside.ValueKind == JsonValueKind.True,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "A note of the log cannot be read.", e);
        }
    }

    public byte[] ToLine()
    {
        using var bytes = new MemoryStream();
        bytes.Write(Mark);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (ArchivedAtMs is { } archived)
                json.WriteNumber("archivedAt"u8, archived);
            if (Name is not null)
                json.WriteString("name"u8, Name);
            if (Continues is { } thread)
                json.WriteString("continues"u8, thread.ToString());
            if (GoesOnIn is { } log)
                json.WriteString("goesOnIn"u8, log.ToString());
            if (TornAt is { } torn)
                json.WriteNumber("tornAt"u8, torn);
            if (IsSetAside)
                json.WriteBoolean("setAside"u8, true);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    static long? Number(JsonElement json, ReadOnlySpan<byte> name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;

    static string? Text(JsonElement json, ReadOnlySpan<byte> name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    static ThreadId? Id(JsonElement json, ReadOnlySpan<byte> name) => ThreadId.TryParse(Text(json, name), out var id) ? id : null;
}
