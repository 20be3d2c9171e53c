namespace Spool.Remote.Tests;

/// <summary>A writer's machine with a server that has a log and does what the contract says, and a check of all that its callers are told.
/// What the machine asks for is begun at once; when it is done a test decides.</summary>
sealed class World
{
    const int Foreign = -1;
    const int Line = 0; // what an update adds

    static readonly ThreadId ThreadId = ThreadId.Parse("01a20429-47e7-79e3-b1f6-b2ac9f1be601");

    readonly List<Called> _calls = [];
    readonly List<int> _log = []; // the item with ordinal 1 is the first
    readonly List<WriterMessage> _arriving = [];
    readonly List<string> _story = [];
    int _stream;
    (int Number, OpenAgain How)? _opening;
    (int Number, ControlKind Kind)? _releasing;
    int _losses;
    int _ends;
    TimeSpan _now;

    public World(bool isStored)
    {
        IsStored = isStored;
        Machine = new WriterMachine(ThreadId, new WriterLimits { Pause = static _ => TimeSpan.FromMilliseconds(500) }, 1, isStored, _now);
    }

    public WriterMachine Machine { get; }

    /// <summary>Gets whether the thread is stored. Until then the log is in the server's memory.</summary>
    public bool IsStored { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Gets whether the server gave the right to write to nobody.</summary>
    public bool IsFree { get; private set; }

    public int Appends => _calls.Count(call => call.Item is not null);

    public bool HasLast => _calls is [.., { Result: null }];

    public bool HasStream => _stream != 0;

    public bool HasMessage => _arriving.Count > 0;

    /// <summary>Gets whether the server has nothing of the first message, so that it may find it malformed.</summary>
    public bool HasNewMessage => _arriving is [var message, ..] && !message.Items.Any(item => _log.Contains(SimItems.NumberOf(item)));

    public bool IsOpening => _opening is not null;

    public bool IsReleasing => _releasing is not null;

    public bool CanBeTaken => IsFree && IsStored && _log.Count < 4;

    /// <summary>Gets all that matters for what may happen next.</summary>
    public string Shape =>
        $"{Machine.Phase} {Machine.IsStored} {Machine.NextOrdinal} {IsStored} {IsFree} {IsDisposed} {Machine.WakeAt - _now} [{string.Join(' ', _log)}] {_stream != 0}:"
        + $"{string.Join(' ', _arriving.Select(message => $"{message.FirstOrdinal}+{message.Items.Count}/{message.Calls.Count}{message.Control?.Kind}"))} {_opening?.How} {_releasing?.Kind} "
        + string.Join(' ', _calls.Select(call => call.Shape));

    public int Controls(ControlKind kind) => _calls.Count(call => call.Call is ControlCall control && control.Kind == kind);

    public void Happen(Happening happening)
    {
        _story.Add(happening.Name);
        happening.Do(this);
        Settle();
    }

    public void Append(long? expected = null, Durability durability = Durability.Flushed)
    {
        var item = Appends + 1;
        Add(new AppendCall(new AppendRequest([SimItems.Of(item)]) { ExpectedOrdinal = expected, Durability = durability }, _now), item);
    }

    public void Control(ControlKind kind) => Add(new ControlCall(kind, kind == ControlKind.Update ? new ThreadPatch() : null, _now), null);

    public void CancelLast() => Machine.Cancel(_calls[^1].Call);

    public void DisposeStore()
    {
        IsDisposed = true;
        Machine.StoreDisposed();
    }

    /// <summary>Answers the first message, or refuses it as the contract says.</summary>
    public void Answer()
    {
        var message = _arriving[0];
        var (stream, failure) = (_stream, Take(message));
        if (failure is not null)
        {
            End();
            Machine.StreamFailed(stream, failure, _now);
            return;
        }
        _arriving.RemoveAt(0);
        long? next = message.Control is null ? null : Next;
        Machine.Answered(
            stream,
            new AppendReceipt(next ?? message.FirstOrdinal ?? Next, message.Items.Count) { IsStored = IsStored },
            null,
            next,
            _now
        );
    }

    /// <summary>Ends the stream, when some of its messages were taken and not answered.</summary>
    public void Break(int taken, WriterFailure failure)
    {
        for (var i = 0; i < taken && Take(_arriving[i]) is null; i++) { }
        var stream = _stream;
        End();
        Machine.StreamFailed(stream, failure, _now);
    }

    public void Expire(WriterFailure failure)
    {
        IsFree = true;
        IsStored |= _log.Count > 0;
        Break(0, failure);
    }

    /// <summary>The server dies; what only its memory has is gone.</summary>
    public void Crash(WriterFailure failure)
    {
        IsFree = true;
        _log.Clear();
        if (IsOpening)
            FailToOpen(failure);
        else if (IsReleasing)
            FailToRelease(failure);
        else if (HasStream)
            Break(0, failure);
    }

    public void Watch(WriterFailure failure)
    {
        End();
        Machine.WatchFailed(failure, _now);
    }

    public void WriteByAnother() => _log.Add(Foreign);

    public void Wait(TimeSpan longer)
    {
        _now = Machine.WakeAt!.Value + longer;
        Machine.Tick(_now);
    }

    public void Open()
    {
        var (number, how) = _opening!.Value;
        _opening = null;
        if (how == OpenAgain.Resume && !IsStored)
            Machine.OpenFailed(number, Refused(ThreadStoreErrorCode.NotFound), _now);
        else if (how == OpenAgain.Create && IsStored)
            Machine.OpenFailed(number, Refused(ThreadStoreErrorCode.AlreadyExists), _now);
        else
        {
            IsFree = false;
            Machine.Opened(number, Next, IsStored, _now);
        }
    }

    public void FailToOpen(WriterFailure failure)
    {
        var number = _opening!.Value.Number;
        _opening = null;
        Machine.OpenFailed(number, failure, _now);
    }

    /// <summary>The server takes the lease back.</summary>
    public void Release(WriterFailure? failure)
    {
        var (number, kind) = _releasing!.Value;
        _releasing = null;
        IsFree = true;
        if (kind == ControlKind.ShutDown)
            IsStored |= _log.Count > 0;
        else if (!IsStored)
            _log.Clear();
        Machine.Released(number, failure, _now);
    }

    public void FailToRelease(WriterFailure failure)
    {
        var number = _releasing!.Value.Number;
        _releasing = null;
        if (failure.Kind == WriterFailureKind.UnknownLease)
        {
            IsFree = true;
            IsStored |= _log.Count > 0;
        }
        Machine.Released(number, failure, _now);
    }

    /// <summary>Answers that belong to a stream, an opening and a release of before.</summary>
    public void AnswerLate()
    {
        var late = new WriterFailure(WriterFailureKind.OutcomeUnknown, ThreadStoreException.OutcomeUnknown("late"));
        Machine.Answered(-1, new AppendReceipt(1, 1), null, null, _now);
        Machine.StreamFailed(-1, late, _now);
        Machine.Opened(-1, 100, true, _now);
        Machine.OpenFailed(-1, late, _now);
        Machine.Released(-1, null, _now);
    }

    /// <summary>Lets everything go well from now on: then every call ends.</summary>
    public void Finish()
    {
        _story.Add("and then everything goes well");
        for (var i = 0; i < 100 && _calls.Exists(call => call.Result is null); i++)
        {
            if (HasMessage)
                Answer();
            else if (IsOpening)
                Open();
            else if (IsReleasing)
                Release(null);
            else if (Machine.WakeAt is not null)
                Wait(TimeSpan.Zero);
            else
                break;
            Settle();
            Check();
        }
        That(_calls.TrueForAll(call => call.Result is not null), "a call has no end");
        Machine.Close(() => ThreadStoreException.InvalidRequest("over"));
        Settle();
        That(_ends == 1, "the pump is not told to end once");
        Control(ControlKind.ShutDown);
        Settle();
        var last = _calls[^1].Result;
        That(last is { Error: null } == (Machine.Phase == WriterPhase.GivenBack), "a shut-down behind the end");
    }

    /// <summary>Checks what callers were told.</summary>
    public void Check()
    {
        That(_losses <= 1, "the right to write is lost twice");
        foreach (var called in _calls)
        {
            if (called.Result is not { } result)
            {
                That(!Machine.IsOver, "the writer is over and a call has no end");
                continue;
            }
            var times = _log.Count(item => item == called.Item);
            if (called.Item is null)
                continue;
            if (result.IsCancelled)
                That(times == 0, "what was cancelled is there");
            else if (result.Error is ThreadStoreException { Code: ThreadStoreErrorCode.OutcomeUnknown })
                That(times <= 1, "what may be there is there more than once");
            else if (result.Error is not null)
                That(times == 0, $"what was refused is there: {result.Error.Message}");
            else
            {
                // Where it was only in the server's memory it may be gone with the server, and is sent again.
                That(times == 1 || times == 0 && !result.Receipt.IsStored, $"what was acknowledged is there {times} times");
                That(
                    times == 0 || _log[(int)result.Receipt.FirstOrdinal - 1] == called.Item,
                    "what was acknowledged is not where it was said"
                );
            }
        }
    }

    long Next => _log.Count + 1;

    static WriterFailure Refused(ThreadStoreErrorCode code) => new(WriterFailureKind.Refused, new ThreadStoreException(code, "refused"));

    void Add(WriterCall call, int? item)
    {
        _calls.Add(new Called(call, item));
        Machine.Add(call);
    }

    void End()
    {
        _arriving.Clear();
        _stream = 0;
    }

    // What the server does with a message: the refusal, or null when it is done.
    WriterFailure? Take(WriterMessage message)
    {
        var wrong = new WriterFailure(
            WriterFailureKind.Refused,
            ThreadStoreException.WrongOrdinal(ThreadId, message.FirstOrdinal ?? 0, Next)
        );
        if (message.Control is { } control)
        {
            if (message.FirstOrdinal != Next)
                return wrong;
            IsStored = true;
            if (control.Kind == ControlKind.Update)
                _log.Add(Line);
            return null;
        }
        var items = message.Items.Select(SimItems.NumberOf).ToList();
        if (message.FirstOrdinal is not { } first)
            return null;
        if (first > Next || first < 1)
            return wrong;
        var there = (int)Math.Min(Next - first, items.Count);
        if (!_log.Skip((int)first - 1).Take(there).SequenceEqual(items.Take(there)))
            return wrong;
        _log.AddRange(items.Skip(there));
        IsStored |= message.Durability != Durability.Buffered;
        return null;
    }

    // The pump: it begins what it is told, and tells callers.
    void Settle()
    {
        Tell();
        while ((_opening is null && _releasing is null || Machine.IsOver) && Machine.TryTakeStep(out var step))
        {
            Begin(step);
            Tell();
        }
        Tell();
    }

    void Tell()
    {
        while (Machine.TryTakeSignal(out var signal))
        {
            if (signal.Kind == WriterStepKind.Lose)
                _losses++;
            else if (signal.Number == _stream)
                End();
        }
        while (Machine.TryTakeResult(out var result))
        {
            var called = _calls.Find(call => call.Call == result.Call);
            That(called is { Result: null }, "a call was answered twice");
            called!.Result = result;
        }
    }

    void Begin(WriterStep step)
    {
        switch (step.Kind)
        {
            case WriterStepKind.Send:
                if (step.Number != _stream)
                    End();
                _stream = step.Number;
                _arriving.Add(step.Message!);
                break;
            case WriterStepKind.EndStream:
                End();
                break;
            case WriterStepKind.Open:
                _opening = (step.Number, step.How);
                break;
            case WriterStepKind.Release:
                _releasing = (step.Number, step.Call!.Kind);
                break;
            case WriterStepKind.End:
                _ends++;
                (_opening, _releasing) = (null, null);
                End();
                break;
        }
    }

    void That(bool holds, string what)
    {
        if (!holds)
            Assert.Fail($"{what}: {string.Join(", ", _story)}. {Shape}");
    }

    sealed class Called(WriterCall call, int? item)
    {
        public WriterCall Call => call;

        /// <summary>Gets the item, for an append.</summary>
        public int? Item => item;

        public WriterResult? Result { get; set; }

        public string Shape =>
            $"{item}{(call as ControlCall)?.Kind}{(call.WasSent ? "s" : "")}{(call.IsInDoubt ? "?" : "")}{(Result is { } result ? (result.Error as ThreadStoreException)?.Code.ToString() ?? result.Error?.GetType().Name ?? "ok" : "")}"
            + $"{((call as AppendCall)?.Request.ExpectedOrdinal is null ? "" : "=")}";
    }
}
