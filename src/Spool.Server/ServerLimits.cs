namespace Spool.Server;

/// <summary>What a server takes on at once. Beyond it calls are refused with RESOURCE_EXHAUSTED.</summary>
public sealed record ServerLimits
{
    /// <summary>Gets the largest request message, in bytes, unpacked.</summary>
    /// <value>The default value is 128 MiB: twice the largest item.</value>
    public int MaxRequestBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Gets the largest response of the contract of Codex, in bytes.</summary>
    /// <value>The default value is 4 MiB, more than which its clients cannot read.</value>
    public int MaxCodexResponseBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Gets the most calls at one time, streams included.</summary>
    /// <value>The default value is 4096. Of several tenants one gets seven eighths at most, and so do streams of writers, which last as
    /// long as their clients like. Streams of health and reflection have a limit of their own.</value>
    public int MaxCalls { get; init; } = 4096;

    /// <summary>Gets the most calls at one time on one connection.</summary>
    /// <value>The default value is 256. Calls beyond it wait in the client.</value>
    public int MaxCallsPerConnection { get; init; } = 256;

    /// <summary>Gets the most connections at one time, of all addresses together.</summary>
    /// <value>The default value is 10,000. Each is an open file of the process, and so is what stores have open. A connection beyond it is
    /// ended at once, and nothing of it is answered.</value>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Gets the most files that connections and threads open for writing may take together, two a thread.</summary>
    /// <value>The default value is no limit, which is right for stores that open none. Of the rest, up to what the process may open, each
    /// call takes a few for as long as it lasts. Connections find at least an eighth.</value>
    public int MaxFiles { get; init; } = int.MaxValue;

    /// <summary>Gets how much memory requests may take that are under way, in bytes: what was received of them, unpacked, and what it is as
    /// messages.</summary>
    /// <value>The default value is 272 MiB: twice the largest request, and room. A request that does not fit waits for a few seconds, and
    /// then is refused. Of several tenants one gets seven eighths at most.</value>
    public long MaxInFlightBytes { get; init; } = 272L * 1024 * 1024;

    /// <summary>Gets how much memory answers may take that are under way, in bytes, each as a message and in the buffers of its
    /// connection.</summary>
    /// <value>The default value is 160 MiB: twice the largest item, and room. An answer that does not fit is refused, and one that its
    /// reader has not taken for 10 seconds is ended when others need its room. Of several tenants one gets seven eighths at most.</value>
    public long MaxAnswerBytes { get; init; } = 160L * 1024 * 1024;

    /// <summary>Gets the most calls that a tenant may begin in a second, on average; a burst may be twice that. Null is no limit.</summary>
    /// <value>The default value is null.</value>
    public int? CallsPerSecond { get; init; }

    /// <summary>Gets the most threads of a tenant that are open for writing, and the most that are remembered without being open.</summary>
    /// <value>The default value is 10,000. Leases have seven eighths at most. Writers of clients of Codex that are idle make room for
    /// others; of what is remembered the oldest is forgotten.</value>
    public int MaxWriters { get; init; } = 10_000;

    /// <summary>Gets how much memory the announcements of a tenant may take that nothing was stored of, in bytes. Beyond it the oldest is
    /// forgotten.</summary>
    /// <value>The default value is 64 MiB, some two thousand of Codex's. The items of a thread whose announcement was forgotten are stored
    /// all the same, without what only it said.</value>
    public long MaxAnnouncedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Refuses values out of range.</summary>
    internal void Check()
    {
        const string Of = nameof(SpoolServiceOptions.Limits) + ".";
        OptionRange.AtLeast(MaxRequestBytes, 1, Of + nameof(MaxRequestBytes));
        OptionRange.AtLeast(MaxCodexResponseBytes, 1, Of + nameof(MaxCodexResponseBytes));
        OptionRange.AtLeast(MaxCalls, 1, Of + nameof(MaxCalls));
        OptionRange.AtLeast(MaxCallsPerConnection, 1, Of + nameof(MaxCallsPerConnection));
        OptionRange.AtLeast(MaxConnections, 1, Of + nameof(MaxConnections));
        OptionRange.AtLeast(MaxFiles, 1, Of + nameof(MaxFiles));
        OptionRange.AtLeast(MaxInFlightBytes, 1, Of + nameof(MaxInFlightBytes));
        OptionRange.AtLeast(MaxAnswerBytes, 1, Of + nameof(MaxAnswerBytes));
        OptionRange.AtLeast(CallsPerSecond ?? 1, 1, Of + nameof(CallsPerSecond));
        OptionRange.AtLeast(MaxWriters, 1, Of + nameof(MaxWriters));
        OptionRange.AtLeast(MaxAnnouncedBytes, 0, Of + nameof(MaxAnnouncedBytes));
    }
}
