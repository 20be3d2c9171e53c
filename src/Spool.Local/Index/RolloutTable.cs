using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>The rows of rollouts.</summary>
/// <param name="connection">The connection.</param>
sealed class RolloutTable(IndexConnection connection)
{
    const string Columns =
        "key, path, size, modified_ns, inode, changed_ns, claimed_id, rollout_id, state, state_reason, scan, tracker, overlay, preview, inherited, base_id, base_known";

    /// <summary>The columns of a thread as lists show it, for <see cref="ListedOf"/>.</summary>
    /// <remarks>As few as possible: most of the time of a page goes into the calls that fetch the values.</remarks>
    public const string ListedColumns =
        "thread_id, scan, coalesce(inherited, preview, ''), nullif(overlay, '{}'), created_ms, condition * 2 + archived, coalesce(shown_reason, state_reason)";

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
        connection
            .Query<KnownRollout?>(
                reader => new KnownRollout(reader.GetInt64(0), path, StampOf(reader, 1)),
                "SELECT key, size, modified_ns, inode, changed_ns FROM rollouts WHERE path = $1",
                path
            )
            .SingleOrDefault();

    /// <summary>Gives the rollouts that claim a thread or are listed as it, and those that claim what these claim, each with the rollout
    /// that its history continues.</summary>
    public IReadOnlyList<(KnownRollout Row, ThreadId? Base)> KnownOf(ThreadId threadId) =>
        connection.Query(
            KnownWithBase,
            "SELECT key, path, size, modified_ns, inode, changed_ns, base_id FROM rollouts WHERE claimed_id = $1 OR claimed_id IN (SELECT claimed_id FROM rollouts WHERE thread_id = $1)",
            Blob(threadId)
        );

    /// <summary>Gives the rollouts with an id, each with the rollout that its history continues.</summary>
    public IReadOnlyList<(KnownRollout Row, ThreadId? Base)> KnownWithRollout(ThreadId rollout) =>
        connection.Query(
            KnownWithBase,
            "SELECT key, path, size, modified_ns, inode, changed_ns, base_id FROM rollouts WHERE rollout_id = $1",
            Blob(rollout)
        );

    /// <summary>Finds a row by its key.</summary>
    public RolloutRow? Find(long key) => connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE key = $1", key).SingleOrDefault();

    /// <summary>Finds a row by its path.</summary>
    public RolloutRow? FindPath(string path) =>
        connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE path = $1", path).SingleOrDefault();

    /// <summary>Gives the rollouts that claim a thread.</summary>
    public IReadOnlyList<RolloutRow> Claiming(ThreadId threadId) =>
        connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE claimed_id = $1 ORDER BY path", Blob(threadId));

    /// <summary>Gives the ids under which other rollouts that claim a thread are listed.</summary>
    public IReadOnlyList<ThreadId> SparesOf(ThreadId threadId) =>
        connection.Query(
            reader => Id(reader, 0),
            "SELECT thread_id FROM rollouts WHERE claimed_id = $1 AND thread_id <> $1 ORDER BY path",
            Blob(threadId)
        );

    /// <summary>Gives the paths of the rollouts that say they are a thread, and of one that is listed under its id.</summary>
    public IReadOnlyList<string> PathsOf(ThreadId threadId) =>
        connection.Query(
            reader => reader.GetString(0),
            "SELECT path FROM rollouts WHERE claimed_id = $1 OR thread_id = $1",
            Blob(threadId)
        );

    /// <summary>Gives the rollouts with an id.</summary>
    public IReadOnlyList<RolloutRow> WithRollout(ThreadId rollout) =>
        connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE rollout_id = $1 ORDER BY path", Blob(rollout));

    /// <summary>Gives the threads whose histories run through a rollout, directly or by way of others.</summary>
    public IReadOnlyList<ThreadId> ContinuationsOf(ThreadId rollout) =>
        connection.Query(
            reader => Id(reader, 0),
            """
            WITH RECURSIVE parts (id) AS (
                SELECT $1
                UNION
                SELECT rollout_id FROM rollouts JOIN parts ON base_id = parts.id)
            SELECT DISTINCT claimed_id FROM rollouts WHERE base_id IN (SELECT id FROM parts)
            """,
            Blob(rollout)
        );

