namespace Spool;

/// <summary>Where things are in a Codex home.</summary>
/// <param name="Home">The absolute path of the home.</param>
sealed record HomeLayout(string Home)
{
    /// <summary>The folder of active rollouts, by day.</summary>
    public const string Sessions = "sessions";

    /// <summary>The flat folder of archived rollouts.</summary>
    public const string Archived = "archived_sessions";

    /// <summary>Gets the file of thread names.</summary>
    public string SessionIndex => Path.Combine(Home, SessionIndexWriter.Name);

    /// <summary>Gives what to call a path: in the home its path there, with <c>/</c>; elsewhere its absolute one. A byte that is no UTF-8
    /// is written as <c>\xE9</c>.</summary>
    public string NameOf(string absolute)
    {
        var relative = Path.GetRelativePath(Home, absolute);
        return
            relative == "."
            || relative == ".."
            || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || Path.IsPathRooted(relative)
            ? absolute
            : ForeignNames.Written(relative.Replace('\\', '/'));
    }

    /// <summary>Gives the absolute path of a path in the home.</summary>
    public string Absolute(string relative) => Path.Combine(Home, relative);
}
