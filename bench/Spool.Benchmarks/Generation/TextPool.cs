using System.Text;

namespace Spool.Benchmarks;

/// <summary>Words to take slices of, ready to stand inside a JSON string.</summary>
static class TextPool
{
    const int Size = 256 * 1024;

    const string Words =
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda omicron sigma upsilon build test deploy refactor parse token stream index cache "
        + "query store thread rollout archive search page cursor server client commit branch merge review compile warning error fixed failed passed";

    static readonly byte[] Prose = Make(1, escapedLineEvery: 0);
    static readonly byte[] Output = Make(2, escapedLineEvery: 12);

    /// <summary>Gives a piece of prose without a line end.</summary>
    public static ReadOnlySpan<byte> Sentence(ref SeededRandom random, int length) => Slice(Prose, ref random, length);

    /// <summary>Gives a piece of what a program might print, with escaped line ends.</summary>
    public static ReadOnlySpan<byte> Lines(ref SeededRandom random, int length) => Slice(Output, ref random, length);

    static ReadOnlySpan<byte> Slice(byte[] pool, ref SeededRandom random, int length)
    {
        var slice = pool.AsSpan(random.Below(Size - length), length);
        return slice[^1] == '\\' ? slice[..^1] : slice; // an escape of two bytes must not be cut in the middle
    }

    static byte[] Make(ulong seed, int escapedLineEvery)
    {
        var words = Words.Split(' ');
        var random = new SeededRandom(seed);
        var text = new StringBuilder(Size + 64);
        for (var i = 1; text.Length < Size; i++)
            text.Append(words[random.Below(words.Length)]).Append(escapedLineEvery > 0 && i % escapedLineEvery == 0 ? "\\n" : " ");
        return Encoding.ASCII.GetBytes(text.ToString(0, Size));
    }
}
