namespace Spool.Server;

/// <summary>A store that was just taken over from another server: what that one still holds, because it is being stopped and stores what
/// waits, is waited for and not refused.</summary>
/// <param name="store">The store.</param>
/// <param name="isOurs">Says whether this server itself writes a thread, which is not worth waiting for.</param>
/// <param name="drain">Says when this server stops.</param>
/// <param name="options">How long to wait, and the clock.</param>
sealed class TakenOverStore(IThreadStore store, Func<ThreadId, bool> isOurs, ServerDrain drain, SpoolServiceOptions options)
    : DelegatingThreadStore(store)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    readonly MonotonicClock _clock = new(options.Time);

    public override ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
        WaitingAsync(request.ThreadId, () => Inner.CreateAsync(request, cancellationToken), cancellationToken);

    public override ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default) =>
        WaitingAsync(request.ThreadId, () => Inner.ResumeAsync(request, cancellationToken), cancellationToken);

    public override ValueTask<ChangedThread> UpdateAsync(
        ThreadId threadId,
        ThreadPatch patch,
        CancellationToken cancellationToken = default
    ) => WaitingAsync(threadId, () => Inner.UpdateAsync(threadId, patch, cancellationToken), cancellationToken);

    public override ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        WaitingAsync(threadId, () => Inner.ArchiveAsync(threadId, cancellationToken), cancellationToken);

    public override ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        WaitingAsync(threadId, () => Inner.UnarchiveAsync(threadId, cancellationToken), cancellationToken);

    public override ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default) =>
        WaitingAsync(request.Source, () => Inner.ForkAsync(request, cancellationToken), cancellationToken);

    public override ValueTask<ChangedThread> RevertAsync(
        ThreadId threadId,
        string beforeTurn,
        CancellationToken cancellationToken = default
    ) => WaitingAsync(threadId, () => Inner.RevertAsync(threadId, beforeTurn, cancellationToken), cancellationToken);

    public override ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        WaitingAsync(threadId, () => Inner.DeleteAsync(threadId, cancellationToken), cancellationToken);

    // Who holds a lock does not say that it is being stopped; so every holder is waited for, and only at first.
    async ValueTask<T> WaitingAsync<T>(ThreadId threadId, Func<ValueTask<T>> action, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (ThreadStoreException e)
                when (e.Code == ThreadStoreErrorCode.HasWriter && _clock.Now < options.TakeoverTime && !drain.HasBegun && !isOurs(threadId))
            {
                await Task.Delay(Pause, options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
