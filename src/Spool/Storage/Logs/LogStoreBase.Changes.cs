namespace Spool.Storage;

public abstract partial class LogStoreBase
{
    const int MostAttempts = 8;

    readonly Lock _life = new();
    Task? _disposal;

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        return await _calls.ChangeAsync(change => UpdateOnceAsync(threadId, patch, change), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ChangeAsync(
            change => ChangeAsync(threadId, thread => ArchiveAsync(thread, archive: true, change), change.Token),
            cancellationToken
        );

    /// <inheritdoc/>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        _calls.ChangeAsync(
            change => ChangeAsync(threadId, thread => ArchiveAsync(thread, archive: false, change), change.Token),
            cancellationToken
        );

    async ValueTask<ChangedThread> UpdateOnceAsync(ThreadId threadId, ThreadPatch patch, OngoingChange change)
    {
        patch = patch.Checked();
        if (!patch.IsEmpty)
            return await ChangeAsync(threadId, thread => PatchAsync(thread, patch, change), change.Token).ConfigureAwait(false);
        await RefreshAsync(threadId, change.Token).ConfigureAwait(false);
        lock (_home.Sync)
            return new ChangedThread(_home.Project(_home.Find(threadId) ?? throw ThreadStoreException.NotFound(threadId)));
    }

    // A change that comes too late, because another process appended, is made once more on what is there then.
    async ValueTask<ChangedThread> ChangeAsync(
        ThreadId threadId,
        Func<KnownThread, ValueTask<bool>> change,
        CancellationToken cancellationToken
    )
    {
        using var entered = await EnterRefreshedAsync(threadId, cancellationToken).ConfigureAwait(false);
        var thread = entered.Thread;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            lock (_home.Sync)
            {
                _ = thread.Log;
                thread.CheckNotWritten();
            }
            if (await change(thread).ConfigureAwait(false))
            {
                lock (_home.Sync)
                    return new ChangedThread(_home.Project(thread));
            }
            await RefreshAsync(thread, cancellationToken).ConfigureAwait(false);
        }
        throw ThreadStoreException.HasWriter(threadId, new WriterOwner(null, null, null, null));
    }

    async ValueTask<bool> ArchiveAsync(KnownThread thread, bool archive, OngoingChange change)
    {
        var note = thread.Log.Note;
        if (note.ArchivedAtMs is not null == archive)
            return true;
        note = note with { ArchivedAtMs = archive ? Now.ToUnixTimeMilliseconds() : null };
        change.Begin();
        return await TryAppendAsync(thread.Log, [note.ToLine()], Durability.Flushed).ConfigureAwait(false);
    }

    /// <summary>Applies a checked patch. The caller holds the gate.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="patch">The patch.</param>
    /// <param name="change">What may end it before it stores, or null.</param>
    internal async ValueTask<bool> PatchAsync(KnownThread thread, ThreadPatch patch, OngoingChange? change)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        var log = thread.Log;
        lock (_home.Sync)
        {
            var note = log.Note;
            if (patch.MemoryMode is not null || patch.ChangesGit)
            {
                if (log.Facts.IsBare)
                    throw TodaysForm.IsNeeded(thread.Id);
                if (SessionMetaChanges.ForPatch(log.Head, _home.Project(thread), patch) is { } item)
                {
                    thread.CheckAppendable();
                    lines.AddRange(AsideLines(log));
                    note = note with { IsSetAside = note.IsSetAside || log.EndsTorn };
                    lines.Add(RolloutLine.ToArray(item, Now, OrdinalIn(log)));
                }
            }
            if (patch.Name.IsChange)
                note = note with { Name = patch.Name.Apply(null) ?? "" };
            var isNone = note.Name is "" && _home.Project(thread).Name is null; // to clear a name that is none changes nothing
            if (patch.Name.IsChange && note.Name != log.Note.Name && !isNone)
                lines.Add(note.ToLine());
        }
        if (lines.Count == 0)
            return true;
        change?.Begin();
        return await TryAppendAsync(log, lines, Durability.Flushed).ConfigureAwait(false);
    }
}
