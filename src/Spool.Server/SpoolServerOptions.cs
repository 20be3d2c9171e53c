using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>What a server serves, where, and to whom.</summary>
public sealed record SpoolServerOptions
{
    /// <summary>Gets what gives the store of a tenant. It is called once for each tenant, and the server does not dispose the store.</summary>
    public required Func<string, IThreadStore> StoreOf { get; init; }

    /// <summary>Gets the addresses to listen on.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets the version that the server says it has.</summary>
    public string Version { get; init; } = "unknown";

    /// <summary>Gets the certificate, or null to serve without TLS.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Gets what gives the certificate of new connections from now on, or null when it is still that of the last time. It is asked once a second.</summary>
    /// <value>The default value is null: <see cref="Tls"/> stays as it is.</value>
    /// <remarks>Connections that are there go on. A <see cref="ThreadStoreException"/> that it throws goes to the log, as does a certificate that is not valid now, and the one before
    /// stays in use.</remarks>
    public Func<CancellationToken, ValueTask<ServerTls?>>? RereadTls { get; init; }

    /// <summary>Gets who may call, or null to let everybody who reaches the server read and write.</summary>
    public TokenTable? Tokens { get; init; }

    /// <summary>Gets what gives the tokens that are valid from now on, or null when they are still those of the last time. It is asked once a second.</summary>
    /// <value>The default value is null: <see cref="Tokens"/> stay as they are.</value>
    /// <remarks>A <see cref="ThreadStoreException"/> that it throws goes to the log, and the tokens before stay valid. A token that is not there any more is refused at once, and
    /// streams that were opened with it are ended.</remarks>
    public Func<CancellationToken, ValueTask<TokenTable?>>? RereadTokens { get; init; }

    /// <summary>Gets whether an address that other machines reach may be served without TLS or without tokens.</summary>
    public Exposure Exposure { get; init; }

    /// <summary>Gets the limits.</summary>
    public ServerLimits Limits { get; init; } = new();

    /// <summary>Gets how long a writer that nobody calls stays open, which is also how long a lease lasts.</summary>
    /// <value>The default value is 30 seconds. A longer time keeps other programs from writing the thread, a shorter one costs more opening.</value>
    public TimeSpan WriterIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a thread that was announced and never written is remembered.</summary>
    /// <value>The default value is one day. It costs the memory of the announcement, a few tens of kilobytes; <see cref="ServerLimits.MaxAnnouncedBytes"/> bounds it.</value>
    public TimeSpan AnnouncementIdle { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Gets how long a stop waits for calls that are under way; those that are left are cut off, and their clients go on with the successor. Writers do not wait for them.</summary>
    /// <value>The default value is one second. With a longer one a stop may take that much longer.</value>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets for how long after its start the server waits for addresses and threads that another program has: its predecessor, which was told to stop and stores what waits.</summary>
    /// <value>The default value is two seconds. After that the start fails when an address is in use, and a thread with a writer is refused at once.</value>
    public TimeSpan TakeoverTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets what adds providers of logs, or null for none. No log holds content of threads.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}

/// <summary>What an address that other machines reach must have.</summary>
public enum Exposure
{
    /// <summary>TLS, and tokens or client certificates.</summary>
    Secured,

    /// <summary>Nothing: somebody else, such as a proxy or a closed network, takes care of it.</summary>
    Unsecured,
}
