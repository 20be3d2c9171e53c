namespace Spool;

/// <summary>What is said when a change stands and Codex's own database does not show it.</summary>
static class CodexWarnings
{
    /// <summary>Gives the warning for what became of an edit; none when all is well.</summary>
    public static IReadOnlyList<string> Of(CodexRowState state) => state switch
    {
        CodexRowState.Locked => ["Codex's own database was locked by another program, so Codex may show the thread as it was; repeat the command to try again."],
        CodexRowState.Unusable => ["Codex's own database could not be changed, so Codex may show the thread as it was."],
        _ => [],
    };
}
