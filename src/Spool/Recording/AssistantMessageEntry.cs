namespace Spool;

/// <summary>A message of the assistant.</summary>
/// <param name="Text">What it says.</param>
public sealed record AssistantMessageEntry(string Text) : ThreadEntry
{
    /// <summary>Gets whether it is the answer or said on the way to it, or null where that is not known.</summary>
    public MessagePhase? Phase { get; init; }

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Text);
        if (Phase is { } phase)
            DefinedValues.Check(phase, nameof(Phase));
    }

    private protected override void Write(EntryItems items)
    {
        items.Message(
            "assistant",
            Phase,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "output_text"u8);
                json.WriteString("text"u8, Text);
                json.WriteEndObject();
            }
        );
        var phase = Phase is { } known ? MessagePhases.NameOf(known) : null;
        if (!items.IsPaginated)
        {
            items.Event(
                "agent_message",
                json =>
                {
                    json.WriteString("message"u8, Text);
                    json.WriteString("phase"u8, phase);
                    json.WriteNull("memory_citation"u8);
                }
            );
            return;
        }
        items.Completed(
            "AgentMessage",
            Id,
            TimeSpan.Zero,
            json =>
            {
                json.WriteStartArray("content"u8);
                json.WriteStartObject();
                json.WriteString("type"u8, "Text"u8);
                json.WriteString("text"u8, Text);
                json.WriteEndObject();
                json.WriteEndArray();
                if (phase is not null)
                    json.WriteString("phase"u8, phase);
            }
        );
    }
}
