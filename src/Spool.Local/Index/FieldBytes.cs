using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Spool;

/// <summary>Writes fields one after another, each as short as it can be. Who reads them has to know their order.</summary>
sealed class FieldWriter
{
    readonly ArrayBufferWriter<byte> _bytes = new(512);

    /// <summary>Writes a number, small ones in one byte.</summary>
    public void Number(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var span = _bytes.GetSpan(10);
        var length = 0;
        for (; rest >= 0x80; rest >>= 7)
            span[length++] = (byte)(rest | 0x80);
        span[length++] = (byte)rest;
        _bytes.Advance(length);
    }

    /// <summary>Writes a number that may be missing.</summary>
    public void Number(long? value)
    {
        Number(value is null ? 0 : 1);
        if (value is { } number)
            Number(number);
    }

    /// <summary>Writes a time that may be missing, to a millisecond.</summary>
    public void Time(DateTimeOffset? value) => Number(value?.ToUnixTimeMilliseconds());

    /// <summary>Writes a hash.</summary>
    public void Hash(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
        _bytes.Advance(sizeof(ulong));
    }

    /// <summary>Writes a text that may be missing.</summary>
    public void Text(string? value)
    {
        Number(value is null ? 0 : 1 + Encoding.UTF8.GetByteCount(value));
        if (value is not null)
            Encoding.UTF8.GetBytes(value, _bytes);
    }

    /// <summary>Writes an id that may be missing.</summary>
    public void Id(ThreadId? value)
    {
        Number(value is null ? 0 : 1);
        if (value is { } id)
            _bytes.Write(RolloutTable.Blob(id));
    }

    /// <summary>Gives everything that was written.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}

/// <summary>Reads what a <see cref="FieldWriter"/> wrote, in the same order.</summary>
ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Reads a number.</summary>
    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    /// <summary>Reads a number that may be missing.</summary>
    public long? OptionalNumber() => Number() == 0 ? null : Number();

    /// <summary>Reads a time that may be missing.</summary>
    public DateTimeOffset? OptionalTime() => OptionalNumber() is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>Reads a hash.</summary>
    public ulong Hash() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>Reads a text.</summary>
    public string? Text() => Number() is > 0 and var length ? Encoding.UTF8.GetString(Take((int)length - 1)) : null;

    /// <summary>Reads an id.</summary>
    public ThreadId? Id() => Number() == 0 ? null : new ThreadId(new Guid(Take(16), bigEndian: true));

    ReadOnlySpan<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
