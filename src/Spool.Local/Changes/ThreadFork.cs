using System.Buffers;

namespace Spool;

/// <summary>Makes a fork: a new rollout that refers to its source, or for a legacy thread holds a copy of its lines.</summary>
/// <remarks>
/// The source needs no lock: what is forked is stored already and never changes. If we die
/// 1. before the rename: an unfinished file is left, which no program takes for a rollout. The next holder of the fork's lock removes it.
/// 2. before the rename, but after the name of its source was handed on: the list of names has a name for a thread that is not there, which
/// says nothing to a reader.
/// 3. after the rename: the fork is stored, whole, with its name; Codex may not list it before it resumed it.
/// Between the last look at the source and the rename the lock of the home is held, and deletion holds it while it looks for references: so
/// a source is never deleted under a fork that refers to it.
/// </remarks>
sealed class ThreadFork(ChangeTools tools)
{
    const int CopyBytes = 256 * 1024;

    /// <summary>Makes a fork.</summary>
    public async ValueTask<ChangedThread> ForkAsync(ForkRequest request, OngoingChange change)
    {
        var cancellationToken = change.Token;
        NewLog.CheckId(request.ThreadId);
        var given = request.SessionMeta is { } head ? NewLog.Check(request.ThreadId, head, tools.Options.MaxItemBytes!.Value) : null;
        var source = await new PlainLineage(tools).MakeAsync(request.Source, RequireWholeAsync, cancellationToken).ConfigureAwait(false);
        using var held = await tools.Locks.AcquireAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
        // What an attempt that could not even clean up left.
        await Task.Run(
                () => UnfinishedFiles.Remove(tools.Layout, tools.Files, new HashSet<ThreadId> { request.ThreadId }),
                cancellationToken
            )
            .ConfigureAwait(false);
        if (
            await tools
                .Index.LookAtThreadAsync(
                    request.ThreadId,
                    isExpected: false,
                    connection => new RolloutTable(connection).IsTaken(request.ThreadId),
                    cancellationToken
                )
                .ConfigureAwait(false)
        )
            throw IsStored(request.ThreadId);
        cancellationToken.ThrowIfCancellationRequested();
        var path = await MovingRollouts
            .ReadAsync(async () =>
            {
                // Whatever was moved or replaced since it was looked up is looked up again, all of it at one moment.
                (source, var place) = await tools
                    .AskAsync(
                        request.Source,
                        (connection, files) => new HistoryPoints(connection, files.Lineage).Find(request.Point),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                var point = await ChangeTools.OnDiskAsync(() => place.Read(tools.Layout, tools.Options)).ConfigureAwait(false);
                await RequireWholeAsync(source).ConfigureAwait(false);
                if (given is not null && given.HistoryMode != source.Thread.HistoryMode)
                    throw ThreadStoreException.InvalidRequest(
                        "A fork is recorded in the same way as its source; give it the same history mode."
                    );
                return source.Thread.HistoryMode == HistoryModes.Paginated
                    ? await ReferAsync(source, point, request, change).ConfigureAwait(false)
                    : await CopyAsync(source, point, request, change).ConfigureAwait(false);
            })
            .ConfigureAwait(false);
        var fork = await tools.RefreshAsync(request.ThreadId, [path]).ConfigureAwait(false);
        var warnings = await Task.Run(() => ShowToCodex(fork with { Name = source.Thread.Name }, path)).ConfigureAwait(false);
        return new ChangedThread(await tools.RefreshAsync(fork.Id, [path]).ConfigureAwait(false)) { Warnings = warnings };
    }

    // While the fork is still being written, so that it never stands without the name, and nothing is left of it when the list cannot be
    // changed.
    void HandOnName(ThreadFiles source, ThreadId fork)
    {
        if (source.Thread.Name is { } name)
            tools.Names.Append(fork, name);
    }

    // A legacy fork is found by its messages, and its name in the list of names.
    IReadOnlyList<string> ShowToCodex(StoredThread fork, string path)
    {
        if (fork.HistoryMode != HistoryModes.Paginated)
            return [];
        using var edit = tools.Codex.Begin(fork.Id);
        new CodexRowCompletion(tools).Complete(edit, fork, path, ownMessage: null);
        edit.Commit();
        return tools.WarningsOf(edit.State);
    }

    async ValueTask<string> ReferAsync(ThreadFiles source, HistoryPoint point, ForkRequest request, OngoingChange change)
    {
        LineageResolver.CheckRoom(request.Source, point.Segment + 1);
        var line = await ChangeTools.OnDiskAsync(() => HeadLine(source, request, point.ToBase())).ConfigureAwait(false);
        var rollout = new UnpublishedRollout(tools, NewRollout.PathOf(request.ThreadId, tools.Options.Time.GetLocalNow()));
        return await ChangeTools
            .OnDiskAsync(() =>
            {
                rollout.Write(file =>
                {
                    file.Append(line);
                    change.Begin();
                    HandOnName(source, request.ThreadId);
                });
                using (tools.Locks.AcquireHome())
                {
                    // Archiving moves a rollout and leaves it usable; only when none is left is there nothing to refer to.
                    if (tools.Files.Stamp(tools.Layout.Absolute(point.Row.Path)) is null && !IsStillThere(point.Row))
                    {
                        rollout.Withdraw();
                        throw ThreadStoreException.NotFound(request.Source);
                    }
                    rollout.GiveName();
                }
                return rollout.KeepName();
            })
            .ConfigureAwait(false);
    }

    async ValueTask<string> CopyAsync(ThreadFiles source, HistoryPoint point, ForkRequest request, OngoingChange change)
    {
        return await ChangeTools
            .OnDiskAsync(() =>
            {
                var line = HeadLine(source, request, null);
                var rollout = new UnpublishedRollout(tools, NewRollout.PathOf(request.ThreadId, tools.Options.Time.GetLocalNow()));
                rollout.Write(file =>
                {
                    file.Append(line);
                    for (var i = 0; i <= point.Segment; i++)
                    {
                        var end = i == point.Segment ? point.Offset : source.Lineage.Segments[i].End;
                        if (source.Current.IsOldForm)
                            CopyInTodaysForm(source, source.Lineage.Segments[i], end, file, change.Token);
                        else
                            CopyLines(source.Lineage.Segments[i], end, file, change.Token);
                    }
                    change.Begin();
                    HandOnName(source, request.ThreadId);
                });
                using (tools.Locks.AcquireHome())
                    rollout.GiveName();
                return rollout.KeepName();
            })
            .ConfigureAwait(false);
    }

    void CopyLines(LogSegment segment, long end, IWritableFile target, CancellationToken cancellationToken)
    {
        using var source = ServedRolloutSource.Open(tools.Layout.Absolute(segment.Path), segment.File);
        using var memory = MemoryPool<byte>.Shared.Rent(CopyBytes);
        var buffer = memory.Memory.Span;
        var last = (byte)'\n';
        for (long offset = 0; offset < end; )
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = source.Read(buffer[..(int)Math.Min(buffer.Length, end - offset)], offset);
            if (read == 0)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Corrupt,
                    source.Problem ?? "The source's log became shorter while it was copied."
                );
            target.Append(buffer[..read]);
            offset += read;
            last = buffer[read - 1];
        }
        if (last != '\n')
            target.Append("\n"u8);
    }

    void CopyInTodaysForm(ThreadFiles thread, LogSegment segment, long end, IWritableFile target, CancellationToken cancellationToken)
    {
        using var source = ServedRolloutSource.Open(tools.Layout.Absolute(segment.Path), segment.File);
        var reader = new LogReader(source, 0, end, tools.Options.MaxLineBytes, LineMemory.Kept);
        while (reader.TryRead(out var line))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.IsBlank)
                continue;
            var item = new RolloutItem(line.Bytes, 0, line.Length);
            if (item.Length != item.Bytes.Length)
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.TooLarge,
                    $"Thread {thread.Thread.Id} has a record above the size limit, so it cannot be forked."
                );
            if (!item.IsBare)
                target.Append([.. item.Bytes.Span, (byte)'\n']);
            else
            {
                foreach (var made in TodaysForm.Of(item, thread.Thread))
                    target.Append([.. RolloutLine.ToArray(made, DateTimeOffset.UnixEpoch, null), (byte)'\n']);
            }
        }
    }

    byte[] HeadLine(ThreadFiles source, ForkRequest request, HistoryBase? history)
    {
        var now = tools.Options.Time.GetUtcNow();
        var fork = new ForkHead(request.ThreadId, source.Thread.Id, now, history);
        var item = request.SessionMeta is { } given
            ? SessionMetaChanges.ForFork(given, fork)
            : SessionMetaChanges.ForFork(RolloutGlance.Read(tools.Layout, source.Current, tools.Options.MaxLineBytes), source.Thread, fork);
        return [.. RolloutLine.ToArray(item, now, history?.EndOrdinal), (byte)'\n'];
    }

    bool IsStillThere(RolloutRow row) => RolloutPlaces.Of(row).Any(path => tools.Files.Stamp(tools.Layout.Absolute(path)) is not null);

    async ValueTask RequireWholeAsync(ThreadFiles source)
    {
        // Of a rollout that may not be opened it is not known whether it is damaged.
        if (source.Current.Stamp.IsNone)
            (
                await ChangeTools
                    .OnDiskAsync(() => ServedRolloutSource.Open(tools.Layout.Absolute(source.Current.Path)))
                    .ConfigureAwait(false)
            ).Dispose();
        if (source.Thread.HistoryMode is not (HistoryModes.Legacy or HistoryModes.Paginated))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {source.Thread.Id} is recorded in a way that this version does not know, so it cannot be forked."
            );
        // What a spare rollout is listed as, duplicate or superseded, says nothing of its log.
        if (
            (
                source.Current.State is ThreadCondition.Damaged or ThreadCondition.Unreadable
                    ? source.Current.StateReason
                    : source.Lineage.Problem
            ) is
            { } damage
        )
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Corrupt,
                $"Thread {source.Thread.Id} is damaged and cannot be forked: {damage}"
            );
    }

    static ThreadStoreException IsStored(ThreadId threadId) =>
        new(ThreadStoreErrorCode.AlreadyExists, $"There is a thread {threadId} already; choose another id for the fork.");
}
