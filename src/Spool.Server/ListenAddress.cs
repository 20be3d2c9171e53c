using System.Net;

namespace Spool.Server;

/// <summary>An address that a server listens on.</summary>
/// <param name="EndPoint">The IP address and the port; port 0 takes one that is free.</param>
/// <param name="Scheme">How to talk there.</param>
public sealed record ListenAddress(IPEndPoint EndPoint, ListenScheme Scheme)
{
    /// <summary>Gets whether only programs on this machine reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(EndPoint.Address);

    /// <summary>Reads an address such as <c>http://127.0.0.1:7070</c>, <c>https://0.0.0.0:7433</c> or <c>http://[::1]:0</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is not such an address.</exception>
    /// <remarks>The host is an IP address or <c>localhost</c>. Other names are refused: which machine they reach is not for a server to
    /// guess.</remarks>
    public static ListenAddress Parse(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.AbsolutePath != "/"
            || uri.Query.Length > 0
            || uri.Fragment.Length > 0
            || uri.UserInfo.Length > 0
        )
            throw Malformed();
        var scheme = uri.Scheme switch
        {
            "http" => ListenScheme.Http,
            "https" => ListenScheme.Https,
            _ => throw Malformed(),
        };
        var host = uri.Host.Trim('[', ']');
        var address =
            host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(host, out var parsed) ? parsed
            : throw Malformed();
        if (!NamesPort(uri))
            throw ThreadStoreException.InvalidRequest(
                $"An address to listen on needs a port, such as {uri.Scheme}://{uri.Host}:7070; port 0 takes a free one."
            );
        return new ListenAddress(new IPEndPoint(address, uri.Port), scheme);
    }

    /// <summary>Gives the address as a URL.</summary>
    public override string ToString() => $"{(Scheme == ListenScheme.Https ? "https" : "http")}://{EndPoint}";

    // A URL without a port has the usual one of its scheme, which was not asked for.
    static bool NamesPort(Uri uri)
    {
        var text = uri.OriginalString.Trim().TrimEnd('/');
        return !uri.IsDefaultPort || char.IsAsciiDigit(text[^1]) && text.AsSpan().TrimEnd("0123456789") is [.., not '/', ':'];
    }

    static ThreadStoreException Malformed() =>
        ThreadStoreException.InvalidRequest(
            "An address to listen on is a URL of an IP address, or localhost, and a port, such as http://127.0.0.1:7070 or https://0.0.0.0:7433."
        );
}

/// <summary>How to talk at an address.</summary>
public enum ListenScheme
{
    /// <summary>HTTP/2 without TLS.</summary>
    Http,

    /// <summary>HTTP/2 over TLS.</summary>
    Https,
}
