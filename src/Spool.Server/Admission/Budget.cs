namespace Spool.Server;

/// <summary>How much there is of something, bytes of memory or calls: in all, and for one caller. It may be used by many at a
/// time.</summary>
/// <remarks>A call that takes less goes before one that waits for more, so that a large request holds up no other; a call that waits
/// too long is refused.</remarks>
/// <param name="total">How much there is.</param>
/// <param name="perCaller">How much of it one caller may have.</param>
/// <param name="time">The clock.</param>
/// <param name="maxWaiting">How many may wait.</param>
sealed class Budget(long total, long perCaller, TimeProvider time, int maxWaiting = Budget.MaxWaiting)
{
    /// <summary>How long to wait for room. A call that waits holds nothing of what the room is for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    const int MaxWaiting = 64; // each may have some of its request in the buffers of its connection

    readonly Lock _lock = new();
    readonly Dictionary<string, long> _callers = new(StringComparer.Ordinal);
    readonly LinkedList<Waiter> _waiting = new();
    long _taken;

    /// <summary>Makes one of which a single caller may have everything where there is only one, and an eighth less where there are
    /// others.</summary>
    public static Budget Shared(long total, bool hasOthers, TimeProvider time, int maxWaiting = MaxWaiting) =>
        new(total, hasOthers ? total - total / 8 : total, time, maxWaiting);

    /// <summary>Gets how much is taken.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>Gets the most that one caller may have, and so the most that can be taken at once.</summary>
    public long Largest => Math.Min(total, perCaller);

    /// <summary>Gives how much has to be given back before a caller can take more, and whether by that caller itself.</summary>
    public (long Bytes, bool IsOwn) LackFor(string caller, long amount)
    {
        lock (_lock)
        {
            var own = _callers.GetValueOrDefault(caller) + amount - perCaller;
            return (Math.Max(own, _taken + amount - total), own > 0);
        }
    }

    /// <summary>Takes room if it is free.</summary>
    public bool TryTake(string caller, long amount)
    {
        lock (_lock)
            return TryTakeLocked(caller, amount);
    }

    /// <summary>Takes room, and waits for it if it is not free.</summary>
    /// <returns>Whether it was taken; otherwise it was not free for too long, too many wait, or it is more than there is.</returns>
    public async ValueTask<bool> TakeAsync(string caller, long amount, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> waiter;
        lock (_lock)
        {
            if (TryTakeLocked(caller, amount))
                return true;
            if (amount > Largest || _waiting.Count >= maxWaiting)
                return false;
            waiter = _waiting.AddLast(new Waiter(caller, amount));
        }
        try
        {
            await waiter.Value.Taken.Task.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (waiter.List is not null)
                    _waiting.Remove(waiter);
                else if (e is TimeoutException)
                    return true; // it came at the last moment
                else
                    GiveLocked(caller, amount);
            }
            if (e is TimeoutException)
                return false;
            throw;
        }
    }

    /// <summary>Gives room back.</summary>
    public void Give(string caller, long amount)
    {
        if (amount == 0)
            return;
        lock (_lock)
            GiveLocked(caller, amount);
    }

    void GiveLocked(string caller, long amount)
    {
        _taken -= amount;
        if ((_callers[caller] -= amount) == 0)
            _callers.Remove(caller);
        for (var node = _waiting.First; node is not null; )
        {
            var (next, waiter) = (node.Next, node.Value);
            if (TryTakeLocked(waiter.Caller, waiter.Amount))
            {
                _waiting.Remove(node);
                waiter.Taken.SetResult();
            }
            node = next;
        }
    }

    bool TryTakeLocked(string caller, long amount)
    {
        var before = _callers.GetValueOrDefault(caller);
        if (_taken + amount > total || before + amount > perCaller)
            return false;
        _taken += amount;
        _callers[caller] = before + amount;
        return true;
    }

    sealed record Waiter(string Caller, long Amount)
    {
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
