using System.Text.RegularExpressions;
using Spool.TestKit;
using Xunit;

namespace Architecture.Tests;

/// <summary>What has states has a table of them, which ARCHITECTURE.md shows, and one place where the present state changes.</summary>
public sealed partial class StateRules
{
    [Fact, Guarantee("STAT-01")]
    public void The_document_shows_every_table_of_states_as_it_is()
    {
        var declared = Declared();

        Assert.NotEmpty(declared);
        Assert.Equal(declared.Keys.Order(), Documented().Keys.Order());
        foreach (var (machine, rows) in Documented())
            Assert.Equal(declared[machine].Order(), rows.Order());
    }

    [Fact, Guarantee("STAT-02")]
    public void A_state_that_has_a_table_begins_and_changes_as_the_table_says_and_in_one_place()
    {
        var holders = 0;
        foreach (var (file, text) in Sources())
        {
            foreach (var state in Declared().Keys)
            {
                foreach (
                    var name in Regex
                        .Matches(text, $@"^\s+(?:volatile )?{state} (_\w+) = {state}s\.Table\.First;$", RegexOptions.Multiline)
                        .Select(field => field.Groups[1].Value)
                )
                {
                    // the field itself is one
                    var assigned = Regex.Count(text, $@"(?<![\w.]){name}\s*[^\w\s=!<>]?=(?![=>])|ref {name}\b") - 1;
                    var asked = Regex.Count(text, $@"\b{name} = {state}s\.Table\.Next\({name}, ");
                    Assert.True(
                        (assigned, asked) == (1, 1),
                        $"{Repository.Name(file)} changes {name} {assigned} times, and {asked} times as its table says."
                    );
                    holders++;
                }
                Assert.False(
                    Regex.IsMatch(
                        text,
                        $@"^\s+(?:volatile |readonly )*{state}\?? (_\w+)(?!.*{state}s\.Table\.First;)",
                        RegexOptions.Multiline
                    ),
                    $"{Repository.Name(file)} has a {state} that does not begin as its table says."
                );
            }
        }

        Assert.Equal(Declared().Count, holders);
    }

    // The rows of each table, by the name of its states.
    static Dictionary<string, List<(string State, string Event, string Next)>> Declared() =>
        Sources()
            .SelectMany(source => Table().Matches(source.Text))
            .ToDictionary(
                table => table.Groups[1].Value,
                table =>
                    Row()
                        .Matches(table.Groups[2].Value)
                        .Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value))
                        .ToList()
            );

    static Dictionary<string, List<(string State, string Event, string Next)>> Documented()
    {
        var tables = new Dictionary<string, List<(string State, string Event, string Next)>>();
        List<(string State, string Event, string Next)>? rows = null;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "ARCHITECTURE.md")))
        {
            if (DocumentedHead().Match(line) is { Success: true } head)
                tables[head.Groups[1].Value] = rows = [];
            else if (!line.StartsWith('|'))
                rows = null;
            else if (
                rows is not null
                && Regex.Split(line, @" \| |^\| | \|$") is [_, var state, var events, var next, _]
                && state.StartsWith('`')
            )
                rows.AddRange(events.Split(", ").Select(happened => (state.Trim('`'), happened.Trim('`'), next.Trim('`'))));
        }
        return tables;
    }

    static IEnumerable<(string File, string Text)> Sources() => Repository.Sources("src").Select(file => (file, File.ReadAllText(file)));

    [GeneratedRegex(@"static readonly StateTable<(\w+), \w+> Table = new\(\s*((?:\(\w+, \w+, \w+\),?\s*)+)\);")]
    private static partial Regex Table();

    [GeneratedRegex(@"\((\w+), (\w+), (\w+)\)")]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| `(\w+)` \| event \| next \|$")]
    private static partial Regex DocumentedHead();
}
