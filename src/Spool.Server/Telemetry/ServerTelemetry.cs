using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Spool.Server;

/// <summary>The traces and metrics of a server. Names and tags are in the page about the server.</summary>
public sealed class ServerTelemetry : IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "Spool.Server";

    // From a tenth of a millisecond, which an append takes, to a minute.
    static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
        [
            0.0001,
            0.00025,
            0.0005,
            0.001,
            0.0025,
            0.005,
            0.01,
            0.025,
            0.05,
            0.1,
            0.25,
            0.5,
            1,
            2.5,
            5,
            10,
            30,
            60,
        ],
    };

    // The methods that there are, by their full names: "/package.Service/Method" is called "package.Service/Method".
    readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    readonly ActivitySource _activities = new(SourceName);
    readonly Meter _meter = new(SourceName);
    readonly Histogram<double> _duration;
    readonly UpDownCounter<long> _active;
    readonly Counter<long> _refused;
    readonly Counter<long> _items;
    readonly Counter<long> _bytes;

    /// <summary>Makes the instruments.</summary>
    /// <param name="openWriters">Gives how many writers are open.</param>
    /// <param name="inFlightBytes">Gives how many bytes of requests are under way.</param>
    public ServerTelemetry(Func<int> openWriters, Func<long> inFlightBytes)
    {
        _duration = _meter.CreateHistogram<double>("spool.server.call.duration", "s", "How long calls took", tags: null, Durations);
        _active = _meter.CreateUpDownCounter<long>("spool.server.calls.active", "{call}", "Calls under way");
        _refused = _meter.CreateCounter<long>("spool.server.calls.refused", "{call}", "Calls that were not let in");
        _items = _meter.CreateCounter<long>("spool.server.items.appended", "{item}", "Items appended");
        _bytes = _meter.CreateCounter<long>("spool.server.bytes.appended", "By", "Bytes of payloads appended");
        _meter.CreateObservableGauge("spool.server.writers.open", openWriters, "{writer}", "Writers open");
        _meter.CreateObservableGauge("spool.server.requests.bytes", inFlightBytes, "By", "Bytes of requests under way");
    }

    /// <summary>Begins a call.</summary>
    /// <param name="method">The full name of its method.</param>
    /// <param name="headers">The headers of the request, which may say of what it is a part.</param>
    internal Activity? Begin(string method, IHeaderDictionary headers)
    {
        _active.Add(1);
        if (!_activities.HasListeners())
            return null;
        // The web host may have begun an activity of its own. It is not collected, so it must not be a parent.
        Activity.Current = null;
        var parent = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var context) ? context : default;
        var name = NameOf(method);
        var activity = _activities.StartActivity(name, ActivityKind.Server, parent);
        activity?.SetTag("rpc.system", "grpc").SetTag("rpc.method", name);
        return activity;
    }

    /// <summary>Ends a call.</summary>
    internal void End(Activity? activity, string method, StatusCode status, TimeSpan duration)
    {
        _active.Add(-1);
        if (_duration.Enabled)
            _duration.Record(
                duration.TotalSeconds,
                new KeyValuePair<string, object?>("rpc.method", NameOf(method)),
                new KeyValuePair<string, object?>("rpc.grpc.status_code", (int)status)
            );
        if (activity is null)
            return;
        activity.SetTag("rpc.grpc.status_code", (int)status);
        if (status is StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss or StatusCode.Unavailable)
            activity.SetStatus(ActivityStatusCode.Error);
        activity.Dispose();
    }

    /// <summary>Counts a call that was not let in.</summary>
    internal void Refused(StatusCode status) => _refused.Add(1, new KeyValuePair<string, object?>("rpc.grpc.status_code", (int)status));

    /// <summary>Counts items that were appended.</summary>
    internal void Appended(IReadOnlyList<NewItem> items)
    {
        if (!_items.Enabled && !_bytes.Enabled)
            return;
        _items.Add(items.Count);
        _bytes.Add(items.Sum(item => (long)item.Payload.Length));
    }

    string NameOf(string method) => _names.GetOrAdd(method, static name => name.TrimStart('/'));

    /// <inheritdoc/>
    public void Dispose()
    {
        _activities.Dispose();
        _meter.Dispose();
    }
}
