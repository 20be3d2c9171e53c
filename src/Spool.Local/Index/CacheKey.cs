using System.Security.Cryptography;
using System.Text;

namespace Spool;

/// <summary>Names things after the hash of a text.</summary>
static class CacheKey
{
    /// <summary>Gives the folder name of a home: the same for the same path.</summary>
    public static string Of(string home) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)).AsSpan(0, 16));

    /// <summary>Makes an id for a rollout that has none of its own: a UUID of version 8, the same for the same path.</summary>
    public static ThreadId IdOf(string path)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 16);
        bytes[6] = (byte)(0x80 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        ThreadIds.PathMark.CopyTo(bytes[^ThreadIds.PathMark.Length..]);
        return new ThreadId(new Guid(bytes, bigEndian: true));
    }
}
