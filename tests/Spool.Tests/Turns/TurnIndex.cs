using System.Text;
using Xunit;

namespace Spool.Tests;

/// <summary>The smallest store that can index a log: it applies the changes of passes and reads single turns.</summary>
sealed class TurnIndex : ITurnLookup, ILogLines
{
    readonly SortedDictionary<long, TurnBoundary> _turns = [];
    readonly SortedDictionary<(long Turn, long Offset), long> _outlyingRecords = [];
    readonly List<(RolloutItem Item, long Start, long End)> _log = [];
    readonly byte[] _bytes;
    readonly string _mode;

    public TurnIndex(string mode, IEnumerable<string> lines)
    {
        _mode = mode;
        long offset = 0;
        foreach (var line in lines)
        {
            var bytes = Encoding.UTF8.GetBytes(line);
            _log.Add((new RolloutItem(bytes, _log.Count), offset, offset + bytes.Length + 1));
            offset += bytes.Length + 1;
        }
        _bytes = [.. _log.SelectMany(record => record.Item.Bytes.ToArray().Append((byte)'\n'))];
    }

    public IEnumerable<TurnBoundary> Turns => _turns.Values.OrderBy(turn => turn.Ordinal);

    public IReadOnlyList<OutlyingRecord> OutlyingRecords =>
        [.. _outlyingRecords.Select(record => new OutlyingRecord(record.Key.Turn, record.Key.Offset, record.Value))];

    /// <summary>Indexes the log in passes that end after the given numbers of records, each from a saved state.</summary>
    public TurnIndex Track(params int[] ends)
    {
        byte[]? state = null;
        var next = 0;
        foreach (var end in ends.Append(_log.Count))
        {
            var tracker = TurnTracker.Create(_mode, state, this, this);
            for (; next < end; next++)
                tracker.Observe(_log[next].Item, _log[next].Start, _log[next].End);
            Apply(tracker.TakeChanges());
            state = tracker.SaveState();
        }
        return this;
    }

    /// <summary>Indexes the log in one pass whose changes are taken again and again.</summary>
    public TurnIndex TrackTakingEvery(int records)
    {
        var tracker = TurnTracker.Create(_mode, null, this, this);
        for (var i = 0; i < _log.Count; i++)
        {
            tracker.Observe(_log[i].Item, _log[i].Start, _log[i].End);
            if (i % records == 0)
                Apply(tracker.TakeChanges());
        }
        Apply(tracker.TakeChanges());
        return this;
    }

    /// <summary>Gets how many lines were read once more.</summary>
    public int ReadAgain { get; private set; }

    /// <inheritdoc/>
    public IEnumerable<RolloutItem> Read(long start, long until)
    {
        foreach (var line in Lines(start, until).Where(line => line.Length > 0))
        {
            ReadAgain++;
            yield return new RolloutItem(line, 0);
        }
    }

    /// <summary>Builds every turn from the bytes of its boundary and outlying records alone.</summary>
    public IReadOnlyList<Turn> Build() => [.. Turns.SelectMany(Build)];

    public TurnBoundary? Find(string turnId, long before) =>
        _turns.Values.Where(turn => turn.TurnId == turnId && turn.Start < before).Select(turn => (TurnBoundary?)turn).LastOrDefault();

    public IReadOnlyList<TurnBoundary> FindNewest(int count, long before) =>
        [.. _turns.Values.Where(turn => turn.Start < before).Reverse().Take(count)];

    IReadOnlyList<Turn> Build(TurnBoundary turn)
    {
        var builder = TurnBuilder.CreateFor(_mode, turn, this);
        var ordinal = turn.Ordinal;
        foreach (var line in Lines(turn.Start, turn.End))
            builder.Add(new RolloutItem(line, ordinal++));
        foreach (var (key, length) in _outlyingRecords.Where(record => record.Key.Turn == turn.Start))
        {
            foreach (var line in Lines(key.Offset, key.Offset + length))
                builder.Add(new RolloutItem(line, ordinal++));
        }
        return [.. builder.Build().Select(built => built with { Ordinal = turn.Ordinal })];
    }

    // A part may begin and end within a line, at a record.
    IEnumerable<byte[]> Lines(long start, long end)
    {
        for (var at = (int)start; at < end; )
        {
            var length = Array.IndexOf(_bytes, (byte)'\n', at, (int)end - at) is >= 0 and var found ? found - at : (int)end - at;
            yield return _bytes[at..(at + length)];
            at += length + 1;
        }
    }

    void Apply(TurnChanges changes)
    {
        foreach (var start in _turns.Keys.Where(start => start >= changes.RemovedFrom).ToList())
            _turns.Remove(start);
        foreach (var key in _outlyingRecords.Keys.Where(key => key.Turn >= changes.RemovedFrom).ToList())
            _outlyingRecords.Remove(key);
        var upserted = changes.Upserted.ToList();
        Assert.Equal(changes.Count, upserted.Count);
        foreach (var turn in upserted)
            _turns[turn.Start] = turn;
        foreach (var record in changes.OutlyingRecords)
            _outlyingRecords[(record.TurnStart, record.Offset)] = record.Length;
    }
}
