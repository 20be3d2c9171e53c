namespace Spool;

/// <summary>A plan that the assistant proposes.</summary>
/// <param name="Text">The plan, in Markdown.</param>
/// <remarks>It is shown and not given to the model: what the model said of it is an <see cref="AssistantMessageEntry"/>.</remarks>
public sealed record PlanEntry(string Text) : ThreadEntry
{
    private protected override void Check() => ArgumentNullException.ThrowIfNull(Text);

    private protected override void Write(EntryItems items) =>
        items.Completed("Plan", Id ?? $"{items.Place.TurnId}-plan", TimeSpan.Zero, json => json.WriteString("text"u8, Text));
}
