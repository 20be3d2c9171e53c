using Spool.Server;

namespace Spool.Remote.Tests;

/// <summary>A server with one thread: its leases are those of the real one, its store is the plain meaning.</summary>
sealed class SimServer(SimClock clock, Random random, SimStore store)
{
    /// <summary>What another program writes that takes the thread.</summary>
    public const int Foreign = int.MaxValue;

    static readonly TimeSpan LeaseIdle = TimeSpan.FromSeconds(30);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3); // between two attempts of a client, with what they take

    int _life;
    Lease? _lease;
    bool _isHeldByAnother;
    bool _isTokenRefused;
    bool _isBusy;
    bool _isBusyWithStreams;
    TimeSpan _hesitation;
    TimeSpan _awaySince;
    TimeSpan _awayUntil;

    /// <summary>Gets whether it runs.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Gets how often another program took the thread and wrote it.</summary>
    public int Takings { get; private set; }

    /// <summary>Gets the longest time for which another program held the thread without writing it.</summary>
    public TimeSpan LongestHolding { get; private set; }

    /// <summary>Gets how often the outcome of something was unknown.</summary>
    public int Doubts { get; private set; }

    /// <summary>Gets the longest time for which the client's token was refused.</summary>
    public TimeSpan LongestRefusal { get; private set; }

    /// <summary>Gets the longest time for which it did not run, or did nothing, or was there for so short a time between two such that a
    /// client may not have found it.</summary>
    public TimeSpan LongestOutage { get; private set; }

    /// <summary>Gets whether a lease was given back and what waited stored.</summary>
    public bool WasShutDown { get; private set; }

    /// <summary>Gets or sets what is told that it works again, and since when it did not.</summary>
    public Action<TimeSpan> Restarted { get; set; } = _ => { };

    /// <summary>Gets or sets what says whether the log has everything that was acknowledged.</summary>
    public Func<bool> IsComplete { get; set; } = () => false;

    /// <summary>Gets or sets what is told of moments, just before what they are named for is done, or just after.</summary>
    public Action<SimMoment> Happens { get; set; } = _ => { };

    public void Crash(TimeSpan down)
    {
        if (!IsUp)
            return;
        IsUp = false;
        _life++;
        Leave();
        store.Crash();
        var since = clock.Now;
        BeAway(down);
        clock.In(
            down,
            () =>
            {
                IsUp = true;
                Restarted(since);
            }
        );
    }

    /// <summary>The client's token is taken out and put back later. New calls are refused before anything of them is read. A stream takes
    /// nothing more; it ends so when all that it had begun is answered, or is cut off where that takes too long.</summary>
    public void RefuseToken(TimeSpan refused)
    {
        if (!IsUp || _isTokenRefused)
            return;
        _isTokenRefused = true;
        LongestRefusal = refused > LongestRefusal ? refused : LongestRefusal;
        BeAway(refused); // for whoever has no other token
        foreach (var stream in _lease?.Streams ?? [])
        {
            if (random.Next(2) == 0)
                stream.Cut(SimWire.Broken());
            else
                stream.End(NotAllowed());
        }
        clock.In(refused, () => _isTokenRefused = false);
    }

    /// <summary>It is at a limit, and does nothing of what it is asked for.</summary>
    /// <param name="busy">For how long.</param>
    /// <param name="hesitation">How long it takes to say so on a stream.</param>
    /// <param name="isWithStreams">Whether it answers everything else.</param>
    public void BeBusy(TimeSpan busy, TimeSpan hesitation, bool isWithStreams)
    {
        if (!IsUp || _isBusyWithStreams)
            return;
        (_isBusyWithStreams, _isBusy, _hesitation) = (true, !isWithStreams, hesitation);
        var since = clock.Now;
        BeAway(busy);
        clock.In(
            busy,
            () =>
            {
                (_isBusyWithStreams, _isBusy) = (false, false);
                Restarted(since);
            }
        );
    }

    void BeAway(TimeSpan away)
    {
        if (clock.Now - _awayUntil > LongestPause)
            _awaySince = clock.Now;
        _awayUntil = clock.Now + away > _awayUntil ? clock.Now + away : _awayUntil;
        var outage = _awayUntil - _awaySince;
        LongestOutage = outage > LongestOutage ? outage : LongestOutage;
    }

    /// <summary>Another program holds the thread when nobody else does, and leaves it as it is: the server before this one, which still
    /// drains.</summary>
    public void Hold(TimeSpan held)
    {
        if (_lease is not null || _isHeldByAnother)
            return;
        _isHeldByAnother = true;
        LongestHolding = held > LongestHolding ? held : LongestHolding;
        clock.In(held, () => _isHeldByAnother = false);
    }

    /// <summary>The lease is gone without a crash, as when it ran out: what waited is stored. Another program may take the thread then,
    /// write it and hold it for a while.</summary>
    public void Expire(bool another, TimeSpan held)
    {
        if (_lease is not { Machine.IsInDoubt: false } lease || !IsUp)
            return;
        if (!lease.Machine.IsQuiet)
        {
            clock.In(TimeSpan.FromMilliseconds(1), () => Expire(another, held));
            return;
        }
        lease.Machine.Close();
        if (lease.Writer.HasWaiting || store.IsStored)
            lease.Writer.Abandon();
        Leave();
        if (another)
            Take(held);
    }

    /// <summary>Another program takes the thread when nobody holds it. Not behind a crash that took what was acknowledged: where others
    /// wrote as many in its place, ordinals do not tell the difference.</summary>
    public void Take(TimeSpan held)
    {
        if (_lease is not null || !IsUp || store.Losses > 0 && !IsComplete() || !store.IsStored || _isHeldByAnother)
            return;
        Takings++;
        _isHeldByAnother = held > TimeSpan.Zero;
        store.Append([Foreign]);
        store.Flush();
        clock.In(held, () => _isHeldByAnother = false);
    }

    /// <summary>Opens the writer, and answers when nothing of an earlier stream is under way.</summary>
    public void Open(Guid id, OpenAgain how, long afterStream, Action<(long Next, bool IsStored, WriterFailure? Failure)> answer)
    {
        var life = _life;
        if (!_isTokenRefused && _lease is { } held && held.Id == id)
        {
            held.Machine.Follow(afterStream);
            if (!held.Machine.IsQuiet)
            {
                clock.In(
                    TimeSpan.FromMilliseconds(1),
                    () =>
                    {
                        if (life == _life)
                            Open(id, how, afterStream, answer);
                    }
                );
                return;
            }
        }
        answer(Open(id, how, afterStream));
    }

    public (long Next, bool IsStored, WriterFailure? Failure) Open(Guid id, OpenAgain how, long afterStream)
    {
        if (_isTokenRefused)
            return (0, false, NotAllowed());
        if (_isBusy)
            return (0, false, Busy());
        if (_isHeldByAnother)
            return (0, false, SimWriter.Refused(ThreadStoreErrorCode.HasWriter));
        if (_lease is { } held && held.Id == id && held.Machine.TryUse())
        {
            held.Machine.EndUse(clock.Now);
            return held.Machine.IsInDoubt ? (0, false, Unsure()) : (held.Writer.Next, held.Writer.IsStored, null);
        }
        if (how == OpenAgain.Resume && !store.IsStored)
            return (0, false, SimWriter.Refused(ThreadStoreErrorCode.NotFound));
        if (how == OpenAgain.Create && store.IsStored)
            return (0, false, SimWriter.Refused(ThreadStoreErrorCode.AlreadyExists));
        Leave();
        _lease = new Lease(id, new LeaseMachine(LeaseIdle, clock.Now), new SimWriter(clock, random, store));
        _lease.Machine.Follow(afterStream);
        return (_lease.Writer.Next, _lease.Writer.IsStored, null);
    }

    public WriterFailure? Renew(Guid id) =>
        _isTokenRefused ? NotAllowed()
        : _isBusy ? Busy()
        : _lease is { } lease && lease.Id == id && !lease.Machine.IsClosed ? null
        : Unknown();

    /// <summary>Takes the lease back, and answers when nothing is under way.</summary>
    public void Release(Guid id, ControlKind kind, Action<WriterFailure?> answer)
    {
        var life = _life;
        if (_isTokenRefused || _isBusy || _lease is not { } lease || lease.Id != id || lease.Machine.IsQuiet)
        {
            answer(Release(id, kind));
            return;
        }
        clock.In(
            TimeSpan.FromMilliseconds(1),
            () =>
            {
                if (life == _life)
                    Release(id, kind, answer);
            }
        );
    }

    WriterFailure? Release(Guid id, ControlKind kind)
    {
        if (_isTokenRefused)
            return NotAllowed();
        if (_isBusy)
            return Busy();
        if (_lease is not { } lease || lease.Id != id)
            return Unknown();
        if (kind == ControlKind.ShutDown)
        {
            if (lease.Machine.IsInDoubt)
                return Unsure();
            if (lease.Writer.ShutDown() is { } failure)
            {
                Note(lease, failure);
                return failure;
            }
            WasShutDown = true;
        }
        lease.Machine.Close();
        Leave();
        Happens(SimMoment.Released);
        return null;
    }

    /// <summary>Begins a stream of a lease.</summary>
    public Stream? Begin(Guid id, long number, Action<AppendReceipt, long?> answered, Action<WriterFailure> failed)
    {
        if (_isTokenRefused)
        {
            failed(NotAllowed());
            return null;
        }
        if (_isBusyWithStreams)
        {
            clock.In(_hesitation, () => failed(Busy()));
            return null;
        }
        if (_lease is not { } lease || lease.Id != id || lease.Machine.IsClosed)
        {
            failed(Unknown());
            return null;
        }
        if (lease.Machine.BeginStream(number) is not { } begun)
        {
            failed(Ended());
            return null;
        }
        var stream = new Stream(lease, begun, answered, failed);
        lease.Streams.Add(stream);
        return stream;
    }

    /// <summary>Takes a message of a stream.</summary>
    public void Arrive(Stream stream, WriterMessage message)
    {
        if (!stream.TakesMore)
            return;
        if (stream.Lease != _lease)
        {
            stream.Failed(Ended());
            return;
        }
        stream.Arrived.Enqueue(message);
        Pump(stream.Lease);
    }

    static WriterFailure Unknown() => new(WriterFailureKind.UnknownLease, ThreadStoreException.WriterLost("unknown lease"));

    static WriterFailure NotAllowed() =>
        new(WriterFailureKind.NotAllowed, new ThreadStoreException(ThreadStoreErrorCode.Unauthenticated, "a valid token is needed"));

    static WriterFailure Busy() =>
        new(WriterFailureKind.Busy, ThreadStoreException.Busy("the server is at a limit", TimeSpan.FromSeconds(1)));

    static WriterFailure Ended() =>
        new(WriterFailureKind.Passing, new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the stream ended"));

    static WriterFailure Unsure() => new(WriterFailureKind.OutcomeUnknown, ThreadStoreException.OutcomeUnknown("the outcome is unknown"));

    void Leave()
    {
        if (_lease is { } lease)
            lease.Writer.IsGone = true;
        _lease = null;
    }

    void Note(Lease lease, WriterFailure? failure)
    {
        if (failure is not { Kind: WriterFailureKind.OutcomeUnknown })
            return;
        Doubts++;
        lease.Machine.Doubt();
    }

    void Pump(Lease lease)
    {
        foreach (var stream in lease.Streams.ToList())
        {
            while (stream.Arrived.TryPeek(out var message))
            {
                var turn = lease.Machine.Next(stream.Number, mayFollow: message is { FirstOrdinal: not null, Control: null });
                if (turn == StreamTurn.Later)
                    break;
                stream.Arrived.Dequeue();
                if (turn == StreamTurn.Never || _isBusyWithStreams)
                {
                    stream.Arrived.Clear();
                    lease.Streams.Remove(stream);
                    var failure = turn == StreamTurn.Never ? Ended() : Busy();
                    stream.Begun.Enqueue(new Begun { Answer = () => stream.Failed(failure), IsLast = true });
                    stream.Tell();
                    break;
                }
                lease.Machine.Begun(isQuestion: message.FirstOrdinal < lease.Writer.Next);
                Run(lease, stream, message);
            }
        }
    }

    void Run(Lease lease, Stream stream, WriterMessage message)
    {
        var begun = new Begun();
        stream.Begun.Enqueue(begun);
        var items = message.Items.Select(SimItems.NumberOf).ToList();
        switch (message.Control?.Kind)
        {
            case not null when message.FirstOrdinal is { } expected && expected != lease.Writer.Next:
                Done(0, SimWriter.Misplaced(lease.Writer.Next));
                break;
            case ControlKind.Update when random.Next(8) == 0:
                Done(0, SimWriter.Refused(ThreadStoreErrorCode.InvalidRequest));
                break;
            case ControlKind.Update:
                lease.Writer.Update(random.Next(3), Done);
                break;
            case ControlKind.Persist:
                lease.Writer.Persist(Done);
                break;
            default:
                lease.Writer.Append(message.FirstOrdinal, items, message.Durability, Done);
                break;
        }

        void Done(long first, WriterFailure? failure)
        {
            clock.Trace?.Invoke(
                $"{clock.Now.TotalMilliseconds} server: {stream.Number} {message.FirstOrdinal} [{string.Join(' ', items)}] {message.Control?.Kind} -> {failure?.Error.Code.ToString() ?? "ok"}, log of {store.Log.Count}, next {lease.Writer.Next}"
            );
            Note(lease, failure);
            long? next = message.Control is null ? null : lease.Writer.Next;
            lease.Machine.Ended(stream.Number, failure is not null);
            var receipt = new AppendReceipt(next ?? first, items.Count) { IsStored = lease.Writer.IsStored };
            (begun.Answer, begun.IsLast) = (
                failure is null ? () => stream.Answered(receipt, next) : () => stream.Failed(failure),
                failure is not null
            );
            stream.Tell();
            Happens(failure is null ? SimMoment.Done : SimMoment.Refused);
            clock.In(TimeSpan.Zero, () => Pump(lease));
        }
    }

    /// <summary>A message that was begun.</summary>
    public sealed class Begun
    {
        public Action? Answer { get; set; }

        public bool IsLast { get; set; }
    }

    /// <summary>A lease of the simulated server.</summary>
    public sealed class Lease(Guid id, LeaseMachine machine, SimWriter writer)
    {
        public Guid Id => id;

        public LeaseMachine Machine => machine;

        public SimWriter Writer => writer;

        public List<Stream> Streams { get; } = [];
    }

    /// <summary>The server's end of a stream, which answers in the order in which messages came, and nothing more after a
    /// failure.</summary>
    public sealed class Stream(Lease lease, long number, Action<AppendReceipt, long?> answered, Action<WriterFailure> failed)
    {
        bool _isEnding;

        public bool IsOver { get; private set; }

        public bool TakesMore => !IsOver && !_isEnding;

        public Lease Lease => lease;

        public long Number => number;

        public Queue<WriterMessage> Arrived { get; } = new();

        public Queue<Begun> Begun { get; } = new();

        public Action<AppendReceipt, long?> Answered => answered;

        public Action<WriterFailure> Failed => failed;

        public void Tell()
        {
            while (!IsOver && Begun.TryPeek(out var first) && first.Answer is { } answer)
            {
                Begun.Dequeue();
                IsOver = first.IsLast;
                answer();
            }
        }

        /// <summary>Ends it, when everything is answered that it had begun.</summary>
        public void End(WriterFailure failure)
        {
            if (IsOver)
                return;
            Arrived.Clear();
            Begun.Enqueue(new Begun { Answer = () => Failed(failure), IsLast = true });
            _isEnding = true;
            Tell();
        }

        /// <summary>Ends it, without an answer to what it had begun.</summary>
        public void Cut(WriterFailure failure)
        {
            if (IsOver)
                return;
            IsOver = true;
            Arrived.Clear();
            Failed(failure);
        }
    }
}
