namespace Spool;

/// <summary>The right to write one thread of a home: the lock of the thread, and the recorder of its rollout.</summary>
sealed class LocalThreadWriter : IThreadWriter
{
    readonly Lock _gate = new();

    // changes of what is known of the thread take turns, and the right to write is not given back in the middle of one
    readonly SemaphoreSlim _changing = new(1, 1);
    readonly CancellationTokenSource _lost = new();
    readonly RolloutRecorder _recorder;
    readonly WriterLock _lock;
    readonly int _maxItemBytes;
    readonly int _maxLineBytes;
    readonly Func<LocalThreadWriter, ThreadPatch, CancellationToken, ValueTask<ChangedThread>> _update;
    readonly Action<LocalThreadWriter> _onEnd;
    volatile LocalWriterState _state = LocalWriterStates.Table.First;
    Task? _ending; // of the last attempt to shut down or to discard
    Task? _disposing;
    volatile bool _isDisposing;

    /// <summary>Makes a writer of its parts.</summary>
    /// <param name="held">The lock.</param>
    /// <param name="historyMode">The history mode.</param>
    /// <param name="recorder">The recorder.</param>
    /// <param name="options">The options.</param>
    /// <param name="update">Changes what is known of the thread.</param>
    /// <param name="onEnd">Is called when the writer has ended.</param>
    public LocalThreadWriter(
        WriterLock held,
        string historyMode,
        RolloutRecorder recorder,
        LocalThreadStoreOptions options,
        Func<LocalThreadWriter, ThreadPatch, CancellationToken, ValueTask<ChangedThread>> update,
        Action<LocalThreadWriter> onEnd
    )
    {
        _lock = held;
        HistoryMode = historyMode;
        LostToken = _lost.Token;
        _recorder = recorder;
        _recorder.OnLost = () => _ = _lost.CancelAsync();
        _maxItemBytes = options.MaxItemBytes!.Value;
        _maxLineBytes = options.MaxLineBytes;
        _update = update;
        _onEnd = onEnd;
    }

    /// <inheritdoc/>
    public ThreadId ThreadId => _lock.ThreadId;

    /// <inheritdoc/>
    public string HistoryMode { get; }

    /// <inheritdoc/>
    public long NextOrdinal => _recorder.NextOrdinal;

    /// <inheritdoc/>
    public bool IsStored => StoredPath is not null;

    /// <inheritdoc/>
    /// <summary>Gets how many bytes wait to be written.</summary>
    public long PendingBytes => _recorder.PendingBytes;

    public CancellationToken LostToken { get; }

    /// <summary>Gets where it stands, and where its recorder does.</summary>
    internal (LocalWriterState Writer, RecorderState Recorder) State => (_state, _recorder.State);

    /// <summary>Gets the rollout's path in the home, or null while the thread is not stored.</summary>
    internal string? StoredPath => _recorder.StoredPath;

