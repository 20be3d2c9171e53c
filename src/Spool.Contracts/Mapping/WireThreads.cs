using Google.Protobuf.WellKnownTypes;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Contracts;

/// <summary>Maps threads, queries and changes to Spool's wire and back.</summary>
static class WireThreads
{
    /// <summary>Maps a thread to the wire.</summary>
    /// <param name="thread">The thread.</param>
    public static Wire.StoredThread ToWire(StoredThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        var wire = new Wire.StoredThread
        {
            Id = thread.Id.ToString(),
            Preview = thread.Preview,
            CreatedAt = thread.CreatedAt.ToTimestamp(),
            UpdatedAt = thread.UpdatedAt.ToTimestamp(),
            RecencyAt = thread.RecencyAt.ToTimestamp(),
            ArchivedAt = thread.ArchivedAt?.ToTimestamp(),
            Cwd = thread.Cwd,
            SourceJson = thread.Source.Json,
            CliVersion = thread.CliVersion,
            Depth = thread.Depth,
            HistoryMode = thread.HistoryMode,
            MemoryMode = thread.MemoryMode,
            TokensUsed = thread.TokensUsed,
            Revision = thread.Revision,
            State = WireEnums.Condition.ToWire(thread.State),
        };
        if (thread.Name is { } name)
            wire.Name = name;
        if (thread.ModelProvider is { } provider)
            wire.ModelProvider = provider;
        if (thread.Model is { } model)
            wire.Model = model;
        if (thread.ReasoningEffort is { } effort)
            wire.ReasoningEffort = effort;
        if (thread.Originator is { } originator)
            wire.Originator = originator;
        if (thread.GitInfo is { } git)
            wire.GitInfo = ToWire(git);
        if (thread.ForkedFromId is { } fork)
            wire.ForkedFromId = fork.ToString();
        if (thread.ParentThreadId is { } parent)
            wire.ParentThreadId = parent.ToString();
        if (thread.AgentNickname is { } nickname)
            wire.AgentNickname = nickname;
        if (thread.AgentRole is { } role)
            wire.AgentRole = role;
        if (thread.AgentPath is { } path)
            wire.AgentPath = path;
        if (thread.ThreadSource is { } source)
            wire.ThreadSource = source;
        if (thread.StateReason is { } reason)
            wire.StateReason = reason;
        return wire;
    }

