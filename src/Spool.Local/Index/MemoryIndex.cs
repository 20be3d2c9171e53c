using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>An index that lives in memory, for as long as its store is open, because the cache folder cannot hold one or another process
/// keeps it locked.</summary>
sealed class MemoryIndex : IDisposable
{
    static long _made;

    readonly string _source = $"file:/spool-index-{Path.GetRandomFileName()}?vfs=memdb";
    readonly SqliteConnection _keeper; // the database goes with its last connection

    /// <summary>Makes an index.</summary>
    /// <param name="because">Why it is not in a file, as a sentence.</param>
    /// <param name="file">An index in a file, which it begins with when that can be read, or null.</param>
    public MemoryIndex(string because, string? file)
    {
        Because = because;
        _keeper = Open();
        if (file is not null)
            CopyFrom(file);
    }

    /// <summary>Gets what tells it from every other one, as <see cref="IndexDatabase.FileId"/>.</summary>
    public long Id { get; } = IndexDatabase.InMemory - Interlocked.Increment(ref _made);

    /// <summary>Gets what its connections take turns with to write.</summary>
    public Lock Writing { get; } = new();

    /// <summary>Gets why the index is not in a file.</summary>
    public string Because { get; }

    /// <summary>Gets whether it stands in for a file that another process keeps locked, only until that ends.</summary>
    public bool IsForNow { get; init; }

    /// <summary>Opens one more connection.</summary>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = _source,
                Pooling = false,
                DefaultTimeout = (int)IndexDatabase.DefaultPatience.TotalSeconds,
            }.ToString()
        );
        connection.Open();
        return connection;
    }

    /// <inheritdoc/>
    public void Dispose() => _keeper.Dispose();

    void CopyFrom(string file)
    {
        using var source = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
                DefaultTimeout = 1,
            }.ToString()
        );
        source.Open();
        source.BackupDatabase(_keeper);
    }
}
