using System.Text.Json;

namespace Spool;

/// <summary>The row that Codex itself makes in its database for a thread, for the threads that it would show only with one: those of the
/// paginated mode.</summary>
static class CodexNewRow
{
    // What Codex puts where a log says nothing.
    const string ApprovalMode = "on-request";
    const string SandboxPolicy = "{\"type\":\"read-only\"}";

    /// <summary>Gets the columns without which the database is of a release that knows no such threads, or of one that keeps them
    /// elsewhere.</summary>
    public static IReadOnlyList<string> Needed { get; } =
    [
        "id",
        "rollout_path",
        "created_at",
        "updated_at",
        "created_at_ms",
        "updated_at_ms",
        "title",
        "preview",
        "history_mode",
        "name",
        "archived",
        "cwd",
        "source",
    ];

    /// <summary>Gives a value for every column that Codex fills. The table need not have all of them.</summary>
    /// <param name="thread">The thread, as it is listed.</param>
    /// <param name="ownMessage">The first user message in the thread's own log, or null.</param>
    /// <param name="path">The absolute path of its current rollout, as a plain file.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="like">The row of the thread that this one is a fork of; empty without one.</param>
    public static Dictionary<string, object?> Of(
        StoredThread thread,
        string? ownMessage,
        string path,
        long nowMs,
        IReadOnlyDictionary<string, object?> like
    )
    {
        var created = thread.CreatedAt.ToUnixTimeMilliseconds();
        var recency = thread.RecencyAt.ToUnixTimeMilliseconds();
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["id"] = thread.Id.ToString(),
            ["rollout_path"] = path,
            ["created_at"] = created / 1000,
            ["created_at_ms"] = created,
            ["updated_at"] = nowMs / 1000,
            ["updated_at_ms"] = nowMs,
            ["recency_at"] = recency / 1000,
            ["recency_at_ms"] = recency,
            ["source"] = SourceOf(thread.Source),
            ["thread_source"] = thread.ThreadSource,
            ["originator"] = thread.Originator,
            ["model_provider"] = thread.ModelProvider ?? like.GetValueOrDefault("model_provider") ?? "",
            ["model"] = thread.Model ?? like.GetValueOrDefault("model"),
            ["reasoning_effort"] = thread.ReasoningEffort ?? like.GetValueOrDefault("reasoning_effort"),
            ["cwd"] = thread.Cwd,
            ["cli_version"] = thread.CliVersion,
            ["title"] = ownMessage ?? "",
            ["first_user_message"] = ownMessage ?? "",
            ["preview"] = PreviewOf(thread, like),
            ["name"] = thread.Name,
            ["history_mode"] = thread.HistoryMode,
            ["memory_mode"] = thread.MemoryMode,
            ["git_sha"] = thread.GitInfo?.CommitHash,
            ["git_branch"] = thread.GitInfo?.Branch,
            ["git_origin_url"] = thread.GitInfo?.RepositoryUrl,
            ["agent_nickname"] = thread.AgentNickname,
            ["agent_role"] = thread.AgentRole,
            ["agent_path"] = thread.AgentPath,
            ["sandbox_policy"] = like.GetValueOrDefault("sandbox_policy") ?? SandboxPolicy,
            ["approval_mode"] = like.GetValueOrDefault("approval_mode") ?? ApprovalMode,
            ["tokens_used"] = 0L,
            ["has_user_event"] = 0L,
            ["archived"] = thread.ArchivedAt is null ? 0L : 1L,
            ["archived_at"] = thread.ArchivedAt?.ToUnixTimeSeconds(),
        };
    }

    // A list may hold only the beginning of a long message; the other row has all of it.
    static string PreviewOf(StoredThread thread, IReadOnlyDictionary<string, object?> like) =>
        thread.Preview.Length > 0
        && like.GetValueOrDefault("preview") is string whole
        && whole.StartsWith(thread.Preview, StringComparison.Ordinal)
            ? whole
            : thread.Preview;

    static string SourceOf(SessionSource source)
    {
        try
        {
            using var document = JsonDocument.Parse(source.Json, new JsonDocumentOptions { MaxDepth = RolloutLine.MaxDepth });
            return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString()! : source.Json;
        }
        catch (JsonException)
        {
            return "unknown";
        }
    }
}
