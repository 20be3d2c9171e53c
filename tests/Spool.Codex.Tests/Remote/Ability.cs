namespace Spool.Codex.Tests;

/// <summary>What not every release of Codex can do while its threads are with a remote store.</summary>
public enum Ability
{
    /// <summary>Says when a turn is over.</summary>
    ReportTurns,

    /// <summary>Forks a thread.</summary>
    Fork,

    /// <summary>Resumes a thread.</summary>
    Resume,

    /// <summary>Lists turns one page at a time.</summary>
    ListTurns,

    /// <summary>Changes what is known of the repository.</summary>
    ChangeRepository,

    /// <summary>Answers when it has taken a thread back.</summary>
    AnswerRollback,

    /// <summary>Runs <c>codex exec</c> to its end.</summary>
    Exec,
}
