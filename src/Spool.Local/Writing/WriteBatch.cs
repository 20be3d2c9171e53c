using System.Buffers;

namespace Spool;

/// <summary>Lines that are written together, and the calls that wait for them.</summary>
sealed class WriteBatch
{
    const int SmallestBuffer = 4096;

    // more than batches hold but for a single large append; such memory would stay with the pool for ever
    const int LargestKept = 16 * 1024 * 1024;

    readonly byte[] _time = new byte[RolloutLine.TimestampLength]; // of the line before: most lines share their millisecond with it
    long _timeMs = long.MinValue;
    byte[] _buffer = [];
    int _length;
    int _kept;

    /// <summary>Gets the lines.</summary>
    public ReadOnlySpan<byte> Lines => _buffer.AsSpan(0, _length);

    /// <summary>Gets how many bytes that is.</summary>
    public int Length => _length;

    /// <summary>Gets how many of them belong to items that were acknowledged already: those of a thread that is not stored yet.</summary>
    public int KeptLength => _kept;

    /// <summary>Gets the calls that wait.</summary>
    public List<AppendWaiter> Waiters { get; } = [];

    /// <summary>Gets whether any of them waits for the disk.</summary>
    public bool WantsSync { get; private set; }

    /// <summary>Adds a line.</summary>
    public void Add(NewItem item, long timestampMs, long? ordinal)
    {
        var room = (int)(RolloutLine.MaxLength(item) + 1);
        if (_buffer.Length - _length < room)
            Grow(room);
        if (timestampMs != _timeMs)
        {
            RolloutLine.WriteTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(timestampMs), _time);
            _timeMs = timestampMs;
        }
        _length += RolloutLine.Write(item, _time, ordinal, _buffer.AsSpan(_length));
        _buffer[_length++] = (byte)'\n';
    }

    /// <summary>Adds a call that waits for the lines.</summary>
    public void Add(AppendWaiter waiter)
    {
        Waiters.Add(waiter);
        WantsSync |= waiter.Durability == Durability.Fsynced;
    }

    /// <summary>Notes that the lines so far are acknowledged.</summary>
    public void Keep() => _kept = _length;

    /// <summary>Takes out everything that was not acknowledged.</summary>
    public void CutToKept()
    {
        _length = _kept;
        Waiters.Clear();
        WantsSync = false;
    }

    /// <summary>Makes the batch empty, for its next use.</summary>
    public void Clear()
    {
        _kept = 0;
        CutToKept();
        if (_buffer.Length > LargestKept)
            _buffer = [];
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        Clear();
        GiveBack();
        _buffer = [];
        Waiters.TrimExcess();
    }

    void Grow(int room)
    {
        var needed = Math.Max(Math.Max(SmallestBuffer, _buffer.Length * 2L), (long)_length + room);
        var larger =
            needed <= LargestKept
                ? ArrayPool<byte>.Shared.Rent((int)needed)
                : GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, _length == 0 ? room : needed));
        Lines.CopyTo(larger);
        GiveBack();
        _buffer = larger;
    }

    void GiveBack()
    {
        if (_buffer.Length is > 0 and <= LargestKept)
            ArrayPool<byte>.Shared.Return(_buffer);
    }
}
