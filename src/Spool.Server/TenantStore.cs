using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>What one tenant has: a store, and the writers that are open on it.</summary>
sealed class TenantStore : IAsyncDisposable
{
    public TenantStore(IThreadStore store, SpoolServerOptions options, FileRoom files, ServerDrain drain, ServerTelemetry telemetry, ILogger logger)
    {
        Writers = new WriterRegistry(options, files, logger);
        if (logger.IsEnabled(LogLevel.Trace))
            store = new ObservedThreadStore(store, new StoreLog(logger), options.Time);
        Store = new TakenOverStore(store, Writers.IsOpen, drain, options);
        Leases = new LeasedWriters(Store, Writers, options, telemetry, logger);
        Codex = new CodexWriters(Store, Writers, options, telemetry, logger);
    }

    /// <summary>Gets the store.</summary>
    public IThreadStore Store { get; }

    /// <summary>Gets the writers that are open, by thread.</summary>
    public WriterRegistry Writers { get; }

    /// <summary>Gets the writers of Spool's own contract.</summary>
    public LeasedWriters Leases { get; }

    /// <summary>Gets the writers of Codex's contract.</summary>
    public CodexWriters Codex { get; }

    /// <summary>Shuts every writer down. The store stays open.</summary>
    public ValueTask DisposeAsync() => Writers.DisposeAsync();
}
