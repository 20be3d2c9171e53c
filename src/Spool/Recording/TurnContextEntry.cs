namespace Spool;

/// <summary>The settings of a turn. Lists show the model and the effort of the last one.</summary>
/// <param name="Model">The model.</param>
/// <param name="Cwd">The folder in which the agent works, as a full path.</param>
public sealed record TurnContextEntry(string Model, string Cwd) : ThreadEntry
{
    /// <summary>Gets how much the model is to think, such as <c>high</c>, or null for what it does by itself.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>Gets when the user is asked before something is done: <c>untrusted</c>, <c>on-failure</c>, <c>on-request</c> or
    /// <c>never</c>.</summary>
    public string ApprovalPolicy { get; init; } = "on-request";

    /// <summary>Gets what commands may do: <c>read-only</c>, <c>workspace-write</c> or <c>danger-full-access</c>.</summary>
    public string Sandbox { get; init; } = "read-only";

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Model);
        ArgumentNullException.ThrowIfNull(Cwd);
        ArgumentNullException.ThrowIfNull(ApprovalPolicy);
        ArgumentNullException.ThrowIfNull(Sandbox);
    }

    private protected override void Write(EntryItems items) =>
        items.Item(
            "turn_context",
            null,
            json =>
            {
                json.WriteString("turn_id"u8, items.Place.TurnId);
                json.WriteString("cwd"u8, Cwd);
                json.WriteString("approval_policy"u8, ApprovalPolicy);
                json.WriteStartObject("sandbox_policy"u8);
                json.WriteString("type"u8, Sandbox);
                json.WriteEndObject();
                json.WriteString("model"u8, Model);
                if (ReasoningEffort is not null)
                    json.WriteString("effort"u8, ReasoningEffort);
                json.WriteString("summary"u8, "auto"u8);
            }
        );
}
