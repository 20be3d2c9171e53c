namespace Spool.Remote;

/// <summary>Decides what a writer sends, and what becomes of its calls. It has no clock, no threads and no connection: it is given
/// what happens, and says what to do.</summary>
/// <remarks>
/// <para>Why it is right. Only this writer appends to its thread, so it knows the next ordinal, and every message on its stream carries the
/// ordinal of its first item; the store takes the message if that ordinal is the next one, compares where it is an earlier one, and refuses
/// where it is a later one. The server answers in order and takes nothing more on a stream after its first refusal, and nothing on a stream
/// that a later one, or an opening after it, has followed. So when a refusal arrives, everything behind it was not stored; it is sent
/// again, on a new stream, with new ordinals. And when a connection breaks, everything that was not answered is sent again with the same
/// ordinals and the same items, which the store takes or finds there. An ordinal gets another item only after a refusal, and a refusal ends
/// all that could still store the old one.</para>
/// <para>Its calls are <see cref="Add"/> and <see cref="Cancel"/> (the caller), <see cref="Answered"/> and the failures (the server),
/// <see cref="Tick"/> (time). What to do is taken by <see cref="TryTakeStep"/>, what became of calls by <see cref="TryTakeResult"/>.</para>
/// </remarks>
sealed partial class WriterMachine
{
    readonly ThreadId _threadId;
    readonly WriterLimits _limits;
    readonly WriterCalls _calls;
    readonly UnstoredItems _unstored = new();
    readonly Queue<WriterMessage> _underWay = new();
    readonly Queue<WriterMessage> _restoring = new();
    readonly Queue<WriterStep> _steps = new();
    readonly Queue<WriterStep> _signals = new();
    readonly Queue<WriterResult> _results = new();
    WriterPhase _phase = WriterPhases.Table.First;
    OpenAgain _how;
    Func<Exception>? _closed;
    ThreadStoreException? _lastTrouble;
    ControlCall? _release;
    TimeSpan _now;
    TimeSpan? _openSince;
    TimeSpan _troubleSince;
    TimeSpan _idleSince; // since when nothing is under way on the stream
    TimeSpan _attemptedAt; // when the latest attempt to open was made: what it found was so later than that
    TimeSpan? _conflictSince;
    TimeSpan? _notAllowedSince;
    long _bytesUnderWay;
    int _stream;
    int _streams;
    int _attempts;
    int _pauses;
    bool _hasProgress; // since the last trouble
    bool _isDiscarded; // no pending call is sent any more

    public WriterMachine(ThreadId threadId, WriterLimits limits, long nextOrdinal, bool isStored, TimeSpan now)
    {
        (_threadId, _limits, _how, _now, _openSince) = (threadId, limits, isStored ? OpenAgain.Resume : OpenAgain.Create, now, now);
        _calls = new WriterCalls(threadId, limits, nextOrdinal);
    }

    /// <summary>Gets the ordinal behind everything that was called.</summary>
    public long NextOrdinal => _calls.Next;

    /// <summary>Gets whether the thread is known to be stored.</summary>
    public bool IsStored => _how == OpenAgain.Resume;

    /// <summary>Gets where the writer stands.</summary>
    public WriterPhase Phase => _phase;

    /// <summary>Gets how many bytes of appends are not acknowledged.</summary>
    public long PendingBytes => _calls.Bytes;

    /// <summary>Gets whether a call has to wait for a place before it is sent.</summary>
    public bool IsFull => _calls.Bytes >= _limits.MaxBytesUnderWay;

    /// <summary>Gets whether nothing more will happen.</summary>
    public bool IsOver => _phase is WriterPhase.GivenBack or WriterPhase.Over;

    /// <summary>Gets or sets whether its caller disposes of it, so that calls after its end are misuse.</summary>
    public bool IsDisposed { get; set; }

    /// <summary>Gets the error of later calls, or null while the writer goes on. Each caller gets an error of its own.</summary>
    public Exception? Ended => _closed?.Invoke();

    /// <summary>Gets when to call <see cref="Tick"/> next, or null when only something else can go on.</summary>
    public TimeSpan? WakeAt { get; private set; }

