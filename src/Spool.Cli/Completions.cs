using System.CommandLine;
using System.CommandLine.Completions;

namespace Spool.Cli;

/// <summary>What can stand at the cursor of a command line.</summary>
sealed class Completions
{
    readonly TypedLine _line;
    readonly List<Command> _path;
    readonly Option? _open; // it waits for its value
    readonly bool _isAfterDashes;
    readonly int _arguments;

    /// <summary>Looks where in the line of a command the cursor is.</summary>
    /// <param name="root">The command that all others belong to.</param>
    /// <param name="line">The line.</param>
    public Completions(Command root, TypedLine line)
    {
        (_line, _path) = (line, [root]);
        foreach (var word in line.Before)
        {
            if (_open is not null)
                _open = null;
            else if (!_isAfterDashes && word == "--")
                _isAfterDashes = true;
            else if (!_isAfterDashes && word is ['-', _, ..])
                _open = word.AsSpan().IndexOfAny('=', ':') < 0 ? OptionOf(word) : null;
            else if (
                _arguments == 0
                && Command.Subcommands.FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word)) is { } sub
            )
                _path.Add(sub);
            else
                _arguments++;
        }
    }

    /// <summary>Gets the command that the line is of.</summary>
    public Command Command => _path[^1];

    /// <summary>Gives the words that can stand there, each beginning with what was typed of it.</summary>
    /// <param name="threads">Gives the newest threads. It is called only where they are wanted.</param>
    public async Task<IReadOnlyList<OfferedWord>> FindAsync(Func<Task<RecentThreads?>> threads)
    {
        var word = _line.Word;
        if (_line.IsOfProgram)
            return [];
        var offers =
            _open is not null ? await ValuesAsync(_open, "", threads)
            : _isAfterDashes || !word.StartsWith('-') ? await ArgumentsAsync(threads)
            : word.IndexOfAny(['=', ':']) is var sign && sign < 0 ? OptionNames()
            : OptionOf(word[..sign]) is { } option ? await ValuesAsync(option, word[..(sign + 1)], threads)
            : [];
        return [.. offers.Where(offer => offer.Word.StartsWith(word, StringComparison.Ordinal)).DistinctBy(offer => offer.Word)];
    }

    IEnumerable<Option> Options =>
        _path
            .SelectMany(command => command.Options.Where(option => option.Recursive || command == Command))
            .Where(option => !option.Hidden);

    // An option that takes no value is none that anything is offered behind.
    Option? OptionOf(string name) =>
        Options.FirstOrDefault(option => option.Arity.MinimumNumberOfValues > 0 && (option.Name == name || option.Aliases.Contains(name)));

    // The short and the Windows spellings of --help are noise.
    IEnumerable<OfferedWord> OptionNames() =>
        Options
            .SelectMany(option => option.Aliases.Prepend(option.Name))
            .Where(name => name.StartsWith('-') && name is not ("-?" or "-h"))
            .Select(name => new OfferedWord(name, ""));

    async Task<IEnumerable<OfferedWord>> ValuesAsync(Option option, string before, Func<Task<RecentThreads?>> threads)
    {
        if (option.Name == ListCommand.ColumnsOption)
            return ColumnsAfter(_line.Word[before.Length..]).Select(columns => new OfferedWord(before + columns, ""));
        var offers = Known(option);
        if (RecentThreads.HasValuesOf(option.Name) && await threads() is { } recent)
            offers = offers.Concat(recent.BehindOption(option.Name));
        return offers.Select(offer => offer with { Word = before + offer.Word });
    }

    // The last one of a list of names; one that is there already is not wanted again.
    static IEnumerable<string> ColumnsAfter(string typed)
    {
        var whole = typed[..(typed.LastIndexOf(',') + 1)];
        var chosen = whole.Split(',');
        return ThreadCells.Names.Where(name => !chosen.Contains(name)).Select(name => whole + name);
    }

    async Task<IEnumerable<OfferedWord>> ArgumentsAsync(Func<Task<RecentThreads?>> threads)
    {
        if (Command.Subcommands.Count > 0)
            return _arguments > 0 || _isAfterDashes
                ? []
                : Command
                    .Subcommands.Where(sub => !sub.Hidden)
                    .SelectMany(sub => sub.Aliases.Prepend(sub.Name))
                    .Select(name => new OfferedWord(name, ""));
        var room = 0;
        foreach (var argument in Command.Arguments)
        {
            room += Math.Min(argument.Arity.MaximumNumberOfValues, short.MaxValue);
            if (_arguments < room)
                return argument.Name == StoreCommand.ThreadArgument ? (await threads())?.Threads() ?? [] : Known(argument);
        }
        return [];
    }

    static IEnumerable<OfferedWord> Known(Symbol symbol) =>
        symbol.GetCompletions(CompletionContext.Empty).Select(known => new OfferedWord(known.InsertText ?? known.Label, ""));
}
