using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Spool;

/// <summary>The position after which a page begins, bound to the query that made it.</summary>
/// <param name="SortValue">The value of the sort key of the last row.</param>
/// <param name="Id">The id of the last row, which breaks ties; <see cref="Guid.Empty"/> where the sort value is unique.</param>
/// <remarks>As text it is opaque: a version, a fingerprint of the query and the position. A cursor of another version, another query or another thread is refused.</remarks>
public readonly record struct PageCursor(long SortValue, Guid Id)
{
    const byte Version = 1;
    const int Length = 1 + 8 + 8 + 16;

    /// <summary>Makes the text of the cursor.</summary>
    /// <param name="scope">What the cursor belongs to; see <see cref="NormalQuery.ScopeOf"/> and <see cref="ScopeOf(ListTurns)"/>.</param>
    public string Encode(string scope)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        Fingerprint(scope, bytes[1..9]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], SortValue);
        Id.TryWriteBytes(bytes[17..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor.</summary>
    /// <param name="text">The text.</param>
    /// <param name="scope">What the cursor must belong to.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the text is not a cursor, or one of something else.</exception>
    public static PageCursor Decode(string text, string scope)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[Length];
        Span<byte> expected = stackalloc byte[8];
        // The Try form of the decoder throws on characters that are not of its alphabet; this one reports them.
        if (text.Length != Base64Url.GetEncodedLength(Length) || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done
            || written != Length || bytes[0] != Version)
            throw ThreadStoreException.InvalidRequest("The cursor is not one that this version made; start again without a cursor.");
        Fingerprint(scope, expected);
        if (!bytes[1..9].SequenceEqual(expected))
            throw ThreadStoreException.InvalidRequest("The cursor belongs to another query; keep filters and order while paging, or start again without a cursor.");
        return new PageCursor(BinaryPrimitives.ReadInt64BigEndian(bytes[9..]), new Guid(bytes[17..], bigEndian: true));
    }

    /// <summary>Gives the scope of a page of turns.</summary>
    /// <param name="request">The request.</param>
    public static string ScopeOf(ListTurns request) => $"turns\n{request.Thread}\n{request.Direction}";

    /// <summary>Gives the scope of a page of items.</summary>
    /// <param name="request">The request.</param>
    public static string ScopeOf(ListItems request) => $"items\n{request.Thread}";

    static void Fingerprint(string scope, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(scope), hash);
        hash[..8].CopyTo(destination);
    }
}
