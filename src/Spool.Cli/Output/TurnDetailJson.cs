using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of a turn: in the app server's shape, and behind its members what Spool says of it besides.</summary>
static class TurnDetailJson
{
    public static void Write(Utf8JsonWriter writer, StoredThread thread, Turn turn)
    {
        writer.WriteStartObject();
        TurnJson.WriteMembers(writer, turn);
        writer.WriteNumber("callsLeftOut"u8, turn.CallsLeftOut);
        writer.WriteString("inheritedFrom"u8, turn.InheritedFrom(thread)?.ToString());
        writer.WriteBoolean("hasEnd"u8, turn.HasEnd);
        writer.WriteEndObject();
    }
}
