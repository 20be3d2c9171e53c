namespace Spool.Tests;

/// <summary>The machine of open threads with callers, holders, stores and a clock that do everything that can happen, from a seed. What the
/// machine does is compared with its plain meaning at each step; who is at which gate and who holds what is noted here as well, by what was
/// said to the callers alone.</summary>
sealed class OpenThreadsSimulation
{
    const int Steps = 120;
    const int ClosedAtOnce = 2;

    static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    readonly Random _random;
    readonly int _places;
    readonly ThreadHolderKind[] _kinds;
    readonly OpenThreadsMachine _machine;
    readonly ThreadId[] _threads;
    readonly List<Caller> _callers = [];
    readonly List<OpenThreadEntry> _closings = []; // by the registry
    readonly Dictionary<ThreadId, object> _gates = [];
    readonly Dictionary<ThreadId, Holder> _holders = [];
    readonly Dictionary<ThreadId, List<Caller>> _queues = [];
    readonly List<string> _log = [];
    TimeSpan _now = TimeSpan.FromSeconds(1);
    bool _isEnded;

    OpenThreadsSimulation(int seed)
    {
        _random = new Random(seed);
        _places = _random.Next(1, 5);
        _kinds =
        [
            new ThreadHolderKind("lease") { Idle = Idle, MaxOpen = Math.Max(1, _places - 1) },
            new ThreadHolderKind("call")
            {
                Idle = Idle,
                MakesRoom = true,
                WaitsForPlace = true,
            },
            new ThreadHolderKind("session")
            {
                Idle = 2 * Idle,
                MakesRoom = true,
                MaxOpen = Math.Max(1, _places - 1),
            },
        ];
        _machine = new OpenThreadsMachine(_places, ClosedAtOnce, maxWaiting: 2);
        _threads = [.. Enumerable.Range(1, _random.Next(1, 7)).Select(i => new ThreadId(new Guid(i, 0, 0, new byte[8])))];
        for (var i = _random.Next(1, 8); i > 0; i--)
            _callers.Add(new Caller(i));
    }

    /// <summary>Runs a seed.</summary>
    /// <returns>What is wrong, with what happened before; or null.</returns>
    public static string? Run(int seed)
    {
        var simulation = new OpenThreadsSimulation(seed);
        try
        {
            simulation.Run();
            return null;
        }
        catch (Exception e) when (e is WrongException or InvalidOperationException or KeyNotFoundException or NullReferenceException)
        {
            return $"seed {seed}: {e.Message}\n{string.Join('\n', simulation._log)}\n{e.StackTrace}";
        }
    }

    void Run()
    {
        for (var i = 0; i < Steps; i++)
            Step(isEnding: false);
        if (_random.Next(2) == 0)
            Stop();
        // Everybody comes to an end, and nothing new begins.
        for (var i = 0; _callers.Any(caller => caller.Phase != Phase.Away) || _closings.Count > 0; i++)
        {
            Expect(i < 2_000, "somebody waits for ever");
            Step(isEnding: true);
        }
        Stop();
        for (var i = 0; _closings.Count > 0; i++)
        {
            Expect(i < 200, "closing comes to no end");
            EndClosing();
        }
        Expect(_isEnded, "all are closed, and it was not said");
        Expect(_machine.Open == 0 && _machine.Taken == 0 && !_machine.Held.Any() && _holders.Count == 0, "something is left");
    }

    void Step(bool isEnding)
    {
        switch (_random.Next(12))
        {
            case 0:
                _now += TimeSpan.FromSeconds(_random.Next(1, 40));
                Say($"tick at {_now.TotalSeconds}");
                foreach (var holder in _holders.Values)
                    holder.IsUnnoticed = false;
                _machine.Tick(_now);
                Settle();
                CheckTick();
                break;
            case 1 when _closings.Count > 0:
            case 2 when _closings.Count > 0:
                EndClosing();
                break;
            case 3 when _holders.Count > 0:
                Use(_holders.Values.ElementAt(_random.Next(_holders.Count)));
                break;
            case 4 when !isEnding && _random.Next(6) == 0 && _holders.Count > 0:
                _holders.Values.ElementAt(_random.Next(_holders.Count)).IsFaulted = true;
                break;
            case 5 when !isEnding && _random.Next(3) == 0:
                MakeRoom();
                break;
            case 6 when !isEnding && _random.Next(40) == 0:
                Stop();
                break;
            default:
                Act(_callers[_random.Next(_callers.Count)], isEnding);
                break;
        }
    }

