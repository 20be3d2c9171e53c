namespace Spool;

/// <summary>Says what is wrong with one of Codex's own files that is there and cannot be read, and what a list lacks because of
/// it.</summary>
static class CodexProblems
{
    static ReadOnlySpan<byte> DatabaseHead => "SQLite format 3\0"u8;

    /// <summary>Of the file of names.</summary>
    public static StoreProblem OfNames(HomeLayout layout) =>
        Of(layout, layout.SessionIndex, "It holds no names but something else.", "Names that only it has may be missing or old.");

    /// <summary>Of the database of threads.</summary>
    public static StoreProblem OfDatabase(HomeLayout layout, CodexDatabases databases) =>
        Of(
            layout,
            databases.State,
            BeginsAsDatabase(databases.State) is false
                ? "It is not an SQLite database; put a backup of it in its place."
                : "It is damaged or locked, has other tables than Codex makes, or the cache folder has no space for a copy. Try again with Codex closed and space there; if it stays so, put a backup of it in its place.",
            "Names, times of archiving and repository states that only it has may be missing or old."
        );

    /// <summary>Of the folder that the settings or the environment name for the databases.</summary>
    public static StoreProblem OfFolder(HomeLayout layout, string folder) =>
        new(
            layout.NameOf(folder),
            "There is no such folder, but sqlite_home in config.toml or CODEX_SQLITE_HOME names it for Codex's databases. Names, times of archiving and repository states that only they have may be missing."
        );

    /// <summary>Of the settings, which say where the databases are.</summary>
    public static StoreProblem OfSettings(HomeLayout layout) =>
        Of(
            layout,
            layout.Absolute(CodexSettings.FileName),
            "It is damaged or too large.",
            "If it names another folder for Codex's databases, what only they have is missing."
        );

    static StoreProblem Of(HomeLayout layout, string path, string otherwise, string loss) =>
        new(layout.NameOf(path), $"{WhyUnreadable(path) ?? otherwise} {loss}");

    // Null when it is not known. A database of SQLite begins with these 16 bytes, whatever else is wrong with it.
    static bool? BeginsAsDatabase(string path)
    {
        try
        {
            using var file = RegularFile.OpenRead(path);
            Span<byte> head = stackalloc byte[DatabaseHead.Length];
            return head[..RandomAccess.Read(file, head, 0)].SequenceEqual(DatabaseHead);
        }
        catch (Exception e) when (RegularFile.IsNone(e) || DiskErrors.IsFromDisk(e))
        {
            return null;
        }
    }

    static string? WhyUnreadable(string path)
    {
        switch (FileStat.KindOf(path))
        {
            case PlaceKind.DanglingLink:
                return "It is a link that leads nowhere.";
            case PlaceKind.Folder or PlaceKind.Special:
                return "It is not a file.";
            case PlaceKind.Unknown:
                return "It cannot be read; check its permissions and its disk.";
        }
        try
        {
            using var file = RegularFile.OpenRead(path);
            return RandomAccess.GetLength(file) == 0 ? "It is empty." : null;
        }
        catch (Exception e) when (RegularFile.IsNone(e))
        {
            return "It is not a file.";
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            return "It cannot be read; check its permissions and its disk.";
        }
    }
}
