using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Logging;

namespace Spool.Cli;

/// <summary><c>spool serve</c>: serves threads over gRPC until it is stopped.</summary>
sealed class ServeCommand : Command, IHasExamples, IWorksOnHome
{
    const string DefaultListen = "http://127.0.0.1:7070";
    const int ThreadsNeeded = 16; // to start and to answer one call; six were seen to be enough to start

    readonly Option<string[]> _listen = new("--listen")
    {
        Description =
            $"A URL of an IP address, or localhost for 127.0.0.1, and a port to listen on; repeatable; port 0 takes a free one (default: {DefaultListen})",
        HelpName = "URL",
    };
    readonly Option<string> _store = new("--store") { Description = "Where threads are kept", DefaultValueFactory = _ => "local" };
    readonly Option<string?> _certificate = new("--tls-cert")
    {
        Description = "The certificate for https, with those between it and its authority, as PEM; it may change while the server runs",
        HelpName = "FILE",
    };
    readonly Option<string?> _key = new("--tls-key") { Description = "The certificate's private key, as PEM", HelpName = "FILE" };
    readonly Option<string?> _clientAuthorities = new("--client-ca")
    {
        Description = "Demand client certificates that one of these authorities signed, as PEM",
        HelpName = "FILE",
    };
    readonly Option<string?> _tokens = new("--token-file")
    {
        Description =
            "The tokens of callers, one in each line; it may change while the server runs (default: $SPOOL_TOKENS, else every caller may call)",
        HelpName = "FILE",
    };
    readonly Option<bool> _insecure = new("--insecure") { Description = "Let other machines in without TLS or without tokens" };
    readonly Option<int?> _maxCalls = NumberOption.Of("--max-calls", "How many calls are let in at a time (default: 4096)");
    readonly Option<int?> _callsPerSecond = NumberOption.Of(
        "--calls-per-second",
        "How many calls a tenant may begin in a second, on average (default: no limit)"
    );
    readonly Option<string?> _otlp = new("--otlp")
    {
        Description =
            "Send traces and metrics to this collector of OpenTelemetry (default: $OTEL_EXPORTER_OTLP_ENDPOINT, else nothing is sent)",
        HelpName = "URL",
    };
    readonly Option<string> _log = new("--log")
    {
        Description = "What to write to standard error, as lines of JSON",
        DefaultValueFactory = _ => "warning",
    };

    readonly CommandContext _context;
    readonly GlobalOptions _global;

