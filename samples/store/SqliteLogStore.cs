using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Spool;
using Spool.Storage;

/// <summary>Threads in one table of SQLite: (log, line) is the key, so that of two who append at one place one is refused.</summary>
public sealed class SqliteLogStore : LogStoreBase
{
    readonly string _connection;

    public SqliteLogStore(string file, LogStoreOptions? options = null)
        : base(options)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString();
        Run("PRAGMA journal_mode = WAL");
        Run("CREATE TABLE IF NOT EXISTS lines (log TEXT, line INTEGER, bytes BLOB, PRIMARY KEY (log, line)) WITHOUT ROWID");
    }

    /// <summary>Opens another store over the same threads in this process: the two know of each other's writers.</summary>
    public SqliteLogStore(SqliteLogStore other)
        : base(other) => _connection = other._connection;

    protected override IAsyncEnumerable<LogLength> ListLogsAsync(CancellationToken cancellationToken) =>
        Rows("SELECT log, COUNT(*) FROM lines GROUP BY log", row => new LogLength(ThreadId.Parse(row.GetString(0)), row.GetInt64(1)))
            .ToAsyncEnumerable();

    protected override ValueTask<long> CountLinesAsync(ThreadId log, CancellationToken cancellationToken) =>
        new(Rows("SELECT COUNT(*) FROM lines WHERE log = @0", row => row.GetInt64(0), log.ToString()).Single());

    protected override async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLinesAsync(
        ThreadId log,
        long first,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        const string sql = "SELECT bytes FROM lines WHERE log = @0 AND line >= @1 ORDER BY line LIMIT 100";
        List<byte[]> lines;
        for (; (lines = Rows(sql, row => row.GetFieldValue<byte[]>(0), log.ToString(), first)).Count > 0; first += lines.Count)
            foreach (var line in lines)
                yield return line;
        await Task.CompletedTask;
    }

    protected override ValueTask<bool> AppendLinesAsync(
        ThreadId log,
        long expected,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        Durability durability, // a transaction is on the disk when it ends, which is more than any of them asks for
        CancellationToken cancellationToken
    )
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var id = log.ToString();
        if ((long)Command(connection, "SELECT COUNT(*) FROM lines WHERE log = @0", id).ExecuteScalar()! != expected)
            return new(false);
        for (var line = 0; line < lines.Count; line++)
            Command(connection, "INSERT INTO lines VALUES (@0, @1, @2)", id, expected + line, lines[line].ToArray()).ExecuteNonQuery();
        transaction.Commit();
        return new(true);
    }

    protected override ValueTask RemoveLinesAsync(ThreadId log, CancellationToken cancellationToken)
    {
        Run("DELETE FROM lines WHERE log = @0", log.ToString());
        return default;
    }

    SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        Command(connection, "PRAGMA synchronous = FULL").ExecuteNonQuery();
        return connection;
    }

    void Run(string sql, params object[] values) => Rows(sql, row => 0, values);

    List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params object[] values)
    {
        using var connection = Open();
        using var rows = Command(connection, sql, values).ExecuteReader();
        var all = new List<T>();
        while (rows.Read())
            all.Add(read(rows));
        return all;
    }

    static SqliteCommand Command(SqliteConnection connection, string sql, params object[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var value = 0; value < values.Length; value++)
            command.Parameters.AddWithValue($"@{value}", values[value]);
        return command;
    }
}
