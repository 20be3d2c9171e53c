using Wire = Spool.Remote.SpoolV1;

namespace Spool.Remote;

/// <summary>Maps enums to the wire and back. A number that is not in the contract is an invalid request.</summary>
static class WireEnums
{
    public static Wire.ThreadSort ToWire(ThreadSort value) => value switch
    {
        ThreadSort.Created => Wire.ThreadSort.Created,
        ThreadSort.Updated => Wire.ThreadSort.Updated,
        ThreadSort.Recency => Wire.ThreadSort.Recency,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static ThreadSort ToStore(Wire.ThreadSort value) => value switch
    {
        Wire.ThreadSort.Unspecified or Wire.ThreadSort.Created => ThreadSort.Created,
        Wire.ThreadSort.Updated => ThreadSort.Updated,
        Wire.ThreadSort.Recency => ThreadSort.Recency,
        _ => throw Unknown("sort"),
    };

    public static Wire.SortDirection ToWire(SortDirection value) => value switch
    {
        SortDirection.Descending => Wire.SortDirection.Descending,
        SortDirection.Ascending => Wire.SortDirection.Ascending,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static SortDirection ToStore(Wire.SortDirection value, SortDirection unspecified) => value switch
    {
        Wire.SortDirection.Unspecified => unspecified,
        Wire.SortDirection.Descending => SortDirection.Descending,
        Wire.SortDirection.Ascending => SortDirection.Ascending,
        _ => throw Unknown("direction"),
    };

    public static Wire.ArchiveFilter ToWire(ArchiveFilter value) => value switch
    {
        ArchiveFilter.Active => Wire.ArchiveFilter.Active,
        ArchiveFilter.Archived => Wire.ArchiveFilter.Archived,
        ArchiveFilter.Any => Wire.ArchiveFilter.Any,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static ArchiveFilter ToStore(Wire.ArchiveFilter value) => value switch
    {
        Wire.ArchiveFilter.Unspecified or Wire.ArchiveFilter.Active => ArchiveFilter.Active,
        Wire.ArchiveFilter.Archived => ArchiveFilter.Archived,
        Wire.ArchiveFilter.Any => ArchiveFilter.Any,
        _ => throw Unknown("archive filter"),
    };

    public static Wire.ThreadVisibility ToWire(ThreadVisibility value) => value switch
    {
        ThreadVisibility.WithPreview => Wire.ThreadVisibility.WithPreview,
        ThreadVisibility.All => Wire.ThreadVisibility.All,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static ThreadVisibility ToStore(Wire.ThreadVisibility value) => value switch
    {
        Wire.ThreadVisibility.Unspecified or Wire.ThreadVisibility.WithPreview => ThreadVisibility.WithPreview,
        Wire.ThreadVisibility.All => ThreadVisibility.All,
        _ => throw Unknown("visibility"),
    };

    public static Wire.Durability ToWire(Durability value) => value switch
    {
        Durability.Buffered => Wire.Durability.Buffered,
        Durability.Flushed => Wire.Durability.Flushed,
        Durability.Fsynced => Wire.Durability.Fsynced,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static Durability ToStore(Wire.Durability value) => value switch
    {
        Wire.Durability.Buffered => Durability.Buffered,
        Wire.Durability.Unspecified or Wire.Durability.Flushed => Durability.Flushed,
        Wire.Durability.Fsynced => Durability.Fsynced,
        _ => throw Unknown("durability"),
    };

    public static Wire.DamagedLog ToWire(DamagedLog value) => value switch
    {
        DamagedLog.Refuse => Wire.DamagedLog.Refuse,
        DamagedLog.AppendBehind => Wire.DamagedLog.AppendBehind,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static DamagedLog ToStore(Wire.DamagedLog value) => value switch
    {
        Wire.DamagedLog.Unspecified or Wire.DamagedLog.Refuse => DamagedLog.Refuse,
        Wire.DamagedLog.AppendBehind => DamagedLog.AppendBehind,
        _ => throw Unknown("answer to damage"),
    };

    public static Wire.ThreadCondition ToWire(ThreadCondition value) => value switch
    {
        ThreadCondition.Ok => Wire.ThreadCondition.Ok,
        ThreadCondition.Torn => Wire.ThreadCondition.Torn,
        ThreadCondition.Damaged => Wire.ThreadCondition.Damaged,
        ThreadCondition.Unreadable => Wire.ThreadCondition.Unreadable,
        ThreadCondition.UnknownFormat => Wire.ThreadCondition.UnknownFormat,
        ThreadCondition.BrokenLineage => Wire.ThreadCondition.BrokenLineage,
        ThreadCondition.Duplicate => Wire.ThreadCondition.Duplicate,
        ThreadCondition.Superseded => Wire.ThreadCondition.Superseded,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static ThreadCondition ToStore(Wire.ThreadCondition value) => value switch
    {
        Wire.ThreadCondition.Ok => ThreadCondition.Ok,
        Wire.ThreadCondition.Torn => ThreadCondition.Torn,
        Wire.ThreadCondition.Unreadable => ThreadCondition.Unreadable,
        Wire.ThreadCondition.UnknownFormat => ThreadCondition.UnknownFormat,
        Wire.ThreadCondition.BrokenLineage => ThreadCondition.BrokenLineage,
        Wire.ThreadCondition.Duplicate => ThreadCondition.Duplicate,
        Wire.ThreadCondition.Superseded => ThreadCondition.Superseded,
        _ => ThreadCondition.Damaged, // a newer server knows a condition that this version does not: not whole, in any case
    };

    public static Wire.TurnStatus ToWire(TurnStatus value) => value switch
    {
        TurnStatus.Completed => Wire.TurnStatus.Completed,
        TurnStatus.Interrupted => Wire.TurnStatus.Interrupted,
        TurnStatus.Failed => Wire.TurnStatus.Failed,
        TurnStatus.InProgress => Wire.TurnStatus.InProgress,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, null),
    };

    public static TurnStatus ToStore(Wire.TurnStatus value) => value switch
    {
        Wire.TurnStatus.Completed => TurnStatus.Completed,
        Wire.TurnStatus.Interrupted => TurnStatus.Interrupted,
        Wire.TurnStatus.Failed => TurnStatus.Failed,
        Wire.TurnStatus.InProgress => TurnStatus.InProgress,
        _ => throw Unknown("turn status"),
    };

    static ThreadStoreException Unknown(string what) => ThreadStoreException.InvalidRequest($"The {what} is one that this version does not know.");
}
