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
        using var counted = BeginChange(cancellationToken);
        return await UpdateCheckedAsync(threadId, patch, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        ChangeAsync(threadId, thread => ArchiveAsync(thread, archive: true), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        ChangeAsync(threadId, thread => ArchiveAsync(thread, archive: false), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> RevertAsync(ThreadId threadId, string beforeTurn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(beforeTurn);
        return await ChangeAsync(threadId, thread => RevertAsync(thread, beforeTurn, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var change = BeginChange(cancellationToken);
        NewLog.CheckId(request.ThreadId);
        var given = request.SessionMeta is { } meta ? NewLog.Check(request.ThreadId, meta, _options.MaxItemBytes) : null;
        await RefreshAsync(request.Source, cancellationToken).ConfigureAwait(false);
        await RefreshAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
        // Both gates in one order, so that no two forks wait for each other; the source is not deleted meanwhile.
        var inOrder = request.Source.CompareTo(request.ThreadId) < 0;
        using var first = await _home.EnterAsync(inOrder ? request.Source : request.ThreadId, cancellationToken).ConfigureAwait(false);
        using var second =
            request.Source == request.ThreadId
                ? default(LogHome.Entered?)
                : await _home.EnterAsync(inOrder ? request.ThreadId : request.Source, cancellationToken).ConfigureAwait(false);
        var (source, fork) =
            inOrder || second is null ? (first.Thread, second?.Thread ?? first.Thread) : (second.Value.Thread, first.Thread);
        CheckUsable(cancellationToken);
        return new ChangedThread(await ForkAsync(source, fork, request, given, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        using var change = BeginChange(cancellationToken);
        await LookAsync(cancellationToken).ConfigureAwait(false);
        using var entered = await _home.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        var thread = entered.Thread;
        await RefreshAsync(thread, cancellationToken).ConfigureAwait(false);
        CheckUsable(cancellationToken);
        IReadOnlyList<KnownLog> logs;
        DeletionReceipt receipt;
        lock (_home.Sync)
        {
            CheckDeletable(thread);
            logs = thread.Logs;
            receipt = new DeletionReceipt(threadId)
            {
                Rollouts = logs.Count,
                Bytes = logs.Sum(log => log.StoredBytes),
                Names = string.IsNullOrEmpty(thread.Log.Note.Name) ? 0 : 1,
            };
        }
        // The first one makes the thread: without it the others are parts of nothing.
        foreach (var log in logs)
            await RemoveAsync(log).ConfigureAwait(false);
        lock (_home.Sync)
        {
            foreach (var log in logs)
                _home.Remove(log.Id);
            thread.Logs = [];
        }
        return receipt;
    }

    /// <inheritdoc/>
    public async ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        using var counted = BeginChange(cancellationToken);
        await LookAsync(cancellationToken).ConfigureAwait(false);
        await RefreshAsync(threadId, cancellationToken).ConfigureAwait(false);
        lock (_home.Sync)
            CheckDeletable(_home.Find(threadId) ?? throw ThreadStoreException.NotFound(threadId));
    }

    /// <summary>Adds a thread that another store recorded, with its lines as they are, or replaces the one with the same id, whose writer
    /// then loses the right to write. For tools and tests: while it replaces, the thread is gone for a moment.</summary>
    /// <param name="threadId">The thread. A log that names no thread, or another, is a damaged log of this one.</param>
    /// <param name="lines">The lines without their line ends. The store may keep the memory.</param>
    /// <param name="name">The name beside the log, or null.</param>
    /// <param name="archivedAt">When the thread was archived, or null for an active one.</param>
    /// <param name="isTorn">Whether the last line was being written when its writer died.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    public async ValueTask PutAsync(
        ThreadId threadId,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        string? name = null,
        DateTimeOffset? archivedAt = null,
        bool isTorn = false,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(lines);
        using var change = BeginChange(cancellationToken);
        using var entered = await _home.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        var thread = entered.Thread;
        await RefreshAsync(thread, cancellationToken).ConfigureAwait(false);
        foreach (var old in thread.Logs)
            await RemoveAsync(old).ConfigureAwait(false);
        Forget(thread);
        var log = new KnownLog(threadId);
        await CreateLogAsync(thread, log, WithNote(lines, name, archivedAt, isTorn), Durability.Flushed).ConfigureAwait(false);
    }

    /// <summary>The lines of a log that was recorded elsewhere, with a note before them.</summary>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> WithNote(
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        string? name,
        DateTimeOffset? archivedAt,
        bool isTorn
    )
    {
        var note = new LogNote
        {
            Name = string.IsNullOrEmpty(name) ? null : name,
            ArchivedAtMs = archivedAt?.ToUnixTimeMilliseconds(),
            TornAt = isTorn ? lines.Count - 1 : null,
        };
        return [note.ToLine(), .. lines];
    }

    /// <summary>Replaces a thread of which another log was put into the place of its own; its writer loses the right to write.</summary>
    internal void Replace(ThreadId threadId, Action<List<ThreadId>> remove, Action put)
    {
        lock (_home.Sync)
        {
            List<ThreadId> logs = [threadId];
            if (_home.Find(threadId) is { } thread)
            {
                logs.AddRange(thread.Logs.Skip(1).Select(log => log.Id));
                Forget(thread);
            }
            else
                _home.ForgetWriter(threadId);
            remove(logs);
            put();
            _home.IsLoaded = false;
        }
    }

    void Forget(KnownThread thread)
    {
        lock (_home.Sync)
        {
            thread.Writer?.Lose();
            thread.Writer = null;
            foreach (var log in thread.Logs)
                _home.Remove(log.Id);
            thread.Logs = [];
        }
    }

    void CheckDeletable(KnownThread thread)
    {
        _ = thread.Log;
        thread.CheckNotWritten();
        var forks = _home
            .Stored.Where(other =>
                other.Id != thread.Id
                && other.Logs.Any(log => log.Facts.HistoryBase is { } shared && thread.Logs.Any(mine => mine.Id == shared.RolloutId))
            )
            .Select(other => other.Id)
            .ToList();
        if (forks.Count > 0)
            throw ThreadStoreException.Referenced(thread.Id, forks);
    }

    async ValueTask<ChangedThread> UpdateCheckedAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken)
    {
        patch = patch.Checked();
        if (!patch.IsEmpty)
            return await ChangeAsync(threadId, thread => PatchAsync(thread, patch), cancellationToken).ConfigureAwait(false);
        await RefreshAsync(threadId, cancellationToken).ConfigureAwait(false);
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
        using var counted = BeginChange(cancellationToken);
        if (!_home.IsLoaded)
            await LookAsync(cancellationToken).ConfigureAwait(false);
        using var entered = await _home.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        var thread = entered.Thread;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            await RefreshAsync(thread, cancellationToken).ConfigureAwait(false);
            CheckUsable(cancellationToken);
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
        }
        throw ThreadStoreException.HasWriter(threadId, new WriterOwner(null, null, null, null));
    }

    async ValueTask<bool> ArchiveAsync(KnownThread thread, bool archive)
    {
        var note = thread.Log.Note;
        if (note.ArchivedAtMs is not null == archive)
            return true;
        note = note with { ArchivedAtMs = archive ? Now.ToUnixTimeMilliseconds() : null };
        return await TryAppendAsync(thread.Log, [note.ToLine()], Durability.Flushed).ConfigureAwait(false);
    }

    /// <summary>Applies a checked patch. The caller holds the gate.</summary>
    internal async ValueTask<bool> PatchAsync(KnownThread thread, ThreadPatch patch)
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
            if (patch.Name.IsChange && note.Name != log.Note.Name)
                lines.Add(note.ToLine());
        }
        return lines.Count == 0 || await TryAppendAsync(log, lines, Durability.Flushed).ConfigureAwait(false);
    }

    async ValueTask<bool> RevertAsync(KnownThread thread, string beforeTurn, CancellationToken cancellationToken)
    {
        KnownLog log;
        LogLineage lineage;
        lock (_home.Sync)
        {
            thread.CheckActive();
            thread.CheckAppendable();
            (log, lineage) = (thread.Log, _home.LineageOf(thread));
        }
        if (log.HistoryMode == HistoryModes.Legacy)
        {
            var turns = await LogTurns.BuildAsync(_reading, lineage, log.HistoryMode, cancellationToken).ConfigureAwait(false);
            var index = turns.Count - 1;
            while (index >= 0 && turns[index].Id != beforeTurn)
                index--;
            if (index < 0)
                throw HistoryCut.NoSuchTurn();
            var marker = RolloutLine.ToArray(SessionMetaChanges.RolledBack(turns.Count - index), Now, null);
            return await TryAppendAsync(log, [.. AsideLines(log), marker], Durability.Flushed).ConfigureAwait(false);
        }
        var point = await LogTurns
            .LocateAsync(_reading, lineage, log.HistoryMode, ForkPoint.Before(beforeTurn), cancellationToken)
            .ConfigureAwait(false);
        NewItem head;
        lock (_home.Sync)
            head = SessionMetaChanges.ForRevert(log.Head, _home.Project(thread), point.Base);
        var next = new KnownLog(ThreadId.New(_options.Time));
        var note = new LogNote { Name = log.Note.Name, Continues = thread.Id };
        ReadOnlyMemory<byte>[] lines = [note.ToLine(), RolloutLine.ToArray(head, Now, point.Base.EndOrdinal)];
        await TryAppendAsync(next, lines, Durability.Flushed).ConfigureAwait(false);
        // With this the thread goes on in the new log; before it, that is a part of nothing.
        var goesOn = log.Note with
        {
            GoesOnIn = next.Id,
        };
        if (!await TryAppendAsync(log, [goesOn.ToLine()], Durability.Flushed).ConfigureAwait(false))
        {
            await RemoveAsync(next).ConfigureAwait(false);
            return false;
        }
        lock (_home.Sync)
        {
            _home.Add(next);
            thread.Logs = [.. thread.Logs, next];
        }
        return true;
    }

    async ValueTask<StoredThread> ForkAsync(
        KnownThread source,
        KnownThread fork,
        ForkRequest request,
        NewLog? given,
        CancellationToken cancellationToken
    )
    {
        KnownLog log;
        LogLineage lineage;
        StoredThread thread;
        lock (_home.Sync)
        {
            log = source.Log;
            source.CheckMode();
            _ = log.Head;
            (lineage, thread) = (_home.LineageOf(source), _home.Project(source));
            if (lineage.BrokenBecause is not null || !log.WholeTotals.IsWhole)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Corrupt,
                    $"The log of thread {source.Id} is damaged, so it cannot be forked."
                );
            fork.CheckNotWritten();
            if (_home.IsTaken(fork.Id))
                throw ThreadStoreException.AlreadyExists(fork.Id);
        }
        if (given is not null && given.HistoryMode != log.HistoryMode)
            throw ThreadStoreException.InvalidRequest("A fork has the history mode of its source.");
        var point = await LogTurns.LocateAsync(_reading, lineage, log.HistoryMode, request.Point, cancellationToken).ConfigureAwait(false);
        var isLegacy = log.HistoryMode == HistoryModes.Legacy;
        var head = new ForkHead(fork.Id, source.Id, Now, isLegacy ? null : point.Base);
        var item = request.SessionMeta is { } meta
            ? SessionMetaChanges.ForFork(meta, head)
            : SessionMetaChanges.ForFork(log.Head, thread, head);
        var now = Now;
        var lines = new List<ReadOnlyMemory<byte>>();
        if (thread.Name is { } name)
            lines.Add(new LogNote { Name = name }.ToLine());
        lines.Add(RolloutLine.ToArray(item, now, isLegacy ? null : point.Base.EndOrdinal));
        if (isLegacy)
        {
            await foreach (var old in _reading.ItemsAsync(log, 0, point.Items, 0, cancellationToken).ConfigureAwait(false))
            {
                if (log.Facts.IsBare && old.IsBare)
                    lines.AddRange(TodaysForm.Of(old, thread).Select(made => (ReadOnlyMemory<byte>)RolloutLine.ToArray(made, now, null)));
                else
                    lines.Add(old.Bytes);
            }
        }
        CheckUsable(cancellationToken);
        if (!await CreateLogAsync(fork, new KnownLog(fork.Id), lines, Durability.Flushed).ConfigureAwait(false))
            throw ThreadStoreException.AlreadyExists(fork.Id);
        lock (_home.Sync)
            return _home.Project(fork);
    }
}
