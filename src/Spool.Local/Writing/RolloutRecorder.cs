using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Spool;

/// <summary>Records the items of one thread: gives them ordinals in the order in which they come, writes what is queued at once, and
/// acknowledges it.</summary>
/// <remarks>
/// There is no thread for each recorder. A call that adds something schedules it; one of the store's threads then writes all write batches
/// that are queued, with one write and, if any call waits for the disk, one barrier, and goes on until nothing is left. Where it stands
/// says its <see cref="RecorderState"/>.
/// </remarks>
sealed partial class RolloutRecorder
{
    readonly Lock _gate = new();
    readonly RecorderThreads _threads;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly Action<string> _noteWritten;
    readonly NewRollout? _new;
    readonly AppendQueue _queue;
    readonly WaitingAppends _overflow;
    List<WriteBatch> _writing = [];
    RolloutFile? _file;
    long _firstMs = -1; // when the first item of a rollout that is not stored came
    long _settledLength;
    volatile RecorderState _state = RecorderStates.Table.First;
    Exception? _closing; // what calls are refused with while the last items are written
    Exception? _end; // in the states from Failing on
    TaskCompletionSource? _rested; // in Ending, completed when the store's thread leaves

    /// <summary>Makes the recorder of a rollout that is not stored yet, or of one that is.</summary>
    public RolloutRecorder(
        RecorderThreads threads,
        LocalThreadStoreOptions options,
        Action<string> noteWritten,
        NewRollout? fresh,
        RolloutFile? file,
        AppendQueue queue
    )
    {
        _overflow = new WaitingAppends(_gate);
        _threads = threads;
        _time = options.Time;
        _log = options.Log;
        _noteWritten = noteWritten;
        _new = fresh;
        _file = file;
        _settledLength = file?.Length ?? 0;
        _queue = queue;
        if (file is null)
            return;
        lock (_gate)
            On(RecorderEvent.Found);
    }

    /// <summary>Gets or sets what is called once when the log is no longer this recorder's.</summary>
    public Action? OnLost { get; set; }

    /// <summary>Gets where it stands.</summary>
    public RecorderState State => _state;

    /// <summary>Gets how many bytes wait to be written.</summary>
    public long PendingBytes => _queue.Bytes;

    /// <summary>Gets the ordinal that the next append starts with.</summary>
    public long NextOrdinal => _queue.Next;

    /// <summary>Gets the rollout's path in the home, or null while it is not stored.</summary>
    public string? StoredPath => Volatile.Read(ref _file)?.Path;

