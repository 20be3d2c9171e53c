using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>The rows of rollouts.</summary>
/// <param name="connection">The connection.</param>
sealed class RolloutTable(IndexConnection connection)
{
    const string Columns = "key, path, size, modified_ns, inode, changed_ns, claimed_id, rollout_id, state, state_reason, scan, tracker, overlay, preview, inherited";

    /// <summary>The columns of a thread as lists show it, for <see cref="ListedOf"/>.</summary>
    public const string ListedColumns = Columns + ", thread_id, condition, shown_reason";

    /// <summary>Gives the stamp of every rollout that is known, by path.</summary>
    public Dictionary<string, KnownRollout> LoadKnown()
    {
        using var reader = connection.Command("SELECT key, path, size, modified_ns, inode, changed_ns FROM rollouts").ExecuteReader();
        var known = new Dictionary<string, KnownRollout>(StringComparer.Ordinal);
        while (reader.Read())
            {
            var path = reader.GetString(1);
            known.Add(path, new KnownRollout(reader.GetInt64(0), path, StampOf(reader, 2)));
        }
        return known;
    }

    /// <summary>Gives the stamp of one rollout, if it is known.</summary>
    public KnownRollout? FindKnown(string path) =>
        connection.Query<KnownRollout?>(reader => new KnownRollout(reader.GetInt64(0), path, StampOf(reader, 1)), "SELECT key, size, modified_ns, inode, changed_ns FROM rollouts WHERE path = $1", path).SingleOrDefault();

    /// <summary>Gives the rollouts that claim a thread or are listed as it, and those that claim what these claim, each with the rollout that its history continues.</summary>
    public IReadOnlyList<(KnownRollout Row, ThreadId? Base)> KnownOf(ThreadId thread) => connection.Query(
        KnownWithBase,
        "SELECT key, path, size, modified_ns, inode, changed_ns, base_id FROM rollouts WHERE claimed_id = $1 OR claimed_id IN (SELECT claimed_id FROM rollouts WHERE thread_id = $1)",
        Blob(thread));

    /// <summary>Gives the rollouts with an id, each with the rollout that its history continues.</summary>
    public IReadOnlyList<(KnownRollout Row, ThreadId? Base)> KnownWithRollout(ThreadId rollout) => connection.Query(
        KnownWithBase, "SELECT key, path, size, modified_ns, inode, changed_ns, base_id FROM rollouts WHERE rollout_id = $1", Blob(rollout));

    /// <summary>Finds a row by its key.</summary>
    public RolloutRow? Find(long key) => connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE key = $1", key).SingleOrDefault();

    /// <summary>Finds a row by its path.</summary>
    public RolloutRow? FindPath(string path) => connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE path = $1", path).SingleOrDefault();

    /// <summary>Gives the rollouts that claim a thread.</summary>
    public IReadOnlyList<RolloutRow> Claiming(ThreadId thread) => connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE claimed_id = $1 ORDER BY path", Blob(thread));

    /// <summary>Gives the rollouts with an id.</summary>
    public IReadOnlyList<RolloutRow> WithRollout(ThreadId rollout) => connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE rollout_id = $1 ORDER BY path", Blob(rollout));

    /// <summary>Gives the threads whose histories run through a rollout, directly or by way of others.</summary>
    public IReadOnlyList<ThreadId> ContinuationsOf(ThreadId rollout) => connection.Query(
        reader => Id(reader, 0),
        """
        WITH RECURSIVE parts (id) AS (
            SELECT $1
            UNION
            SELECT rollout_id FROM rollouts JOIN parts ON base_id = parts.id)
        SELECT DISTINCT claimed_id FROM rollouts WHERE base_id IN (SELECT id FROM parts)
        """,
        Blob(rollout));

    /// <summary>Gives the rollouts whose histories continue another one directly.</summary>
    public IReadOnlyList<RolloutRow> Continuing(ThreadId rollout) => connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE base_id = $1 ORDER BY path", Blob(rollout));

    /// <summary>Gives the rollouts that could not be opened, of which nothing is known but the name.</summary>
    public IReadOnlyList<RolloutRow> Unopened() =>
        connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE state = $1 AND size = $2 ORDER BY path", (int)ThreadCondition.Unreadable, FileStamp.None.Size);

