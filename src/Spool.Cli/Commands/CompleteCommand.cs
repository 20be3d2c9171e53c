using System.CommandLine;
using System.Text;

namespace Spool.Cli;

/// <summary><c>spool complete</c>: what can come next in a command line; the scripts of <see cref="CompletionCommand"/> ask it.</summary>
sealed class CompleteCommand : Command
{
    readonly CommandContext _context;
    readonly GlobalOptions _global;
    readonly Command _root;
    readonly Option<int?> _position = NumberOption.Of("--position", "Where the cursor is");
    readonly Option<bool> _describe = new("--describe");
    readonly Argument<string> _line = new("LINE");

    public CompleteCommand(CommandContext context, GlobalOptions global, Command root)
        : base("complete", "Print what can come next in a command line")
    {
        _context = context;
        _global = global;
        _root = root;
        Hidden = true;
        Options.Add(_position);
        Options.Add(_describe);
        Arguments.Add(_line);
        SetAction(RunAsync);
    }

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var line = parsed.GetRequiredValue(_line);
        var typed = TypedLine.Read(line[..Math.Clamp(parsed.GetValue(_position) ?? line.Length, 0, line.Length)]);
        var completions = new Completions(_root, typed);
        _global.OfferFor(completions.Command);
        foreach (var (offer, about) in await completions.FindAsync(() => ThreadsAsync(typed, completions.Command, cancellationToken)))
        {
            var text = SafeText.OneLine(offer, int.MaxValue);
            if (text == offer) // else the shell could not give it back
                await _context.Output.WriteAsync(
                    Encoding.UTF8.GetBytes(parsed.GetValue(_describe) && about.Length > 0 ? $"{text}\t{about}\n" : text + "\n"),
                    cancellationToken
                );
        }
        await _context.Output.FlushAsync(cancellationToken);
        return ExitCodes.Success;
    }

    // Of a home that cannot be opened nothing is offered: the command itself says why. An unfinished line may name anything as
    // one.
    async Task<RecentThreads?> ThreadsAsync(TypedLine typed, Command command, CancellationToken cancellationToken)
    {
        try
        {
            var line = _root.Parse(typed.Before, CommandRunner.Parsing);
            await using var store = await _global.OpenAsync(line, _context, new Progress<IndexProgress>(), cancellationToken);
            var isOfArchive = command is UnarchiveCommand;
            var query = new ThreadQuery
            {
                Limit = RecentThreads.Most,
                Agents = AgentFilter.Roots,
                Archive = isOfArchive ? ArchiveFilter.Archived : ArchiveFilter.Active,
            };
            var page = await store.ListAsync(query, cancellationToken);
            return new RecentThreads(page.Items, _context.Time) { HasLast = !isOfArchive };
        }
        catch (Exception e) when (e is ThreadStoreException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
