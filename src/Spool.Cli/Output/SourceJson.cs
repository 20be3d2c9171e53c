using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of a source in the app server's spelling, which differs from the rollout's: <c>mcp</c> is <c>appServer</c>,
/// <c>subagent</c> is <c>subAgent</c>.</summary>
static class SourceJson
{
    public static void Write(Utf8JsonWriter writer, SessionSource source)
    {
        try
        {
            using var document = JsonDocument.Parse(source.Json, new JsonDocumentOptions { MaxDepth = RolloutLine.MaxDepth });
            Write(writer, document.RootElement);
        }
        catch (JsonException)
        {
            writer.WriteStringValue("unknown"u8);
        }
    }

    static void Write(Utf8JsonWriter writer, JsonElement source)
    {
        if (source.ValueKind == JsonValueKind.String)
        {
            writer.WriteStringValue(
                source.GetString() switch
                {
                    "mcp" or "appServer" => "appServer",
                    "cli" => "cli",
                    "vscode" => "vscode",
                    "exec" => "exec",
                    _ => "unknown",
                }
            );
        }
        else if (source.ValueKind == JsonValueKind.Object && source.TryGetProperty("custom"u8, out var custom))
            WriteObject(writer, "custom"u8, custom);
        else if (source.ValueKind == JsonValueKind.Object && source.TryGetProperty("subagent"u8, out var agent))
            WriteObject(writer, "subAgent"u8, agent);
        else
            writer.WriteStringValue("unknown"u8);
    }

    static void WriteObject(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement value)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(name);
        value.WriteTo(writer);
        writer.WriteEndObject();
    }
}
