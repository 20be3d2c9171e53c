namespace Spool.Storage;

/// <summary>Writes one thread of a <see cref="LogStoreBase"/>. Its calls go one at a time through the gate of the thread.</summary>
sealed class LogStoreWriter : IThreadWriter
{
    readonly LogStoreBase _store;
    readonly LogHome _home;
    readonly KnownThread _thread;
    readonly List<NewItem> _waiting = [];
    readonly SeenBatches _batches = new();
    readonly LineBlocks _blocks = new();
    readonly CancellationTokenSource _lost = new();
    readonly NewItem? _head; // of a thread that is not stored yet
    readonly ThreadFacts _facts;
    KnownLog? _log;
    DateTimeOffset? _firstAppendedAt; // which is when the thread began, also when it is stored later
    Durability _safe = Durability.Fsynced; // everything that was appended
    ThreadStoreException? _fault;
    long? _endedAt; // where the next append would have gone: others may append now
    int _underWay; // items that are being stored
    bool _hasEnded,
        _isDisposed;

    public LogStoreWriter(LogStoreBase store, KnownThread thread, ThreadFacts facts, NewItem? head)
    {
        (_store, _home, _thread, _facts) = (store, store.Home, thread, facts);
        _head = head is null ? null : Copy(head);
        _log = thread.IsStored ? thread.Log : null;
        HistoryMode = facts.HistoryMode ?? HistoryModes.Legacy;
        LostToken = _lost.Token;
        Owner = WriterOwner.ThisProcess with { Since = store.Now };
    }

    /// <summary>Gets the store that opened it.</summary>
    public LogStoreBase Store => _store;

    public ThreadId ThreadId => _thread.Id;

    public string HistoryMode { get; }

    public CancellationToken LostToken { get; }

    /// <summary>What the refusal of another writer names.</summary>
    public WriterOwner Owner { get; }

    public long NextOrdinal
    {
        get
        {
            lock (_home.Sync)
                return _endedAt ?? Next + _underWay;
        }
    }

    public bool IsStored
    {
        get
        {
            lock (_home.Sync)
                return _log is not null;
        }
    }

    // The head comes first, where the history that it continues ends.
    long FirstAppended => (_facts.HistoryBase?.EndOrdinal ?? 0) + 1;

    long Next => _log?.NextOrdinal ?? FirstAppended + _waiting.Count;