    /// <summary>Finds the rollout that a thread is listed by.</summary>
    public RolloutRow? FindThread(ThreadId thread) => connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE thread_id = $1", Blob(thread)).FirstOrDefault();

    /// <summary>Finds a thread as lists show it.</summary>
    public StoredThread? FindListed(ThreadId thread) => connection.Query(reader => ListedOf(reader, 0), $"SELECT {ListedColumns} FROM rollouts WHERE thread_id = $1", Blob(thread)).FirstOrDefault();

    /// <summary>Finds the thread that started a thread.</summary>
    public ThreadId? ParentOf(ThreadId thread) => connection.Scalar("SELECT parent_id FROM rollouts WHERE thread_id = $1", Blob(thread)) is byte[] parent ? new ThreadId(new Guid(parent, bigEndian: true)) : null;

    /// <summary>Stores a row, new or changed. Has to run inside a transaction.</summary>
    /// <returns>Its key.</returns>
    public long Upsert(RolloutRow row)
    {
        var facts = row.Scan.Facts;
        // A path has one row. An index that says so would hold every path once more.
        var known = (long?)connection.Scalar("SELECT key FROM rollouts WHERE path = $1", row.Path);
        ReadOnlySpan<object?> values =
        [
            known, row.Path, row.Stamp.Size, row.Stamp.ModifiedNs, row.Stamp.Inode, row.Stamp.ChangedNs, Blob(row.ClaimedThread), Blob(row.Rollout),
            facts.HistoryBase is { } @base ? Blob(@base.RolloutId) : null, (int)row.State, row.StateReason, ScanCodec.Write(row.Scan), row.Tracker,
            facts.Preview, row.Scan.InheritedPreview, JsonSerializer.Serialize(row.Overlay, IndexJsonContext.Compact.CodexOverlay),
        ];
        if (known is { } key)
        {
            connection.Execute(
                """
                UPDATE rollouts SET path = $2, size = $3, modified_ns = $4, inode = $5, changed_ns = $6, claimed_id = $7, rollout_id = $8, base_id = $9,
                    state = $10, state_reason = $11, scan = $12, tracker = $13, preview = $14, inherited = $15, overlay = $16
                WHERE key = $1
                """,
                values);
            return key;
        }
        return (long)connection.Scalar(
            """
            INSERT INTO rollouts (key, path, size, modified_ns, inode, changed_ns, claimed_id, rollout_id, base_id, state, state_reason, scan, tracker, preview, inherited, overlay, archived)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            RETURNING key
            """,
            [.. values, row.IsArchived])!;
    }

    /// <summary>Stores how a rollout appears in lists.</summary>
    public void WriteListing(ListedThread listed)
    {
        if (listed.Thread is not { } thread)
        {
            connection.Execute("UPDATE rollouts SET listed = 0, thread_id = NULL, parent_id = NULL WHERE key = $1", listed.Key);
            return;
        }
        connection.Execute(
            """
            UPDATE rollouts SET listed = $2, thread_id = $3, archived = $4, created_ms = $5, updated_ms = $6, recency_ms = $7, condition = $8,
                source = $9, provider = $10, cwd = $11, name = $12, parent_id = $13, shown_reason = nullif($14, state_reason)
            WHERE key = $1
            """,
            listed.Key, (int)listed.Listing, Blob(thread.Id), thread.ArchivedAt is not null, thread.CreatedAt.ToUnixTimeMilliseconds(),
            thread.UpdatedAt.ToUnixTimeMilliseconds(), thread.RecencyAt.ToUnixTimeMilliseconds(), (int)thread.State, thread.Source.Kind, thread.ModelProvider,
            WorkingFolder.KeyOf(thread.Cwd), thread.Name, thread.ParentThreadId is { } parent ? Blob(parent) : null, thread.StateReason);
    }

    /// <summary>Notes that a file was moved.</summary>
    public void Rename(long key, string path) => connection.Execute("UPDATE rollouts SET path = $2 WHERE key = $1", key, path);

    /// <summary>Removes a rollout and everything noted of it.</summary>
    public void Delete(long key)
    {
        connection.Execute("DELETE FROM turns WHERE rollout = $1", key);
        connection.Execute("DELETE FROM strays WHERE rollout = $1", key);
        connection.Execute("DELETE FROM rollouts WHERE key = $1", key);
    }

