using System.Text.Json;

namespace Spool;

/// <summary>A message of a log without envelopes: what the model got or gave. There are no events beside it, so previews and turns are made
/// of it.</summary>
/// <param name="Role">Who speaks: <c>user</c>, <c>assistant</c>, …</param>
/// <param name="Text">The text of all its parts.</param>
/// <param name="Images">The addresses of its images.</param>
sealed record BareMessage(string Role, string Text, IReadOnlyList<string> Images)
{
    static readonly string[] Context =
    [
        "<environment_context>",
        "<user_instructions>",
        "<user_shell_command>",
        "<turn_aborted>",
        "# AGENTS.md instructions",
    ];

    /// <summary>Gets whether a user says it: not the program in the user's role, which tells the model of folders and instructions that
    /// way.</summary>
    public bool IsFromUser =>
        Role == "user"
        && !Context.Any(start => Text.AsSpan().TrimStart().StartsWith(start, StringComparison.OrdinalIgnoreCase))
        && (!string.IsNullOrWhiteSpace(Text) || Images.Count > 0);

    /// <summary>Gets whether the agent says it.</summary>
    public bool IsFromAgent => Role == "assistant" && !string.IsNullOrWhiteSpace(Text);

    /// <summary>Gets the working folder that it tells the model, or null.</summary>
    public string? Cwd
    {
        get
        {
            if (Role != "user" || !Text.AsSpan().TrimStart().StartsWith(Context[0], StringComparison.OrdinalIgnoreCase))
                return null;
            return Between("<cwd>", "</cwd>") ?? Between("Current working directory:", "\n");
        }
    }

    /// <summary>Reads an item.</summary>
    /// <returns>The message, or null when the item is none that has no envelope.</returns>
    public static BareMessage? Read(RolloutItem item)
    {
        if (!item.IsBare || !item.IsPayload("message"u8))
            return null;
        try
        {
            using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
            var message = document.RootElement;
            var parts = message.Array("content").ToList();
            var text = message.Text("content") ?? string.Concat(parts.Select(part => part.Text("text") ?? part.Text("refusal")));
            return new BareMessage(message.Text("role") ?? "", text, [.. parts.Select(part => part.Text("image_url")).OfType<string>()]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    string? Between(string start, string end)
    {
        var from = Text.IndexOf(start, StringComparison.Ordinal);
        if (from < 0)
            return null;
        var rest = Text[(from + start.Length)..];
        return rest.IndexOf(end, StringComparison.Ordinal) is >= 0 and var length && rest[..length].Trim() is { Length: > 0 } found
            ? found
            : null;
    }
}