    public async ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        DefinedRequests.Check(request);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CheckUsable();
            for (var index = 0; index < request.Items.Count; index++)
                RolloutLine.Check(request.Items[index], _store.Options.MaxItemBytes);
            var content = request.BatchId is null ? default : BatchContent.Of(request.Items);
            if (request.BatchId is not { } id || _batches.Find(id, content) is not { } receipt)
            {
                receipt = await PlaceAsync(request).ConfigureAwait(false);
                if (request.BatchId is { } batch)
                    _batches.Add(batch, content, receipt);
            }
            else
                await BarrierAsync(request.Durability).ConfigureAwait(false);
            return receipt with { IsStored = _log is not null };
        }
        finally
        {
            _thread.Gate.Release();
        }
    }

    public async ValueTask PersistAsync(CancellationToken cancellationToken = default)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CheckUsable();
            if (_log is null)
                await StoreAsync(Durability.Flushed).ConfigureAwait(false);
        }
        finally
        {
            _thread.Gate.Release();
        }
    }

    public async ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(durability);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CheckUsable();
            await BarrierAsync(durability == Durability.Buffered ? Durability.Flushed : durability).ConfigureAwait(false);
        }
        finally
        {
            _thread.Gate.Release();
        }
    }

    public async ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CheckUsable();
            var change = patch.Checked();
            if (_waiting.Count > 0)
                await StoreAsync(Durability.Flushed).ConfigureAwait(false);
            if (_log is null)
                throw ThreadStoreException.InvalidRequest($"Thread {ThreadId} is not stored yet; persist it first.");
            await StoringAsync(_store.PatchAsync(_thread, change, null)).ConfigureAwait(false);
            lock (_home.Sync)
                return new ChangedThread(_home.Project(_thread));
        }
        finally
        {
            _thread.Gate.Release();
        }
    }

    public async ValueTask ShutDownAsync(CancellationToken cancellationToken = default)
    {
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_home.Sync)
            {
                ThrowIfDisposed();
                if (_hasEnded)
                    return;
            }
            CheckUsable();
            await BarrierAsync(Durability.Flushed).ConfigureAwait(false);
            End();
        }
        finally
        {
            _thread.Gate.Release();
        }
    }

    public async ValueTask DiscardAsync(CancellationToken cancellationToken = default)
    {
        await _thread.Gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            ThrowIfDisposed();
            End();
        }
        finally
        {
            _thread.Gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _thread.Gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_isDisposed)
                return;
            if (!_hasEnded && !LostToken.IsCancellationRequested && _fault is null)
                await BarrierAsync(Durability.Flushed).ConfigureAwait(false);
        }
        catch (ThreadStoreException) { } // what fails now is lost
        finally
        {
            End();
            if (!_isDisposed)
                _lost.Dispose();
            _isDisposed = true;
            _thread.Gate.Release();
        }
    }

    /// <summary>Takes the right to write away. The caller holds the lock, so the callbacks of the token run on another
    /// thread.</summary>
    public void Lose()
    {
        _endedAt ??= Next;
        Release();
        if (!_isDisposed)
            _ = _lost.CancelAsync();
    }

    // A call is cancelled until it is queued; then it takes its turn.
    Task EnterAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        return _thread.Gate.WaitAsync(CancellationToken.None);
    }

    // The disposal of the store is that of its writers; it stores what waits.
    void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed || _store.IsEnding, this);

    void CheckUsable()
    {
        ThrowIfDisposed();
        if (_hasEnded)
            throw ThreadStoreException.InvalidRequest($"The writer of thread {ThreadId} was shut down; resume the thread to go on.");
        if (LostToken.IsCancellationRequested)
            throw Lost();
        if (_fault is { } fault)
            throw fault.Again();
    }

    async ValueTask<AppendReceipt> PlaceAsync(AppendRequest request)
    {
        var place = AppendPlace.Of(ThreadId, request.ExpectedOrdinal, Next, FirstAppended, request.Items.Count);
        // What is there already has to be the beginning of the request: it was sent before, and perhaps a crash kept only a part of it.
        if (place.AlreadyThere > 0 && !await AreAtAsync(place.First, request.Items, place.AlreadyThere).ConfigureAwait(false))
            throw ThreadStoreException.WrongOrdinal(ThreadId, place.First, Next);
        if (_log is not null)
            await AppendAsync(request.Items, place.AlreadyThere, request.Durability).ConfigureAwait(false);
        else
        {
            var now = _store.Now;
            var (before, beganAt) = (_waiting.Count, _firstAppendedAt);
            if (request.Items.Count > place.AlreadyThere)
                _firstAppendedAt ??= now;
            lock (_home.Sync)
                _waiting.AddRange(
                    request.Items.Skip(place.AlreadyThere).Select(item => Copy(item) with { Timestamp = item.Timestamp ?? now })
                );
            try
            {
                if (request.Durability != Durability.Buffered)
                    await BarrierAsync(request.Durability).ConfigureAwait(false);
            }
            catch when (_log is null)
            {
                lock (_home.Sync)
                    _waiting.RemoveRange(before, _waiting.Count - before); // of an append that failed nothing is kept
                _firstAppendedAt = beganAt;
                throw;
            }
        }
        return new AppendReceipt(place.First, request.Items.Count);
    }

    async ValueTask<bool> AreAtAsync(long first, IReadOnlyList<NewItem> items, int count)
    {
        if (_log is not { } log)
            return items
                .Take(count)
                .Zip(_waiting.Skip((int)(first - FirstAppended)))
                .All(pair => ItemMatch.IsSame(pair.Second, pair.First));
        long from,
            to,
            start = FirstAppended - 1;
        lock (_home.Sync)
            (from, to) = (Math.Max(0, log.Ordinals.CountBefore(log.Items, start, first, 0) - 1), log.Items);
        var found = 0;
        await foreach (var item in _store.Reading.ItemsAsync(log, from, to, start, CancellationToken.None).ConfigureAwait(false))
        {
            foreach (var record in KnownLog.Records(item).Where(record => record.Ordinal >= first && record.Ordinal < first + count))
            {
                if (found == count || !ItemMatch.IsSame(record, items[found++]))
                    return false;
            }
            if (found == count)
                break;
        }
        return found == count;
    }

    // Stores what waits, and makes everything before as safe as asked for.
    async ValueTask BarrierAsync(Durability durability)
    {
        if (durability == Durability.Buffered)
            return;
        if (_waiting.Count > 0)
            await StoreAsync(durability).ConfigureAwait(false);
        else if (_log is { } log && durability > _safe)
            await AppendLinesAsync(log, [], durability).ConfigureAwait(false);
    }

    async ValueTask AppendAsync(IReadOnlyList<NewItem> items, int skip, Durability durability)
    {
        var log = _log!;
        if (items.Count == skip)
        {
            await BarrierAsync(durability).ConfigureAwait(false);
            return;
        }
        var now = _store.Now;
        var ordinal = LogStoreBase.OrdinalIn(log);
        var lines = new ReadOnlyMemory<byte>[items.Count - skip];
        for (var index = 0; index < lines.Length; index++)
            lines[index] = _blocks.Write(items[skip + index], now, ordinal++);
        _underWay = lines.Length;
        await AppendLinesAsync(log, lines, durability).ConfigureAwait(false);
    }

    async ValueTask AppendLinesAsync(KnownLog log, ReadOnlyMemory<byte>[] lines, Durability durability)
    {
        try
        {
            await StoringAsync(_store.TryAppendAsync(log, lines, durability)).ConfigureAwait(false);
            _safe = lines.Length == 0 || durability < _safe ? durability : _safe;
        }
        finally
        {
            _underWay = 0;
        }
    }

    async ValueTask StoreAsync(Durability durability)
    {
        var now = _firstAppendedAt ?? _store.Now;
        long? ordinal = HistoryMode == HistoryModes.Legacy ? null : FirstAppended - 1;
        var lines = new ReadOnlyMemory<byte>[_waiting.Count + 1];
        lines[0] = _blocks.Write(_head!, now, ordinal++);
        for (var index = 1; index < lines.Length; index++)
            lines[index] = _blocks.Write(_waiting[index - 1], now, ordinal++);
        var log = new KnownLog(ThreadId, ThreadId);
        await StoringAsync(_store.CreateLogAsync(_thread, log, lines, durability)).ConfigureAwait(false);
        lock (_home.Sync)
        {
            _log = log;
            _waiting.Clear();
        }
        _safe = durability;
    }

    // What comes too late loses the right to write; what may have been stored or not ends the writer's use.
    async ValueTask StoringAsync(ValueTask<bool> storing)
    {
        bool stored;
        try
        {
            stored = await storing.ConfigureAwait(false);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.OutcomeUnknown)
        {
            _fault = e;
            throw;
        }
        if (stored)
            return;
        lock (_home.Sync)
            Lose();
        throw Lost();
    }

    ThreadStoreException Lost() =>
        ThreadStoreException.WriterLost($"Thread {ThreadId} was changed by another program; resume it to go on.");

    void End()
    {
        lock (_home.Sync)
        {
            _endedAt ??= Next;
            Release();
            _hasEnded = true;
            _waiting.Clear();
        }
    }

    void Release()
    {
        if (_thread.Writer == this)
            _thread.Writer = null;
    }

    static NewItem Copy(NewItem item) => item with { Payload = item.Payload.ToArray(), Metadata = item.Metadata.ToArray() };
}
