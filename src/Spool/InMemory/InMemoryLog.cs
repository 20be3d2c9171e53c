namespace Spool;

/// <summary>One rollout of the in-memory store: its lines, what they say, and how many of them can be read. Lines are only added, but for a torn one that is set aside.</summary>
sealed class InMemoryLog
{
    readonly List<ReadOnlyMemory<byte>> _lines = [];
    readonly LineBlocks _blocks = new();
    readonly MetadataObserver _observer = new();
    readonly bool _isTorn;

    /// <summary>Makes a log of lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="thread">The thread when no line names one.</param>
    /// <param name="rollout">The id of the rollout, or null for that of the thread.</param>
    /// <param name="isTorn">Whether the last line has no line end.</param>
    public InMemoryLog(IEnumerable<ReadOnlyMemory<byte>> lines, ThreadId? thread, ThreadId? rollout = null, bool isTorn = false)
    {
        foreach (var line in lines)
            Add(line);
        _isTorn = isTorn;
        ThreadId = Facts.Id ?? thread ?? throw new ArgumentException("A log without a readable session_meta needs an id beside it.", nameof(thread));
        RolloutId = rollout ?? ThreadId;
    }

    public ThreadId ThreadId { get; }

    public ThreadId RolloutId { get; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Lines => _lines;

    public ThreadFacts Facts => _observer.Facts;

    public DateTimeOffset? FirstItemAt { get; private set; }

    public int UnreadableCount { get; private set; }

    public bool LastIsUnreadable { get; private set; }

    /// <summary>Whether the last line was being written when its writer died.</summary>
    public bool EndsTorn => _isTorn && LastIsUnreadable;

    public string HistoryMode => Facts.HistoryMode ?? HistoryModes.Legacy;

    public bool HasKnownMode => HistoryMode is HistoryModes.Legacy or HistoryModes.Paginated;

    /// <summary>The ordinal behind the last line that can be read; a legacy log counts its lines.</summary>
    public long NextOrdinal { get; private set; }

    /// <summary>The length of the log as a file has it, without a torn last line.</summary>
    public long ByteLength => OffsetOf(_lines.Count - (EndsTorn ? 1 : 0));

    /// <summary>The first item of the log that says which thread it belongs to.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: there is none.</exception>
    public RolloutItem Head => Facts.Id is null
        ? throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, $"The log of thread {ThreadId} does not say which thread it belongs to.")
        : ItemsFrom(0).First(item => item.Kind == RolloutItemKind.SessionMeta);

    /// <summary>Where a line begins in the log as a file has it.</summary>
    public long OffsetOf(int line) => _lines.Take(line).Sum(bytes => bytes.Length + 1L);

    /// <summary>Makes the items of the lines; a line that carries no ordinal gets its position in the history.</summary>
    /// <param name="position">How many items of other logs come before the first line.</param>
    public IEnumerable<RolloutItem> ItemsFrom(int position) => _lines.Select((line, index) => new RolloutItem(line, position + index));

    /// <summary>Adds a line for a new item.</summary>
    /// <param name="item">The item, checked.</param>
    /// <param name="nowMs">The time to record when the item names none, in milliseconds since 1970.</param>
    public void Add(NewItem item, long nowMs) => Add(_blocks.Write(item, nowMs, HistoryMode == HistoryModes.Legacy ? null : NextOrdinal));

    public void Add(ReadOnlyMemory<byte> line)
    {
        var item = new RolloutItem(line, _lines.Count);
        _lines.Add(line);
        _observer.Observe(item);
        FirstItemAt ??= item.Timestamp;
        LastIsUnreadable = item.Kind == RolloutItemKind.Unreadable;
        UnreadableCount += LastIsUnreadable ? 1 : 0;
        NextOrdinal = HistoryMode == HistoryModes.Legacy ? _lines.Count : LastIsUnreadable ? NextOrdinal : item.Ordinal + 1;
    }

    /// <summary>The log without its torn last line.</summary>
    public InMemoryLog WithoutTornLine() => EndsTorn ? new InMemoryLog(_lines.SkipLast(1), ThreadId, RolloutId) : this;
}
