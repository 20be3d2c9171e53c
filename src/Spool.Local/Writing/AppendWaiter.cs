using System.Threading.Tasks.Sources;

namespace Spool;

/// <summary>The wait of a call for an append, or for everything appended before. Lighter than a task of its own for each append, and used
/// again for the next one.</summary>
/// <param name="pool">Where it goes when its result was taken, or null when it is used once.</param>
sealed class AppendWaiter(AppendWaiters? pool = null) : IValueTaskSource<AppendReceipt>
{
    ManualResetValueTaskSourceCore<AppendReceipt> _core = new() { RunContinuationsAsynchronously = true };

    /// <summary>Gets or sets what it waits for.</summary>
    public Durability Durability { get; set; }

    /// <summary>Gets or sets what it is given when all went well.</summary>
    public AppendReceipt Receipt { get; set; }

    /// <summary>Gets what is awaited, once.</summary>
    public ValueTask<AppendReceipt> Task => new(this, _core.Version);

    /// <summary>Ends the wait well. The waiter may be in use for another append before this returns.</summary>
    public void Succeed() => _core.SetResult(Receipt);

    /// <summary>Ends the wait with an error. The waiter may be in use for another append before this returns.</summary>
    public void Fail(Exception error) => _core.SetException(error);

    AppendReceipt IValueTaskSource<AppendReceipt>.GetResult(short token)
    {
        var isTaken = token == _core.Version && _core.GetStatus(token) != ValueTaskSourceStatus.Pending;
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (isTaken && pool is not null)
            {
                _core.Reset(); // from now on this result cannot be taken again
                pool.Return(this);
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<AppendReceipt>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<AppendReceipt>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>The waiters of a store that are free at the moment. Without them most of the garbage of an append would be its
/// waiter.</summary>
sealed class AppendWaiters
{
    const int Most = 4096;

    readonly Lock _gate = new();
    readonly Stack<AppendWaiter> _free = [];

    /// <summary>Gives a waiter.</summary>
    public AppendWaiter Take(Durability durability)
    {
        AppendWaiter? waiter;
        lock (_gate)
            _free.TryPop(out waiter);
        waiter ??= new AppendWaiter(this);
        waiter.Durability = durability;
        return waiter;
    }

    /// <summary>Takes a waiter back.</summary>
    public void Return(AppendWaiter waiter)
    {
        lock (_gate)
        {
            if (_free.Count < Most)
                _free.Push(waiter);
        }
    }
}
