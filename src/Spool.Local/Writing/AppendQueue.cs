namespace Spool;

/// <summary>Pending appends, in order, with the ordinals it gets. Used by one thread at a time: its recorder sees to
/// that.</summary>
/// <param name="threadId">The thread.</param>
/// <param name="next">The ordinal of the first item that is added.</param>
/// <param name="firstAppended">The ordinal behind that of the log's first item.</param>
/// <param name="hasOrdinals">Whether lines carry their ordinal.</param>
/// <param name="maxBytes">How much may wait.</param>
sealed class AppendQueue(ThreadId threadId, long next, long firstAppended, bool hasOrdinals, long maxBytes)
{
    public const int WriteBatchBytes = 256 * 1024; // more at once is no faster, and memory of this size stays in the processor's cache

    readonly Stack<WriteBatch> _spare = [];
    List<WriteBatch> _writeBatches = [];
    SeenBatches? _seenBatches;
    long _bytes;
    long _bytesTaken;
    long _next = next;
    long _nextTaken = next;

    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId => threadId;

    /// <summary>Gets how many bytes wait or are being written; what was just added or written may be missing.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Gets the ordinal that the next item gets.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Gets the ordinal behind the last item that is certain: written, or acknowledged in memory.</summary>
    public long SettledNext { get; private set; } = next;

    /// <summary>Gets whether nothing at all waits or is being written.</summary>
    public bool IsEmpty => _bytes == 0 && _writeBatches.Count == 0;

    /// <summary>Gets whether any call waits for what is in the queue.</summary>
    public bool HasWaiters => _writeBatches.Exists(batch => batch.Waiters.Count > 0);

    /// <summary>Gets the pending appends.</summary>
    public IReadOnlyList<WriteBatch> WriteBatches => _writeBatches;

    /// <summary>Says whether some bytes more may wait. When nothing does, any number may.</summary>
    public bool HasRoom(long bytes) => _bytes == 0 || _bytes + bytes <= maxBytes;

    /// <summary>Finds the receipt of an append that has a batch id and came before.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the id was used for other
    /// items.</exception>
    public AppendReceipt? FindBatch(in CheckedAppend append) =>
        append.Request.BatchId is { } id ? _seenBatches?.Find(id, append.Content) : null;

    /// <summary>Gives an append its place, and remembers its batch.</summary>
    /// <returns>Its receipt, and how many of its first items are in the log already.</returns>
    /// <exception cref="ThreadStoreException">The one of <see cref="ThreadStoreException.WrongOrdinal"/>: there is no place for
    /// it.</exception>
    /// <exception cref="RepeatedAppendException">It was sent before, perhaps: items have to be compared first.</exception>
    public (AppendReceipt Receipt, int AlreadyThere) Place(in CheckedAppend append)
    {
        var place = AppendPlace.Of(threadId, append.Request.ExpectedOrdinal, _next, firstAppended, append.Request.Items.Count);
        if (place.AlreadyThere > append.Compared)
            throw new RepeatedAppendException(place.AlreadyThere);
        var receipt = new AppendReceipt(place.First, append.Request.Items.Count);
        if (append.Request.BatchId is { } id)
            (_seenBatches ??= new SeenBatches()).Add(id, append.Content, receipt);
        return (receipt, place.AlreadyThere);
    }

    /// <summary>Adds items.</summary>
    /// <param name="items">The items.</param>
    /// <param name="from">How many of the first are left out.</param>
    /// <param name="nowMs">The time of those that name none, in milliseconds since 1970.</param>
    /// <returns>The write batch they are in.</returns>
    public WriteBatch Add(IReadOnlyList<NewItem> items, int from, long nowMs)
    {
        var batch = Last();
        var before = batch.Length;
        var next = _next;
        for (var i = from; i < items.Count; i++)
        {
            var item = items[i];
            batch.Add(item, item.Timestamp?.ToUnixTimeMilliseconds() ?? nowMs, hasOrdinals ? next : null);
            next++;
        }
        Volatile.Write(ref _next, next);
        _bytes += batch.Length - before;
        return batch;
    }

    /// <summary>Gives the write batch to which something can be added.</summary>
    public WriteBatch Last()
    {
        if (_writeBatches is [.., var last] && last.Length < WriteBatchBytes)
            return last;
        if (!_spare.TryPop(out var batch))
            batch = new WriteBatch();
        _writeBatches.Add(batch);
        return batch;
    }

    /// <summary>Notes that everything so far is acknowledged although it is not written.</summary>
    public void Keep()
    {
        _writeBatches[^1].Keep();
        SettledNext = _next;
    }

    /// <summary>Takes everything out, to be written.</summary>
    /// <param name="taken">An empty list.</param>
    /// <returns>What was taken; the given list takes its place.</returns>
    public List<WriteBatch> TakeAll(List<WriteBatch> taken)
    {
        (_writeBatches, taken) = (taken, _writeBatches);
        _bytesTaken = _bytes;
        _nextTaken = _next;
        return taken;
    }

    /// <summary>Notes that what was taken is written.</summary>
    public void SettleTaken() => SettledNext = _nextTaken;

    /// <summary>Gives the place back that was taken in the queue.</summary>
    /// <param name="taken">What was taken; empty afterwards.</param>
    public void Recycle(List<WriteBatch> taken)
    {
        foreach (var batch in taken)
        {
            batch.Clear();
            _spare.Push(batch);
        }
        taken.Clear();
        _bytes -= _bytesTaken;
        _bytesTaken = 0;
    }

    /// <summary>Takes everything back that was not acknowledged: what was taken, and what was added since.</summary>
    /// <param name="taken">What was taken.</param>
    /// <param name="waiting">Takes the calls that wait for what was added since.</param>
    public void RollBack(List<WriteBatch> taken, List<AppendWaiter> waiting)
    {
        foreach (var batch in _writeBatches)
            waiting.AddRange(batch.Waiters);
        List<WriteBatch> all = [.. taken, .. _writeBatches];
        all.ForEach(batch => batch.CutToKept());
        _writeBatches.Clear();
        _writeBatches.AddRange(all.Where(batch => batch.Length > 0));
        taken.Clear();
        _bytes = _writeBatches.Sum(batch => (long)batch.Length);
        _bytesTaken = 0;
        Volatile.Write(ref _next, SettledNext);
        _seenBatches?.ForgetFrom(SettledNext);
    }

    /// <summary>Gives the memory back that is not in use.</summary>
    public void Trim()
    {
        while (_spare.TryPop(out var batch))
            batch.Release();
    }
}
