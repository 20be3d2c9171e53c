using System.Text.Json;

namespace Spool;

/// <summary>A summary that takes the place of everything before it, for the model. Turns go on showing what was before.</summary>
/// <param name="Summary">What the model gets from now on instead.</param>
public sealed record CompactionEntry(string Summary) : ThreadEntry
{
    /// <summary>Gets messages of the user from before that the model gets as well, ahead of the summary.</summary>
    public IReadOnlyList<string> KeptQuestions { get; init; } = [];

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Summary);
        EntryChecks.Check(KeptQuestions);
    }

    private protected override void Write(EntryItems items)
    {
        items.Item(
            "compacted",
            null,
            json =>
            {
                json.WriteString("message"u8, Summary);
                json.WriteStartArray("replacement_history"u8);
                foreach (var text in KeptQuestions)
                    WriteMessage(json, text);
                WriteMessage(json, Summary);
                json.WriteEndArray();
            }
        );
        if (items.IsPaginated)
            items.Completed("ContextCompaction", Id, TimeSpan.Zero, static _ => { });
        else
            items.Event("context_compacted", static _ => { });
    }

    static void WriteMessage(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "user"u8);
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "input_text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
