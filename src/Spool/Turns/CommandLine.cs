using System.Buffers;
using System.Text;

namespace Spool;

/// <summary>Joins the words of a command so that a shell would split them again: the same text, letter for letter, that Codex
/// shows.</summary>
/// <remarks>
/// A word that needs quotes is quoted in pieces, each as long as one kind of quotes can hold it. What kinds can hold is narrower than POSIX
/// has it, so that other shells agree: <c>fish</c> takes a backslash in single quotes as an escape, <c>bash</c> expands <c>!</c> and
/// <c>^</c> in double ones, and even finds a <c>^</c> in single ones unless it is the first letter there.
/// </remarks>
static class CommandLine
{
    const string WithNul = "<command included NUL byte>";

    static readonly SearchValues<char> Plain = SearchValues.Create(
        "+-./:@]_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );
    static readonly SearchValues<char> NotInSingle = SearchValues.Create("'\\^");
    static readonly SearchValues<char> NotInDouble = SearchValues.Create("`$!^");
    static readonly SearchValues<char> EscapedInDouble = SearchValues.Create("\"\\");

    /// <summary>Joins the words. No shell could be given a word with a NUL, so such a command is only named.</summary>
    public static string Join(IEnumerable<string> words)
    {
        var line = new StringBuilder();
        foreach (var word in words)
        {
            if (word.Contains('\0', StringComparison.Ordinal))
                return WithNul;
            if (line.Length > 0)
                line.Append(' ');
            Append(line, word);
        }
        return line.ToString();
    }

    /// <summary>Says whether the words of a command have a NUL among them, so that it is only named.</summary>
    public static bool HasNul(System.Text.Json.JsonElement command) =>
        command.ValueKind == System.Text.Json.JsonValueKind.Array
        && command.EnumerateArray().Any(word => word.AsText()?.Contains('\0', StringComparison.Ordinal) == true);

    static void Append(StringBuilder line, ReadOnlySpan<char> word)
    {
        if (word.IsEmpty)
            line.Append("''");
        while (!word.IsEmpty)
        {
            var plain = Length(word, word.IndexOfAnyExcept(Plain));
            var single =
                word[0] == '^' ? 1 + Length(word[1..], word[1..].IndexOfAny(NotInSingle)) : Length(word, word.IndexOfAny(NotInSingle));
            var doubled = Length(word, word.IndexOfAny(NotInDouble));
            var length = Math.Max(plain, Math.Max(single, doubled));
            var piece = word[..length];
            if (plain == length)
                line.Append(piece);
            else if (single == length)
                line.Append('\'').Append(piece).Append('\'');
            else
                AppendDoubled(line, piece);
            word = word[length..];
        }
    }

    static void AppendDoubled(StringBuilder line, ReadOnlySpan<char> piece)
    {
        line.Append('"');
        foreach (var c in piece)
        {
            if (EscapedInDouble.Contains(c))
                line.Append('\\');
            line.Append(c);
        }
        line.Append('"');
    }

    static int Length(ReadOnlySpan<char> word, int end) => end < 0 ? word.Length : end;
}