    /// <summary>Gives the rollouts whose histories continue another one directly.</summary>
    public IReadOnlyList<RolloutRow> Continuing(ThreadId rollout) =>
        connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE base_id = $1 ORDER BY path", Blob(rollout));

    /// <summary>Gives the rollouts of which it is not known what they continue, because neither they nor another copy of the same rollout
    /// can be read as far as that is said.</summary>
    public IReadOnlyList<RolloutRow> WithUnknownBase() =>
        connection.Query(
            RowOf,
            $"SELECT {Columns} FROM rollouts WHERE base_known = 0 AND NOT EXISTS (SELECT 1 FROM rollouts AS copy WHERE copy.rollout_id = rollouts.rollout_id AND copy.base_known <> 0) ORDER BY path"
        );

    /// <summary>Gives the paths of the rollouts that are whole and say that they are the thread of their name.</summary>
    public IEnumerable<string> WholePaths() =>
        connection
            .Query(
                reader => (Path: reader.GetString(0), Claimed: Id(reader, 1)),
                "SELECT path, claimed_id FROM rollouts WHERE state = $1",
                (int)ThreadCondition.Ok
            )
            .Where(row => RolloutFileName.TryParse(Path.GetFileName(row.Path.AsSpan()), out var name) && name.ThreadId == row.Claimed)
            .Select(row => row.Path);

    /// <summary>Finds the rollout that a thread is listed by.</summary>
    public RolloutRow? FindThread(ThreadId threadId) =>
        connection.Query(RowOf, $"SELECT {Columns} FROM rollouts WHERE thread_id = $1", Blob(threadId)).FirstOrDefault();

    /// <summary>Says whether a thread or a rollout has an id, or claims it, so that it is not free for a new one.</summary>
    public bool IsTaken(ThreadId id) => Claiming(id).Count + WithRollout(id).Count > 0 || FindThread(id) is not null;

    /// <summary>Finds a thread as lists show it.</summary>
    public StoredThread? FindListed(ThreadId threadId) =>
        connection.Query(ListedOf, $"SELECT {ListedColumns} FROM rollouts WHERE thread_id = $1", Blob(threadId)).FirstOrDefault();

    /// <summary>Finds the thread that started a thread.</summary>
    public ThreadId? ParentOf(ThreadId threadId) =>
        connection.Scalar("SELECT parent_id FROM rollouts WHERE thread_id = $1", Blob(threadId)) is byte[] parent
            ? new ThreadId(new Guid(parent, bigEndian: true))
            : null;

    /// <summary>Counts the threads that the index knows.</summary>
    public long CountThreads() => (long)connection.Scalar("SELECT count(*) FROM rollouts WHERE thread_id IS NOT NULL")!;

