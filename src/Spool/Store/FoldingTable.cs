using System.Globalization;

namespace Spool;

/// <summary>What characters beyond ASCII are folded to, and the order of marks. The runtime knows neither where it has no ICU, as in the
/// command line, and its answers differ with its version; a store and its readers must agree.</summary>
/// <remarks>It is read from <c>Folding.txt</c> when a text beyond ASCII is first folded: 3,000 lines, in about a millisecond.</remarks>
static class FoldingTable
{
    const int PageSize = 256;
    const int Pages = 0x110000 / PageSize;
    const int FirstSyllable = 0xAC00;
    const int LastSyllable = 0xD7A3;
    const int Vowels = 21;
    const int Finals = 28;

    static readonly string?[]?[] Folded = new string?[Pages][];
    static readonly byte[]?[] Classes = new byte[Pages][];
    static readonly bool[] Same = new bool[char.MaxValue + 1];

    static FoldingTable()
    {
        using var stream =
            typeof(FoldingTable).Assembly.GetManifestResourceStream("Spool.Store.Folding.txt")
            ?? throw new InvalidOperationException("The table of folded letters is missing from the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                Read(line);
        }
        for (var point = 0; point < Same.Length; point++)
            Same[point] =
                !char.IsAsciiLetterUpper((char)point) && !char.IsSurrogate((char)point) && FoldedOf(point) is null && ClassOf(point) == 0;
    }

    /// <summary>Gives how many characters at the beginning of a text stay as they are and are no marks.</summary>
    /// <param name="text">The text.</param>
    public static int SameLength(ReadOnlySpan<char> text)
    {
        var same = Same;
        var length = 0;
        while (length < text.Length && same[text[length]])
            length++;
        return length;
    }

    /// <summary>Gives what a character is folded to, its letters and marks apart, or null where it stays as it is.</summary>
    /// <param name="point">The code point, beyond ASCII.</param>
    public static string? FoldedOf(int point) =>
        point is >= FirstSyllable and <= LastSyllable ? Letters(point - FirstSyllable) : Folded[point / PageSize]?[point % PageSize];

    /// <summary>Gives the canonical combining class of a character: 0 for all but marks. Marks of different classes may stand in any
    /// order.</summary>
    /// <param name="point">The code point.</param>
    public static byte ClassOf(int point) => Classes[point / PageSize]?[point % PageSize] ?? 0;

    // Korean syllables are made of two or three letters, by a rule.
    static string Letters(int syllable)
    {
        var first = (char)(0x1100 + (syllable / (Vowels * Finals)));
        var vowel = (char)(0x1161 + (syllable / Finals % Vowels));
        var final = syllable % Finals;
        return final == 0 ? string.Concat([first], [vowel]) : string.Concat([first], [vowel], [(char)(0x11A7 + final)]);
    }

    static void Read(string line)
    {
        var dots = line.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            var points = Array.ConvertAll(line.Split(' '), Hex);
            PageOf(Folded, points[0])[points[0] % PageSize] = string.Concat(points.Skip(1).Select(char.ConvertFromUtf32));
            return;
        }
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        var value = byte.Parse(line.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        for (int point = Hex(line[..dots]), last = Hex(line[(dots + 2)..(equals - 1)]); point <= last; point++)
            PageOf(Classes, point)[point % PageSize] = value;
    }

    static T[] PageOf<T>(T[]?[] pages, int point) => pages[point / PageSize] ??= new T[PageSize];

    static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
