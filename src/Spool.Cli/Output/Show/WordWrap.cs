using System.Globalization;
using System.Text;

namespace Spool.Cli;

/// <summary>Breaks lines so that they fit a width: at spaces where there are any, else between two characters as people see them.</summary>
static class WordWrap
{
    const int TabStop = 8;

    /// <summary>Gives the rows of one line. A row that continues a line is indented like it. Spaces at a break go away; every other
    /// character is in one of the rows, in order.</summary>
    /// <param name="line">The line, without tabs; control characters have no width.</param>
    /// <param name="width">The most cells of a row. A character that is wider has a row for itself.</param>
    public static IEnumerable<string> Rows(string line, int width)
    {
        if (line.Length <= width && Ascii.IsValid(line))
        {
            yield return line;
            yield break;
        }
        var indent = Math.Min(line.Length - line.AsSpan().TrimStart(' ').Length, width / 4);
        for (var start = 0; start < line.Length; )
        {
            var lead = start == 0 ? 0 : indent;
            var end = RowEnd(line, start, Math.Max(1, width - lead));
            var row = line.AsSpan(start, end - start);
            yield return string.Concat(line.AsSpan(0, lead), end < line.Length ? row.TrimEnd(' ') : row);
            for (start = end; start < line.Length && line[start] == ' '; )
                start++;
        }
    }

    /// <summary>Puts spaces in the place of tabs, up to the next column that is a multiple of eight.</summary>
    public static string ExpandTabs(string line)
    {
        if (!line.Contains('\t', StringComparison.Ordinal))
            return line;
        var result = new StringBuilder(line.Length + TabStop);
        var column = 0;
        var parts = line.Split('\t');
        for (var i = 0; i < parts.Length; i++)
        {
            result.Append(parts[i]);
            column += CellText.Width(parts[i]);
            if (i == parts.Length - 1)
                break;
            var spaces = TabStop - column % TabStop;
            result.Append(' ', spaces);
            column += spaces;
        }
        return result.ToString();
    }

    static int RowEnd(string line, int start, int room)
    {
        var (used, end, space) = (0, start, 0);
        var isInIndent = start == 0;
        while (end < line.Length)
        {
            var length = StringInfo.GetNextTextElementLength(line.AsSpan(end));
            var width = CellText.CharacterWidth(line.AsSpan(end, length));
            if (used + width > room && end > start)
                return line[end] == ' ' ? end
                    : space > start ? space
                    : end;
            isInIndent &= line[end] == ' ';
            used += width;
            end += length;
            // wide letters need no spaces between their words
            if (!isInIndent && (line[end - 1] == ' ' || width == 2))
                space = end;
        }
        return end;
    }
}
