namespace Spool;

/// <summary>What is said when a change stands and Codex's own database does not show it.</summary>
static class CodexWarnings
{
    /// <summary>Gives the warnings for what became of an edit; none when all is well.</summary>
    /// <param name="state">The state after the edit.</param>
    /// <param name="databases">Where the database is.</param>
    public static IReadOnlyList<string> Of(CodexRowState state, CodexDatabases databases) => [.. OfState(state), .. OfSettings(databases)];

    /// <summary>Says why a database is not changed, and what can be done, as what follows "because"; null when it can be changed, or there
    /// is none.</summary>
    public static string? WhyNot(CodexRowState state) =>
        state switch
        {
            CodexRowState.Locked => "another program kept it locked; repeat the command to try again",
            CodexRowState.Missing =>
                "it was not found where sqlite_home in the home's config.toml, CODEX_SQLITE_HOME or else the home says it is; name its folder there and repeat the command",
            CodexRowState.Damaged =>
                "it is damaged, or no database; mend it (sqlite3 FILE .recover) or move it away, and repeat the command",
            CodexRowState.NoSpace => "there is no space left on its disk; free some and repeat the command",
            CodexRowState.NoFile =>
                "there is a folder, a pipe, a device or a link to nowhere in its place; put the file back there, or move away what is there, and repeat the command",
            CodexRowState.NotWritable => "it may not be written; check its permissions and its disk, and repeat the command",
            CodexRowState.UnknownForm => "its tables are not those that this version knows; a newer version of Spool may know them",
            _ => null,
        };

    static IReadOnlyList<string> OfState(CodexRowState state) =>
        WhyNot(state) is { } why
            ? [$"Codex's own database does not have the change, so Codex may show the thread as it was, because {why}."]
            : [];

    static IReadOnlyList<string> OfSettings(CodexDatabases databases) =>
        databases.AreSettingsUnreadable
            ? ["The home's config.toml cannot be read, so sqlite_home in it, if it is there, was not followed."]
            : [];
}
