using System.Buffers.Text;
using System.Text;

namespace Spool.Benchmarks;

/// <summary>UTF-8 text that grows at its end. The interpolation of strings is too slow to write gigabytes with.</summary>
sealed class Utf8Text
{
    byte[] _bytes = new byte[64 * 1024];
    int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public int Length => _length;

    public void Clear() => _length = 0;

    public Utf8Text Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
        return this;
    }

    public Utf8Text Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public Utf8Text Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        _length += written;
        return this;
    }

    public Utf8Text Add(Guid id)
    {
        Utf8Formatter.TryFormat(id, Room(36), out var written, 'D');
        _length += written;
        return this;
    }

    /// <summary>Adds a time as rollouts have it, such as <c>2026-01-01T00:00:00.000Z</c>.</summary>
    public Utf8Text AddTime(long milliseconds)
    {
        var time = DateTime.UnixEpoch.AddMilliseconds(milliseconds);
        var room = Room(24);
        "0000-00-00T00:00:00.000Z"u8.CopyTo(room);
        Digits(room[..4], time.Year);
        Digits(room[5..7], time.Month);
        Digits(room[8..10], time.Day);
        Digits(room[11..13], time.Hour);
        Digits(room[14..16], time.Minute);
        Digits(room[17..19], time.Second);
        Digits(room[20..23], time.Millisecond);
        _length += 24;
        return this;
    }

    static void Digits(Span<byte> room, int number)
    {
        for (var i = room.Length - 1; i >= 0; i--, number /= 10)
            room[i] = (byte)('0' + number % 10);
    }

    Span<byte> Room(int needed)
    {
        if (_bytes.Length - _length < needed)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + needed));
        return _bytes.AsSpan(_length);
    }
}
