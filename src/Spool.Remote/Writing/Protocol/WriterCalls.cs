namespace Spool.Remote;

/// <summary>What was called on a writer and is not answered yet, in the order of the calls, and where each append will be stored.</summary>
/// <remarks>
/// A call gets its ordinal when it is sent, not when it is made: only this writer appends, so the next ordinal is known. An append
/// that expects a later one is refused here. One that expects an earlier one is a question whether it is there already, and travels alone,
/// when nothing else is under way.
/// </remarks>
sealed class WriterCalls(ThreadId threadId, WriterLimits limits, long next)
{
    readonly LinkedList<WriterCall> _calls = new();
    readonly SeenBatches _batches = new();
    readonly HashSet<Guid> _batchesUnderWay = [];
    readonly Dictionary<Guid, int> _batchesCalled = [];
    LinkedListNode<WriterCall>? _unsent;
    bool _growthIsKnown = true;
    long _growth;
    int _withOrdinal;

    /// <summary>Gets the ordinal behind everything that was answered.</summary>
    public long Acknowledged { get; private set; } = next;

    /// <summary>Gets the ordinal behind everything that was sent on the stream that is open.</summary>
    public long Sent { get; private set; } = next;

    /// <summary>Gets the ordinal behind everything that was ever sent and not refused.</summary>
    public long Furthest { get; private set; } = next;

    /// <summary>Gets the ordinal behind everything that was called.</summary>
    public long Next
    {
        get
        {
            if (!_growthIsKnown)
                Foresee();
            return Acknowledged + _growth;
        }
    }

    /// <summary>Gets how many bytes the appends take that are not answered.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the call that waits the longest, or null.</summary>
    public WriterCall? Oldest => _calls.First?.Value;

    /// <summary>Gets whether the log may have grown by lines that only the server knows of: an update was sent and its answer
    /// lost.</summary>
    public bool MayHaveGrown => Oldest is ControlCall { Kind: ControlKind.Update, IsInDoubt: true };

    /// <summary>Gets the next call to send, or null.</summary>
    public WriterCall? Unsent => _unsent?.Value;

    /// <summary>Adds a call.</summary>
    public void Add(WriterCall call)
    {
        call.Place = _calls.AddLast(call);
        _unsent ??= call.Place;
        if (call is not AppendCall append)
            return;
        Bytes += append.Bytes;
        if (append.Request.ExpectedOrdinal is not null)
            _withOrdinal++;
        if (_growthIsKnown)
            Foresee(append);
    }

    /// <summary>Takes a call out that was answered, refused or cancelled.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(WriterCall call)
    {
        if (call.Place is not { } place)
            return false;
        if (_unsent == place)
            _unsent = place.Next;
        _calls.Remove(place);
        call.Place = null;
        if (call is AppendCall append)
        {
            Bytes -= append.Bytes;
            if (append.Request.ExpectedOrdinal is not null)
                _withOrdinal--;
            _growth -= append.Growth;
            if (
                append.Request.BatchId is { } batch
                && _batchesCalled.TryGetValue(batch, out var count)
                && (_batchesCalled[batch] = count - 1) <= 0
            )
                _batchesCalled.Remove(batch);
        }
        return true;
    }

    /// <summary>Takes a call out of which nothing was kept: what is behind it moves up.</summary>
    public bool Drop(WriterCall call)
    {
        if (!Remove(call))
            return false;
        // Without it, others may grow the log that would not have done so: a repeated batch, or an append with an expected ordinal.
        if (call is AppendCall { Request.BatchId: not null } || _withOrdinal > 0)
            _growthIsKnown = false;
        return true;
    }

    /// <summary>Takes everything out.</summary>
    public IEnumerable<WriterCall> Clear()
    {
        while (_calls.First?.Value is { } call)
        {
            Remove(call);
            yield return call;
        }
    }

    /// <summary>Gets whether a shut-down waits.</summary>
    public bool HasShutDown => _calls.Any(call => call is ControlCall { Kind: ControlKind.ShutDown });

    /// <summary>Takes the calls out that are to be sent, or to be sent again, but those that give the writer back.</summary>
    public IReadOnlyList<WriterCall> TakeUnsent()
    {
        var unsent = new List<WriterCall>();
        for (var place = _unsent; place is not null; place = place.Next)
        {
            if (place.Value is not ControlCall { Ends: true })
                unsent.Add(place.Value);
        }
        unsent.ForEach(call => Drop(call));
        return unsent;
    }

    /// <summary>Takes the calls out that give the writer back.</summary>
    public IReadOnlyList<WriterCall> TakeEnding()
    {
        var ending = _calls.Where(call => call is ControlCall { Ends: true }).ToList();
        ending.ForEach(call => Remove(call));
        return ending;
    }

