using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Spool;

/// <summary>The id of a turn in as few bytes as possible: a UUID or the number of an unnamed turn needs no string.</summary>
/// <param name="Value">The UUID, or the number of an unnamed turn.</param>
/// <param name="Text">Null for a UUID, <see cref="Prefix"/> for an unnamed turn, else the id itself.</param>
readonly record struct TurnKey(Guid Value, string? Text)
{
    const string Prefix = "rollout-";

    public bool IsEmpty => this == default;

    /// <summary>The key of a turn that the log opens without naming it.</summary>
    public static TurnKey Unnamed(long ordinal)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, ordinal + 1);
        return new TurnKey(new Guid(bytes), Prefix);
    }

    public static TurnKey Of(string id) => Of(Encoding.UTF8.GetBytes(id));

    public static TurnKey Of(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty)
            return default;
        // Only the canonical form may lose its text, or the id would come back in another spelling.
        if (
            id.Length == 36
            && Utf8Parser.TryParse(id, out Guid guid, out var used)
            && used == 36
            && id.IndexOfAnyInRange((byte)'A', (byte)'F') < 0
            && guid != Guid.Empty
        )
            return new TurnKey(guid, null);
        if (
            id.StartsWith("rollout-"u8)
            && id[8..] is var digits
            && digits.Length is > 0 and < 19
            && Utf8Parser.TryParse(digits, out long number, out used)
            && used == digits.Length
            && digits[0] is >= (byte)'0' and <= (byte)'9'
            && (digits[0] != '0' || digits.Length == 1)
        )
            return Unnamed(number);
        return new TurnKey(default, Encoding.UTF8.GetString(id));
    }

    public override string ToString()
    {
        if (Text is null)
            return Value == Guid.Empty ? "" : Value.ToString("D");
        if (!ReferenceEquals(Text, Prefix))
            return Text;
        Span<byte> bytes = stackalloc byte[16];
        Value.TryWriteBytes(bytes);
        return Prefix + (BinaryPrimitives.ReadInt64LittleEndian(bytes) - 1).ToString(CultureInfo.InvariantCulture);
    }
}
