using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Spool;

// How an index file is thrown away: for good, or aside when it cannot be used.
sealed partial class IndexDatabase
{
    /// <summary>Removes what was deleted from where it is still kept: indexes that were set aside, and copies of Codex's database. The
    /// journal, which held pages as they were, is cut at every commit. An index in memory that stands in for a file without space removes
    /// that file.</summary>
    /// <returns>What is left.</returns>
    public IReadOnlyList<LeftBehind> Purge()
    {
        var left = new List<LeftBehind>();
        try
        {
            if (!Directory.Exists(Folder))
                return left; // everything that was cached was removed
            foreach (var file in Directory.EnumerateFiles(Folder, Path.GetFileName(TheFile.AsidePath) + "*"))
                File.Delete(file);
            TheFile.RemoveOthers();
            foreach (var copy in Directory.EnumerateDirectories(Folder, CodexStateFiles.CopyPrefix + "*"))
                Directory.Delete(copy, recursive: true);
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            // What was cached was removed.
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            left.Add(new LeftBehind("Older copies of the index in the cache folder", "they could not be removed"));
        }
        // To delete a file takes no space. One that another process keeps locked is that one's.
        if (Volatile.Read(ref _memory) is { } memory && FileStat.TryGet(FilePath) is not null && (memory.IsForNow || !TryDiscardFile()))
            left.Add(
                new LeftBehind(
                    "The index in the cache folder as it was before",
                    memory.IsForNow
                        ? "another process keeps it locked; the next command after that one ends removes the thread from it"
                        : "the folder cannot be written"
                )
            );
        return left;
    }

    bool TryDiscardFile()
    {
        try
        {
            TheFile.Discard();
            return true;
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            return false;
        }
    }

    /// <summary>Takes the file out of use, so that the next open makes a new one. Connections that are open keep the old one.</summary>
    /// <param name="why">What is wrong with it, for the log.</param>
    public void SetAside(string why)
    {
        try
        {
            TheFile.SetAside();
            LocalLog.IndexSetAside(_log, why);
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            // There is none.
        }
    }

    /// <summary>Says in words of the log that the file is damaged.</summary>
    public static string Damaged(SqliteException e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return string.Create(CultureInfo.InvariantCulture, $"it is damaged (SQLite error {e.SqliteErrorCode})");
    }

    /// <summary>Throws the index away: the file, and what was set aside; or what is in memory. Connections that are open keep what they
    /// had.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            if (_memory is { } memory)
            {
                Volatile.Write(ref _memory, new MemoryIndex(memory.Because, null));
                memory.Dispose();
                return;
            }
        }
        try
        {
            TheFile.Discard();
        }
        catch (Exception e) when (DiskErrors.IsGone(e))
        {
            // There never was one.
        }
        catch (Exception e) when (TryKeepInMemory(e))
        {
            // A file that cannot be removed is left alone, and so is what is in it.
            Discard();
        }
    }

    /// <summary>Says whether there is a file that knows threads. Makes none.</summary>
    public bool KnowsThreads()
    {
        if (FileStat.TryGet(FilePath) is not { Size: > 0 })
            return false;
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = FilePath,
                    Mode = SqliteOpenMode.ReadOnly,
                    Pooling = false,
                    DefaultTimeout = _patienceSeconds,
                }.ToString()
            );
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT EXISTS (SELECT 1 FROM rollouts WHERE thread_id IS NOT NULL)";
            return command.ExecuteScalar() is 1L;
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
