using System.Buffers.Text;
using System.Text.Json;

namespace Spool;

/// <summary>Gives the text of a JSON string piece by piece, so that a long one is never in memory as a whole.</summary>
static class LongText
{
    /// <summary>The longest piece, in bytes of JSON.</summary>
    public const int PieceBytes = 64 * 1024;

    const int PairLength = 12; // of two escapes that are one character

    /// <summary>Gives the next piece of a string.</summary>
    /// <param name="rest">What is left of the string, as it stands between its quotes; the piece is taken off.</param>
    public static string Next(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.Length <= PieceBytes ? rest.Length : LengthOfPiece(rest);
        var quoted = new byte[length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        rest[..length].CopyTo(quoted.AsSpan(1));
        rest = rest[length..];
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        return reader.GetString()!;
    }

    // As much as ends neither in the middle of a character nor of an escape, nor between two escapes that are one character.
    static int LengthOfPiece(ReadOnlySpan<byte> rest)
    {
        var end = PieceBytes;
        var at = 0;
        while (rest[at..end].IndexOf((byte)'\\') is >= 0 and var found)
        {
            at += found;
            var length =
                rest[at + 1] != 'u' ? 2
                : IsHighSurrogate(rest[(at + 2)..]) ? PairLength
                : PairLength / 2;
            if (at + length > end)
                return at;
            at += length;
        }
        while ((rest[end] & 0xC0) == 0x80) // not the first byte of a character
            end--;
        return end;
    }

    static bool IsHighSurrogate(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits[..4], out ushort unit, out _, 'x') && char.IsHighSurrogate((char)unit);
}
