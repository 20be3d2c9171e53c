using System.Text.Json;

namespace Spool;

/// <summary>Hashes item ids, so that following a turn does not keep their text. 64-bit FNV-1a.</summary>
static class ItemHash
{
    const ulong Basis = 14695981039346656037,
        Prime = 1099511628211;

    public static ulong Of(ReadOnlySpan<byte> id)
    {
        var hash = Basis;
        foreach (var b in id)
            hash = (hash ^ b) * Prime;
        return hash;
    }

    /// <summary>Hashes the string that a reader is on.</summary>
    public static ulong Of(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return Of(reader.ValueSpan);
        var buffer = new byte[reader.ValueSpan.Length];
        return Of(buffer.AsSpan(0, reader.CopyString(buffer)));
    }
}
