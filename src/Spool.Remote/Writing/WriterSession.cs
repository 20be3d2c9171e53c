using Grpc.Core;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Remote;

/// <summary>A writer's time on one connection: a stream of appends, a stream that keeps the lease and tells of its loss, and the calls between them.</summary>
sealed class WriterSession : IDisposable
{
    static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    readonly WriterLease _lease;
    readonly WriterQueue _queue;
    readonly int _maxBytesUnderWay;
    readonly TimeProvider _time;
    readonly CancellationTokenSource _ending;
    readonly Lock _gate = new();
    readonly Queue<List<AppendOperation>> _underWay = new();
    AsyncDuplexStreamingCall<Wire.AppendRequest, Wire.AppendResponse>? _stream;
    Task _receiving = Task.CompletedTask;
    long _bytesUnderWay;
    Trouble? _trouble;
    volatile bool _isEnding;
    volatile bool _isOver;

    public WriterSession(WriterLease lease, WriterQueue queue, RemoteThreadStoreOptions options, CancellationToken stopping)
    {
        (_lease, _queue, _maxBytesUnderWay, _time) = (lease, queue, options.MaxBytesUnderWay, options.Time);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    }

    /// <summary>Sends what is called until the writer is over, or something goes wrong.</summary>
    /// <returns>What went wrong, or null when the writer was shut down or discarded, or was stopped.</returns>
    public async Task<Trouble?> RunAsync()
    {
        var watching = WatchAsync();
        try
        {
            while (!_isOver && !_ending.IsCancellationRequested)
            {
                if (HasRoom() && _queue.TakeMessage() is { } message)
                    await SendAsync(message).ConfigureAwait(false);
                else if (IsIdle() && _queue.TakeControl() is { } control)
                    await CallAsync(control).ConfigureAwait(false);
                else
                    await _queue.WaitAsync(_ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // trouble, or the end
        }
        await _ending.CancelAsync().ConfigureAwait(false);
        // What is being read may not be disposed, and reading ends with the session.
        await ReceivedAsync().ConfigureAwait(false);
        _stream?.Dispose();
        await watching.ConfigureAwait(false);
        return _isOver ? null : _trouble;
    }

    public void Dispose() => _ending.Dispose();

    bool HasRoom()
    {
        lock (_gate)
            return _bytesUnderWay < _maxBytesUnderWay;
    }

    bool IsIdle()
    {
        lock (_gate)
            return _underWay.Count == 0;
    }

    async Task SendAsync(List<AppendOperation> message)
    {
        var wire = AppendMessage.Of(message);
        lock (_gate)
        {
            _underWay.Enqueue(message);
            _bytesUnderWay += BytesOf(message);
        }
        if (_stream is null)
        {
            _lease.Name(wire);
            _stream = _lease.StreamAppends(_ending.Token);
            _receiving = ReceiveAsync(_stream);
        }
        try
        {
            await _stream.RequestStream.WriteAsync(wire, _ending.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // The stream is over. Its own end says why, and is waited for; but not for ever.
            await Task.WhenAny(ReceivedAsync(), Task.Delay(LastWord, _time, _ending.Token)).ConfigureAwait(false);
            Report(new Trouble(RemoteErrors.OfConnection(e)));
        }
    }

#pragma warning disable VSTHRD003 // it runs beside the sending and never waits for it
    Task ReceivedAsync() => _receiving;
#pragma warning restore VSTHRD003

    async Task ReceiveAsync(AsyncDuplexStreamingCall<Wire.AppendRequest, Wire.AppendResponse> stream)
    {
        try
        {
            while (await stream.ResponseStream.MoveNext(_ending.Token).ConfigureAwait(false))
            {
                List<AppendOperation> message;
                lock (_gate)
                {
                    message = _underWay.Dequeue();
                    _bytesUnderWay -= BytesOf(message);
                }
                _queue.Acknowledge(message, WireWrites.ToStore(stream.ResponseStream.Current));
            }
            Report(new Trouble(new RpcException(new Status(StatusCode.Unavailable, "The stream ended."))));
        }
        catch (IOException e)
        {
            Report(new Trouble(RemoteErrors.OfConnection(e)));
        }
        catch (RpcException e)
        {
            lock (_gate)
                Report(new Trouble(e) { Message = _underWay.TryPeek(out var message) ? message : [] });
        }
        catch (OperationCanceledException)
        {
            // the session ends
        }
    }

    async Task WatchAsync()
    {
        try
        {
            using var watch = _lease.Watch(_ending.Token);
            while (await watch.ResponseStream.MoveNext(_ending.Token).ConfigureAwait(false))
            {
                // Only the end matters.
            }
            Report(new Trouble(new RpcException(new Status(StatusCode.Unavailable, "The watch ended."))));
        }
        catch (IOException e)
        {
            Report(new Trouble(RemoteErrors.OfConnection(e)));
        }
        catch (RpcException e)
        {
            Report(new Trouble(e));
        }
        catch (OperationCanceledException)
        {
            // the session ends
        }
    }

    async Task CallAsync(ControlOperation control)
    {
        _isEnding = control.Ends;
        try
        {
            switch (control.Kind)
            {
                case ControlKind.Persist:
                    _queue.Complete(control, await _lease.PersistAsync(_ending.Token).ConfigureAwait(false), null);
                    break;
                case ControlKind.Update:
                    var changed = await _lease.UpdateAsync(control.Patch!, _ending.Token).ConfigureAwait(false);
                    _queue.Complete(control, await _lease.RenewAsync(_ending.Token).ConfigureAwait(false), changed);
                    break;
                case ControlKind.ShutDown:
                    await _lease.ShutDownAsync(_ending.Token).ConfigureAwait(false);
                    break;
                default:
                    await _lease.DiscardAsync(_ending.Token).ConfigureAwait(false);
                    break;
            }
            if (control.Ends)
                End(control);
        }
        catch (RpcException e) when (control.Ends && WireErrors.IsUnknownLease(e) && (control.Kind == ControlKind.Discard || !_queue.HasUnstored))
        {
            End(control); // the right was given back already, and nothing waits
        }
        catch (RpcException e)
        {
            _isEnding = false;
            Report(new Trouble(e) { Control = control });
        }
    }

    void End(ControlOperation control)
    {
        _isOver = true;
        _queue.End(control);
    }

    // The first trouble counts; others follow from it. While the right to write is given back, its end is no trouble.
    void Report(Trouble trouble)
    {
        if (_isOver || (_isEnding && trouble.Control is null) || Interlocked.CompareExchange(ref _trouble, trouble, null) is not null)
            return;
        _ending.Cancel();
    }

    static long BytesOf(List<AppendOperation> message)
    {
        long bytes = 0;
        foreach (var append in message)
            bytes += append.Bytes;
        return bytes;
    }
}
