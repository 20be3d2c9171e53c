using System.Collections.Concurrent;

namespace Spool.Storage;

/// <summary>Decides what may happen to the threads of an <see cref="OpenThreads"/>: who is at the gate of a thread, whether it may be
/// opened, and which ones are closed when. It has no clock, no tasks and no lock: each call is an input, with the time where that matters;
/// what is to be done comes out of <see cref="TryTakeStep"/>.</summary>
/// <remarks>
/// How a thread gets from one state to another says <see cref="OpenStates"/>.
/// Everything but the taking of a gate is done by the owner of the gate of the thread: a caller between entering and leaving, or the
/// registry from the step that says to close until it leaves. A place is taken before a thread is opened and given back when its gate is
/// left without a holder, so that closing and opening it again in one turn at the gate needs no other.
/// </remarks>
/// <param name="places">How many threads may be open.</param>
/// <param name="closedAtOnce">How many are closed at a time.</param>
/// <param name="maxWaiting">How many may wait for a place without one being made for them.</param>
sealed class OpenThreadsMachine(int places, int closedAtOnce, int maxWaiting)
{
    readonly ConcurrentDictionary<ThreadId, OpenThreadEntry> _entries = new(); // is written under the lock, and looked at without
    readonly Dictionary<ThreadHolderKind, int> _taken = [];
    readonly LinkedList<OpenThreadTicket> _waiting = new(); // for places
    readonly LinkedList<OpenThreadEntry> _unused = new();
    readonly Queue<OpenThreadEntry> _due = new(); // to be looked at when fewer are being closed
    readonly Queue<OpenThreadStep> _steps = new();
    int _count;
    int _takenOfAll;
    int _closing; // by the registry
    int _closingForRoom;

    /// <summary>Gets how many threads have a holder.</summary>
    public int Open { get; private set; }

    /// <summary>Gets how many places are taken.</summary>
    public int Taken => _takenOfAll;

    /// <summary>Gets whether all are being closed.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Gets the threads that have a holder.</summary>
    public IEnumerable<OpenThreadEntry> Held => _entries.Values.Where(entry => entry.Holder is not null);

    /// <summary>Finds who has a thread open. May be asked without the lock.</summary>
    public IThreadHolder? Find(ThreadId threadId) => _entries.TryGetValue(threadId, out var entry) ? entry.Holder : null;

    /// <summary>Gets whether there is something to do.</summary>
    public bool HasSteps => _steps.Count > 0;

    /// <summary>Takes the next thing to do.</summary>
    public bool TryTakeStep(out OpenThreadStep step) => _steps.TryDequeue(out step);

    /// <summary>Takes the gate of a thread if it is free.</summary>
    /// <returns>The thread, or null when another call is there or all are being closed.</returns>
    public OpenThreadEntry? TryEnter(ThreadId threadId)
    {
        if (IsStopped)
            return null;
        if (!_entries.TryGetValue(threadId, out var entry))
        {
            _entries[threadId] = entry = new OpenThreadEntry(threadId);
            _count++;
        }
        if (entry.Gate != GateOwner.None)
            return null;
        TakeGate(entry, GateOwner.Caller);
        return entry;
    }

    /// <summary>Waits for the gate of a thread that could not be taken. When all are being closed the answer is a refusal, at
    /// once.</summary>
    public void WaitForGate(ThreadId threadId, OpenThreadTicket ticket)
    {
        if (IsStopped)
        {
            Answer(ticket, TicketAnswer.Refused);
            return;
        }
        ticket.Entry = _entries[threadId];
        ticket.Entry.Waiting.AddLast(ticket);
    }

    /// <summary>Ends a wait.</summary>
    /// <returns>Whether it was one; otherwise there is an answer already.</returns>
    public bool Cancel(OpenThreadTicket ticket)
    {
        if (ticket.Answer != TicketAnswer.None)
            return false;
        if (ticket.Kind is null)
            return ticket.Entry!.Waiting.Remove(ticket);
        _waiting.Remove(ticket);
        ticket.Entry!.On(OpenEvent.TurnedAway);
        return true;
    }

    /// <summary>Takes it that a thread is used by its holder.</summary>
    public static void Use(OpenThreadEntry entry, TimeSpan now)
    {
        entry.LastUse = now;
        entry.IsHard = false;
    }

    /// <summary>Asks to open a thread for a holder of a kind.</summary>
    public OpeningAnswer Ask(OpenThreadEntry entry, ThreadHolderKind kind, TimeSpan now)
    {
        if (entry.State == OpenState.Open)
        {
            if (!entry.Holder!.IsFaulted && !MayBeClosed(entry, now))
                return OpeningAnswer.Held;
            entry.On(OpenEvent.Ending);
            return OpeningAnswer.CloseFirst;
        }
        if (entry.Place != kind)
        {
            GivePlace(entry);
            if (_waiting.Count > 0) // no call goes before those that wait, but for what they cannot use
                Serve();
            if (!HasPlace(kind))
                return OpeningAnswer.NoPlace;
            TakePlace(entry, kind);
        }
        entry.On(OpenEvent.Placed);
        return OpeningAnswer.Open;
    }

