using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Spool.Storage;

/// <summary>Makes and reads the cursors of one list: of one kind of page, one query or thread, and one direction. Every store makes its
/// cursors with it, and none has a form of its own.</summary>
/// <remarks>
/// <para>A cursor is opaque to callers: <see cref="Length"/> characters of Base64Url that hold a version, the kind, the direction, the
/// beginning of SHA-256 of the scope, the position and a checksum (CRC-32C) of all that. It holds no secret and gives no right; who makes
/// one up gets a page of the list that may be read anyway. It does not run out, and outlives the store that made it.</para>
/// <para>Versions from 2 on begin with the version and end with the checksum, and are no longer than <see cref="MaxLength"/>, so that each
/// knows the cursors of the others for what they are. Those of version 1 are known by their length.</para>
/// </remarks>
public sealed class PageCursors
{
    /// <summary>How long a cursor is, in characters.</summary>
    public const int Length = 52;

    /// <summary>How long the cursors of any version are at most, in characters.</summary>
    public const int MaxLength = 512;

    const byte Version = 2;
    const int ContentBytes = 1 + 1 + 1 + 8 + 8 + 16;
    const int Bytes = ContentBytes + 4;
    const int BytesOfVersion1 = 33;

    const byte Ascending = 1; // flags
    const byte Included = 2;

    readonly PageKind _kind;
    readonly SortDirection _direction;
    readonly ulong _scope;

    /// <summary>Makes the cursors of a list.</summary>
    /// <param name="kind">What the list holds.</param>
    /// <param name="scope">What else tells the list from others of its kind: everything that says which entries it has, and in which order,
    /// but for the direction. Lists that are the same have the same scope.</param>
    /// <param name="direction">The direction.</param>
    public PageCursors(PageKind kind, string scope, SortDirection direction)
    {
        ArgumentNullException.ThrowIfNull(scope);
        DefinedValues.Check(kind);
        DefinedValues.Check(direction);
        (_kind, _direction, _scope) = (kind, direction, Digest(scope));
    }

    /// <summary>Makes the cursors of the turns of a thread.</summary>
    /// <param name="request">The request.</param>
    public static PageCursors Of(ListTurnsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new PageCursors(PageKind.Turns, request.ThreadId.ToString(), request.Direction);
    }

    /// <summary>Makes the cursors of the items of a thread.</summary>
    /// <param name="request">The request.</param>
    public static PageCursors Of(ListItemsRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new PageCursors(PageKind.Items, request.ThreadId.ToString(), request.Direction);
    }

    /// <summary>Makes the cursor of the page behind a position.</summary>
    /// <param name="last">The position of the last entry of a page.</param>
    public string Next(PagePosition last) => Encode(last with { IsIncluded = false }, _direction);

    /// <summary>Makes the cursor with which the list of the other direction begins at a position, that one included.</summary>
    /// <param name="first">The position of the first entry of a page.</param>
    public string Backwards(PagePosition first) =>
        Encode(
            first with
            {
                IsIncluded = true,
            },
            _direction == SortDirection.Ascending ? SortDirection.Descending : SortDirection.Ascending
        );

    /// <summary>Makes a page with its cursors.</summary>
    /// <typeparam name="T">What the list holds.</typeparam>
    /// <param name="entries">The entries from where the page begins, in order: one more than the limit where there are more.</param>
    /// <param name="limit">How many the page holds at most.</param>
    /// <param name="positionOf">Gives the position of an entry.</param>
    public Page<T> ToPage<T>(IReadOnlyList<T> entries, int limit, Func<T, PagePosition> positionOf)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(positionOf);
        return new Page<T>(
            entries.Count > limit ? [.. entries.Take(limit)] : entries,
            entries.Count > limit ? Next(positionOf(entries[limit - 1])) : null
        )
        {
            BackwardsCursor = entries.Count > 0 ? Backwards(positionOf(entries[0])) : null,
        };
    }

    /// <summary>Reads a cursor.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidCursor"/>: the text is longer than any cursor; it is
    /// damaged, or no cursor; it was made by another version; it is one of another kind of page, of another query or thread, or of the
    /// other direction. The message says which.</exception>
    public PagePosition Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
            throw ThreadStoreException.InvalidCursor("The cursor is longer than any cursor is");
        Span<byte> bytes = stackalloc byte[Base64Url.GetMaxDecodedLength(MaxLength)];
        // The Try form of the decoder throws on characters that are not of its alphabet; this one reports them. What it skips makes the
        // text longer than its bytes.
        if (
            Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done
            || text.Length != Base64Url.GetEncodedLength(length)
        )
            throw Damaged();
        bytes = bytes[..length];
        if (length == BytesOfVersion1 && bytes[0] == 1)
            throw OfAnotherVersion();
        if (length < 5 || Checksum(bytes[..^4]) != BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]))
            throw Damaged();
        if (bytes[0] != Version)
            throw OfAnotherVersion();
        if (length != Bytes)
            throw Damaged();
        if (bytes[1] != (byte)_kind)
            throw ThreadStoreException.InvalidCursor(
                $"The cursor is one of {Name((PageKind)bytes[1])}, and this is a page of {Name(_kind)}"
            );
        if (BinaryPrimitives.ReadUInt64BigEndian(bytes[3..]) != _scope)
            throw ThreadStoreException.InvalidCursor(
                "The cursor belongs to another query or thread, which has to stay the same while paging"
            );
        if (((bytes[2] & Ascending) != 0) != (_direction == SortDirection.Ascending))
            throw ThreadStoreException.InvalidCursor("The cursor leads in the other direction, which has to stay the same while paging");
        return new PagePosition(BinaryPrimitives.ReadInt64BigEndian(bytes[11..]), new Guid(bytes.Slice(19, 16), bigEndian: true))
        {
            IsIncluded = (bytes[2] & Included) != 0,
        };
    }

    string Encode(PagePosition position, SortDirection direction)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        bytes[1] = (byte)_kind;
        bytes[2] = (byte)((direction == SortDirection.Ascending ? Ascending : 0) | (position.IsIncluded ? Included : 0));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[3..], _scope);
        BinaryPrimitives.WriteInt64BigEndian(bytes[11..], position.Value);
        position.Id.TryWriteBytes(bytes[19..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[ContentBytes..], Checksum(bytes[..ContentBytes]));
        return Base64Url.EncodeToString(bytes);
    }

    static ThreadStoreException Damaged() => ThreadStoreException.InvalidCursor("The cursor is damaged, or is none");

    static ThreadStoreException OfAnotherVersion() => ThreadStoreException.InvalidCursor("The cursor was made by another version of Spool");

    static string Name(PageKind kind) =>
        kind switch
        {
            PageKind.Threads => "threads",
            PageKind.Turns => "turns",
            PageKind.Items => "items",
            _ => "something else",
        };

    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    static ulong Digest(string scope)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(scope), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
