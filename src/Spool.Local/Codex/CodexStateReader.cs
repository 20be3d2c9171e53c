using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Reads the rows of Codex's thread table, of whatever version: columns that a version does not have are null.</summary>
static class CodexStateReader
{
    static readonly string[] Wanted =
    [
        "id",
        "rollout_path",
        "title",
        "first_user_message",
        "name",
        "git_sha",
        "git_branch",
        "git_origin_url",
        "memory_mode",
        "updated_at_ms",
        "updated_at",
        "recency_at_ms",
        "recency_at",
        "archived_at",
    ];

    // Older rows hold seconds in the millisecond columns: anything before 2020 in milliseconds is seconds.
    const long FirstMillisecond = 1_577_836_800_000;

    /// <summary>Reads every row, or that of one thread.</summary>
    public static Dictionary<ThreadId, CodexThreadRow> Read(SqliteConnection connection, ThreadId? only)
    {
        var rows = new Dictionary<ThreadId, CodexThreadRow>();
        var columns = CodexStateWriter.ColumnsOf(connection, "threads");
        if (!columns.Contains("id"))
            return rows;
        var parents = ReadParents(connection, only);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the column names are the constants above
        command.CommandText =
            $"SELECT {string.Join(", ", Wanted.Select(name => columns.Contains(name) ? name : "NULL"))} FROM threads{(only is null ? "" : " WHERE id IN ($id, upper($id))")}";
#pragma warning restore CA2100
        if (only is { } threadId)
            command.Parameters.AddWithValue("$id", threadId.ToString());
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var text = Text(reader, 0);
            // Of rows that have one id in small letters and in capitals, which Codex takes for two, it is the one that Codex itself makes.
            if (!ThreadId.TryParse(text, out var id) || rows.ContainsKey(id) && text != id.ToString())
                continue;
            rows[id] = new CodexThreadRow
            {
                RolloutName = BoundedText.Of(Path.GetFileName(Text(reader, 1))),
                DistinctTitle =
                    Text(reader, 2)?.Trim() is { Length: > 0 } title && title != Text(reader, 3)?.Trim() ? BoundedText.Of(title) : null,
                Name = Bounded(reader, 4),
                GitInfo =
                    Text(reader, 5) is var sha
                    && Text(reader, 6) is var branch
                    && Text(reader, 7) is var url
                    && (sha ?? branch ?? url) is not null
                        ? new GitInfo(sha, branch, url).Bounded()
                        : null,
                MemoryMode = Bounded(reader, 8),
                UpdatedAtMs = Milliseconds(reader, 9) ?? Milliseconds(reader, 10),
                RecencyAtMs = Milliseconds(reader, 11) ?? Milliseconds(reader, 12),
                ArchivedAtMs = Milliseconds(reader, 13),
                ParentThreadId = BoundedText.Of(parents.GetValueOrDefault(id.ToString())),
            };
        }
        return rows;
    }

    static Dictionary<string, string> ReadParents(SqliteConnection connection, ThreadId? only)
    {
        var parents = new Dictionary<string, string>();
        if (
            CodexStateWriter.ColumnsOf(connection, "thread_spawn_edges") is var columns
            && !(columns.Contains("parent_thread_id") && columns.Contains("child_thread_id"))
        )
            return parents;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT child_thread_id, parent_thread_id FROM thread_spawn_edges WHERE $id IS NULL OR child_thread_id = $id";
        command.Parameters.AddWithValue("$id", only is { } threadId ? threadId.ToString() : DBNull.Value);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (Text(reader, 0) is { } child && Text(reader, 1) is { } parent)
                parents[child] = parent;
        }
        return parents;
    }

    static string? Bounded(SqliteDataReader reader, int column) => BoundedText.Of(Text(reader, column)?.Trim());

    static string? Text(SqliteDataReader reader, int column) => reader.GetValue(column) is string text ? text : null;

    static long? Milliseconds(SqliteDataReader reader, int column) =>
        reader.GetValue(column) is long value and > 0
            ? value < FirstMillisecond
                ? value * 1000
                : value
            : null;
}
