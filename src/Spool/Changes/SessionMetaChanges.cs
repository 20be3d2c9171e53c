using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool.Storage;

/// <summary>Makes the items that change what a log says of its thread, each from the first item of the log: every other member stays as it
/// was written.</summary>
public static class SessionMetaChanges
{
    /// <summary>Makes the item that a patch appends to a legacy log, for its memory mode and repository state. What is so already is not
    /// written again.</summary>
    /// <param name="head">The first <c>session_meta</c> of the log.</param>
    /// <param name="thread">The thread before the change.</param>
    /// <param name="patch">The patch, checked.</param>
    /// <returns>The item, or null where nothing changes.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the head cannot be read.</exception>
    public static NewItem? ForPatch(RolloutItem head, StoredThread thread, ThreadPatch patch)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ArgumentNullException.ThrowIfNull(patch);
        var memoryMode = patch.MemoryMode ?? thread.MemoryMode;
        var git = patch.ChangesGit ? patch.Apply(thread.GitInfo) : thread.GitInfo;
        return memoryMode == thread.MemoryMode && git == thread.GitInfo ? null : ForPatch(head, patch, memoryMode, git);
    }

    /// <summary>Makes the item of a patch that does change something: one for both, because a patch is done wholly or not at all.</summary>
    /// <param name="head">The first <c>session_meta</c> of the log.</param>
    /// <param name="patch">The patch, checked.</param>
    /// <param name="memoryMode">The memory mode afterwards.</param>
    /// <param name="git">The repository state afterwards, or null.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the head cannot be read.</exception>
    public static NewItem ForPatch(RolloutItem head, ThreadPatch patch, string memoryMode, GitInfo? git)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return patch.ChangesGit ? WithGit(head, git, memoryMode) : WithMemoryMode(head, memoryMode);
    }

    /// <summary>Makes the item that changes the memory mode of a legacy log.</summary>
    /// <param name="head">The first <c>session_meta</c> of the log.</param>
    /// <param name="memoryMode">The memory mode.</param>
    /// <remarks>It has no repository state, so that a reader keeps the newest one of the log.</remarks>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the head cannot be read.</exception>
    public static NewItem WithMemoryMode(RolloutItem head, string memoryMode)
    {
        var members = Members(head);
        members.Remove("git");
        members.Set("memory_mode", memoryMode, after: "base_instructions");
        return Item(members);
    }

    /// <summary>Makes the item that changes the repository state of a legacy log.</summary>
    /// <param name="head">The first <c>session_meta</c> of the log.</param>
    /// <param name="git">The whole new state; null, which is written as an empty object, for none.</param>
    /// <param name="memoryMode">The memory mode, which stays.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the head cannot be read.</exception>
    public static NewItem WithGit(RolloutItem head, GitInfo? git, string memoryMode)
    {
        var members = Members(head);
        members.Set("memory_mode", memoryMode, after: "base_instructions");
        SetGit(members, git ?? new GitInfo(null, null, null));
        return Item(members);
    }

    /// <summary>Makes the first item of a fork from that of its source: same working folder, source, provider, instructions and history
    /// mode.</summary>
    /// <param name="head">The first <c>session_meta</c> of the source's current log.</param>
    /// <param name="source">The source. The fork begins with its repository state and memory mode.</param>
    /// <param name="fork">What makes it a fork.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the head cannot be read.</exception>
    public static NewItem ForFork(RolloutItem head, StoredThread source, ForkHead fork)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(fork);
        var members = head.IsBare ? TodaysForm.Head(head, source) : Members(head);
        // These belong to the source's own file or to the session that wrote it.
        foreach (
            var name in (ReadOnlySpan<string>)
                ["history_base", "forked_from_ordinal_exclusive", "subagent_history_start_ordinal", "context_window", "git"]
        )
            members.Remove(name);
        members.Set("id", fork.Id.ToString());
        if (members.Has("session_id"))
            members.Set("session_id", fork.Id.ToString());
        members.Set("timestamp", json => json.WriteStringValue(Time(fork.CreatedAt)), after: "id");
        if (members.Has("memory_mode") || source.MemoryMode != "enabled")
            members.Set("memory_mode", source.MemoryMode, after: "base_instructions");
        AddOrigin(members, fork);
        if (source.GitInfo is { } git)
            SetGit(members, git);
        return Item(members);
    }

    /// <summary>Makes the first item of a fork from one that the caller gave.</summary>
    /// <param name="given">The caller's <c>session_meta</c>, checked.</param>
    /// <param name="fork">What makes it a fork.</param>
    public static NewItem ForFork(NewItem given, ForkHead fork)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(fork);
        var members =
            JsonMembers.Parse(given.Payload)
            ?? throw ThreadStoreException.InvalidRequest("The payload of an item has to be one JSON object in UTF-8.");
        members.Remove("history_base");
        members.Remove("forked_from_ordinal_exclusive");
        AddOrigin(members, fork);
        return given with { Payload = members.ToArray() };
    }

    /// <summary>Makes the first item of the rollout in which a paginated thread goes on after it was taken back. It keeps the time of the
    /// thread's creation, and the memory mode and repository state that the thread has now: they may stand in lines that are taken
    /// back.</summary>
    /// <param name="head">The first <c>session_meta</c> of the thread's current log.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="history">The point to which the thread was taken back.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: the head cannot be read.</exception>
    public static NewItem ForRevert(RolloutItem head, StoredThread thread, HistoryBase history)
    {
        ArgumentNullException.ThrowIfNull(thread);
        ArgumentNullException.ThrowIfNull(history);
        var members = Members(head);
        members.Remove("subagent_history_start_ordinal");
        SetBase(members, history);
        if (members.Has("memory_mode") || thread.MemoryMode != "enabled")
            members.Set("memory_mode", thread.MemoryMode, after: "base_instructions");
        if (thread.GitInfo is { } git)
            SetGit(members, git);
        else
            members.Remove("git");
        return Item(members);
    }

    /// <summary>Makes the marker that takes back the newest turns of a legacy log.</summary>
    /// <param name="turns">How many turns are no longer shown.</param>
    public static NewItem RolledBack(int turns) =>
        NewItem.FromJson(
            "event_msg",
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{{\"type\":\"thread_rolled_back\",\"num_turns\":{turns}}}")
        );

    /// <summary>Makes the marker of a new name, as a legacy log has it.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="name">The name, or null when it is removed.</param>
    public static NewItem Renamed(ThreadId threadId, string? name) =>
        NewItem.FromJson(
            "event_msg",
            name is null
                ? $"{{\"type\":\"thread_name_updated\",\"thread_id\":\"{threadId}\"}}"
                : $"{{\"type\":\"thread_name_updated\",\"thread_id\":\"{threadId}\",\"thread_name\":\"{JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"}}"
        );

    static JsonMembers Members(RolloutItem head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return (head.Kind == RolloutItemKind.SessionMeta && !head.IsBare ? JsonMembers.Parse(head.Json) : null)
            ?? throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The log does not say which thread it belongs to.");
    }

    static void AddOrigin(JsonMembers members, ForkHead fork)
    {
        members.Set("forked_from_id", fork.Source.ToString(), after: "id");
        if (fork.History is not { } history)
            return;
        members.Set("forked_from_ordinal_exclusive", json => json.WriteNumberValue(history.EndOrdinal), after: "forked_from_id");
        SetBase(members, history);
    }

    static void SetBase(JsonMembers members, HistoryBase history) =>
        members.Set(
            "history_base",
            json =>
            {
                json.WriteStartObject();
                json.WriteString("thread_id"u8, history.RolloutId.ToString());
                json.WriteNumber("end_ordinal_exclusive"u8, history.EndOrdinal);
                json.WriteNumber("end_byte_offset"u8, history.EndByteOffset);
                json.WriteEndObject();
            },
            after: "history_mode"
        );

    static void SetGit(JsonMembers members, GitInfo git) =>
        members.Set(
            "git",
            json =>
            {
                json.WriteStartObject();
                foreach (
                    var (name, value) in (ReadOnlySpan<(string, string?)>)
                        [("commit_hash", git.CommitHash), ("branch", git.Branch), ("repository_url", git.RepositoryUrl)]
                )
                {
                    if (value is not null)
                        json.WriteString(name, value);
                }
                json.WriteEndObject();
            }
        );

    static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    static NewItem Item(JsonMembers members) => new("session_meta", members.ToArray());
}
