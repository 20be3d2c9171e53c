using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Removes everything of a thread from all of Codex's databases, so that the bytes are gone as well and not only the
/// rows.</summary>
/// <remarks>
/// Which tables there are differs from release to release, so the tables say themselves: rows whose <c>thread_id</c> is the thread or one
/// of its rollouts belong to it. The database of threads goes last, and in it the row of the thread: a deletion that dies before finds it
/// and goes on. Each database is one transaction. Afterwards its write-ahead log, which holds pages as they were, is written back and
/// emptied; when another program is in the middle of reading it that is left alone, and said.
/// </remarks>
/// <param name="databases">Where the databases are. What an earlier setting left in the home counts as well.</param>
/// <param name="patience">How long to wait for another program's transaction.</param>
[SuppressMessage(
    "Security",
    "CA2100",
    Justification = "Statements are made of constants and of the names of tables that the database has."
)]
sealed partial class CodexRowRemoval(CodexDatabases databases, TimeSpan patience)
{
    const string Threads = "threads";
    const long MostRewritten = 64 * 1024 * 1024;

    // How the tables of all releases name the thread that a row belongs to.
    static readonly (string? Table, string Column)[] Owners =
    [
        (null, "thread_id"),
        ("thread_spawn_edges", "child_thread_id"),
        ("jobs", "job_key"),
        (Threads, "id"),
    ];

    /// <summary>Says whether any database has a row of a thread, as far as they can be read.</summary>
    public bool Has(ThreadId threadId)
    {
        var ids = new[] { threadId };
        foreach (var database in Files())
        {
            try
            {
                using var connection = Open(database);
                if (Tables(connection).Any(table => Count(connection, table, ids) > 0))
                    return true;
            }
            catch (Exception e) when (CodexStateWriter.IsRefusal(e))
            {
                // The receipt says so.
            }
        }
        return false;
    }

    /// <summary>Says whether a database or its write-ahead log has the id of a thread in it: a row of another thread may quote it, or a
    /// deletion that died has left it.</summary>
    public bool MayHaveRemains(ThreadId threadId)
    {
        try
        {
            return Files().Any(database => HasText(database, [threadId]));
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return false; // the receipt says so
        }
    }

    /// <summary>Removes everything of a thread.</summary>
    /// <param name="ids">The thread and its rollouts.</param>
    /// <param name="isRepeated">Whether an earlier deletion may have died between the rows and the free space in which they were: then that
    /// is cleaned wherever there is any.</param>
    public CodexRemoval Remove(IReadOnlyCollection<ThreadId> ids, bool isRepeated = false)
    {
        var rows = 0;
        var (left, mentions) = (new List<LeftBehind>(), new List<LeftBehind>());
        var cleaned = 0;
        foreach (var database in Files())
        {
            var name = Path.GetFileName(database);
            try
            {
                var known = left.Count;
                var hadText = HasText(database, ids);
                rows += Remove(database, name, ids, isRepeated, left);
                cleaned += hadText && !HasText(database, ids) ? 1 : 0;
                // Of what is left in free space, or for others who read, was said already.
                if (left.Count == known && Mentions(database, ids))
                    mentions.Add(
                        new LeftBehind($"Codex's database {name}, which names the thread", "rows of other threads do, or of none")
                    );
            }
            catch (Exception e) when (CodexStateWriter.IsRefusal(e))
            {
                left.Add(
                    new LeftBehind($"What Codex's database {name} holds of the thread", CodexWarnings.WhyNot(CodexStateWriter.StateOf(e))!)
                );
            }
        }
        var hadRemains = rows > 0 || cleaned > 0 || left.Count > 0;
        if (databases.IsExpected && !File.Exists(databases.State))
            left.Add(
                new LeftBehind("The row of the thread in Codex's own database, if it has one", CodexWarnings.WhyNot(CodexRowState.Missing)!)
            );
        return new CodexRemoval(rows, hadRemains, [.. left, .. mentions]);
    }

    int Remove(string database, string name, IReadOnlyCollection<ThreadId> ids, bool isRepeated, List<LeftBehind> left)
    {
        if (FileStat.TryGet(database) is null)
            throw new IOException("It is no regular file.");
        using var connection = Open(database);
        var tables = Tables(connection);
        var hasRows = tables.Any(table => Count(connection, table, ids) > 0);
        if (!hasRows && !HasText(database, ids) && !(isRepeated && Number(connection, "PRAGMA freelist_count") > 0))
            return 0;
        var rows = 0;
        CodexStateWriter.Execute(connection, "BEGIN IMMEDIATE");
        foreach (var table in tables)
            rows += Run(connection, table, "DELETE FROM", ids, command => command.ExecuteNonQuery());
        CodexStateWriter.Execute(connection, "COMMIT");
        // Pages that became free leave the file, where the database was made for it, as Codex's are.
        CodexStateWriter.Execute(connection, "PRAGMA incremental_vacuum(10000)");
        left.AddRange(Scrub(connection, database, name, ids));
        return rows;
    }

    static bool Mentions(string database, IReadOnlyCollection<ThreadId> ids) =>
        FilesOf(database).Any(file => FileStat.TryGet(file) is { Size: > 0 } && ids.Any(id => FileText.Contains(file, id.ToString())));

    /// <summary>Gives the paths of all of Codex's databases. An empty file is a database that was never used.</summary>
    public IEnumerable<string> Files() =>
        ((string[])[databases.Folder, databases.Layout.Home])
            .Distinct(StringComparer.Ordinal)
            .Where(Directory.Exists)
            .SelectMany(NamesIn)
            .Where(path => NameOfDatabase().IsMatch(Path.GetFileName(path)) && FileStat.TryGet(path) is null or { Size: > 0 })
            .OrderBy(path => Path.GetFileName(path).StartsWith("state", StringComparison.Ordinal))
            .ThenBy(path => path, StringComparer.Ordinal);

