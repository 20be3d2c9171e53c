namespace Spool.Remote;

/// <summary>What the machine does when something goes wrong, and how it ends.</summary>
sealed partial class WriterMachine
{
    void Trouble(WriterFailure failure, WriterMessage? blamed)
    {
        Mend(failure, blamed);
        if (_isDiscarded && !IsOver)
            LeaveOut();
    }

    // A writer that is discarded sends no pending call, and nothing again: it only gives its lease back.
    void LeaveOut()
    {
        _unstored.Clear();
        _restoring.Clear();
        foreach (var call in _calls.TakeUnsent())
            Fail(call, call.IsInDoubt ? NotAnswered(WasShutDown()) : WasShutDown());
    }

    void Mend(WriterFailure failure, WriterMessage? blamed)
    {
        if (failure.Kind == WriterFailureKind.NotAllowed)
        {
            NotAllowed(failure);
            return;
        }
        var isRefusal = failure.Kind == WriterFailureKind.Refused;
        Drop(isAnswered: isRefusal && blamed is not null || failure.IsUnsent);
        if (failure.Kind == WriterFailureKind.OutcomeUnknown)
            Close(() => failure.Error.Again());
        else if (!isRefusal || IsOfTheMoment(failure, blamed))
            Pause(failure);
        else if (
            blamed is null
            || blamed.Calls.Count == 0
            || failure.Error.Code is ThreadStoreErrorCode.WriterLost or ThreadStoreErrorCode.HasWriter
        )
            Lose(failure.Error);
        else if (failure.Error.Code == ThreadStoreErrorCode.WrongOrdinal)
            Misplaced(failure, blamed);
        else
            Refuse(blamed, failure.Error);
    }

    void Misplaced(WriterFailure failure, WriterMessage blamed)
    {
        if (!_unstored.IsEmpty && failure.Error.NextOrdinal is { } end && _unstored.FirstOrdinal <= end && end < _calls.Acknowledged)
        {
            Pause(failure); // another life of the server, which has not what only the memory of the one before had
            return;
        }
        if (blamed.Control is null && !(blamed.FirstOrdinal < _calls.Acknowledged))
        {
            Lose(failure.Error); // its place was ours to give, and others have taken it
            return;
        }
        if (failure.Error.NextOrdinal is not { } next)
        {
            Pause(failure); // who does not say where the log ends is asked again
            return;
        }
        // The refused message was alone, so the log ends where the last answer said, unless others wrote.
        _calls.NothingKept();
        if (!IsAnother(next))
            Refuse(blamed, failure.Error);
    }

    // The right to write is not lost by it: the writer tries to open again until the token is valid, and only pending calls end.
    // Where it is not known what became of something sent before, no later item may take its place; so it is waited for a while, and then
    // the writer ends.
    void NotAllowed(WriterFailure failure)
    {
        Drop(isAnswered: true); // a server answers what it had begun before it says so, and takes nothing of the rest
        _notAllowedSince ??= _now;
        if (_calls.Oldest is not { IsInDoubt: true })
        {
            _calls.NothingKept();
            foreach (var call in _calls.Clear())
                Fail(call, failure.Error.Again());
        }
        else if (_now - _notAllowedSince >= _limits.TokenGrace)
        {
            Close(() => failure.Error.Again());
            return;
        }
        Pause(failure);
    }

    // What was acknowledged before, or of which a part may be stored, is not refused because there is no room or no store just now: it is
    // kept here and sent again.
    static bool IsOfTheMoment(WriterFailure failure, WriterMessage? blamed) =>
        // a size is checked before what is there is compared
        failure.Error.Code
            is ThreadStoreErrorCode.ResourceExhausted
                or ThreadStoreErrorCode.TooLarge
                or ThreadStoreErrorCode.Unavailable
        && (blamed is null || blamed.Calls.Count == 0 || blamed.Calls.Any(call => call.IsInDoubt));

    void Refuse(WriterMessage message, ThreadStoreException error)
    {
        _hasProgress = true;
        if (message.Calls is [var one])
        {
            _calls.NothingKept();
            _calls.Drop(one);
            Fail(one, error);
            return;
        }
        // Of those that travelled together only the right one fails; some may be there already.
        foreach (var call in message.Calls)
            ((AppendCall)call).TravelsAlone = true;
    }

