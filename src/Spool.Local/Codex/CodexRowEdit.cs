using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>A change of one thread's row in Codex's database, as one transaction: nothing is changed before <see cref="Commit"/>.</summary>
/// <remarks>Whatever the database refuses ends the transaction and is remembered in <see cref="State"/>; nothing is thrown.</remarks>
[SuppressMessage("Security", "CA2100", Justification = "Statements are made of constants and of the names of columns that the table has.")]
sealed class CodexRowEdit : IDisposable
{
    readonly HashSet<string> _columns = [];
    readonly string _id = "";
    readonly Dictionary<string, object?> _row = new(StringComparer.Ordinal);
    readonly Dictionary<string, object?> _changes = new(StringComparer.Ordinal);
    SqliteConnection? _connection;

    /// <summary>Begins inside a transaction.</summary>
    /// <param name="connection">The connection, which it closes.</param>
    /// <param name="columns">The columns of the table.</param>
    /// <param name="threadId">The thread.</param>
    public CodexRowEdit(SqliteConnection connection, HashSet<string> columns, ThreadId threadId)
    {
        _connection = connection;
        _columns = columns;
        _id = threadId.ToString();
        State = CodexRowState.NoRow;
        if (RowOf(threadId) is { Count: > 0 } row)
        {
            _row = row;
            State = CodexRowState.Row;
        }
    }

    CodexRowEdit(CodexRowState state) => State = state;

    /// <summary>Gets what there is.</summary>
    public CodexRowState State { get; private set; }

    /// <summary>Gets whether there is a row that can be changed.</summary>
    public bool HasRow => State == CodexRowState.Row;

    /// <summary>Makes the edit of a database that cannot be edited.</summary>
    public static CodexRowEdit Without(CodexRowState state) => new(state);

    /// <summary>Says whether the table has a column.</summary>
    public bool HasColumn(string name) => _columns.Contains(name);

    /// <summary>Gives a text of the row, or null.</summary>
    public string? Text(string column) => _row.GetValueOrDefault(column) as string;

    /// <summary>Gives a number of the row, or null.</summary>
    public long? Number(string column) => _row.GetValueOrDefault(column) as long?;

    /// <summary>Notes a new value. One that the row has already, and one for a column that the table does not have, is passed
    /// over.</summary>
    public void Set(string column, object? value)
    {
        if (HasRow && HasColumn(column) && !Equals(_row.GetValueOrDefault(column), value))
            _changes[column] = value;
    }

    /// <summary>Gives every column of a thread's row; none when there is no row.</summary>
    public Dictionary<string, object?> RowOf(ThreadId threadId)
    {
        var row = new Dictionary<string, object?>(StringComparer.Ordinal);
        Try(() =>
        {
            using var command = Command("SELECT * FROM threads WHERE id = $id", threadId.ToString());
            using var reader = command.ExecuteReader();
            if (!reader.Read())
                return;
            for (var i = 0; i < reader.FieldCount; i++)
                row[reader.GetName(i)] = reader.GetValue(i) is var value and not DBNull ? value : null;
        });
        return row;
    }

    /// <summary>Makes the row of a thread that has none, when it is committed. A table that is not as it is known is left alone, and the
    /// state says so.</summary>
    /// <param name="values">A value for each column; those that the table does not have are passed over.</param>
    public void Insert(Dictionary<string, object?> values)
    {
        if (State != CodexRowState.NoRow)
            return;
        Try(() =>
        {
            if (!CodexNewRow.Needed.All(HasColumn) || RequiredColumns().Any(column => !values.ContainsKey(column)))
                throw new FormatException("The table of threads is not as it is known.");
            var columns = values.Where(value => HasColumn(value.Key)).ToList();
            using var insert = Command(
                $"INSERT INTO threads ({string.Join(", ", columns.Select(column => column.Key))}) VALUES ({string.Join(", ", columns.Select((_, i) => NameOf(i)))})"
            );
            foreach (var (column, i) in columns.Select((column, i) => (column, i)))
                insert.Parameters.AddWithValue(NameOf(i), column.Value ?? DBNull.Value);
            insert.ExecuteNonQuery();
            State = CodexRowState.Row;
        });
    }

    /// <summary>Stores what was noted; the row must still be what it was, which the transaction ensures.</summary>
    /// <returns>Whether the row, if there is one, is now as it was asked for.</returns>
    public bool Commit()
    {
        Try(() =>
        {
            if (_changes.Count > 0)
            {
                using var update = Command(
                    $"UPDATE threads SET {string.Join(", ", _changes.Keys.Select((column, i) => $"{column} = {NameOf(i)}"))} WHERE id = $id"
                );
                foreach (var (value, i) in _changes.Values.Select((value, i) => (value, i)))
                    update.Parameters.AddWithValue(NameOf(i), value ?? DBNull.Value);
                update.ExecuteNonQuery();
            }
            CodexStateWriter.Execute(_connection!, "COMMIT");
        });
        return State is CodexRowState.Row or CodexRowState.NoRow or CodexRowState.NoDatabase or CodexRowState.Missing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection?.Dispose(); // what was not committed is rolled back
        _connection = null;
    }

    static string NameOf(int parameter) => string.Create(CultureInfo.InvariantCulture, $"$v{parameter}");

    List<string> RequiredColumns()
    {
        using var command = Command("SELECT name FROM pragma_table_info('threads') WHERE \"notnull\" <> 0 AND dflt_value IS NULL");
        using var reader = command.ExecuteReader();
        var columns = new List<string>();
        while (reader.Read())
            columns.Add(reader.GetString(0));
        return columns;
    }

    SqliteCommand Command(string sql) => Command(sql, _id);

    SqliteCommand Command(string sql, string id)
    {
        var command = _connection!.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$id", id);
        return command;
    }

    void Try(Action action)
    {
        if (_connection is null)
            return;
        try
        {
            action();
        }
        catch (Exception e) when (CodexStateWriter.IsRefusal(e))
        {
            State = CodexStateWriter.StateOf(e);
            Dispose();
        }
    }
}
