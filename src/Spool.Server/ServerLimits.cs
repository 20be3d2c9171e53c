namespace Spool.Server;

/// <summary>What a server takes on at once. Beyond it calls are refused with RESOURCE_EXHAUSTED.</summary>
public sealed record ServerLimits
{
    /// <summary>Gets the largest request message, in bytes.</summary>
    /// <value>The default value is 256 MiB: old clients send a whole history in one message.</value>
    public int MaxRequestBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Gets the largest response of the contract of Codex, in bytes.</summary>
    /// <value>The default value is 4 MiB, more than which its clients cannot read.</value>
    public int MaxCodexResponseBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Gets the most calls at one time, streams included.</summary>
    /// <value>The default value is 4096.</value>
    public int MaxCalls { get; init; } = 4096;

    /// <summary>Gets the most calls at one time on one connection.</summary>
    /// <value>The default value is 256. Calls beyond it wait in the client.</value>
    public int MaxCallsPerConnection { get; init; } = 256;

    /// <summary>Gets the most bytes of requests that were received and are not done with.</summary>
    /// <value>The default value is 1 GiB.</value>
    public long MaxInFlightBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Gets the most calls that a tenant may begin in a second, on average; a burst may be twice that. Null is no limit.</summary>
    /// <value>The default value is null.</value>
    public int? CallsPerSecond { get; init; }

    /// <summary>Gets the most threads of a tenant that are open for writing or announced.</summary>
    /// <value>The default value is 10,000.</value>
    public int MaxWriters { get; init; } = 10_000;
}
