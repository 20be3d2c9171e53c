using System.Text;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>A command line that a person has not finished: the words before the cursor, and the one at it.</summary>
sealed partial class TypedLine
{
    TypedLine(IReadOnlyList<string> before, string word) => (Before, Word) = (before, word);

    /// <summary>Gets the whole words after the name of the program, as the shell gives them to it.</summary>
    public IReadOnlyList<string> Before { get; }

    /// <summary>Gets the beginning of the word at the cursor as it was typed; empty behind a space.</summary>
    public string Word { get; }

    /// <summary>Reads it: quotes and backslashes are those of a shell, and may be left open.</summary>
    /// <param name="line">The line up to the cursor.</param>
    public static TypedLine Read(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, begin) = ('\0', 0);
        for (var at = 0; at < line.Length; at++)
        {
            var c = line[at];
            if (c == ' ' && quote == '\0')
            {
                if (at > begin) // quotes around nothing are a word
                    words.Add(word.ToString());
                word.Clear();
                begin = at + 1;
            }
            else if (c == '\\' && quote != '\'' && at + 1 < line.Length)
                word.Append(line[++at]);
            else if (c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '"' or '\'')
                quote = c;
            else
                word.Append(c);
        }
        // The first word that sets no variable is the program.
        words = [.. words.SkipWhile(set => Setting().IsMatch(set))];
        return new([.. words.Skip(1)], words.Count == 0 ? "" : line[begin..]) { IsOfProgram = words.Count == 0 };
    }

    /// <summary>Gets whether the cursor is still in the name of the program.</summary>
    public bool IsOfProgram { get; private init; }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=")]
    private static partial Regex Setting();
}
