using System.Buffers;
using System.Text;

namespace Spool;

/// <summary>Looks for ASCII text in files of any kind.</summary>
static class FileText
{
    const int BlockBytes = 256 * 1024;

    /// <summary>Says whether a file holds a text, whatever the case of its letters. Reads it once, in blocks.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static bool Contains(string path, string text)
    {
        using var file = RegularFile.OpenRead(path);
        var (lower, upper) = (Encoding.ASCII.GetBytes(text.ToLowerInvariant()), Encoding.ASCII.GetBytes(text.ToUpperInvariant()));
        using var memory = MemoryPool<byte>.Shared.Rent(BlockBytes + text.Length);
        var block = memory.Memory.Span;
        var kept = 0;
        for (var offset = 0L; RandomAccess.Read(file, block.Slice(kept, BlockBytes), offset) is > 0 and var read; offset += read)
        {
            var filled = block[..(kept + read)];
            if (filled.IndexOf(lower) >= 0 || filled.IndexOf(upper) >= 0)
                return true;
            kept = Math.Min(text.Length - 1, filled.Length);
            filled[^kept..].CopyTo(block);
        }
        return false;
    }
}
