using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Codex's projection of paginated histories, from which rows of deleted rollouts are removed. Codex makes everything else in it again by itself.</summary>
/// <param name="database">The database.</param>
/// <param name="patience">How long to wait for another program's transaction.</param>
sealed class CodexHistoryFile(string database, TimeSpan patience)
{
    static readonly string[] Tables = ["thread_items", "thread_turns", "thread_realtime_items", "thread_history_projection_state"];

    /// <summary>Removes everything of some rollouts.</summary>
    /// <param name="rollouts">Their ids.</param>
    /// <returns>Whether nothing of them is left.</returns>
    public bool Remove(IReadOnlyCollection<ThreadId> rollouts)
    {
        if (FileStat.TryGet(database) is not { Size: > 0 })
            return true;
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = database,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
                DefaultTimeout = Math.Max(1, (int)patience.TotalSeconds),
            }.ToString());
            connection.Open();
            CodexStateWriter.Execute(connection, "BEGIN IMMEDIATE");
            foreach (var table in Tables.Where(table => CodexStateWriter.ColumnsOf(connection, table).Contains("thread_id")))
            {
                foreach (var rollout in rollouts)
                {
                    using var command = connection.CreateCommand();
#pragma warning disable CA2100 // one of the names above
                    command.CommandText = $"DELETE FROM {table} WHERE thread_id = $id";
#pragma warning restore CA2100
                    command.Parameters.AddWithValue("$id", rollout.ToString());
                    command.ExecuteNonQuery();
                }
            }
            CodexStateWriter.Execute(connection, "COMMIT");
            return true;
        }
        catch (Exception e) when (CodexStateWriter.IsRefusal(e))
        {
            return false;
        }
    }
}