    /// <summary>Adds a call. When the writer is over it fails at once, unless it gives back what was given back.</summary>
    public void Add(WriterCall call)
    {
        if (_phase == WriterPhase.GivenBack && call is ControlCall { Ends: true })
            _results.Enqueue(new WriterResult(call));
        else if (_closed is { } closed)
            Fail(call, closed());
        else
            _calls.Add(call);
        // The first call that ends the writer decides what becomes of pending items.
        if (!IsOver && call is ControlCall { Kind: ControlKind.Discard } && !_calls.HasShutDown)
        {
            _isDiscarded = true;
            LeaveOut();
        }
    }

    /// <summary>Takes a call back, unless it was sent.</summary>
    public void Cancel(WriterCall call)
    {
        if (!call.WasSent && _calls.Drop(call))
            _results.Enqueue(new WriterResult(call) { IsCancelled = true });
    }

    /// <summary>Takes what became of a call.</summary>
    public bool TryTakeResult(out WriterResult result) => _results.TryDequeue(out result);

    /// <summary>Takes the next thing that is to be done at once, whatever else is being done: to give a stream up, or to say that the right
    /// to write was lost.</summary>
    public bool TryTakeSignal(out WriterStep signal) => _signals.TryDequeue(out signal);

    // Whether nothing may be sent beside what is under way.
    bool TravelsAlone => _underWay.TryPeek(out var first) && first.TravelsAlone;

    /// <summary>Gets whether <see cref="TryTakeStep"/> is worth a call: without it there is no step, with it there may be one.</summary>
    public bool MayHaveStep =>
        _steps.Count > 0 || (_phase == WriterPhase.Open && !TravelsAlone && (_restoring.Count > 0 || _calls.Unsent is not null));

    /// <summary>Takes the next thing to do, when the one before it is done.</summary>
    public bool TryTakeStep(out WriterStep step)
    {
        if (_steps.TryDequeue(out step))
            return true;
        if (
            _phase != WriterPhase.Open
            || TravelsAlone
            || _bytesUnderWay >= _limits.MaxBytesUnderWay
            || _underWay.Count >= _limits.MaxMessagesUnderWay
        )
            return false;
        var message = _restoring.TryDequeue(out var restored) ? restored : _calls.TakeMessage(_underWay.Count == 0, Fail);
        if (message is null)
            return false;
        if (_how == OpenAgain.Create)
            _how = OpenAgain.CreateOrResume;
        if (message.Control is { Ends: true } release)
        {
            _release = release;
            On(WriterEvent.ReleaseBegan);
            Drop(isAnswered: true);
            _steps.Enqueue(new WriterStep(WriterStepKind.Release) { Call = release, Number = ++_attempts });
            return _steps.TryDequeue(out step);
        }
        if (_stream == 0)
            _stream = ++_streams;
        _underWay.Enqueue(message);
        _bytesUnderWay += message.Bytes;
        step = new WriterStep(WriterStepKind.Send) { Number = _stream, Message = message };
        return true;
    }

    /// <summary>Takes the answer to the first message that is not answered.</summary>
    /// <param name="stream">The number of the stream.</param>
    /// <param name="receipt">The answer.</param>
    /// <param name="changed">The thread after an update.</param>
    /// <param name="nextOrdinal">The next ordinal of the writer, where the answer is to a call that is no append.</param>
    /// <param name="now">The time.</param>
    public void Answered(int stream, AppendReceipt receipt, ChangedThread? changed, long? nextOrdinal, TimeSpan now)
    {
        _now = now;
        if (stream != _stream || _phase != WriterPhase.Open || !_underWay.TryDequeue(out var message))
            return;
        _bytesUnderWay -= message.Bytes;
        if (
            message.Control is null
            && message.FirstOrdinal is { } first
            && (receipt.FirstOrdinal != first || receipt.Count != message.Items.Count)
        )
        {
            Close(() =>
                new ThreadStoreException(
                    ThreadStoreErrorCode.Internal,
                    $"The server answered an append to thread {_threadId} with another place than it was given; it breaks the protocol."
                )
            );
            return;
        }
        _hasProgress = true;
        if (message.Control is { } control)
            Complete(control, changed, receipt, nextOrdinal);
        else if (message.Repeats is { } earlier)
            Complete((AppendCall)message.Calls[0], earlier with { IsStored = receipt.IsStored });
        else
            Complete(message, receipt);
        if (receipt.IsStored)
            Stored();
        if (_underWay.Count == 0)
            (_idleSince, WakeAt) = (now, WakeAt ?? now + _limits.StreamIdle); // a time that is set already comes sooner, and is set on then
    }

