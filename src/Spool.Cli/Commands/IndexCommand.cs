using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool index</c>: the group of commands about the index.</summary>
sealed class IndexCommand : Command, IWorksOnHome
{
    public IndexCommand(CommandContext context, GlobalOptions global, Command parent)
        : base("index", "Look after the index, which only speeds things up: it is made from the rollouts and can be made again")
    {
        Subcommands.Add(new IndexStatusCommand(context, global));
        Subcommands.Add(new IndexRebuildCommand(context, global));
        // As for spool alone.
        SetAction(line => parent.Parse([Name, "--help"]).Invoke(line.InvocationConfiguration));
    }
}