    // In a folder whose names may not be read there may be all that Codex makes, and a deletion that tries hears that it is not accessible.
    string[] NamesIn(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*.sqlite");
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return [Path.Combine(folder, Path.GetFileName(databases.History)), Path.Combine(folder, Path.GetFileName(databases.State))];
        }
    }

    // Not pooled: when no other program has the database open, closing it leaves no write-ahead log behind.
    SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = database,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
                ForeignKeys = true,
                DefaultTimeout = Math.Max(1, (int)patience.TotalSeconds),
            }.ToString()
        );
        try
        {
            connection.Open();
            SqlTime.Limit(connection, SqlTime.LongestChange(patience));
            CodexStateWriter.Execute(connection, "PRAGMA secure_delete = ON");
            CodexStateWriter.Execute(connection, "PRAGMA synchronous = FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The table of threads comes last.
    static List<(string Table, string Column)> Tables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT t.name, c.name FROM pragma_table_list AS t, pragma_table_info(t.name) AS c WHERE t.schema = 'main' AND t.type = 'table'";
        using var reader = command.ExecuteReader();
        var tables = new List<(string, string)>();
        while (reader.Read())
        {
            var (table, column) = (reader.GetString(0), reader.GetString(1));
            if (Owners.Any(owner => (owner.Table ?? table) == table && owner.Column == column))
                tables.Add((table, column));
        }
        return [.. tables.OrderBy(table => table.Item1 == Threads)];
    }

    static int Count(SqliteConnection connection, (string Table, string Column) table, IReadOnlyCollection<ThreadId> ids) =>
        Run(
            connection,
            table,
            "SELECT count(*) FROM",
            ids,
            command => Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture)
        );

    // An id is the same in capitals. To look through the column alone an index of it is enough; the rows are then found by what it really
    // has.
    static int Run(
        SqliteConnection connection,
        (string Table, string Column) table,
        string what,
        IReadOnlyCollection<ThreadId> ids,
        Func<SqliteCommand, int> run
    )
    {
        using var command = connection.CreateCommand();
        var list = string.Join(", ", ids.Select((_, i) => FormattableString.Invariant($"$id{i}")));
        command.CommandText =
            $"{what} \"{table.Table}\" WHERE \"{table.Column}\" IN (SELECT \"{table.Column}\" FROM \"{table.Table}\" WHERE \"{table.Column}\" COLLATE NOCASE IN ({list}))";
        foreach (var (id, i) in ids.Select((id, i) => (id, i)))
            command.Parameters.AddWithValue(FormattableString.Invariant($"$id{i}"), id.ToString());
        return run(command);
    }

    // Rows that Codex changed left their earlier states in the free space of pages. They begin with the id, so a file without it has none
    // of them; other rows may name the id as well, and then the file is written anew for nothing. Codex does that itself when it starts,
    // and waits as long for others as that takes for a file of this size.
    static IEnumerable<LeftBehind> Scrub(SqliteConnection connection, string database, string name, IReadOnlyCollection<ThreadId> ids)
    {
        var isEmpty = TryEmptyLog(connection);
        var isLarge = FileStat.TryGet(database) is { Size: > MostRewritten };
        if (
            Number(connection, "PRAGMA freelist_count") > 0
            || HasText(database, ids)
            || isLarge && ids.Any(id => FileText.Contains(database, id.ToString()))
        )
        {
            if (isLarge)
                yield return new LeftBehind(
                    $"Earlier states of the thread's rows in free space of Codex's database {name}, if there are any",
                    "the database is large, and to write it anew would hold Codex up; the command VACUUM of SQLite does it"
                );
            else if (TryRewrite(connection))
                isEmpty = TryEmptyLog(connection);
            else
                yield return new LeftBehind(
                    $"Earlier states of the thread's rows in free space of Codex's database {name}, if there are any",
                    "another program is reading the database; repeat the command to try again"
                );
        }
        if (!isEmpty)
            yield return new LeftBehind(
                $"Pages of Codex's database {name} as they were before, in it and in {name}-wal",
                "a program that has the database open is reading it; repeat the command when it has ended"
            );
    }

    // A reader of the same moment does not hinder it where the database has a write-ahead log: what was read is then overwritten when the
    // log is written back.
    static bool TryRewrite(SqliteConnection connection)
    {
        try
        {
            CodexStateWriter.Execute(connection, "VACUUM");
            return true;
        }
        catch (Exception e) when (CodexStateWriter.IsRefusal(e) && CodexStateWriter.StateOf(e) == CodexRowState.Locked)
        {
            return false;
        }
    }

    // A database that is too large to be written anew is not searched: nothing would come of it.
    static bool HasText(string database, IReadOnlyCollection<ThreadId> ids) =>
        FilesOf(database)
            .Any(file =>
                FileStat.TryGet(file) is { Size: > 0 and var size }
                && (size <= MostRewritten || file != database)
                && ids.Any(id => FileText.Contains(file, id.ToString()))
            );

    static string[] FilesOf(string database) => [database, database + "-wal"];

    // One attempt that does not wait: a program that writes at this moment is not held up.
    static bool TryEmptyLog(SqliteConnection connection) => Number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(state|thread_history|goals|memories|queue|logs)(_\d+)?\.sqlite$")]
    private static partial Regex NameOfDatabase();
}

/// <summary>What was removed from Codex's databases.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="HadRemains">Whether something of the thread was there that is gone now, or could not be removed.</param>
/// <param name="Left">What is left, and why.</param>
sealed record CodexRemoval(int Rows, bool HadRemains, IReadOnlyList<LeftBehind> Left);
