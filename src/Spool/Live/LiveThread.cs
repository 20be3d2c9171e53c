using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>One active thread as its session keeps it: what is appended is filtered, stored, and observed for what it says of the
/// thread.</summary>
/// <remarks>
/// A program that records turn by turn starts one with <c>store.StartThreadAsync</c>, goes on with it by <c>store.ContinueThreadAsync</c>
/// (<see cref="ThreadRecording"/>), and begins its turns with <c>BeginTurnAsync</c> (<see cref="TurnRecording"/>). A session that has more
/// to do before it runs uses <see cref="LiveThreadStart"/>, which discards the thread when the rest of the start fails. Members may be
/// called concurrently; appends are stored in the order of the calls. Errors are those of <see cref="IThreadWriter"/>. An append whose
/// outcome is unknown (<see cref="ThreadStoreErrorCode.OutcomeUnknown"/>) can be sent again after the thread has been resumed: with the
/// ordinal it expected it is stored once.
/// </remarks>
public sealed class LiveThread : IAsyncDisposable
{
    readonly IThreadStore _store;
    readonly IThreadWriter _writer;
    readonly LiveThreadOptions _options;
    readonly PersistenceMode _mode;
    readonly Lock _gate = new();
    readonly Queue<Unobserved> _unobserved = new();
    MetadataObserver _observer;
    object? _turn;

    internal LiveThread(IThreadStore store, IThreadWriter writer, ThreadFacts facts, LiveThreadOptions options)
    {
        _store = store;
        _writer = writer;
        _options = options;
        _mode = options.Persistence ?? PersistencePolicy.For(writer.HistoryMode);
        _observer = new MetadataObserver(facts);
    }

    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId => _writer.ThreadId;

    /// <summary>Gets the history mode.</summary>
    public string HistoryMode => _writer.HistoryMode;

    /// <summary>Gets the ordinal that the next stored item gets.</summary>
    public long NextOrdinal => _writer.NextOrdinal;

    /// <summary>Gets whether the thread is stored, so that readers see it.</summary>
    public bool IsStored => _writer.IsStored;

    /// <summary>Gets the token that is cancelled when the right to write was lost.</summary>
    public CancellationToken LostToken => _writer.LostToken;

    /// <summary>Gets what the items acknowledged so far say of the thread. Costs nothing: no store is asked.</summary>
    public ThreadFacts Facts
    {
        get
        {
            lock (_gate)
                return _observer.Facts;
        }
    }

    internal TimeProvider Time => _options.Time;

    /// <summary>Appends what the session produced. Items that are not stored in this thread's mode are left out, and
    /// <see cref="LiveThreadOptions.OnLeftOut"/> is called with each.</summary>
    /// <param name="items">The items, in order.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    /// <returns>The receipt of what was stored, or null when nothing of it is.</returns>
    /// <remarks>As safe on return as <see cref="LiveThreadOptions.Durability"/> says.</remarks>
    public async ValueTask<AppendReceipt?> AppendAsync(IEnumerable<NewItem> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        var now = _options.Time.GetUtcNow();
        var kept = new List<NewItem>();
        foreach (var item in items)
        {
            if (PersistencePolicy.Apply(item, _mode) is { } stored)
                kept.Add(stored.Timestamp is null ? stored with { Timestamp = now } : stored);
            else
                _options.OnLeftOut?.Invoke(item);
        }
        return kept.Count == 0 ? null : await AppendRecordedAsync(kept, cancellationToken).ConfigureAwait(false);
    }

    // Items as they are to be stored, each with its time.
    internal async ValueTask<AppendReceipt> AppendRecordedAsync(List<NewItem> kept, CancellationToken cancellationToken)
    {
        var unobserved = new Unobserved(kept);
        ValueTask<AppendReceipt> append;
        lock (_gate)
        {
            append = _writer.AppendAsync(new AppendRequest(kept) { Durability = _options.Durability }, cancellationToken);
            _unobserved.Enqueue(unobserved);
        }
        AppendReceipt? receipt = null;
        try
        {
            receipt = await append.ConfigureAwait(false);
        }
        finally
        {
            Observe(unobserved, receipt);
        }
        return receipt.Value;
    }

