using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Changes single columns of a thread's row in Codex's own database, where Codex looks at nothing else. It never makes a database,
/// a table or a row.</summary>
/// <param name="databases">Where the database is.</param>
/// <param name="patience">How long to wait for another program's transaction.</param>
sealed class CodexStateWriter(CodexDatabases databases, TimeSpan patience)
{
    const int Busy = 5;
    const int Locked = 6;
    const int Corrupt = 11;
    const int NotADatabase = 26;

    /// <summary>How long to wait by default: as long as Codex itself.</summary>
    public static TimeSpan DefaultPatience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Begins to change the row of a thread. The caller disposes the edit; it holds the write lock of the database until
    /// then.</summary>
    /// <param name="threadId">The thread.</param>
    public CodexRowEdit Begin(ThreadId threadId)
    {
        if (FileStat.TryGet(databases.State) is not { Size: > 0 })
        {
            return CodexRowEdit.Without(
                FileStat.KindOf(databases.State) switch
                {
                    PlaceKind.Nothing or PlaceKind.File => databases.IsExpected ? CodexRowState.Missing : CodexRowState.NoDatabase,
                    PlaceKind.Unknown => CodexRowState.NotWritable,
                    _ => CodexRowState.NoFile,
                }
            );
        }
        SqliteConnection? connection = null;
        try
        {
            connection = Open();
            var columns = ColumnsOf(connection, "threads");
            if (!columns.Contains("id"))
                throw new FormatException("There is no table of threads.");
            Execute(connection, "BEGIN IMMEDIATE");
            return new CodexRowEdit(connection, columns, threadId);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            connection?.Dispose();
            return CodexRowEdit.Without(StateOf(e));
        }
    }

    /// <summary>Says whether an exception means that the database cannot be used.</summary>
    public static bool IsRefusal(Exception e) =>
        e is SqliteException or IOException or UnauthorizedAccessException or InvalidCastException or FormatException;

    /// <summary>Says what an exception means.</summary>
    public static CodexRowState StateOf(Exception e) =>
        e switch
        {
            SqliteException { SqliteErrorCode: Busy or Locked } => CodexRowState.Locked,
            SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => CodexRowState.Damaged,
            _ when DiskErrors.IsFull(e) => CodexRowState.NoSpace,
            _ when DiskErrors.IsFromDisk(e) || DiskErrors.IsRefused(e) => CodexRowState.NotWritable,
            _ => CodexRowState.UnknownForm,
        };

    /// <summary>Gives the columns of a table; none when there is no such table.</summary>
    /// <exception cref="FormatException">There is something else of that name: a view, which may be a query without an end.</exception>
    public static HashSet<string> ColumnsOf(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT c.name, t.type FROM pragma_table_list($table) AS t, pragma_table_info($table) AS c WHERE t.schema = 'main'";
        command.Parameters.AddWithValue("$table", table);
        using var reader = command.ExecuteReader();
        var columns = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
            columns.Add(reader.GetString(1) == "table" ? reader.GetString(0) : throw new FormatException($"{table} is no table."));
        return columns;
    }

    /// <summary>Runs a statement.</summary>
    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // only constants get here
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    // Not pooled: when no other program has the database open, closing it leaves no write-ahead log behind.
    SqliteConnection Open()
    {
        var seconds = Math.Max(1, (int)patience.TotalSeconds);
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = databases.State,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
                ForeignKeys = true,
                DefaultTimeout = seconds,
            }.ToString()
        );
        try
        {
            connection.Open();
            SqlTime.Limit(connection, SqlTime.LongestChange(patience));
            Execute(connection, "PRAGMA synchronous = FULL");
            Execute(connection, "PRAGMA secure_delete = ON"); // what a change replaces is overwritten, not only forgotten
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

/// <summary>What there is of a thread in Codex's database.</summary>
enum CodexRowState
{
    /// <summary>There is no database, and nothing says that there should be one.</summary>
    NoDatabase,

    /// <summary>There is no database where it should be, so it may be somewhere else.</summary>
    Missing,

    /// <summary>The database has no row of the thread.</summary>
    NoRow,

    /// <summary>There is a row, and it can be changed.</summary>
    Row,

    /// <summary>Another program kept the database locked.</summary>
    Locked,

    /// <summary>The file is damaged, or no database.</summary>
    Damaged,

    /// <summary>There is no space left for the change.</summary>
    NoSpace,

    /// <summary>Something that is no file is in its place.</summary>
    NoFile,

    /// <summary>It may not be written, or its disk fails.</summary>
    NotWritable,

    /// <summary>It is a database, but not one as we know it.</summary>
    UnknownForm,
}
