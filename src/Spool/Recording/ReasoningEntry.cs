using System.Text.Json;

namespace Spool;

/// <summary>What the model thought before it went on.</summary>
/// <param name="Summary">The summary, a text for each of its parts; empty for none.</param>
public sealed record ReasoningEntry(IReadOnlyList<string> Summary) : ThreadEntry
{
    /// <summary>Makes one with a summary of one part.</summary>
    /// <param name="summary">The summary.</param>
    public ReasoningEntry(string summary)
        : this([summary]) { }

    /// <summary>Gets the reasoning itself, a text for each of its parts; empty where the model keeps it to itself.</summary>
    public IReadOnlyList<string> Raw { get; init; } = [];

    /// <summary>Gets the reasoning as a provider encrypts it to get it back with the next call, or null.</summary>
    public string? EncryptedContent { get; init; }

    private protected override void Check()
    {
        EntryChecks.Check(Summary);
        EntryChecks.Check(Raw);
    }

    private protected override void Write(EntryItems items)
    {
        items.Response(
            "reasoning",
            json =>
            {
                json.WriteStartArray("summary"u8);
                WriteParts(json, "summary_text", Summary);
                json.WriteEndArray();
                if (Raw.Count > 0)
                {
                    json.WriteStartArray("content"u8);
                    WriteParts(json, "reasoning_text", Raw);
                    json.WriteEndArray();
                }
                else
                    json.WriteNull("content"u8);
                json.WriteString("encrypted_content"u8, EncryptedContent);
            }
        );
        if (items.IsPaginated)
        {
            items.Completed(
                "Reasoning",
                Id,
                TimeSpan.Zero,
                json =>
                {
                    WriteTexts(json, "summary_text", Summary);
                    WriteTexts(json, "raw_content", Raw);
                }
            );
            return;
        }
        foreach (var text in Summary)
            items.Event("agent_reasoning", json => json.WriteString("text"u8, text));
        foreach (var text in Raw)
            items.Event("agent_reasoning_raw_content", json => json.WriteString("text"u8, text));
    }

    static void WriteParts(Utf8JsonWriter json, string type, IReadOnlyList<string> texts)
    {
        foreach (var text in texts)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteString("text"u8, text);
            json.WriteEndObject();
        }
    }

    static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
