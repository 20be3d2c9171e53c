using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Spool.Remote;

/// <summary>The traces and metrics of all remote stores of the process. Without a listener each costs a comparison.</summary>
static class RemoteTelemetry
{
    public static readonly ActivitySource Activities = new(RemoteThreadStore.TelemetryName);

    static readonly Meter Meter = new(RemoteThreadStore.TelemetryName);

    public static readonly Histogram<double> Connecting = Meter.CreateHistogram<double>(
        "spool.remote.connect.duration",
        "s",
        "How long it took until the server had said what it can do, or the attempt had failed"
    );

    public static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "spool.remote.call.retries",
        "{attempt}",
        "Attempts that failed and after which the call is made again"
    );

    public static readonly Counter<long> Reopened = Meter.CreateCounter<long>(
        "spool.remote.writer.reopens",
        "{writer}",
        "Writers that were opened again after their connection broke"
    );

    // Stores that are forgotten and not disposed are forgotten here too.
    static readonly ConditionalWeakTable<RemoteConnection, object?> Connections = [];

    static RemoteTelemetry()
    {
        Meter.CreateObservableUpDownCounter(
            "spool.remote.writers.open",
            static () => Connections.Sum(open => (long)open.Key.Leases.Sum().Writers),
            "{writer}",
            "Writers that are open"
        );
        Meter.CreateObservableUpDownCounter(
            "spool.remote.appends.pending",
            static () => Connections.Sum(open => open.Key.Leases.Sum().Bytes),
            "By",
            "Bytes of appends that are not acknowledged"
        );
    }

    /// <summary>Counts what a connection has open, until it is closed.</summary>
    public static void Add(RemoteConnection connection) => Connections.Add(connection, null);

    /// <summary>Counts a connection no longer.</summary>
    public static void Remove(RemoteConnection connection) => Connections.Remove(connection);

    /// <summary>Gives the tag of how something ended.</summary>
    public static KeyValuePair<string, object?> Error(ThreadStoreErrorCode code) => new("error.type", ErrorTable.For(code).Name);

    /// <summary>Ends an activity that failed.</summary>
    public static void Fail(this Activity activity, ThreadStoreErrorCode code)
    {
        var name = ErrorTable.For(code).Name;
        activity.SetTag("error.type", name);
        activity.SetStatus(ActivityStatusCode.Error, name);
    }
}
