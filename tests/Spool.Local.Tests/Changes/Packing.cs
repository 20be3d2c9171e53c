using System.Formats.Tar;
using System.IO.Compression;

namespace Spool.Local.Tests;

/// <summary>Packs bytes as people pack what they keep.</summary>
static class Packing
{
    public static byte[] Gzip(byte[] bytes) => Packed(bytes, stream => new GZipStream(stream, CompressionLevel.Fastest));

    public static byte[] Zlib(byte[] bytes) => Packed(bytes, stream => new ZLibStream(stream, CompressionMode.Compress));

    public static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    public static byte[] Tar(params byte[][] files)
    {
        using var packed = new MemoryStream();
        using (var archive = new TarWriter(packed, leaveOpen: true))
        {
            for (var i = 0; i < files.Length; i++)
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"log{i}.jsonl") { DataStream = new MemoryStream(files[i]) });
        }
        return packed.ToArray();
    }

    public static byte[] Zip(byte[] file) => Zip(CompressionLevel.Optimal, file);

    public static byte[] Zip(CompressionLevel level, params byte[][] files)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < files.Length; i++)
            {
                using var entry = archive.CreateEntry($"log{i}.jsonl", level).Open();
                entry.Write(files[i]);
            }
        }
        return packed.ToArray();
    }

    static byte[] Packed(byte[] bytes, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var stream = open(packed))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
