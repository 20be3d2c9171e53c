using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>What documents quote is what there is.</summary>
public sealed class DocumentRules
{
    [Fact]
    public void The_page_about_the_library_shows_its_sample_as_it_is()
    {
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "samples", "library.cs"));

        Assert.Contains(
            $"```csharp\n{sample[sample.IndexOf("using Spool;", StringComparison.Ordinal)..]}```\n",
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md")),
            StringComparison.Ordinal
        );
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
        var code = File.ReadAllText(Path.Combine(Repository.Root, "src", "Spool", "Store", "ErrorTable.cs"));
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
}
