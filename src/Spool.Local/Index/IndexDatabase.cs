using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Spool;

/// <summary>The SQLite file of one home's index: opened, checked, set aside when it is not usable, and made anew.</summary>
/// <remarks>
/// Nothing in it is precious. A file that is corrupt, of another version or of another home is renamed (the last one is kept) and a new one
/// takes its place. Where the cache folder cannot hold a file, because it cannot be written or its disk is full, the index is in memory
/// until the store is closed; where another process keeps the file locked, as one does that was stopped in the middle of a transaction,
/// until that ends.
/// </remarks>
/// <param name="cacheDirectory">The folder of the indexes of all homes.</param>
/// <param name="home">The home. However it is spelled, and through whatever links it is reached, it has one index.</param>
/// <param name="notice">Is called, once, when the index is in memory, with the reason; or null.</param>
/// <param name="patience">How long a statement waits for another process, in whole seconds; <see cref="DefaultPatience"/> when
/// null.</param>
/// <param name="presence">Keeps a home that is gone from being made again for a cache folder in it; or null.</param>
/// <param name="log">The log of the store, or null.</param>
sealed partial class IndexDatabase(
    string cacheDirectory,
    string home,
    Action<string>? notice = null,
    TimeSpan? patience = null,
    HomePresence? presence = null,
    ILogger? log = null
) : IDisposable
{
    /// <summary>The version of the format. A file of another version is rebuilt.</summary>
    public const int FormatVersion = 15;

    /// <summary>How long a statement waits for another process.</summary>
    public static TimeSpan DefaultPatience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What <see cref="FileId"/> is at most for an index in memory; each has another one.</summary>
    public const long InMemory = -2;

    /// <summary>How often the file may be replaced while one use of it goes on, before that is an error.</summary>
    public const int MostReplacements = 30;

    const int Busy = 5,
        SharedCacheLocked = 6;
    const string NoSpace = "has no space left";
    const string Removed = "is removed by another program again and again";
    const string Locked = "is locked by another process that does not go on; end that, or let it go on";

    readonly ILogger _log = log ?? NullLogger.Instance;
    readonly PrivateFiles _files = new(cacheDirectory);
    IndexFile? _file;
    readonly string _home = RealPath.Of(home);
    readonly Lock _gate = new(),
        _writing = new();
    readonly int _patienceSeconds = Math.Max(1, (int)(patience ?? DefaultPatience).TotalSeconds);
    MemoryIndex? _memory;
    bool _isTightened,
        _isNoticed;

    /// <summary>Gets the folder of everything that is cached for the home.</summary>
    public string Folder { get; } = Path.Combine(cacheDirectory, "index", CacheKey.Of(RealPath.Of(home)));

    /// <summary>Gets the path of the file.</summary>
    public string FilePath => TheFile.Path;

    IndexFile TheFile => _file ??= new IndexFile(Folder, _files);

    /// <summary>Gets why the index is in memory, as a sentence; null when it is in its file.</summary>
    public string? InMemoryBecause => Volatile.Read(ref _memory)?.Because;

    /// <summary>Opens the index, making it first when it is missing or not usable.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: another process kept the file locked.
    /// <see cref="ThreadStoreErrorCode.ResourceExhausted"/>: the process may open no more files.</exception>
    public IndexConnection Connect()
    {
        while (true)
        {
            var memory = Volatile.Read(ref _memory);
            try
            {
                return memory is not null ? Prepared(memory.Open(), memory.Id, memory.Writing) : ConnectToFile();
            }
            catch (Exception e) when (memory is null && TryKeepInMemory(e))
            {
                // Now there is one in memory.
            }
            catch (Exception e)
                when (e is SqliteException or UnusableIndexException or ReplacedIndexException
                    || DiskErrors.IsFromDisk(e)
                    || DiskErrors.IsOutOfFiles(e)
                )
            {
                throw DiskErrors.IsOutOfFiles(e)
                    ? DiskErrors.OutOfFiles(e)
                    : new ThreadStoreException(
                        ThreadStoreErrorCode.Unavailable,
                        "The index in the cache folder cannot be opened; another process kept it locked. Try again.",
                        e
                    );
            }
        }
    }

    /// <summary>Goes on in memory when an error of the file means that the cache folder cannot hold an index.</summary>
    /// <param name="e">The error.</param>
    /// <param name="isReplaced">Whether it is of a file that was no longer the index, the last of many.</param>
    /// <returns>Whether that is so, and the index is in memory now: it may have been before, when several uses of the file met the error at
    /// once.</returns>
    public bool TryKeepInMemory(Exception e, bool isReplaced = false)
    {
        if (DiskErrors.IsOutOfFiles(e) || (isReplaced ? Removed : WhyNotInFile(e)) is not { } why)
            return false;
        lock (_gate)
        {
            if (_memory is not null)
                return true;
            var because =
                $"The index is kept in memory, because {(why == Locked ? "that in " : "")}the cache folder {cacheDirectory} {why}.";
            Volatile.Write(
                ref _memory,
                Begun(because, isForNow: why == Locked) ?? new MemoryIndex(because, null) { IsForNow = why == Locked }
            );
            LocalLog.IndexInMemory(_log, because);
            if (!_isNoticed)
                notice?.Invoke(because + " Everything works, but what is indexed now is indexed again next time.");
            _isNoticed = true;
            return true;
        }
    }

    /// <summary>Goes back to the file when the index is in memory because the file was locked, and it no longer is. Costs nothing while it
    /// is in its file.</summary>
    public void ReturnToFile()
    {
        if (Volatile.Read(ref _memory) is not { IsForNow: true } || !IsFree())
            return;
        lock (_gate)
        {
            if (_memory is not { IsForNow: true } memory)
                return;
            Volatile.Write(ref _memory, null);
            LocalLog.IndexInFile(_log);
            memory.Dispose(); // a call that still uses it keeps it until then
        }
    }

    // Does not wait.
    bool IsFree()
    {
        try
        {
            using var connection = Connected(
                new SqliteConnection(
                    new SqliteConnectionStringBuilder
                    {
                        DataSource = FilePath,
                        Mode = SqliteOpenMode.ReadWrite,
                        Pooling = false,
                    }.ToString()
                )
            );
            return raw.sqlite3_exec(connection.Handle, "BEGIN EXCLUSIVE; ROLLBACK") is not (Busy or SharedCacheLocked);
        }
        catch (SqliteException)
        {
            return true; // gone, or no database: its next opening sees to that
        }
    }

    static SqliteConnection Connected(SqliteConnection connection)
    {
        connection.Open();
        return connection;
    }

    // What the file knows is worth having, and has to be whole: of this version and this home.
    MemoryIndex? Begun(string because, bool isForNow)
    {
        MemoryIndex? memory = null;
        try
        {
            if (FileStat.TryGet(FilePath) is not { Size: > 0 })
                return null;
            memory = new MemoryIndex(because, FilePath) { IsForNow = isForNow };
            using var connection = memory.Open();
            if (Check(connection))
                return memory;
        }
        catch (Exception e) when (e is SqliteException or UnusableIndexException)
        {
            // Then it begins empty.
        }
        memory?.Dispose();
        return null;
    }

    // Of most of what a full disk refuses (a journal without an inode, a sync, a cut) SQLite says only that it failed, so the disk is
    // asked.
    string? WhyNotInFile(Exception e) =>
        e switch
        {
            _ when DiskErrors.IsFull(e) => NoSpace,
            SqliteException { SqliteErrorCode: Busy or SharedCacheLocked } => Locked,
            _ when DiskErrors.IsRefused(e) => DiskErrors.IsFull(Folder) ? NoSpace : "cannot be written",
            ReplacedIndexException => Removed,
            UnauthorizedAccessException or IOException or UnusableIndexException => "cannot be written",
            _ => null,
        };

    IndexConnection ConnectToFile()
    {
        for (var attempt = 0; ; attempt++)
        {
            var id = 0L;
            try
            {
                _ = presence?.MakeFolder(_files, Folder) ?? _files.CreateFolder(Folder);
                TightenOnce();
                var file = TheFile.Make();
                id = TheFile.Id;
                var connection = Prepared(Opened(file), id, _writing);
                if (IsStill(id))
                    return connection;
                connection.Dispose();
            }
            catch (Exception e)
                when (e is SqliteException or UnusableIndexException && !IsStill(id) || DiskErrors.IsGone(e) && FileStat.CanHold(Folder))
            {
                // An error of a file that is no longer the index, or of a folder that was removed meanwhile, is none.
            }
            catch (SqliteException e) when (IsUnusable(e) && attempt < 3)
            {
                SetAside(Damaged(e));
            }
            catch (UnusableIndexException) when (attempt < 3)
            {
                SetAside("it is of another version of Spool, or of another home");
            }
            if (attempt >= MostReplacements)
                throw new ReplacedIndexException();
        }
    }

    bool IsStill(long id) => id != 0 && TheFile.Id == id;

    IndexConnection Prepared(SqliteConnection connection, long id, Lock writing)
    {
        try
        {
            Prepare(connection, id <= InMemory);
            return new IndexConnection(connection)
            {
                FileId = id,
                Writing = writing,
                IsLeft = () => Volatile.Read(ref _memory) is { } memory && memory.Id != id,
                Leave = e => TryKeepInMemory(e),
            };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Gets what identifies the file, so that a connection to one that was deleted or replaced is noticed; 0 when there is
    /// none.</summary>
    public long FileId => Volatile.Read(ref _memory)?.Id ?? TheFile.Id;

    /// <summary>Says whether an error means that the file itself is bad.</summary>
    // corrupt, not a database, missing or other tables
    public static bool IsUnusable(SqliteException e) => e.SqliteErrorCode is 11 or 26 or 1;

    /// <summary>Translates an error of the index for which there is no way on.</summary>
    public ThreadStoreException Translate(SqliteException e) =>
        DiskErrors.IsOutOfFiles(e) ? DiskErrors.OutOfFiles(e)
        : !DiskErrors.IsFull(e)
            ? new(
                ThreadStoreErrorCode.Unavailable,
                "The index is busy or cannot be read; try again, or delete it: it is rebuilt by itself.",
                e
            )
        : InMemoryBecause is { } because
            ? new(
                ThreadStoreErrorCode.ResourceExhausted,
                because + " It has no more space there either; make room for it in the cache folder.",
                e
            )
        : new(
            ThreadStoreErrorCode.ResourceExhausted,
            $"The index has no space left in the cache folder {cacheDirectory}; free some, or choose another folder, and try again.",
            e
        );

    /// <summary>Closes an index in memory.</summary>
    public void Dispose() => _memory?.Dispose();

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

    // SQLite gives the files beside it the owner and the mode that it finds here. It makes none: one that is gone was replaced.
    SqliteConnection Opened(string file) =>
        Connected(
            new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = file,
                    Mode = SqliteOpenMode.ReadWrite,
                    Pooling = false,
                    DefaultTimeout = _patienceSeconds,
                }.ToString()
            )
        );

    void Prepare(SqliteConnection connection, bool isInMemory)
    {
        // No write-ahead log: its -shm file is mapped into memory, and a write to a mapping for which the disk has no space ends the
        // process (SIGBUS). A full disk is an error this way. Nothing else is mapped either. A transaction that outgrows the cache must not
        // lock readers out before it commits.
        Execute(connection, $"PRAGMA busy_timeout = {_patienceSeconds * 1000}");
        Execute(connection, isInMemory ? "PRAGMA journal_mode = MEMORY" : "PRAGMA journal_mode = TRUNCATE");
        Execute(connection, "PRAGMA synchronous = NORMAL");
        Execute(connection, "PRAGMA secure_delete = ON"); // what is deleted or replaced is overwritten, not only forgotten
        Execute(connection, "PRAGMA mmap_size = 0; PRAGMA cache_spill = OFF");
        Execute(connection, "PRAGMA temp_store = MEMORY");
        Execute(connection, "PRAGMA cache_size = -16000");
        connection.CreateFunction(
            "spool_contains",
            (byte[]? text, byte[] term) =>
                text is not null && FoldedText.Contains(Encoding.UTF8.GetString(text), Encoding.UTF8.GetString(term)),
            isDeterministic: true
        );
        using (connection.BeginTransaction(deferred: true)) // of one state of it: another connection may be making it
        {
            if (Check(connection))
                return;
        }
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
}
