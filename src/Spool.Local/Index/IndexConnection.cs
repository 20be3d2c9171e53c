using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>One connection to the index with its prepared statements. Used by one thread at a time.</summary>
sealed class IndexConnection(SqliteConnection connection) : IDisposable
{
    const int Busy = 5; // SQLITE_BUSY

    readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    bool _isInTransaction;

    /// <summary>Gets what identifies the index, as <see cref="IndexDatabase.FileId"/>.</summary>
    public required long FileId { get; init; }

    /// <summary>Gets what the connections of a store take turns with to write. SQLite has no queue: it asks again and again, and would take
    /// a store's own busy connections for a process that does not go on.</summary>
    public required Lock Writing { get; init; }

    /// <summary>Gets what says whether another index, in memory, has taken the place of this one because it cannot be written.</summary>
    public required Func<bool> IsLeft { get; init; }

    /// <summary>Gets what puts one in memory in the place of this one, after an error that says that it has to.</summary>
    public required Action<SqliteException> Leave { get; init; }

    /// <summary>Gets whether it is to an index in memory.</summary>
    public bool IsInMemory => FileId <= IndexDatabase.InMemory;

    /// <summary>Gives a prepared statement with parameters <c>$1</c>, <c>$2</c>, … set. It stays valid until the next use of the same
    /// text.</summary>
    public SqliteCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // statements are constants, or put together from constants
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + (i + 1) });
            _commands.Add(sql, command);
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    /// <summary>Runs a statement.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Command(sql, values).ExecuteNonQuery();

    /// <summary>Gives the first value of the first row, or null.</summary>
    public object? Scalar(string sql, params ReadOnlySpan<object?> values) =>
        Command(sql, values).ExecuteScalar() is var value and not DBNull ? value : null;

    /// <summary>Gives every row.</summary>
    public List<T> Query<T>(Func<SqliteDataReader, T> read, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Command(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs an action as one transaction that holds the write lock from its beginning.</summary>
    public void Write(Action action)
    {
        TryWrite(() =>
        {
            action();
            return true;
        });
    }

    /// <summary>Runs work as one transaction that holds the write lock from its beginning, and takes it back when the work says
    /// so.</summary>
    /// <param name="work">Says whether what it did stays.</param>
    /// <returns>Whether it stays.</returns>
    public bool TryWrite(Func<bool> work)
    {
        lock (Writing)
            return InTurn(() => Transact("BEGIN IMMEDIATE", work, stays => stays));
    }

    /// <summary>Runs work for which others of the store wait meanwhile, each with a connection of its own: who waited for a process that
    /// does not go on waited for all who come behind.</summary>
    /// <exception cref="SqliteException">The use has to begin again, because the index is in memory by now; and every error of the
    /// work.</exception>
    public T InTurn<T>(Func<T> work)
    {
        if (IsLeft())
            throw new SqliteException("The index is in memory by now.", Busy);
        try
        {
            return work();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Busy && !IsInMemory)
        {
            Leave(e);
            throw;
        }
    }

    /// <summary>Runs reads over one state of the index. What runs in another one runs over the state of that.</summary>
    /// <remarks>The key of a row means that row in this state alone: later it may be another one's, or the index another one.</remarks>
    public T Read<T>(Func<T> read) => _isInTransaction ? read() : Transact("BEGIN", read);

    T Transact<T>(string begin, Func<T> work, Func<T, bool>? stays = null)
    {
        Execute(begin);
        _isInTransaction = true;
        try
        {
            var answer = work();
            Execute(stays?.Invoke(answer) == false ? "ROLLBACK" : "COMMIT");
            return answer;
        }
        catch
        {
            try
            {
                Execute("ROLLBACK");
            }
            catch (SqliteException)
            {
                // The first error says what happened; a disk that is full or fails has ended the transaction already.
            }
            throw;
        }
        finally
        {
            _isInTransaction = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        connection.Dispose();
    }
}
