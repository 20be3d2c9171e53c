using System.Globalization;
using System.Text.Json;

namespace Spool;

/// <summary>Errors as JSON: what the command line prints with <c>--json</c>, and what travels in the data of a JSON-RPC error.</summary>
/// <remarks><c>code</c> is the name of the code in camelCase. <c>owner</c>, <c>nextOrdinal</c>, <c>forks</c> and <c>retryAfterMs</c> follow
/// where the error has them. The message is not among the members: each wire has a place of its own for it.</remarks>
public static class ErrorJson
{
    static readonly Dictionary<string, ThreadStoreErrorCode> Words = Enum.GetValues<ThreadStoreErrorCode>().ToDictionary(WordOf);

    /// <summary>Gives the word of a code, its name in camelCase.</summary>
    /// <param name="code">The code.</param>
    public static string WordOf(ThreadStoreErrorCode code)
    {
        var name = code.ToString();
        return string.Concat([char.ToLowerInvariant(name[0])], name.AsSpan(1));
    }

    /// <summary>Writes the members of an error into the object that was begun.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="error">The error.</param>
    public static void WriteMembers(Utf8JsonWriter writer, ThreadStoreException error)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(error);
        writer.WriteString("code"u8, WordOf(error.Code));
        if (error.Owner is { } owner)
            Write(writer, owner);
        if (error.NextOrdinal is { } next)
            writer.WriteNumber("nextOrdinal"u8, next);
        if (error.Forks.Count > 0)
        {
            writer.WriteStartArray("forks"u8);
            foreach (var fork in error.Forks.Take(ThreadStoreException.MaxForks))
                writer.WriteStringValue(fork.ToString());
            writer.WriteEndArray();
        }
        if (error.RetryAfter is { } pause)
            writer.WriteNumber("retryAfterMs"u8, (long)pause.TotalMilliseconds);
    }

    /// <summary>Reads an error back.</summary>
    /// <param name="json">The object with the members, as UTF-8.</param>
    /// <param name="message">The message.</param>
    /// <returns>The error, or null when there is no code in it that this version knows. A member that is malformed is left out.</returns>
    public static ThreadStoreException? Read(ReadOnlyMemory<byte> json, string message)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, message);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static ThreadStoreException? Read(JsonElement error, string message)
    {
        if (error.ValueKind != JsonValueKind.Object || TextOf(error, "code"u8) is not { } word || !Words.TryGetValue(word, out var code))
            return null;
        return new ThreadStoreException(code, message)
        {
            Owner = error.TryGetProperty("owner"u8, out var owner) && owner.ValueKind == JsonValueKind.Object ? OwnerOf(owner) : null,
            NextOrdinal = NumberOf(error, "nextOrdinal"u8),
            Forks = error.TryGetProperty("forks"u8, out var forks) && forks.ValueKind == JsonValueKind.Array ? ForksOf(forks) : [],
            RetryAfter = NumberOf(error, "retryAfterMs"u8) is >= 0 and <= int.MaxValue and var pause
                ? TimeSpan.FromMilliseconds(pause)
                : null,
        };
    }

    static void Write(Utf8JsonWriter writer, WriterOwner owner)
    {
        writer.WriteStartObject("owner"u8);
        if (owner.Host is { } host)
            writer.WriteString("host"u8, host);
        if (owner.ProcessId is { } process)
            writer.WriteNumber("processId"u8, process);
        if (owner.Program is { } program)
            writer.WriteString("program"u8, program);
        if (owner.Since is { } since)
            writer.WriteString("since"u8, since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (owner.LeaseLeft is { } left)
            writer.WriteNumber("leaseLeftMs"u8, (long)left.TotalMilliseconds);
        writer.WriteEndObject();
    }

    static WriterOwner OwnerOf(JsonElement owner) =>
        new(
            TextOf(owner, "host"u8),
            NumberOf(owner, "processId"u8) is >= 0 and <= int.MaxValue and var process ? (int)process : null,
            TextOf(owner, "program"u8),
            DateTimeOffset.TryParse(TextOf(owner, "since"u8), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
                ? since
                : null
        )
        {
            LeaseLeft = NumberOf(owner, "leaseLeftMs"u8) is >= 0 and <= int.MaxValue and var left ? TimeSpan.FromMilliseconds(left) : null,
        };

    static List<ThreadId> ForksOf(JsonElement forks)
    {
        var ids = new List<ThreadId>();
        foreach (var fork in forks.EnumerateArray().Take(ThreadStoreException.MaxForks))
        {
            if (fork.ValueKind == JsonValueKind.String && ThreadId.TryParse(fork.GetString(), out var id))
                ids.Add(id);
        }
        return ids;
    }

    static string? TextOf(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static long? NumberOf(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
