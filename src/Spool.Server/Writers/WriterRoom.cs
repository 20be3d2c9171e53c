using Spool.Remote;

namespace Spool.Server;

/// <summary>How many writers a tenant may have open. A lease is kept by its client for as long as it likes, so leases have seven eighths at most; the writers that the server keeps for clients
/// of Codex can be closed and opened again whenever nobody uses them, so for the others the one is closed that was idle for longest.</summary>
/// <param name="limit">The most writers of both kinds.</param>
/// <param name="files">The files that writers of all tenants, and connections, have open.</param>
/// <param name="time">The clock.</param>
/// <param name="closeIdle">Closes the writer of a client of Codex that was idle for longest, and says whether there was one.</param>
sealed class WriterRoom(int limit, FileRoom files, TimeProvider time, Func<ValueTask<bool>> closeIdle)
{
    const string Anybody = "";

    readonly (Budget Budget, long Amount)[] _parts = [(new Budget(limit, limit, time), 1), (files.Writers, FileRoom.OfWriter), (files.All, FileRoom.OfWriter)];
    readonly Budget _leases = new(limit - limit / 8, limit, time);

    /// <summary>Takes room for the writer of a slot, unless it has it. Clients of Codex make each call once, so they wait for it, for a bounded time; others are told to come again.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no room.</exception>
    public async ValueTask TakeAsync(WriterSlot slot, WriterKind kind, CancellationToken cancellationToken)
    {
        if (slot.Room == kind || slot.IsOpen)
            return;
        Give(slot);
        if (kind == WriterKind.Lease && !_leases.TryTake(Anybody, 1))
            throw Full();
        try
        {
            await TakeAsync(kind, cancellationToken).ConfigureAwait(false);
            slot.Room = kind;
        }
        finally
        {
            if (kind == WriterKind.Lease && slot.Room is null)
                _leases.Give(Anybody, 1);
        }
    }

    /// <summary>Gives the room of a slot back, if it has any.</summary>
    public void Give(WriterSlot slot)
    {
        if (slot.Room is not { } kind)
            return;
        slot.Room = null;
        GiveParts(_parts.Length);
        if (kind == WriterKind.Lease)
            _leases.Give(Anybody, 1);
    }

    async ValueTask TakeAsync(WriterKind kind, CancellationToken cancellationToken)
    {
        var taken = 0;
        try
        {
            foreach (var (budget, amount) in _parts)
            {
                await TakeAsync(budget, amount, kind, cancellationToken).ConfigureAwait(false);
                taken++;
            }
        }
        catch
        {
            GiveParts(taken);
            throw;
        }
    }

    async ValueTask TakeAsync(Budget budget, long amount, WriterKind kind, CancellationToken cancellationToken)
    {
        while (!budget.TryTake(Anybody, amount))
        {
            if (await closeIdle().ConfigureAwait(false))
                continue;
            if (kind == WriterKind.Codex && await budget.TakeAsync(Anybody, amount, cancellationToken).ConfigureAwait(false))
                return;
            throw Full();
        }
    }

    void GiveParts(int count)
    {
        foreach (var (budget, amount) in _parts[..count])
            budget.Give(Anybody, amount);
    }

    static Grpc.Core.RpcException Full() => WireErrors.Busy("Too many threads are being written; try again later.");
}

/// <summary>For whom a writer is open.</summary>
enum WriterKind
{
    /// <summary>A client that holds it by a lease.</summary>
    Lease,

    /// <summary>Clients of Codex's contract.</summary>
    Codex,
}
