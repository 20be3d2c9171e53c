using System.IO.Compression;
using ZstdSharp;

namespace Spool;

/// <summary>Reads files of a home that are no rollouts, compressed or not: by what is in them, because a name may have been changed in any
/// way.</summary>
static class PackedFile
{
    /// <summary>How many packings within each other are undone.</summary>
    public const int MostLayers = 4;

    const int TarMark = 257; // where a tar says what it is

    // What packings begin with that are not undone here: bzip2, xz, 7z, rar, lz4 (also its old form), compress, lzh, lzip, lzma, lzop,
    // snappy, cab.
    static readonly byte[][] Others =
    [
        [.. "BZh"u8],
        [0xfd, .. "7zXZ"u8],
        [.. "7z"u8, 0xbc, 0xaf],
        [.. "Rar!"u8, 0x1a, 0x07],
        [0x04, 0x22, 0x4d, 0x18],
        [0x02, 0x21, 0x4c, 0x18],
        [0x1f, 0x9d],
        [0x1f, 0xa0],
        [.. "LZIP"u8],
        [0x5d, 0, 0],
        [0x89, .. "LZO"u8],
        [0xff, 0x06, 0, 0, .. "sNaPpY"u8],
        [.. "MSCF"u8, 0, 0, 0, 0],
        [.. "PACK"u8, 0, 0, 0],
        [.. "# v2 git bundle"u8],
        [.. "# v3 git bundle"u8],
    ];

    /// <summary>Opens a file, uncompressed where it is one compressed stream, or one within another. Only to be read forward.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static RolloutSource Open(string path)
    {
        var file = RegularFile.OpenStream(path);
        try
        {
            var layers = new List<HeadedStream> { new(file) };
            while (layers.Count <= MostLayers && KindOf(layers[^1].Head) is Packing.Gzip or Packing.Zstd)
                layers.Add(new HeadedStream(Unpack(layers[^1], KindOf(layers[^1].Head))));
            return new StreamSource(layers);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Says how something is packed, by its first bytes.</summary>
    public static Packing KindOf(ReadOnlySpan<byte> head)
    {
        // The second begins a frame that is to be passed over, which some programs put first.
        if (head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]) || head is [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18, ..])
            return Packing.Zstd;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return Packing.Gzip;
        if (head.StartsWith("PK\u0003\u0004"u8))
            return Packing.Zip;
        if (head.Length > TarMark && head[TarMark..].StartsWith("ustar"u8))
            return Packing.Tar;
        foreach (var other in Others)
        {
            if (head.StartsWith(other))
                return Packing.Other;
        }
        // Two bytes with a small sum of check, with which a text may begin as well.
        return head is [0x78, var flags, ..] && ((0x78 << 8) + flags) % 31 == 0 ? Packing.Zlib : Packing.None;
    }

    /// <summary>Undoes a packing that is one stream.</summary>
    public static Stream Unpack(Stream stream, Packing kind, bool leaveOpen = false) =>
        kind switch
        {
            Packing.Gzip => new GZipStream(stream, CompressionMode.Decompress, leaveOpen),
            Packing.Zlib => new ZLibStream(stream, CompressionMode.Decompress, leaveOpen),
            _ => new DecompressionStream(stream, leaveOpen: leaveOpen, checkEndOfStream: true),
        };

    /// <summary>Says whether an error means that something is damaged, truncated or packed in a way that is not known.</summary>
    public static bool IsDamage(Exception e) => e is InvalidDataException or NotSupportedException or EndOfStreamException or ZstdException;

    // What unpacks a stream asks for more at its end, where another one may follow, unless it was given something else already.
    sealed class StreamSource(List<HeadedStream> layers) : RolloutSource
    {
        readonly HeadedStream _stream = layers[^1];
        long _position;
        string? _problem;

        public override string? Problem => _problem;

        public override int Read(Span<byte> buffer, long offset)
        {
            if (offset != _position)
                throw new InvalidOperationException("A packed file is read forward.");
            try
            {
                var read = _stream.Read(buffer);
                _position += read;
                if (read == 0 && buffer.Length > 0 && !layers.TrueForAll(layer => layer.IsAtEnd))
                    _problem = "Something stands behind what is packed.";
                return read;
            }
            catch (Exception e) when (IsDamage(e))
            {
                _problem = "It is damaged or truncated.";
                return 0;
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
            new(Read(buffer.Span, offset));

        public override void Dispose() => _stream.Dispose();
    }
}

/// <summary>How a file, or what is in one, is packed.</summary>
enum Packing
{
    /// <summary>Not at all, as far as can be seen.</summary>
    None,

    /// <summary>As one zstd stream.</summary>
    Zstd,

    /// <summary>As one gzip stream.</summary>
    Gzip,

    /// <summary>As one zlib stream.</summary>
    Zlib,

    /// <summary>As an archive of files, each compressed.</summary>
    Zip,

    /// <summary>As an archive of files as they are.</summary>
    Tar,

    /// <summary>In a way that is not undone here.</summary>
    Other,
}