    void Act(Caller caller, bool isEnding)
    {
        switch (caller.Phase)
        {
            case Phase.Away when !isEnding:
                Enter(caller);
                break;
            // A place comes or the patience ends; a gate comes when whoever is there leaves.
            case Phase.AtPlaces when isEnding || _random.Next(5) == 0:
            case Phase.AtQueue when !isEnding && _random.Next(5) == 0:
                Say($"{caller} stops waiting");
                Expect(_machine.Cancel(caller.Ticket!), "a wait that was not answered cannot be ended");
                caller.Phase = caller.Phase == Phase.AtPlaces ? Phase.AtGate : Phase.Away;
                if (caller.Phase == Phase.Away)
                    _queues[caller.ThreadId].Remove(caller);
                break;
            case Phase.AtGate:
                AtGate(caller, isEnding);
                break;
            case Phase.Opening:
                EndOpening(caller, isEnding);
                break;
            case Phase.Closing:
                EndOwnClosing(caller, isEnding);
                break;
        }
        Settle();
    }

    void Enter(Caller caller)
    {
        caller.ThreadId = _threads[_random.Next(_threads.Length)];
        var entry = _machine.TryEnter(caller.ThreadId);
        Say($"{caller} enters: {entry is not null}");
        if (entry is not null)
        {
            TakeGate(caller, entry);
            return;
        }
        Expect(_machine.IsStopped || _gates.ContainsKey(caller.ThreadId), "nobody is at the gate, and it is shut");
        if (_random.Next(4) == 0)
            return; // who only tries
        caller.Ticket = new OpenThreadTicket();
        caller.Phase = Phase.AtQueue;
        if (!_queues.TryGetValue(caller.ThreadId, out var queue))
            _queues[caller.ThreadId] = queue = [];
        queue.Add(caller);
        _machine.WaitForGate(caller.ThreadId, caller.Ticket);
    }

    void AtGate(Caller caller, bool isEnding)
    {
        var (entry, holder) = (caller.Entry!, _holders.GetValueOrDefault(caller.ThreadId));
        Expect(entry.Holder == holder, "the holder is not the one that opened the thread");
        switch (isEnding ? 4 : _random.Next(5))
        {
            case 0:
            case 1:
                Ask(caller, _kinds[_random.Next(_kinds.Length)]);
                break;
            case 2 when holder is not null:
                Say($"{caller} uses");
                OpenThreadsMachine.Use(entry, _now);
                (holder.LastUse, holder.IsHard) = (_now, false);
                break;
            case 3 when holder is not null:
                Say($"{caller} closes");
                Expect(OpenThreadsMachine.TryBeginClose(entry), "a thread that is open cannot be closed");
                (caller.Phase, caller.Kind) = (Phase.Closing, null);
                break;
            default:
                Say($"{caller} leaves");
                _gates.Remove(caller.ThreadId);
                (caller.Phase, caller.Entry) = (Phase.Away, null);
                _machine.Leave(entry, _now);
                break;
        }
    }

    void Ask(Caller caller, ThreadHolderKind kind)
    {
        var holder = _holders.GetValueOrDefault(caller.ThreadId);
        var mayBeClosed =
            holder is not null && (holder.IsFaulted || (holder.IsHard || _now - holder.LastUse >= holder.Kind.Idle) && holder.Uses == 0);
        var answer = _machine.Ask(caller.Entry!, kind, _now);
        Say($"{caller} asks for a {kind.Name}: {answer}");
        caller.Kind = kind;
        switch (answer)
        {
            case OpeningAnswer.Held:
                Expect(holder is not null && !mayBeClosed, "nobody keeps the thread");
                break;
            case OpeningAnswer.CloseFirst:
                Expect(mayBeClosed, "somebody is closed who keeps the thread");
                caller.Phase = Phase.Closing;
                break;
            case OpeningAnswer.Open:
                Expect(holder is null, "a thread is opened that has a holder");
                caller.Phase = Phase.Opening;
                break;
            default:
                Expect(holder is null, "a place is wanted for a thread that is open");
                caller.Ticket = new OpenThreadTicket();
                caller.Phase = Phase.AtPlaces;
                _machine.WaitForPlace(caller.Entry!, kind, caller.Ticket);
                break;
        }
    }

    void EndOpening(Caller caller, bool isEnding)
    {
        caller.Phase = Phase.AtGate;
        if (isEnding || _random.Next(4) == 0)
        {
            Say($"{caller} could not open it");
            OpenThreadsMachine.NotOpened(caller.Entry!);
            return;
        }
        Say($"{caller} opened it");
        Expect(!_holders.ContainsKey(caller.ThreadId), "a thread has two holders");
        var holder = new Holder(caller.Kind!) { LastUse = _now };
        _holders[caller.ThreadId] = holder;
        _machine.Opened(caller.Entry!, holder, _now);
    }