    /// <summary>Takes it that a stream ended, and why.</summary>
    public void StreamFailed(int stream, WriterFailure failure, TimeSpan now)
    {
        _now = now;
        if (stream != _stream || _phase != WriterPhase.Open)
            return;
        // Answers come in order, so what the server refused is the first that it did not answer.
        Trouble(failure, _underWay.TryPeek(out var message) ? message : null);
    }

    /// <summary>Takes it that the server no longer keeps the lease, or that it cannot be known.</summary>
    public void WatchFailed(WriterFailure failure, TimeSpan now)
    {
        _now = now;
        if (_phase == WriterPhase.Open)
            Trouble(failure, null);
    }

    /// <summary>Takes it that the writer is open again.</summary>
    public void Opened(int attempt, long nextOrdinal, bool isStored, TimeSpan now)
    {
        _now = now;
        if (attempt != _attempts || _phase != WriterPhase.Opening)
            return;
        if (!_isDiscarded && IsAnother(nextOrdinal))
            return;
        On(WriterEvent.Opened);
        (_openSince, _conflictSince, _notAllowedSince, WakeAt) = (now, null, null, null);
        if (_isDiscarded)
            return;
        if (_calls.MayHaveGrown)
        {
            // An update whose answer was lost: nothing else was under way, so what the server says is exact.
            _calls.Acknowledge(nextOrdinal);
            _calls.ForeseeAgain();
        }
        // As many items as were acknowledged may be those of another program that took the thread between two lives of the server: the
        // server compares.
        if (nextOrdinal < _calls.Acknowledged || isStored && !_unstored.IsEmpty)
            Restore();
        else if (isStored)
            Stored();
    }

    /// <summary>Takes it that the writer could not be opened again.</summary>
    public void OpenFailed(int attempt, WriterFailure failure, TimeSpan now)
    {
        _now = now;
        if (attempt != _attempts || _phase != WriterPhase.Opening)
            return;
        if (failure.Kind == WriterFailureKind.NotAllowed)
            NotAllowed(failure);
        else if (
            failure.Kind is not (WriterFailureKind.Refused or WriterFailureKind.OutcomeUnknown)
            || failure.Error.Code == ThreadStoreErrorCode.Unavailable
        )
        {
            (_lastTrouble, _conflictSince) = (failure.Error, null); // who holds the thread by then may have come since
            Pause();
        }
        else if (failure.Error.Code == ThreadStoreErrorCode.HasWriter && _attemptedAt - (_conflictSince ??= now) < _limits.ConflictGrace)
        {
            // A server that is being stopped may hold the thread a moment longer than its successor needs to start. It is looked at often:
            // two holders who follow each other are not one who stays.
            Pause();
            var soon = now + _limits.ConflictGrace / 8;
            WakeAt = WakeAt < soon ? WakeAt : soon;
        }
        else
            Lose(failure.Error);
    }

    /// <summary>Takes it that the lease was given back, or why not.</summary>
    public void Released(int attempt, WriterFailure? failure, TimeSpan now)
    {
        _now = now;
        if (attempt != _attempts || _phase != WriterPhase.Releasing)
            return;
        var release = _release!;
        // Behind a lease that is not known any more a shut-down has to look whether everything is there.
        if (failure is null || failure.Kind == WriterFailureKind.UnknownLease && release.Kind == ControlKind.Discard)
        {
            if (release.Kind == ControlKind.ShutDown && !_unstored.IsEmpty)
                _how = OpenAgain.Resume; // pending items were stored with that
            End();
            return;
        }
        On(WriterEvent.ReleaseFailed);
        release.IsInDoubt |= failure.Kind == WriterFailureKind.Passing && !failure.IsUnsent;
        Trouble(failure, new WriterMessage(null, Durability.Buffered, [], 0) { Calls = [release] });
    }

