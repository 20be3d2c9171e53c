namespace Spool;

/// <summary>The locks of a home that give one program at a time the right to write a thread. Codex takes the same ones.</summary>
/// <remarks>
/// A thread's lock is <c>thread-writer-locks/ID.lock</c>, held for the life of the writer. The lock of all lock files,
/// <c>.coordination.lock</c>, is held only while one of them is made or removed. The holder of the latter takes and releases the former
/// through it (<see cref="HomeLock.Acquire"/>, <see cref="HomeLock.Release"/>): <see cref="Acquire"/> and <see cref="WriterLock.Dispose"/>
/// take it themselves and would wait for their own caller. Writers that end at the same time give their locks back under one hold of it: to
/// take it costs more than to remove a file.
/// </remarks>
/// <param name="layout">Where the locks are.</param>
/// <param name="presence">Makes the home.</param>
/// <param name="files">Makes their folder.</param>
/// <param name="options">Says who takes them.</param>
/// <param name="longestWait">How long to wait for another program, or null for the usual time.</param>
#pragma warning disable CA1001 // the semaphore has no handle, and a writer may give its lock back after its store was disposed
sealed class WriterLocks(
    HomeLayout layout,
    HomePresence presence,
    IFileSystem files,
    LocalThreadStoreOptions options,
    TimeSpan? longestWait = null
)
#pragma warning restore CA1001
{
    const string Suffix = ".lock";
    const string CoordinationName = ".coordination" + Suffix;
    const int MostAtOnce = 64; // locks that are released under one hold, which lasts a few milliseconds then

    static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LongestWaitToRelease = TimeSpan.FromSeconds(1);

    readonly PrivateFiles _lockFiles = new(layout.Home);
    readonly Lock _gate = new();
    readonly SemaphoreSlim _turn = new(1, 1); // of those in this process, which would be in each other's way
    bool _isKept; // whether another program kept the lock of all lock files from the last one who asked; used by the call that has the turn
    List<LockFile>? _leaving; // those that will be released together, while others may join them
    Task _released = Task.CompletedTask;
    bool _isLocal;
    bool _isCleared;

    string Folder => layout.Absolute("thread-writer-locks");

    /// <summary>Gets how many times the lock of all lock files was taken.</summary>
    internal int Holds { get; private set; }

    /// <summary>Takes the lock of a thread.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.HasWriter"/> with the owner: it is taken;
    /// <see cref="ThreadStoreErrorCode.Unavailable"/> or <see cref="ThreadStoreErrorCode.ResourceExhausted"/>: the home cannot be written;
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>: the home is on a network file system and the options do not allow that.</exception>
    public WriterLock Acquire(ThreadId threadId)
    {
        using var home = AcquireHome();
        return home.Acquire(threadId);
    }

    /// <summary>Takes the lock of a thread, and keeps no thread of the process waiting for others of it.</summary>
    /// <exception cref="ThreadStoreException">As <see cref="Acquire"/>.</exception>
    public async Task<WriterLock> AcquireAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        using var home = await AcquireHomeAsync(cancellationToken).ConfigureAwait(false);
        return home.Acquire(threadId);
    }

    /// <summary>Takes the lock of all lock files for a short piece of work that touches several threads, and waits for it.</summary>
    /// <exception cref="ThreadStoreException">As <see cref="Acquire"/>; <see cref="ThreadStoreErrorCode.Unavailable"/> also when another
    /// program holds it for seconds.</exception>
    public HomeLock AcquireHome()
    {
        var asked = TimeProvider.System.GetTimestamp();
        _turn.Wait();
        return AcquireInTurn(asked);
    }

    /// <summary>Takes the lock of all lock files, as <see cref="AcquireHome"/> does.</summary>
    public async Task<HomeLock> AcquireHomeAsync(CancellationToken cancellationToken)
    {
        var asked = TimeProvider.System.GetTimestamp();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => AcquireInTurn(asked), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Takes a lock while the lock of all lock files is held.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="cleared">How long the lock files were that have just been cleared, because they were not locked.</param>
    internal WriterLock Take(ThreadId threadId, IReadOnlyDictionary<ThreadId, long> cleared)
    {
        var path = Path.Combine(Folder, threadId + Suffix);
        try
        {
            var file = LockFile.TryTake(path, _lockFiles) ?? throw ThreadStoreException.HasWriter(threadId, LockOwner.Of(path));
            var left = file.LeftBytes;
            if (left is not null)
                UnfinishedFiles.Remove(layout, files, new HashSet<ThreadId> { threadId });
            try
            {
                file.Write(LockOwner.Describe(options.Program, options.Time.GetUtcNow()));
            }
            catch (Exception e) when (DiskErrors.IsFromDisk(e))
            {
                // A full disk has no place for a name. The lock holds all the same; a program that is refused learns the process from the
                // system.
            }
            return new WriterLock(this, threadId, file)
            {
                LeftBytes = left ?? (cleared.TryGetValue(threadId, out var bytes) ? bytes : null),
            };
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            DiskErrors.NotePlace(e, layout, path);
            throw DiskErrors.Translate(e);
        }
    }

    /// <summary>Releases a lock. When the lock of all lock files cannot be had soon the file stays, and is recognised as stale.</summary>
    internal void Release(LockFile file)
    {
        var asked = TimeProvider.System.GetTimestamp();
        _turn.Wait();
        ReleaseInTurn([file], asked);
    }

    /// <summary>Releases a lock, together with others that are released at the same time.</summary>
    internal Task ReleaseAsync(LockFile file)
    {
        lock (_gate)
        {
            if (_leaving is { Count: < MostAtOnce } others)
                others.Add(file);
            else
                _released = ReleaseLeavingAsync(_leaving = [file]);
            return _released;
        }
    }

    async Task ReleaseLeavingAsync(List<LockFile> files)
    {
        await Task.Yield(); // those that are about to end as well join
        var asked = TimeProvider.System.GetTimestamp();
        await _turn.WaitAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (_leaving == files)
                _leaving = null;
        }
        ReleaseInTurn(files, asked);
    }

    // Gives the turn back.
    void ReleaseInTurn(List<LockFile> files, long asked)
    {
        Coordination? coordination = null;
        try
        {
            coordination = Directory.Exists(Folder) ? TakeInTurn(asked, LongestWaitToRelease) : null;
            if (coordination is not null)
                files.ForEach(file => file.Remove());
        }
        catch (Exception e) when (DiskErrors.IsFromDisk(e))
        {
            // The home is gone or cannot be written; then there is nothing to remove.
        }
        finally
        {
            files.ForEach(file => file.Dispose());
            if (coordination is null)
                _turn.Release();
            coordination?.Dispose();
        }
    }

    void CheckNetwork()
    {
        if (_isLocal || options.NetworkHome == NetworkHome.Allow)
            return;
        if (files.IsOnNetwork(layout.Home))
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                "The home is on a network file system, where two machines may write a thread at once; use one on a local disk, or allow it in the options."
            );
        _isLocal = true;
    }

    // Gives the turn back with the lock, or when there is none.
    HomeLock AcquireInTurn(long asked)
    {
        Coordination? coordination = null;
        try
        {
            CheckNetwork();
            presence.MakeHome(_lockFiles);
            files.CreateFolder(Folder);
            coordination =
                TakeInTurn(asked, longestWait ?? UsualWait)
                ?? throw new ThreadStoreException(
                    ThreadStoreErrorCode.Unavailable,
                    "Another program keeps the lock files of the home; end it and try again."
                );
            return new HomeLock(this, coordination, RemoveStaleOnce());
        }
        catch (Exception e)
        {
            if (coordination is null)
                _turn.Release();
            coordination?.Dispose();
            if (!DiskErrors.IsFromDisk(e))
                throw;
            DiskErrors.NotePlace(e, layout, Path.Combine(Folder, CoordinationName));
            throw DiskErrors.Translate(e);
        }
    }

    // It is held for microseconds. A call that waits for another program asks again and again, so that one that hangs while it holds it
    // makes no other hang. Those of this process go one after the other, and do not count each other's time; where another program keeps
    // the lock, the time of every call runs.
    Coordination? TakeInTurn(long asked, TimeSpan longest)
    {
        var started = _isKept ? asked : TimeProvider.System.GetTimestamp();
        var path = Path.Combine(Folder, CoordinationName);
        using var pause = new ManualResetEventSlim();
        LockFile? taken;
        while ((taken = LockFile.TryTake(path, _lockFiles)) is null && TimeProvider.System.GetElapsedTime(started) <= longest)
            pause.Wait(1);
        _isKept = taken is null;
        Holds++;
        return taken is null ? null : new Coordination(taken, _turn);
    }

    // A lock file whose lock can be taken was left behind by a process that died. Codex clears them as well, at the same moment of its
    // life.
    Dictionary<ThreadId, long> RemoveStaleOnce()
    {
        lock (_gate)
        {
            if (_isCleared)
                return [];
            _isCleared = true;
        }
        var stale = new List<LockFile>();
        var threads = new Dictionary<ThreadId, long>();
        foreach (var path in Directory.GetFiles(Folder, "*" + Suffix))
        {
            if (Path.GetFileName(path) == CoordinationName || TryTakeStale(path) is not { } file)
                continue;
            stale.Add(file);
            if (ThreadId.TryParse(Path.GetFileNameWithoutExtension(path), out var threadId))
                threads[threadId] = file.LeftBytes ?? 0;
        }
        UnfinishedFiles.Remove(layout, files, threads.Keys.ToHashSet());
        stale.ForEach(file => file.Remove());
        return threads;
    }

    // One that belongs to another user, or is no file, is in the way of its own thread only.
    LockFile? TryTakeStale(string path)
    {
        try
        {
            return LockFile.TryTake(path, _lockFiles);
        }
        catch (Exception e) when (DiskErrors.IsOfFile(e))
        {
            return null;
        }
    }
}

