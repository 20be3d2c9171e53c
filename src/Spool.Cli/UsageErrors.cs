using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace Spool.Cli;

/// <summary>Says what is wrong with a command line, and blames the word that is wrong: the first one that names no command, no option and
/// nothing that a command asks for.</summary>
static class UsageErrors
{
    const int LongestWord = 60;

    static readonly string[] WordsForSearch = ["search", "find", "grep"];

    // What other programs call these commands; Codex itself says resume.
    static readonly Dictionary<string, string> OfOtherPrograms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["resume"] = "open",
        ["continue"] = "open",
        ["rm"] = "delete",
        ["remove"] = "delete",
        ["view"] = "show",
        ["cat"] = "show",
        ["info"] = "show",
        ["restore"] = "unarchive",
        ["copy"] = "fork",
        ["cp"] = "fork",
    };

    // The commands that only read, and what they are with the thread that most people mean.
    static readonly Dictionary<string, string> ThreadMissing = new()
    {
        ["show"] = "show last",
        ["export"] = "export last --format md",
        ["open"] = "open last",
    };

    /// <summary>Gives what is wrong, as a sentence, or null when nothing is.</summary>
    public static string? Find(ParseResult line)
    {
        if (Misspelled(line) is { } misspelled)
            return misspelled;
        if (WithoutValue(line) is { } without)
            return without;
        if (line.Errors.Count == 0)
            return (line.CommandResult.Command as IHasRules)?.Problem(line);
        if (line.UnmatchedTokens is [var extra, ..])
            return $"{Quote(extra)} is one word too many{(OptionWithValue(line, "--" + extra) is { } meant ? $"; did you mean {meant}?" : ".")}";
        var message = WithOption(line.Errors[^1]);
        return message.EndsWith('.') ? message : message + ".";
    }

    /// <summary>Gives the command that was meant by a line that is wrong, or null when there is none to guess.</summary>
    public static string? Hint(ParseResult line, Hints hints)
    {
        if (line is { CommandResult.Parent: null, UnmatchedTokens: [var word, ..] })
            return Nearest(word, WordsForSearch) is null
                ? null
                : $"To search names and first messages: {hints.Command($"list --search {Sought(line.UnmatchedTokens.Skip(1))}")}";
        if (line.CommandResult.Command is ListCommand && line is { Errors.Count: > 0, UnmatchedTokens: [var sought, ..] })
            return sought.StartsWith('-') || OptionWithValue(line, "--" + sought) is not null
                ? null
                : $"To search names and first messages: {hints.Command($"list --search {Sought(line.UnmatchedTokens)}")}";
        return
            ThreadMissing.TryGetValue(line.CommandResult.Command.Name, out var usual)
            && line.CommandResult.Command.Arguments is [var thread, ..]
            && line.GetResult(thread) is null or { Tokens.Count: 0 }
            ? $"The thread that was used last: {hints.Command(usual)}"
            : null;
    }

    static string Sought(IEnumerable<string> words) =>
        string.Join(' ', words.Where(word => !word.StartsWith('-'))) is { Length: > 0 } text
            ? ShellText.Quote(SafeText.OneLine(text, LongestWord))
            : "TEXT";

    /// <summary>Says that there is no such command in a group.</summary>
    public static string NoCommand(Command group, string word)
    {
        string[] names = [.. group.Subcommands.Where(command => !command.Hidden).Select(command => command.Name)];
        var near = OfOtherPrograms.TryGetValue(word, out var meant) && names.Contains(meant) ? meant : Nearest(word, names);
        return $"There is no command {Plain(word)}{(near is null ? "." : $"; did you mean {near}?")}";
    }

    /// <summary>Gives a word in quotes, with its blanks: what is wrong with it may be one of them.</summary>
    public static string Quote(string word)
    {
        var inner = word.Trim(' ');
        if (inner.Length == 0 || word.Length > LongestWord)
            return $"'{Plain(word)}'";
        var start = word.IndexOf(inner, StringComparison.Ordinal);
        return $"'{word[..start]}{Plain(inner)}{word[(start + inner.Length)..]}'";
    }

    // The parser names a value that is none of those there are, and not whose it is.
    static string WithOption(ParseError error)
    {
        var message = SafeText.OneLine(error.Message, 500);
        var option = OptionOf(error);
        const string Unknown = " not recognized.";
        return
            option is not null
            && message.StartsWith("Argument ", StringComparison.Ordinal)
            && message.IndexOf(Unknown, StringComparison.Ordinal) is > 0 and var end
            ? $"{option.Option.Name} does not take {message["Argument ".Length..end]}.{message[(end + Unknown.Length)..]}"
            : message;
    }

    static OptionResult? OptionOf(ParseError error) => error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;

    // The parser takes the next word for the value, whatever it is. One that cannot be it and is an option shows that there is none.
    static string? WithoutValue(ParseResult line)
    {
        // where an option takes one of a few words, it takes other options too
        var choices = line.CommandResult.Children.OfType<OptionResult>().Where(result => IsChoice(result.Option));
        foreach (var result in line.Errors.Select(OptionOf).OfType<OptionResult>().Concat(choices))
        {
            if (
                result.Tokens is [.., { Value: var value }]
                && OptionsOf(line.CommandResult).Any(option => option.Name == value || option.Aliases.Contains(value))
            )
                return $"{result.Option.Name} lacks its value: {value} is an option.";
        }
        return null;
    }

    // Where a help names no kind of value it names the values.
    static bool IsChoice(Option option) =>
        option.HelpName is null && option.Arity.MinimumNumberOfValues > 0 && option.GetCompletions(CompletionContext.Empty).Any();

    static string? Misspelled(ParseResult line)
    {
        var command = line.CommandResult.Command;
        foreach (
            var token in line
                .Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
                .Where(token => token.Type == TokenType.Argument && !IsValue(line, token))
        )
        {
            if (token.Value is ['-', _, ..])
                return NoOption(line, token.Value);
            if (command.Subcommands.Count > 0)
                return NoCommand(command, token.Value);
        }
        return null;
    }

    // A value of an option may begin with a dash, and be the same word as another one.
    static bool IsValue(ParseResult line, Token token)
    {
        for (var result = (SymbolResult?)line.CommandResult; result is CommandResult command; result = result.Parent)
        {
            if (command.Children.OfType<OptionResult>().Any(option => option.Tokens.Any(value => ReferenceEquals(value, token))))
                return true;
        }
        return false;
    }

    static string NoOption(ParseResult line, string word)
    {
        var name = word.Split('=', ':')[0];
        var command = line.CommandResult.Command;
        if ((OptionWithValue(line, name) ?? Nearest(name, OptionsOf(line.CommandResult).Select(option => option.Name))) is { } near)
            return $"There is no option {Plain(name)}; did you mean {near}?";
        var others = CommandsWith(line.RootCommandResult.Command, name).Select(other => other.Name).ToList();
        if (others.Count is 1 or 2)
            return $"There is no option {Plain(name)}; {string.Join(" and ", others)} {(others.Count == 1 ? "has" : "have")} it.";
        return $"There is no option {Plain(name)}.{(command.Arguments.Count == 0 ? "" : " A word that begins with a dash and is no option stands after --.")}";
    }

    static IEnumerable<Command> CommandsWith(Command root, string option) =>
        root.Subcommands.Where(command =>
            !command.Hidden && option.Length > 2 && command.Options.Any(known => !known.Hidden && known.Name == option)
        );

    // --html for --format html.
    static string? OptionWithValue(ParseResult line, string word) =>
        OptionsOf(line.CommandResult)
            .Where(option => option.Arity.MinimumNumberOfValues > 0)
            .SelectMany(option =>
                option
                    .GetCompletions(CompletionContext.Empty)
                    .Where(value => word.Equals("--" + value.Label, StringComparison.OrdinalIgnoreCase))
                    .Select(value => $"{option.Name} {value.Label}")
            )
            .FirstOrDefault();

    static IEnumerable<Option> OptionsOf(CommandResult command)
    {
        for (var result = (SymbolResult?)command; result is CommandResult { Command: var at }; result = result.Parent)
        {
            foreach (var option in at.Options.Where(option => !option.Hidden && (option.Recursive || at == command.Command)))
                yield return option;
        }
    }

    /// <summary>Finds the name that was meant: as many changes away as a slip of the fingers makes, or the only one that begins so. Null
    /// when there is none.</summary>
    /// <param name="word">The word.</param>
    /// <param name="names">The names.</param>
    /// <param name="most">The most changes.</param>
    public static string? Nearest(string word, IEnumerable<string> names, int most = int.MaxValue)
    {
        var known = names.Distinct().ToList();
        var letters = word.TrimStart('-').Length;
        if (letters < 2 || known.Count == 0)
            return null;
        var (best, distance) = known.Select(name => (name, Distance(word, name))).MinBy(pair => pair.Item2);
        if (distance <= Math.Min(most, Math.Max(1, letters / 3)))
            return best;
        return known.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only : null;
    }

    // How many letters have to be put in, taken out, replaced or swapped with their neighbour. The case of letters does not count.
    static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > other.Length)
            return int.MaxValue;
        (one, other) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var table = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }
                var replaced = table[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[one.Length, other.Length];
    }

    static string Plain(string word) => SafeText.OneLine(word, LongestWord);
}