    void EndOwnClosing(Caller caller, bool isEnding)
    {
        caller.Phase = Phase.AtGate;
        if (!EndClosing(caller.Entry!, fails: !isEnding && _random.Next(4) == 0))
            return;
        if (caller.Kind is { } kind && !isEnding)
            Ask(caller, kind); // to take the thread over
    }

    void EndClosing()
    {
        var entry = _closings[_random.Next(_closings.Count)];
        _closings.Remove(entry);
        EndClosing(entry, fails: _random.Next(4) == 0);
        _gates.Remove(entry.ThreadId);
        _machine.Leave(entry, _now);
        Settle();
    }

    bool EndClosing(OpenThreadEntry entry, bool fails)
    {
        Say($"{Name(entry.ThreadId)} {(fails ? "could not be closed" : "is closed")}");
        if (!fails)
            _machine.Closed(entry);
        else if (!_machine.CloseFailed(entry))
        {
            _holders[entry.ThreadId].IsHard = true;
            return false;
        }
        _holders.Remove(entry.ThreadId);
        return true;
    }

    void MakeRoom()
    {
        var unused = Unused(null).ToList();
        var entry = _machine.TryTakeUnused();
        Say($"room is made: {(entry is null ? "none" : Name(entry.ThreadId))}");
        Expect(
            entry is null
                ? unused.Count == 0
                : unused.Contains(entry.ThreadId) && unused.All(other => _holders[other].LastUse >= _holders[entry.ThreadId].LastUse),
            "another one makes room"
        );
        if (entry is not null)
            BeginClosing(entry);
    }

    void Stop()
    {
        Say("stop");
        _machine.Stop(_now);
        Settle();
    }

    void Use(Holder holder)
    {
        if (holder.Uses > 0 && _random.Next(3) > 0)
            (holder.Uses, holder.IsUnnoticed) = (holder.Uses - 1, true);
        else if (!holder.IsGivenUp)
            holder.Uses++;
    }

    // Does what the machine wants done, and looks whether everything is as it should be.
    void Settle()
    {
        while (_machine.TryTakeStep(out var step))
        {
            if (step.Close is { } entry)
                BeginClosing(entry);
            else if (step.Tell is { } ticket)
                Tell(_callers.Single(caller => caller.Ticket == ticket));
            else
            {
                Expect(
                    !_isEnded && _machine.IsStopped && _holders.Count == 0 && _gates.Count == 0,
                    "it is said that all are closed, and they are not"
                );
                _isEnded = true;
            }
        }
        Check();
    }

    void Tell(Caller caller)
    {
        var answer = caller.Ticket!.Answer;
        Say($"{caller} is answered: {answer}");
        Expect(answer != TicketAnswer.None, "an answer is told that there is not");
        if (caller.Phase == Phase.AtQueue)
        {
            Expect(_queues[caller.ThreadId][0] == caller || answer == TicketAnswer.Refused, "somebody goes before others at a gate");
            _queues[caller.ThreadId].Remove(caller);
            Expect(answer == TicketAnswer.Granted || _machine.IsStopped, "somebody is refused at a gate");
            caller.Phase = Phase.Away;
            if (answer == TicketAnswer.Granted)
                TakeGate(caller, caller.Ticket.Entry!);
        }
        else
            caller.Phase = answer == TicketAnswer.Granted ? Phase.Opening : Phase.AtGate;
        caller.Ticket = null;
    }

    void TakeGate(Caller caller, OpenThreadEntry entry)
    {
        Expect(_gates.TryAdd(caller.ThreadId, caller), "two are at one gate");
        (caller.Phase, caller.Entry) = (Phase.AtGate, entry);
    }

    void BeginClosing(OpenThreadEntry entry)
    {
        Say($"{Name(entry.ThreadId)} is being closed: {entry.Reason}");
        Expect(_gates.TryAdd(entry.ThreadId, entry), "a thread is closed while somebody is at its gate");
        var holder = _holders[entry.ThreadId];
        Expect(entry.Reason == CloseReason.Stop ? _machine.IsStopped : holder.Uses == 0, "a thread is closed that is used");
        Expect(
            entry.Reason != CloseReason.Idle || holder.IsHard || _now - holder.LastUse >= holder.Kind.Idle,
            "a thread is closed that is not idle"
        );
        Expect(entry.Reason != CloseReason.Room || holder.Kind.MakesRoom, "a thread is closed that makes no room");
        holder.IsGivenUp = true;
        _closings.Add(entry);
        Expect(_closings.Count(other => other.Reason != CloseReason.Room) <= ClosedAtOnce, "too many are closed at once");
    }

