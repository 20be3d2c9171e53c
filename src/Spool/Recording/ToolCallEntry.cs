using System.Text.Json;

namespace Spool;

/// <summary>What a tool takes.</summary>
public enum ToolInput
{
    /// <summary>JSON: the arguments of a function.</summary>
    Json,

    /// <summary>A text in any form, as the custom tools of some models take it.</summary>
    Text,
}

/// <summary>A call of a tool of the program's own.</summary>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">What the model gave it: JSON, or with <see cref="ToolInput.Text"/> any text. It is kept also when it is not the
/// JSON that it should be.</param>
/// <remarks>A legacy log has no record of such a call that newer releases of Codex show; there it is shown as one of an MCP server with the
/// name of <see cref="Namespace"/>.</remarks>
public sealed record ToolCallEntry(string Name, string Arguments) : CallEntry
{
    /// <summary>The server that a legacy log names when a call has no <see cref="Namespace"/>.</summary>
    public const string DefaultNamespace = "tools";

    /// <summary>Gets the group of tools that the tool is in, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets what the tool takes.</summary>
    public ToolInput Input { get; init; }

    private protected override void Check()
    {
        base.Check();
        ArgumentNullException.ThrowIfNull(Name);
        ArgumentNullException.ThrowIfNull(Arguments);
        DefinedValues.Check(Input);
    }

    private protected override void WriteCall(EntryItems items, string id)
    {
        if (Input == ToolInput.Text)
            WriteCustomCall(items, id, Name, Arguments);
        else
            WriteFunctionCall(items, id, Name, Arguments);
    }

    private protected override void WriteOutput(EntryItems items, string id) =>
        WriteOutput(items, Input == ToolInput.Text ? "custom_tool_call_output" : "function_call_output", id);

    private protected override void WriteShown(EntryItems items, string id)
    {
        if (items.IsPaginated)
            items.Completed("DynamicToolCall", id, Duration, WriteItem);
        else
            items.Event(
                "mcp_tool_call_end",
                json => McpToolCallEntry.WriteEvent(json, id, Namespace ?? DefaultNamespace, Name, WriteArguments, this)
            );
    }

    void WriteItem(Utf8JsonWriter json)
    {
        if (Namespace is not null)
            json.WriteString("namespace"u8, Namespace);
        json.WriteString("tool"u8, Name);
        WriteArguments(json);
        json.WriteString("status"u8, StatusName);
        json.WriteStartArray("content_items"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "inputText"u8);
        json.WriteString("text"u8, Output);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("success"u8, Status == CallStatus.Completed);
        EntryItems.WriteDuration(json, Duration);
    }

    void WriteArguments(Utf8JsonWriter json)
    {
        if (Input == ToolInput.Text)
            json.WriteString("arguments"u8, Arguments);
        else
            EntryItems.WriteJson(json, "arguments", Arguments);
    }
}
