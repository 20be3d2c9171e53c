using System.Globalization;
using System.Text;

namespace Spool.Cli;

/// <summary>Says how long a text is.</summary>
static class TextSize
{
    const int LongLines = 30;
    const int LongText = 3000; // UTF-16 units

    /// <summary>Says whether a text is one that a page folds away.</summary>
    public static bool IsLong(string text) => text.Length > LongText || text.AsSpan().Count('\n') >= LongLines;

    /// <summary>Gives lines and bytes, such as <c>1,234 lines, 56.2 KiB</c>.</summary>
    public static string Of(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        var lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{lines:N0} {(lines == 1 ? "line" : "lines")}, {Sizes.Of(bytes)}");
    }
}
