namespace Spool.Server;

/// <summary>A store that was just taken over from another server: what that one still holds, because it was told to stop and stores what waits, is waited for and not refused.</summary>
/// <param name="store">The store.</param>
/// <param name="isOurs">Says whether this server itself writes a thread, which is not worth waiting for.</param>
/// <param name="drain">Says when this server stops.</param>
/// <param name="options">How long to wait, and the clock.</param>
sealed class TakenOverStore(IThreadStore store, Func<ThreadId, bool> isOurs, ServerDrain drain, SpoolServerOptions options) : IThreadStore
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    readonly MonotonicClock _clock = new(options.Time);

    public ValueTask<StoredThread?> FindAsync(ThreadId thread, CancellationToken cancellationToken = default) => store.FindAsync(thread, cancellationToken);

    public ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) => store.ListAsync(query, cancellationToken);

    public IAsyncEnumerable<RolloutItem> ReadHistoryAsync(ReadHistory request, CancellationToken cancellationToken = default) => store.ReadHistoryAsync(request, cancellationToken);

    public ValueTask<Page<Turn>> ListTurnsAsync(ListTurns request, CancellationToken cancellationToken = default) => store.ListTurnsAsync(request, cancellationToken);

    public ValueTask<Page<RolloutItem>> ListItemsAsync(ListItems request, CancellationToken cancellationToken = default) => store.ListItemsAsync(request, cancellationToken);

    public ValueTask<IThreadWriter> CreateAsync(CreateThread request, CancellationToken cancellationToken = default) =>
        WaitingAsync(request.Thread, () => store.CreateAsync(request, cancellationToken), cancellationToken);

    public ValueTask<IThreadWriter> ResumeAsync(ResumeThread request, CancellationToken cancellationToken = default) =>
        WaitingAsync(request.Thread, () => store.ResumeAsync(request, cancellationToken), cancellationToken);

    public ValueTask<ChangedThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken = default) =>
        WaitingAsync(thread, () => store.UpdateAsync(thread, patch, cancellationToken), cancellationToken);

    public ValueTask<ChangedThread> ArchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        WaitingAsync(thread, () => store.ArchiveAsync(thread, cancellationToken), cancellationToken);

    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        WaitingAsync(thread, () => store.UnarchiveAsync(thread, cancellationToken), cancellationToken);

    public ValueTask<ChangedThread> ForkAsync(ForkThread request, CancellationToken cancellationToken = default) =>
        WaitingAsync(request.Source, () => store.ForkAsync(request, cancellationToken), cancellationToken);

    public ValueTask<ChangedThread> RevertAsync(ThreadId thread, string beforeTurn, CancellationToken cancellationToken = default) =>
        WaitingAsync(thread, () => store.RevertAsync(thread, beforeTurn, cancellationToken), cancellationToken);

    public ValueTask<DeletionReceipt> DeleteAsync(ThreadId thread, CancellationToken cancellationToken = default) =>
        WaitingAsync(thread, () => store.DeleteAsync(thread, cancellationToken), cancellationToken);

    public object? GetService(Type serviceType) => store.GetService(serviceType);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    // Who holds a lock does not say that it is being stopped; so everybody is waited for, and only at first.
    async ValueTask<T> WaitingAsync<T>(ThreadId thread, Func<ValueTask<T>> action, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter && _clock.Now < options.TakeoverTime && !drain.HasBegun && !isOurs(thread))
            {
                await Task.Delay(Pause, options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
