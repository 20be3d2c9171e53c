using System.CommandLine;

namespace Spool.Cli;

/// <summary>The options that every command takes.</summary>
sealed class GlobalOptions
{
    /// <summary>Gets the option that names the home.</summary>
    public Option<string?> Home { get; } =
        new("--home")
        {
            Description = "The Codex home to work on (default: $CODEX_HOME, else ~/.codex)",
            HelpName = "DIR",
            Recursive = true,
        };

    /// <summary>Gets the option that names the folder of the index.</summary>
    public Option<string?> Cache { get; } =
        new("--cache")
        {
            Description = "The folder of Spool's index (default: $XDG_CACHE_HOME/spool, else ~/.cache/spool)",
            HelpName = "DIR",
            Recursive = true,
        };

    /// <summary>Gets the option that names a server instead of a home.</summary>
    public Option<string?> Remote { get; } =
        new("--remote")
        {
            Description =
                "Work on the threads of a Spool server, http://HOST:PORT or https://HOST:PORT, instead of a home (default: $SPOOL_REMOTE)",
            HelpName = "URL",
            Recursive = true,
        };

    /// <summary>Gets the option that names the file of the token for the server.</summary>
    public Option<string?> RemoteToken { get; } =
        new("--remote-token-file")
        {
            Description = "The file with the token to show to the server (default: $SPOOL_TOKEN)",
            HelpName = "FILE",
            Recursive = true,
        };

    /// <summary>Gets the option that names the authorities to trust for the server's certificate.</summary>
    public Option<string?> RemoteAuthorities { get; } =
        new("--remote-ca")
        {
            Description = "The authorities to trust for the server's certificate, as PEM (default: the system's)",
            HelpName = "FILE",
            Recursive = true,
        };

    /// <summary>Gets the option that lets <c>last</c> and names mean threads of the current folder. Only commands that take the id of a
    /// thread have it.</summary>
    public Option<bool> Here { get; } =
        new("--here") { Description = "With 'last' or a name: of the threads that were started in this folder or one in it" };

    /// <summary>Gets the option that leaves words out.</summary>
    public Option<bool> Quiet { get; } =
        new("--quiet", "-q") { Description = "Print only data, errors and warnings: no hints and no progress", Recursive = true };

    /// <summary>Gets all of them.</summary>
    public IReadOnlyList<Option<string?>> Everywhere => [Home, Cache, .. OfServers];

    Option<string?>[] OfServers => [Remote, RemoteToken, RemoteAuthorities];

    /// <summary>Opens the store that a command line means: that of a home, or one behind a server.</summary>
    public async ValueTask<IThreadStore> OpenAsync(
        ParseResult line,
        CommandContext context,
        IProgress<IndexProgress> progress,
        CancellationToken cancellationToken
    )
    {
        if (RemoteOf(line, context) is not { } address)
        {
            if (Given(line, RemoteToken) is not null || Given(line, RemoteAuthorities) is not null)
                throw ThreadStoreException.InvalidRequest("--remote-token-file and --remote-ca belong to --remote.");
            return context.OpenStore(Locate(line, context), progress);
        }
        if (Given(line, Home) is not null || Given(line, Cache) is not null)
            throw ThreadStoreException.InvalidRequest("A command works on a home or on a server; give --home and --cache, or --remote.");
        return await RemoteStores.OpenAsync(address, Given(line, RemoteToken), Given(line, RemoteAuthorities), context, cancellationToken);
    }

    /// <summary>Gives the address of the server that a command line means, or null for a home: that of <c>--remote</c>, or of the
    /// environment where the command line names no home.</summary>
    public string? RemoteOf(ParseResult line, CommandContext context)
    {
        if (
            Given(line, Remote) is not null
            || context.Remote is null
            || line.CommandResult.Command is IWorksOnHome
            || Given(line, Home) is not null
            || Given(line, Cache) is not null
        )
            return Given(line, Remote);
        context.RequireText(CommandContext.RemoteVariable);
        return context.Remote;
    }

    /// <summary>Refuses a server where a command works on a home only.</summary>
    public void RefuseRemote(ParseResult line)
    {
        if (OfServers.Any(option => line.GetResult(option) is not null))
            throw ThreadStoreException.InvalidRequest(
                "This command works on a home and not on a server; leave --remote, --remote-token-file and --remote-ca away."
            );
    }

    /// <summary>Leaves the options of servers out of the help and the completions of a command that refuses them.</summary>
    public void OfferFor(Command command)
    {
        foreach (var option in OfServers)
            option.Hidden = command is IWorksOnHome;
    }

    /// <summary>Says where the store is that a command line means.</summary>
    public StoreLocation Locate(ParseResult line, CommandContext context) => context.Places.Locate(Given(line, Home), Given(line, Cache));

    /// <summary>Says whether a command line wants quiet, also one that is wrong.</summary>
    public bool IsQuiet(ParseResult line) =>
        line.GetResult(Quiet) is { Implicit: false } quiet
        && (quiet.Tokens is not [.., var value] || bool.TryParse(value.Value, out var isQuiet) && isQuiet);

    // Also of a line that is wrong or not finished, in which an option may have no value.
    static string? Given(ParseResult line, Option<string?> option) =>
        line.GetResult(option)?.Tokens is [.., var value] ? value.Value : null;
}
