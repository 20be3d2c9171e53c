namespace Spool;

/// <summary>An append for which there is no room yet.</summary>
/// <param name="append">The append.</param>
/// <param name="waiter">The call that waits for it.</param>
sealed class WaitingAppend(CheckedAppend append, AppendWaiter waiter)
{
    /// <summary>Gets the append.</summary>
    public CheckedAppend Append => append;

    /// <summary>Gets the call that waits for it.</summary>
    public AppendWaiter Waiter => waiter;

    /// <summary>Gets or sets what cancels it.</summary>
    public CancellationTokenRegistration Registration { get; set; }
}

/// <summary>The appends for which there is no room yet, in order. Used while a lock is held, except by cancellation, which takes
/// it.</summary>
/// <param name="gate">The lock.</param>
sealed class WaitingAppends(Lock gate)
{
    readonly LinkedList<WaitingAppend> _appends = [];

    /// <summary>Gets whether there are none.</summary>
    public bool IsEmpty => _appends.Count == 0;

    /// <summary>Gets how many bytes the first one takes.</summary>
    public long FirstBytes => _appends.First!.Value.Append.Bytes;

    /// <summary>Adds an append.</summary>
    public void Add(WaitingAppend append, CancellationToken cancellationToken)
    {
        var node = _appends.AddLast(append);
        append.Registration = cancellationToken.UnsafeRegister((_, token) => Cancel(node, token), null);
    }

    /// <summary>Takes the first one out.</summary>
    public WaitingAppend TakeFirst()
    {
        var append = _appends.First!.Value;
        _appends.RemoveFirst();
        append.Registration.Unregister(); // does not wait for a cancellation that is just waiting for the lock; it will find nothing to do
        return append;
    }

    /// <summary>Takes all of them out.</summary>
    /// <param name="waiters">Takes the calls that wait for them.</param>
    public void TakeAll(List<AppendWaiter> waiters)
    {
        while (!IsEmpty)
            waiters.Add(TakeFirst().Waiter);
    }

    void Cancel(LinkedListNode<WaitingAppend> node, CancellationToken token)
    {
        lock (gate)
        {
            if (node.List is null)
                return;
            _appends.Remove(node);
        }
        node.Value.Waiter.Fail(new OperationCanceledException(token));
    }
}

/// <summary>Whether a flush stores a rollout that is not stored yet and has nothing but its first item.</summary>
enum Storing
{
    /// <summary>Only when items wait.</summary>
    WithItems,

    /// <summary>In any case.</summary>
    Always,
}

/// <summary>Thrown inside the writer when ordinals that an append expects are taken: its first items have to be compared with those there,
/// and then it is added once more.</summary>
/// <param name="alreadyThere">How many of its items have to be compared.</param>
sealed class RepeatedAppendException(int alreadyThere) : Exception
{
    /// <summary>Gets how many of its items have to be compared.</summary>
    public int AlreadyThere => alreadyThere;
}
