using System.Buffers.Binary;
using System.Numerics;

namespace Spool.Remote;

/// <summary>A digest of everything that was added, the same however it was cut into pieces. It tells contents apart that nobody made to look alike, at the speed of memory.</summary>
sealed class RunningDigest
{
    const ulong Factor = 0x9E3779B97F4A7C15;

    ulong _state;
    ulong _partWord;
    int _partBits;

    /// <summary>Gets the digest.</summary>
    public ulong Value => Mixed(_state, _partWord ^ ((ulong)_partBits << 58));

    /// <summary>Begins anew.</summary>
    public void Clear() => (_state, _partWord, _partBits) = (0, 0, 0);

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (_partBits > 0 && bytes.Length > 0)
        {
            AddByte(bytes[0]);
            bytes = bytes[1..];
        }
        var state = _state;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            state = Mixed(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        _state = state;
        foreach (var value in bytes)
            AddByte(value);
    }

    /// <summary>Adds a number.</summary>
    public void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Add(bytes);
    }

    void AddByte(byte value)
    {
        _partWord |= (ulong)value << _partBits;
        _partBits += 8;
        if (_partBits < 64)
            return;
        _state = Mixed(_state, _partWord);
        (_partWord, _partBits) = (0, 0);
    }

    // One to one for each state, so that what differs once does not become equal by what follows.
    static ulong Mixed(ulong state, ulong word)
    {
        state = BitOperations.RotateLeft(state ^ word, 29) * Factor;
        return state ^ (state >> 32);
    }
}
