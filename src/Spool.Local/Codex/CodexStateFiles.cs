using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Opens Codex's database for reading without leaving a trace in the home.</summary>
/// <remarks>
/// SQLite's own read-only mode is not enough: a reader of a database in WAL mode creates or writes the <c>-shm</c> beside it.
/// <list type="bullet">
/// <item>Without a <c>-wal</c> no program writes the main file, so it can be opened as immutable. What was overtaken by a writer is noticed
/// by the stamps and read again.</item>
/// <item>With one and a <c>-shm</c>, as while Codex runs and after it was killed, it is read where it is, with <c>readonly_shm</c>: SQLite
/// maps the <c>-shm</c> without the right to write it, and when no program keeps it up to date makes an index of the log in memory instead.
/// One transaction sees one state. Its shared lock keeps a checkpoint from finishing for as long as the read takes, and no writer from
/// anything.</item>
/// <item>A log without a <c>-shm</c> was left behind or copied here, or its writer keeps everything to itself. Then database and log are
/// copied to the cache folder and opened there. This process has no connection to the database at that moment, whose locks the end of the
/// copy would drop.</item>
/// </list>
/// </remarks>
sealed class CodexStateFiles(string database, string scratchFolder)
{
    /// <summary>How the names of folders with copies begin.</summary>
    public const string CopyPrefix = "codex-state-";

    const int Attempts = 4;

    string Wal => database + "-wal";

    string Index => database + "-shm";

    /// <summary>Gives what changes whenever the database does.</summary>
    public CodexStateStamp Stamp()
    {
        var wal = FileStat.TryGet(Wal);
        return wal is { Size: > 0 } log
            ? new CodexStateStamp(FileStat.TryGet(database) ?? FileStamp.None, log with { ChangedNs = 0 }, WalSalt())
            : new CodexStateStamp(FileStat.TryGet(database) ?? FileStamp.None, FileStamp.None, 0);
    }

    /// <summary>Runs a read over one consistent state of the database.</summary>
    /// <returns>What the read gave, or null when there is no usable database.</returns>
    public T? Read<T>(Func<SqliteConnection, T> read)
        where T : class
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = Stamp();
            if (before.Database == FileStamp.None || before.Database.Size == 0)
                return null;
            if (before.Wal != FileStamp.None && FileStat.TryGet(Index) is not null && TryReadInPlace(read) is { } inPlace)
                return inPlace;
            try
            {
                var result = before.Wal == FileStamp.None ? ReadImmutable(database, read) : ReadCopy(before, read);
                if (result is not null && Stamp() == before)
                    return result;
            }
            catch (Exception e)
                when ((e is SqliteException or IOException or UnauthorizedAccessException or InvalidCastException or FormatException)
                    && !DiskErrors.IsOutOfFiles(e)
                )
            {
                if (Stamp() == before)
                    return null; // not overtaken: the database is corrupt, locked away or of a kind we do not know
            }
        }
        return null;
    }

    static T ReadImmutable<T>(string path, Func<SqliteConnection, T> read)
    {
        using var connection = Open(path, "immutable=1");
        return read(connection);
    }

    // Null when it is locked as a whole, damaged, or closed at this moment by the last one who had it open: then the other ways are tried.
    T? TryReadInPlace<T>(Func<SqliteConnection, T> read)
        where T : class
    {
        try
        {
            using var connection = Open(database, "readonly_shm=1");
            using var transaction = connection.BeginTransaction(deferred: true);
            return read(connection);
        }
        catch (Exception e) when (CodexStateWriter.IsRefusal(e))
        {
            return null;
        }
    }

    static SqliteConnection Open(string path, string how)
    {
        SqliteOwners.Keep();
        var uri = $"file:{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}?{how}";
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = uri,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
                DefaultTimeout = 1,
            }.ToString()
        );
        try
        {
            connection.Open();
            SqlTime.Limit(connection, SqlTime.LongestRead);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    T? ReadCopy<T>(CodexStateStamp before, Func<SqliteConnection, T> read)
        where T : class
    {
        var folder = Path.Combine(scratchFolder, CopyPrefix + Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(folder);
            var copy = Path.Combine(folder, "state.sqlite");
            Copy(Wal, copy + "-wal");
            Copy(database, copy);
            if (Stamp() != before)
                return null;
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = copy,
                    Mode = SqliteOpenMode.ReadWrite,
                    Pooling = false,
                }.ToString()
            );
            connection.Open();
            SqlTime.Limit(connection, SqlTime.LongestRead);
            return read(connection);
        }
        catch (Exception e) when ((e is SqliteException || DiskErrors.IsGone(e)) && !Directory.Exists(folder))
        {
            return null; // what was cached was removed: that says nothing of the database
        }
        finally
        {
            Remove(folder);
        }
    }

    static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            // Another process did.
        }
    }

    static void Copy(string from, string to)
    {
        using var source = RegularFile.OpenStream(from, 1);
        using var destination = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        source.CopyTo(destination, 256 * 1024);
    }

    // The salt in the log's header changes whenever the log starts over, even when size and time do not.
    long WalSalt()
    {
        try
        {
            using var file = RegularFile.OpenRead(Wal);
            Span<byte> salt = stackalloc byte[8];
            return RandomAccess.Read(file, salt, 16) == 8 ? BinaryPrimitives.ReadInt64BigEndian(salt) : 0;
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return 0;
        }
    }
}

/// <summary>The state of Codex's database, as its files show it.</summary>
/// <param name="Database">The main file.</param>
/// <param name="Wal">The write-ahead log, when it holds anything.</param>
/// <param name="WalSalt">The salt in the log's header.</param>
readonly record struct CodexStateStamp(FileStamp Database, FileStamp Wal, long WalSalt);