    /// <summary>Appends items that have been checked.</summary>
    /// <param name="append">The append.</param>
    /// <param name="cancellationToken">Cancels the append while there is no room for it.</param>
    /// <exception cref="RepeatedAppendException">It was sent before, perhaps: items have to be compared first.</exception>
    public ValueTask<AppendReceipt> AppendAsync(in CheckedAppend append, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            var waiter = _threads.Waiters.Take(append.Request.Durability);
            if (_overflow.IsEmpty && _queue.HasRoom(append.Bytes))
                return Accept(append, waiter) ? waiter.Task : new(GiveBack(waiter));
            _overflow.Add(new WaitingAppend(append, waiter), cancellationToken);
            Schedule();
            return waiter.Task;
        }
    }

    /// <summary>Waits until everything before is as safe as asked for.</summary>
    /// <param name="durability">How safe.</param>
    /// <param name="storing">Whether a rollout without items is stored.</param>
    public ValueTask<AppendReceipt> FlushAsync(Durability durability, Storing storing)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            var waiter = new AppendWaiter { Durability = durability };
            return BarrierInTurn(waiter, storing) ? waiter.Task : new(waiter.Receipt);
        }
    }

    /// <summary>Flushes and takes no more appends, unless the flush fails.</summary>
    /// <param name="reason">What later calls are refused with.</param>
    public ValueTask<AppendReceipt> CloseAsync(Exception reason)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            _closing = reason;
            var waiter = new AppendWaiter { Durability = Durability.Flushed };
            var waits = BarrierInTurn(waiter, Storing.WithItems);
            On(RecorderEvent.Shut);
            return waits ? waiter.Task : new(waiter.Receipt);
        }
    }

    /// <summary>Ends the recorder: pending appends fail, what is being written is waited for.</summary>
    /// <param name="reason">What later calls are refused with.</param>
    public async ValueTask EndAsync(Exception reason)
    {
        var waiting = new List<AppendWaiter>();
        Task? rested = null;
        lock (_gate)
        {
            _end = reason;
            TakeWaiting(waiting);
            On(RecorderEvent.Dropped);
            if (_state == RecorderState.Ending)
                rested = (_rested = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
        waiting.ForEach(waiter => waiter.Fail(reason));
        _new?.Git.Dispose();
        if (rested is not null)
            await rested.ConfigureAwait(false);
        _file?.Dispose();
        _queue.Trim();
    }

    /// <summary>Writes until nothing is left. Called by one of the store's threads, by one at a time.</summary>
    public void Drain()
    {
        TaskCompletionSource? rested;
        var hasYielded = false;
        while (true)
        {
            bool hasWork;
            lock (_gate)
            {
                AdmitOverflow();
                hasWork = _queue.HasWaiters || !_overflow.IsEmpty;
                if (hasWork)
                    _writing = _queue.TakeAll(_writing);
                else if (hasYielded)
                {
                    On(RecorderEvent.Rested);
                    _queue.Trim();
                    rested = _rested;
                    break;
                }
            }
            // A caller whose append is done often has the next one; to wait for it is cheaper than to go to sleep and be
            // woken.
            hasYielded = !hasWork;
            if (hasWork)
                WriteOrFail();
            else
                Thread.Yield();
        }
        rested?.SetResult();
    }

    void WriteOrFail()
    {
        try
        {
            Write();
        }
        catch (WriteFault fault)
        {
            Fail(fault);
        }
        catch (Exception e)
        {
            var error = new ThreadStoreException(
                ThreadStoreErrorCode.Internal,
                "The writer failed in a way that was not foreseen; discard it and resume the thread.",
                e
            );
            Fail(new WriteFault(error, error));
        }
    }

    void Write()
    {
        var wantsSync = _writing.Exists(batch => batch.WantsSync);
        var isNew = _file is null;
        if (isNew)
            Volatile.Write(ref _file, _new!.Store(_writing, _firstMs >= 0 ? _firstMs : NowMs(), wantsSync));
        else
            _file!.Append(_writing);
        // First all this, so that a caller that hears that the items are stored finds them.
        _noteWritten(_file!.Path);
        lock (_gate)
        {
            if (isNew)
                On(RecorderEvent.Stored);
            _settledLength = _file.Length;
            _queue.SettleTaken();
        }
        foreach (var batch in _writing)
            Succeed(batch.Waiters, Durability.Flushed);
        if (wantsSync)
        {
            _file.Sync();
            foreach (var batch in _writing)
                Succeed(batch.Waiters, Durability.Fsynced);
        }
        lock (_gate)
            _queue.Recycle(_writing);
    }

    static void Succeed(List<AppendWaiter> waiters, Durability upTo)
    {
        var left = 0;
        for (var i = 0; i < waiters.Count; i++)
        {
            var waiter = waiters[i];
            // The call that has waited may take the result and use the waiter for something else at once: it is not looked at again.
            if (waiter.Durability <= upTo)
                waiter.Succeed();
            else
                waiters[left++] = waiter;
        }
        waiters.RemoveRange(left, waiters.Count - left);
    }

    void Fail(WriteFault fault)
    {
        var writing = new List<AppendWaiter>();
        var waiting = new List<AppendWaiter>();
        lock (_gate)
        {
            foreach (var batch in _writing)
                writing.AddRange(batch.Waiters);
            _queue.RollBack(_writing, waiting);
            _end ??= fault.End;
            On(fault.End is null ? RecorderEvent.Refused : RecorderEvent.Broke);
            _overflow.TakeAll(waiting);
        }
        Note(fault);
        if (fault.End is { Code: ThreadStoreErrorCode.WriterLost })
            OnLost?.Invoke();
        writing.ForEach(waiter => waiter.Fail(fault.Error));
        waiting.ForEach(waiter => waiter.Fail(fault.End ?? fault.Error));
    }

    /// <summary>Throws what later calls are refused with, when the recorder takes nothing more.</summary>
    public void ThrowIfEnded()
    {
        if (_state is RecorderState.CreatingLast or RecorderState.WritingLast or RecorderState.Closed)
            throw Again(_closing!);
        if (_state is RecorderState.Failing or RecorderState.Failed or RecorderState.Ending or RecorderState.Ended)
            throw Again(_end!);
    }

    // Each call has an error of its own.
    static Exception Again(Exception reason) =>
        reason is ThreadStoreException error ? error.Again() : new ObjectDisposedException(nameof(IThreadWriter));

    // Everything below runs while the lock is held.

    // The only place where the state changes.
    void On(RecorderEvent happened) => _state = RecorderStates.Table.Next(_state, happened, _gate);

    // Neither stored, nor anything to be stored; also behind an attempt to store it that failed, which the store's thread is about to
    // leave.
    bool IsWithoutItems => _state is RecorderState.Deferred or RecorderState.Creating && _queue.IsEmpty && _writing.Count == 0;

    // No call has to wait after all.
    AppendReceipt GiveBack(AppendWaiter waiter)
    {
        var receipt = waiter.Receipt;
        _threads.Waiters.Return(waiter);
        return receipt;
    }

    // Whether the waiter has to wait; otherwise its receipt says already all there is to say.
    bool Accept(in CheckedAppend append, AppendWaiter waiter)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        var items = append.Request.Items;
        int there;
        if (_queue.FindBatch(append) is { } earlier)
            (waiter.Receipt, there) = (earlier, items.Count);
        else
            (waiter.Receipt, there) = _queue.Place(append);
        if (there == items.Count)
            return Barrier(waiter, Storing.WithItems);
        var nowMs = NowMs();
        var batch = _queue.Add(items, there, nowMs);
        if (_firstMs < 0)
            _firstMs = nowMs;
        if (_state == RecorderState.Deferred && append.Request.Durability == Durability.Buffered)
        {
            _queue.Keep();
            waiter.Receipt = waiter.Receipt with { IsStored = false };
            return false;
        }
        batch.Add(waiter);
        Schedule();
        return true;
    }

    // A barrier waits behind the appends that wait for room.
    bool BarrierInTurn(AppendWaiter waiter, Storing storing)
    {
        if (_overflow.IsEmpty)
            return Barrier(waiter, storing);
        _overflow.Add(new WaitingAppend(new CheckedAppend(new AppendRequest([]), 0, default), waiter), CancellationToken.None);
        return true;
    }

    bool Barrier(AppendWaiter waiter, Storing storing)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        if (_state == RecorderState.Deferred && waiter.Durability == Durability.Buffered || storing == Storing.WithItems && IsWithoutItems)
        {
            waiter.Receipt = waiter.Receipt with { IsStored = false };
            return false;
        }
        if (_state == RecorderState.Idle && waiter.Durability != Durability.Fsynced)
        {
            waiter.Receipt = waiter.Receipt with { IsStored = true };
            return false;
        }
        waiter.Receipt = waiter.Receipt with { IsStored = true };
        _queue.Last().Add(waiter);
        Schedule();
        return true;
    }

    void Schedule()
    {
        if (_state is not (RecorderState.Deferred or RecorderState.Idle))
            return; // one of the store's threads has it, or will
        On(RecorderEvent.Asked);
        if (_state == RecorderState.Creating && !_new!.Git.Done.IsCompleted)
            _ = _new.Git.Done.ContinueWith(_ => _threads.Schedule(this), TaskScheduler.Default);
        else
            _threads.Schedule(this);
    }

    void AdmitOverflow()
    {
        while (!_overflow.IsEmpty && _queue.HasRoom(_overflow.FirstBytes))
        {
            var waiting = _overflow.TakeFirst();
            try
            {
                if (!Accept(waiting.Append, waiting.Waiter))
                    waiting.Waiter.Succeed();
            }
            catch (Exception e) when (e is ThreadStoreException or RepeatedAppendException)
            {
                waiting.Waiter.Fail(e);
            }
        }
    }

    void TakeWaiting(List<AppendWaiter> waiting)
    {
        foreach (var batch in _queue.WriteBatches)
        {
            waiting.AddRange(batch.Waiters);
            batch.Clear();
        }
        _overflow.TakeAll(waiting);
    }

    long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