    public ServeCommand(CommandContext context, GlobalOptions global)
        : base("serve", "Serve threads over gRPC: to Codex 0.125, 0.128 and 0.129 as their remote thread store, and to Spool")
    {
        (_context, _global) = (context, global);
        _store.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "local", "memory");
        _log.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "trace", "debug", "information", "warning", "error", "none");
        foreach (
            var option in (Option[])
                [_listen, _store, _certificate, _key, _clientAuthorities, _tokens, _insecure, _maxCalls, _callsPerSecond, _otlp, _log]
        )
            Options.Add(option);
        foreach (var limit in (Option<int?>[])[_maxCalls, _callsPerSecond])
            limit.Validators.Add(CheckLimit);
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "spool serve",
        "spool serve --listen https://0.0.0.0:7433 --tls-cert server.pem --tls-key server.key --token-file tokens",
        "spool serve --store memory --listen http://127.0.0.1:0",
    ];

    async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        _global.RefuseRemote(line);
        var isLocal = line.GetRequiredValue(_store).Equals("local", StringComparison.OrdinalIgnoreCase);
        SpareThreads.Require(ThreadsNeeded);
        Descriptors.Raise();
        if (!Descriptors.AreEnoughToServe())
            throw new ThreadStoreException(
                ThreadStoreErrorCode.ResourceExhausted,
                "The server may open too few files; raise the limit (ulimit -n) to 1024 or more and try again."
            );
        Server.ListenAddress[] addresses =
        [
            .. (line.GetValue(_listen) is { Length: > 0 } urls ? urls : [DefaultListen]).Select(Server.ListenAddress.Parse),
        ];
        var telemetry = TelemetrySettings.Of(line.GetValue(_otlp), _context.TelemetryVariables);
        // What --otlp says is taken instead of a variable's.
        foreach (
            var variable in telemetry.IsWanted
                ? telemetry
                    .Variables.Where(pair => _context.TelemetryVariables.TryGetValue(pair.Key, out var value) && value == pair.Value)
                    .Select(pair => pair.Key)
                : []
        )
            _context.RequireText(variable);
        var certificates = CertificatesOf(line);
        var tls = certificates is null ? null : await certificates.ReadAsync(cancellationToken);
        var file = line.GetValue(_tokens) is { } name
            ? new ChangingFiles<Server.TokenTable>([name], texts => Server.TokenTable.Parse(texts[0]), _context)
            : null;
        if (file is null)
            _context.RequireText(CommandContext.TokensVariable);
        var tokens = file is not null ? await file.ReadAsync(cancellationToken) : VariableTokens();
        var location = isLocal ? _global.Locate(line, _context) : null;
        var isAway = location is not null && LocalStores.IsAway(location);
        var log = ServeLog.To(line.GetRequiredValue(_log).ToLowerInvariant());
        using var loggers = log is null ? null : LoggerFactory.Create(log);
        await using var stores = ServedStores.Open(location, _context, tokens, loggers);
        var options = new Server.SpoolServerOptions
        {
            StoreOf = stores.Of,
            Addresses = addresses,
            Time = _context.Time,
            Version = SpoolRoot.Version,
            Tls = tls,
            RereadTls = certificates is null ? null : stopping => certificates.RereadAsync(static _ => { }, stopping),
            Tokens = tokens,
            RereadTokens = file is null ? null : stopping => file.RereadAsync(stores.Check, stopping),
            Exposure = line.GetValue(_insecure) ? Server.Exposure.Unsecured : Server.Exposure.Secured,
            Limits = LimitsOf(line, isLocal),
            Logging = log,
        };
        await using var exporting = ServeTelemetry.Start(telemetry, _context.Time);
        await using (var server = await Server.SpoolServer.StartAsync(options, cancellationToken))
        {
            Option<string?>[] unused = isLocal
                ? []
                : [.. new[] { _global.Home, _global.Cache }.Where(option => line.GetValue(option) is not null)];
            foreach (
                var words in ServeGreeting.Lines(
                    server.Addresses,
                    location?.Home,
                    isAway,
                    unused.Select(option => option.Name),
                    tokens is not null,
                    tls?.ClientAuthorities is not null
                )
            )
                await _context.Error.WriteLineAsync(words);
            await StoppedAsync(cancellationToken);
            exporting.BeginStop();
        }
        // To be stopped is how a server ends well.
        return ExitCodes.Success;
    }

    Server.TokenTable? VariableTokens() =>
        _context.Tokens switch
        {
            null => null,
            var blank when string.IsNullOrWhiteSpace(blank) => throw ThreadStoreException.InvalidRequest(
                $"{CommandContext.TokensVariable} is set but empty; put a token into it, or unset it to let every client that reaches the server call."
            ),
            var text => Server.TokenTable.Parse(text),
        };

    Server.ServerLimits LimitsOf(ParseResult line, bool isLocal)
    {
        var usual = new Server.ServerLimits();
        return usual with
        {
            MaxCalls = line.GetValue(_maxCalls) ?? usual.MaxCalls,
            CallsPerSecond = line.GetValue(_callsPerSecond),
            MaxConnections = Math.Min(usual.MaxConnections, Descriptors.Most() / 2), // the other half is for threads
            MaxFiles = isLocal ? Descriptors.ForLong() : usual.MaxFiles,
        };
    }

    static void CheckLimit(OptionResult option)
    {
        if (
            option.Tokens is [{ Value: var text }]
            && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && number < 1
        )
            option.AddError($"{option.Option.Name} is a number of 1 or more.");
    }

    ChangingFiles<Server.ServerTls>? CertificatesOf(ParseResult line)
    {
        var (certificate, key, authorities) = (line.GetValue(_certificate), line.GetValue(_key), line.GetValue(_clientAuthorities));
        if (certificate is null && key is null && authorities is null)
            return null;
        if (certificate is null || key is null)
            throw ThreadStoreException.InvalidRequest("TLS needs both --tls-cert and --tls-key.");
        string[] names = authorities is null ? [certificate, key] : [certificate, key, authorities];
        return new ChangingFiles<Server.ServerTls>(
            names,
            texts => Server.ServerTls.FromPem(texts[0], texts[1], texts.ElementAtOrDefault(2)),
            _context
        );
    }

    static async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(stopped.SetResult))
            await stopped.Task;
    }
}
