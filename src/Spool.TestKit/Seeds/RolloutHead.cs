using System.Text.Json;

namespace Spool.TestKit;

/// <summary>What the first line of a rollout says.</summary>
/// <param name="Id">The thread.</param>
/// <param name="CreatedAt">When it was created.</param>
public sealed record RolloutHead(ThreadId Id, DateTimeOffset CreatedAt)
{
    /// <summary>Gets the history mode, or null to leave the member out as the oldest rollouts do.</summary>
    public string? HistoryMode { get; init; }

    /// <summary>Gets the source as JSON.</summary>
    public string Source { get; init; } = "\"cli\"";

    /// <summary>Gets the working folder.</summary>
    public string Cwd { get; init; } = "/home/dev/app";

    /// <summary>Gets the model provider, or null.</summary>
    public string? ModelProvider { get; init; } = "openai";

    /// <summary>Gets the version of the program.</summary>
    public string CliVersion { get; init; } = "0.128.0";

    /// <summary>Gets the client.</summary>
    public string Originator { get; init; } = "my_client";

    /// <summary>Gets the state of the repository, or null.</summary>
    public GitInfo? Git { get; init; }

    /// <summary>Gets the thread that this one was forked from, or null.</summary>
    public ThreadId? ForkedFrom { get; init; }

    /// <summary>Gets the thread that started this one, or null.</summary>
    public ThreadId? Parent { get; init; }

    /// <summary>Gets the point in another rollout where this history begins, or null.</summary>
    public HistoryBase? Base { get; init; }

    /// <summary>Writes the payload of the <c>session_meta</c>, members in the order in which Codex writes them.</summary>
    public string ToPayload() =>
        RolloutJson.Write(json =>
        {
            if (HistoryMode is not null)
                json.WriteString("session_id", Id.ToString());
            json.WriteString("id", Id.ToString());
            if (ForkedFrom is { } forked)
                json.WriteString("forked_from_id", forked.ToString());
            if (Parent is { } parent)
                json.WriteString("parent_thread_id", parent.ToString());
            json.WriteString("timestamp", RolloutJson.Time(CreatedAt));
            json.WriteString("cwd", Cwd);
            json.WriteString("originator", Originator);
            json.WriteString("cli_version", CliVersion);
            json.WritePropertyName("source");
            json.WriteRawValue(Source);
            json.WriteString("model_provider", ModelProvider);
            json.WritePropertyName("base_instructions");
            json.WriteRawValue("{\"text\":\"Be brief.\"}");
            if (HistoryMode is { } mode)
                json.WriteString("history_mode", mode);
            if (Base is { } shared)
            {
                json.WriteStartObject("history_base");
                json.WriteString("thread_id", shared.RolloutId.ToString());
                json.WriteNumber("end_ordinal_exclusive", shared.EndOrdinal);
                json.WriteNumber("end_byte_offset", shared.EndByteOffset);
                json.WriteEndObject();
            }
            if (Git is { } git)
                WriteGit(json, git);
        });

    static void WriteGit(Utf8JsonWriter json, GitInfo git)
    {
        json.WriteStartObject("git");
        foreach (
            var (member, value) in new[] { ("commit_hash", git.CommitHash), ("branch", git.Branch), ("repository_url", git.RepositoryUrl) }
        )
        {
            if (value is not null)
                json.WriteString(member, value);
        }
        json.WriteEndObject();
    }
}
