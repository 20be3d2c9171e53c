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
        var position = Math.Clamp(parsed.GetValue(_position) ?? line.Length, 0, line.Length);
        line = line[..position];
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var beginning = _root.Parse(line);
        _global.OfferFor(beginning.CommandResult.Command);
        // The parser also finds words that only contain it. The short and the Windows spellings of --help are noise, and options come only
        // after a dash.
        var offered = beginning
            .GetCompletions(position)
            .Select(completion => new OfferedWord(completion.InsertText ?? completion.Label, ""))
            .Where(offer => !offer.Word.StartsWith('/') && offer.Word is not ("-?" or "-h"))
            .Where(offer => !offer.Word.StartsWith('-') || word.StartsWith('-'))
            .Concat(await OfThreadsAsync(beginning, line, word, cancellationToken))
            .Where(offer => offer.Word.StartsWith(word, StringComparison.Ordinal))
            .DistinctBy(offer => offer.Word);
        foreach (var (offer, about) in offered)
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

    // Of a home that cannot be opened nothing is offered: the command itself says why.
    async Task<IEnumerable<OfferedWord>> OfThreadsAsync(
        ParseResult beginning,
        string line,
        string word,
        CancellationToken cancellationToken
    )
    {
        var before = line[..^word.Length].Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
        var isValue = RecentThreads.HasValuesOf(before);
        if (
            !isValue
            && (word.StartsWith('-') || beginning.CommandResult.Command.Arguments is not [{ Name: StoreCommand.ThreadArgument }, ..])
        )
            return [];
        try
        {
            await using var store = await _global.OpenAsync(beginning, _context, new Progress<IndexProgress>(), cancellationToken);
            var page = await store.ListAsync(new ThreadQuery { Limit = RecentThreads.Most, Agents = AgentFilter.Roots }, cancellationToken);
            var recent = new RecentThreads(page.Items, _context.Time);
            return isValue ? recent.BehindOption(before).ToList() : recent.Threads().ToList();
        }
        catch (ThreadStoreException)
        {
            return [];
        }
    }
}
