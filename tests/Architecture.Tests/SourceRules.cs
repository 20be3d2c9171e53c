using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>What sources may not contain, as far as reading them as text shows it.</summary>
public sealed partial class SourceRules
{
    const int MaxLines = 400;
    const int MaxColumns = 140;

    [Fact]
    public void No_source_file_is_longer_than_400_lines() =>
        Assert.Empty(Repository.Sources("src").Where(file => File.ReadLines(file).Count() > MaxLines).Select(Repository.Name));

    [Fact]
    public void No_line_is_longer_than_140_characters_but_for_a_text_in_it()
    {
        var tooLong = new List<string>();
        foreach (var file in Repository.Sources("src", "tests", "bench"))
        {
            var isInText = false;
            foreach (var (number, line) in File.ReadLines(file).Index())
            {
                var isInside = isInText;
                isInText ^= Quotes().Count(line) % 2 == 1;
                if (line.Length > MaxColumns && !isInside && !line.Contains('"', StringComparison.Ordinal))
                    tooLong.Add($"{Repository.Name(file)}({number + 1})");
            }
        }
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Nothing_is_left_to_do_in_a_comment() => Assert.Empty(Matching(ToDo(), Repository.Sources("src", "tests", "bench")));

    // A program, a call or a thing is named as what it is: "a caller that", "no program", "pending calls end with".
    [Fact]
    public void No_program_or_thing_is_called_a_person() =>
        Assert.Empty(Matching(PersonForThing(), Repository.Sources("src").Concat(Repository.Pages)));

    [Fact]
    public void Every_namespace_is_that_of_its_project()
    {
        foreach (var file in Repository.Sources("src", "tests"))
        {
            var project = Repository.Name(file).Split(Path.DirectorySeparatorChar)[1];
            var expected =
                // what authors of stores need, and users of one do not
                file.Contains(Path.Combine("src", "Spool", "Storage"), StringComparison.Ordinal)
                    ? "Spool.Storage"
                : file.Contains(Path.Combine("src", "Spool.Local"), StringComparison.Ordinal) ? "Spool"
                : project; // who opens a store needs one `using`
            var match = Namespace().Match(File.ReadAllText(file));
            var isForAuthors = file.Contains(Path.Combine("src", "Spool") + Path.DirectorySeparatorChar, StringComparison.Ordinal);
            Assert.True(
                !match.Success || match.Groups[1].Value == expected || isForAuthors && match.Groups[1].Value == "Spool.Storage",
                $"{Repository.Name(file)} is in namespace {match.Groups[1].Value}."
            );
        }
    }

    [Fact]
    public void Only_the_command_line_knows_the_environment_and_the_console() =>
        Assert.Empty(
            Matching(
                Surroundings(),
                Repository
                    .Sources("src")
                    .Where(file =>
                        !Repository
                            .Name(file)
                            .StartsWith(Path.Combine("src", "Spool.Cli") + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                    )
            )
        );

    [Fact]
    public void Json_is_read_and_written_without_reflection() => Assert.Empty(Matching(ReflectedJson(), Repository.Sources("src")));

    [Fact]
    public void A_test_is_skipped_only_with_a_reason() => Assert.Empty(Matching(BareSkip(), Repository.Sources("src", "tests")));

    [Fact]
    public void Nobody_decides_by_the_message_of_an_error() => Assert.Empty(Matching(DecidesByMessage(), Repository.Sources("src")));

    [Fact]
    public void The_core_opens_no_files() => Assert.Empty(Matching(Files(), Repository.Sources(Path.Combine("src", "Spool"))));

    // Clocks are set. How long something takes, and when something is due, is measured by timestamps and timers; only what a deadline of
    // the wire has left is not.
    [Fact]
    public void Nothing_is_measured_by_the_time_of_day_on_either_side_of_the_wire() =>
        Assert.Empty(
            Matching(
                TimeOfDay(),
                Repository
                    .Sources(Path.Combine("src", "Spool.Remote"), Path.Combine("src", "Spool.Server"))
                    .Where(file => Path.GetFileName(file) != "CallInterceptor.cs")
            )
        );

    static IEnumerable<string> Matching(Regex rule, IEnumerable<string> files) =>
        from file in files
        from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
        where rule.IsMatch(line.Text)
        select $"{Repository.Name(file)}:{line.Number}: {line.Text.Trim()}";

    // Written with a class so that the rule does not find itself.
    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HA[C]K)\b")]
    private static partial Regex ToDo();

    [GeneratedRegex(@"\b(whoever|nobody|somebody|someone|anybody|everybody|(is|are) told)\b", RegexOptions.IgnoreCase)]
    private static partial Regex PersonForThing();

    [GeneratedRegex(@"\b(when|if) \(.*\b(e|error|exception|refused)\.Message\b")]
    private static partial Regex DecidesByMessage();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"(?<![\w.])(Environment|Console)\.(?!NewLine\b)\w")]
    private static partial Regex Surroundings();

    // A call without type information: the options, a JsonTypeInfo or a context (`X.Default.Y`) must be named in it.
    [GeneratedRegex(@"JsonSerializer\.\w+(<[^(]*>)?\((?![^;]*(Context|\.Default\.|[tT]ype(Info)?\b))")]
    private static partial Regex ReflectedJson();

    [GeneratedRegex(@"GetUtcNow\(\)[\w.]*\s*[-+<>]|\s[-+<>]=?\s[^;]*GetUtcNow\(\)|[dD]eadline:")]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"Skip\s*=\s*""\s*""|Assert\.Skip\(\s*(""\s*"")?\s*\)")]
    private static partial Regex BareSkip();

    [GeneratedRegex("\"{3,}")]
    private static partial Regex Quotes();

    [GeneratedRegex(@"(?<![\w.])(File|Directory|FileStream|FileInfo)\.\w|new FileStream\(")]
    private static partial Regex Files();
}
