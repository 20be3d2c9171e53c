using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Removes what indexes in the cache folder still hold of a deleted thread beside the index that its store uses: those of homes
/// that were moved or renamed, and those that no process finds any more.</summary>
/// <remarks>
/// An index belongs to the path of its home. When a home gets another path, it gets another index, and in the old one the thread would
/// stay. What that one knows of the thread goes, unless there is still a file where it says: then it is a thread of another home. A home
/// that is only not mounted loses nothing, because its next look reads the file again.
/// </remarks>
/// <param name="options">The options of the store.</param>
/// <param name="own">The folder of the home's own index.</param>
/// <param name="threadId">The thread.</param>
sealed class OtherIndexes(LocalThreadStoreOptions options, string own, ThreadId threadId)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    readonly string _home = RealPath.Of(options.Home);

    /// <summary>Removes it.</summary>
    /// <param name="isOwnUnused">Whether the store keeps its own index in memory, so that the file is another one to it.</param>
    /// <returns>What is left.</returns>
    public IReadOnlyList<LeftBehind> Clean(bool isOwnUnused)
    {
        var left = new List<LeftBehind>();
        foreach (var folder in FoldersBeside(own))
        {
            if (folder == own)
            {
                if (isOwnUnused)
                    left.AddRange(CleanRows(_home, always: true));
                continue;
            }
            try
            {
                left.AddRange(CleanOther(folder));
            }
            catch (Exception e) when (e is SqliteException or ThreadStoreException || DiskErrors.IsFromDisk(e))
            {
                left.Add(
                    new LeftBehind(
                        $"What the index in {Path.GetRelativePath(options.CacheDirectory, folder)} of the cache folder holds of the thread, if anything",
                        "it could not be read or changed"
                    )
                );
            }
        }
        return left;
    }

    static List<string> FoldersBeside(string folder) =>
        Path.GetDirectoryName(folder) is { } parent && Directory.Exists(parent) ? [.. Directory.EnumerateDirectories(parent)] : [];

    IEnumerable<LeftBehind> CleanOther(string folder)
    {
        var (version, its) = HeadOf(folder);
        var home = its is null ? null : RealPath.Of(its);
        var isGone = home is null || FileStat.KindOf(home) == PlaceKind.Nothing;
        // earlier versions made an index for each spelling of a home
        var isFound = home is not null && CacheKey.Of(home) == Path.GetFileName(folder);
        var isOurs = version == IndexDatabase.FormatVersion;
        if (home == _home || (!isFound || isGone && !isOurs) && HoldsId(folder))
        {
            Directory.Delete(folder, recursive: true);
            return [];
        }
        return isFound && isOurs
            ? CleanRows(home!, always: isGone).Select(left => left with { What = $"{left.What}, of the home {home}" })
            : [];
    }

    IReadOnlyList<LeftBehind> CleanRows(string home, bool always)
    {
        var layout = new HomeLayout(home);
        using var database = new IndexDatabase(options.CacheDirectory, home, patience: Patience);
        try
        {
            using var connection = database.Connect();
            var gone = connection.IsInMemory
                ? []
                : new RolloutTable(connection)
                    .PathsOf(threadId)
                    .Where(path => FileStat.KindOf(layout.Absolute(path)) == PlaceKind.Nothing)
                    .ToList();
            if (gone.Count == 0 && !always)
                return [];
            var its = options with { Home = home, Progress = null };
            using var updater = new IndexUpdater(layout, new HomePresence(layout), its, new CodexSettings(layout, its), database);
            updater.CatchUp(connection, gone, null, CancellationToken.None);
        }
        catch (SqliteException e) when (database.TryKeepInMemory(e))
        {
            // No space to change the file, or no right to.
        }
        return database.Purge();
    }

    bool HoldsId(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Any(file => FileStat.TryGet(file) is { Size: > 0 } && FileText.Contains(file, threadId.ToString()));

    // Of a file that is no index, or none any more, nothing is known.
    static (long Version, string? Home) HeadOf(string folder)
    {
        var file = Path.Combine(folder, "index.sqlite");
        if (FileStat.TryGet(file) is not { Size: > 0 })
            return default;
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = file,
                    Mode = SqliteOpenMode.ReadOnly,
                    Pooling = false,
                    DefaultTimeout = (int)Patience.TotalSeconds,
                }.ToString()
            );
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT value FROM meta WHERE name = 'home'";
            var home = command.ExecuteScalar() as string;
            command.CommandText = "PRAGMA user_version";
            return Path.IsPathFullyQualified(home ?? "")
                ? (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture), home)
                : default;
        }
        catch (SqliteException e) when (IndexDatabase.IsUnusable(e))
        {
            return default;
        }
    }
}
