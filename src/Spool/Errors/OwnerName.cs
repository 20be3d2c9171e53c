using System.Globalization;
using System.Text;

namespace Spool;

/// <summary>Makes names that programs say they have fit for words and for the headers of an answer.</summary>
static class OwnerName
{
    const char Ellipsis = '…';

    /// <summary>Gives a name as one line of text, no longer than <see cref="WriterOwner.MaxNameLength"/>: control characters and the like
    /// are spaces, halves of characters U+FFFD.</summary>
    public static string? Of(string? name)
    {
        if (name is null || IsPlain(name))
            return name;
        var text = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > WriterOwner.MaxNameLength)
            {
                // One more has no room, so the last of those that have makes room for what stands for both.
                if (text.Length == WriterOwner.MaxNameLength)
                    text.Length -= char.IsLowSurrogate(text[^1]) ? 2 : 1;
                return text.Append(Ellipsis).ToString();
            }
            text.Append((IsText(rune) ? rune : new Rune(' ')).ToString());
        }
        return text.ToString();
    }

    static bool IsPlain(string name) =>
        name.Length <= WriterOwner.MaxNameLength && Ascii.IsValid(name) && !name.AsSpan().ContainsAnyExceptInRange(' ', '~');

    static bool IsText(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
