using Google.Protobuf.WellKnownTypes;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Contracts;

/// <summary>Maps the requests of writers and forks to Spool's wire and back.</summary>
static class WireWrites
{
    /// <summary>Maps an append to the wire.</summary>
    /// <param name="request">The append.</param>
    /// <param name="threadId">The thread, or null on a stream that has named it before.</param>
    /// <param name="lease">The lease, or null on a stream that has named it before.</param>
    public static Wire.AppendRequest ToWire(AppendRequest request, ThreadId? threadId, Guid? lease)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wire = new Wire.AppendRequest { Durability = WireEnums.Durability.ToWire(request.Durability) };
        if (threadId is { } id)
            wire.ThreadId = id.ToString();
        if (lease is { } held)
            wire.LeaseId = held.ToString();
        if (request.ExpectedOrdinal is { } ordinal)
            wire.ExpectedOrdinal = ordinal;
        if (request.BatchId is { } batch)
            wire.BatchId = batch.ToString();
        wire.Items.Capacity = request.Items.Count;
        foreach (var item in request.Items)
            wire.Items.Add(WireItems.ToWire(item));
        return wire;
    }

    /// <summary>Maps an append from the wire.</summary>
    /// <param name="wire">The append.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static AppendRequest ToStore(Wire.AppendRequest wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        var items = new NewItem[wire.Items.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = WireItems.ToStore(wire.Items[i]);
        return new AppendRequest(items)
        {
            Durability = WireEnums.Durability.ToStore(wire.Durability),
            ExpectedOrdinal = wire.HasExpectedOrdinal ? wire.ExpectedOrdinal : null,
            BatchId = wire.HasBatchId ? ParseId(wire.BatchId, "batch") : null,
        };
    }

    /// <summary>Maps a receipt to the wire.</summary>
    /// <param name="receipt">The receipt.</param>
    public static Wire.AppendResponse ToWire(AppendReceipt receipt) =>
        new()
        {
            FirstOrdinal = receipt.FirstOrdinal,
            Count = receipt.Count,
            IsStored = receipt.IsStored,
        };

    /// <summary>Maps a receipt from the wire.</summary>
    /// <param name="wire">The receipt.</param>
    public static AppendReceipt ToStore(Wire.AppendResponse wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new AppendReceipt(wire.FirstOrdinal, wire.Count) { IsStored = wire.IsStored };
    }

    /// <summary>Maps a durability to the wire.</summary>
    /// <param name="durability">The durability.</param>
    public static Wire.Durability ToWire(Durability durability) => WireEnums.Durability.ToWire(durability);

    /// <summary>Maps a durability from the wire.</summary>
    /// <param name="wire">The durability.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not one of the contract.</exception>
    public static Durability ToStore(Wire.Durability wire) => WireEnums.Durability.ToStore(wire);

    /// <summary>Maps the request for a new thread to the wire.</summary>
    /// <param name="request">The request.</param>
    /// <param name="lease">The lease to open.</param>
    /// <param name="owner">Who asks, or null.</param>
    public static Wire.OpenWriterRequest ToWire(CreateRequest request, Guid lease, WriterOwner? owner)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Wire.OpenWriterRequest
        {
            ThreadId = request.ThreadId.ToString(),
            LeaseId = lease.ToString(),
            Create = new Wire.CreateThread { SessionMeta = WireItems.ToWire(request.SessionMeta) },
            Owner = ToWire(owner),
            KnowsCodes = true,
        };
    }

    /// <summary>Maps the request to go on writing to the wire.</summary>
    /// <param name="request">The request.</param>
    /// <param name="lease">The lease to open.</param>
    /// <param name="owner">Who asks, or null.</param>
    public static Wire.OpenWriterRequest ToWire(ResumeRequest request, Guid lease, WriterOwner? owner)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Wire.OpenWriterRequest
        {
            ThreadId = request.ThreadId.ToString(),
            LeaseId = lease.ToString(),
            Resume = new Wire.ResumeThread { OnDamage = WireEnums.OnDamage.ToWire(request.OnDamage) },
            Owner = ToWire(owner),
            KnowsCodes = true,
        };
    }

    /// <summary>Maps the request to go on writing from the wire.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="wire">The request.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static ResumeRequest ToStore(ThreadId threadId, Wire.ResumeThread wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new ResumeRequest(threadId) { OnDamage = WireEnums.OnDamage.ToStore(wire.OnDamage) };
    }

    /// <summary>Maps an owner to the wire.</summary>
    /// <param name="owner">The owner, or null.</param>
    public static Wire.WriterOwner? ToWire(WriterOwner? owner)
    {
        if (owner is null)
            return null;
        var wire = new Wire.WriterOwner { Since = owner.Since?.ToTimestamp() };
        if (owner.Host is { } host)
            wire.Host = host;
        if (owner.ProcessId is { } process)
            wire.ProcessId = process;
        if (owner.Program is { } program)
            wire.Program = program;
        return wire;
    }

    /// <summary>Maps an owner from the wire.</summary>
    /// <param name="wire">The owner, or null.</param>
    public static WriterOwner? ToStore(Wire.WriterOwner? wire) =>
        wire is null
            ? null
            : new WriterOwner(
                wire.HasHost ? wire.Host : null,
                wire.HasProcessId ? wire.ProcessId : null,
                wire.HasProgram ? wire.Program : null,
                WireTimes.ToStoreOrNull(wire.Since)
            );

    /// <summary>Maps a fork to the wire.</summary>
    /// <param name="request">The fork.</param>
    public static Wire.ForkThreadRequest ToWire(ForkRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wire = new Wire.ForkThreadRequest
        {
            SourceThreadId = request.Source.ToString(),
            ThreadId = request.ThreadId.ToString(),
            IncludesTurn = request.Point.IncludesTurn,
            SessionMeta = request.SessionMeta is { } meta ? WireItems.ToWire(meta) : null,
        };
        if (request.Point.Turn is { } turn)
            wire.TurnId = turn;
        return wire;
    }

    /// <summary>Maps a fork from the wire.</summary>
    /// <param name="wire">The fork.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static ForkRequest ToStore(Wire.ForkThreadRequest wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new ForkRequest(ThreadIds.Read(wire.SourceThreadId), ThreadIds.Read(wire.ThreadId))
        {
            Point =
                !wire.HasTurnId ? ForkPoint.Latest
                : wire.IncludesTurn ? ForkPoint.Through(wire.TurnId)
                : ForkPoint.Before(wire.TurnId),
            SessionMeta = wire.SessionMeta is { } meta ? WireItems.ToStore(meta) : null,
        };
    }

    /// <summary>Maps the request for a page of turns to the wire.</summary>
    /// <param name="request">The request.</param>
    public static Wire.ListTurnsRequest ToWire(ListTurnsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wire = new Wire.ListTurnsRequest
        {
            ThreadId = request.ThreadId.ToString(),
            Limit = request.Limit,
            Direction = WireEnums.Direction.ToWire(request.Direction),
            View = WireEnums.TurnView.ToWire(request.View),
            WithRolledBack = request.WithRolledBack,
        };
        if (request.Cursor is { } cursor)
            wire.Cursor = cursor;
        return wire;
    }

    /// <summary>Maps the request for a page of turns from the wire.</summary>
    /// <param name="wire">The request.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static ListTurnsRequest ToStore(Wire.ListTurnsRequest wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new ListTurnsRequest(ThreadIds.Read(wire.ThreadId))
        {
            Limit = wire.Limit,
            Cursor = wire.HasCursor ? wire.Cursor : null,
            Direction = WireEnums.Direction.ToStore(wire.Direction, SortDirection.Ascending),
            View = WireEnums.TurnView.ToStore(wire.View),
            WithRolledBack = wire.WithRolledBack,
        };
    }

    /// <summary>Maps the request for a page of items to the wire.</summary>
    /// <param name="request">The request.</param>
    public static Wire.ListItemsRequest ToWire(ListItemsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var wire = new Wire.ListItemsRequest
        {
            ThreadId = request.ThreadId.ToString(),
            Limit = request.Limit,
            Direction = WireEnums.Direction.ToWire(request.Direction),
        };
        if (request.Cursor is { } cursor)
            wire.Cursor = cursor;
        return wire;
    }

    /// <summary>Maps the request for a page of items from the wire.</summary>
    /// <param name="wire">The request.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static ListItemsRequest ToStore(Wire.ListItemsRequest wire)
    {
        ArgumentNullException.ThrowIfNull(wire);
        return new ListItemsRequest(ThreadIds.Read(wire.ThreadId))
        {
            Limit = wire.Limit,
            Cursor = wire.HasCursor ? wire.Cursor : null,
            Direction = WireEnums.Direction.ToStore(wire.Direction, SortDirection.Ascending),
        };
    }

    /// <summary>Reads an id that a client made, such as that of a lease.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it is the id of, for the message.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not a UUID.</exception>
    public static Guid ParseId(string text, string what) =>
        Guid.TryParseExact(text, "D", out var id) ? id : throw ThreadStoreException.InvalidRequest($"The id of a {what} has to be a UUID.");
}
