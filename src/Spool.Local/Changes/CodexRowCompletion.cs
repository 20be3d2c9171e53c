namespace Spool;

/// <summary>Gives a paginated thread what Codex needs in its database to list it: a row with a preview. What the row says already
/// stays.</summary>
/// <remarks>Codex makes a row for every thread that it writes itself; of the rollouts of others it makes one when it first sees them,
/// without what they inherit.</remarks>
sealed class CodexRowCompletion(ChangeTools tools)
{
    /// <summary>Notes the row, or what is missing in it; nothing is changed before it is committed.</summary>
    /// <param name="edit">The row.</param>
    /// <param name="thread">The thread as it is to be shown.</param>
    /// <param name="path">The path of its current rollout in the home.</param>
    /// <param name="ownMessage">The first user message in that rollout, or null.</param>
    public void Complete(CodexRowEdit edit, StoredThread thread, string path, string? ownMessage)
    {
        var like = thread.ForkedFromId is { } source ? edit.RowOf(source) : [];
        var values = CodexNewRow.Of(
            thread,
            ownMessage,
            tools.Layout.Absolute(RolloutFileName.PlainName(path)),
            tools.Options.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            like
        );
        edit.Insert(values);
        if (string.IsNullOrEmpty(edit.Text("preview")))
            edit.Set("preview", values["preview"]);
        if (edit.Text("name") is null)
            edit.Set("name", values["name"]);
    }
}
