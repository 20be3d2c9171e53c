using System.CommandLine;
using System.Text;

namespace Spool.Cli;

/// <summary><c>spool complete</c>: what can come next in a command line; the scripts of <see cref="CompletionCommand"/> ask it.</summary>
sealed class CompleteCommand : Command
{
    readonly CommandContext _context;
    readonly GlobalOptions _global;
    readonly Command _root;
    readonly Option<int?> _position = new("--position");
    readonly Argument<string> _line = new("LINE");

    public CompleteCommand(CommandContext context, GlobalOptions global, Command root)
        : base("complete", "Print what can come next in a command line")
    {
        _context = context;
        _global = global;
        _root = root;
        Hidden = true;
        Options.Add(_position);
        Arguments.Add(_line);
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        var line = parsed.GetRequiredValue(_line);
        var position = Math.Clamp(parsed.GetValue(_position) ?? line.Length, 0, line.Length);
        line = line[..position];
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var beginning = _root.Parse(line);
        _global.OfferFor(beginning.CommandResult.Command);
        foreach (
            var completion in beginning.GetCompletions(position).Select(completion => completion.InsertText ?? completion.Label).Distinct()
        )
        {
            // The parser also finds words that only contain it. The short and the Windows spellings of --help are noise, and options come
            // only after a dash.
            if (
                !completion.StartsWith(word, StringComparison.Ordinal)
                || completion.StartsWith('/')
                || completion is "-?" or "-h"
                || (completion.StartsWith('-') && !word.StartsWith('-'))
            )
                continue;
            _context.Output.Write(Encoding.UTF8.GetBytes(completion + "\n"));
        }
        _context.Output.Flush();
        return ExitCodes.Success;
    }
}
