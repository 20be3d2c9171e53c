using System.Text.Json;

namespace Spool;

/// <summary>Writes turns in the app server's shape.</summary>
public static class TurnJson
{
    /// <summary>Writes a turn as one JSON object: <c>id</c>, <c>rootTurnId</c>, <c>items</c>, <c>itemsView</c>, <c>status</c>,
    /// <c>error</c>, <c>startedAt</c> and <c>completedAt</c> in seconds since 1970, <c>durationMs</c>. Absent values are null.</summary>
    /// <param name="writer">The writer. How it escapes is up to its options.</param>
    /// <param name="turn">The turn.</param>
    public static void Write(Utf8JsonWriter writer, Turn turn)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(turn);
        writer.WriteStartObject();
        WriteMembers(writer, turn);
        writer.WriteEndObject();
    }

    /// <summary>Writes the members of that object and not its braces, for who has more to say of a turn than the app server.</summary>
    /// <param name="writer">The writer, inside of an object.</param>
    /// <param name="turn">The turn.</param>
    public static void WriteMembers(Utf8JsonWriter writer, Turn turn)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(turn);
        writer.WriteString("id"u8, turn.Id);
        writer.WriteString("rootTurnId"u8, turn.RootTurnId);
        writer.WriteStartArray("items"u8);
        foreach (var item in turn.Items)
            item.Json.WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteString("itemsView"u8, "full"u8);
        writer.WriteString("status"u8, StatusName(turn.Status));
        writer.WritePropertyName("error"u8);
        if (turn.Error is null)
            writer.WriteNullValue();
        else
            turn.Error.WriteTo(writer);
        WriteNumber(writer, "startedAt"u8, turn.StartedAt?.ToUnixTimeSeconds());
        WriteNumber(writer, "completedAt"u8, turn.CompletedAt?.ToUnixTimeSeconds());
        WriteNumber(writer, "durationMs"u8, turn.Duration is { } duration ? duration.Ticks / TimeSpan.TicksPerMillisecond : null);
    }

    static string StatusName(TurnStatus status) =>
        status switch
        {
            TurnStatus.Completed => "completed",
            TurnStatus.Interrupted => "interrupted",
            TurnStatus.Failed => "failed",
            TurnStatus.InProgress => "inProgress",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
        };

    static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }
}
