namespace Spool.Cli;

/// <summary>The places that the environment of the program names. Each is worked out, and refused where it leads nowhere, only when it is
/// needed.</summary>
sealed record UserPlaces
{
    public const string UserFolderVariable = "HOME";
    public const string CodexHomeVariable = "CODEX_HOME";
    public const string CacheHomeVariable = "XDG_CACHE_HOME";
    public const string CodexSqliteHomeVariable = "CODEX_SQLITE_HOME";
    public const string ProgramFoldersVariable = "PATH";

    /// <summary>The folder of Codex in the user's own folder.</summary>
    public const string CodexFolder = ".codex";

    /// <summary>Gets the names of the variables that name places.</summary>
    public static IReadOnlyList<string> Variables { get; } =
    [UserFolderVariable, CodexHomeVariable, CacheHomeVariable, CodexSqliteHomeVariable];

    /// <summary>Gets the names of the variables whose bytes are not UTF-8. The places that they name have names that mean something
    /// else.</summary>
    public IReadOnlyList<string> VariablesNotText { get; init; } = [];

    /// <summary>Gets whether the path of the current folder is UTF-8. Where it is not, there is no name for what is below it.</summary>
    public bool IsWorkingDirectoryText { get; init; } = true;

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

    /// <summary>Gets the variable <c>PATH</c>, or null.</summary>
    public string? ProgramFolders { get; init; }

    /// <summary>Finds a program in the folders of <c>PATH</c>.</summary>
    /// <param name="name">The name of the program.</param>
    /// <returns>Its path, or null when it is not there. Folders that are not absolute are passed over: what is in them depends on where one
    /// is.</returns>
    public string? FindProgram(string name)
    {
        string[] names = OperatingSystem.IsWindows() ? [$"{name}.exe", $"{name}.cmd", $"{name}.bat"] : [name];
        return (ProgramFolders ?? "")
            .Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => names.Select(file => Path.Join(folder, file)))
            .FirstOrDefault(IsProgram);
    }

    /// <summary>Says where the store of a home is.</summary>
    /// <param name="home">The home that an option names, or null for the default.</param>
    /// <param name="cache">The folder of the index that an option names, or null for the default.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: one of the places leads
    /// nowhere.</exception>
    public StoreLocation Locate(string? home, string? cache) =>
        new(
            (home ?? Text(CodexHomeVariable, CodexHome)) is { } folder
                ? Resolve(folder)
                : InUserFolder(CodexFolder, "--home or CODEX_HOME"),
            cache is not null
                ? Resolve(cache)
                : Path.Join(
                    Text(CacheHomeVariable, CacheHome) is { } caches
                        ? Resolve(caches)
                        : InUserFolder(".cache", "--cache or XDG_CACHE_HOME"),
                    "spool"
                )
        )
        {
            CodexSqliteHome = Text(CodexSqliteHomeVariable, CodexSqliteHome)?.Trim() is { Length: > 0 } databases
                ? Resolve(databases)
                : null,
            UserFolder = VariablesNotText.Contains(UserFolderVariable) ? null : UserFolder,
        };

    /// <summary>Gives an absolute path. <c>~</c> at its beginning is the user's own folder, also where no shell has seen to that: in
    /// <c>--home=~/x</c>, in a variable of a service.</summary>
    /// <param name="path">The path, as the user wrote it.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it belongs to a folder that is not there
    /// or not known.</exception>
    public string Resolve(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal))
            return Path.GetFullPath(Path.Join(KnownUserFolder($"give an absolute path instead of {path}"), path.AsSpan(1)));
        // A path that is absolute needs no other; for one that is not, the framework would ask the system and fail.
        if (Path.IsPathFullyQualified(path))
            return Path.GetFullPath(path);
        if (!IsWorkingDirectoryText)
            throw ThreadStoreException.InvalidRequest(
                $"The path of the current folder is not UTF-8 text, so the relative path {path} leads nowhere; go to another folder."
            );
        return Path.GetFullPath(
            path,
            WorkingDirectory
                ?? throw ThreadStoreException.InvalidRequest(
                    $"The current folder does not exist any more, so the relative path {path} leads nowhere; give an absolute path."
                )
        );
    }

    static bool IsProgram(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    string InUserFolder(string name, string options) => Path.Join(KnownUserFolder($"name the folder with {options}"), name);

    string KnownUserFolder(string wayOut) =>
        Text(UserFolderVariable, UserFolder)
        ?? throw ThreadStoreException.InvalidRequest(
            $"The user's own folder is not known, because HOME is not set to an absolute path and the system does not know it either; {wayOut}."
        );

    string? Text(string variable, string? value) =>
        value is null || !VariablesNotText.Contains(variable)
            ? value
            : throw ThreadStoreException.InvalidRequest(
                $"{variable} is not UTF-8 text, and would be taken for another folder; name one in UTF-8."
            );
}
