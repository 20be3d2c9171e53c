namespace Spool.Storage;

public abstract partial class LogStoreBase
{
    /// <inheritdoc/>
    public async ValueTask<ChangedThread> RevertAsync(ThreadId threadId, string beforeTurn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(beforeTurn);
        return await _calls
            .ChangeAsync(
                change => ChangeAsync(threadId, thread => RevertAsync(thread, beforeTurn, change), change.Token),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await _calls.ChangeAsync(change => ForkOnceAsync(request, change), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<ChangedThread> ForkOnceAsync(ForkRequest request, OngoingChange change)
    {
        NewLog.CheckId(request.ThreadId);
        var given = request.SessionMeta is { } meta ? NewLog.Check(request.ThreadId, meta, _options.MaxItemBytes) : null;
        await RefreshAsync(request.Source, change.Token).ConfigureAwait(false);
        await RefreshAsync(request.ThreadId, change.Token).ConfigureAwait(false);
        // Both gates in one order, so that no two forks wait for each other; the source is not deleted meanwhile.
        var inOrder = request.Source.CompareTo(request.ThreadId) < 0;
        using var first = await _home.EnterAsync(inOrder ? request.Source : request.ThreadId, change.Token).ConfigureAwait(false);
        using var second =
            request.Source == request.ThreadId
                ? default(LogHome.Entered?)
                : await _home.EnterAsync(inOrder ? request.ThreadId : request.Source, change.Token).ConfigureAwait(false);
        var (source, fork) =
            inOrder || second is null ? (first.Thread, second?.Thread ?? first.Thread) : (second.Value.Thread, first.Thread);
        return new ChangedThread(await ForkAsync(source, fork, request, given, change).ConfigureAwait(false));
    }

    async ValueTask<bool> RevertAsync(KnownThread thread, string beforeTurn, OngoingChange change)
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
            var turns = await LogTurns.BuildAsync(_reading, lineage, log.HistoryMode, change.Token).ConfigureAwait(false);
            var index = turns.Count - 1;
            while (index >= 0 && turns[index].Id != beforeTurn)
                index--;
            if (index < 0)
                throw HistoryCut.NoSuchTurn();
            var marker = RolloutLine.ToArray(SessionMetaChanges.RolledBack(turns.Count - index), Now, null);
            change.Begin();
            return await TryAppendAsync(log, [.. AsideLines(log), marker], Durability.Flushed).ConfigureAwait(false);
        }
        var point = await LogTurns
            .LocateAsync(_reading, lineage, log.HistoryMode, ForkPoint.Before(beforeTurn), change.Token)
            .ConfigureAwait(false);
        var next = new KnownLog(ThreadId.New(_options.Time), thread.Id);
        NewItem head;
        List<KnownLog> left;
        change.Begin();
        lock (_home.Sync)
        {
            head = SessionMetaChanges.ForRevert(log.Head, _home.Project(thread), point.Base);
            left = _home.LeftOf(thread);
            _home.Add(next); // before it is stored, so that whatever comes upon it knows whose it is
        }
        var note = new LogNote { Name = log.Note.Name, Continues = thread.Id };
        ReadOnlyMemory<byte>[] lines = [note.ToLine(), RolloutLine.ToArray(head, Now, point.Base.EndOrdinal)];
        if (!await TryAppendAsync(next, lines, Durability.Flushed).ConfigureAwait(false))
        {
            lock (_home.Sync)
                _home.Remove(next.Id);
            return false; // the id is taken
        }
        // With this the thread goes on in the new log; before it, that is a part of nothing.
        var goesOn = log.Note with
        {
            GoesOnIn = next.Id,
        };
        if (!await TryAppendAsync(log, [goesOn.ToLine()], Durability.Flushed).ConfigureAwait(false))
        {
            await TryRemoveLeftAsync([next]).ConfigureAwait(false);
            return false;
        }
        lock (_home.Sync)
            thread.Logs = [.. thread.Logs, next];
        // A revert that made one of these, and is still under way in another process, is refused from here on.
        await TryRemoveLeftAsync(left).ConfigureAwait(false);
        return true;
    }

    async ValueTask<StoredThread> ForkAsync(KnownThread source, KnownThread fork, ForkRequest request, NewLog? given, OngoingChange change)
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
        var point = await LogTurns.LocateAsync(_reading, lineage, log.HistoryMode, request.Point, change.Token).ConfigureAwait(false);
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
            await foreach (var old in _reading.ItemsAsync(log, 0, point.Items, 0, change.Token).ConfigureAwait(false))
            {
                if (log.Facts.IsBare && old.IsBare)
                    lines.AddRange(TodaysForm.Of(old, thread).Select(made => (ReadOnlyMemory<byte>)RolloutLine.ToArray(made, now, null)));
                else
                    lines.Add(old.Bytes);
            }
        }
        change.Begin();
        if (!await CreateLogAsync(fork, new KnownLog(fork.Id, fork.Id), lines, Durability.Flushed).ConfigureAwait(false))
            throw ThreadStoreException.AlreadyExists(fork.Id);
        lock (_home.Sync)
            return _home.Project(fork);
    }
}
