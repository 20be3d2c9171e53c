using Microsoft.Extensions.Logging;

namespace Spool.Cli;

/// <summary>Where a store is.</summary>
/// <param name="Home">The Codex home, as an absolute path.</param>
/// <param name="CacheDirectory">The folder of the index, as an absolute path.</param>
sealed record StoreLocation(string Home, string CacheDirectory)
{
    /// <summary>Gets the folder of Codex's databases that the environment names, as an absolute path, or null.</summary>
    public string? CodexSqliteHome { get; init; }

    /// <summary>Gets the user's own folder, or null.</summary>
    public string? UserFolder { get; init; }
}

/// <summary>Opens a store.</summary>
/// <param name="location">Where it is.</param>
/// <param name="progress">Gets how far the first indexing is.</param>
delegate IThreadStore StoreFactory(StoreLocation location, IProgress<IndexProgress> progress);

/// <summary>Everything that commands need from the outside world.</summary>
sealed record CommandContext
{
    /// <summary>Gets what opens the store.</summary>
    public required StoreFactory OpenStore { get; init; }

    /// <summary>Gets what opens the store of a home for a program that goes on for long and writes for others.</summary>
    public required Func<StoreLocation, ILoggerFactory?, IThreadStore> OpenServedStore { get; init; }

    /// <summary>The variable with the tokens of a server's callers.</summary>
    public const string TokensVariable = "SPOOL_TOKENS";

    /// <summary>The variable with the token for a server.</summary>
    public const string RemoteTokenVariable = "SPOOL_TOKEN";

    /// <summary>Gets the tokens of a server's callers that the environment names, or null.</summary>
    public string? Tokens { get; init; }

    /// <summary>Gets the names of the variables whose bytes are not UTF-8, of those that name no place: what is here of their values is not
    /// what they are.</summary>
    public IReadOnlyCollection<string> SettingsNotText { get; init; } = [];

    /// <summary>Gets the variables of the environment that say where OpenTelemetry goes: those that begin with <c>OTEL_</c>.</summary>
    public IReadOnlyDictionary<string, string> TelemetryVariables { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the token for a server that the environment names, or null.</summary>
    public string? RemoteToken { get; init; }

    /// <summary>The variable with the address of the server to work on.</summary>
    public const string RemoteVariable = "SPOOL_REMOTE";

    /// <summary>Gets the address of the server to work on that the environment names, or null.</summary>
    public string? Remote { get; init; }

    /// <summary>Gets or sets whether only data, errors and warnings are printed.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>Gets who this program is, for others who would like to write what it writes, or null.</summary>
    public WriterOwner? Owner { get; init; }

    /// <summary>Gets where data goes.</summary>
    public required Stream Output { get; init; }

    /// <summary>Gets what became of it when it could not hold what a command has done.</summary>
    public LostOutput LostOutput { get; } = new();

    /// <summary>Gets where words go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gets what the data output can show.</summary>
    public required Screen OutputScreen { get; init; }

    /// <summary>Gets whether another program reads the data output while it is written.</summary>
    public bool IsOutputPipe { get; init; }

    /// <summary>Gets what the output of words can show.</summary>
    public required Screen ErrorScreen { get; init; }

    /// <summary>Gets the program that shows what is longer than a terminal, or null for none.</summary>
    public PagerSettings? Pager { get; init; }

    /// <summary>Gets whether it runs.</summary>
    public Paging Paging { get; init; } = new();

    /// <summary>Gets what progress is shown on.</summary>
    public Screen ProgressScreen => IsQuiet ? Screen.Piped : ErrorScreen;

    /// <summary>Gets where a person's answers come from, or null when there is no terminal.</summary>
    public TextReader? Answers { get; init; }

    /// <summary>Gets the commands that words for people name.</summary>
    public Hints Hints { get; } = new();

    /// <summary>Gets the clock and the time zone.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets the number of the first argument, from 1, that is not UTF-8, or null when all are.</summary>
    public int? ArgumentNotText { get; init; }

    /// <summary>Gets the places that the environment names.</summary>
    public required UserPlaces Places { get; init; }

    /// <summary>Gets the user's own folder, which tables show as <c>~</c>; empty when it is not known.</summary>
    public string UserFolder => Places.UserFolder ?? "";

    /// <summary>Starts the pager where a person looks at the output, or gives null.</summary>
    public Pager? StartPager() =>
        Pager is null || OutputScreen.Kind != ScreenKind.Terminal || OperatingSystem.IsWindows() ? null : Cli.Pager.Start(Pager, Paging);

    /// <summary>Resolves a path that the user gave.</summary>
    public string Resolve(string path) => Places.Resolve(path);

    /// <summary>Resolves the folder of a thread that the user asked for. A path of Windows stays as it is: it is below no folder
    /// here.</summary>
    public string ResolveFolder(string path) => WorkingFolder.IsOfWindows(path) ? path : Resolve(path);

    /// <summary>Refuses a variable of the environment whose value is not what it was set to.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: its bytes are not UTF-8.</exception>
    public void RequireText(string variable)
    {
        if (SettingsNotText.Contains(variable))
            throw ThreadStoreException.InvalidRequest($"{variable} is not UTF-8 text; set it to text in UTF-8.");
    }
}