    /// <inheritdoc/>
    public ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            DefinedRequests.Check(request);
            ThrowIfDisposing();
            return AppendOnceAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is ThreadStoreException or ObjectDisposedException or ArgumentException)
        {
            return ValueTask.FromException<AppendReceipt>(e);
        }
    }

    /// <summary>Appends what an update stores, for which disposing waits.</summary>
    internal ValueTask<AppendReceipt> AppendForUpdateAsync(AppendRequest request) => AppendOnceAsync(request, CancellationToken.None);

    /// <summary>Stores what is appended before an update.</summary>
    internal async ValueTask FlushForUpdateAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await _recorder.FlushAsync(Durability.Flushed, Storing.WithItems).ConfigureAwait(false);
    }

    ValueTask<AppendReceipt> AppendOnceAsync(AppendRequest request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<AppendReceipt>(cancellationToken);
        _recorder.ThrowIfEnded();
        // All of them before the first is queued: the request is taken whole or not at all.
        var bytes = 0L;
        for (var i = 0; i < request.Items.Count; i++)
        {
            RolloutLine.Check(request.Items[i], _maxItemBytes);
            bytes += RolloutLine.MaxLength(request.Items[i]) + 1;
        }
        if (bytes > Array.MaxLength / 2)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.TooLarge,
                "The items of one append are more than 1 GB together; append them in parts."
            );
        var append = new CheckedAppend(request, bytes, request.BatchId is null ? default : BatchContent.Of(request.Items));
        return request.ExpectedOrdinal is { } expected
            ? AppendAtAsync(append, expected, cancellationToken)
            : _recorder.AppendAsync(append, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask PersistAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposing();
        cancellationToken.ThrowIfCancellationRequested();
        await _recorder.FlushAsync(Durability.Flushed, Storing.Always).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(durability);
        ThrowIfDisposing();
        cancellationToken.ThrowIfCancellationRequested();
        await _recorder
            .FlushAsync(durability == Durability.Buffered ? Durability.Flushed : durability, Storing.WithItems)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        ThrowIfDisposing();
        cancellationToken.ThrowIfCancellationRequested();
        _recorder.ThrowIfEnded();
        patch = patch.Checked();
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var turn = new Permit(_changing);
        return await _update(this, patch, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ShutDownAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        Task ending;
        lock (_gate)
        {
            if (_state == LocalWriterState.Open)
            {
                cancellationToken.ThrowIfCancellationRequested();
                On(LocalWriterEvent.ShutDown);
                _ending = ShutDownOnceAsync();
            }
            ending = _ending!;
        }
        await ending.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DiscardAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        await EndWithoutStoringAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _isDisposing = true;
        lock (_gate)
            return new ValueTask(_disposing ??= DisposeOnceAsync());
    }

    // A second disposal waits for this one.
    async Task DisposeOnceAsync()
    {
        await OffCaller.Hop(); // nothing may run inside the caller's lock
        try
        {
            await ShutDownAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (ThreadStoreException)
        {
            // What could not be stored is lost, as documented; the right to write must not be.
            await EndWithoutStoringAsync().ConfigureAwait(false);
        }
        Happened(LocalWriterEvent.Dispose);
    }

    async ValueTask<AppendReceipt> AppendAtAsync(CheckedAppend append, long expected, CancellationToken cancellationToken)
    {
        while (true)
        {
            int there;
            try
            {
                return await _recorder.AppendAsync(append, cancellationToken).ConfigureAwait(false);
            }
            catch (RepeatedAppendException e)
            {
                there = e.AlreadyThere;
            }
            // A crash may have kept only the first items of what is sent again now; and while they are compared the log may grow.
            if (!await _recorder.HoldsAsync(expected, [.. append.Request.Items.Take(there)], _maxLineBytes).ConfigureAwait(false))
                throw ThreadStoreException.WrongOrdinal(ThreadId, expected, NextOrdinal);
            append = append with { Compared = there };
        }
    }

    async Task ShutDownOnceAsync()
    {
        await OffCaller.Hop(); // nothing may run inside the caller's lock
        await _changing.WaitAsync().ConfigureAwait(false); // a change that has begun may append until it is done
        using var turn = new Permit(_changing);
        try
        {
            await _recorder.CloseAsync(Refusal("The writer is being shut down.")).ConfigureAwait(false);
        }
        catch
        {
            Happened(LocalWriterEvent.Refused);
            throw;
        }
        try
        {
            await EndRecorderAsync("The writer was shut down.").ConfigureAwait(false);
        }
        finally
        {
            await GiveBackAsync().ConfigureAwait(false);
        }
    }

    async Task EndWithoutStoringAsync()
    {
        while (true)
        {
            Task ending;
            TaskCompletionSource? done = null;
            lock (_gate)
            {
                if (_state is LocalWriterState.GivenBack or LocalWriterState.Disposed)
                    return;
                if (_state == LocalWriterState.Open)
                {
                    On(LocalWriterEvent.Discard);
                    done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _ending = done.Task;
                }
                ending = _ending!;
            }
            if (done is not null)
            {
                await DiscardOnceAsync(done).ConfigureAwait(false);
                return;
            }
            await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ending.IsFaulted)
                return;
        }
    }

    async Task DiscardOnceAsync(TaskCompletionSource done)
    {
        try
        {
            // A change that has begun is refused when it appends; what else it changes it does under the lock.
            await EndRecorderAsync("The writer was discarded.").ConfigureAwait(false);
        }
        finally
        {
            await _changing.WaitAsync().ConfigureAwait(false);
            using (new Permit(_changing))
                await GiveBackAsync().ConfigureAwait(false);
            done.SetResult();
        }
    }

    // The file goes before the lock: as long as it is open no other program may write.
    async Task EndRecorderAsync(string reason) =>
        await _recorder.EndAsync(Refusal($"{reason} Resume the thread to write it again.")).ConfigureAwait(false);

    Exception Refusal(string reason) =>
        _isDisposing ? new ObjectDisposedException(nameof(IThreadWriter)) : ThreadStoreException.InvalidRequest(reason);

    async Task GiveBackAsync()
    {
        try
        {
            await _lock.ReleaseAsync().ConfigureAwait(false);
        }
        finally
        {
            _onEnd(this);
            Happened(LocalWriterEvent.Released);
        }
    }

    void ThrowIfDisposing() => ObjectDisposedException.ThrowIf(_isDisposing, typeof(IThreadWriter));

    // One that is being disposed may be shut down and discarded at once with that.
    void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_state == LocalWriterState.Disposed, typeof(IThreadWriter));

    void Happened(LocalWriterEvent happened)
    {
        lock (_gate)
            On(happened);
    }

    // The only place where the state changes. The caller holds the lock.
    void On(LocalWriterEvent happened) => _state = LocalWriterStates.Table.Next(_state, happened, _gate);
}