    /// <summary>Takes it that time went on.</summary>
    public void Tick(TimeSpan now)
    {
        _now = now;
        if (WakeAt is not { } at || now < at)
            return;
        WakeAt = null;
        if (_phase == WriterPhase.Open && _stream != 0 && _underWay.Count == 0 && _calls.Unsent is null)
        {
            if (now < _idleSince + _limits.StreamIdle)
            {
                WakeAt = _idleSince + _limits.StreamIdle;
                return;
            }
            _steps.Enqueue(new WriterStep(WriterStepKind.EndStream) { Number = _stream });
            _stream = 0;
        }
        if (_phase != WriterPhase.Waiting)
            return;
        if (_calls.Oldest is { } oldest && now - Max(_troubleSince, oldest.CalledAt) >= _limits.ResolveFor)
        {
            Close(Unknown);
            return;
        }
        On(WriterEvent.Due);
        _attemptedAt = now;
        _steps.Enqueue(
            new WriterStep(WriterStepKind.Open)
            {
                Number = ++_attempts,
                AfterStream = _streams,
                How = _how,
            }
        );
    }

    /// <summary>Ends the writer: what is not answered fails, and so does whatever is called later. What may be stored fails with
    /// <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>, whatever the error: any other one says that nothing was kept.</summary>
    /// <param name="error">Makes the error; each caller gets one of its own.</param>
    public void Close(Func<Exception> error)
    {
        if (!IsOver)
            End(WriterEvent.Closed, error);
    }

    /// <summary>Ends the writer because it was shut down or discarded.</summary>
    public void Stop() => Close(WasShutDown);

    /// <summary>Ends the writer because its store was disposed.</summary>
    public void StoreDisposed()
    {
        if (IsOver)
            return;
        _signals.Enqueue(new WriterStep(WriterStepKind.Lose));
        Close(() => new ObjectDisposedException(nameof(RemoteThreadStore)));
    }

    void End(WriterEvent end, Func<Exception> error)
    {
        Drop(isAnswered: false);
        _closed = error;
        On(end);
        foreach (var call in _calls.Clear())
        {
            var own = error();
            Fail(
                call,
                !call.IsInDoubt || own is ThreadStoreException { Code: ThreadStoreErrorCode.OutcomeUnknown } ? own : NotAnswered(own)
            );
        }
        _unstored.Clear();
        _steps.Clear();
        _steps.Enqueue(new WriterStep(WriterStepKind.End));
    }

    void Complete(WriterMessage message, AppendReceipt receipt)
    {
        // What stores nothing has no place of its own; the server may be further than what it has answered.
        var ordinal = message.FirstOrdinal ?? _calls.Acknowledged;
        foreach (var call in message.Calls)
        {
            var append = (AppendCall)call;
            if (!receipt.IsStored)
                _unstored.Keep(ordinal, append.Request.Items);
            var own = new AppendReceipt(ordinal, append.Count) { IsStored = receipt.IsStored };
            Complete(append, own);
            _calls.Remember(append, own);
            ordinal += append.Count;
        }
        _calls.Acknowledge(ordinal);
    }

    void Complete(AppendCall append, AppendReceipt receipt)
    {
        _calls.Remove(append);
        _results.Enqueue(new WriterResult(append) { Receipt = receipt });
    }

    void Complete(ControlCall control, ChangedThread? changed, AppendReceipt receipt, long? nextOrdinal)
    {
        _calls.Remove(control);
        // A change of metadata may have added lines of its own.
        _calls.Acknowledge(nextOrdinal ?? receipt.NextOrdinal);
        _calls.ForeseeAgain();
        _results.Enqueue(new WriterResult(control) { Changed = changed });
    }

    void Stored()
    {
        _how = OpenAgain.Resume;
        // What is being restored is needed again should this stream end too.
        if (!_unstored.IsEmpty && _restoring.Count == 0 && !_underWay.Any(message => message.Calls.Count == 0))
            _unstored.Clear();
    }

    // The only place where the phase changes.
    void On(WriterEvent happened) => _phase = WriterPhases.Table.Next(_phase, happened);
}
