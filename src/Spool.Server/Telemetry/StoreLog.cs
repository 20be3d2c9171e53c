using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Writes the calls of an <see cref="ObservedThreadStore"/> into a log, at the level <see cref="LogLevel.Trace"/>: what was done
/// with which thread, how it ended and how long it took; never what threads say.</summary>
/// <param name="logger">The log.</param>
public sealed class StoreLog(ILogger logger) : IStoreObserver
{
    /// <inheritdoc/>
    public void OnBegun(StoreCall observed) { }

    /// <inheritdoc/>
    public void OnEnded(StoreCall observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        Log.StoreCalled(
            logger,
            observed.Operation,
            observed.ThreadId,
            observed.Outcome,
            observed.Duration.TotalMilliseconds,
            observed.Count
        );
    }
}
