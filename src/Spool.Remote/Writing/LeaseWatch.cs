using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Keeps the leases of all writers of a store, on one stream, and hears when one is lost. A stream that breaks is opened again by
/// itself; the server then says which leases it does not know any more.</summary>
/// <param name="connection">The way to the server.</param>
sealed class LeaseWatch(RemoteConnection connection)
{
    readonly Lock _gate = new();
    readonly Dictionary<Guid, (WriterLease Lease, WriterPump Pump)> _held = [];
    readonly Queue<Wire.WatchRequest> _changes = new();
    readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    LeaseWatchState _state = LeaseWatchStates.Table.First;

    /// <summary>Keeps a lease from now on. A lease that is kept already is asked for again.</summary>
    public void Add(WriterLease lease, WriterPump pump)
    {
        lock (_gate)
        {
            _held[lease.Id] = (lease, pump);
            _changes.Enqueue(RequestOf(lease));
            if (_state == LeaseWatchState.Idle)
            {
                On(LeaseWatchEvent.Began);
                _ = Task.Run(RunAsync);
            }
        }
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Counts the writers, and what they have that is not acknowledged.</summary>
    public (int Writers, long Bytes) Sum()
    {
        WriterPump[] pumps;
        lock (_gate)
            pumps = [.. _held.Values.Select(held => held.Pump)];
        return (pumps.Length, pumps.Sum(pump => pump.PendingBytes));
    }

    /// <summary>Keeps a lease no longer. What the server still says of it is ignored.</summary>
    public void Remove(WriterLease lease)
    {
        lock (_gate)
        {
            if (!_held.Remove(lease.Id))
                return;
            var request = RequestOf(lease);
            request.Ends = true;
            _changes.Enqueue(request);
        }
        _wake.Writer.TryWrite(true);
    }

    static Wire.WatchRequest RequestOf(WriterLease lease) => new() { ThreadId = lease.ThreadId.ToString(), LeaseId = lease.Id.ToString() };

    async Task RunAsync()
    {
        var backoff = new Backoff(connection.Options.MaxPause, connection.Options.Time);
        var isOutage = false; // which is said once
        while (Begin())
        {
            var began = connection.Options.Time.GetTimestamp();
            var isBroken = false;
            try
            {
                await WatchAsync().ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The loop's boundary: whatever it was, the leases have to be kept, and another stream is begun.
                if (connection.Closed.IsCancellationRequested)
                {
                    End();
                    return;
                }
                isBroken = true;
            }
            var lasted = connection.Options.Time.GetElapsedTime(began);
            if (lasted > connection.Options.MaxPause)
            {
                isOutage = false;
                backoff.Reset();
            }
            if (isBroken && !isOutage && connection.Log.IsEnabled(LogLevel.Warning))
                RemoteLog.LeaseStreamBroke(connection.Log, lasted.TotalMilliseconds);
            isOutage |= isBroken;
            try
            {
                await backoff.PauseAsync(connection.Closed).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                End();
                return;
            }
        }
    }

    // A new stream begins with all leases.
    bool Begin()
    {
        lock (_gate)
        {
            _changes.Clear();
            foreach (var (lease, _) in _held.Values)
                _changes.Enqueue(RequestOf(lease));
            if (_held.Count > 0)
                return true;
            On(LeaseWatchEvent.Emptied);
            return false;
        }
    }

    void End()
    {
        lock (_gate)
            On(LeaseWatchEvent.Closed);
    }

    // The only place where the state changes. The caller holds the lock.
    void On(LeaseWatchEvent happened) => _state = LeaseWatchStates.Table.Next(_state, happened, _gate);

    async Task WatchAsync()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(connection.Closed);
        using var call = connection.Client.WatchWriters(connection.For(ending.Token));
        var listening = ListenAsync(call, ending);
        try
        {
            while (true)
            {
                while (TryTake(out var change))
                    await call.RequestStream.WriteAsync(change, ending.Token).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_held.Count == 0 && _changes.Count == 0)
                        break;
                }
                await _wake.Reader.ReadAsync(ending.Token).ConfigureAwait(false);
            }
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // What is heard says why.
            await ending.CancelAsync().ConfigureAwait(false);
        }
        await listening.ConfigureAwait(false);
    }

    async Task ListenAsync(AsyncDuplexStreamingCall<Wire.WatchRequest, Wire.WatchEvent> call, CancellationTokenSource ending)
    {
        try
        {
            while (await call.ResponseStream.MoveNext(ending.Token).ConfigureAwait(false))
                Tell(call.ResponseStream.Current);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }
    }

    void Tell(Wire.WatchEvent told)
    {
        WriterPump? pump;
        lock (_gate)
            pump = Guid.TryParse(told.LeaseId, out var id) && _held.TryGetValue(id, out var held) ? held.Pump : null;
        pump?.WatchFailed(Google.Rpc.Status.Parser.ParseFrom(told.Status).ToRpcException());
    }

    bool TryTake(out Wire.WatchRequest? change)
    {
        lock (_gate)
            return _changes.TryDequeue(out change);
    }
}