    /// <summary>Takes the next message.</summary>
    /// <param name="isQuiet">Whether nothing is under way.</param>
    /// <param name="refused">What is refused because it can never be stored.</param>
    /// <returns>The message, or null when there is none or it has to wait for an answer.</returns>
    public WriterMessage? TakeMessage(bool isQuiet, Action<WriterCall, ThreadStoreException> refused)
    {
        while (_unsent?.Value is { } call)
        {
            if (call is ControlCall)
            {
                if (!isQuiet)
                    return null;
                Take(call);
                return new WriterMessage(Sent, Durability.Buffered, [], 0) { Calls = [call], TravelsAlone = true };
            }
            var append = (AppendCall)call;
            if (append.CanBeBatched)
                return Combine(append);
            if (append.Request.BatchId is { } batch)
            {
                if (_batchesUnderWay.Contains(batch) && !isQuiet)
                    return null;
                try
                {
                    if (_batches.Find(batch, append.Content) is { } earlier)
                    {
                        Take(append);
                        return new WriterMessage(null, append.Request.Durability, [], 0) { Calls = [append], Repeats = earlier };
                    }
                }
                catch (ThreadStoreException e)
                {
                    Drop(append);
                    refused(append, FaultOf(append) ?? e);
                    continue;
                }
            }
            if (PlaceOf(append, Sent) is not { } place)
            {
                Drop(append);
                refused(
                    append,
                    FaultOf(append) ?? ThreadStoreException.WrongOrdinal(threadId, append.Request.ExpectedOrdinal!.Value, Sent)
                );
                continue;
            }
            if (place.First < Sent && !isQuiet)
                return null;
            return Alone(append, place.First);
        }
        return null;
    }

    /// <summary>Takes it that the first items of the log are safe up to an ordinal.</summary>
    public void Acknowledge(long ordinal)
    {
        if (ordinal <= Acknowledged)
            return;
        Acknowledged = ordinal;
        Sent = Math.Max(Sent, ordinal);
        Furthest = Math.Max(Furthest, ordinal);
    }

    /// <summary>Remembers a batch that was stored.</summary>
    public void Remember(AppendCall append, AppendReceipt receipt)
    {
        if (append.Request.BatchId is not { } batch)
            return;
        _batchesUnderWay.Remove(batch);
        _batches.Add(batch, append.Content, receipt);
    }

    /// <summary>Takes it that nothing of what was not answered counts as sent.</summary>
    public void SendAgain()
    {
        _unsent = _calls.First;
        Sent = Acknowledged;
        _batchesUnderWay.Clear();
    }

    /// <summary>Takes it that nothing of what was not answered was kept.</summary>
    public void NothingKept()
    {
        Furthest = Acknowledged;
        for (var place = _calls.First; place is { Value.WasSent: true }; place = place.Next)
            place.Value.IsInDoubt = false;
    }

    /// <summary>Takes it that the growth that was foreseen may be another one.</summary>
    public void ForeseeAgain() => _growthIsKnown = false;

    WriterMessage Combine(AppendCall first)
    {
        var calls = new List<WriterCall> { first };
        var items = new List<NewItem>(first.Request.Items);
        var bytes = first.Bytes;
        Take(first);
        while (
            _unsent?.Value is AppendCall { CanBeBatched: true } next
            && next.Request.Durability == first.Request.Durability
            && bytes + next.Bytes <= limits.MaxBatchedBytes
            && items.Count + next.Count <= limits.MaxBatchedItems
        )
        {
            calls.Add(next);
            items.AddRange(next.Request.Items);
            bytes += next.Bytes;
            Take(next);
        }
        return Place(new WriterMessage(items.Count > 0 ? Sent : null, first.Request.Durability, items, bytes) { Calls = calls });
    }

    WriterMessage Alone(AppendCall append, long first)
    {
        Take(append);
        if (append.Request.BatchId is { } batch)
            _batchesUnderWay.Add(batch);
        return Place(
            new WriterMessage(first, append.Request.Durability, append.Request.Items, append.Bytes)
            {
                Calls = [append],
                TravelsAlone = first < Sent,
            }
        );
    }

    WriterMessage Place(WriterMessage message)
    {
        if (message.FirstOrdinal is { } first)
            Sent = Math.Max(Sent, first + message.Items.Count);
        Furthest = Math.Max(Furthest, Sent);
        return message;
    }

    void Take(WriterCall call)
    {
        _unsent = _unsent!.Next;
        call.WasSent = true;
    }

    void Foresee()
    {
        _growth = 0;
        _batchesCalled.Clear();
        foreach (var call in _calls)
        {
            if (call is AppendCall append)
                Foresee(append);
        }
        _growthIsKnown = true;
    }

    // What it adds if everything before it is stored: nothing where it is a repeated batch or will be refused.
    void Foresee(AppendCall append)
    {
        var next = Acknowledged + _growth;
        var isRepeated = append.Request.BatchId is { } batch && (_batches.Knows(batch) || _batchesCalled.ContainsKey(batch));
        if (append.Request.BatchId is { } id)
            _batchesCalled[id] = _batchesCalled.GetValueOrDefault(id) + 1;
        append.Growth = isRepeated || PlaceOf(append, next) is not { } place ? 0 : append.Count - place.AlreadyThere;
        _growth += append.Growth;
    }

    // Where the thread's own items begin only the server knows; it refuses what lies before them.
    static AppendPlace? PlaceOf(AppendCall append, long next) => AppendPlace.Find(append.Request.ExpectedOrdinal, next, 0, append.Count);

    // An item that is malformed is the first reason to refuse an append. The server looks at items; what is refused without it is looked at
    // here.
    static ThreadStoreException? FaultOf(AppendCall append)
    {
        try
        {
            foreach (var item in append.Request.Items)
                RolloutLine.Check(item, long.MaxValue);
            return null;
        }
        catch (ThreadStoreException e)
        {
            return e;
        }
    }
}
