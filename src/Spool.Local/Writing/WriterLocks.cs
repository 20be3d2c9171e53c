namespace Spool;

/// <summary>The locks of a home that give one program at a time the right to write a thread. Codex takes the same ones.</summary>
sealed class WriterLocks(HomeLayout layout, IFileSystem files, LocalThreadStoreOptions options)
{
    /// <summary>Takes the lock of a thread.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Conflict"/> with the owner: it is taken;
    /// <see cref="ThreadStoreErrorCode.Unavailable"/> or <see cref="ThreadStoreErrorCode.ResourceExhausted"/>: the home cannot be written;
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>: the home is on a network file system and the options do not allow that.</exception>
    public WriterLock Acquire(ThreadId thread) => throw new NotImplementedException($"{layout}{files}{options}{thread}");

    /// <summary>Takes the lock of all lock files for a short piece of work that touches several threads, and waits for it.</summary>
    public IDisposable AcquireHome() => throw new NotImplementedException();
}

/// <summary>A lock that is held. Disposing releases it and removes its file.</summary>
sealed class WriterLock(ThreadId thread) : IDisposable
{
    /// <summary>Gets the thread.</summary>
    public ThreadId Thread => thread;

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
