namespace Spool.Cli;

/// <summary>What a server says once it serves: where, what, and how to use it.</summary>
static class ServeGreeting
{
    /// <summary>Gives the lines. Those with the addresses come first, for programs that wait for them.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="home">The home that is served, or null for threads in memory.</param>
    /// <param name="isAway">Whether the home was there and is not now.</param>
    /// <param name="unused">The options that mean nothing for threads in memory and were written all the same.</param>
    /// <param name="needsToken">Whether callers need a token.</param>
    /// <param name="needsCertificate">Whether they need a certificate of their own.</param>
    public static IEnumerable<string> Lines(
        IReadOnlyList<string> addresses,
        string? home,
        bool isAway,
        IEnumerable<string> unused,
        bool needsToken,
        bool needsCertificate
    )
    {
        foreach (var address in addresses)
            yield return $"listening on {address}";
        yield return home is null
            ? "serving threads in memory; they end with the server"
            : $"serving the home {home}{(isAway ? " (its threads are known, but it is not there: every call is refused until it is back)" : Directory.Exists(home) ? "" : " (not there yet; it is made with the first thread)")}";
        foreach (var option in unused)
            yield return $"{option} is not used: the threads are in memory";
        var reachable = Reachable(addresses[0]);
        var isSecured = !reachable.StartsWith("http:", StringComparison.Ordinal);
        yield return needsCertificate
            ? $"  with Spool for .NET: a RemoteThreadStore for {reachable} with a ClientCertificate{(needsToken ? " and a Token" : "")}; the command line has no certificates of clients"
            : $"  with Spool: spool --remote {reachable}{(needsToken ? " --remote-token-file FILE" : "")} list{(isSecured ? " (and --remote-ca FILE where the certificate's authority is not known)" : "")}";
        if (!isSecured && !needsToken)
            yield return $"  with Codex 0.125, 0.128 and 0.129, in its config.toml: experimental_thread_store_endpoint = \"{reachable}\"";
        yield return "stop it with Ctrl-C or SIGTERM";
    }

    // Every address of this machine is not one that a client can use.
    static string Reachable(string address) =>
        address.Replace("//0.0.0.0:", "//HOST:", StringComparison.Ordinal).Replace("//[::]:", "//HOST:", StringComparison.Ordinal);
}
