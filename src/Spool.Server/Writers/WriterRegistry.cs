using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Spool.Remote;

namespace Spool.Server;

/// <summary>The threads of one tenant that are written or announced. It shuts idle writers down, and all of them at the end.</summary>
sealed class WriterRegistry : IAsyncDisposable
{
    readonly ConcurrentDictionary<ThreadId, WriterSlot> _slots = new();
    readonly SpoolServerOptions _options;
    readonly ILogger _logger;
    readonly ITimer _timer;
    readonly SemaphoreSlim _sweeping = new(1, 1);
    bool _closed;

    public WriterRegistry(SpoolServerOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        Clock = new MonotonicClock(options.Time);
        var period = TimeSpan.FromTicks(Math.Max(options.WriterIdle.Ticks / 4, TimeSpan.TicksPerMillisecond * 10));
        _timer = options.Time.CreateTimer(_ => _ = SweepSafelyAsync(), null, period, period);
    }

    /// <summary>Gets how many writers are open.</summary>
    public int OpenWriters => _slots.Values.Count(slot => slot.IsOpen);

    /// <summary>Says whether a writer of a thread is open.</summary>
    public bool IsOpen(ThreadId thread) => _slots.TryGetValue(thread, out var slot) && slot.IsOpen;

    /// <summary>Gets the clock of leases and idleness.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>Waits for the gate of a thread and takes it.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unavailable"/>: the server is stopping;
    /// <see cref="ThreadStoreErrorCode.ResourceExhausted"/>: too many threads are open.</exception>
    public async ValueTask<Hold> EnterAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Volatile.Read(ref _closed))
                throw WireErrors.Stopping();
            if (!_slots.TryGetValue(thread, out var slot))
            {
                if (_slots.Count >= _options.Limits.MaxWriters)
                    throw new ThreadStoreException(ThreadStoreErrorCode.ResourceExhausted, "Too many threads are being written; try again later.");
                slot = _slots.GetOrAdd(thread, static id => new WriterSlot(id));
            }
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
        foreach (var (thread, slot) in _slots)
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
            if (codex.Writer is null && (!codex.IsWorthKeeping || Clock.Now - codex.LastUse >= _options.AnnouncementIdle))
                slot.Codex = null;
        }
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
        if (slot.IsEmpty)
        {
            slot.Removed = true;
            _slots.TryRemove(KeyValuePair.Create(slot.Thread, slot));
        }
        slot.Gate.Release();
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
