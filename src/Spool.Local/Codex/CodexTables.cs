namespace Spool;

/// <summary>Tables of Codex's database, of all versions, whose rows belong to one thread.</summary>
static class CodexTables
{
    /// <summary>Gets each table with the column that holds the thread's id.</summary>
    public static IReadOnlyList<(string Table, string Column)> OfThread { get; } =
    [
        ("thread_dynamic_tools", "thread_id"),
        ("thread_attachments", "thread_id"),
        ("thread_read_receipts", "thread_id"),
        ("guardian_review_feedback", "thread_id"),
        ("stage1_outputs", "thread_id"),
        ("thread_goals", "thread_id"),
        ("thread_spawn_edges", "child_thread_id"),
    ];
}
