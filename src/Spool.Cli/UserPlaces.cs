namespace Spool.Cli;

/// <summary>The places that the environment of the program names. Each is worked out, and refused where it leads nowhere, only when it is needed.</summary>
sealed record UserPlaces
{
    /// <summary>Gets the user's own folder, as an absolute path, or null when nothing says which it is.</summary>
    public string? UserFolder { get; init; }

    /// <summary>Gets the folder that relative paths belong to, or null when it was deleted.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Gets the variable <c>CODEX_HOME</c>, or null.</summary>
    public string? CodexHome { get; init; }

    /// <summary>Gets the variable <c>XDG_CACHE_HOME</c>, or null.</summary>
    public string? CacheHome { get; init; }

    /// <summary>Gets the variable <c>CODEX_SQLITE_HOME</c>, or null. Codex takes blanks at either end of it away.</summary>
    public string? CodexSqliteHome { get; init; }

    /// <summary>Says where the store of a home is.</summary>
    /// <param name="home">The home that an option names, or null for the default.</param>
    /// <param name="cache">The folder of the index that an option names, or null for the default.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: one of the places leads nowhere.</exception>
    public StoreLocation Locate(string? home, string? cache) => new(
        (home ?? CodexHome) is { } folder ? Resolve(folder) : InUserFolder(".codex", "--home or CODEX_HOME"),
        cache is not null ? Resolve(cache)
            : Path.Join(CacheHome is not null ? Resolve(CacheHome) : InUserFolder(".cache", "--cache or XDG_CACHE_HOME"), "spool"))
    {
        CodexSqliteHome = CodexSqliteHome?.Trim() is { Length: > 0 } databases ? Resolve(databases) : null,
        UserFolder = UserFolder,
    };

    /// <summary>Gives an absolute path. <c>~</c> at its beginning is the user's own folder, also where no shell has seen to that: in <c>--home=~/x</c>, in a variable of a service.</summary>
    /// <param name="path">The path, as the user wrote it.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it belongs to a folder that is not there or not known.</exception>
    public string Resolve(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            return Path.GetFullPath(Path.Join(UserFolder ?? throw NoUserFolder($"give an absolute path instead of {path}"), path.AsSpan(1)));
        // A path that is absolute needs no other; for one that is not, the framework would ask the system and fail.
        return Path.IsPathFullyQualified(path) ? Path.GetFullPath(path)
            : Path.GetFullPath(path, WorkingDirectory ?? throw ThreadStoreException.InvalidRequest($"The current folder does not exist any more, so the relative path {path} leads nowhere; give an absolute path."));
    }

    string InUserFolder(string name, string options) => Path.Join(UserFolder ?? throw NoUserFolder($"name the folder with {options}"), name);

    static ThreadStoreException NoUserFolder(string wayOut) =>
        ThreadStoreException.InvalidRequest($"The user's own folder is not known, because HOME is not set to an absolute path and the system does not know it either; {wayOut}.");
}