    /// <summary>Gives the value of a setting.</summary>
    public string? Meta(string name) => (string?)connection.Scalar("SELECT value FROM meta WHERE name = $1", name);

    /// <summary>Stores the value of a setting.</summary>
    public void SetMeta(string name, string value) => connection.Execute("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value);

    /// <summary>Gives key, claimed thread and overlay of every rollout.</summary>
    public IEnumerable<(long Key, ThreadId Thread, string Overlay)> Overlays()
    {
        using var reader = connection.Command("SELECT key, claimed_id, overlay FROM rollouts").ExecuteReader();
        while (reader.Read())
            yield return (reader.GetInt64(0), Id(reader, 1), reader.GetString(2));
    }

    /// <summary>Gives key, claimed thread and overlay of the rollouts of one thread.</summary>
    public IReadOnlyList<(long Key, ThreadId Thread, string Overlay)> Overlays(ThreadId thread) =>
        connection.Query(reader => (reader.GetInt64(0), Id(reader, 1), reader.GetString(2)), "SELECT key, claimed_id, overlay FROM rollouts WHERE claimed_id = $1", Blob(thread));

    /// <summary>Stores what is known beside a rollout.</summary>
    public void WriteOverlay(long key, string overlay) => connection.Execute("UPDATE rollouts SET overlay = $2 WHERE key = $1", key, overlay);

    /// <summary>Gives an id as the index stores it: 16 bytes that sort as the text does.</summary>
    public static byte[] Blob(ThreadId id) => id.Value.ToByteArray(bigEndian: true);

    /// <summary>Reads an id.</summary>
    public static ThreadId Id(SqliteDataReader reader, int column) => new(new Guid(reader.GetFieldValue<byte[]>(column), bigEndian: true));

    static (KnownRollout, ThreadId?) KnownWithBase(SqliteDataReader reader)
    {
        ThreadId? @base = reader.IsDBNull(6) ? null : Id(reader, 6);
        return (new KnownRollout(reader.GetInt64(0), reader.GetString(1), StampOf(reader, 2)), @base);
    }

    /// <summary>Reads a thread as lists show it.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="first">Where <see cref="ListedColumns"/> begin.</param>
    public static StoredThread ListedOf(SqliteDataReader reader, int first)
    {
        var row = RowOf(reader, first);
        row = row with { State = (ThreadCondition)reader.GetInt32(first + 16), StateReason = Text(reader, first + 17) ?? row.StateReason };
        return StoredThreadComposer.Compose(row, Id(reader, first + 15));
    }

    static RolloutRow RowOf(SqliteDataReader reader) => RowOf(reader, 0);

    static RolloutRow RowOf(SqliteDataReader reader, int first) => new()
    {
        Key = reader.GetInt64(first),
        Path = reader.GetString(first + 1),
        Stamp = StampOf(reader, first + 2),
        ClaimedThread = Id(reader, first + 6),
        Rollout = Id(reader, first + 7),
        State = (ThreadCondition)reader.GetInt32(first + 8),
        StateReason = Text(reader, first + 9),
        Scan = ScanCodec.Read(reader.GetFieldValue<byte[]>(first + 10), Text(reader, first + 13), Text(reader, first + 14)),
        Tracker = reader.IsDBNull(first + 11) ? null : reader.GetFieldValue<byte[]>(first + 11),
        Overlay = reader.GetString(first + 12) is var overlay && overlay == "{}" ? CodexOverlay.None : JsonSerializer.Deserialize(overlay, IndexJsonContext.Compact.CodexOverlay)!,
    };

    static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    static FileStamp StampOf(SqliteDataReader reader, int column) => new(reader.GetInt64(column), reader.GetInt64(column + 1), reader.GetInt64(column + 2), reader.GetInt64(column + 3));
}

/// <summary>A rollout that is in the index.</summary>
/// <param name="Key">Its row.</param>
/// <param name="Path">The path in the home.</param>
/// <param name="Stamp">The stamp it had when it was read.</param>
readonly record struct KnownRollout(long Key, string Path, FileStamp Stamp);
