using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>What documents quote is what there is.</summary>
public sealed partial class DocumentRules
{
    [Theory]
    [InlineData("library")]
    [InlineData("start-agent", "agent")]
    public void A_page_shows_its_sample_as_it_is(string page, string? name = null)
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "samples", $"{name ?? page}.cs"));

        Assert.Contains(
            $"```csharp\n{sample[sample.IndexOf("using Spool;", StringComparison.Ordinal)..]}```\n",
            File.ReadAllText(Path.Combine(Repository.Root, "docs", $"{page}.md")),
            StringComparison.Ordinal
        );
    }

    // Samples and tests are run, so what they hold compiles and does what it says.
    [Theory]
    [InlineData("start-home")]
    [InlineData("start-agent")]
    [InlineData("start-server")]
    [InlineData("concepts")]
    [InlineData("troubleshooting")]
    [InlineData("comparison")]
    public void The_code_of_a_page_is_that_of_a_sample_or_a_test(string page)
    {
        var run = string.Concat(Repository.Sources("samples", "tests").Select(file => WithoutSpace(File.ReadAllText(file))));
        var code = CodeBlock().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", $"{page}.md")));

        Assert.All(
            code.Select(block => WithoutSpace(block.Groups[1].Value)),
            block => Assert.Contains(block, run, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Every_link_of_a_page_leads_to_something_in_the_repository()
    {
        var dead = new List<string>();
        foreach (var page in Repository.Pages)
        foreach (var link in Link().Matches(WithoutCode(File.ReadAllText(page))).Select(match => match.Groups[1].Value))
        {
            if (link.Contains("://", StringComparison.Ordinal))
                continue;
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? page : Path.GetFullPath(parts[0], Path.GetDirectoryName(page)!);
            var isThere = parts.Length == 1 ? Path.Exists(target) : File.Exists(target) && Anchors(target).Contains(parts[1]);
            if (!isThere)
                dead.Add($"{Repository.Name(page)}: {link}");
        }
        Assert.Empty(dead);
    }

    [Fact]
    public void The_page_about_troubles_has_every_code_once_and_quotes_messages_that_there_are()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubleshooting.md"));
        var codes = page[page.IndexOf("## Error codes", StringComparison.Ordinal)..];
        var enumeration = File.ReadAllText(Path.Combine(Repository.Root, "src", "Spool", "Errors", "ThreadStoreErrorCode.cs"));
        var said = string.Concat(
            Repository.Sources("src").Select(File.ReadAllText).Append(File.ReadAllText(Path.Combine(Repository.Root, "spool")))
        );

        Assert.Equal(
            Regex.Matches(enumeration, @"^    (\w+),", RegexOptions.Multiline).Select(match => match.Groups[1].Value),
            Regex.Matches(codes, @"^\| `(\w+)` \|", RegexOptions.Multiline).Select(match => match.Groups[1].Value)
        );
        var parts = Regex
            .Matches(page, @"^\| `([^`]* [^`]*)`", RegexOptions.Multiline)
            .SelectMany(match => match.Groups[1].Value.Split('…'))
            .Select(part => part.Trim(' ', '\''))
            .Where(part => part.Length > 7)
            .ToList();
        Assert.NotEmpty(parts);
        Assert.All(parts, part => Assert.Contains(part, said, StringComparison.Ordinal));
    }

    [Fact]
    public void The_pages_for_authors_of_stores_show_the_store_that_is_tested_as_it_is()
    {
        var samples = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "samples", "store"), "*.cs")
            .Select(file => File.ReadAllText(file))
            .ToList();
        foreach (var page in new[] { Path.Combine("docs", "writing-a-store.md"), Path.Combine("src", "Spool.TestKit", "README.md") })
        {
            var blocks = Regex.Matches(
                File.ReadAllText(Path.Combine(Repository.Root, page)),
                "```csharp\n(.*?)```",
                RegexOptions.Singleline
            );

            Assert.Equal(2, blocks.Count);
            Assert.All(
                blocks,
                block => Assert.Contains(samples, sample => sample.Contains(block.Groups[1].Value, StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public void The_readme_shows_the_chat_as_it_is_in_25_lines()
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "samples", "chat.cs"));
        var code = sample[sample.IndexOf("#:project", StringComparison.Ordinal)..];

        Assert.Contains($"```csharp\n{code}```\n", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);
        Assert.InRange(code.Split('\n').Count(line => line.Length > 0), 1, 25);
        Assert.DoesNotContain(code.Split('\n'), line => line.Length > 140);
    }

    [Fact]
    public void The_tables_of_errors_name_every_code_with_its_numbers()
    {
        var code = File.ReadAllText(Path.Combine(Repository.Root, "src", "Spool", "Errors", "ErrorTable.cs"));
        var commands = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "cli.md"));
        var server = File.ReadAllText(Path.Combine(Repository.Root, "docs", "server.md"));
        var rows = Regex.Matches(code, @"new\(ThreadStoreErrorCode\.(\w+), ""(\w+)"", ""(\w+)"", (\d+), -\d+, (\d+)\)");

        Assert.NotEmpty(rows);
        foreach (var row in rows.Select(match => match.Groups))
        {
            var word = char.ToLowerInvariant(row[1].Value[0]) + row[1].Value[1..];
            Assert.Contains(
                commands,
                line =>
                    line.StartsWith($"| {row[5].Value} | ", StringComparison.Ordinal)
                    && line.Contains($"`{word}`", StringComparison.Ordinal)
            );
            Assert.Contains($"| `{row[2].Value}` | `{row[3].Value}` | {row[4].Value} | ", server, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_page_about_the_command_line_shows_the_version_that_the_index_has()
    {
        var code = File.ReadAllText(Path.Combine(Repository.Root, "src", "Spool.Local", "Index", "IndexDatabase.cs"));
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));

        Assert.Equal(
            Regex.Match(code, @"FormatVersion = (\d+);").Groups[1].Value,
            Regex.Match(page, @"""formatVersion"":(\d+)").Groups[1].Value
        );
    }

    [Fact]
    public void The_ways_through_the_code_lead_through_ten_files_at_most_and_each_is_there()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "ARCHITECTURE.md"));
        var sources = Repository.Sources("src").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var ways = lines
            .Where(line =>
                line.StartsWith("### ", StringComparison.Ordinal) && line.EndsWith(", in the order the code runs", StringComparison.Ordinal)
            )
            .ToList();
        var files = lines
            .Where(line => line.StartsWith("Its files: ", StringComparison.Ordinal))
            .Select(line => Regex.Matches(line, "`([^`]+)`").Select(match => match.Groups[1].Value).ToList())
            .ToList();

        Assert.Equal(4, ways.Count);
        Assert.Equal(ways.Count, files.Count);
        Assert.All(files, way => Assert.InRange(way.Count, 1, 10));
        Assert.Subset(sources!, files.SelectMany(way => way).ToHashSet()!);
    }

    static HashSet<string> Anchors(string page) =>
        WithoutCode(File.ReadAllText(page))
            .Split('\n')
            .Where(line => line.StartsWith('#'))
            .Select(line => NoAnchor().Replace(line.TrimStart('#', ' ').ToLowerInvariant(), "").Replace(' ', '-'))
            .ToHashSet();

    static string WithoutCode(string page) => Regex.Replace(page, "^```.*?^```", "", RegexOptions.Singleline | RegexOptions.Multiline);

    static string WithoutSpace(string text) => Regex.Replace(text, @"\s+", "");

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    // What GitHub leaves out of the name of a heading.
    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();
}
