using System.Buffers;
using System.Text;

namespace Spool;

/// <summary>Joins the words of a command so that a POSIX shell would split them again.</summary>
static class CommandLine
{
    static readonly SearchValues<char> Plain = SearchValues.Create("+-./:@]_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    static string Quote(string word)
    {
        if (word.Length == 0)
            return "''";
        if (!word.AsSpan().ContainsAnyExcept(Plain))
            return word;
        if (word.AsSpan().IndexOfAny('\'', '\\') < 0)
            return $"'{word}'";
        var quoted = new StringBuilder(word.Length + 2);
        if (word.AsSpan().IndexOfAny('$', '`', '!') < 0 && !word.Contains('^', StringComparison.Ordinal))
        {
            quoted.Append('"');
            foreach (var c in word)
                quoted.Append(c is '"' or '\\' ? "\\" : "").Append(c);
            return quoted.Append('"').ToString();
        }
        // Neither kind of quote holds the whole word.
        quoted.Append('\'');
        foreach (var c in word)
            quoted.Append(c is '\'' ? "'\"'\"'" : c.ToString());
        return quoted.Append('\'').ToString();
    }
}
