using System.Text.Json;

namespace Spool.Cli;

/// <summary>The JSON of a thread: names, order and meaning of the members are a contract (<c>docs/cli.md</c>).</summary>
static class ThreadJson
{
    public static void Write(Utf8JsonWriter writer, StoredThread thread, string? path)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, thread.Id.Value);
        writer.WriteString("name"u8, thread.Name);
        writer.WriteString("preview"u8, thread.Preview);
        writer.WriteString("createdAt"u8, Times.Rfc3339(thread.CreatedAt));
        writer.WriteString("updatedAt"u8, Times.Rfc3339(thread.UpdatedAt));
        writer.WriteString("archivedAt"u8, thread.ArchivedAt is { } archived ? Times.Rfc3339(archived) : null);
        writer.WriteString("cwd"u8, NullIfEmpty(thread.Cwd));
        writer.WritePropertyName("source"u8);
        SourceJson.Write(writer, thread.Source);
        writer.WriteString("modelProvider"u8, thread.ModelProvider);
        writer.WriteString("model"u8, thread.Model);
        writer.WriteString("cliVersion"u8, NullIfEmpty(thread.CliVersion));
        WriteGitInfo(writer, thread.GitInfo);
        writer.WriteString("forkedFromId"u8, thread.ForkedFromId?.ToString());
        writer.WriteString("parentThreadId"u8, thread.ParentThreadId?.ToString());
        writer.WriteString("historyMode"u8, thread.HistoryMode);
        writer.WriteString("state"u8, EnumNames.Camel(thread.State));
        writer.WriteString("path"u8, path);
        writer.WriteString("recencyAt"u8, Times.Rfc3339(thread.RecencyAt));
        writer.WriteString("reasoningEffort"u8, thread.ReasoningEffort);
        writer.WriteNumber("depth"u8, thread.Depth);
        writer.WriteString("agentNickname"u8, thread.AgentNickname);
        writer.WriteString("agentRole"u8, thread.AgentRole);
        writer.WriteString("agentPath"u8, thread.AgentPath);
        writer.WriteString("threadSource"u8, thread.ThreadSource);
        writer.WriteString("originator"u8, thread.Originator);
        writer.WriteString("memoryMode"u8, thread.MemoryMode);
        writer.WriteNumber("tokensUsed"u8, thread.TokensUsed);
        writer.WriteString("stateReason"u8, thread.StateReason);
        writer.WriteEndObject();
    }

    static void WriteGitInfo(Utf8JsonWriter writer, GitInfo? git)
    {
        if (git is null)
        {
            writer.WriteNull("gitInfo"u8);
            return;
        }
        writer.WriteStartObject("gitInfo"u8);
        writer.WriteString("commitHash"u8, git.CommitHash);
        writer.WriteString("branch"u8, git.Branch);
        writer.WriteString("repositoryUrl"u8, git.RepositoryUrl);
        writer.WriteEndObject();
    }

    static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
