namespace Spool.Storage;

/// <summary>One thread: its logs, and its writer. What changes it holds its gate; what reads or sets its members holds the lock
/// of the home.</summary>
/// <param name="id">The thread.</param>
sealed class KnownThread(ThreadId id)
{
    public ThreadId Id => id;

    /// <summary>Lets one change, or one look at the log, in at a time, in the order in which they come.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>How many hold the gate or wait for it.</summary>
    public int Users { get; set; }

    /// <summary>The logs that the thread went on in one after the other; none while it is not stored.</summary>
    public IReadOnlyList<KnownLog> Logs { get; set; } = [];

    public LogStoreWriter? Writer { get; set; }

    public bool IsStored => Logs.Count > 0;

    /// <summary>The log that the thread goes on in.</summary>
    public KnownLog Log => Logs.Count > 0 ? Logs[^1] : throw ThreadStoreException.NotFound(id);

    public DateTimeOffset? ArchivedAt => Log.Note.ArchivedAtMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.HasWriter"/>.</exception>
    public void CheckNotWritten()
    {
        if (Writer is { } writer)
            throw ThreadStoreException.HasWriter(id, writer.Owner);
    }

    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Archived"/>.</exception>
    public void CheckActive()
    {
        if (Log.Note.ArchivedAtMs is not null)
            throw new ThreadStoreException(ThreadStoreErrorCode.Archived, $"Thread {id} is archived; unarchive it first.");
    }

    /// <summary>Refuses a log to which nothing can be appended, damaged or not.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the history mode is unknown, or the log is of
    /// early Codex; <see cref="ThreadStoreErrorCode.Corrupt"/>: the log has no head.</exception>
    public void CheckAppendable()
    {
        CheckMode();
        _ = Log.Head;
        if (Log.Facts.IsBare)
            throw TodaysForm.IsNeeded(id);
    }

    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Unsupported"/>: the history mode is unknown.</exception>
    public void CheckMode()
    {
        if (!Log.HasKnownMode)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                $"Thread {id} names a history mode that this version does not know; its items can be read."
            );
    }
}
