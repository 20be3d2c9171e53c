namespace Spool.Server;

/// <summary>The memory of requests that are under way. Where there is none left for another, those that come too slowly are
/// ended.</summary>
/// <param name="budget">What there is.</param>
/// <param name="time">The clock.</param>
sealed class Requests(Budget budget, TimeProvider time)
{
    const double SlowBytesPerSecond = 256 * 1024;

    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    readonly MonotonicClock _clock = new(time);
    readonly LinkedList<Arrival> _arriving = new();

    /// <summary>Gets how much is taken.</summary>
    public long Taken => budget.Taken;

    /// <summary>Gets the most that one request may take.</summary>
    public long Largest => budget.Largest;

    /// <summary>Takes room if it is free.</summary>
    public bool TryTake(string caller, long bytes) => budget.TryTake(caller, bytes);

    /// <summary>Takes room, and waits for it if it is not free.</summary>
    /// <returns>Whether it was taken; otherwise it was not free for too long, too many wait, or it is more than there is.</returns>
    public ValueTask<bool> TakeAsync(string caller, long bytes, CancellationToken cancellationToken)
    {
        if (budget.TryTake(caller, bytes))
            return ValueTask.FromResult(true);
        EndSlow(caller, bytes);
        return budget.TakeAsync(caller, bytes, cancellationToken);
    }

    /// <summary>Gives room back.</summary>
    public void Give(string caller, long bytes)
    {
        budget.Give(caller, bytes);
        LargeGarbage.LetGo(bytes);
    }

    /// <summary>Takes it that a message has begun to come, for which room was taken.</summary>
    /// <param name="caller">Whose it is.</param>
    /// <param name="room">The room.</param>
    /// <param name="end">Ends the call.</param>
    /// <returns>The message, which is to be disposed when it is there.</returns>
    public Arrival Arrive(string caller, long room, Action end)
    {
        var arrival = new Arrival(this, caller, room, _clock.Now, end);
        lock (_arriving)
            _arriving.AddLast(arrival.Node);
        return arrival;
    }

    // Of one caller if only its own share is taken, so that no request is ended for the greed of another caller; and none if that does not
    // make the room.
    void EndSlow(string caller, long bytes)
    {
        var (lack, isOwn) = budget.LackFor(caller, bytes);
        List<Arrival> slow = [];
        lock (_arriving)
        {
            for (
                var node = _arriving.First;
                node is not null && _clock.Now - node.Value.Began is var taken && taken >= Grace;
                node = node.Next
            )
            {
                var arrival = node.Value;
                if ((!isOwn || arrival.Caller == caller) && arrival.Received < taken.TotalSeconds * SlowBytesPerSecond)
                    slow.Add(arrival);
            }
            if (slow.Sum(arrival => arrival.Room) < lack)
                return;
            foreach (var arrival in slow)
                _arriving.Remove(arrival.Node);
        }
        foreach (var arrival in slow)
            arrival.End();
    }

    /// <summary>A message that has not come to its end.</summary>
    internal sealed class Arrival : IDisposable
    {
        readonly Requests _requests;
        long _received;

        public Arrival(Requests requests, string caller, long room, TimeSpan began, Action end)
        {
            (_requests, Caller, Room, Began, End) = (requests, caller, room, began, end);
            Node = new LinkedListNode<Arrival>(this);
        }

        /// <summary>Gets its place.</summary>
        public LinkedListNode<Arrival> Node { get; }

        /// <summary>Gets whose it is.</summary>
        public string Caller { get; }

        /// <summary>Gets the room that was taken for it.</summary>
        public long Room { get; }

        /// <summary>Gets when it began to come.</summary>
        public TimeSpan Began { get; }

        /// <summary>Gets what ends the call.</summary>
        public Action End { get; }

        /// <summary>Gets or sets how many of its bytes are there.</summary>
        public long Received
        {
            get => Interlocked.Read(ref _received);
            set => Interlocked.Exchange(ref _received, value);
        }

        /// <summary>Takes it that the message is there, or that it is no longer waited for.</summary>
        public void Dispose()
        {
            lock (_requests._arriving)
            {
                if (Node.List is not null)
                    _requests._arriving.Remove(Node);
            }
        }
    }
}
