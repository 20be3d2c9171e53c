namespace Spool.Cli;

/// <summary>A picture that a log holds, of a kind that browsers show and that holds no programs.</summary>
/// <param name="MediaType">Its type, such as <c>image/png</c>.</param>
/// <param name="Base64">Its bytes in base64, without blanks.</param>
sealed record StoredPicture(string MediaType, string Base64)
{
    // What the bytes of each kind begin with, in base64.
    static readonly (string Type, string Extension, string Beginning)[] Kinds =
    [
        ("image/png", ".png", "iVBORw0KGg"),
        ("image/jpeg", ".jpg", "/9j/"),
        ("image/gif", ".gif", "R0lGOD"),
        ("image/webp", ".webp", "UklGR"),
    ];

    /// <summary>Gets what the name of a file with it ends with.</summary>
    public string Extension => Array.Find(Kinds, kind => kind.Type == MediaType).Extension;

    /// <summary>Gets its address with its bytes in it.</summary>
    public string Address => $"data:{MediaType};base64,{Base64}";

    /// <summary>Reads a <c>data:</c> address; null for anything else, and for a picture of a kind that is not shown, such as SVG.</summary>
    public static StoredPicture? OfAddress(string? address) =>
        address is not null
        && address.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
        && address.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma
        && address.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            ? OfBase64(address[(comma + 1)..])
            : null;

    /// <summary>Reads bytes in base64; null when they are no picture of a kind that is shown. What the bytes begin with says what they are,
    /// and not what they are called.</summary>
    public static StoredPicture? OfBase64(string? base64)
    {
        if (base64 is null || !System.Buffers.Text.Base64.IsValid(base64))
            return null;
        if (base64.AsSpan().ContainsAny(" \t\r\n"))
            base64 = string.Concat(base64.Where(c => !char.IsWhiteSpace(c)));
        var kind = Array.Find(Kinds, kind => base64.StartsWith(kind.Beginning, StringComparison.Ordinal));
        return kind.Type is null ? null : new StoredPicture(kind.Type, base64);
    }
}
