namespace Spool;

/// <summary>Opens threads for writing: new ones and stored ones. In every case the lock comes first, so that what is then seen stays
/// so.</summary>
sealed class WriterOpening(
    HomeLayout layout,
    IFileSystem files,
    LocalThreadStoreOptions options,
    LocalIndex index,
    WriterLocks locks,
    RecorderThreads threads,
    OpenWriters<LocalThreadWriter> open,
    Func<LocalThreadWriter, ThreadPatch, CancellationToken, ValueTask<ChangedThread>> update
)
{
    const int Attempts = 5;

    readonly OpenRollout _rollouts = new(files, layout, options.MaxLineBytes, options.Log);

    /// <summary>Begins a new thread.</summary>
    public async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, NewLog head, CancellationToken cancellationToken)
    {
        var held = await AcquireAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
        try
        {
            // A rollout of this thread carries its id in its name; those that do not are found when they are indexed.
            if (
                await index
                    .LookAtThreadAsync(
                        request.ThreadId,
                        isExpected: false,
                        connection => new RolloutTable(connection).IsTaken(request.ThreadId),
                        cancellationToken
                    )
                    .ConfigureAwait(false)
            )
                throw ThreadStoreException.AlreadyExists(request.ThreadId);
            var git = GitProbe.Start(
                options.RepositoryState == RepositoryState.FromWorkingFolder && head.Facts.GitInfo is null ? head.Facts.Cwd : null
            );
            var hasOrdinals = head.HistoryMode == HistoryModes.Paginated;
            var fresh = new NewRollout(
                files,
                layout,
                NewRollout.PathOf(request.ThreadId, options.Time.GetLocalNow()),
                request.SessionMeta,
                hasOrdinals ? head.Ordinal : null,
                git
            );
            return Writer(
                held,
                head.HistoryMode,
                fresh,
                null,
                new AppendQueue(request.ThreadId, head.Ordinal + 1, head.Ordinal + 1, hasOrdinals, options.MaxQueuedBytes)
            );
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens a stored thread.</summary>
    public async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken)
    {
        var held = await AcquireAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var row =
                    await index
                        .LookAtThreadAsync(
                            request.ThreadId,
                            isExpected: true,
                            connection => RowOf(connection, request.ThreadId),
                            cancellationToken
                        )
                        .ConfigureAwait(false)
                    ?? throw index.Missing(request.ThreadId);
                Check(row, request);
                if (await Task.Run(() => TryOpen(row), cancellationToken).ConfigureAwait(false) is { } file)
                {
                    var mode = row.Scan.Facts.HistoryMode ?? HistoryModes.Legacy;
                    var firstAppended = (row.Scan.Facts.HistoryBase?.EndOrdinal ?? 0) + 1;
                    return Writer(
                        held,
                        mode,
                        null,
                        file,
                        new AppendQueue(
                            request.ThreadId,
                            row.Scan.Totals.AppendOrdinal,
                            firstAppended,
                            mode == HistoryModes.Paginated,
                            options.MaxQueuedBytes
                        )
                    );
                }
            }
            throw UnlockedWriter.Error(request.ThreadId);
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            held.Dispose();
            throw DiskErrors.Translate(e);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    // Not even a lock is written into a folder whose home is gone.
    async Task<WriterLock> AcquireAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        await index.RequireHomeAsync(cancellationToken).ConfigureAwait(false);
        return await locks.AcquireAsync(threadId, cancellationToken).ConfigureAwait(false);
    }

    LocalThreadWriter Writer(WriterLock held, string historyMode, NewRollout? fresh, RolloutFile? file, AppendQueue queue)
    {
        var recorder = new RolloutRecorder(threads, options, index.NoteWritten, fresh, file, queue);
        try
        {
            return open.Add(new LocalThreadWriter(held, historyMode, recorder, options, update, open.Remove));
        }
        catch (ObjectDisposedException)
        {
            file?.Dispose();
            throw;
        }
    }

    // The row of a thread, with the state in which the thread is listed.
    static RolloutRow? RowOf(IndexConnection connection, ThreadId threadId) =>
        connection.Read(() =>
            new ThreadListing(connection).Find(threadId) is { } listed && new RolloutTable(connection).FindThread(threadId) is { } row
                ? row with
                {
                    State = listed.State,
                    StateReason = listed.StateReason,
                }
                : null
        );

    static void Check(RolloutRow row, ResumeRequest request)
    {
        if (row.IsArchived)
            throw new ThreadStoreException(ThreadStoreErrorCode.Archived, $"Thread {request.ThreadId} is archived; unarchive it first.");
        if (row.IsOldForm)
            throw TodaysForm.IsNeeded(request.ThreadId);
        switch (row.State)
        {
            case ThreadCondition.UnknownFormat:
            case ThreadCondition.Duplicate:
            case ThreadCondition.Superseded:
                throw new ThreadStoreException(
                    ThreadStoreErrorCode.Unsupported,
                    $"Thread {request.ThreadId} cannot be written. {row.StateReason}"
                );
            case ThreadCondition.Unreadable:
            case ThreadCondition.BrokenLineage:
            case ThreadCondition.Damaged when request.OnDamage == DamagedLog.Refuse || row.Scan.Facts.Id is null:
                throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, $"Thread {request.ThreadId} is damaged. {row.StateReason}");
        }
    }

    // Null when the file is not what the index says: it has to be looked at again.
    RolloutFile? TryOpen(RolloutRow row)
    {
        if (RolloutFileName.IsCompressed(row.Name))
        {
            var plain = _rollouts.Uncompress(row.Path);
            index.NoteWritten(row.Path);
            index.NoteWritten(plain);
            return null;
        }
        if (files.Stamp(layout.Absolute(row.Path)) is not { } stamp || stamp != row.Stamp)
            return null;
        var (file, wholeLength) = _rollouts.Open(row.Path);
        index.NoteWritten(row.Path); // its end may have been mended
        if (wholeLength == row.Scan.Length)
            return file;
        file.Dispose();
        return null;
    }
}