    /// <summary>Waits for a place, for as long as the kind waits or a thread is being closed that makes one. It may be answered at once.
    /// When it is granted the thread is to be opened.</summary>
    public void WaitForPlace(OpenThreadEntry entry, ThreadHolderKind kind, OpenThreadTicket ticket)
    {
        entry.On(OpenEvent.Queued);
        (ticket.Entry, ticket.Kind) = (entry, kind);
        _waiting.AddLast(ticket);
        Serve();
    }

    /// <summary>Takes it that a thread was opened.</summary>
    public void Opened(OpenThreadEntry entry, IThreadHolder holder, TimeSpan now)
    {
        entry.On(OpenEvent.Opened);
        entry.Holder = holder;
        Open++;
        Use(entry, now);
    }

    /// <summary>Takes it that a thread could not be opened.</summary>
    public static void NotOpened(OpenThreadEntry entry) => entry.On(OpenEvent.NotOpened);

    /// <summary>Begins to close a thread, if it is open.</summary>
    public static bool TryBeginClose(OpenThreadEntry entry)
    {
        if (entry.State != OpenState.Open)
            return false;
        entry.On(OpenEvent.Ending);
        return true;
    }

    /// <summary>Takes it that a thread is closed.</summary>
    public void Closed(OpenThreadEntry entry)
    {
        entry.On(OpenEvent.Ended);
        entry.Holder = null;
        Open--;
    }

    /// <summary>Takes it that a thread could not be closed. It is still open and is tried again, unless all are being closed and the
    /// registry itself tried: no call would try it once more.</summary>
    /// <returns>Whether it is given up, and taken for closed.</returns>
    public bool CloseFailed(OpenThreadEntry entry)
    {
        if (IsStopped && entry.Gate == GateOwner.Registry)
        {
            Closed(entry);
            return true;
        }
        entry.On(OpenEvent.NotEnded);
        entry.IsHard = true;
        return false;
    }

    /// <summary>Begins to close the thread that was unused for longest, of those that make room. The caller closes it, and leaves its
    /// gate.</summary>
    /// <returns>The thread, or null when there is none.</returns>
    public OpenThreadEntry? TryTakeUnused()
    {
        if (FindUnused(kind: null) is not { } entry)
            return null;
        BeginClose(entry, CloseReason.Room);
        return entry;
    }

    /// <summary>Leaves the gate of a thread.</summary>
    public void Leave(OpenThreadEntry entry, TimeSpan now)
    {
        if (entry.Gate == GateOwner.None)
            throw new InvalidOperationException("The gate of a thread is left that no call has.");
        entry.Turn++;
        if (entry.Gate == GateOwner.Registry)
        {
            _closing--;
            if (entry.Reason == CloseReason.Room)
                _closingForRoom--;
        }
        if (entry.State == OpenState.Shut)
            GivePlace(entry);
        else if (entry.State != OpenState.Open)
            throw new InvalidOperationException($"The gate of a thread is left that is {entry.State}.");
        if (entry.Waiting.First is { } next)
        {
            entry.Waiting.RemoveFirst();
            TakeGate(entry, GateOwner.Caller);
            Answer(next.Value, TicketAnswer.Granted);
        }
        else
            Rest(entry);
        if (_waiting.Count > 0)
            Serve();
        CloseDue(now);
        EndIfEmpty();
    }

    /// <summary>Looks for threads that were unused for the time of their kind.</summary>
    public void Tick(TimeSpan now)
    {
        if (_waiting.Count > 0)
            Serve(); // a use outside a gate may have ended
        if (IsStopped || _due.Count > 0)
            return; // the look before is not over
        foreach (var (_, entry) in _entries)
        {
            if (entry.Gate != GateOwner.None)
                continue;
            if (_closing < closedAtOnce)
                CloseIfDue(entry, now);
            else
                _due.Enqueue(entry);
        }
    }

    /// <summary>Refuses every call that comes to a gate or waits there, and closes everything: what is at a gate when it is left.</summary>
    public void Stop(TimeSpan now)
    {
        if (IsStopped)
            return;
        IsStopped = true;
        _due.Clear();
        foreach (var (_, entry) in _entries)
        {
            foreach (var ticket in entry.Waiting)
                Answer(ticket, TicketAnswer.Refused);
            entry.Waiting.Clear();
            if (entry.Gate == GateOwner.None)
                _due.Enqueue(entry);
        }
        CloseDue(now);
        EndIfEmpty();
    }

