using System.Text.RegularExpressions;

namespace Spool.TestKit;

/// <summary>The sentences of all guarantees: the table of <c>docs/guarantees.md</c>, which is a part of the kit.</summary>
static partial class Guarantees
{
    static readonly Lazy<IReadOnlyDictionary<string, string>> Sentences = new(Read);

    public static string? SentenceOf(string id) => Sentences.Value.GetValueOrDefault(id);

    static Dictionary<string, string> Read()
    {
        using var reader = new StreamReader(typeof(Guarantees).Assembly.GetManifestResourceStream("guarantees.md")!);
        return Row().Matches(reader.ReadToEnd()).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
    }

    [GeneratedRegex(@"^\| ([A-Z]+-\d+) \| (.+) \| `\w+` \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
