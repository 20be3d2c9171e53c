namespace Spool;

public sealed partial class LocalThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<ChangedThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        patch = patch.Checked();
        return patch.IsEmpty
            ? new ChangedThread(await FindAsync(threadId, cancellationToken).ConfigureAwait(false) ?? throw _index.Missing(threadId))
            : await _calls.ChangeAsync(change => UpdateAsync(threadId, patch, change), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<ChangedThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, OngoingChange change)
    {
        using var locked = await _changes.LockAsync(threadId, change.Token).ConfigureAwait(false);
        change.Begin();
        return await new MetadataChange(_changes)
            .ApplyAsync(locked.Files, patch, item => new LogAppend(_changes).AppendAsync(locked, item))
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ChangeAsync(change => new ArchiveMove(_changes).ArchiveAsync(threadId, change), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ChangeAsync(change => new ArchiveMove(_changes).UnarchiveAsync(threadId, change), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await _calls
            .ChangeAsync(change => new ThreadFork(_changes).ForkAsync(request, change), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> RevertAsync(ThreadId threadId, string beforeTurn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(beforeTurn);
        return await _calls
            .ChangeAsync(
                change => new ThreadRevert(_changes).RevertAsync(threadId, beforeTurn, new LogAppend(_changes).AppendAsync, change),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ChangeAsync(change => new ThreadDeletion(_changes).DeleteAsync(threadId, change), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        await _calls
            .ChangeAsync(change => new ThreadDeletion(_changes).RequireDeletableAsync(threadId, change.Token), cancellationToken)
            .ConfigureAwait(false);

    // The one place where a thread that has a writer is changed: pending items are stored first, and the lock is held already. The writer
    // lets one change at a time come here.
    async ValueTask<ChangedThread> UpdateWrittenAsync(LocalThreadWriter writer, ThreadPatch patch, CancellationToken cancellationToken)
    {
        await writer.FlushForUpdateAsync(cancellationToken).ConfigureAwait(false);
        if (!writer.IsStored)
            throw ThreadStoreException.InvalidRequest("The thread is not stored yet and has nothing to store; append something first.");
        var files = await _changes.FindAsync(writer.ThreadId, cancellationToken).ConfigureAwait(false);
        return await new MetadataChange(_changes).ApplyAsync(files, patch, AppendAsync).ConfigureAwait(false);

        async ValueTask AppendAsync(NewItem item) =>
            await writer.AppendForUpdateAsync(new AppendRequest([item]) { Durability = Durability.Fsynced }).ConfigureAwait(false);
    }
}
