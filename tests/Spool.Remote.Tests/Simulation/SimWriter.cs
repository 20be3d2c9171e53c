namespace Spool.Remote.Tests;

/// <summary>A writer of the simulated store, as the contract of <see cref="IThreadWriter"/> says. An append is checked when it is begun,
/// against everything that was begun before, and written later, one after the other. When there is no room for one, those behind it fail
/// with it, or, in another store, are tried when it is their turn. When the outcome of one is unknown, all fail.</summary>
sealed class SimWriter(SimClock clock, Random random, SimStore store)
{
    /// <summary>What takes the place of a number in items that nobody appended.</summary>
    public const int Line = 0;

    readonly List<int> _waiting = [];
    readonly LinkedList<Work> _begun = new();
    readonly bool _isEachTried = random.Next(2) == 0;
    WriterFailure? _end;
    TimeSpan _doneAt;
    int _growth;

    /// <summary>Gets the next ordinal, of what was begun included; that of the first item is 1.</summary>
    public long Next => 1 + store.Log.Count + _waiting.Count + _growth;

    public bool IsStored => store.IsStored;

    /// <summary>Gets or sets whether the process is gone: nothing comes to its end any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Begins an append.</summary>
    /// <param name="first">The ordinal that the first item has to get, or null.</param>
    /// <param name="items">The items.</param>
    /// <param name="durability">How safe it is to be.</param>
    /// <param name="done">Is told the ordinal of the first item, or why not.</param>
    public void Append(long? first, IReadOnlyList<int> items, Durability durability, Action<long, WriterFailure?> done)
    {
        if (_end is not null)
            done(0, _end);
        else if (first > Next || first < 0)
            done(0, Misplaced(Next));
        else if (items.Any(item => item < 0))
            done(0, Refused(ThreadStoreErrorCode.InvalidRequest));
        else
            Begin(new Work(first < Next ? 0 : items.Count, () => Write(first, items, durability), done));
    }

    /// <summary>Begins to store the thread.</summary>
    public void Persist(Action<long, WriterFailure?> done) => Begin(new Work(0, () => (0, Store(isSafe: true)), done));

    /// <summary>Begins to change what is known of the thread, which adds lines to the log.</summary>
    public void Update(int lines, Action<long, WriterFailure?> done) =>
        Begin(
            new Work(
                0,
                () =>
                {
                    if (Store(isSafe: false) is { } failure)
                        return (0, failure);
                    store.Append(Enumerable.Repeat(Line, lines));
                    return (0, null);
                },
                done
            )
        );

    /// <summary>Stores what waits, at once.</summary>
    public WriterFailure? ShutDown() => _waiting.Count > 0 || store.IsStored ? Store(isSafe: true) : null;

    /// <summary>Stores what waits, at once, when nobody is there who could be told that it failed.</summary>
    public void Abandon()
    {
        store.Store();
        store.Append(_waiting);
        _waiting.Clear();
        store.Flush();
    }

    /// <summary>Gets whether something waits that only this writer has.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    public static WriterFailure Refused(ThreadStoreErrorCode code) =>
        new(WriterFailureKind.Refused, new ThreadStoreException(code, "refused"));

    public static WriterFailure Misplaced(long next) =>
        new(WriterFailureKind.Refused, new ThreadStoreException(ThreadStoreErrorCode.WrongOrdinal, "refused") { NextOrdinal = next });

    void Begin(Work work)
    {
        _begun.AddLast(work);
        _growth += work.Growth;
        var at = clock.Now + TimeSpan.FromMilliseconds(random.Next(random.Next(10) == 0 ? 300 : 5));
        _doneAt = at > _doneAt ? at : _doneAt;
        clock.At(
            _doneAt,
            () =>
            {
                if (!IsGone && _begun.First?.Value == work)
                    End(work);
            }
        );
    }

    void End(Work work)
    {
        _begun.RemoveFirst();
        _growth -= work.Growth;
        var (ordinal, failure) = work.Run();
        var behind = new List<Work>();
        if (
            failure is { Error.Code: ThreadStoreErrorCode.OutcomeUnknown }
            || failure is { Error.Code: ThreadStoreErrorCode.ResourceExhausted or ThreadStoreErrorCode.Unavailable } && !_isEachTried
        )
        {
            behind.AddRange(_begun);
            _begun.Clear();
            _growth = 0;
        }
        work.Done(ordinal, failure);
        foreach (var other in behind)
            other.Done(0, failure);
    }

    (long First, WriterFailure? Failure) Write(long? first, IReadOnlyList<int> items, Durability durability)
    {
        var settled = 1 + store.Log.Count + _waiting.Count;
        if (first > settled)
            return (0, Misplaced(settled)); // one before it failed
        var there = first is { } at ? (int)Math.Clamp(settled - at, 0, items.Count) : 0;
        if (
            there > 0
            && (first < 1 || !store.Log.Concat(_waiting).Skip((int)first!.Value - 1).Take(there).SequenceEqual(items.Take(there)))
        )
            return (0, Misplaced(settled));
        if (store.IsFull && there < items.Count)
            return (0, Refused(ThreadStoreErrorCode.ResourceExhausted));
        if (there < items.Count && random.Next(150) == 0)
        {
            store.Hiccups++; // the disk refuses for a moment, and nothing is kept
            return (0, Refused(ThreadStoreErrorCode.Unavailable));
        }
        if (store.IsStored)
            store.Append(items.Skip(there));
        else
            _waiting.AddRange(items.Skip(there));
        return (first ?? settled, durability == Durability.Buffered || !store.IsStored && _waiting.Count == 0 ? null : Store(isSafe: true));
    }

    // When it is not known what became of something, nothing more is tried.
    WriterFailure? Store(bool isSafe)
    {
        if (_end is not null)
            return _end;
        if (store.IsFull && _waiting.Count > 0)
            return Refused(ThreadStoreErrorCode.ResourceExhausted);
        store.Store();
        store.Append(_waiting);
        _waiting.Clear();
        if (isSafe && random.Next(150) == 0)
        {
            store.FailToFlush();
            return _end = new WriterFailure(WriterFailureKind.OutcomeUnknown, ThreadStoreException.OutcomeUnknown("a failed fsync"));
        }
        if (isSafe)
            store.Flush();
        return null;
    }

    sealed record Work(int Growth, Func<(long First, WriterFailure? Failure)> Run, Action<long, WriterFailure?> Done);
}
