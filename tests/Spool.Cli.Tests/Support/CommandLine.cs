using System.Text;

namespace Spool.Cli.Tests;

/// <summary>Runs command lines in process over a <see cref="FakeStore"/>.</summary>
sealed class CommandLine
{
    public static readonly DateTimeOffset Now = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    public FakeStore Store { get; } = new();

    public Screen Output { get; set; } = Screen.Piped;

    public Screen Error { get; set; } = Screen.Piped;

    /// <summary>Gets or sets whether another program reads the output.</summary>
    public bool IsOutputPipe { get; set; }

    public UserPlaces Places { get; set; } = new() { UserFolder = "/home/ann", WorkingDirectory = "/home/ann/work" };

    /// <summary>Gets or sets the zone of the clock, or null for UTC.</summary>
    public TimeZoneInfo? Zone { get; set; }

    /// <summary>Gets or sets the pager of the environment, or null for none.</summary>
    public PagerSettings? Pager { get; set; }

    /// <summary>Gets or sets the token for a server that the environment names.</summary>
    public string? RemoteToken { get; set; }

    public StoreLocation? Opened { get; private set; }

    public static Screen Terminal(int width) => new(ScreenKind.Terminal, width, ColourUse.None);

    /// <summary>Gets or sets where words go instead of into the result.</summary>
    public TextWriter? ErrorWriter { get; set; }

    /// <summary>Gets or sets what a person at the terminal answers, or null when nobody is there.</summary>
    public string? Answers { get; set; }

    /// <summary>Gets or sets the address of a server that the environment names.</summary>
    public string? Remote { get; set; }

    /// <summary>Makes the outside world.</summary>
    public CommandContext Context(Stream output, TextWriter error) =>
        new()
        {
            OpenStore = (location, _) =>
            {
                Opened = location;
                return Store;
            },
            OpenServedStore = (_, _) => Store,
            RemoteToken = RemoteToken,
            Remote = Remote,
            Output = output,
            Error = error,
            OutputScreen = Output,
            IsOutputPipe = IsOutputPipe,
            ErrorScreen = Error,
            Answers = Answers is null ? null : new StringReader(Answers),
            Time = new FixedTime(Now, Zone),
            Pager = Pager,
            Places = Places,
        };

    public async Task<Result> RunAsync(params string[] args)
    {
        using var output = new MemoryStream();
        var code = await RunOnAsync(output, args, CancellationToken.None);
        return code with { Bytes = output.ToArray(), Out = Encoding.UTF8.GetString(output.ToArray()) };
    }

    public async Task<Result> RunOnAsync(Stream output, string[] args, CancellationToken cancellationToken)
    {
        var error = new StringWriter { NewLine = "\n" };
        var context = Context(output, ErrorWriter ?? error);
        var code = await new CommandRunner(context).RunAsync(args, cancellationToken);
        return new Result(code, "", error.ToString(), []);
    }
}

/// <summary>What a command line gave.</summary>
sealed record Result(int Code, string Out, string Error, byte[] Bytes);
