using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Spool;

/// <summary>Checks the structure of JSON, 64 bytes at a time: where strings begin and end, what stands beside them, and how braces are
/// nested.</summary>
/// <remarks>This is what tells one record from two on a line, or from the rest of one, at a speed that lets every line be checked. The
/// whole grammar is checked by <see cref="JsonText"/>.</remarks>
static class JsonStructure
{
    const int Block = 64;
    const ulong Odd = 0xAAAA_AAAA_AAAA_AAAA;

    /// <summary>Says whether a text without spaces between its tokens is one object: it begins with the first brace and ends with its
    /// counterpart; strings are closed; quotes, braces, commas and colons stand only beside what may stand beside them.</summary>
    /// <returns>False also for an object with spaces between its tokens.</returns>
    public static bool IsCompactObject(ReadOnlySpan<byte> text) => IsCompactObject(text, out _);

    /// <summary>Says the same, and whether the text has nothing but letters and signs of ASCII: no control characters, no escapes, and so
    /// nothing that <see cref="JsonRepair"/> could have to mend.</summary>
    public static bool IsCompactObject(ReadOnlySpan<byte> text, out bool isPlain)
    {
        isPlain = false;
        if (text.Length < 2 || text[0] != '{' || text[^1] != '}')
            return false;
        var scan = default(Scan);
        ref var first = ref MemoryMarshal.GetReference(text);
        var any = Vector256<byte>.Zero; // the bits that any byte has
        var least = Vector256<byte>.AllBitsSet; // the least byte of each column
        var at = 0;
        for (; at + Block <= text.Length; at += Block)
        {
            var (low, high) = (Vector256.LoadUnsafe(ref first, (nuint)at), Vector256.LoadUnsafe(ref first, (nuint)at + 32));
            any |= low | high;
            least = Vector256.Min(least, Vector256.Min(low, high));
            if (!scan.Take(low, high, ulong.MaxValue, isLast: at + Block == text.Length))
                return false;
        }
        if (at < text.Length)
        {
            Span<byte> rest = stackalloc byte[Block];
            rest.Fill((byte)' ');
            text[at..].CopyTo(rest);
            ref var tail = ref MemoryMarshal.GetReference(rest);
            var (low, high) = (Vector256.LoadUnsafe(ref tail), Vector256.LoadUnsafe(ref tail, 32));
            any |= low | high;
            least = Vector256.Min(least, Vector256.Min(low, high));
            if (!scan.Take(low, high, (1UL << (text.Length - at)) - 1, isLast: true))
                return false;
        }
        isPlain = !scan.HasEscapes && any.ExtractMostSignificantBits() == 0 && !Vector256.LessThanAny(least, Vector256.Create((byte)' '));
        return scan.IsClosed;
    }

    struct Scan
    {
        ulong _inString; // all ones while the block before ended inside of a string
        ulong _escaped; // whether the first byte of the next block is escaped
        ulong _beforeStart; // whether what may stand before a value or a name was the last byte
        ulong _wasObject,
            _wasClose,
            _wasString; // what the last byte was
        int _depth;
        bool _hasBegun;

        public bool HasEscapes { get; private set; }

        public readonly bool IsClosed => _depth == 0 && _inString == 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Take(Vector256<byte> low, Vector256<byte> high, ulong valid, bool isLast)
        {
            var quotes = Where(low, high, (byte)'"') & valid;
            var backslashes = Where(low, high, (byte)'\\') & valid;
            HasEscapes |= backslashes != 0;
            if (quotes == 0 && _inString != 0 && backslashes >> 63 == 0)
            {
                _escaped = 0;
                return true;
            }
            return TakeStructure(low, high, quotes & ~Escaped(backslashes), valid, isLast);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        bool TakeStructure(Vector256<byte> low, Vector256<byte> high, ulong quotes, ulong valid, bool isLast)
        {
            var inString = PrefixXor(quotes) ^ _inString;
            _inString = (ulong)((long)inString >> 63);
            var outside = ~(inString | quotes) & valid;
            var (opening, closing) = (quotes & inString, quotes & ~inString);
            if ((outside | closing | _wasString | _wasClose) == 0)
            {
                // Only the opening quote can be here, as the first byte of a string that goes on.
                if ((opening & ~_beforeStart) != 0)
                    return false;
                _beforeStart = _wasObject = 0;
                return true;
            }
            if ((AtMost(low, high, (byte)' ') & outside) != 0)
                return false;
            var folded = Vector256.Create((byte)0x20);
            var opens = Where(low | folded, high | folded, (byte)'{') & outside;
            var closes = Where(low | folded, high | folded, (byte)'}') & outside;
            var objects = Where(low, high, (byte)'{') & outside;
            var commas = Where(low, high, (byte)',') & outside;
            var colons = Where(low, high, (byte)':') & outside;
            var beforeStart = opens | commas | colons;
            var starts = opens | opening;
            if (!_hasBegun)
                (_hasBegun, _beforeStart) = (true, 1);
            var isSound =
                (starts & ~(beforeStart << 1 | _beforeStart)) == 0
                & (opens & (objects << 1 | _wasObject)) == 0
                & ((closing << 1 | _wasString) & ~(commas | colons | closes) & valid) == 0
                & ((closes << 1 | _wasClose) & ~(commas | closes) & valid) == 0;
            (_beforeStart, _wasObject, _wasString, _wasClose) = (beforeStart >> 63, objects >> 63, closing >> 63, closes >> 63);
            return isSound && Nest(opens, closes, isLast ? valid : 0);
        }

        // Counts in one step where the block cannot end the object, and brace by brace where it can.
        bool Nest(ulong opens, ulong closes, ulong last)
        {
            var closed = BitOperations.PopCount(closes);
            if (_depth > closed)
            {
                _depth += BitOperations.PopCount(opens) - closed;
                return true;
            }
            for (var braces = opens | closes; braces != 0; braces &= braces - 1)
            {
                _depth += (opens & braces & (~braces + 1)) != 0 ? 1 : -1;
                if (_depth <= 0)
                    return _depth == 0 && last != 0 && BitOperations.TrailingZeroCount(braces) == 63 - BitOperations.LeadingZeroCount(last);
            }
            return true;
        }

        // Which bytes stand behind a backslash that is not escaped itself (the method is that of simdjson).
        ulong Escaped(ulong backslashes)
        {
            if (backslashes == 0)
            {
                var first = _escaped;
                _escaped = 0;
                return first;
            }
            var potential = backslashes & ~_escaped;
            var series = ((potential << 1 | Odd) - potential) ^ Odd;
            var escaped = series ^ (backslashes | _escaped);
            _escaped = (series & backslashes) >> 63;
            return escaped;
        }

        static ulong PrefixXor(ulong bits)
        {
            bits ^= bits << 1;
            bits ^= bits << 2;
            bits ^= bits << 4;
            bits ^= bits << 8;
            bits ^= bits << 16;
            return bits ^ bits << 32;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static ulong Where(Vector256<byte> low, Vector256<byte> high, byte value)
        {
            var wanted = Vector256.Create(value);
            return Vector256.Equals(low, wanted).ExtractMostSignificantBits()
                | (ulong)Vector256.Equals(high, wanted).ExtractMostSignificantBits() << 32;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static ulong AtMost(Vector256<byte> low, Vector256<byte> high, byte value)
        {
            var limit = Vector256.Create(value);
            return Vector256.LessThanOrEqual(low, limit).ExtractMostSignificantBits()
                | (ulong)Vector256.LessThanOrEqual(high, limit).ExtractMostSignificantBits() << 32;
        }
    }
}
