using Spool.Server;

namespace Spool.Remote.Tests;

/// <summary>A server with one thread: its leases are those of the real one, its store is the plain meaning.</summary>
sealed class SimServer(SimClock clock, Random random, SimStore store)
{
    static readonly TimeSpan LeaseIdle = TimeSpan.FromSeconds(30);

    int _life;
    Lease? _lease;

    /// <summary>Gets whether it runs.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>Gets how often another program took the thread and wrote it.</summary>
    public int Takings { get; private set; }

    /// <summary>Gets how often the outcome of an append was unknown.</summary>
    public int Doubts { get; private set; }

    public void Crash(TimeSpan down)
    {
        IsUp = false;
        _life++;
        _lease = null;
        store.Crash();
        clock.In(down, () => IsUp = true);
    }

    /// <summary>The lease is gone without a crash, as when it ran out: what waited is stored.</summary>
    public void Expire(bool another)
    {
        if (_lease is not { } lease || !IsUp)
            return;
        lease.Machine.Close();
        if (lease.Writer.HasWaiting)
            lease.Writer.Persist();
        store.Flush(store.Log.Count);
        _lease = null;
        if (!another || !store.IsStored)
            return;
        Takings++;
        store.Append([0]);
        store.Flush(store.Log.Count);
    }

    /// <summary>Opens the writer, and answers when nothing of an earlier stream is under way.</summary>
    public void Open(Guid id, OpenAgain how, long afterStream, Action<(long Next, bool IsStored, WriterFailure? Failure)> answer)
    {
        var life = _life;
        if (_lease is { } held && held.Id == id)
        {
            held.Machine.Follow(afterStream);
            if (!held.Machine.IsQuiet)
            {
                clock.At(held.DoneAt, () =>
                {
                    if (life == _life)
                        Open(id, how, afterStream, answer);
                });
                return;
            }
        }
        answer(Open(id, how, afterStream));
    }

    public (long Next, bool IsStored, WriterFailure? Failure) Open(Guid id, OpenAgain how, long afterStream)
    {
        if (_lease is { } held && held.Id == id && held.Machine.TryUse())
        {
            held.Machine.EndUse(clock.Now);
            if (!held.Machine.IsBroken)
                return (held.Writer.Next, held.Writer.IsStored, null);
        }
        if (how == OpenAgain.Resume && !store.IsStored)
            return (0, false, SimWriter.Refused(ThreadStoreErrorCode.NotFound));
        if (how == OpenAgain.Create && store.IsStored)
            return (0, false, SimWriter.Refused(ThreadStoreErrorCode.Conflict));
        _lease?.Machine.Close();
        _lease = new Lease(id, new LeaseMachine(LeaseIdle, clock.Now), new SimWriter(store));
        _lease.Machine.Follow(afterStream);
        return (_lease.Writer.Next, _lease.Writer.IsStored, null);
    }

    public WriterFailure? Renew(Guid id) => _lease is { } lease && lease.Id == id && !lease.Machine.IsClosed ? null : Unknown();

    public WriterFailure? Release(Guid id, ControlKind kind)
    {
        if (_lease is not { } lease || lease.Id != id)
            return Unknown();
        if (kind == ControlKind.ShutDown)
        {
            if (lease.Writer.HasWaiting)
                lease.Writer.Persist();
            store.Flush(store.Log.Count);
        }
        lease.Machine.Close();
        _lease = null;
        return null;
    }

    /// <summary>Begins a stream of a lease.</summary>
    public Stream? Begin(Guid id, long number, Action<AppendReceipt, long?> answered, Action<WriterFailure> failed)
    {
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
        if (stream.Lease != _lease)
        {
            stream.Failed(Ended());
            return;
        }
        stream.Arrived.Enqueue(message);
        Pump(stream.Lease);
    }

    static WriterFailure Unknown() => new(WriterFailureKind.UnknownLease, new ThreadStoreException(ThreadStoreErrorCode.Conflict, "unknown lease"));

    static WriterFailure Ended() => new(WriterFailureKind.Passing, new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the stream ended"));

    void Pump(Lease lease)
    {
        foreach (var stream in lease.Streams.ToList())
        {
            while (stream.Arrived.TryPeek(out var message))
            {
                var turn = lease.Machine.Next(stream.Number, message.FirstOrdinal is not null);
                if (turn == StreamTurn.Later)
                    break;
                stream.Arrived.Dequeue();
                if (turn == StreamTurn.Never)
                {
                    stream.Arrived.Clear();
                    lease.Streams.Remove(stream);
                    stream.Failed(Ended());
                    break;
                }
                lease.Machine.Begun(stream.Number);
                Run(lease, stream, message);
            }
        }
    }

    // The store decides in the order in which appends are begun; that they are safe comes later, in the same order.
    void Run(Lease lease, Stream stream, WriterMessage message)
    {
        var life = _life;
        var items = message.Items.Select(SimItems.NumberOf).ToList();
        var first = message.FirstOrdinal ?? lease.Writer.Next;
        WriterFailure? failure = null;
        long? next = null;
        var control = message.Control;
        if (control is { Kind: ControlKind.Update })
        {
            if (random.Next(8) == 0)
                failure = SimWriter.Refused(ThreadStoreErrorCode.InvalidRequest);
            else
            {
                lease.Writer.Persist();
                store.Append([0]);
            }
        }
        else if (control is { Kind: ControlKind.Persist })
            lease.Writer.Persist();
        else
            failure = lease.Writer.Append(message.FirstOrdinal, items, message.Durability);
        if (control is not null)
            next = first = lease.Writer.Next;
        if (failure is null && random.Next(400) == 0)
        {
            Doubts++;
            lease.Machine.IsBroken = true;
            failure = new WriterFailure(WriterFailureKind.OutcomeUnknown, new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "a failed fsync"));
        }
        clock.Trace?.Invoke($"{clock.Now.TotalMilliseconds} server: {stream.Number} {message.FirstOrdinal} [{string.Join(' ', items)}] {control?.Kind} -> {failure?.Error.Code.ToString() ?? "ok"}, log of {store.Log.Count}, next {lease.Writer.Next}");
        var until = store.Log.Count;
        var at = clock.Now + TimeSpan.FromMilliseconds(random.Next(random.Next(10) == 0 ? 300 : 5));
        lease.DoneAt = at > lease.DoneAt ? at : lease.DoneAt;
        clock.At(lease.DoneAt, () =>
        {
            if (life != _life)
                return;
            if (failure is null && (message.Durability != Durability.Buffered || control is not null))
                store.Flush(until);
            lease.Machine.Ended(stream.Number, failure is not null);
            if (failure is not null)
                stream.Failed(failure);
            else
                stream.Answered(new AppendReceipt(first, items.Count) { IsStored = lease.Writer.IsStored }, next);
            Pump(lease);
        });
    }

    /// <summary>A lease of the simulated server.</summary>
    public sealed class Lease(Guid id, LeaseMachine machine, SimWriter writer)
    {
        public Guid Id => id;

        public LeaseMachine Machine => machine;

        public SimWriter Writer => writer;

        public List<Stream> Streams { get; } = [];

        public TimeSpan DoneAt { get; set; }
    }

    /// <summary>The server's end of a stream.</summary>
    public sealed class Stream(Lease lease, long number, Action<AppendReceipt, long?> answered, Action<WriterFailure> failed)
    {
        public Lease Lease => lease;

        public long Number => number;

        public Queue<WriterMessage> Arrived { get; } = new();

        public Action<AppendReceipt, long?> Answered => answered;

        public Action<WriterFailure> Failed => failed;
    }
}
