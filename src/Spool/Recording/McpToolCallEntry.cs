using System.Text.Json;

namespace Spool;

/// <summary>A call of a tool of an MCP server.</summary>
/// <param name="Server">The name of the server.</param>
/// <param name="Tool">The name of the tool.</param>
/// <param name="Arguments">The arguments, as JSON.</param>
/// <remarks>The model's call has the name <c>mcp__SERVER__TOOL</c>, as with Codex.</remarks>
public sealed record McpToolCallEntry(string Server, string Tool, string Arguments) : CallEntry
{
    private protected override void Check()
    {
        base.Check();
        ArgumentNullException.ThrowIfNull(Server);
        ArgumentNullException.ThrowIfNull(Tool);
        ArgumentNullException.ThrowIfNull(Arguments);
    }

    private protected override void WriteCall(EntryItems items, string id) =>
        WriteFunctionCall(items, id, $"mcp__{Server}__{Tool}", Arguments);

    private protected override void WriteShown(EntryItems items, string id)
    {
        if (!items.IsPaginated)
        {
            items.Event("mcp_tool_call_end", json => WriteEvent(json, id, Server, Tool, WriteArguments, this));
            return;
        }
        items.Completed(
            "McpToolCall",
            id,
            Duration,
            json =>
            {
                json.WriteString("server"u8, Server);
                json.WriteString("tool"u8, Tool);
                WriteArguments(json);
                json.WriteString("status"u8, StatusName);
                json.WriteStartObject("result"u8);
                WriteResult(json, this);
                json.WriteEndObject();
                EntryItems.WriteDuration(json, Duration);
            }
        );
    }

    /// <summary>Writes the members of the event of a legacy log.</summary>
    internal static void WriteEvent(
        Utf8JsonWriter json,
        string id,
        string server,
        string tool,
        Action<Utf8JsonWriter> arguments,
        CallEntry call
    )
    {
        json.WriteString("call_id"u8, id);
        json.WriteStartObject("invocation"u8);
        json.WriteString("server"u8, server);
        json.WriteString("tool"u8, tool);
        arguments(json);
        json.WriteEndObject();
        EntryItems.WriteDuration(json, call.Duration);
        json.WriteStartObject("result"u8);
        json.WriteStartObject("Ok"u8);
        WriteResult(json, call);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteResult(Utf8JsonWriter json, CallEntry call)
    {
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, call.Output);
        json.WriteEndObject();
        json.WriteEndArray();
        if (call.Status != CallStatus.Completed)
            json.WriteBoolean("isError"u8, true);
    }

    void WriteArguments(Utf8JsonWriter json) => EntryItems.WriteJson(json, "arguments", Arguments);
}
