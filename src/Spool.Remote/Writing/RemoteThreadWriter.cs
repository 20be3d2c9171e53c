using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Writes one thread behind a server.</summary>
sealed class RemoteThreadWriter : IThreadWriter
{
    // A server that says nothing for so long is not waited for any more by a call that discards.
    static readonly TimeSpan DiscardLimit = TimeSpan.FromSeconds(2);

    readonly RemoteConnection _connection;
    readonly WriterPump _pump;
    readonly Task _pumping;
    readonly long _maxRequestBytes;
    readonly CancellationTokenSource _lost = new();
    readonly Lock _gate = new();
    volatile RemoteWriterState _state = RemoteWriterStates.Table.First;
    Task? _discarding;
    Task? _givingBack;
    Task? _disposing;
    volatile bool _isDisposing;

    public RemoteThreadWriter(RemoteConnection connection, WriterLease lease, Wire.WriterState state, long maxRequestBytes)
    {
        _connection = connection;
        _maxRequestBytes = maxRequestBytes;
        ThreadId = lease.ThreadId;
        HistoryMode = state.HistoryMode;
        LostToken = _lost.Token;
        _pump = new WriterPump(connection, lease, state, Lose);
        _pumping = Task.Run(_pump.RunAsync);
    }

    public ThreadId ThreadId { get; }

    public string HistoryMode { get; }

    public CancellationToken LostToken { get; }

    public long NextOrdinal => _pump.NextOrdinal;

    public bool IsStored => _pump.IsStored;

    public ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            DefinedRequests.Check(request);
            CheckUsable(cancellationToken);
            var append = new PendingAppend(request, _pump.Now, cancellationToken);
            if (append.Bytes > _maxRequestBytes)
                throw ThreadStoreException.TooLarge(
                    $"An append of {append.Bytes} bytes is above the server's limit of {_maxRequestBytes}."
                );
            _pump.Add(append, cancellationToken);
            return new(append.Done);
        }
        catch (OperationCanceledException)
        {
            return ValueTask.FromCanceled<AppendReceipt>(cancellationToken);
        }
        catch (Exception e) when (e is ThreadStoreException or ObjectDisposedException or ArgumentException)
        {
            return ValueTask.FromException<AppendReceipt>(e);
        }
    }

    public async ValueTask PersistAsync(CancellationToken cancellationToken = default) =>
        await CallAsync(ControlKind.Persist, null, cancellationToken).ConfigureAwait(false);

    public async ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default) =>
        await AppendAsync(
                new AppendRequest([]) { Durability = durability == Durability.Buffered ? Durability.Flushed : durability },
                cancellationToken
            )
            .ConfigureAwait(false);

    public async ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        CheckUsable(cancellationToken);
        // Checked here as well: what is not text would not arrive as it is.
        return (await CallAsync(ControlKind.Update, patch.Checked(), cancellationToken).ConfigureAwait(false))!;
    }

    public async ValueTask ShutDownAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        switch (_state)
        {
            case RemoteWriterState.Ended:
                return;
            case RemoteWriterState.Discarding:
                cancellationToken.ThrowIfCancellationRequested();
                await DiscardAsync().ConfigureAwait(false);
                return;
        }
        cancellationToken.ThrowIfCancellationRequested();
        // also where another call has just ended it, so that it is done
        await AddAsync(ControlKind.ShutDown, null, cancellationToken).ConfigureAwait(false);
        Happened(RemoteWriterEvent.Done);
    }

    public async ValueTask DiscardAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await DiscardAsync().ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _isDisposing = true;
        _pump.Dispose();
        lock (_gate)
            return new ValueTask(_disposing ??= DisposeOnceAsync());
    }

    // A second disposal waits for this one.
    async Task DisposeOnceAsync()
    {
        await Task.Yield(); // nothing may run inside the caller's lock
        try
        {
            await ShutDownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is ThreadStoreException or ObjectDisposedException)
        {
            await DiscardAsync().ConfigureAwait(false);
        }
        Happened(RemoteWriterEvent.Dispose);
        if (_givingBack is { IsCompleted: false })
            return; // the server does not answer, and is still to hear that the thread is discarded
        _pump.Stop();
#pragma warning disable VSTHRD003 // the pump never waits for a caller
        await _pumping.ConfigureAwait(false);
#pragma warning restore VSTHRD003
    }

    void CheckUsable(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposing, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_state == RemoteWriterState.Ended)
            throw ThreadStoreException.InvalidRequest($"The writer of thread {ThreadId} was shut down; resume the thread to go on.");
        _pump.ThrowIfEnded();
    }

    async Task<ChangedThread?> CallAsync(ControlKind kind, ThreadPatch? patch, CancellationToken cancellationToken)
    {
        CheckUsable(cancellationToken);
        return await AddAsync(kind, patch, cancellationToken).ConfigureAwait(false);
    }

    Task<ChangedThread?> AddAsync(ControlKind kind, ThreadPatch? patch, CancellationToken cancellationToken)
    {
        var control = new PendingControl(kind, patch, _pump.Now, cancellationToken);
        _pump.Add(control, cancellationToken);
        return control.Done;
    }

    // A second call that discards waits for the first.
    Task DiscardAsync()
    {
        lock (_gate)
        {
            if (_state == RemoteWriterState.Open)
            {
                On(RemoteWriterEvent.Discard);
                _discarding = DiscardOnceAsync();
            }
            return _state == RemoteWriterState.Discarding ? _discarding! : Task.CompletedTask;
        }
    }

    // What is not given back would be stored when the lease runs out. So it is waited for as long as the server says anything, and tried on
    // behind the caller's back when it does not.
    async Task DiscardOnceAsync()
    {
        var called = _pump.Now;
        _givingBack = GiveBackAsync();
        while ((_pump.AnsweredAt > called ? _pump.AnsweredAt : called) + DiscardLimit - _pump.Now is { Ticks: > 0 } left)
        {
            try
            {
                await _givingBack.WaitAsync(left, _connection.Options.Time).ConfigureAwait(false);
                break;
            }
            catch (TimeoutException)
            {
                // it may have said something meanwhile
            }
        }
        Happened(RemoteWriterEvent.Done);
    }

    async Task GiveBackAsync()
    {
        try
        {
            await AddAsync(ControlKind.Discard, null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ThreadStoreException or ObjectDisposedException)
        {
            // Discarding never fails.
        }
        _pump.Stop();
    }

    // A right that was given back is not lost.
    void Lose()
    {
        if (_state is RemoteWriterState.Open or RemoteWriterState.Discarding)
            _ = _lost.CancelAsync();
    }

    // One that is being disposed may be shut down and discarded at once with that.
    void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_state == RemoteWriterState.Disposed, this);

    void Happened(RemoteWriterEvent happened)
    {
        lock (_gate)
            On(happened);
    }

    // The only place where the state changes. The caller holds the lock.
    void On(RemoteWriterEvent happened)
    {
        _state = RemoteWriterStates.Table.Next(_state, happened, _gate);
        if (_state is RemoteWriterState.Ended or RemoteWriterState.Disposed)
            _connection.Writers.Remove(this);
    }
}
