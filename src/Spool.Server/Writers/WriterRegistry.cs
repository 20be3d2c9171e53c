using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Spool.Remote;

namespace Spool.Server;

/// <summary>The threads of one tenant that are written or announced. It shuts idle writers down, and all of them at the end.</summary>
sealed class WriterRegistry : IAsyncDisposable
{
    const int ClosedAtOnce = 64; // a home takes locks back together, and each writer waits for its own disk

    readonly ConcurrentDictionary<ThreadId, WriterSlot> _slots = new();
    readonly SpoolServerOptions _options;
    readonly WriterRoom _room;
    readonly RememberedThreads _remembered;
    readonly ILogger _logger;
    readonly ITimer _timer;
    readonly SemaphoreSlim _sweeping = new(1, 1);
    bool _closed;

    public WriterRegistry(SpoolServerOptions options, FileRoom files, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _room = new WriterRoom(options.Limits.MaxWriters, files, options.Time, TryCloseIdleAsync);
        _remembered = new RememberedThreads(options.Limits.MaxWriters, options.Limits.MaxAnnouncedBytes);
        Clock = new MonotonicClock(options.Time);
        // So often that what is idle is given up soon after its time, and by far not so often that it costs anything.
        var period = TimeSpan.FromTicks(Math.Max(options.WriterIdle.Ticks / 30, TimeSpan.TicksPerMillisecond * 10));
        _timer = options.Time.CreateTimer(_ => _ = SweepSafelyAsync(), null, period, period);
    }

    /// <summary>Gets how many writers are open.</summary>
    public int OpenWriters => _slots.Values.Count(slot => slot.IsOpen);

    /// <summary>Says whether a writer of a thread is open.</summary>
    public bool IsOpen(ThreadId thread) => _slots.TryGetValue(thread, out var slot) && slot.IsOpen;

