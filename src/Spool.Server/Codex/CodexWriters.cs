using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Writes for the clients of Codex's contract, who name threads by id, open nothing, and drop items for good when an append fails.</summary>
/// <remarks>
/// So an append fails for no reason that the server can mend: it opens the thread by itself, opens it again when the writer was lost, and sends the same items
/// again with the same ordinal when their outcome is unknown. A thread is announced by its creation and stored with its first item that is kept; from then
/// on every acknowledged item is in the log.
/// </remarks>
sealed class CodexWriters(IThreadStore store, WriterRegistry registry, SpoolServerOptions options, ServerTelemetry telemetry, ILogger logger)
{
    TimeSpan Now => registry.Clock.Now;

    /// <summary>Announces a new thread.</summary>
    /// <param name="meta">What is announced.</param>
    /// <param name="bytes">How many bytes that had.</param>
    /// <param name="mode">Which items are stored.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.AlreadyExists"/>: it is stored already.</exception>
    public async Task CreateAsync(SessionMeta meta, long bytes, PersistenceMode mode, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(meta.Id, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex?.Writer is not null || await store.FindAsync(meta.Id, cancellationToken).ConfigureAwait(false) is not null)
            throw ThreadStoreException.AlreadyExists(meta.Id);
        hold.Slot.Codex = new CodexThread { Announced = meta, AnnouncedBytes = bytes, Mode = mode, IsDisposable = true, LastUse = Now };
    }

