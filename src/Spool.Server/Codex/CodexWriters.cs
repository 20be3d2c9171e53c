using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Writes for the clients of Codex's contract, who name threads by id, open nothing, and drop items for good when an append fails.</summary>
/// <remarks>
/// So an append fails for no reason that the server can mend: it opens the thread by itself, opens it again when the writer was lost, and sends the same items
/// again with the same ordinal when their outcome is unknown. A thread is announced by its creation and stored with its first item that is kept; from then
/// on every acknowledged item is in the log.
/// </remarks>
sealed class CodexWriters(IThreadStore store, OpenThreads threads, CodexMemory memory, SpoolServiceOptions options, ServerTelemetry telemetry, ILogger logger)
{
    // Clients of Codex make each call once, so an opening waits for a place; and idle writers are opened again by their next call, so they make room.
    readonly ThreadHolderKind _kind = new("Codex") { Idle = options.WriterIdle, MakesRoom = true, WaitsForPlace = true };

    TimeSpan Now => threads.Clock.Now;

    /// <summary>Announces a new thread.</summary>
    /// <param name="meta">What is announced.</param>
    /// <param name="bytes">How many bytes that had.</param>
    /// <param name="mode">Which items are stored.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.AlreadyExists"/>: it is stored already.</exception>
    public async Task CreateAsync(SessionMeta meta, long bytes, PersistenceMode mode, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(meta.Id, cancellationToken).ConfigureAwait(false);
        if (call.Writer is not null || await store.FindAsync(meta.Id, cancellationToken).ConfigureAwait(false) is not null)
            throw ThreadStoreException.AlreadyExists(meta.Id);
        memory.Set(meta.Id, new CodexThread { Announced = meta, AnnouncedBytes = bytes, Mode = mode, IsDisposable = true, LastUse = Now });
    }

    /// <summary>Takes note that a client goes on with a stored thread. What it sends of the history is what it was sent, so nothing is stored.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>; <see cref="ThreadStoreErrorCode.Archived"/>.</exception>
    public async Task ResumeAsync(ThreadId thread, PersistenceMode mode, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (memory.Find(thread)?.Announced is null)
        {
            var stored = await store.FindAsync(thread, cancellationToken).ConfigureAwait(false) ?? throw ThreadStoreException.NotFound(thread);
            if (stored.ArchivedAt is not null)
                throw new ThreadStoreException(ThreadStoreErrorCode.Archived, $"Thread {thread} is archived; unarchive it first.");
        }
        var codex = memory.Get(thread);
        codex.Mode = mode;
        codex.LastUse = Now;
    }

    /// <summary>Appends what of the items is to be stored. On return it is in the log.</summary>
    public async Task AppendAsync(ThreadId thread, IReadOnlyList<NewItem> items, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        var codex = memory.Get(thread);
        codex.LastUse = Now;
        foreach (var item in items)
            codex.Configured = SessionConfigured.Of(item) ?? codex.Configured;
        List<NewItem> kept = [.. items.Select(item => PersistencePolicy.Apply(item, codex.Mode)).OfType<NewItem>()];
        if (kept.Count == 0)
            return;
        // With a time of its own an item is the same when it has to be sent again.
        var now = options.Time.GetUtcNow();
        await AppendAsync(call, codex, [.. kept.Select(item => item with { Timestamp = now })], cancellationToken).ConfigureAwait(false);
        telemetry.Appended(kept);
    }

    /// <summary>Makes sure that a thread is stored.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: it is neither stored nor announced.</exception>
    public async Task PersistAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (await FindWrittenAsync(call, cancellationToken).ConfigureAwait(false) is not { } codex)
            return;
        await RetryingAsync(call, codex, writer => writer.PersistAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        codex.IsDisposable = false;
    }

