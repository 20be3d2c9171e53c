using System.Text.Json;

namespace Spool.Cli;

/// <summary>The one place where the command line writes a turn as JSON, in the app server's shape.</summary>
static class TurnShape
{
    public static void Write(Utf8JsonWriter writer, Turn turn)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, turn.Id);
        writer.WriteString("rootTurnId"u8, turn.RootTurnId);
        writer.WriteStartArray("items"u8);
        foreach (var item in turn.Items)
            item.Json.WriteTo(writer);
        writer.WriteEndArray();
        writer.WriteString("itemsView"u8, "full"u8);
        writer.WriteString("status"u8, EnumNames.Camel(turn.Status));
        writer.WritePropertyName("error"u8);
        if (turn.Error is { } error)
            error.WriteTo(writer);
        else
            writer.WriteNullValue();
        WriteNumber(writer, "startedAt"u8, turn.StartedAt?.ToUnixTimeSeconds());
        WriteNumber(writer, "completedAt"u8, turn.CompletedAt?.ToUnixTimeSeconds());
        WriteNumber(writer, "durationMs"u8, turn.Duration is { } duration ? (long)duration.TotalMilliseconds : null);
        writer.WriteEndObject();
    }

    static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }
}
