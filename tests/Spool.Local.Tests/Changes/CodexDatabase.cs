using Microsoft.Data.Sqlite;

namespace Spool.Local.Tests;

/// <summary>A database as Codex has it, of an older or a newer release, as far as changes are concerned.</summary>
sealed class CodexDatabase(string folder)
{
    const string Older = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE threads (id TEXT PRIMARY KEY, rollout_path TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, title TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0,
            archived_at INTEGER, git_sha TEXT, git_branch TEXT, git_origin_url TEXT, first_user_message TEXT NOT NULL DEFAULT '', memory_mode TEXT NOT NULL DEFAULT 'enabled',
            created_at_ms INTEGER, updated_at_ms INTEGER);
        CREATE TRIGGER threads_updated_at_ms_after_update AFTER UPDATE OF updated_at ON threads WHEN NEW.updated_at <> OLD.updated_at AND NEW.updated_at_ms IS OLD.updated_at_ms
            BEGIN UPDATE threads SET updated_at_ms = NEW.updated_at * 1000 WHERE id = NEW.id; END;
        CREATE TABLE thread_dynamic_tools (thread_id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (thread_id, position),
            FOREIGN KEY (thread_id) REFERENCES threads (id) ON DELETE CASCADE);
        CREATE TABLE thread_spawn_edges (parent_thread_id TEXT NOT NULL, child_thread_id TEXT NOT NULL PRIMARY KEY, status TEXT NOT NULL);
        """;

    const string Newer =
        Older
        + """
            ALTER TABLE threads ADD COLUMN history_mode TEXT NOT NULL DEFAULT 'legacy';
            ALTER TABLE threads ADD COLUMN name TEXT;
            ALTER TABLE threads ADD COLUMN preview TEXT NOT NULL DEFAULT '';
            """;

    public CodexDatabase(TempHome home)
        : this(home.Path) { }

    public string FilePath => Path.Combine(folder, "state_5.sqlite");

    public CodexDatabase Create(bool isNewer = true)
    {
        Execute(isNewer ? Newer : Older);
        return this;
    }

    /// <summary>Adds the row of a thread, with tools and an edge.</summary>
    public CodexDatabase Add(ThreadId threadId, string rollout, string message = "hello", string historyMode = "legacy")
    {
        Execute(
            $"""
            INSERT INTO threads (id, rollout_path, created_at, updated_at, title, first_user_message, created_at_ms, updated_at_ms)
                VALUES ('{threadId}', '{rollout}', 1777540500, 1777540501, '{message}', '{message}', 1777540500120, 1777540501120);
            INSERT INTO thread_dynamic_tools VALUES ('{threadId}', 0, 'tool');
            INSERT INTO thread_spawn_edges VALUES ('parent', '{threadId}', 'open');
            """
        );
        if (historyMode != "legacy")
            Execute($"UPDATE threads SET history_mode = '{historyMode}' WHERE id = '{threadId}'");
        return this;
    }

    /// <summary>Gives every row of a table, a line each, with the names of the columns that hold something.</summary>
    public List<string> Rows(string table = "threads")
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table} ORDER BY 1";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(
                string.Join(
                    ' ',
                    Enumerable
                        .Range(0, reader.FieldCount)
                        .Where(i => !reader.IsDBNull(i))
                        .Select(i => $"{reader.GetName(i)}={reader.GetValue(i)}")
                )
            );
        return rows;
    }

    /// <summary>Gives what differs between two states of a table's only row.</summary>
    public static string Difference(string before, string after)
    {
        var old = before.Split(' ').ToHashSet();
        return string.Join(' ', after.Split(' ').Where(part => !old.Contains(part)));
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = FilePath, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
