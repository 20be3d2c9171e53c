namespace Spool.Storage;

/// <summary>Says how a <see cref="LogStoreBase"/> works.</summary>
public record LogStoreOptions
{
    /// <summary>Gets the clock.</summary>
    /// <value>The default value is the system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the largest item, in bytes of its line.</summary>
    /// <value>The default value is 64 MiB.</value>
    public long MaxItemBytes { get; init; } = 64L * 1024 * 1024;
}