    /// <summary>Stores a row, new or changed. Has to run inside a transaction.</summary>
    /// <returns>Its key.</returns>
    public long Upsert(RolloutRow row)
    {
        var facts = row.Scan.Facts;
        // A path has one row. An index that says so would hold every path once more.
        var known = (long?)connection.Scalar("SELECT key FROM rollouts WHERE path = $1", row.Path);
        ReadOnlySpan<object?> values =
        [
            known,
            row.Path,
            row.Stamp.Size,
            row.Stamp.ModifiedNs,
            row.Stamp.Inode,
            row.Stamp.ChangedNs,
            Blob(row.ClaimedThread),
            Blob(row.Rollout),
            row.Continuation.Base is { } @base ? Blob(@base) : null,
            (int)row.State,
            row.StateReason,
            ScanCodec.Write(row.Scan),
            row.Tracker,
            facts.Preview,
            row.Scan.InheritedPreview,
            JsonSerializer.Serialize(row.Overlay, IndexJsonContext.Compact.CodexOverlay),
            row.Continuation.IsKnown,
        ];
        if (known is { } key)
        {
            connection.Execute(
                """
                UPDATE rollouts SET path = $2, size = $3, modified_ns = $4, inode = $5, changed_ns = $6, claimed_id = $7, rollout_id = $8, base_id = $9,
                    state = $10, state_reason = $11, scan = $12, tracker = $13, preview = $14, inherited = $15, overlay = $16, base_known = $17
                WHERE key = $1
                """,
                values
            );
            return key;
        }
        return (long)
            connection.Scalar(
                """
                INSERT INTO rollouts (key, path, size, modified_ns, inode, changed_ns, claimed_id, rollout_id, base_id, state, state_reason, scan, tracker, preview, inherited, overlay, base_known, archived)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                RETURNING key
                """,
                [.. values, row.IsArchived]
            )!;
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
                source = $9, provider = $10, cwd = $11, name = $12, parent_id = $13, shown_reason = nullif($14, state_reason), is_agent = $15, branch = $16, repository = $17
            WHERE key = $1
            """,
            listed.Key,
            (int)listed.Listing,
            Blob(thread.Id),
            thread.ArchivedAt is not null,
            thread.CreatedAt.ToUnixTimeMilliseconds(),
            thread.UpdatedAt.ToUnixTimeMilliseconds(),
            thread.RecencyAt.ToUnixTimeMilliseconds(),
            (int)thread.State,
            thread.Source.Kind,
            thread.ModelProvider,
            WorkingFolder.KeyOf(thread.Cwd),
            thread.Name,
            thread.ParentThreadId is { } parent ? Blob(parent) : null,
            thread.StateReason,
            NormalQuery.IsSubAgent(thread),
            thread.GitInfo?.Branch,
            thread.GitInfo?.RepositoryUrl is { } url ? RepositoryName.KeyOf(url) : null
        );
    }

    /// <summary>Notes that a file was moved.</summary>
    public void Rename(long key, string path) => connection.Execute("UPDATE rollouts SET path = $2 WHERE key = $1", key, path);

    /// <summary>Removes a rollout and everything noted of it.</summary>
    public void Delete(long key)
    {
        connection.Execute("DELETE FROM turns WHERE rollout = $1", key);
        connection.Execute("DELETE FROM outlying_records WHERE rollout = $1", key);
        connection.Execute("DELETE FROM rollouts WHERE key = $1", key);
    }

    /// <summary>Gives the value of a setting.</summary>
    public string? Meta(string name) => (string?)connection.Scalar("SELECT value FROM meta WHERE name = $1", name);

    /// <summary>Stores the value of a setting.</summary>
    public void SetMeta(string name, string value) =>
        connection.Execute(
            "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value
        );

    /// <summary>Gives what is known beside every rollout.</summary>
    public IEnumerable<RowOverlay> Overlays()
    {
        using var reader = connection.Command("SELECT key, claimed_id, overlay, overlay_of FROM rollouts").ExecuteReader();
        while (reader.Read())
            yield return OverlayOf(reader);
    }

    /// <summary>Gives what is known beside the rollouts of one thread.</summary>
    public IReadOnlyList<RowOverlay> Overlays(ThreadId threadId) =>
        connection.Query(
            OverlayOf,
            "SELECT key, claimed_id, overlay, overlay_of FROM rollouts WHERE claimed_id = $1 OR claimed_id IN (SELECT claimed_id FROM rollouts WHERE thread_id = $1)",
            Blob(threadId)
        );

    /// <summary>Gets whether what is known beside some rollout is of another state of Codex's files than the one that the whole index took
    /// over.</summary>
    public bool HasOverlaysOfOtherStates => connection.Scalar("SELECT 1 FROM rollouts WHERE overlay_of IS NOT NULL LIMIT 1") is not null;

    /// <summary>Stores what is known beside a rollout.</summary>
    /// <param name="key">The rollout's row.</param>
    /// <param name="overlay">What is known.</param>
    /// <param name="of">See <see cref="RowOverlay.Of"/>.</param>
    public void WriteOverlay(long key, string overlay, string? of) =>
        connection.Execute("UPDATE rollouts SET overlay = $2, overlay_of = $3 WHERE key = $1", key, overlay, of);

    /// <summary>Notes which state of Codex's files it is of what is known beside a rollout.</summary>
    public void NoteOverlayOf(long key, string? of) => connection.Execute("UPDATE rollouts SET overlay_of = $2 WHERE key = $1", key, of);

    /// <summary>Gives an id as the index stores it: 16 bytes that sort as the text does.</summary>
    public static byte[] Blob(ThreadId id) => id.Value.ToByteArray(bigEndian: true);

    /// <summary>Reads an id.</summary>
    public static ThreadId Id(SqliteDataReader reader, int column) => new(new Guid(reader.GetFieldValue<byte[]>(column), bigEndian: true));

    static RowOverlay OverlayOf(SqliteDataReader reader) => new(reader.GetInt64(0), Id(reader, 1), reader.GetString(2), Text(reader, 3));

    static (KnownRollout, ThreadId?) KnownWithBase(SqliteDataReader reader)
    {
        ThreadId? @base = reader.IsDBNull(6) ? null : Id(reader, 6);
        return (new KnownRollout(reader.GetInt64(0), reader.GetString(1), StampOf(reader, 2)), @base);
    }

    /// <summary>Reads a thread as lists show it, from <see cref="ListedColumns"/>.</summary>
    public static StoredThread ListedOf(SqliteDataReader reader)
    {
        var preview = reader.GetString(2);
        var condition = reader.GetInt32(5);
        var scan = reader.GetFieldValue<byte[]>(1);
        var overlay = Text(reader, 3);
        return StoredThreadComposer.Compose(
            new ThreadSheet
            {
                Id = Id(reader, 0),
                Facts = ScanCodec.Read(scan, preview, null).Facts,
                Preview = preview,
                Overlay = overlay is null ? CodexOverlay.None : OverlayOf(overlay),
                CreatedAtMs = reader.GetInt64(4),
                IsArchived = condition % 2 != 0,
                State = (ThreadCondition)(condition / 2),
                StateReason = Text(reader, 6),
                Revision = RevisionOf(scan, overlay, condition),
            }
        );
    }

    // What a scan learned has the hash of the log in it.
    static string RevisionOf(ReadOnlySpan<byte> scan, ReadOnlySpan<char> overlay, int condition)
    {
        var beside = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(overlay), condition);
        return XxHash3.HashToUInt64(scan, (long)beside).ToString("x16", CultureInfo.InvariantCulture);
    }

    static RolloutRow RowOf(SqliteDataReader reader) =>
        new()
        {
            Key = reader.GetInt64(0),
            Path = reader.GetString(1),
            Stamp = StampOf(reader, 2),
            ClaimedThread = Id(reader, 6),
            Rollout = Id(reader, 7),
            State = (ThreadCondition)reader.GetInt32(8),
            StateReason = Text(reader, 9),
            Scan = ScanCodec.Read(reader.GetFieldValue<byte[]>(10), Text(reader, 13), Text(reader, 14)),
            Tracker = reader.IsDBNull(11) ? null : reader.GetFieldValue<byte[]>(11),
            Overlay = OverlayOf(reader.GetString(12)),
            Continuation = new Continuation(reader.GetBoolean(16), reader.IsDBNull(15) ? null : Id(reader, 15)),
        };

    static CodexOverlay OverlayOf(string json) =>
        json == "{}" ? CodexOverlay.None : JsonSerializer.Deserialize(json, IndexJsonContext.Compact.CodexOverlay)!;

    static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    static FileStamp StampOf(SqliteDataReader reader, int column) =>
        new(reader.GetInt64(column), reader.GetInt64(column + 1), reader.GetInt64(column + 2), reader.GetInt64(column + 3));
}

/// <summary>What is known beside a rollout.</summary>
/// <param name="Key">The rollout's row.</param>
/// <param name="ThreadId">The thread that the rollout claims.</param>
/// <param name="Overlay">What is known, as it is stored.</param>
/// <param name="Of">The stamp of the state of Codex's files in which they say that; null when it is the one that the whole index took over,
/// empty when it is of no one state.</param>
readonly record struct RowOverlay(long Key, ThreadId ThreadId, string Overlay, string? Of);

/// <summary>A rollout that is in the index.</summary>
/// <param name="Key">Its row.</param>
/// <param name="Path">The path in the home.</param>
/// <param name="Stamp">The stamp it had when it was read.</param>
readonly record struct KnownRollout(long Key, string Path, FileStamp Stamp);