    // At rest a thread is open: one that is not has no entry.
    void Rest(OpenThreadEntry entry)
    {
        entry.Gate = GateOwner.None;
        if (entry.State == OpenState.Shut)
        {
            _entries.TryRemove(KeyValuePair.Create(entry.ThreadId, entry));
            _count--;
            return;
        }
        if (entry.Place!.MakesRoom && !entry.IsHard)
            AddUnused(entry);
        if (IsStopped)
            _due.Enqueue(entry);
    }

    void TakeGate(OpenThreadEntry entry, GateOwner owner)
    {
        entry.Gate = owner;
        entry.Turn++;
        if (entry.Unused is { List: not null } node)
            _unused.Remove(node);
    }

    // Nearly always the last one: those that were used before it are in front of it.
    void AddUnused(OpenThreadEntry entry)
    {
        entry.Unused ??= new LinkedListNode<OpenThreadEntry>(entry);
        var before = _unused.Last;
        while (before is not null && before.Value.LastUse > entry.LastUse)
            before = before.Previous;
        if (before is null)
            _unused.AddFirst(entry.Unused);
        else
            _unused.AddAfter(before, entry.Unused);
    }

    OpenThreadEntry? FindUnused(ThreadHolderKind? kind)
    {
        for (var node = _unused.First; node is not null; node = node.Next)
        {
            if ((kind is null || node.Value.Place == kind) && node.Value.Holder!.TryGiveUp())
                return node.Value;
        }
        return null;
    }

    static bool MayBeClosed(OpenThreadEntry entry, TimeSpan now) =>
        (entry.IsHard || now - entry.LastUse >= entry.Place!.Idle) && entry.Holder!.TryGiveUp();

    void BeginClose(OpenThreadEntry entry, CloseReason reason)
    {
        TakeGate(entry, GateOwner.Registry);
        entry.On(OpenEvent.Ending);
        entry.Reason = reason;
        _closing++;
        if (reason == CloseReason.Room)
            _closingForRoom++;
    }

    void CloseIfDue(OpenThreadEntry entry, TimeSpan now)
    {
        if (entry.Gate != GateOwner.None || entry.State != OpenState.Open || !IsStopped && !MayBeClosed(entry, now))
            return;
        BeginClose(entry, IsStopped ? CloseReason.Stop : CloseReason.Idle);
        _steps.Enqueue(new OpenThreadStep(entry, null));
    }

    void CloseDue(TimeSpan now)
    {
        while (_closing < closedAtOnce && _due.TryDequeue(out var entry))
            CloseIfDue(entry, now);
    }

    void EndIfEmpty()
    {
        if (IsStopped && _count == 0)
            _steps.Enqueue(default);
    }

    // Places go to those who wait, in their order. For those who find none an unused thread is closed; those who wait for nothing
    // of the kind and do not want to are refused.
    void Serve()
    {
        var (helped, helpless) = (0, 0);
        for (var node = _waiting.First; node is not null; )
        {
            var (ticket, kind, here) = (node.Value, node.Value.Kind!, node);
            node = node.Next;
            if (HasPlace(kind))
            {
                _waiting.Remove(here);
                TakePlace(ticket.Entry!, kind);
                ticket.Entry!.On(OpenEvent.Placed);
                Answer(ticket, TicketAnswer.Granted);
            }
            else if (helped < _closingForRoom || TryMakeRoom(kind))
                helped++;
            else if (!kind.WaitsForPlace || ++helpless > maxWaiting)
            {
                _waiting.Remove(here);
                ticket.Entry!.On(OpenEvent.TurnedAway);
                Answer(ticket, TicketAnswer.Refused);
            }
        }
    }

    bool TryMakeRoom(ThreadHolderKind kind)
    {
        if (FindUnused(IsFull(kind) ? kind : null) is not { } entry)
            return false;
        BeginClose(entry, CloseReason.Room);
        _steps.Enqueue(new OpenThreadStep(entry, null));
        return true;
    }

    bool IsFull(ThreadHolderKind kind) => _taken.GetValueOrDefault(kind) >= kind.MaxOpen;

    bool HasPlace(ThreadHolderKind kind) => _takenOfAll < places && !IsFull(kind);

    void TakePlace(OpenThreadEntry entry, ThreadHolderKind kind)
    {
        entry.Place = kind;
        _taken[kind] = _taken.GetValueOrDefault(kind) + 1;
        _takenOfAll++;
    }

    void GivePlace(OpenThreadEntry entry)
    {
        if (entry.Place is not { } kind)
            return;
        entry.Place = null;
        _taken[kind]--;
        _takenOfAll--;
    }

    void Answer(OpenThreadTicket ticket, TicketAnswer answer)
    {
        ticket.Answer = answer;
        _steps.Enqueue(new OpenThreadStep(null, ticket));
    }
}
