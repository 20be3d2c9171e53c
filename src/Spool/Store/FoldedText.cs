using System.Text;

namespace Spool;

/// <summary>How texts are compared that people type: search terms, and the names of threads and repositories. Every store compares by
/// this.</summary>
/// <remarks>
/// <para>The case of letters does not count, in any script, and neither does how an accent is stored (Unicode's NFC and NFD): it is the
/// full case folding of Unicode in the form NFD. So <c>ß</c> is <c>ss</c>, a final <c>ς</c> is <c>σ</c> and a ligature <c>ﬁ</c> is
/// <c>fi</c>. Besides, the four letters <c>I</c>, <c>i</c>, <c>İ</c> and <c>ı</c> are one, so that a text in Turkish is found whatever
/// language the machine speaks. Accents count: <c>e</c> is not <c>é</c>, and is not found in it.</para>
/// <para>It asks neither the culture nor the ICU library and gives the same everywhere. Half a character (a lone surrogate) stands for
/// U+FFFD. An ASCII text costs one pass over it, any other some ten nanoseconds for each character beyond; no text is slow.</para>
/// </remarks>
public static class FoldedText
{
    /// <summary>Gives the form of a text that is equal for all texts that are the same to people. The form of a form is itself.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The form, for comparison only; it may be longer than the text, up to four times.</returns>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        using var writer = new FoldedWriter(text);
        return writer.Written.ToString();
    }

    /// <summary>Says whether two texts are the same to people.</summary>
    /// <param name="text">A text, or null.</param>
    /// <param name="other">Another, or null.</param>
    /// <returns>Whether they are; null is only null.</returns>
    public static bool AreSame(string? text, string? other) =>
        text is null || other is null ? text is null && other is null : string.Equals(Of(text), Of(other), StringComparison.Ordinal);

    /// <summary>Says whether a text contains another, which has been folded once for many texts.</summary>
    /// <param name="text">The text, as it is.</param>
    /// <param name="folded">What it may contain, as <see cref="Of"/> gives it.</param>
    /// <returns>Whether it does. What is found ends where a character ends that people see: <c>e</c> is not in <c>é</c>.</returns>
    public static bool Contains(string text, string folded)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(folded);
        if (Ascii.IsValid(text))
            return Ascii.IsValid(folded) && text.Contains(folded, StringComparison.OrdinalIgnoreCase);
        using var writer = new FoldedWriter(text);
        var rest = writer.Written;
        while (rest.IndexOf(folded, StringComparison.Ordinal) is >= 0 and var index)
        {
            rest = rest[index..];
            if (!GoesOn(rest[folded.Length..]))
                return true;
            rest = rest[1..];
        }
        return false;
    }

    // Whether the character before goes on: with a mark, or with a letter of its Korean syllable.
    static bool GoesOn(ReadOnlySpan<char> rest) =>
        rest is [not < '\u0300', ..]
        && Rune.DecodeFromUtf16(rest, out var rune, out _) == System.Buffers.OperationStatus.Done
        && (rune.Value is >= 0x1160 and <= 0x11FF || FoldingTable.ClassOf(rune.Value) != 0);
}
