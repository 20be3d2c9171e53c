namespace Spool;

/// <summary>What is said when a change stands and Codex's own database does not show it.</summary>
static class CodexWarnings
{
    /// <summary>Gives the warnings for what became of an edit; none when all is well.</summary>
    /// <param name="state">The state after the edit.</param>
    /// <param name="databases">Where the database is.</param>
    public static IReadOnlyList<string> Of(CodexRowState state, CodexDatabases databases) => [.. OfState(state), .. OfSettings(databases)];

    static IReadOnlyList<string> OfState(CodexRowState state) => state switch
    {
        CodexRowState.Locked => ["Codex's own database was locked by another program, so Codex may show the thread as it was; repeat the command to try again."],
        CodexRowState.Missing => ["Codex's own database was not found where sqlite_home in the home's config.toml, CODEX_SQLITE_HOME or else the home says it is, so Codex may show the thread as it was."],
        CodexRowState.Unusable => ["Codex's own database could not be changed, so Codex may show the thread as it was."],
        _ => [],
    };

    static IReadOnlyList<string> OfSettings(CodexDatabases databases) =>
        databases.AreSettingsUnreadable ? ["The home's config.toml cannot be read, so sqlite_home in it, if it is there, was not followed."] : [];
}
