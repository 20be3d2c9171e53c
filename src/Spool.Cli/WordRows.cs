using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Breaks words for people into rows that fit a terminal. A row that continues a line is indented; a command, and any other word,
/// is never taken apart, so that it can be copied: a longer one has a row for itself, which the terminal breaks.</summary>
static partial class WordRows
{
    const string Indent = "  ";

    /// <summary>Gives the rows of one line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="width">The most cells of a row.</param>
    public static IEnumerable<string> Of(string line, int width)
    {
        var row = "";
        foreach (var word in Whole().Matches(line).Select(found => found.Value))
        {
            if (row.Trim().Length == 0)
                row += word;
            else if (CellText.Width(row) + 1 + CellText.Width(word) <= width)
                row += " " + word;
            else
            {
                yield return row;
                row = Indent + word;
            }
        }
        yield return row;
    }

    // A command in quotes; one behind a colon, which goes to the end; an option with the cursor that a page ended with; a word.
    [GeneratedRegex(@"'spool (?:[^']|'\\'')*'\S*|(?<=: )spool .*$|--cursor \S+|\S+")]
    private static partial Regex Whole();
}