    /// <summary>Gets the clock of leases and idleness.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>Waits for the gate of a thread and takes it.</summary>
    /// <exception cref="Grpc.Core.RpcException">The server is stopping.</exception>
    public async ValueTask<Hold> EnterAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Volatile.Read(ref _closed))
                throw WireErrors.Stopping();
            var slot = _slots.GetOrAdd(thread, static id => new WriterSlot(id));
            await slot.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (slot.Removed)
            {
                slot.Gate.Release();
                continue;
            }
            var hold = new Hold(this, slot);
            if (!Volatile.Read(ref _closed))
                return hold;
            hold.Dispose();
        }
    }

    /// <summary>Takes room for the writer that is to be opened in a slot. The room is given back when the gate is left without a writer.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is no room.</exception>
    public ValueTask TakeRoomAsync(WriterSlot slot, WriterKind kind, CancellationToken cancellationToken) => _room.TakeAsync(slot, kind, cancellationToken);

    /// <summary>Says which client holds the writer of a thread, or null when none does. It waits for nobody.</summary>
    public WriterOwner? OwnerOf(ThreadId thread) =>
        !_slots.TryGetValue(thread, out var slot) ? null : slot.Lease is { } lease ? lease.Owner : slot.Codex is { Writer: not null } ? CodexThread.Owner : null;

    /// <summary>Finds the writer that a client holds by an id, without waiting for the gate.</summary>
    public WriterLease? FindLease(ThreadId thread, Guid lease) => _slots.TryGetValue(thread, out var slot) && slot.Lease is { } held && held.Id == lease ? held : null;

    /// <summary>Shuts down what nobody has used for long enough.</summary>
    internal async Task SweepAsync()
    {
        foreach (var (thread, slot) in _slots)
        {
            if (!await slot.Gate.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
                continue; // it is in use
            using var hold = new Hold(this, slot);
            try
            {
                await ExpireAsync(thread, slot).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ThreadStoreException or ObjectDisposedException or IOException)
            {
                Log.ShutDownFailed(_logger, thread, e); // the writer stays, and the next sweep tries again
            }
        }
    }

    /// <summary>Shuts every writer down, so that everything acknowledged is stored, and refuses what comes later.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, true))
            return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _sweeping.WaitAsync().ConfigureAwait(false);
        // Each waits for the disk, and a stop for the last of them.
        await Parallel.ForEachAsync(_slots, new ParallelOptions { MaxDegreeOfParallelism = ClosedAtOnce }, async (entry, _) => await CloseAsync(entry.Key, entry.Value).ConfigureAwait(false)).ConfigureAwait(false);
    }

    async ValueTask CloseAsync(ThreadId thread, WriterSlot slot)
    {
        await slot.Gate.WaitAsync().ConfigureAwait(false);
        using var hold = new Hold(this, slot);
        try
        {
            slot.Lease?.Close();
            await CloseLeaseAsync(slot).ConfigureAwait(false);
            if (slot.Codex is { } codex)
                await codex.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.ShutDownFailed(_logger, thread, e); // the others have to be shut down as well
        }
    }

    /// <summary>Gives the writer of a lease back: everything that waits is stored, or, where nothing can be stored any more, discarded.</summary>
    public static async ValueTask CloseLeaseAsync(WriterSlot slot)
    {
        if (slot.Lease is not { } lease)
            return;
        await CloseWriterAsync(lease.Writer, lease.IsUseless).ConfigureAwait(false);
        slot.Lease = null;
    }

    /// <summary>Gives a writer back.</summary>
    public static async ValueTask CloseWriterAsync(IThreadWriter writer, bool useless)
    {
        if (useless)
            await writer.DiscardAsync().ConfigureAwait(false);
        else
            await writer.ShutDownAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
    }

    async ValueTask ExpireAsync(ThreadId thread, WriterSlot slot)
    {
        if (slot.Lease is { } lease && lease.TryExpire())
        {
            await CloseLeaseAsync(slot).ConfigureAwait(false);
            Log.WriterExpired(_logger, thread);
        }
        if (slot.Codex is { } codex)
        {
            if (codex.Writer is not null && Clock.Now - codex.LastUse >= _options.WriterIdle)
            {
                await codex.CloseAsync().ConfigureAwait(false);
                Log.WriterExpired(_logger, thread);
            }
            if (codex.Writer is null && Clock.Now - codex.LastUse >= _options.AnnouncementIdle)
                slot.Codex = null;
        }
    }

    // Its client opens it again by its next append. It costs a look at all threads, and happens only when there is no room.
    async ValueTask<bool> TryCloseIdleAsync()
    {
        var idle = _slots.Select(pair => pair.Value).Where(slot => slot.Codex?.Writer is not null && slot.Gate.CurrentCount > 0);
        foreach (var slot in idle.OrderBy(slot => slot.Codex?.LastUse))
        {
            if (!await slot.Gate.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
                continue;
            using var hold = new Hold(this, slot);
            if (slot.Codex is not { Writer: not null } codex)
                continue;
            try
            {
                await codex.CloseAsync().ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (e is ThreadStoreException or ObjectDisposedException or IOException)
            {
                Log.ShutDownFailed(_logger, slot.Thread, e); // the writer stays; another one may do
            }
        }
        return false;
    }

    // One at a time; a tick that finds one going on has nothing to do. Nobody waits for it but the end of the registry, which takes its turn.
    async Task SweepSafelyAsync()
    {
        if (!await _sweeping.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
            return;
        try
        {
            await SweepAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.SweepFailed(_logger, e); // the loop's boundary: the next tick begins anew
        }
        finally
        {
            _sweeping.Release();
        }
    }

    void Leave(WriterSlot slot)
    {
        if (slot.Codex is { Writer: null, IsWorthKeeping: false })
            slot.Codex = null;
        if (!slot.IsOpen)
            _room.Give(slot);
        IReadOnlyList<ThreadId> forgotten = [];
        if (slot.Codex is { Writer: null } codex)
            forgotten = _remembered.Add(slot.Thread, codex.Bytes, codex.LastUse);
        else
            _remembered.Remove(slot.Thread);
        if (slot.IsEmpty)
        {
            slot.Removed = true;
            _slots.TryRemove(KeyValuePair.Create(slot.Thread, slot));
        }
        slot.Gate.Release();
        foreach (var thread in forgotten)
            Forget(thread);
    }

    // One that is in use is remembered anew when that is over.
    void Forget(ThreadId thread)
    {
        if (!_slots.TryGetValue(thread, out var slot) || !slot.Gate.Wait(0))
            return;
        if (slot.Codex is { Writer: null })
            slot.Codex = null;
        Leave(slot);
    }

    /// <summary>The right to change a slot, until it is disposed.</summary>
    internal readonly struct Hold(WriterRegistry registry, WriterSlot slot) : IDisposable
    {
        /// <summary>Gets the slot.</summary>
        public WriterSlot Slot => slot;

        /// <summary>Leaves the gate.</summary>
        public void Dispose() => registry.Leave(slot);
    }
}