    void Check()
    {
        var opening = _callers.Where(caller => caller.Phase == Phase.Opening).ToList();
        Expect(_machine.Open == _holders.Count, "the number of open threads is wrong");
        Expect(_holders.Count + opening.Count <= _places, "there are more than there are places");
        foreach (var kind in _kinds)
            Expect(
                _holders.Values.Count(holder => holder.Kind == kind) + opening.Count(caller => caller.Kind == kind) <= kind.MaxOpen,
                $"there are too many of {kind.Name}"
            );
        foreach (var (threadId, queue) in _queues)
            Expect(queue.Count == 0 || _gates.ContainsKey(threadId), "somebody waits at a gate where nobody is");
        var forRoom = _closings.Count(entry => entry.Reason == CloseReason.Room);
        var waiting = _callers.Where(caller => caller.Phase == Phase.AtPlaces).ToList();
        foreach (var caller in waiting)
        {
            Expect(!HasPlace(caller.Kind!), "somebody waits for a place, and there is one");
            Expect(caller.Kind!.WaitsForPlace || forRoom > 0, "somebody waits for a place who does not want to");
            Expect(
                waiting.Count <= forRoom
                    || Unused(IsFull(caller.Kind!) ? caller.Kind : null).All(threadId => _holders[threadId].IsUnnoticed),
                "somebody waits for a place that could be made"
            );
        }
        Expect(waiting.Count(caller => caller.Kind!.WaitsForPlace) <= 2 + forRoom, "too many wait for places");
    }

    void CheckTick() =>
        Expect(
            _machine.IsStopped
                || _closings.Count >= ClosedAtOnce
                || !_holders.Any(pair =>
                    !_gates.ContainsKey(pair.Key) && _now - pair.Value.LastUse >= pair.Value.Kind.Idle && pair.Value.Uses == 0
                ),
            "an idle thread stays open"
        );

    // A place belongs to a thread from the granting until its gate is left without a holder.
    bool HasPlace(ThreadHolderKind kind) => _machine.Taken < _places && !IsFull(kind);

    bool IsFull(ThreadHolderKind kind) => PlacesOf(kind) >= kind.MaxOpen;

    int PlacesOf(ThreadHolderKind kind) =>
        _callers
            .Select(caller => caller.Entry)
            .OfType<OpenThreadEntry>()
            .Concat(_closings)
            .Concat(_machine.Held)
            .Distinct()
            .Count(entry => entry.Place == kind);

    IEnumerable<ThreadId> Unused(ThreadHolderKind? kind) =>
        from pair in _holders
        where
            pair.Value.Kind.MakesRoom
            && (kind is null || pair.Value.Kind == kind)
            && pair.Value.Uses == 0
            && !pair.Value.IsHard
            && !_gates.ContainsKey(pair.Key)
        select pair.Key;

    void Say(string what) => _log.Add(what);

    static string Name(ThreadId threadId) => $"thread {BitConverter.ToInt32(threadId.Value.ToByteArray())}";

    static void Expect(bool isRight, string otherwise)
    {
        if (!isRight)
            throw new WrongException(otherwise);
    }

    enum Phase
    {
        Away,
        AtQueue,
        AtGate,
        AtPlaces,
        Opening,
        Closing,
    }

    sealed class WrongException(string message) : Exception(message);

    sealed class Caller(int number)
    {
        public Phase Phase { get; set; }

        public ThreadId ThreadId { get; set; }

        public OpenThreadEntry? Entry { get; set; }

        public OpenThreadTicket? Ticket { get; set; }

        public ThreadHolderKind? Kind { get; set; }

        public override string ToString() => $"caller {number} at {Name(ThreadId)}";
    }

    sealed class Holder(ThreadHolderKind kind) : IThreadHolder
    {
        public ThreadHolderKind Kind => kind;

        public int Uses { get; set; }

        public bool IsGivenUp { get; set; }

        public bool IsHard { get; set; }

        // Whether a use outside the gate has ended, which the machine sees at its next tick.
        public bool IsUnnoticed { get; set; }

        public TimeSpan LastUse { get; set; }

        public bool IsFaulted { get; set; }

        public IThreadWriter Writer => throw new NotSupportedException();

        public WriterOwner Owner => throw new NotSupportedException();

        public bool TryGiveUp() => IsGivenUp |= Uses == 0;

        public void GiveUp() => IsGivenUp = true;

        public void Closed() { }
    }
}
