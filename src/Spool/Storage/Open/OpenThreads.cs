namespace Spool.Storage;

/// <summary>The threads that this process has open for writing, each with its holder: a gate for each thread, writers of any store
/// that are opened on demand, a bounded number of places, idle threads that are closed, and the closing of all.</summary>
/// <remarks>
/// <para>It is for programs that keep writers open for others: a server keeps those of leases and those of calls that name threads by their
/// id; a runtime keeps its loaded threads, each with the session that runs on it. What becomes of a thread is said by one caller at a time,
/// at its gate:</para>
/// <code>
/// using var hold = await threads.EnterAsync(id, cancellationToken);         // waits for the call that is there
/// var session = hold.Holder as Session                                       // it is loaded already
/// ?? await hold.OpenAsync(Session.Kind, async () => new Session(await store.ResumeAsync(new ResumeThread(id), cancellationToken)),
/// cancellationToken); hold.Use();                                                                // not idle
/// </code>
/// <para>1. A thread has at most one holder, and is opened only when the one before is closed. 2. Calls that wait for a gate get it in the
/// order of coming. 3. No more threads are open, being opened or being closed than there are places. 4. A thread is closed only by a caller
/// at its gate, when it was idle for the time of its kind, when it was idle and another needs its place and its kind makes room, or when
/// all are closed. 5. No call waits for longer than callers are at a gate, a writer is opened or closed, or the patience lasts. 6. After
/// <see cref="CloseAllAsync"/> begins no call enters; those that wait at a gate end at once.</para>
/// <para>Every member may be called concurrently. Entering and leaving a free gate costs one short lock and no allocation for a thread that
/// is open.</para>
/// </remarks>
public sealed class OpenThreads : IAsyncDisposable
{
    static readonly TimeSpan BusyPause = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    readonly OpenThreadsOptions _options;
    readonly OpenThreadsMachine _machine;
    readonly ITimer _sweeping;
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes a registry without threads.</summary>
    /// <param name="options">How many it keeps, and how it closes them. The values are copied.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the exception names it.</exception>
    public OpenThreads(OpenThreadsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _machine = new OpenThreadsMachine(options.MaxOpen, options.ClosedAtOnce, options.MaxWaiting);
        Clock = new MonotonicClock(options.Time);
        _sweeping = options.Time.CreateTimer(static state => ((OpenThreads)state!).Sweep(), this, options.SweepPeriod, options.SweepPeriod);
    }

