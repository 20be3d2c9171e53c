namespace Spool.Benchmarks;

/// <summary>Random numbers that are the same on every machine and with every runtime: SplitMix64.</summary>
struct SeededRandom(ulong seed)
{
    ulong _state = seed;

    /// <summary>Makes the numbers of one of many independent sequences.</summary>
    public static SeededRandom Of(int seed, long sequence)
    {
        var mixed = new SeededRandom((ulong)(uint)seed << 40 ^ (ulong)sequence);
        return new SeededRandom(mixed.Next());
    }

    public ulong Next()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }

    /// <summary>Gives a number from 0 up to, but without, a limit.</summary>
    public int Below(int limit) => (int)(uint)((UInt128)Next() * (ulong)limit >> 64);

    /// <summary>Makes a UUID of version 7.</summary>
    public Guid Id(long milliseconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, milliseconds << 16);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | Next() & 0xfff));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], 0x8000000000000000 | Next() >> 2);
        return new Guid(bytes, bigEndian: true);
    }
}
