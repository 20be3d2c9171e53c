namespace Spool;

public sealed partial class InMemoryThreadStore
{
    /// <inheritdoc/>
    public ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var head = NewLog.Check(request.ThreadId, request.SessionMeta, _options.MaxItemBytes);
            _home.CheckNotWritten(request.ThreadId);
            CheckFree(request.ThreadId);
            var writer = InMemoryThreadWriter.ForNew(_home, _options, request, head.Facts);
            _home.Begin(writer);
            return new(writer);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.OnDamage);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            _home.CheckNotWritten(request.ThreadId); // also while it is being created
            var entry = _home.GetForChange(request.ThreadId);
            CheckActive(entry);
            InMemoryAppending.Prepare(_home, entry, request.OnDamage);
            var writer = InMemoryThreadWriter.ForStored(_home, _options, entry);
            _home.Begin(writer);
            return new(writer);
        }
    }

    void CheckFree(ThreadId threadId)
    {
        if (_home.IsTaken(threadId))
            throw ThreadStoreException.AlreadyExists(threadId);
    }

    static void CheckActive(InMemoryEntry entry)
    {
        if (entry.ArchivedAt is not null)
            throw new ThreadStoreException(ThreadStoreErrorCode.Archived, $"Thread {entry.Id} is archived; unarchive it first.");
    }
}
