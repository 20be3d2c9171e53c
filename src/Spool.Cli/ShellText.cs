using System.Text;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Words for a shell.</summary>
static partial class ShellText
{
    /// <summary>Gives a word as a shell of POSIX reads it: bare where that is enough, else in quotes. What a terminal would obey, and line
    /// ends, are escaped.</summary>
    /// <param name="word">The word. A tilde at its beginning may stay bare.</param>
    public static string Quote(string word) =>
        Bare().IsMatch(word) ? word
        : word.AsSpan().IndexOfAny('\n', '\t') < 0 && SafeText.Block(word) == word
            ? $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"
        : Escape(word);

    static string Escape(string word)
    {
        var text = new StringBuilder("$'");
        foreach (var part in Encoding.UTF8.GetBytes(word))
        {
            if (part is >= (byte)' ' and <= (byte)'~' and not (byte)'\'' and not (byte)'\\')
                text.Append((char)part);
            else
                text.Append('\\').Append(Convert.ToString(part, 8).PadLeft(3, '0'));
        }
        return text.Append('\'').ToString();
    }

    [GeneratedRegex(@"^[\w%+,./:=@~-]+\z")]
    private static partial Regex Bare();
}
