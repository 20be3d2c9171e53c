using System.CommandLine;

namespace Spool.Cli;

/// <summary>The options that every command takes.</summary>
sealed class GlobalOptions
{
    /// <summary>Gets the option that names the home.</summary>
    public Option<string?> Home { get; } = new("--home")
    {
        Description = "The Codex home to work on (default: $CODEX_HOME, else ~/.codex)",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>Gets the option that names the folder of the index.</summary>
    public Option<string?> Cache { get; } = new("--cache")
    {
        Description = "The folder of Spool's index (default: $XDG_CACHE_HOME/spool, else ~/.cache/spool)",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>Says where the store is that a command line means.</summary>
    public StoreLocation Locate(ParseResult line, CommandContext context) => new(
        line.GetValue(Home) is { Length: > 0 } home ? context.Resolve(home) : context.DefaultLocation.Home,
        line.GetValue(Cache) is { Length: > 0 } cache ? context.Resolve(cache) : context.DefaultLocation.CacheDirectory);
}
