namespace Spool;

/// <summary>Where Codex keeps its databases.</summary>
/// <param name="Layout">The home.</param>
/// <param name="Named">The folder that the settings or the environment name, or null: the home.</param>
sealed record CodexDatabases(HomeLayout Layout, string? Named)
{
    // Codex leaves one of these in a home when it is started there, whatever becomes of its databases.
    static readonly string[] Traces =
    [
        ".personality_migration",
        ".sandbox_migration",
        "installation_id",
        "logs_2.sqlite",
        "thread_history_1.sqlite",
    ];

    /// <summary>Gets the folder, as an absolute path.</summary>
    public string Folder => Named ?? Layout.Home;

    /// <summary>Gets whether the settings are there but cannot be read, so that the folder may be another one.</summary>
    public bool AreSettingsUnreadable { get; init; }

    /// <summary>Gets the database of threads.</summary>
    public string State => Of("state_5.sqlite");

    /// <summary>Gets the projection of paginated histories.</summary>
    public string History => Of("thread_history_1.sqlite");

    /// <summary>Gets whether the database of threads has to be somewhere: its folder is named, or Codex was used in the home.</summary>
    public bool IsExpected =>
        Named is not null || AreSettingsUnreadable || Array.Exists(Traces, name => File.Exists(Layout.Absolute(name)));

    /// <summary>Gives the path of one of the databases.</summary>
    /// <param name="name">Its file name.</param>
    public string Of(string name) => Path.Combine(Folder, name);
}
