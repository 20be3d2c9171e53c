namespace Spool;

/// <summary>One rollout of the in-memory store: its lines, what they say, and how many of them can be read. Lines are only added, but for a
/// torn one that is set aside.</summary>
sealed class InMemoryLog
{
    readonly List<ReadOnlyMemory<byte>> _lines = [];
    readonly LineBlocks _blocks = new();
    readonly MetadataObserver _observer = new();
    readonly LogTally _tally = new(new LogTotals());
    readonly bool _isTorn;

    /// <summary>Makes a log of lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="threadId">The thread when no line names one.</param>
    /// <param name="rollout">The id of the rollout, or null for that of the thread.</param>
    /// <param name="isTorn">Whether the last line has no line end.</param>
    public InMemoryLog(IEnumerable<ReadOnlyMemory<byte>> lines, ThreadId? threadId, ThreadId? rollout = null, bool isTorn = false)
    {
        foreach (var line in lines)
            Add(line);
        _isTorn = isTorn;
        ThreadId =
            Facts.Id
            ?? threadId
            ?? throw new ArgumentException("A log without a readable session_meta needs an id beside it.", nameof(threadId));
        RolloutId = rollout ?? ThreadId;
    }

    public ThreadId ThreadId { get; }

    public ThreadId RolloutId { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Lines => _lines;

    public ThreadFacts Facts => _observer.Facts;

    public LogTotals Totals => _tally.ToTotals();

    /// <summary>Whether the last line holds no record.</summary>
    public bool LastIsLost { get; private set; }

    /// <summary>Whether the last line was being written when its writer died.</summary>
    public bool EndsTorn => _isTorn && LastIsLost;

    public string HistoryMode => Facts.HistoryMode ?? HistoryModes.Legacy;

    public bool HasKnownMode => HistoryMode is HistoryModes.Legacy or HistoryModes.Paginated;

    /// <summary>The ordinal of the next item that is appended.</summary>
    public long NextOrdinal => _tally.AppendOrdinal;

    /// <summary>The length of the log as a file has it, without a torn last line.</summary>
    public long ByteLength => OffsetOf(_lines.Count - (EndsTorn ? 1 : 0));

    /// <summary>The length of all of it as a file has it.</summary>
    public long StoredBytes => OffsetOf(_lines.Count) - (_isTorn && _lines.Count > 0 ? 1 : 0);

    /// <summary>The first item of the log that says which thread it belongs to.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: there is none.</exception>
    public RolloutItem Head =>
        Facts.Id is null
            ? throw new ThreadStoreException(
                ThreadStoreErrorCode.Corrupt,
                $"The log of thread {ThreadId} does not say which thread it belongs to."
            )
            : ItemsFrom(0).SelectMany(Records).First(item => item.Kind == RolloutItemKind.SessionMeta);

    /// <summary>Where a line begins in the log as a file has it.</summary>
    public long OffsetOf(int line) => _lines.Take(line).Sum(bytes => bytes.Length + 1L);

    /// <summary>Makes the items of the lines; a line that carries no ordinal gets the one behind the highest before it.</summary>
    /// <param name="next">The ordinal behind the items of other logs that come before the first line.</param>
    public IEnumerable<RolloutItem> ItemsFrom(long next)
    {
        foreach (var line in _lines)
        {
            var item = new RolloutItem(line, next);
            next = Math.Max(item.Ordinal, next) + 1;
            yield return item;
        }
    }

    /// <summary>Gives an item as the records that it holds.</summary>
    public static IEnumerable<RolloutItem> Records(RolloutItem item) =>
        item.Kind != RolloutItemKind.Unreadable ? [item] : item.Recovered.Select(record => record.Item);

    /// <summary>Adds a line for a new item.</summary>
    /// <param name="item">The item, checked.</param>
    /// <param name="nowMs">The time to record when the item names none, in milliseconds since 1970.</param>
    public void Add(NewItem item, long nowMs) => Add(_blocks.Write(item, nowMs, HistoryMode == HistoryModes.Legacy ? null : NextOrdinal));

    public void Add(ReadOnlyMemory<byte> line)
    {
        var item = new RolloutItem(line, _tally.NextOrdinal);
        _lines.Add(line);
        _observer.Observe(item);
        _tally.Take(item, HistoryMode);
        LastIsLost = !item.HoldsRecord;
    }

    /// <summary>The log without its torn last line.</summary>
    public InMemoryLog WithoutTornLine() => EndsTorn ? new InMemoryLog(_lines.SkipLast(1), ThreadId, RolloutId) : this;
}
