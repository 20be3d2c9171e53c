using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Says why a thread is not found: it is where nothing can be read, its rollout is gone and Codex still knows it, or there is
/// none.</summary>
/// <param name="layout">The home.</param>
/// <param name="settings">Where Codex's databases are.</param>
/// <param name="scratchFolder">Where they may be copied.</param>
sealed class MissingThread(HomeLayout layout, CodexSettings settings, string scratchFolder)
{
    const int LongestPath = 4096;

    /// <summary>Makes the error. Costs a look into Codex's database.</summary>
    /// <returns><see cref="ThreadStoreErrorCode.NotFound"/>, or <see cref="ThreadStoreErrorCode.Unavailable"/> when it may be in a part
    /// that cannot be read.</returns>
    public ThreadStoreException ErrorOf(ThreadId threadId, IReadOnlyList<StoreProblem> problems)
    {
        // Whatever the dates of the folders: any file may be in any of them.
        if (problems.Count > 0)
            return new(
                ThreadStoreErrorCode.Unavailable,
                $"There is no thread {threadId} in what can be read of the home, but a part of it cannot be read, and it may be there; 'spool list' says which."
            );
        if (RolloutInDatabase(threadId) is not { } rollout)
            return ThreadStoreException.NotFound(threadId);
        var place = rollout.Length is 0 or > LongestPath ? "which is nowhere in the home" : $"{layout.NameOf(rollout)}, which is not there";
        return new(
            ThreadStoreErrorCode.NotFound,
            $"There is no thread {threadId}, but Codex's own database names it and its rollout, {place}: another program moved or deleted it. Put it back, or remove what is left of the thread with 'spool delete {threadId}'."
        );
    }

    // What cannot be read says nothing here; a list says that it cannot be read.
    string? RolloutInDatabase(ThreadId threadId) =>
        new CodexStateFiles(settings.Databases().State, scratchFolder).Read(connection => PathIn(connection, threadId) ?? None)?.Path;

    static Found? PathIn(SqliteConnection connection, ThreadId threadId)
    {
        if (
            CodexStateWriter.ColumnsOf(connection, "threads") is var columns
            && !(columns.Contains("id") && columns.Contains("rollout_path"))
        )
            return null;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT rollout_path FROM threads WHERE id = $id";
        command.Parameters.AddWithValue("$id", threadId.ToString());
        return command.ExecuteScalar() is { } value ? new Found(value as string ?? "") : null;
    }

    static Found None { get; } = new(null);

    sealed record Found(string? Path);
}