    void Pause(WriterFailure failure)
    {
        _lastTrouble = failure.Error;
        // A busy server may take long to say so.
        if (_hasProgress || failure.Kind != WriterFailureKind.Busy && _now - _openSince >= _limits.LongSession)
        {
            _hasProgress = false;
            _troubleSince = _now;
            _pauses = 0;
        }
        _openSince = null;
        Pause();
    }

    void Pause()
    {
        On(WriterEvent.Troubled);
        WakeAt = _now + _limits.Pause(_pauses++);
    }

    // Gives up what is under way. Nothing of it was kept if the server answered with a refusal; otherwise it is not known.
    void Drop(bool isAnswered)
    {
        if (!isAnswered)
        {
            foreach (var call in _underWay.SelectMany(message => message.Calls))
                call.IsInDoubt = true;
        }
        if (_stream != 0)
            _signals.Enqueue(new WriterStep(WriterStepKind.DropStream) { Number = _stream });
        _stream = 0;
        _underWay.Clear();
        _restoring.Clear();
        _bytesUnderWay = 0;
        WakeAt = null;
        _calls.SendAgain();
    }

    // Whether the log is another one than this writer left, so that it is lost.
    bool IsAnother(long nextOrdinal)
    {
        var kept = _unstored.IsEmpty ? _calls.Acknowledged : _unstored.FirstOrdinal;
        if (nextOrdinal < kept)
            Lose(
                ThreadStoreException.WriterLost(
                    $"Thread {_threadId} has lost items that were acknowledged; resume it to go on with what is there."
                )
            );
        else if (nextOrdinal > _calls.Furthest && !_calls.MayHaveGrown)
            Lose(
                ThreadStoreException.WriterLost($"Thread {_threadId} was written by another program meanwhile; resume it to go on."),
                hasAll: true
            );
        return IsOver;
    }

    // The server lost what only its memory had.
    void Restore()
    {
        var items = _unstored.ToArray();
        for (var i = 0; i < items.Length; i += _limits.MaxBatchedItems)
        {
            var part = items[i..Math.Min(items.Length, i + _limits.MaxBatchedItems)];
            _restoring.Enqueue(new WriterMessage(_unstored.FirstOrdinal + i, Durability.Buffered, part, part.Sum(RolloutLine.MaxLength)));
        }
    }

    void End()
    {
        // Those that wait behind it asked for the same.
        foreach (var call in _calls.TakeEnding())
            _results.Enqueue(new WriterResult(call));
        End(WriterEvent.Released, WasShutDown);
    }

    Exception WasShutDown() =>
        IsDisposed
            ? new ObjectDisposedException(nameof(IThreadWriter))
            : ThreadStoreException.InvalidRequest($"The writer of thread {_threadId} was shut down; resume the thread to go on.");

    // A right that was given back is not lost. A shut-down has succeeded only where it was seen that everything is there.
    void Lose(ThreadStoreException error, bool hasAll = false)
    {
        var release = _calls.Oldest is ControlCall { Ends: true, WasSent: true } oldest ? oldest : null;
        if (_isDiscarded || release is not null && (hasAll && _unstored.IsEmpty || release.Kind == ControlKind.Discard))
        {
            End();
            return;
        }
        if (release is not { IsInDoubt: true })
            _signals.Enqueue(new WriterStep(WriterStepKind.Lose));
        Close(() =>
            error.Code == ThreadStoreErrorCode.WriterLost
                ? error.Again()
                : ThreadStoreException.WriterLost($"The right to write thread {_threadId} was lost. {error.Message}", error.Owner, error)
        );
    }

    void Fail(WriterCall call, Exception error) => _results.Enqueue(new WriterResult(call) { Error = error });

    ThreadStoreException NotAnswered(Exception why) =>
        new(
            ThreadStoreErrorCode.OutcomeUnknown,
            $"It is not known whether the last calls on thread {_threadId} were carried out, because the writer ended before the server answered. {(why is ThreadStoreException ? why.Message : "It was disposed.")}",
            why
        )
        {
            Owner = (why as ThreadStoreException)?.Owner,
        };

    ThreadStoreException Unknown() =>
        ThreadStoreException.OutcomeUnknown(
            $"The server could not be reached in time; it is not known whether the last appends to thread {_threadId} are stored. Resume it to go on.",
            _lastTrouble
        );

    static TimeSpan Max(TimeSpan x, TimeSpan y) => x > y ? x : y;
}