    /// <summary>Maps a thread from the wire.</summary>
    /// <param name="wire">The thread.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static StoredThread ToStore(Wire.StoredThread wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new StoredThread
        {
            Id = ThreadIds.Read(wire.Id),
            Name = wire.HasName ? wire.Name : null,
            Preview = wire.Preview,
            CreatedAt = WireTimes.ToStore(wire.CreatedAt),
            UpdatedAt = WireTimes.ToStore(wire.UpdatedAt),
            RecencyAt = WireTimes.ToStore(wire.RecencyAt),
            ArchivedAt = wire.ArchivedAt is { } archived ? WireTimes.ToStore(archived) : null,
            Cwd = wire.Cwd,
            Source = new SessionSource(wire.SourceJson),
            ModelProvider = wire.HasModelProvider ? wire.ModelProvider : null,
            Model = wire.HasModel ? wire.Model : null,
            ReasoningEffort = wire.HasReasoningEffort ? wire.ReasoningEffort : null,
            CliVersion = wire.CliVersion,
            Originator = wire.HasOriginator ? wire.Originator : null,
            GitInfo = wire.GitInfo is { } git ? ToStore(git) : null,
            ForkedFromId = wire.HasForkedFromId ? ThreadIds.Read(wire.ForkedFromId) : null,
            ParentThreadId = wire.HasParentThreadId ? ThreadIds.Read(wire.ParentThreadId) : null,
            Depth = wire.Depth,
            AgentNickname = wire.HasAgentNickname ? wire.AgentNickname : null,
            AgentRole = wire.HasAgentRole ? wire.AgentRole : null,
            AgentPath = wire.HasAgentPath ? wire.AgentPath : null,
            ThreadSource = wire.HasThreadSource ? wire.ThreadSource : null,
            HistoryMode = wire.HistoryMode,
            MemoryMode = wire.MemoryMode,
            TokensUsed = wire.TokensUsed,
            Revision = wire.Revision,
            State = WireEnums.Condition.ToStore(wire.State),
            StateReason = wire.HasStateReason ? wire.StateReason : null,
        };
    }

    /// <summary>Maps a query to the wire.</summary>
    /// <param name="query">The query.</param>
    public static Wire.ListThreadsRequest ToWire(ThreadQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var wire = new Wire.ListThreadsRequest
        {
            Limit = query.Limit,
            Sort = WireEnums.Sort.ToWire(query.Sort),
            Direction = WireEnums.Direction.ToWire(query.Direction),
            Archive = WireEnums.Archive.ToWire(query.Archive),
            Visibility = WireEnums.Visibility.ToWire(query.Visibility),
            Sources = { query.Sources },
            ModelProviders = { query.ModelProviders },
            Cwds = { query.Cwds },
            Agents = WireEnums.Agents.ToWire(query.Agents),
            Branches = { query.Branches },
            Repositories = { query.Repositories },
            Since = query.Since?.ToTimestamp(),
            Until = query.Until?.ToTimestamp(),
            CwdScope = WireEnums.CwdScope.ToWire(query.CwdScope),
        };
        if (query.Cursor is { } cursor)
            wire.Cursor = cursor;
        if (query.SearchTerm is { } term)
            wire.SearchTerm = term;
        if (query.Parent is { } parent)
            wire.ParentThreadId = parent.ToString();
        if (query.IdPrefix is { } prefix)
            wire.IdPrefix = prefix;
        return wire;
    }

    /// <summary>Maps a query from the wire.</summary>
    /// <param name="wire">The query.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static ThreadQuery ToStore(Wire.ListThreadsRequest wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new ThreadQuery
        {
            Limit = wire.Limit,
            Cursor = wire.HasCursor ? wire.Cursor : null,
            Sort = WireEnums.Sort.ToStore(wire.Sort),
            Direction = WireEnums.Direction.ToStore(wire.Direction, SortDirection.Descending),
            Archive = WireEnums.Archive.ToStore(wire.Archive),
            Visibility = WireEnums.Visibility.ToStore(wire.Visibility),
            Sources = [.. wire.Sources],
            ModelProviders = [.. wire.ModelProviders],
            Cwds = [.. wire.Cwds],
            SearchTerm = wire.HasSearchTerm ? wire.SearchTerm : null,
            Parent = wire.HasParentThreadId ? ThreadIds.Read(wire.ParentThreadId) : null,
            IdPrefix = wire.HasIdPrefix ? wire.IdPrefix : null,
            Agents = WireEnums.Agents.ToStore(wire.Agents),
            Branches = [.. wire.Branches],
            Repositories = [.. wire.Repositories],
            Since = WireTimes.ToStoreOrNull(wire.Since),
            Until = WireTimes.ToStoreOrNull(wire.Until),
            CwdScope = WireEnums.CwdScope.ToStore(wire.CwdScope),
        };
    }

    /// <summary>Maps a patch to the wire.</summary>
    /// <param name="patch">The patch.</param>
    public static Wire.ThreadPatch ToWire(ThreadPatch patch)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var wire = new Wire.ThreadPatch
        {
            Name = ToWire(patch.Name),
            CommitHash = ToWire(patch.CommitHash),
            Branch = ToWire(patch.Branch),
            RepositoryUrl = ToWire(patch.RepositoryUrl),
        };
        if (patch.MemoryMode is { } mode)
            wire.MemoryMode = mode;
        return wire;
    }

    /// <summary>Maps a patch from the wire.</summary>
    /// <param name="wire">The patch; null is one that changes nothing.</param>
    public static ThreadPatch ToStore(Wire.ThreadPatch? wire) =>
        wire is null
            ? new ThreadPatch()
            : new ThreadPatch
            {
                Name = ToStore(wire.Name),
                MemoryMode = wire.HasMemoryMode ? wire.MemoryMode : null,
                CommitHash = ToStore(wire.CommitHash),
                Branch = ToStore(wire.Branch),
                RepositoryUrl = ToStore(wire.RepositoryUrl),
            };

    /// <summary>Maps a thread after a change to the wire.</summary>
    /// <param name="changed">The thread.</param>
    public static Wire.ChangedThread ToWire(ChangedThread changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return new Wire.ChangedThread { Thread = ToWire(changed.Thread), Warnings = { changed.Warnings } };
    }

    /// <summary>Maps a thread after a change from the wire.</summary>
    /// <param name="wire">The thread.</param>
    public static ChangedThread ToStore(Wire.ChangedThread wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new ChangedThread(ToStore(wire.Thread ?? throw WireTimes.Incomplete())) { Warnings = [.. wire.Warnings] };
    }

    /// <summary>Maps the receipt of a deletion to the wire.</summary>
    /// <param name="receipt">The receipt.</param>
    public static Wire.DeletionReceipt ToWire(DeletionReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return new Wire.DeletionReceipt
        {
            ThreadId = receipt.ThreadId.ToString(),
            Rollouts = receipt.Rollouts,
            Bytes = receipt.Bytes,
            Names = receipt.Names,
            Rows = receipt.Rows,
            Prompts = receipt.Prompts,
            Removed = { receipt.Removed },
            Left = { receipt.Left.Select(left => new Wire.LeftBehind { What = left.What, Why = left.Why }) },
        };
    }

    /// <summary>Maps the receipt of a deletion from the wire.</summary>
    /// <param name="wire">The receipt.</param>
    public static DeletionReceipt ToStore(Wire.DeletionReceipt wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new DeletionReceipt(ThreadIds.Read(wire.ThreadId))
        {
            Rollouts = wire.Rollouts,
            Bytes = wire.Bytes,
            Names = wire.Names,
            Rows = wire.Rows,
            Prompts = wire.Prompts,
            Removed = [.. wire.Removed],
            Left = [.. wire.Left.Select(left => new LeftBehind(left.What, left.Why))],
        };
    }

    static Wire.TextChange? ToWire(Change<string> change) =>
        !change.IsChange ? null
        : change.IsSet ? new Wire.TextChange { Value = change.Value }
        : new Wire.TextChange();

    static Change<string> ToStore(Wire.TextChange? wire) =>
        wire is null ? default
        : wire.HasValue ? Change.To(wire.Value)
        : Change.Clear<string>();

    static Wire.GitInfo ToWire(GitInfo git)
    {
        var wire = new Wire.GitInfo();
        if (git.CommitHash is { } commit)
            wire.CommitHash = commit;
        if (git.Branch is { } branch)
            wire.Branch = branch;
        if (git.RepositoryUrl is { } url)
            wire.RepositoryUrl = url;
        return wire;
    }

    static GitInfo ToStore(Wire.GitInfo wire) =>
        new(
            wire.HasCommitHash ? wire.CommitHash : null,
            wire.HasBranch ? wire.Branch : null,
            wire.HasRepositoryUrl ? wire.RepositoryUrl : null
        );
}