/// <summary>The lock of all lock files, and the turn in this process. Disposing gives back both.</summary>
sealed class Coordination(LockFile file, SemaphoreSlim turn) : IDisposable
{
    int _isReleased;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
            return;
        file.Dispose();
        turn.Release();
    }
}

/// <summary>The lock of all lock files, for a short piece of work. Disposing releases it.</summary>
sealed class HomeLock(WriterLocks locks, Coordination coordination, IReadOnlyDictionary<ThreadId, long> cleared) : IDisposable
{
    /// <summary>Takes the lock of a thread, which may be held longer than this one.</summary>
    /// <exception cref="ThreadStoreException">As <see cref="WriterLocks.Acquire"/>.</exception>
    public WriterLock Acquire(ThreadId threadId) => locks.Take(threadId, cleared);

    /// <summary>Releases the lock of a thread.</summary>
    public static void Release(WriterLock held) => held.RemoveFile();

    /// <inheritdoc/>
    public void Dispose() => coordination.Dispose();
}

/// <summary>A lock that is held. Disposing releases it and removes its file.</summary>
sealed class WriterLock(WriterLocks locks, ThreadId threadId, LockFile file) : IDisposable
{
    int _isReleased;

    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId => threadId;

    /// <summary>Gets how long the lock file was that a process which died left behind, or null when there was none.</summary>
    public long? LeftBytes { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            locks.Release(file);
    }

    /// <summary>Does what <see cref="Dispose"/> does, and keeps no thread of the process waiting.</summary>
    public Task ReleaseAsync() => Interlocked.Exchange(ref _isReleased, 1) == 0 ? locks.ReleaseAsync(file) : Task.CompletedTask;

    /// <summary>Releases the lock for a caller that holds the lock of all lock files.</summary>
    internal void RemoveFile()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            file.Remove();
    }
}