    /// <summary>Gets the clock by which threads are idle. Setting the time of day does not change it.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>Gets how many threads are open, those included that are being closed.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _machine.Open;
        }
    }

    /// <summary>Finds who has a thread open, without waiting at its gate. What it gives may be over when it is used; a holder refuses uses
    /// then.</summary>
    /// <param name="threadId">The thread.</param>
    /// <returns>The holder, or null when the thread is not open.</returns>
    public IThreadHolder? Find(ThreadId threadId) => _machine.Find(threadId);

    /// <summary>Waits at the gate of a thread, and takes a turn there.</summary>
    /// <param name="threadId">The thread. It need not be open, or be there.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The turn, which is to be disposed.</returns>
    /// <exception cref="ObjectDisposedException">All threads are being closed.</exception>
    public ValueTask<ThreadHold> EnterAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ThreadHold>(cancellationToken);
        Wait wait;
        lock (_lock)
        {
            if (_machine.TryEnter(threadId) is { } entry)
                return ValueTask.FromResult(new ThreadHold(this, entry));
            wait = new Wait();
            _machine.WaitForGate(threadId, wait);
        }
        RunSteps();
        return EnterAsync(wait, cancellationToken);
    }

    /// <summary>Takes a turn at the gate of a thread if it is free.</summary>
    /// <param name="threadId">The thread.</param>
    /// <returns>The turn, which is to be disposed; or null when another call is there or all threads are being closed.</returns>
    public ThreadHold? TryEnter(ThreadId threadId)
    {
        lock (_lock)
            return _machine.TryEnter(threadId) is { } entry ? new ThreadHold(this, entry) : null;
    }

    /// <summary>Closes the thread that was unused for longest, of the kinds that make room.</summary>
    /// <returns>Whether there was one that could be closed.</returns>
    public async ValueTask<bool> TryMakeRoomAsync()
    {
        while (true)
        {
            OpenThreadEntry? entry;
            lock (_lock)
                entry = _machine.TryTakeUnused();
            if (entry is null)
                return false;
            if (await CloseOwnAsync(entry).ConfigureAwait(false))
                return true; // otherwise another one may do
        }
    }

    /// <summary>Closes every thread, those that are used included, and refuses later calls. Each call that is at a gate comes to
    /// its end first.</summary>
    /// <param name="within">For how long to wait; <see cref="Timeout.InfiniteTimeSpan"/> is for as long as it takes. The closing goes on
    /// after that.</param>
    /// <returns>The threads that are not closed yet; none when all are. What could not be closed goes to
    /// <see cref="OpenThreadsOptions.CloseFailed"/>, and is not among them.</returns>
    /// <remarks>Every caller waits for the same closing. 64 threads (<see cref="OpenThreadsOptions.ClosedAtOnce"/>) are
    /// closed at a time.</remarks>
    public async ValueTask<IReadOnlyList<ThreadId>> CloseAllAsync(TimeSpan within)
    {
        await _sweeping.DisposeAsync().ConfigureAwait(false);
        lock (_lock)
            _machine.Stop(Clock.Now);
        RunSteps(apart: true); // a writer may take its time before it waits for the first time
        try
        {
            await _ended.Task.WaitAsync(within, _options.Time).ConfigureAwait(false);
            return [];
        }
        catch (TimeoutException)
        {
            lock (_lock)
                return [.. _machine.Held.Select(entry => entry.ThreadId)];
        }
    }

    /// <summary>Closes every thread, however long that takes, as <see cref="CloseAllAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await CloseAllAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);

    // Without the lock: the owner of the gate may write what others read when it is free.
    internal void Use(OpenThreadEntry entry) => OpenThreadsMachine.Use(entry, Clock.Now);

    internal async ValueTask<T> OpenAsync<T>(
        OpenThreadEntry entry,
        ThreadHolderKind kind,
        Func<ValueTask<T>> open,
        CancellationToken cancellationToken
    )
        where T : class, IThreadHolder
    {
        await TakePlaceAsync(entry, kind, cancellationToken).ConfigureAwait(false);
        T? holder = null;
        try
        {
            await TakeRoomAsync(entry, kind, cancellationToken).ConfigureAwait(false);
            return holder = await open().ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                if (holder is null)
                    OpenThreadsMachine.NotOpened(entry);
                else
                    _machine.Opened(entry, holder, Clock.Now);
            }
        }
    }

    internal async ValueTask CloseAsync(OpenThreadEntry entry)
    {
        if (TryBeginClose(entry))
            await CloseHolderAsync(entry).ConfigureAwait(false);
    }

    internal async ValueTask CloseAsync(OpenThreadEntry entry, Func<IThreadWriter, ValueTask> giveBack)
    {
        if (!TryBeginClose(entry))
            return;
        var holder = entry.Holder!;
        await EndCloseAsync(
                entry,
                async () =>
                {
                    await giveBack(holder.Writer).ConfigureAwait(false);
                    holder.GiveUp();
                }
            )
            .ConfigureAwait(false);
        await holder.Writer.DisposeAsync().ConfigureAwait(false);
    }

    internal void Leave(OpenThreadEntry entry)
    {
        bool hadRoom,
            hasSteps;
        lock (_lock)
        {
            hadRoom = entry.HasRoom && entry.State == OpenState.Shut;
            entry.HasRoom &= !hadRoom;
            _machine.Leave(entry, Clock.Now);
            hasSteps = _machine.HasSteps;
        }
        if (hadRoom)
            _options.Room!.Give();
        if (hasSteps)
            RunSteps();
    }

    async ValueTask<ThreadHold> EnterAsync(Wait wait, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(!await AnswerAsync(wait, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false), this);
        var hold = new ThreadHold(this, wait.Entry!);
        if (cancellationToken.IsCancellationRequested)
        {
            hold.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
        }
        return hold;
    }

    async ValueTask TakePlaceAsync(OpenThreadEntry entry, ThreadHolderKind kind, CancellationToken cancellationToken)
    {
        while (true)
        {
            var wait = new Wait();
            OpeningAnswer answer;
            lock (_lock)
            {
                answer = _machine.Ask(entry, kind, Clock.Now);
                if (answer == OpeningAnswer.NoPlace)
                    _machine.WaitForPlace(entry, kind, wait);
            }
            RunSteps();
            switch (answer)
            {
                case OpeningAnswer.Held:
                    throw ThreadStoreException.HasWriter(entry.ThreadId, entry.Holder!.Owner);
                case OpeningAnswer.CloseFirst:
                    await CloseHolderAsync(entry).ConfigureAwait(false);
                    continue;
                case OpeningAnswer.NoPlace when !await AnswerAsync(wait, _options.Patience, cancellationToken).ConfigureAwait(false):
                    throw NoPlace();
                default:
                    return;
            }
        }
    }

    async ValueTask TakeRoomAsync(OpenThreadEntry entry, ThreadHolderKind kind, CancellationToken cancellationToken)
    {
        if (_options.Room is not { } room || entry.HasRoom)
            return;
        while (!room.TryTake())
        {
            if (await TryMakeRoomAsync().ConfigureAwait(false))
                continue;
            if (kind.WaitsForPlace && await room.TakeAsync(cancellationToken).ConfigureAwait(false))
                break;
            throw NoPlace();
        }
        entry.HasRoom = true;
    }

    // Whether it was granted. When the wait ends before that, nothing is taken.
    async ValueTask<bool> AnswerAsync(Wait wait, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await wait.Told.Task.WaitAsync(patience, _options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            bool wasWaiting;
            lock (_lock)
                wasWaiting = _machine.Cancel(wait);
            if (wasWaiting && e is OperationCanceledException)
                throw;
            // Otherwise the answer came at the last moment; what it granted is given back in the usual way.
        }
        return wait.Answer == TicketAnswer.Granted;
    }

    bool TryBeginClose(OpenThreadEntry entry)
    {
        lock (_lock)
            return OpenThreadsMachine.TryBeginClose(entry);
    }

    ValueTask CloseHolderAsync(OpenThreadEntry entry)
    {
        var holder = entry.Holder!;
        return EndCloseAsync(
            entry,
            async () =>
            {
                holder.GiveUp();
                if (holder.IsFaulted)
                    await holder.Writer.DiscardAsync().ConfigureAwait(false);
                else
                    await holder.Writer.ShutDownAsync().ConfigureAwait(false);
                await holder.Writer.DisposeAsync().ConfigureAwait(false);
            }
        );
    }

    async ValueTask EndCloseAsync(OpenThreadEntry entry, Func<ValueTask> close)
    {
        var holder = entry.Holder!;
        var isClosed = false;
        try
        {
            await close().ConfigureAwait(false);
            isClosed = true;
        }
        finally
        {
            lock (_lock)
            {
                if (isClosed)
                    _machine.Closed(entry);
                else
                    isClosed = _machine.CloseFailed(entry);
            }
            if (isClosed)
                holder.Closed();
        }
    }

    // Closes what the registry itself wants closed, and leaves its gate.
    async ValueTask<bool> CloseOwnAsync(OpenThreadEntry entry)
    {
        try
        {
            await CloseHolderAsync(entry).ConfigureAwait(false);
            if (entry.Reason == CloseReason.Idle)
                _options.Expired?.Invoke(entry.ThreadId);
            return true;
        }
        catch (Exception e)
        {
            _options.CloseFailed?.Invoke(entry.ThreadId, e); // the boundary: it is tried again, and the others have to be closed as well
            return false;
        }
        finally
        {
            Leave(entry);
        }
    }

    void Sweep()
    {
        lock (_lock)
            _machine.Tick(Clock.Now);
        RunSteps();
    }

    // Outside the lock. What a step begins tells the machine of its end by itself.
    void RunSteps(bool apart = false)
    {
        while (true)
        {
            OpenThreadStep step;
            lock (_lock)
            {
                if (!_machine.TryTakeStep(out step))
                    return;
            }
            if (step.Tell is Wait wait)
                wait.Told.SetResult();
            else if (step.Close is not { } entry)
                _ended.SetResult();
            else if (apart)
                _ = Task.Run(() => CloseOwnAsync(entry).AsTask());
            else
                _ = CloseOwnAsync(entry).AsTask();
        }
    }

    static ThreadStoreException NoPlace() => ThreadStoreException.Busy("Too many threads are being written; try again later.", BusyPause);

    /// <summary>A call that waits.</summary>
    sealed class Wait : OpenThreadTicket
    {
        public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
