using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Spool.Cli;

/// <summary>The command <c>spool</c> with everything below it.</summary>
sealed class SpoolRoot : Command, IHasExamples
{
    const int HelpWidth = 120;

    public SpoolRoot(CommandContext context)
        : base(
            "spool",
            "Keeps, finds, exports and looks after the threads of AI agents. It works on the home of Codex as it is, and reading never changes it."
        )
    {
        var global = Global;
        var help = new HelpAction { MaxWidth = context.OutputScreen.IsTerminal ? Math.Max(40, context.OutputScreen.Width) : HelpWidth };
        foreach (var option in global.Everywhere)
            Options.Add(option);
        Options.Add(global.Quiet);
        Options.Add(new HelpOption("--help", "-h") { Description = "Show help", Action = new HelpWithExamples(help, global) });
        Options.Add(new VersionOption("--version", "-v") { Description = "Show the version", Action = new PrintVersion() });
        Subcommands.Add(new ListCommand(context, global));
        Subcommands.Add(new ShowCommand(context, global));
        Subcommands.Add(new OpenCommand(context, global));
        Subcommands.Add(new ExportCommand(context, global));
        Subcommands.Add(new ServeCommand(context, global));
        Subcommands.Add(new RenameCommand(context, global));
        Subcommands.Add(new ArchiveCommand(context, global));
        Subcommands.Add(new UnarchiveCommand(context, global));
        Subcommands.Add(new ForkCommand(context, global));
        Subcommands.Add(new DeleteCommand(context, global));
        Subcommands.Add(new IndexCommand(context, global, this));
        Subcommands.Add(new CompletionCommand(context, this));
        Subcommands.Add(new HelpCommand(this));
        Subcommands.Add(new CompleteCommand(context, global, this));
        foreach (var command in Subcommands.Where(command => command.Arguments is [{ Name: StoreCommand.ThreadArgument }, ..]))
            command.Options.Add(global.Here);
    }

    /// <summary>Gets the options of every command.</summary>
    public GlobalOptions Global { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    ["spool list", "spool show ID", "spool export ID --format md --output thread.md", "spool list --help"];

    /// <summary>Gets the version of the program.</summary>
    public static string Version =>
        typeof(SpoolRoot).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine("spool " + Version);
            return ExitCodes.Success;
        }
    }
}
