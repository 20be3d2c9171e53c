namespace Spool.Server;

/// <summary>The memory of answers that are under way. Where there is none left for another, those that their readers have not taken for long are ended.</summary>
/// <param name="limits">The limits.</param>
/// <param name="hasTenants">Whether there are several tenants.</param>
/// <param name="time">The clock.</param>
sealed class Answers(ServerLimits limits, bool hasTenants, TimeProvider time) : IDisposable
{
    /// <summary>How much of an answer may be in hand without room, because it is waited for outside of <see cref="Reading"/>.</summary>
    public const long Small = 1024 * 1024;

    const int Readings = 1; // it may have one of the largest items in hand

    static readonly TimeSpan Stalled = TimeSpan.FromSeconds(10);

    readonly Budget _memory = Budget.Shared(limits.MaxAnswerBytes, hasTenants, time);
    readonly MonotonicClock _clock = new(time);
    readonly LinkedList<(TimeSpan Since, Action End)> _sending = new();

    /// <summary>Gets what is held while a store is asked for something that may be large: how large, nobody knows before it is there. It is never held while a client is waited for.</summary>
    public SemaphoreSlim Reading { get; } = new(Readings, Readings);

    /// <summary>Gets how much memory answers take.</summary>
    public long Taken => _memory.Taken;

    /// <summary>Takes room for an answer that is in hand; one that is not small does not wait for it.</summary>
    /// <exception cref="Grpc.Core.RpcException">There is none.</exception>
    public async ValueTask TakeAsync(string caller, long bytes, CancellationToken cancellationToken)
    {
        if (_memory.TryTake(caller, bytes))
            return;
        EndStalled();
        if (bytes <= 2 * Small ? await _memory.TakeAsync(caller, bytes, cancellationToken).ConfigureAwait(false) : _memory.TryTake(caller, bytes))
            return;
        throw bytes > _memory.Largest
            ? Remote.WireErrors.ToRpc(new ThreadStoreException(ThreadStoreErrorCode.ResourceExhausted, "The answer is larger than the memory that this server has for answers; ask for less at once."))
            : Remote.WireErrors.Busy("Answers that are being read take all the memory that there is for them; try again later.");
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

    /// <inheritdoc/>
    public void Dispose() => Reading.Dispose();

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
