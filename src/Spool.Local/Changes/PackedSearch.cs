using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace Spool;

/// <summary>Looks for the id of a thread in files, as ASCII or as UTF-16, also in what is packed in them: zstd, gzip, zlib, zip and tar,
/// one within another to four layers.</summary>
/// <param name="threadId">The thread.</param>
/// <param name="most">How much of a file is looked through, in bytes of each layer.</param>
sealed class PackedSearch(ThreadId threadId, long most)
{
    const int BlockBytes = 256 * 1024;
    const int MostInMemory = 64 * 1024 * 1024; // of a zip within something else, which is read from its end

    // Without its last byte the text is the same for both orders of the bytes of a character.
    readonly byte[][] _patterns =
    [
        .. ((string[])[threadId.ToString(), threadId.ToString().ToUpperInvariant()]).SelectMany(text =>
            (byte[][])[Encoding.ASCII.GetBytes(text), Encoding.Unicode.GetBytes(text)[..^1]]
        ),
    ];

    readonly long[] _left = new long[PackedFile.MostLayers + 1]; // by how many layers may follow

    /// <summary>Says whether the id is in a file.</summary>
    /// <returns>Whether it is, or null when it was not found and the file is larger, damaged, or packed in a way that cannot be
    /// read.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public bool? In(string path)
    {
        Array.Fill(_left, most);
        using var file = RegularFile.OpenStream(path);
        return In(file, PackedFile.MostLayers);
    }

    bool? In(Stream stream, int layers)
    {
        var watch = new IdWatch(_patterns, bytes => (_left[layers] -= bytes) >= 0);
        var headed = new HeadedStream(stream, watch);
        bool? inside = null;
        try
        {
            inside = InPacked(stream, headed, layers);
            // Also what is not packed, or stands behind what is.
            var block = new byte[BlockBytes];
            while (inside != true && headed.Read(block) > 0) { }
        }
        catch (Exception e) when (PackedFile.IsDamage(e))
        {
            inside = null;
        }
        return inside == true || watch.HasFound ? true : inside;
    }

    bool? InPacked(Stream stream, HeadedStream headed, int layers)
    {
        var kind = PackedFile.KindOf(headed.Head);
        if (kind is Packing.None or Packing.Other)
            return kind == Packing.None ? false : null;
        if (layers == 0)
            return null;
        if (kind == Packing.Tar)
            return InTar(headed, layers - 1);
        if (kind == Packing.Zip)
        {
            var found = InZip(stream.CanSeek ? stream : InMemory(headed), layers - 1);
            if (stream.CanSeek)
                stream.Position = headed.Head.Length;
            return found;
        }
        using var unpacked = new HeadedStream(PackedFile.Unpack(headed, kind, leaveOpen: true));
        return kind == Packing.Zlib && unpacked.Head.IsEmpty ? false : In(unpacked, layers - 1); // a text that only begins so
    }

    bool? InTar(Stream stream, int layers)
    {
        using var archive = new TarReader(stream, leaveOpen: true);
        var isKnown = true;
        for (var isFirst = true; ; isFirst = false)
        {
            TarEntry? entry;
            try
            {
                entry = archive.GetNextEntry();
            }
            catch (Exception e) when (PackedFile.IsDamage(e) && isFirst)
            {
                return false; // a text with the mark of a tar in it
            }
            if (entry is null)
                return isKnown ? false : null;
            if (entry.DataStream is not { } data)
                continue;
            if (In(data, layers) is not false and var found)
            {
                if (found == true)
                    return true;
                isKnown = false;
            }
        }
    }

    bool? InZip(Stream stream, int layers)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        var isKnown = true;
        foreach (var entry in archive.Entries)
        {
            if (entry.FullName.Contains(threadId.ToString(), StringComparison.OrdinalIgnoreCase))
                return true;
            try
            {
                using var data = entry.Open();
                var found = In(data, layers);
                if (found == true)
                    return true;
                isKnown &= found == false;
            }
            catch (Exception e) when (PackedFile.IsDamage(e))
            {
                isKnown = false;
            }
        }
        return isKnown ? false : null;
    }

    static MemoryStream InMemory(Stream stream)
    {
        var memory = new MemoryStream();
        var block = new byte[BlockBytes];
        while (stream.Read(block) is > 0 and var read)
        {
            memory.Write(block, 0, read);
            if (memory.Length > MostInMemory)
                throw new InvalidDataException("It is too large.");
        }
        return memory;
    }
}

/// <summary>Looks for texts in the bytes of a stream as they pass.</summary>
/// <param name="patterns">The texts.</param>
/// <param name="mayGoOn">Is given how many bytes passed, and says whether more may.</param>
sealed class IdWatch(byte[][] patterns, Func<int, bool> mayGoOn)
{
    readonly int _longest = patterns.Max(pattern => pattern.Length);
    byte[] _block = [];
    int _kept;

    /// <summary>Gets whether one of them was there.</summary>
    public bool HasFound { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="InvalidDataException">More were read than may be.</exception>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (_block.Length < _kept + bytes.Length)
            Array.Resize(ref _block, _longest + bytes.Length);
        bytes.CopyTo(_block.AsSpan(_kept));
        var filled = _block.AsSpan(0, _kept + bytes.Length);
        foreach (var pattern in patterns)
            HasFound |= filled.IndexOf(pattern) >= 0;
        if (!HasFound && !mayGoOn(bytes.Length))
            throw new InvalidDataException("It is too large to be searched.");
        _kept = Math.Min(_longest - 1, filled.Length);
        filled[^_kept..].CopyTo(_block);
    }
}
