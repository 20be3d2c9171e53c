using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>The SQLite file of one home's index: opened, checked, set aside when it is not usable, and made anew.</summary>
/// <remarks>Nothing in it is precious. A file that is corrupt, of another version or of another home is renamed (the last one is kept) and a new one takes its place.</remarks>
sealed class IndexDatabase
{
    /// <summary>The version of the format. A file of another version is rebuilt.</summary>
    public const int FormatVersion = 4;

    const int BusyTimeoutSeconds = 5;

    static readonly Lock Creation = new();

    readonly string _home;
    readonly PrivateFiles _files;
    bool _isTightened;

    /// <summary>Names the index of a home.</summary>
    public IndexDatabase(string cacheDirectory, string home)
    {
        _home = home;
        _files = new PrivateFiles(cacheDirectory);
        Folder = Path.Combine(cacheDirectory, "index", CacheKey.Of(home));
        FilePath = Path.Combine(Folder, "index.sqlite");
    }

    /// <summary>Gets the folder of everything that is cached for the home.</summary>
    public string Folder { get; }

    /// <summary>Gets the path of the file.</summary>
    public string FilePath { get; }

    /// <summary>Opens the file, making it first when it is missing or not usable.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: the cache folder cannot be written, or another process kept the file locked.</exception>
    public IndexConnection Connect()
    {
        try
        {
            _files.CreateFolder(Folder);
            TightenOnce();
            for (var attempt = 0; ; attempt++)
            {
                var connection = OpenFile();
                try
                {
                    Prepare(connection);
                    return new IndexConnection(connection);
                }
                catch (SqliteException e) when (IsUnusable(e) && attempt < 3)
                {
                    connection.Dispose();
                    SetAside();
                }
                catch (UnusableIndexException) when (attempt < 3)
                {
                    connection.Dispose();
                    SetAside();
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or UnusableIndexException)
        {
            throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "The index in the cache folder cannot be opened; check the folder's permissions and free space, or choose another one.", e);
        }
    }

    /// <summary>Removes what was deleted from where it is still kept: indexes that were set aside, and copies of Codex's database. The journal, which held pages as they were, is cut at every commit.</summary>
    /// <returns>What is left.</returns>
    public IReadOnlyList<LeftBehind> Purge()
    {
        var left = new List<LeftBehind>();
        try
        {
            if (!Directory.Exists(Folder))
                return left; // somebody removed everything that was cached
            foreach (var file in Directory.EnumerateFiles(Folder, Path.GetFileName(FilePath) + ".set-aside*"))
                File.Delete(file);
            foreach (var copy in Directory.EnumerateDirectories(Folder, CodexStateFiles.CopyPrefix + "*"))
                Directory.Delete(copy, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            left.Add(new LeftBehind("Older copies of the index in the cache folder", "they could not be removed"));
        }
        return left;
    }

    /// <summary>Gets what identifies the file, so that a connection to one that was deleted or replaced is noticed; 0 when there is none.</summary>
    public long FileId => FileStat.TryGet(FilePath)?.Inode ?? 0;

    /// <summary>Says whether an error means that the file itself is bad.</summary>
    public static bool IsUnusable(SqliteException e) => e.SqliteErrorCode is 11 or 26 or 1; // corrupt, not a database, missing or other tables

    /// <summary>Renames the file, so that the next open makes a new one. Connections that are open keep the old one.</summary>
    public void SetAside()
    {
        try
        {
            foreach (var suffix in (string[])["-journal", "-wal", "-shm"])
                File.Delete(FilePath + suffix);
            File.Move(FilePath, FilePath + ".set-aside", overwrite: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // There is none, or another process was first.
        }
    }

    // Earlier versions let the mask of the process decide, and an index holds what people wrote.
    void TightenOnce()
    {
        if (_isTightened)
            return;
        PrivateFiles.Tighten(Path.GetDirectoryName(Folder)!);
        PrivateFiles.Tighten(Folder);
        foreach (var file in Directory.EnumerateFiles(Folder))
            PrivateFiles.Tighten(file);
        _isTightened = true;
    }

    SqliteConnection OpenFile()
    {
        // SQLite gives the files beside it the owner and the mode that it finds here. The file must be made only when it is missing: to close it a second time would end
        // the locks of every connection that this process has to it.
        lock (Creation)
        {
            if (FileStat.TryGet(FilePath) is null)
                _files.CreateIfMissing(FilePath);
        }
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = FilePath, Pooling = false, DefaultTimeout = BusyTimeoutSeconds }.ToString());
        connection.Open();
        return connection;
    }

    void Prepare(SqliteConnection connection)
    {
        // No write-ahead log: its -shm file is mapped into memory, and a write to a mapping for which the disk has no space ends the process (SIGBUS).
        // A full disk is an error this way. Nothing else is mapped either. A transaction that outgrows the cache must not lock readers out before it commits.
        Execute(connection, $"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1000}");
        Execute(connection, "PRAGMA journal_mode = TRUNCATE");
        Execute(connection, "PRAGMA synchronous = NORMAL");
        Execute(connection, "PRAGMA secure_delete = ON"); // what is deleted or replaced is overwritten, not only forgotten
        Execute(connection, "PRAGMA mmap_size = 0");
        Execute(connection, "PRAGMA cache_spill = OFF");
        Execute(connection, "PRAGMA temp_store = MEMORY");
        Execute(connection, "PRAGMA cache_size = -16000");
        connection.CreateFunction("spool_contains", (string? text, string term) => text is not null && text.Contains(term, StringComparison.OrdinalIgnoreCase), isDeterministic: true);
        if (Check(connection))
            return;
        using var transaction = connection.BeginTransaction(deferred: false);
        if (!Check(connection))
        {
            Execute(connection, SqlText.Schema);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {FormatVersion}"));
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT INTO meta (name, value) VALUES ('home', $home)";
            command.Parameters.AddWithValue("$home", _home);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    // Whether the schema is there: false for an empty file.
    bool Check(SqliteConnection connection)
    {
        var version = Convert.ToInt64(Scalar(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version == 0 && Convert.ToInt64(Scalar(connection, "SELECT count(*) FROM sqlite_schema"), CultureInfo.InvariantCulture) == 0)
            return false;
        if (version != FormatVersion || (string?)Scalar(connection, "SELECT value FROM meta WHERE name = 'home'") != _home)
            throw new UnusableIndexException();
        return true;
    }

    static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // only constants get here
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    static void Execute(SqliteConnection connection, string sql) => Scalar(connection, sql);

    sealed class UnusableIndexException : Exception;
}
