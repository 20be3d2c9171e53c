using System.Diagnostics.CodeAnalysis;

namespace Spool.Storage;

/// <summary>Cuts the texts of a <see cref="StoredThread"/> at <see cref="StoredThread.MaxTextLength"/>.</summary>
public static class BoundedText
{
    const string Cut = "…";

    /// <summary>Says whether a text is above the bound.</summary>
    /// <param name="text">The text, or null.</param>
    public static bool IsLong(string? text) => text is { Length: > StoredThread.MaxTextLength };

    /// <summary>Gives the text, or its beginning with a sign that it was cut. A character of two code units is never cut in two.</summary>
    /// <param name="text">The text, or null.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (!IsLong(text))
            return text;
        var kept = StoredThread.MaxTextLength - Cut.Length;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text![kept - 1]) ? kept - 1 : kept), Cut);
    }
}
