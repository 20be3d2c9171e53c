using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>The traces and metrics of all local stores of the process. Without a listener each costs a comparison.</summary>
static class LocalTelemetry
{
    public static readonly ActivitySource Activities = new(LocalThreadStore.TelemetryName);

    static readonly Meter Meter = new(LocalThreadStore.TelemetryName);

    public static readonly Histogram<double> Syncs = Meter.CreateHistogram<double>(
        "spool.local.fsync.duration",
        "s",
        "How long it took to put a rollout on the disk"
    );

    public static readonly Histogram<long> Writes = Meter.CreateHistogram<long>(
        "spool.local.write.size",
        "By",
        "Bytes of the appends that one write stored together"
    );

    public static readonly Histogram<double> CatchUps = Meter.CreateHistogram<double>(
        "spool.local.index.catch_up.duration",
        "s",
        "How long it took to read what the index lacked; looks that found nothing to read are not among them"
    );

    public static readonly Counter<long> Rollouts = Meter.CreateCounter<long>(
        "spool.local.index.rollouts",
        "{rollout}",
        "Rollouts that were read for the index"
    );

    // Stores that are forgotten and not disposed are forgotten here too.
    static readonly ConditionalWeakTable<OpenWriters<LocalThreadWriter>, object?> Stores = [];

    static LocalTelemetry()
    {
        Meter.CreateObservableUpDownCounter(
            "spool.local.writers.open",
            static () => Stores.Sum(store => (long)store.Key.ToList().Count),
            "{writer}",
            "Writers that are open"
        );
        Meter.CreateObservableUpDownCounter(
            "spool.local.appends.pending",
            static () => Stores.Sum(store => store.Key.ToList().Sum(writer => writer.PendingBytes)),
            "By",
            "Bytes of appends that are not written yet"
        );
    }

    /// <summary>Counts the writers of a store, until it is disposed.</summary>
    public static void Add(OpenWriters<LocalThreadWriter> writers) => Stores.Add(writers, null);

    /// <summary>Counts the writers of a store no longer.</summary>
    public static void Remove(OpenWriters<LocalThreadWriter> writers) => Stores.Remove(writers);
}
