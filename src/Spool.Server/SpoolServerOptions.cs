using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>What a server serves, where, and to whom.</summary>
public sealed record SpoolServerOptions : SpoolServiceOptions
{
    /// <summary>Gets the addresses to listen on.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>Gets the certificate, or null to serve without TLS.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Gets what gives the certificate of new connections from now on, or null when it is still that of the last time. It is asked
    /// once a second.</summary>
    /// <value>The default value is null: <see cref="Tls"/> stays as it is.</value>
    /// <remarks>Connections that are there go on. A <see cref="ThreadStoreException"/> that it throws goes to the log, as does a
    /// certificate that is not valid now, and the one before stays in use.</remarks>
    public Func<CancellationToken, ValueTask<ServerTls?>>? RereadTls { get; init; }

    /// <summary>Gets whether an address that other machines reach may be served without TLS or without tokens.</summary>
    public Exposure Exposure { get; init; }

    /// <summary>Gets how long a stop waits for calls that are under way; those that are left are cut off, and their clients go on with the
    /// successor. Writers do not wait for them.</summary>
    /// <value>The default value is one second, the longest 30 days. With a longer one a stop may take that much longer.</value>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets what adds providers of logs, or null for none. No log holds content of threads.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>What an address that other machines reach must have.</summary>
public enum Exposure
{
    /// <summary>TLS, and tokens or client certificates.</summary>
    Secured,

    /// <summary>Nothing: a proxy or a closed network takes care of it.</summary>
    Unsecured,
}
