using Wire = Spool.Contracts.CodexV1;

namespace Spool.Server;

/// <summary>Maps threads to Codex's wire, and only to what its clients can read: they refuse a whole answer for one value that they do not
/// know.</summary>
static class CodexThreads
{
    static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh"];
    static readonly string[] ThreadSources = ["user", "subagent", "memory_consolidation"];

    /// <summary>Maps threads.</summary>
    public static async Task<List<Wire.StoredThread>> ToWireAsync(
        IThreadStore store,
        IReadOnlyList<StoredThread> threads,
        CancellationToken cancellationToken
    )
    {
        var paths =
            threads.Count > 0 && store.GetService<IRolloutPaths>() is { } located
                ? await located.LocateAsync([.. threads.Select(thread => thread.Id)], cancellationToken).ConfigureAwait(false)
                : new Dictionary<ThreadId, string>();
        // Clients drop a thread without a path, so one that has none gets one that says where it is.
        return [.. threads.Select(thread => ToWire(thread, paths.GetValueOrDefault(thread.Id) ?? $"/remote/threads/{thread.Id}.jsonl"))];
    }

    /// <summary>Maps a thread.</summary>
    public static async Task<Wire.StoredThread> ToWireAsync(IThreadStore store, StoredThread thread, CancellationToken cancellationToken) =>
        (await ToWireAsync(store, [thread], cancellationToken).ConfigureAwait(false))[0];

    static Wire.StoredThread ToWire(StoredThread thread, string path)
    {
        var wire = new Wire.StoredThread
        {
            ThreadId = thread.Id.ToString(),
            Preview = thread.Preview,
            ModelProvider = thread.ModelProvider ?? "",
            CreatedAt = thread.CreatedAt.ToUnixTimeSeconds(),
            UpdatedAt = thread.UpdatedAt.ToUnixTimeSeconds(),
            Cwd = thread.Cwd,
            CliVersion = thread.CliVersion,
            Source = CodexSources.ToWire(thread.Source),
            RolloutPath = path,
        };
        if (thread.ForkedFromId is { } fork)
            wire.ForkedFromId = fork.ToString();
        if (thread.Name is { } name)
            wire.Name = name;
        if (thread.Model is { } model)
            wire.Model = model;
        if (thread.ArchivedAt is { } archived)
            wire.ArchivedAt = archived.ToUnixTimeSeconds();
        if (thread.GitInfo is { } git)
            wire.GitInfo = ToWire(git);
        if (thread.AgentNickname is { } nickname)
            wire.AgentNickname = nickname;
        if (thread.AgentRole is { } role)
            wire.AgentRole = role;
        if (AgentPaths.Valid(thread.AgentPath) is { } agent)
            wire.AgentPath = agent;
        if (thread.ReasoningEffort is { } effort && Efforts.Contains(effort))
            wire.ReasoningEffort = effort;
        if (thread.Preview.Length > 0)
            wire.FirstUserMessage = thread.Preview;
        if (thread.ThreadSource is { } source && ThreadSources.Contains(source))
            wire.ThreadSource = source;
        return wire;
    }

    static Wire.GitInfo ToWire(GitInfo git)
    {
        var wire = new Wire.GitInfo();
        if (git.CommitHash is { } commit)
            wire.Sha = commit;
        if (git.Branch is { } branch)
            wire.Branch = branch;
        if (git.RepositoryUrl is { } url)
            wire.OriginUrl = url;
        return wire;
    }
}
