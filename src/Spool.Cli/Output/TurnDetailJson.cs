using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of a turn: in the app server's shape, and behind its members what Spool says of it besides.</summary>
static class TurnDetailJson
{
    public static void Write(Utf8JsonWriter writer, Turn turn)
    {
        writer.WriteStartObject();
        TurnJson.WriteMembers(writer, turn);
        writer.WriteNumber("callsLeftOut"u8, turn.CallsLeftOut);
        writer.WriteEndObject();
    }
}
