namespace Spool;

/// <summary>Writes one thread of the in-memory stores.</summary>
sealed class InMemoryThreadWriter : IThreadWriter
{
    readonly InMemoryHome _home;
    readonly InMemoryThreadStoreOptions _options;
    readonly List<NewItem> _waiting = [];
    readonly SeenBatches _batches = new();
    readonly CancellationTokenSource _lost = new();
    readonly CreateRequest? _request;
    readonly ThreadFacts _facts;
    InMemoryEntry? _entry;
    DateTimeOffset? _firstAppendedAt; // which is when the thread began, also when it is stored later
    long? _endedAt; // where the next append would have gone: others may append now
    bool _hasEnded,
        _isDisposed;

    InMemoryThreadWriter(
        InMemoryHome home,
        InMemoryThreadStoreOptions options,
        ThreadId threadId,
        ThreadFacts facts,
        CreateRequest? request,
        InMemoryEntry? entry
    )
    {
        (_home, _options, _facts, _request, _entry) = (home, options, facts, request, entry);
        ThreadId = threadId;
        HistoryMode = facts.HistoryMode ?? HistoryModes.Legacy;
        LostToken = _lost.Token;
        Owner = new WriterOwner(null, null, null, options.Time.GetUtcNow());
    }

    public ThreadId ThreadId { get; }

    public string HistoryMode { get; }

    public CancellationToken LostToken { get; }

    /// <summary>What the error of other writers names.</summary>
    public WriterOwner Owner { get; }

    public long NextOrdinal
    {
        get
        {
            lock (_home.Gate)
                return _endedAt ?? _entry?.Log.NextOrdinal ?? FirstAppended + _waiting.Count;
        }
    }

    public bool IsStored
    {
        get
        {
            lock (_home.Gate)
                return _entry is not null;
        }
    }

    // The head comes first, where the history that it continues ends.
    long FirstAppended => (_facts.HistoryBase?.EndOrdinal ?? 0) + 1;

    public static InMemoryThreadWriter ForNew(
        InMemoryHome home,
        InMemoryThreadStoreOptions options,
        CreateRequest request,
        ThreadFacts facts
    ) => new(home, options, request.ThreadId, facts, request with { SessionMeta = Copy(request.SessionMeta) }, null);

    public static InMemoryThreadWriter ForStored(InMemoryHome home, InMemoryThreadStoreOptions options, InMemoryEntry entry) =>
        new(home, options, entry.Id, entry.Log.Facts, null, entry);

    public ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(request);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            foreach (var item in request.Items)
                RolloutLine.Check(item, _options.MaxItemBytes);
            var receipt = Place(request);
            if (request.Durability != Durability.Buffered && _waiting.Count > 0)
                Store();
            return new(receipt with { IsStored = _entry is not null });
        }
    }

    public ValueTask PersistAsync(CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            Store();
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default)
    {
        DefinedValues.Check(durability);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            if (_waiting.Count > 0)
                Store();
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        lock (_home.Gate)
        {
            CheckUsable(cancellationToken);
            var change = patch.Checked();
            if (_waiting.Count > 0)
                Store();
            if (_entry is null)
                throw ThreadStoreException.InvalidRequest($"Thread {ThreadId} is not stored yet; persist it first.");
            InMemoryPatch.Apply(_home, _entry, change, _options.Time.GetUtcNow());
            return new(new ChangedThread(_home.Project(_entry)));
        }
    }

    public ValueTask ShutDownAsync(CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_hasEnded)
                return ValueTask.CompletedTask;
            CheckUsable(cancellationToken);
            if (_waiting.Count > 0)
                Store();
            End();
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DiscardAsync(CancellationToken cancellationToken = default)
    {
        lock (_home.Gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            End();
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        lock (_home.Gate)
        {
            if (_isDisposed)
                return ValueTask.CompletedTask;
            if (!_hasEnded && !LostToken.IsCancellationRequested && _waiting.Count > 0)
                Store();
            End();
            _isDisposed = true;
            _lost.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes the right to write away. The caller holds the gate, so the token is cancelled by another
    /// thread.</summary>
    public void Lose() => _ = _lost.CancelAsync();

    void CheckUsable(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (_hasEnded)
            throw ThreadStoreException.InvalidRequest($"The writer of thread {ThreadId} was shut down; resume the thread to go on.");
        if (LostToken.IsCancellationRequested)
            throw ThreadStoreException.WriterLost($"Thread {ThreadId} was changed by another program; resume it to go on.");
    }

    AppendReceipt Place(AppendRequest request)
    {
        var content = request.BatchId is null ? default : BatchContent.Of(request.Items);
        if (request.BatchId is { } batch && _batches.Find(batch, content) is { } earlier)
            return earlier;
        var place = AppendPlace.Of(ThreadId, request.ExpectedOrdinal, NextOrdinal, FirstAppended, request.Items.Count);
        // What is there already has to be the beginning of the request: it was sent before, and perhaps a crash kept only a part of it.
        if (!AreAt(place.First, [.. request.Items.Take(place.AlreadyThere)]))
            throw ThreadStoreException.WrongOrdinal(ThreadId, place.First, NextOrdinal);
        var items = request.Items.Skip(place.AlreadyThere).ToList();
        var now = _options.Time.GetUtcNow();
        if (_entry is not null)
            InMemoryAppending.Append(_entry.Log, items, now);
        else if (items.Count > 0)
        {
            _firstAppendedAt ??= now;
            _waiting.AddRange(items.Select(item => Copy(item) with { Timestamp = item.Timestamp ?? now }));
        }
        var receipt = new AppendReceipt(place.First, request.Items.Count);
        if (request.BatchId is { } id)
            _batches.Add(id, content, receipt);
        return receipt;
    }

    bool AreAt(long first, IReadOnlyList<NewItem> items)
    {
        if (items.Count == 0)
            return true;
        if (_entry is null)
            return items.Zip(_waiting.Skip((int)(first - FirstAppended))).All(pair => ItemMatch.IsSame(pair.Second, pair.First));
        var stored = _entry
            .Log.ItemsFrom(FirstAppended - 1)
            .SelectMany(InMemoryLog.Records)
            .Where(item => item.Ordinal >= first && item.Ordinal < first + items.Count)
            .ToList();
        return stored.Count == items.Count && items.Zip(stored).All(pair => ItemMatch.IsSame(pair.Second, pair.First));
    }

    void Store()
    {
        var now = _firstAppendedAt ?? _options.Time.GetUtcNow();
        if (_entry is null)
            _entry = _home.AddWritten(InMemoryAppending.Begin(_request!.SessionMeta, _facts, ThreadId, now));
        InMemoryAppending.Append(_entry.Log, _waiting, now);
        _waiting.Clear();
    }

    void End()
    {
        _endedAt ??= NextOrdinal;
        if (!_hasEnded && !LostToken.IsCancellationRequested)
            _home.End(this);
        _hasEnded = true;
        _waiting.Clear();
    }

    static NewItem Copy(NewItem item) => item with { Payload = item.Payload.ToArray(), Metadata = item.Metadata.ToArray() };
}
