using System.Buffers.Text;

namespace Spool.Cli;

/// <summary>Names pictures, sounds and files by where they are, and those that are stored in an item itself by their size. No person reads
/// their bytes.</summary>
static class Media
{
    /// <summary>Names one.</summary>
    /// <param name="kind">What it is, such as <c>image</c>.</param>
    /// <param name="place">Its path, its address, or a <c>data:</c> address; null when it is not known.</param>
    public static string Name(string kind, string? place) =>
        string.IsNullOrWhiteSpace(place) ? kind
        : DataSize(place) is { } bytes ? OfSize(kind, bytes)
        : $"{kind}: {SafeText.OneLine(place, int.MaxValue)}";

    /// <summary>Names one whose bytes are stored in base64.</summary>
    public static string NameOfBase64(string kind, string base64) => OfSize(kind, Base64Size(base64));

    /// <summary>Gives how many bytes a <c>data:</c> address holds, or null when it is none.</summary>
    public static long? DataSize(string address)
    {
        if (
            !address.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            || address.IndexOf(',', StringComparison.Ordinal) is not (var comma and > 0)
        )
            return null;
        var data = address.AsSpan(comma + 1);
        return address.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            ? Base64Size(data)
            : data.Length - 2L * data.Count('%');
    }

    static long Base64Size(ReadOnlySpan<char> base64) => Base64.IsValid(base64, out var bytes) ? bytes : base64.Length * 3L / 4;

    static string OfSize(string kind, long bytes) => $"{kind}, {Sizes.Of(bytes)}";
}
