namespace Spool;

/// <summary>A message as the model gets it with the next call: what was said, and the calls of tools that the assistant made with
/// it.</summary>
/// <param name="Role">Who says it, one of <see cref="MessageRoles"/>.</param>
/// <param name="Text">What is said; empty for calls of tools without words.</param>
/// <remarks>What a compaction replaced is not among the messages of a thread, but for its summary; nor is what was taken back. Reasoning is
/// not, and neither is what a provider does by itself, such as
/// searches on the web: a program that hands those back to the provider reads the items of the thread.</remarks>
public sealed record ModelMessage(string Role, string Text)
{
    /// <summary>Gets the addresses of the images that come with it.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Gets the calls of tools, in the order in which the model made them.</summary>
    public IReadOnlyList<ModelToolCall> ToolCalls { get; init; } = [];
}

/// <summary>A call of a tool as the model made it, with what it was given back.</summary>
/// <param name="CallId">The id by which call and output belong to each other.</param>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">What the model gave it: JSON, or any text for tools that take one.</param>
/// <param name="Output">What it was given back, or null when there is nothing (yet).</param>
public sealed record ModelToolCall(string CallId, string Name, string Arguments, string? Output);

/// <summary>Who says something to the model.</summary>
public static class MessageRoles
{
    /// <summary>The rules of the model.</summary>
    public const string System = "system";

    /// <summary>The program: instructions and surroundings.</summary>
    public const string Developer = "developer";

    /// <summary>The person, or the program in the person's name: Codex tells the model of the working folder that way.</summary>
    public const string User = "user";

    /// <summary>The model.</summary>
    public const string Assistant = "assistant";
}
