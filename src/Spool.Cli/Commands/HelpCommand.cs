using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool help</c>: the help of a command, as <c>--help</c> gives it.</summary>
sealed class HelpCommand : Command, IHasExamples
{
    readonly Command _root;
    readonly Argument<string[]> _names = new("COMMAND")
    {
        Description = "The command; without one, all of them",
        HelpName = "COMMAND",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public HelpCommand(Command root)
        : base("help", "Show help, of one command or of all")
    {
        _root = root;
        _names.CompletionSources.Add(_ =>
            root.Subcommands.Where(command => !command.Hidden)
                .Select(command => new System.CommandLine.Completions.CompletionItem(command.Name))
        );
        Arguments.Add(_names);
        SetAction(Run);
    }

    public IReadOnlyList<string> Examples { get; } = ["spool help", "spool help index rebuild"];

    int Run(ParseResult line)
    {
        var names = line.GetValue(_names) ?? [];
        var command = _root;
        foreach (var name in names)
        {
            command =
                command.Subcommands.FirstOrDefault(known => known.Name == name)
                ?? throw ThreadStoreException.InvalidRequest(UsageErrors.NoCommand(command, name));
        }
        return _root.Parse([.. names, "--help"]).Invoke(line.InvocationConfiguration);
    }
}
