using System.Buffers.Binary;
using System.Numerics;

namespace Spool.Storage;

/// <summary>What is known of one log without its lines. Lines are taken in one behind the other; who does holds the lock of the
/// home.</summary>
/// <param name="id">The id of the log.</param>
/// <param name="thread">The thread that it is a log of, when its notes do not say it.</param>
sealed class KnownLog(ThreadId id, ThreadId thread)
{
    readonly MetadataObserver _observer = new();
    readonly LogOrdinals _ordinals = new();
    LogTally _tally = new(new LogTotals());
    LogTotals? _beforeTorn; // what the items before the torn one amount to
    long[] _hidden = []; // the lines, in order, that are no items: notes, and what was set aside; replaced, for it is read meanwhile
    long _lastLength;
    bool _lastIsLost;

    public ThreadId Id => id;

    /// <summary>The thread that it is a log of, or was to become one of.</summary>
    public ThreadId Thread => Note.Continues ?? thread;

    /// <summary>How many lines the log has, notes included.</summary>
    public long Lines { get; private set; }

    /// <summary>A checksum of all lines, notes included.</summary>
    public uint Sum { get; private set; }

    /// <summary>How many items it has.</summary>
    public long Items => _ordinals.Count;

    /// <summary>How long the items are as lines of a file.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the notes say.</summary>
    public LogNote Note { get; private set; } = new();

    public ThreadFacts Facts => _observer.Facts;

    public LogOrdinals Ordinals => _ordinals;

    public LogTotals Totals => _tally.ToTotals();

    /// <summary>What the items amount to without a torn last one.</summary>
    public LogTotals WholeTotals => EndsTorn ? _beforeTorn! : Totals;

    /// <summary>Whether the last item was being written when its writer died, and is no record.</summary>
    public bool EndsTorn => Note is { TornAt: { } torn, IsSetAside: false } && torn == Items - 1 && _lastIsLost;

    public string HistoryMode => Facts.HistoryMode ?? HistoryModes.Legacy;

    public bool HasKnownMode => HistoryMode is HistoryModes.Legacy or HistoryModes.Paginated;

    /// <summary>The ordinal of the next item that is appended.</summary>
    public long NextOrdinal => EndsTorn ? _beforeTorn!.AppendOrdinal : _tally.AppendOrdinal;

    /// <summary>The length of the log as a file has it, without a torn last line.</summary>
    public long WholeBytes => EndsTorn ? Bytes - _lastLength : Bytes;

    /// <summary>The length of all of it as a file has it.</summary>
    public long StoredBytes => Note is { TornAt: { } torn, IsSetAside: false } && torn == Items - 1 ? Bytes - 1 : Bytes;

    /// <summary>The item that first gave a preview, and that preview; null for none.</summary>
    public (long Item, string Text)? FirstPreview { get; private set; }

    /// <summary>The first item that says which thread the log belongs to, or null.</summary>
    public RolloutItem? FirstMeta { get; private set; }

    /// <summary>The line of the first item, when it says which thread the log belongs to, else null. It tells the log from another one
    /// with its id, for it has the time at which it was made.</summary>
    public ReadOnlyMemory<byte>? FirstLine { get; private set; }

    /// <summary>The first item that says which thread the log belongs to.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.Corrupt"/>: there is none.</exception>
    public RolloutItem Head =>
        (Facts.Id is null ? null : FirstMeta)
        ?? throw new ThreadStoreException(
            ThreadStoreErrorCode.Corrupt,
            $"The log of thread {Note.Continues ?? id} does not say which thread it belongs to."
        );

    /// <summary>Takes in the next line.</summary>
    public void Take(ReadOnlyMemory<byte> line)
    {
        if (LogNote.Is(line))
            TakeNote(LogNote.Parse(line));
        else
            TakeItem(line);
        Lines++;
        Sum = Checksum(Sum, line.Span);
    }

    static uint Checksum(uint sum, ReadOnlySpan<byte> line)
    {
        sum = BitOperations.Crc32C(sum, (uint)line.Length);
        while (line.Length >= sizeof(ulong))
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(line));
            line = line[sizeof(ulong)..];
        }
        foreach (var rest in line)
            sum = BitOperations.Crc32C(sum, rest);
        return sum;
    }

    /// <summary>Gives the line that an item is.</summary>
    public long LineOf(long item)
    {
        foreach (var hidden in _hidden)
        {
            if (hidden > item)
                break;
            item++;
        }
        return item;
    }

    /// <summary>Says whether a line is no item.</summary>
    public bool IsHidden(long line) => _hidden.Length > 0 && Array.BinarySearch(_hidden, line) >= 0;

    /// <summary>Gives an item as the records that it holds.</summary>
    public static IEnumerable<RolloutItem> Records(RolloutItem item) =>
        item.Kind != RolloutItemKind.Unreadable ? [item] : item.Recovered.Select(record => record.Item);

    void TakeNote(LogNote note)
    {
        if (note.IsSetAside && EndsTorn)
        {
            _hidden = [.. _hidden.Append(LineOf(Items - 1)).Order()];
            _ordinals.RemoveLast();
            Bytes -= _lastLength;
            _tally = new LogTally(_beforeTorn!);
            _lastIsLost = false;
        }
        Note = note;
        _hidden = [.. _hidden, Lines];
    }

    void TakeItem(ReadOnlyMemory<byte> line)
    {
        var item = new RolloutItem(line, _tally.NextOrdinal);
        if (Note.TornAt == Items)
            _beforeTorn = _tally.ToTotals();
        _ordinals.Add(item, Bytes);
        _observer.Observe(item);
        _tally.Take(item, HistoryMode);
        _lastIsLost = !item.HoldsRecord;
        _lastLength = line.Length + 1;
        Bytes += _lastLength;
        if (FirstMeta is null)
            FirstMeta = item.Kind == RolloutItemKind.SessionMeta || item.Kind == RolloutItemKind.Unreadable ? MetaIn(item) : null;
        if (Items == 1 && FirstMeta is not null && item.Kind == RolloutItemKind.SessionMeta)
            FirstLine = line;
        if (FirstPreview is null && Facts.Preview is { } preview)
            FirstPreview = (Items - 1, preview);
    }

    static RolloutItem? MetaIn(RolloutItem item) => Records(item).FirstOrDefault(record => record.Kind == RolloutItemKind.SessionMeta);
}
