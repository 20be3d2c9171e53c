using System.CommandLine;

namespace Spool.Cli;

/// <summary><c>spool serve</c>: serves threads over gRPC until it is stopped.</summary>
sealed class ServeCommand : Command, IHasExamples
{
    const string DefaultListen = "http://127.0.0.1:7070";

    readonly Option<string[]> _listen = new("--listen") { Description = $"A URL of an IP address and a port to listen on; repeatable; port 0 takes a free one (default: {DefaultListen})", HelpName = "URL" };
    readonly Option<string> _store = new("--store") { Description = "Where threads are kept", DefaultValueFactory = _ => "local" };
    readonly Option<string?> _certificate = new("--tls-cert") { Description = "The certificate for https, as PEM", HelpName = "FILE" };
    readonly Option<string?> _key = new("--tls-key") { Description = "The certificate's private key, as PEM", HelpName = "FILE" };
    readonly Option<string?> _clientAuthorities = new("--client-ca") { Description = "Demand client certificates that one of these authorities signed, as PEM", HelpName = "FILE" };
    readonly Option<string?> _tokens = new("--token-file") { Description = "The tokens of callers, one in each line (default: $SPOOL_TOKENS, else everybody may call)", HelpName = "FILE" };
    readonly Option<bool> _insecure = new("--insecure") { Description = "Let other machines in without TLS or without tokens" };
    readonly Option<string> _log = new("--log") { Description = "What to write to standard error, as lines of JSON", DefaultValueFactory = _ => "warning" };

    readonly CommandContext _context;
    readonly GlobalOptions _global;

    public ServeCommand(CommandContext context, GlobalOptions global)
        : base("serve", "Serve threads over gRPC: to Codex 0.125 to 0.129 as their remote thread store, and to Spool")
    {
        (_context, _global) = (context, global);
        _store.AcceptOnlyFromAmong("local", "memory");
        _log.AcceptOnlyFromAmong("debug", "information", "warning", "error", "none");
        foreach (var option in (Option[])[_listen, _store, _certificate, _key, _clientAuthorities, _tokens, _insecure, _log])
            Options.Add(option);
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
        ["spool serve", "spool serve --listen https://0.0.0.0:7443 --tls-cert server.pem --tls-key server.key --token-file tokens", "spool serve --store memory --listen http://127.0.0.1:0"];

    async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        _global.RefuseRemote(line);
        var tls = await TlsAsync(line, cancellationToken);
        var tokens = await TokensAsync(line, cancellationToken);
        await using var stores = ServedStores.Open(line.GetValue(_store)!, _context, _global.Locate(line, _context), tokens);
        var options = new Server.SpoolServerOptions
        {
            StoreOf = stores.Of,
            Addresses = [.. (line.GetValue(_listen) is { Length: > 0 } urls ? urls : [DefaultListen]).Select(Server.ListenAddress.Parse)],
            Time = _context.Time,
            Version = SpoolRoot.Version,
            Tls = tls,
            Tokens = tokens,
            Exposure = line.GetValue(_insecure) ? Server.Exposure.Unsecured : Server.Exposure.Secured,
            Logging = ServeLog.To(line.GetValue(_log)!),
        };
        await using (var server = await Server.SpoolServer.StartAsync(options, cancellationToken))
        {
            foreach (var address in server.Addresses)
                await _context.Error.WriteLineAsync($"listening on {address}");
            await StoppedAsync(cancellationToken);
        }
        // Being told to stop is how a server ends well.
        return ExitCodes.Success;
    }

    async Task<Server.ServerTls?> TlsAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var (certificate, key, authorities) = (line.GetValue(_certificate), line.GetValue(_key), line.GetValue(_clientAuthorities));
        if (certificate is null && key is null && authorities is null)
            return null;
        if (certificate is null || key is null)
            throw ThreadStoreException.InvalidRequest("TLS needs both --tls-cert and --tls-key.");
        return Server.ServerTls.FromPem(
            await ReadAsync(certificate, cancellationToken), await ReadAsync(key, cancellationToken), authorities is null ? null : await ReadAsync(authorities, cancellationToken));
    }

    async Task<Server.TokenTable?> TokensAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var text = line.GetValue(_tokens) is { } file ? await ReadAsync(file, cancellationToken) : _context.Tokens;
        return text is null ? null : Server.TokenTable.Parse(text);
    }

    async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(_context.Resolve(path), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ThreadStoreException(ThreadStoreErrorCode.InvalidRequest, $"The file {path} cannot be read.", e);
        }
    }

    static async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(stopped.SetResult))
            await stopped.Task;
    }
}
