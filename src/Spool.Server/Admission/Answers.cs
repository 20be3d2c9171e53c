namespace Spool.Server;

/// <summary>The memory of answers that are under way. Where there is none left for another, those that their readers have not taken for
/// long are ended.</summary>
/// <param name="limits">The limits.</param>
/// <param name="hasTenants">Whether there are several tenants.</param>
/// <param name="time">The clock.</param>
sealed class Answers(ServerLimits limits, bool hasTenants, TimeProvider time)
{
    const int MaxWaiting = 4096; // a call that waits for a read holds nothing
    const int MaxLargeWaiting = 64; // each may have the beginning of what it reads in hand
    const int Rounds = 4; // of patience: for longer than another may be stalled

    /// <summary>What is taken for a read before it is known how large it is: two batches.</summary>
    public const long OfRead = 2 * Batches.MaxBytes;

    static readonly TimeSpan Stalled = TimeSpan.FromSeconds(10);

    readonly Budget _memory = Budget.Shared(limits.MaxAnswerBytes, hasTenants, time, MaxWaiting);
    readonly MonotonicClock _clock = new(time);
    readonly LinkedList<(TimeSpan Since, Action End)> _sending = new();
    int _largeWaiting;

    /// <summary>Gets the most that one answer may take.</summary>
    public long Largest => _memory.Largest;

    /// <summary>Gets how much memory answers take.</summary>
    public long Taken => _memory.Taken;

    /// <summary>Takes room if it is free.</summary>
    public bool TryTake(string caller, long bytes) => _memory.TryTake(caller, bytes);

    /// <summary>Takes room, and waits for it if it is not free. A call that waits has given back what it had, so that none waits for
    /// another that waits.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is none, for too long.</exception>
    public async ValueTask TakeAsync(string caller, long bytes, CancellationToken cancellationToken)
    {
        if (_memory.TryTake(caller, bytes))
            return;
        if (bytes > _memory.Largest)
            throw Contracts.WireErrors.ToRpc(
                ThreadStoreException.TooLarge(
                    "The answer is larger than the memory that this server has for answers; ask for less at once."
                )
            );
        var isLarge = bytes > OfRead;
        try
        {
            if (isLarge && Interlocked.Increment(ref _largeWaiting) > MaxLargeWaiting)
                throw Full();
            for (var round = 0; round < Rounds; round++)
            {
                EndStalled();
                if (await _memory.TakeAsync(caller, bytes, cancellationToken).ConfigureAwait(false))
                    return;
            }
            throw Full();
        }
        finally
        {
            if (isLarge)
                Interlocked.Decrement(ref _largeWaiting);
        }
    }

    /// <summary>Gives room back.</summary>
    public void Give(string caller, long bytes)
    {
        _memory.Give(caller, bytes);
        LargeGarbage.LetGo(bytes);
    }

    /// <summary>Takes it that an answer is being sent from now on.</summary>
    /// <param name="end">Ends the call.</param>
    /// <returns>What to give to <see cref="Sent"/>.</returns>
    public LinkedListNode<(TimeSpan Since, Action End)> Sending(Action end)
    {
        lock (_sending)
            return _sending.AddLast((_clock.Now, end));
    }

    /// <summary>Takes it that an answer was sent.</summary>
    public void Sent(LinkedListNode<(TimeSpan Since, Action End)> sending)
    {
        lock (_sending)
        {
            if (sending.List is not null)
                _sending.Remove(sending);
        }
    }

    static Grpc.Core.RpcException Full() =>
        Contracts.WireErrors.Busy("Answers that are being read take all the memory that there is for them; try again later.");

    void EndStalled()
    {
        List<Action> ended = [];
        lock (_sending)
        {
            while (_sending.First is { } first && _clock.Now - first.Value.Since >= Stalled)
            {
                _sending.RemoveFirst();
                ended.Add(first.Value.End);
            }
        }
        foreach (var end in ended)
            end();
    }
}
