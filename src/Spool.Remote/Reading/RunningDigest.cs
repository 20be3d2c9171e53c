using System.IO.Hashing;
using System.Numerics;

namespace Spool.Remote;

/// <summary>A digest of everything that was added, at the speed of memory. It tells contents apart that were not made to look
/// alike.</summary>
sealed class RunningDigest
{
    const ulong Factor = 0x9E3779B97F4A7C15;

    readonly XxHash3 _bytes = new();
    ulong _items;

    /// <summary>Gets the digest.</summary>
    public ulong Value => Mixed(_items, _bytes.GetCurrentHashAsUInt64());

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        _items = 0;
        _bytes.Reset();
    }

    /// <summary>Adds bytes. The digest is the same however they were cut into pieces.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => _bytes.Append(bytes);

    /// <summary>Adds an item.</summary>
    public void Add(RolloutItem item) =>
        _items = Mixed(Mixed(Mixed(_items, XxHash3.HashToUInt64(item.Bytes.Span)), (ulong)item.Length), (ulong)item.Ordinal);

    // One to one for each state, so that what differs once does not become equal by what follows.
    static ulong Mixed(ulong state, ulong word)
    {
        state = BitOperations.RotateLeft(state ^ word, 29) * Factor;
        return state ^ (state >> 32);
    }
}