    /// <summary>Takes the thread back by some turns: a marker is appended after which the last turns are no longer shown or continued.
    /// Nothing is removed.</summary>
    /// <param name="turns">How many turns; at least 1.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: fewer than one turn;
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>: the thread is paginated, shut it down and use
    /// <see cref="IThreadStore.RevertAsync"/>.</exception>
    public async ValueTask<AppendReceipt> RollBackAsync(int turns, CancellationToken cancellationToken = default)
    {
        if (turns < 1)
            throw ThreadStoreException.InvalidRequest("A thread is rolled back by at least one turn.");
        if (HistoryMode != HistoryModes.Legacy)
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unsupported,
                "A paginated thread is not rolled back by a marker; shut it down and revert it."
            );
        var marker = NewItem.FromJson(
            "event_msg",
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"type":"thread_rolled_back","num_turns":{{turns}}}""")
        );
        return (await AppendAsync([marker], cancellationToken).ConfigureAwait(false))!.Value;
    }

    /// <summary>Stores the thread, with everything that waits.</summary>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    public ValueTask PersistAsync(CancellationToken cancellationToken = default) => _writer.PersistAsync(cancellationToken);

    /// <summary>Waits until everything appended before is as safe as asked for.</summary>
    /// <param name="durability">How safe.</param>
    /// <param name="cancellationToken">Cancels the wait until it is queued.</param>
    public ValueTask FlushAsync(Durability durability = Durability.Flushed, CancellationToken cancellationToken = default) =>
        _writer.FlushAsync(durability, cancellationToken);

    /// <summary>Changes the name, the memory mode or the repository state.</summary>
    /// <param name="patch">What to change.</param>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    public async ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        var changed = await _writer.UpdateAsync(patch, cancellationToken).ConfigureAwait(false);
        lock (_gate)
            _observer = new MetadataObserver(
                _observer.Facts with
                {
                    Name = changed.Thread.Name,
                    MemoryMode = changed.Thread.MemoryMode,
                    GitInfo = changed.Thread.GitInfo,
                }
            );
        return changed;
    }

    /// <summary>Streams the thread's own history, with everything appended before.</summary>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <returns>The items; none for a thread that is not stored and has nothing to store.</returns>
    /// <remarks>Flushes first, and so stores a thread with pending items.</remarks>
    public async IAsyncEnumerable<RolloutItem> LoadHistoryAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _writer.FlushAsync(Durability.Flushed, cancellationToken).ConfigureAwait(false);
        if (!_writer.IsStored)
            yield break;
        await foreach (var item in _store.ReadHistoryAsync(new ReadHistoryRequest(ThreadId), cancellationToken).ConfigureAwait(false))
            yield return item;
    }

    /// <summary>Stores everything that waits and gives the right to write back. When it fails the thread can still be used, and shut down
    /// again.</summary>
    /// <param name="cancellationToken">Cancels the call until it has begun to store.</param>
    public ValueTask ShutDownAsync(CancellationToken cancellationToken = default) => _writer.ShutDownAsync(cancellationToken);

    /// <summary>Gives the right to write back without storing pending items.</summary>
    /// <param name="cancellationToken">Not used.</param>
    public ValueTask DiscardAsync(CancellationToken cancellationToken = default) => _writer.DiscardAsync(cancellationToken);

    /// <summary>Shuts down. What fails then is lost, so call <see cref="ShutDownAsync"/> first.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    // One turn is recorded at a time.
    internal bool TryBegin(object turn) => Interlocked.CompareExchange(ref _turn, turn, null) is null;

    internal void End(object turn) => Interlocked.CompareExchange(ref _turn, null, turn);

    // Only what is acknowledged is observed, so the facts never say more than the log; and in the order of the log, whichever receipt comes
    // first.
    void Observe(Unobserved done, AppendReceipt? receipt)
    {
        lock (_gate)
        {
            done.Receipt = receipt;
            done.IsDone = true;
            while (_unobserved.TryPeek(out var next) && next.IsDone)
            {
                _unobserved.Dequeue();
                if (next.Receipt is { } stored)
                    Observe(next.Items, stored.FirstOrdinal);
            }
        }
    }

    void Observe(List<NewItem> items, long firstOrdinal)
    {
        for (var i = 0; i < items.Count; i++)
            _observer.Observe(new RolloutItem(RolloutLine.ToArray(items[i], DateTimeOffset.UnixEpoch, null), firstOrdinal + i));
    }

    sealed class Unobserved(List<NewItem> items)
    {
        public List<NewItem> Items => items;

        public AppendReceipt? Receipt { get; set; }

        public bool IsDone { get; set; }
    }
}