    /// <summary>Takes note that a client goes on with a stored thread. What it sends of the history is what it was sent, so nothing is stored.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>; <see cref="ThreadStoreErrorCode.Archived"/>.</exception>
    public async Task ResumeAsync(ThreadId thread, PersistenceMode mode, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex?.Announced is null)
        {
            var stored = await store.FindAsync(thread, cancellationToken).ConfigureAwait(false) ?? throw ThreadStoreException.NotFound(thread);
            if (stored.ArchivedAt is not null)
                throw new ThreadStoreException(ThreadStoreErrorCode.Archived, $"Thread {thread} is archived; unarchive it first.");
        }
        var codex = hold.Slot.Codex ??= new CodexThread();
        codex.Mode = mode;
        codex.LastUse = Now;
    }

    /// <summary>Appends what of the items is to be stored. On return it is in the log.</summary>
    public async Task AppendAsync(ThreadId thread, IReadOnlyList<NewItem> items, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        var codex = hold.Slot.Codex ??= new CodexThread();
        codex.LastUse = Now;
        foreach (var item in items)
            codex.Configured = SessionConfigured.Of(item) ?? codex.Configured;
        List<NewItem> kept = [.. items.Select(item => PersistencePolicy.Apply(item, codex.Mode)).OfType<NewItem>()];
        if (kept.Count == 0)
            return;
        // With a time of its own an item is the same when it has to be sent again.
        var now = options.Time.GetUtcNow();
        await AppendAsync(hold.Slot, codex, [.. kept.Select(item => item with { Timestamp = now })], cancellationToken).ConfigureAwait(false);
        telemetry.Appended(kept);
    }

    /// <summary>Makes sure that a thread is stored.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: it is neither stored nor announced.</exception>
    public async Task PersistAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (await OpenIfAnnouncedAsync(thread, hold.Slot, cancellationToken).ConfigureAwait(false) is not { } codex)
            return;
        await RetryingAsync(hold.Slot, codex, writer => writer.PersistAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        codex.IsDisposable = false;
    }

    /// <summary>Makes sure that everything appended before is on the disk.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: the thread is neither stored nor announced.</exception>
    public async Task FlushAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex is { Writer: { } } codex)
            await RetryingAsync(hold.Slot, codex, writer => writer.FlushAsync(Durability.Fsynced, cancellationToken), cancellationToken).ConfigureAwait(false);
        else if (hold.Slot.Codex?.Announced is null)
            await RequireAsync(thread, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the writer. Nothing is wrong when there is none.</summary>
    public async Task ShutDownAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex is { } codex)
            await codex.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Forgets a thread that was announced and never asked to be kept. What is stored otherwise stays.</summary>
    public async Task DiscardAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex is not { } codex)
            return;
        var stored = codex.Writer?.IsStored == true || codex.Announced is null;
        await codex.CloseAsync().ConfigureAwait(false);
        hold.Slot.Codex = null;
        if (codex.IsDisposable && stored)
            await store.DeleteAsync(thread, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Changes what is known of a thread, through its writer when it has one.</summary>
    public async Task<StoredThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex is { } known && (known.Writer is not null || known.Announced is not null))
        {
            var codex = (await OpenIfAnnouncedAsync(thread, hold.Slot, cancellationToken).ConfigureAwait(false))!;
            ChangedThread? changed = null;
            await RetryingAsync(hold.Slot, codex, async writer =>
            {
                await writer.PersistAsync(cancellationToken).ConfigureAwait(false);
                changed = await writer.UpdateAsync(patch, cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            codex.IsDisposable = false;
            return changed!.Thread;
        }
        return (await registry.NamingWriterAsync(thread, () => store.UpdateAsync(thread, patch, cancellationToken)).ConfigureAwait(false)).Thread;
    }

    /// <summary>Does something that needs a thread without a writer: the writer that this server keeps for clients of Codex is closed first.</summary>
    public async Task<T> WithoutWriterAsync<T>(ThreadId thread, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        using var hold = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex is { } codex)
            await codex.CloseAsync().ConfigureAwait(false);
        return await registry.NamingWriterAsync(thread, async () => await action().ConfigureAwait(false)).ConfigureAwait(false);
    }

    async ValueTask<WriterRegistry.Hold> EnterAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        var hold = await registry.EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Slot.Codex is { } codex)
            codex.LastUse = Now;
        return hold;
    }

    async Task AppendAsync(WriterSlot slot, CodexThread codex, IReadOnlyList<NewItem> items, CancellationToken cancellationToken)
    {
        long? ordinal = null;
        await RetryingAsync(slot, codex, async writer =>
        {
            // The same ordinal again tells the store that it is the same append; after a loss the next one is another.
            ordinal ??= writer.NextOrdinal;
            await writer.AppendAsync(new AppendItems(items) { ExpectedOrdinal = ordinal }, cancellationToken).ConfigureAwait(false);
        }, cancellationToken, onLost: () => ordinal = null).ConfigureAwait(false);
    }

    // Once more with a new writer, when the old one was lost or is broken. A writer that is refused to a new one as well is somebody else's.
    async Task RetryingAsync(WriterSlot slot, CodexThread codex, Func<IThreadWriter, ValueTask> action, CancellationToken cancellationToken, Action? onLost = null)
    {
        var writer = await OpenAsync(slot, codex, cancellationToken).ConfigureAwait(false);
        try
        {
            await action(writer).ConfigureAwait(false);
            codex.NoteStored();
        }
        catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.OutcomeUnknown or ThreadStoreErrorCode.WriterLost)
        {
            if (writer.LostToken.IsCancellationRequested)
                onLost?.Invoke();
            Log.WriterReopened(logger, slot.Thread);
            codex.NoteStored();
            codex.Writer = null;
            await WriterRegistry.CloseWriterAsync(writer, useless: true).ConfigureAwait(false);
            await action(await OpenAsync(slot, codex, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            codex.NoteStored();
        }
    }

    async ValueTask<CodexThread?> OpenIfAnnouncedAsync(ThreadId thread, WriterSlot slot, CancellationToken cancellationToken)
    {
        if (slot.Codex is { } codex && (codex.Writer is not null || codex.Announced is not null))
            return codex;
        await RequireAsync(thread, cancellationToken).ConfigureAwait(false);
        return null;
    }

    async ValueTask RequireAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(thread, cancellationToken).ConfigureAwait(false) is null)
            throw ThreadStoreException.NotFound(thread);
    }

    async ValueTask<IThreadWriter> OpenAsync(WriterSlot slot, CodexThread codex, CancellationToken cancellationToken)
    {
        if (codex.Writer is { } open && !open.LostToken.IsCancellationRequested)
            return open;
        await codex.CloseAsync().ConfigureAwait(false);
        await registry.TakeRoomAsync(slot, WriterKind.Codex, cancellationToken).ConfigureAwait(false);
        return codex.Writer = await registry.NamingWriterAsync(slot.Thread, () => OpenNewAsync(slot.Thread, codex, cancellationToken)).ConfigureAwait(false);
    }

    async ValueTask<IThreadWriter> OpenNewAsync(ThreadId thread, CodexThread codex, CancellationToken cancellationToken)
    {
        Log.WriterOpened(logger, thread);
        if (codex.Announced is null)
        {
            try
            {
                return await ResumeStoredAsync(thread, cancellationToken).ConfigureAwait(false);
            }
            catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound)
            {
                // The server was started again after the announcement. To refuse would lose the items for good.
                Log.ThreadAssumed(logger, thread);
            }
        }
        var meta = codex.Announced ?? CodexMeta.Assumed(thread, options.Time.GetUtcNow());
        try
        {
            return await store.CreateAsync(new CreateThread(thread, (codex.Configured?.Complete(meta) ?? meta).ToItem()), cancellationToken).ConfigureAwait(false);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.AlreadyExists && codex.Announced is not null)
        {
            // A write whose outcome was unknown did store it.
            return await ResumeStoredAsync(thread, cancellationToken).ConfigureAwait(false);
        }
    }

    ValueTask<IThreadWriter> ResumeStoredAsync(ThreadId thread, CancellationToken cancellationToken) =>
        store.ResumeAsync(new ResumeThread(thread) { OnDamage = DamagedLog.AppendBehind }, cancellationToken);
}
