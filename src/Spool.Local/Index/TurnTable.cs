using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Where the turns of rollouts are.</summary>
/// <param name="connection">The connection.</param>
sealed class TurnTable(IndexConnection connection)
{
    const string Columns = "id, ordinal, start_offset, end_offset, first_item, items, opening";

    /// <summary>Forgets the turns of a rollout.</summary>
    public void Clear(long rollout)
    {
        connection.Execute("DELETE FROM turns WHERE rollout = $1", rollout);
        connection.Execute("DELETE FROM outlying_records WHERE rollout = $1", rollout);
    }

    /// <summary>Stores what a scan changed.</summary>
    public void Apply(long rollout, TurnChanges? changes)
    {
        if (changes is null)
            return;
        if (changes.RemovedFrom is { } removed)
        {
            connection.Execute("DELETE FROM turns WHERE rollout = $1 AND start_offset >= $2", rollout, removed);
            connection.Execute("DELETE FROM outlying_records WHERE rollout = $1 AND turn_start >= $2", rollout, removed);
        }
        foreach (var turn in changes.Upserted)
        {
            connection.Execute(
                $"INSERT OR REPLACE INTO turns (rollout, {Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                rollout,
                IdOf(turn.TurnId),
                turn.Ordinal,
                turn.Start,
                turn.End,
                turn.FirstItemNumber,
                turn.ItemCount,
                (int)turn.Opening
            );
        }
        foreach (var record in changes.OutlyingRecords)
        {
            connection.Execute(
                "INSERT OR REPLACE INTO outlying_records (rollout, turn_start, offset, length) VALUES ($1, $2, $3, $4)",
                rollout,
                record.TurnStart,
                record.Offset,
                record.Length
            );
        }
    }

    /// <summary>Gives turns that begin before an offset, in their order.</summary>
    /// <param name="rollout">The rollout.</param>
    /// <param name="before">The offset.</param>
    /// <param name="after">The turn after which they come in the direction, or null.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="limit">How many at most.</param>
    public List<TurnBoundary> Page(long rollout, long before, TurnPosition? after, SortDirection direction, int limit) =>
        direction == SortDirection.Ascending
            ? connection.Query(
                BoundaryOf,
                $"SELECT {Columns} FROM turns WHERE rollout = $1 AND start_offset < $2 AND (ordinal, start_offset) > ($3, $4) ORDER BY ordinal, start_offset LIMIT $5",
                rollout,
                before,
                after?.Ordinal ?? long.MinValue,
                after?.Start ?? 0,
                limit
            )
            : connection.Query(
                BoundaryOf,
                $"SELECT {Columns} FROM turns WHERE rollout = $1 AND start_offset < $2 AND (ordinal, start_offset) < ($3, $4) ORDER BY ordinal DESC, start_offset DESC LIMIT $5",
                rollout,
                before,
                after?.Ordinal ?? long.MaxValue,
                after?.Start ?? 0,
                limit
            );

    /// <summary>Finds the last turn with an id that begins before an offset.</summary>
    public TurnBoundary? Find(long rollout, string id, long before) =>
        connection.Query(
            BoundaryOf,
            $"SELECT {Columns} FROM turns WHERE rollout = $1 AND id = $2 AND start_offset < $3 ORDER BY start_offset DESC LIMIT 1",
            rollout,
            IdOf(id),
            before
        )
            is [var turn]
            ? turn
            : null;

    /// <summary>Finds the first turn that begins behind an offset and before another.</summary>
    public TurnBoundary? Next(long rollout, long after, long before) =>
        connection.Query(
            BoundaryOf,
            $"SELECT {Columns} FROM turns WHERE rollout = $1 AND start_offset > $2 AND start_offset < $3 ORDER BY start_offset LIMIT 1",
            rollout,
            after,
            before
        )
            is [var turn]
            ? turn
            : null;

    /// <summary>Gives turns that begin at an offset or behind it and not behind another, in the order of their offsets.</summary>
    public List<TurnBoundary> Between(long rollout, long from, long to, int limit) =>
        connection.Query(
            BoundaryOf,
            $"SELECT {Columns} FROM turns WHERE rollout = $1 AND start_offset BETWEEN $2 AND $3 ORDER BY start_offset LIMIT $4",
            rollout,
            from,
            to,
            limit
        );

    /// <summary>Counts the turns that begin at an offset or behind it, and before another.</summary>
    public int Count(long rollout, long from, long before) =>
        (int)
            (long)
                connection.Scalar(
                    "SELECT count(*) FROM turns WHERE rollout = $1 AND start_offset >= $2 AND start_offset < $3",
                    rollout,
                    from,
                    before
                )!;

    /// <summary>Gives the last turns that begin before an offset, the last first.</summary>
    public IReadOnlyList<TurnBoundary> Newest(long rollout, int count, long before) =>
        connection.Query(
            BoundaryOf,
            $"SELECT {Columns} FROM turns WHERE rollout = $1 AND start_offset < $2 ORDER BY start_offset DESC LIMIT $3",
            rollout,
            before,
            count
        );

    /// <summary>Gives the outlying records of a turn that lie before an offset.</summary>
    public List<(long Offset, long Length)> OutlyingRecords(long rollout, long turnStart, long before) =>
        connection.Query(
            reader => (reader.GetInt64(0), reader.GetInt64(1)),
            "SELECT offset, length FROM outlying_records WHERE rollout = $1 AND turn_start = $2 AND offset < $3 ORDER BY offset",
            rollout,
            turnStart,
            before
        );

    // Nearly every id is a UUID, which is less than half as long in bytes.
    static object IdOf(string id) =>
        Guid.TryParseExact(id, "D", out var uuid) && uuid.ToString() == id ? uuid.ToByteArray(bigEndian: true) : id;

    static TurnBoundary BoundaryOf(SqliteDataReader reader) =>
        new(
            reader.GetValue(0) is byte[] uuid ? new Guid(uuid, bigEndian: true).ToString() : reader.GetString(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4),
            reader.GetInt32(5),
            (TurnOpening)reader.GetInt32(6)
        );
}
