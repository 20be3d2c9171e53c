using System.Text;

namespace Spool.Cli;

/// <summary>A line for each thread, as a person laid it out: <c>{id} {title}</c>. <c>{{</c> and <c>}}</c> are braces, <c>\t</c> a tab and
/// <c>\n</c> a line feed.</summary>
sealed class ThreadFormat
{
    readonly List<(string Text, bool IsName)> _parts = [];

    ThreadFormat() { }

    /// <summary>Gets the names of the values in it.</summary>
    public IEnumerable<string> Names => _parts.Where(part => part.IsName).Select(part => part.Text);

    /// <summary>Reads a layout.</summary>
    /// <param name="text">What a person gave.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it names no value or one that there is
    /// not, or a brace is left open.</exception>
    public static ThreadFormat Parse(string text)
    {
        var format = new ThreadFormat();
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var next = at + 1 < text.Length ? text[at + 1] : '\0';
            switch (text[at])
            {
                case '{' or '}' when next == text[at]:
                    plain.Append(text[at++]);
                    break;
                case '\\' when next is 't' or 'n' or '\\':
                    plain.Append(
                        next switch
                        {
                            't' => '\t',
                            'n' => '\n',
                            _ => '\\',
                        }
                    );
                    at++;
                    break;
                case '{':
                    var end = text.IndexOf('}', at);
                    if (end < 0)
                        throw ThreadStoreException.InvalidRequest(
                            $"A brace of --format {UsageErrors.Quote(text)} is not closed; a brace itself is '{{{{'."
                        );
                    var name = ThreadCells.Require(text[(at + 1)..end]);
                    format._parts.Add((plain.ToString(), false));
                    format._parts.Add((name, true));
                    plain.Clear();
                    at = end;
                    break;
                default:
                    plain.Append(text[at]);
                    break;
            }
        }
        format._parts.Add((plain.ToString(), false));
        return format.Names.Any() ? format : throw ThreadStoreException.InvalidRequest(WithoutValue(text));
    }

    // Every line would be the same.
    static string WithoutValue(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var advice =
            text.Equals("json", StringComparison.OrdinalIgnoreCase) ? "; did you mean --json?"
            : words.Length > 0 && words.All(word => ThreadCells.Find(word) is not null)
                ? $"; did you mean '{string.Join(' ', words.Select(word => $"{{{ThreadCells.Find(word)}}}"))}'?"
            : "; a value stands in braces: '{id} {title}'.";
        return $"--format {UsageErrors.Quote(text)} names no value{advice}";
    }

    /// <summary>Prints a line for each thread.</summary>
    public void Write(Stream output, IEnumerable<ShownThread> threads, ThreadCells cells)
    {
        foreach (var shown in threads)
        {
            var line = string.Concat(_parts.Select(part => part.IsName ? cells.Of(part.Text, shown) : part.Text));
            output.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
    }
}
