namespace Spool;

/// <summary>What changes of threads work with.</summary>
/// <param name="Layout">The home.</param>
/// <param name="Files">The disk.</param>
/// <param name="Locks">The locks of the home.</param>
/// <param name="Index">The index.</param>
/// <param name="Options">How the store works.</param>
/// <param name="Settings">What the settings of the home say.</param>
sealed record ChangeTools(
    HomeLayout Layout,
    IFileSystem Files,
    WriterLocks Locks,
    LocalIndex Index,
    LocalThreadStoreOptions Options,
    CodexSettings Settings
)
{
    /// <summary>Gets Codex's own rows.</summary>
    public CodexStateWriter Codex => new(Settings.Databases(), Options.CodexPatience);

    /// <summary>Gives the warnings for what became of an edit of Codex's row; none when all is well.</summary>
    public IReadOnlyList<string> WarningsOf(CodexRowState state) => CodexWarnings.Of(state, Settings.Databases());

    /// <summary>Gets everything that Codex's databases hold of threads.</summary>
    public CodexRowRemoval CodexRowRemoval => new(Settings.Databases(), Options.CodexPatience);

    /// <summary>Gets the list of names.</summary>
    public SessionIndexWriter Names => new(Layout, Files, Options.Time, Options.CodexPatience);

    /// <summary>Gets the prompts that Codex offers again.</summary>
    public PromptHistory Prompts => new(Layout, Options.CodexPatience);

    /// <summary>Finds the files of a thread as they are on the disk now.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: there is no such thread.</exception>
    public async ValueTask<ThreadFiles> FindAsync(ThreadId threadId, CancellationToken cancellationToken) =>
        await Index
            .LookAtThreadAsync(threadId, isExpected: true, connection => ThreadFiles.Find(connection, threadId), cancellationToken)
            .ConfigureAwait(false)
        ?? throw Index.Missing(threadId);

    /// <summary>Finds the files of a thread as they are on the disk now, and asks about them in the same state of the index.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="question">Is asked on the connection; runs inside a read.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: there is no such thread.</exception>
    public async ValueTask<(ThreadFiles Files, T Answer)> AskAsync<T>(
        ThreadId threadId,
        Func<IndexConnection, ThreadFiles, T> question,
        CancellationToken cancellationToken
    ) =>
        await Index
            .LookAtThreadAsync(
                threadId,
                isExpected: true,
                connection =>
                    connection.Read(() =>
                        ThreadFiles.Find(connection, threadId) is { } files ? (files, question(connection, files)) : ((ThreadFiles, T)?)null
                    ),
                cancellationToken
            )
            .ConfigureAwait(false)
        ?? throw Index.Missing(threadId);

    /// <summary>Takes the right to write a thread, and then finds its files: they do not change until the lock is released.</summary>
    /// <remarks>For a thread that does not exist nothing is written, not even a lock file.</remarks>
    public async ValueTask<LockedThread> LockAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        var known =
            await Index.LookUpAsync(connection => ThreadFiles.Find(connection, threadId), cancellationToken).ConfigureAwait(false)
            ?? await FindAsync(threadId, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            // Several rollouts may say that they are one thread: its lock protects them all.
            var claimed = known.Current.ClaimedThread;
            var held = await Locks.AcquireAsync(claimed, cancellationToken).ConfigureAwait(false);
            try
            {
                known = await FindAsync(threadId, cancellationToken).ConfigureAwait(false);
                if (known.Current.ClaimedThread == claimed)
                    return new LockedThread(held, known);
            }
            catch
            {
                held.Dispose();
                throw;
            }
            held.Dispose();
        }
    }

    /// <summary>Takes over in the index what a change did, and gives the thread as every list shows it now.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="paths">Every path of the home that was changed, the old and the new ones.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.OutcomeUnknown"/>: the change is made, and what the thread is
    /// now cannot be read.</exception>
    public async ValueTask<StoredThread> RefreshAsync(ThreadId threadId, IReadOnlyCollection<string> paths)
    {
        try
        {
            return await Index
                    .RefreshAsync(
                        threadId,
                        paths,
                        isExpected: true,
                        connection => new ThreadListing(connection).Find(threadId),
                        CancellationToken.None
                    )
                    .ConfigureAwait(false)
                ?? throw ThreadStoreException.OutcomeUnknown($"Another program moved or deleted thread {threadId} meanwhile.");
        }
        catch (ThreadStoreException e) when (e.Code != ThreadStoreErrorCode.OutcomeUnknown)
        {
            throw ThreadStoreException.OutcomeUnknown($"Thread {threadId} was changed, but what it is now cannot be read. {e.Message}", e);
        }
    }

    /// <summary>Runs work on the disk away from the caller, and translates what the disk refuses.</summary>
    public static Task<T> OnDiskAsync<T>(Func<T> work) =>
        Task.Run(() =>
        {
            try
            {
                return work();
            }
            catch (Exception e) when (DiskErrors.IsFromDisk(e))
            {
                throw DiskErrors.Translate(e);
            }
        });
}

/// <summary>A thread whose lock is held.</summary>
/// <param name="Lock">The lock.</param>
/// <param name="Files">Its files.</param>
sealed record LockedThread(WriterLock Lock, ThreadFiles Files) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Lock.Dispose();
}
