using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Finds indexes that earlier versions made of the same home under other spellings: through a link it had an index of its own.</summary>
static class OtherSpellings
{
    /// <summary>Removes them.</summary>
    /// <param name="cacheDirectory">The folder of the indexes of all homes.</param>
    /// <param name="folder">The folder of the home's own index.</param>
    /// <param name="home">The home, without links.</param>
    /// <returns>What is left.</returns>
    public static IEnumerable<LeftBehind> Remove(string cacheDirectory, string folder, string home)
    {
        foreach (var other in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!).Where(path => path != folder && HomeOf(path) is { } its && RealPath.Of(its) == home).ToList())
        {
            if (!TryRemove(other))
                yield return new LeftBehind($"An index that an earlier version made of the home, in {Path.GetRelativePath(cacheDirectory, other)} of the cache folder", "it could not be removed");
        }
    }

    static bool TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            return false;
        }
    }

    static string? HomeOf(string folder)
    {
        var file = Path.Combine(folder, "index.sqlite");
        if (FileStat.TryGet(file) is not { Size: > 0 })
            return null;
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 1 }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT value FROM meta WHERE name = 'home'";
            return command.ExecuteScalar() is string home && Path.IsPathFullyQualified(home) ? home : null;
        }
        catch (SqliteException)
        {
            return null;
        }
    }
}