    /// <summary>Makes sure that everything appended before is on the disk.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: the thread is neither stored nor announced.</exception>
    public async Task FlushAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (call.Writer is not null)
            await RetryingAsync(call, memory.Get(thread), writer => writer.FlushAsync(Durability.Fsynced, cancellationToken), cancellationToken).ConfigureAwait(false);
        else if (memory.Find(thread)?.Announced is null)
            await RequireAsync(thread, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the writer. Nothing is wrong when there is none.</summary>
    public async Task ShutDownAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        await call.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Forgets a thread that was announced and never asked to be kept. What is stored otherwise stays.</summary>
    public async Task DiscardAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (memory.Find(thread) is not { } codex)
            return;
        var stored = call.Writer?.IsStored == true || codex.Announced is null;
        await call.CloseAsync().ConfigureAwait(false);
        memory.Remove(thread);
        if (codex.IsDisposable && stored)
            await store.DeleteAsync(thread, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Changes what is known of a thread, through its writer when it has one.</summary>
    public async Task<StoredThread> UpdateAsync(ThreadId thread, ThreadPatch patch, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (call.Writer is not null || memory.Find(thread)?.Announced is not null)
        {
            var codex = memory.Get(thread);
            ChangedThread? changed = null;
            await RetryingAsync(call, codex, async writer =>
            {
                await writer.PersistAsync(cancellationToken).ConfigureAwait(false);
                changed = await writer.UpdateAsync(patch, cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            codex.IsDisposable = false;
            return changed!.Thread;
        }
        return (await threads.NamingWriterAsync(thread, () => store.UpdateAsync(thread, patch, cancellationToken)).ConfigureAwait(false)).Thread;
    }

    /// <summary>Does something that needs a thread without a writer: the writer that this server keeps for clients of Codex is closed first.</summary>
    public async Task<T> WithoutWriterAsync<T>(ThreadId thread, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        await call.CloseAsync().ConfigureAwait(false);
        return await threads.NamingWriterAsync(thread, async () => await action().ConfigureAwait(false)).ConfigureAwait(false);
    }

    async ValueTask<Call> EnterAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        var hold = await threads.EnterAsync(thread, cancellationToken).ConfigureAwait(false);
        if (hold.Holder is CodexHolder)
            hold.Use();
        if (memory.Find(thread) is { } known)
            known.LastUse = Now;
        return new Call(memory, hold);
    }

    async Task AppendAsync(Call call, CodexThread codex, IReadOnlyList<NewItem> items, CancellationToken cancellationToken)
    {
        long? ordinal = null;
        await RetryingAsync(call, codex, async writer =>
        {
            // The same ordinal again tells the store that it is the same append; after a loss the next one is another.
            ordinal ??= writer.NextOrdinal;
            await writer.AppendAsync(new AppendItems(items) { ExpectedOrdinal = ordinal }, cancellationToken).ConfigureAwait(false);
        }, cancellationToken, onLost: () => ordinal = null).ConfigureAwait(false);
    }

    // Once more with a new writer, when the old one was lost or is broken. A writer that is refused to a new one as well is somebody else's.
    async Task RetryingAsync(Call call, CodexThread codex, Func<IThreadWriter, ValueTask> action, CancellationToken cancellationToken, Action? onLost = null)
    {
        var writer = await OpenAsync(call, codex, cancellationToken).ConfigureAwait(false);
        try
        {
            await action(writer).ConfigureAwait(false);
            codex.NoteStored(writer);
        }
        catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.OutcomeUnknown or ThreadStoreErrorCode.WriterLost)
        {
            if (writer.LostToken.IsCancellationRequested)
                onLost?.Invoke();
            Log.WriterReopened(logger, call.Thread);
            codex.NoteStored(writer);
            await call.DiscardAsync().ConfigureAwait(false);
            writer = await OpenAsync(call, codex, cancellationToken).ConfigureAwait(false);
            await action(writer).ConfigureAwait(false);
            codex.NoteStored(writer);
        }
    }

    // What is known of a thread that is open or announced; null for one that is only stored.
    async ValueTask<CodexThread?> FindWrittenAsync(Call call, CancellationToken cancellationToken)
    {
        if (memory.Find(call.Thread) is { } known && (call.Writer is not null || known.Announced is not null))
            return known;
        await RequireAsync(call.Thread, cancellationToken).ConfigureAwait(false);
        return null;
    }

    async ValueTask RequireAsync(ThreadId thread, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(thread, cancellationToken).ConfigureAwait(false) is null)
            throw ThreadStoreException.NotFound(thread);
    }

    async ValueTask<IThreadWriter> OpenAsync(Call call, CodexThread codex, CancellationToken cancellationToken)
    {
        if (call.Writer is { LostToken.IsCancellationRequested: false } open)
            return open;
        var holder = await threads.NamingWriterAsync(
            call.Thread,
            () => call.Hold.OpenAsync(_kind, async () => new CodexHolder(call.Thread, await OpenNewAsync(call.Thread, codex, cancellationToken).ConfigureAwait(false), memory), cancellationToken)).ConfigureAwait(false);
        memory.Set(call.Thread, codex); // it may have been closed in between, and then forgotten
        return holder.Writer;
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

    /// <summary>The time of a call at the gate of its thread.</summary>
    readonly struct Call(CodexMemory memory, ThreadHold hold) : IDisposable
    {
        public ThreadHold Hold => hold;

        public ThreadId Thread => hold.Thread;

        // That the server keeps for clients of Codex; another holder is none of theirs.
        public IThreadWriter? Writer => (hold.Holder as CodexHolder)?.Writer;

        // What was announced stays known.
        public ValueTask CloseAsync() => hold.Holder is CodexHolder ? hold.CloseAsync() : ValueTask.CompletedTask;

        public ValueTask DiscardAsync() => hold.CloseAsync(static writer => writer.DiscardAsync());

        public void Dispose()
        {
            var forgotten = memory.Leave(Thread, isOpen: Writer is not null);
            hold.Dispose();
            memory.Forget(forgotten);
        }
    }
}
