using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>What one tenant has: a store, and the writers that are open on it.</summary>
sealed class TenantStore : IAsyncDisposable
{
    readonly CodexMemory _memory;

    public TenantStore(
        IThreadStore store,
        SpoolServiceOptions options,
        FileRoom files,
        ServerDrain drain,
        ServerTelemetry telemetry,
        ILogger logger
    )
    {
        Threads = new OpenThreads(
            new OpenThreadsOptions
            {
                Time = options.Time,
                MaxOpen = options.Limits.MaxWriters,
                Room = files,
                Patience = Budget.Patience,
                // So often that what is idle is given up soon after its time, and by far not so often that it costs anything.
                SweepPeriod = SweepPeriod(options.WriterIdle),
                Expired = threadId => Log.WriterExpired(logger, threadId),
                CloseFailed = (threadId, error) => Log.ShutDownFailed(logger, threadId, error),
            }
        );
        if (logger.IsEnabled(LogLevel.Trace))
            store = new ObservedThreadStore(store, new StoreLog(logger), options.Time);
        Store = new TakenOverStore(store, threadId => Threads.Find(threadId) is not null, drain, options);
        Leases = new LeasedWriters(Store, Threads, options, telemetry, logger);
        _memory = new CodexMemory(Threads, options);
        Codex = new CodexWriters(Store, Threads, _memory, options, telemetry, logger);
    }

    /// <summary>Gives how often it is looked for writers that are idle for too long.</summary>
    /// <param name="idle">How long a writer is kept without a use.</param>
    public static TimeSpan SweepPeriod(TimeSpan idle) => TimeSpan.FromTicks(Math.Max(idle.Ticks / 30, TimeSpan.TicksPerMillisecond * 10));

    /// <summary>Gets the store.</summary>
    public IThreadStore Store { get; }

    /// <summary>Gets the threads that are open for writing, for clients of either contract.</summary>
    public OpenThreads Threads { get; }

    /// <summary>Gets the writers of Spool's own contract.</summary>
    public LeasedWriters Leases { get; }

    /// <summary>Gets the writers of Codex's contract.</summary>
    public CodexWriters Codex { get; }

    /// <summary>Shuts every writer down, so that everything acknowledged is stored, and refuses what comes later. The store stays
    /// open.</summary>
    public async ValueTask DisposeAsync()
    {
        await Threads.DisposeAsync().ConfigureAwait(false);
        await _memory.DisposeAsync().ConfigureAwait(false);
    }
}
