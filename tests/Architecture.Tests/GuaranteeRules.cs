using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>The table of guarantees and the suite say the same.</summary>
public sealed partial class GuaranteeRules
{
    [Fact]
    public void Every_guarantee_in_the_table_is_a_test_and_the_reverse() => Assert.Equal(Documented().Order(), Tested().Order());

    [Fact]
    public void Every_guarantee_has_one_row_and_one_test()
    {
        Assert.Empty(MoreThanOnce(Documented()));
        Assert.Empty(MoreThanOnce(Tested()));
    }

    [Fact]
    public void Every_test_of_the_kit_has_a_guarantee()
    {
        foreach (var file in Suites())
            Assert.Equal(Attribute().Count(File.ReadAllText(file)), Guarantee().Count(File.ReadAllText(file)));
    }

    static IEnumerable<string> MoreThanOnce(List<string> guarantees) =>
        guarantees
            .GroupBy(guarantee => guarantee[..guarantee.IndexOf(' ', StringComparison.Ordinal)])
            .Where(same => same.Count() > 1)
            .Select(same => same.Key);

    static List<string> Documented() =>
        [
            .. Row()
                .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "guarantees.md")))
                .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}"),
        ];

    static List<string> Tested() =>
        [
            .. Suites()
                .Concat(Repository.Sources("tests"))
                .SelectMany(file =>
                    Guarantee()
                        .Matches(File.ReadAllText(file))
                        .Select(match => $"{match.Groups[1].Value} {Path.GetFileName(file).Split('.')[0]}")
                ),
        ];

    static IEnumerable<string> Suites() => Repository.Sources(Path.Combine("src", "Spool.TestKit"));

    [GeneratedRegex(@"^\| ([A-Z]+-\d+) \| .+ \| `(\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\bGuarantee\(""([A-Z]+-\d+)""\)")]
    private static partial Regex Guarantee();

    [GeneratedRegex(@"^\s*\[(Fact|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex Attribute();
}
