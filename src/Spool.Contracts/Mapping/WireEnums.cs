using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Contracts;

/// <summary>The enums of the wire.</summary>
static class WireEnums
{
    public static WireEnum<ThreadSort, Wire.ThreadSort> Sort { get; } =
        new(
            "sort",
            (ThreadSort.Created, Wire.ThreadSort.Created),
            (ThreadSort.Updated, Wire.ThreadSort.Updated),
            (ThreadSort.Recency, Wire.ThreadSort.Recency)
        )
        {
            Absent = ThreadSort.Created,
        };

    /// <summary>The direction. What an absent one means depends on what is read.</summary>
    public static WireEnum<SortDirection, Wire.SortDirection> Direction { get; } =
        new(
            "direction",
            (SortDirection.Descending, Wire.SortDirection.Descending),
            (SortDirection.Ascending, Wire.SortDirection.Ascending)
        );

    public static WireEnum<TurnView, Wire.TurnView> TurnView { get; } =
        new("view", (Spool.TurnView.Codex, Wire.TurnView.Codex), (Spool.TurnView.Complete, Wire.TurnView.Complete))
        {
            Absent = Spool.TurnView.Codex,
        };

    public static WireEnum<ArchiveFilter, Wire.ArchiveFilter> Archive { get; } =
        new(
            "archive filter",
            (ArchiveFilter.Active, Wire.ArchiveFilter.Active),
            (ArchiveFilter.Archived, Wire.ArchiveFilter.Archived),
            (ArchiveFilter.Any, Wire.ArchiveFilter.Any)
        )
        {
            Absent = ArchiveFilter.Active,
        };

    public static WireEnum<ThreadVisibility, Wire.ThreadVisibility> Visibility { get; } =
        new(
            "visibility",
            (ThreadVisibility.WithPreview, Wire.ThreadVisibility.WithPreview),
            (ThreadVisibility.All, Wire.ThreadVisibility.All)
        )
        {
            Absent = ThreadVisibility.WithPreview,
        };

    public static WireEnum<AgentFilter, Wire.AgentFilter> Agents { get; } =
        new(
            "filter of agents",
            (AgentFilter.Any, Wire.AgentFilter.Any),
            (AgentFilter.Roots, Wire.AgentFilter.Roots),
            (AgentFilter.SubAgents, Wire.AgentFilter.SubAgents)
        )
        {
            Absent = AgentFilter.Any,
        };

    public static WireEnum<FolderScope, Wire.FolderScope> CwdScope { get; } =
        new("scope of folders", (FolderScope.Exact, Wire.FolderScope.Exact), (FolderScope.Below, Wire.FolderScope.Below))
        {
            Absent = FolderScope.Exact,
        };

    public static WireEnum<Durability, Wire.Durability> Durability { get; } =
        new(
            "durability",
            (Spool.Durability.Buffered, Wire.Durability.Buffered),
            (Spool.Durability.Flushed, Wire.Durability.Flushed),
            (Spool.Durability.Fsynced, Wire.Durability.Fsynced)
        )
        {
            Absent = Spool.Durability.Flushed,
        };

    public static WireEnum<DamagedLog, Wire.DamagedLog> OnDamage { get; } =
        new("answer to damage", (DamagedLog.Refuse, Wire.DamagedLog.Refuse), (DamagedLog.AppendBehind, Wire.DamagedLog.AppendBehind))
        {
            Absent = DamagedLog.Refuse,
        };

    public static WireEnum<ThreadCondition, Wire.ThreadCondition> Condition { get; } =
        new(
            "condition",
            (ThreadCondition.Ok, Wire.ThreadCondition.Ok),
            (ThreadCondition.Torn, Wire.ThreadCondition.Torn),
            (ThreadCondition.Damaged, Wire.ThreadCondition.Damaged),
            (ThreadCondition.Unreadable, Wire.ThreadCondition.Unreadable),
            (ThreadCondition.UnknownFormat, Wire.ThreadCondition.UnknownFormat),
            (ThreadCondition.BrokenLineage, Wire.ThreadCondition.BrokenLineage),
            (ThreadCondition.Duplicate, Wire.ThreadCondition.Duplicate),
            (ThreadCondition.Superseded, Wire.ThreadCondition.Superseded)
        )
        {
            Unknown = ThreadCondition.Damaged, // a newer server knows a condition that this version does not: not whole, in any case
        };

    public static WireEnum<TurnStatus, Wire.TurnStatus> TurnStatus { get; } =
        new(
            "turn status",
            (Spool.TurnStatus.Completed, Wire.TurnStatus.Completed),
            (Spool.TurnStatus.Interrupted, Wire.TurnStatus.Interrupted),
            (Spool.TurnStatus.Failed, Wire.TurnStatus.Failed),
            (Spool.TurnStatus.InProgress, Wire.TurnStatus.InProgress)
        );
}
