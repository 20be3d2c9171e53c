namespace Spool.Codex.Tests;

/// <summary>A thread and what was said in it, as Codex showed it last.</summary>
sealed class Talk(ThreadId threadId)
{
    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId { get; } = threadId;

    /// <summary>Gets the thread's id.</summary>
    public string Id => ThreadId.ToString();

    /// <summary>Gets or sets everything that the turns show.</summary>
    public IReadOnlyList<string> Said { get; set; } = [];

    /// <summary>Gets who said what: the turns without commands, and without how they ended.</summary>
    public IEnumerable<string> Messages => MessagesIn(Said);

    /// <summary>Gets or sets what the model is told that no turn shows, with the message that it stands before.</summary>
    public (string Text, string Before)? Injected { get; set; }

    /// <summary>Gets or sets an answer that the model is no longer told, because a summary stands for it.</summary>
    public string? Summarised { get; set; }

    /// <summary>Gets what the model has to be told of the thread.</summary>
    public IEnumerable<string> Context =>
        Messages
            .Select(message => message[(message.IndexOf(' ', StringComparison.Ordinal) + 1)..])
            .Where(text => text != Summarised)
            .SelectMany(text => Injected is { } injected && injected.Before == text ? [injected.Text, text] : (string[])[text]);

    /// <summary>Chooses the messages from what turns show.</summary>
    public static IEnumerable<string> MessagesIn(IEnumerable<string> said) =>
        said.Where(text =>
            text.StartsWith("userMessage: ", StringComparison.Ordinal) || text.StartsWith("agentMessage: ", StringComparison.Ordinal)
        );

    /// <summary>Gives the messages of turns in which the agent only answers.</summary>
    public static IEnumerable<string> Answered(params IEnumerable<string> questions) =>
        questions.SelectMany(question => (string[])[$"userMessage: {question}", $"agentMessage: Answer to: {question}"]);
}
