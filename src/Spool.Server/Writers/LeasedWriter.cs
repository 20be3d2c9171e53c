using System.Diagnostics;

namespace Spool.Server;

/// <summary>A writer that a client holds by an id. It may be used by several calls at a time, and is given up only while none uses it. What
/// may be done with it says its <see cref="LeaseMachine"/>.</summary>
/// <param name="client">What the client says of itself.</param>
/// <param name="writer">The writer.</param>
/// <param name="idle">How long it is kept without a use.</param>
/// <param name="clock">The clock, which only goes forward.</param>
sealed class LeasedWriter(LeaseClient client, IThreadWriter writer, TimeSpan idle, MonotonicClock clock) : IThreadHolder
{
    readonly Lock _lock = new();
    readonly LeaseMachine _machine = new(idle, clock.Now);
    readonly WriterOwner _owner = client.Owner ?? new WriterOwner(null, null, null, null);
    CancellationTokenSource? _stream;
    TaskCompletionSource? _changed; // while a call waits

    /// <summary>Gets the id.</summary>
    public Guid Id { get; } = client.Lease;

    /// <summary>Gets the writer.</summary>
    public IThreadWriter Writer { get; } = writer;

    /// <summary>Gets who holds it, and for how long if it has died.</summary>
    public WriterOwner Owner
    {
        get
        {
            lock (_lock)
                return _owner with { LeaseLeft = _machine.Left(clock.Now) + TenantStore.SweepPeriod(idle) };
        }
    }

    /// <summary>Gets whether the client tells an outcome that is unknown from a call of which nothing was kept.</summary>
    public bool KnowsCodes { get; } = client.KnowsCodes;

    /// <summary>Gets whether the writer is of no more use.</summary>
    public bool IsFaulted
    {
        get
        {
            lock (_lock)
                return _machine.IsInDoubt || Writer.LostToken.IsCancellationRequested;
        }
    }

    /// <summary>Gets whether the outcome of a write is unknown.</summary>
    public bool IsInDoubt
    {
        get
        {
            lock (_lock)
                return _machine.IsInDoubt;
        }
    }

    /// <summary>Takes it that the outcome of a write is unknown, so that the writer can only be discarded.</summary>
    public void Doubt()
    {
        lock (_lock)
            _machine.Doubt();
    }

    /// <summary>Begins a stream of appends and ends the one before: a client has one at a time, and what may still arrive by a connection
    /// that it gave up must not be appended.</summary>
    /// <param name="number">The number that the client gave it, or 0 where it gives none.</param>
    /// <param name="ended">Is cancelled when another stream begins.</param>
    /// <returns>The number of the stream, or null when it comes too late.</returns>
    public long? BeginStream(long number, out CancellationToken ended)
    {
        var stream = new CancellationTokenSource();
        ended = stream.Token;
        CancellationTokenSource? before;
        lock (_lock)
        {
            if (_machine.BeginStream(number) is not { } begun)
                return null;
            number = begun;
            (before, _stream) = (_stream, stream);
            Signal();
        }
        before?.Cancel();
        return number;
    }

    /// <summary>Ends all streams up to a number, and waits until all that they had begun has come to its end.</summary>
    public async ValueTask FollowAsync(long number, CancellationToken cancellationToken)
    {
        if (number == 0)
            return;
        while (true)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                _machine.Follow(number);
                if (_machine.IsQuiet)
                    return;
                changed = Changed();
            }
            await changed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until a message of a stream may be begun, and begins it.</summary>
    /// <param name="stream">The number of the stream.</param>
    /// <param name="ordinal">The ordinal that its first item has to get, or null.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether it was begun; otherwise it never may be.</returns>
    public async ValueTask<bool> TryBeginAsync(long stream, long? ordinal, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                switch (_machine.Next(stream, mayFollow: ordinal is not null))
                {
                    case StreamTurn.Now:
                        _machine.Begun(isQuestion: ordinal < Writer.NextOrdinal);
                        return true;
                    case StreamTurn.Never:
                        return false;
                }
                changed = Changed();
            }
            await changed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes it that a message of a stream came to its end.</summary>
    public void EndMessage(long stream, bool wasRefused)
    {
        lock (_lock)
        {
            _machine.Ended(stream, wasRefused);
            Signal();
        }
    }

    /// <summary>Begins a use, unless the lease was closed.</summary>
    public bool TryUse()
    {
        lock (_lock)
            return _machine.TryUse();
    }

    /// <summary>Ends a use and so renews the lease.</summary>
    public void EndUse()
    {
        lock (_lock)
            _machine.EndUse(clock.Now);
    }

    /// <summary>Renews the lease without a use.</summary>
    public void Renew()
    {
        lock (_lock)
            _machine.Renew(clock.Now);
    }

    /// <summary>Closes the lease if it was not used for long enough, or says that it is closed already and its writer still to be given
    /// back.</summary>
    public bool TryExpire()
    {
        lock (_lock)
            return _machine.TryExpire(clock.Now);
    }

    /// <summary>Closes the lease, in use or not.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _machine.Close();
            Signal();
        }
    }

    bool IThreadHolder.TryGiveUp() => TryExpire();

    void IThreadHolder.GiveUp() => Close();

    void IThreadHolder.Closed()
    {
        // Its client asks for it again, and finds that it is not known.
    }

    // Both are called while the lock is held.
    TaskCompletionSource Changed()
    {
        Debug.Assert(_lock.IsHeldByCurrentThread);
        return _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    void Signal()
    {
        Debug.Assert(_lock.IsHeldByCurrentThread);
        _changed?.TrySetResult();
        _changed = null;
    }
}
