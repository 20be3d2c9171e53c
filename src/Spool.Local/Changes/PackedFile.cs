using System.IO.Compression;
using System.Text;

namespace Spool;

/// <summary>Reads files of a home that are no rollouts, compressed or not: by what is in them, because a name may have been changed in any way.</summary>
static class PackedFile
{
    const int BlockBytes = 256 * 1024;

    static ReadOnlySpan<byte> Zstd => [0x28, 0xb5, 0x2f, 0xfd];

    static ReadOnlySpan<byte> Gzip => [0x1f, 0x8b];

    static ReadOnlySpan<byte> Zip => "PK\u0003\u0004"u8;

    /// <summary>Opens a file, uncompressed where it is one compressed stream. Only to be read forward.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static RolloutSource Open(string path) => Kind(path) switch
    {
        Packing.Zstd => new ZstdRolloutSource(path),
        Packing.Gzip => new StreamSource(new GZipStream(RegularFile.OpenStream(path), CompressionMode.Decompress)),
        _ => new PlainRolloutSource(path),
    };

    /// <summary>Says whether the id of a thread is in a file, as ASCII or as UTF-16, also when the file is compressed or a zip archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="most">How much is looked through, in bytes without compression.</param>
    /// <returns>Whether it is, or null when it was not found and the file is larger, or packed in a way that cannot be read.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static bool? Names(string path, ThreadId thread, long most)
    {
        var kind = Kind(path);
        if (kind == Packing.Other)
            return null;
        if (kind != Packing.Zip)
        {
            using var source = Open(path);
            return Names(source, thread, ref most);
        }
        try
        {
            using var archive = new ZipArchive(RegularFile.OpenStream(path), ZipArchiveMode.Read);
            var isKnown = true;
            foreach (var entry in archive.Entries)
            {
                using var source = new StreamSource(entry.Open());
                var found = Names(source, thread, ref most);
                if (found == true || entry.FullName.Contains(thread.ToString(), StringComparison.OrdinalIgnoreCase))
                    return true;
                isKnown &= found == false;
            }
            return isKnown ? false : null;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            return null;
        }
    }

    static bool? Names(RolloutSource source, ThreadId thread, ref long most)
    {
        var texts = (string[])[thread.ToString(), thread.ToString().ToUpperInvariant()];
        // Without its last byte the text is the same for both orders of the bytes of a character.
        byte[][] patterns = [.. texts.Select(Encoding.ASCII.GetBytes), .. texts.Select(text => Encoding.Unicode.GetBytes(text)[..^1])];
        var longest = patterns.Max(pattern => pattern.Length);
        var block = new byte[BlockBytes + longest];
        var kept = 0;
        for (var offset = 0L; ;)
        {
            var read = source.Read(block.AsSpan(kept, BlockBytes), offset);
            if (read == 0)
                return source.Problem is null ? false : null;
            var filled = block.AsSpan(0, kept + read);
            foreach (var pattern in patterns)
            {
                if (filled.IndexOf(pattern) >= 0)
                    return true;
            }
            offset += read;
            if ((most -= read) < 0)
                return null;
            kept = Math.Min(longest - 1, filled.Length);
            filled[^kept..].CopyTo(block);
        }
    }

    static Packing Kind(string path)
    {
        Span<byte> head = stackalloc byte[6];
        using (var file = RegularFile.OpenRead(path))
            head = head[..RandomAccess.Read(file, head, 0)];
        return head.StartsWith(Zstd) ? Packing.Zstd
            : head.StartsWith(Gzip) ? Packing.Gzip
            : head.StartsWith(Zip) ? Packing.Zip
            : head.StartsWith("BZh"u8) || head.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z']) || head.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xbc, 0xaf]) ? Packing.Other
            : Packing.None;
    }

        enum Packing
    {
        None,
        Zstd,
        Gzip,
        Zip,
        Other,
    }

    sealed class StreamSource(Stream stream) : RolloutSource
    {
        long _position;
        string? _problem;

        public override string? Problem => _problem;

        public override int Read(Span<byte> buffer, long offset)
        {
            if (offset != _position)
                throw new NotSupportedException("A packed file is read forward.");
            try
            {
                var read = stream.Read(buffer);
                _position += read;
                return read;
            }
            catch (InvalidDataException)
            {
                _problem = "It is damaged or truncated.";
                return 0;
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) => new(Read(buffer.Span, offset));

        public override void Dispose() => stream.Dispose();
    }
}
