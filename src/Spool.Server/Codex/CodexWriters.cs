using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Writes for the clients of Codex's contract, who name threads by id, open nothing, and drop items for good when an append
/// fails.</summary>
/// <remarks>
/// So an append fails for no reason that the server can mend: it opens the thread by itself, opens it again when the writer was lost, and
/// sends the same items again with the same ordinal when their outcome is unknown. A thread is announced by its creation and stored with
/// its first item that is kept; from then on every acknowledged item is in the log.
/// </remarks>
sealed class CodexWriters(
    IThreadStore store,
    OpenThreads threads,
    CodexMemory memory,
    SpoolServiceOptions options,
    ServerTelemetry telemetry,
    ILogger logger
)
{
    // Clients of Codex make each call once, so an opening waits for a place; and idle writers are opened again by their next call, so they
    // make room.
    readonly ThreadHolderKind _kind = new("Codex")
    {
        Idle = options.WriterIdle,
        MakesRoom = true,
        WaitsForPlace = true,
    };

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
        memory.Set(
            meta.Id,
            new AnnouncedThread
            {
                Announced = meta,
                AnnouncedBytes = bytes,
                Mode = mode,
                IsDisposable = true,
                LastUse = Now,
            }
        );
    }

    /// <summary>Takes note that a client goes on with a stored thread. What it sends of the history is what it was sent, so nothing is
    /// stored.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>;
    /// <see cref="ThreadStoreErrorCode.Archived"/>.</exception>
    public async Task ResumeAsync(ThreadId threadId, PersistenceMode mode, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (memory.Find(threadId)?.Announced is null)
        {
            var stored =
                await store.FindAsync(threadId, cancellationToken).ConfigureAwait(false) ?? throw ThreadStoreException.NotFound(threadId);
            if (stored.ArchivedAt is not null)
                throw new ThreadStoreException(ThreadStoreErrorCode.Archived, $"Thread {threadId} is archived; unarchive it first.");
        }
        var codex = memory.Get(threadId);
        codex.Mode = mode;
        codex.LastUse = Now;
    }

    /// <summary>Appends what of the items is to be stored. On return it is in the log.</summary>
    public async Task AppendAsync(ThreadId threadId, IReadOnlyList<NewItem> items, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        var codex = memory.Get(threadId);
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
    public async Task PersistAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (await FindWrittenAsync(call, cancellationToken).ConfigureAwait(false) is not { } codex)
            return;
        await RetryingAsync(call, codex, writer => writer.PersistAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        codex.IsDisposable = false;
    }

    /// <summary>Makes sure that everything appended before is on the disk.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: the thread is neither stored nor
    /// announced.</exception>
    public async Task FlushAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (call.Writer is not null)
            await RetryingAsync(
                    call,
                    memory.Get(threadId),
                    writer => writer.FlushAsync(Durability.Fsynced, cancellationToken),
                    cancellationToken
                )
                .ConfigureAwait(false);
        else if (memory.Find(threadId)?.Announced is null)
            await RequireAsync(threadId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the writer. Nothing is wrong when there is none.</summary>
    public async Task ShutDownAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        await call.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Forgets a thread that was announced and never asked to be kept. What is stored otherwise stays.</summary>
    public async Task DiscardAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (memory.Find(threadId) is not { } codex)
            return;
        var stored = call.Writer?.IsStored == true || codex.Announced is null;
        await call.CloseAsync().ConfigureAwait(false);
        memory.Remove(threadId);
        if (codex.IsDisposable && stored)
            await store.DeleteAsync(threadId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Changes what is known of a thread, through its writer when it has one.</summary>
    public async Task<StoredThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (call.Writer is not null || memory.Find(threadId)?.Announced is not null)
        {
            var codex = memory.Get(threadId);
            ChangedThread? changed = null;
            await RetryingAsync(
                    call,
                    codex,
                    async writer =>
                    {
                        await writer.PersistAsync(cancellationToken).ConfigureAwait(false);
                        changed = await writer.UpdateAsync(patch, cancellationToken).ConfigureAwait(false);
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            codex.IsDisposable = false;
            return changed!.Thread;
        }
        return (
            await threads.NamingWriterAsync(threadId, () => store.UpdateAsync(threadId, patch, cancellationToken)).ConfigureAwait(false)
        ).Thread;
    }

    /// <summary>Does something that needs a thread without a writer: the writer that this server keeps for clients of Codex is closed
    /// first.</summary>
    public async Task<T> WithoutWriterAsync<T>(ThreadId threadId, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        using var call = await EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        await call.CloseAsync().ConfigureAwait(false);
        return await threads.NamingWriterAsync(threadId, async () => await action().ConfigureAwait(false)).ConfigureAwait(false);
    }

    async ValueTask<Call> EnterAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        var hold = await threads.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (hold.Holder is CodexHolder)
            hold.Use();
        if (memory.Find(threadId) is { } known)
            known.LastUse = Now;
        return new Call(memory, hold);
    }

    async Task AppendAsync(Call call, AnnouncedThread codex, IReadOnlyList<NewItem> items, CancellationToken cancellationToken)
    {
        long? ordinal = null;
        await RetryingAsync(
                call,
                codex,
                async writer =>
                {
                    // The same ordinal again tells the store that it is the same append; after a loss the next one is another.
                    ordinal ??= writer.NextOrdinal;
                    await writer
                        .AppendAsync(new AppendRequest(items) { ExpectedOrdinal = ordinal }, cancellationToken)
                        .ConfigureAwait(false);
                },
                cancellationToken,
                onLost: () => ordinal = null
            )
            .ConfigureAwait(false);
    }

    // Once more with a new writer, when the old one was lost or is broken. Where a new one is refused as well, another program has
    // the thread.
    async Task RetryingAsync(
        Call call,
        AnnouncedThread codex,
        Func<IThreadWriter, ValueTask> action,
        CancellationToken cancellationToken,
        Action? onLost = null
    )
    {
        var writer = await OpenAsync(call, codex, cancellationToken).ConfigureAwait(false);
        try
        {
            await action(writer).ConfigureAwait(false);
            codex.NoteStored(writer);
        }
        catch (ThreadStoreException e)
            when (e.Code is ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.OutcomeUnknown or ThreadStoreErrorCode.WriterLost)
        {
            if (writer.LostToken.IsCancellationRequested)
                onLost?.Invoke();
            Log.WriterReopened(logger, call.ThreadId);
            codex.NoteStored(writer);
            await call.DiscardAsync().ConfigureAwait(false);
            writer = await OpenAsync(call, codex, cancellationToken).ConfigureAwait(false);
            await action(writer).ConfigureAwait(false);
            codex.NoteStored(writer);
        }
    }

    // What is known of a thread that is open or announced; null for one that is only stored.
    async ValueTask<AnnouncedThread?> FindWrittenAsync(Call call, CancellationToken cancellationToken)
    {
        if (memory.Find(call.ThreadId) is { } known && (call.Writer is not null || known.Announced is not null))
            return known;
        await RequireAsync(call.ThreadId, cancellationToken).ConfigureAwait(false);
        return null;
    }

    async ValueTask RequireAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(threadId, cancellationToken).ConfigureAwait(false) is null)
            throw ThreadStoreException.NotFound(threadId);
    }

    async ValueTask<IThreadWriter> OpenAsync(Call call, AnnouncedThread codex, CancellationToken cancellationToken)
    {
        if (call.Writer is { LostToken.IsCancellationRequested: false } open)
            return open;
        var holder = await threads
            .NamingWriterAsync(
                call.ThreadId,
                () =>
                    call.Hold.OpenAsync(
                        _kind,
                        async () =>
                            new CodexHolder(
                                call.ThreadId,
                                await OpenNewAsync(call.ThreadId, codex, cancellationToken).ConfigureAwait(false),
                                memory,
                                options.Time.GetUtcNow()
                            ),
                        cancellationToken
                    )
            )
            .ConfigureAwait(false);
        memory.Set(call.ThreadId, codex); // it may have been closed in between, and then forgotten
        return holder.Writer;
    }

    async ValueTask<IThreadWriter> OpenNewAsync(ThreadId threadId, AnnouncedThread codex, CancellationToken cancellationToken)
    {
        Log.WriterOpened(logger, threadId);
        if (codex.Announced is null)
        {
            try
            {
                return await ResumeStoredAsync(threadId, cancellationToken).ConfigureAwait(false);
            }
            catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound)
            {
                // The server was started again after the announcement. To refuse would lose the items for good.
                Log.ThreadAssumed(logger, threadId);
            }
        }
        var meta = codex.Announced ?? CodexMeta.Assumed(threadId, options.Time.GetUtcNow());
        try
        {
            return await store
                .CreateAsync(new CreateRequest(threadId, (codex.Configured?.Complete(meta) ?? meta).ToItem()), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.AlreadyExists && codex.Announced is not null)
        {
            // A write whose outcome was unknown did store it.
            return await ResumeStoredAsync(threadId, cancellationToken).ConfigureAwait(false);
        }
    }

    ValueTask<IThreadWriter> ResumeStoredAsync(ThreadId threadId, CancellationToken cancellationToken) =>
        store.ResumeAsync(new ResumeRequest(threadId) { OnDamage = DamagedLog.AppendBehind }, cancellationToken);

    /// <summary>The time of a call at the gate of its thread.</summary>
    readonly struct Call(CodexMemory memory, ThreadHold hold) : IDisposable
    {
        public ThreadHold Hold => hold;

        public ThreadId ThreadId => hold.ThreadId;

        // That the server keeps for clients of Codex; another holder is none of theirs.
        public IThreadWriter? Writer => (hold.Holder as CodexHolder)?.Writer;

        // What was announced stays known.
        public ValueTask CloseAsync() => hold.Holder is CodexHolder ? hold.CloseAsync() : ValueTask.CompletedTask;

        public ValueTask DiscardAsync() => hold.CloseAsync(static writer => writer.DiscardAsync());

        public void Dispose()
        {
            var forgotten = memory.Leave(ThreadId, isOpen: Writer is not null);
            hold.Dispose();
            memory.Forget(forgotten);
        }
    }
}
