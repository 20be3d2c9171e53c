using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Spool;

/// <summary>The traces and metrics of stores, for OpenTelemetry or any other listener: <c>new ObservedThreadStore(store, new
/// StoreTelemetry(), TimeProvider.System)</c>. One serves any number of stores.</summary>
/// <remarks>
/// Source and meter are called <see cref="SourceName"/>. Each call is an activity, and is counted in <c>spool.store.call.duration</c>
/// (seconds), both with the tags <c>spool.operation</c> (such as <c>append</c>) and, when it failed, <c>error.type</c> (such as
/// <c>NOT_FOUND</c>, see <see cref="StoreCall.Outcome"/>). An activity that failed has the status <c>Error</c>, unless it was cancelled.
/// <c>spool.store.items.appended</c> and <c>spool.store.bytes.appended</c> count what was appended. Neither ids nor what threads say are in
/// them. Without a listener a call costs an object and a few comparisons.
/// </remarks>
public sealed class StoreTelemetry : IStoreObserver, IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "Spool.Store";

    // From a hundredth of a millisecond, which a page from memory takes, to a minute.
    static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
        [
            0.00001,
            0.000025,
            0.00005,
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

    static readonly string[] Names = [.. Enum.GetValues<StoreOperation>().Select(NameOf)];

    readonly ActivitySource _activities = new(SourceName);
    readonly Meter _meter = new(SourceName);
    readonly Histogram<double> _duration;
    readonly Counter<long> _items;
    readonly Counter<long> _bytes;

    /// <summary>Makes the instruments.</summary>
    public StoreTelemetry()
    {
        _duration = _meter.CreateHistogram<double>("spool.store.call.duration", "s", "How long calls took", tags: null, Durations);
        _items = _meter.CreateCounter<long>("spool.store.items.appended", "{item}", "Items appended");
        _bytes = _meter.CreateCounter<long>("spool.store.bytes.appended", "By", "Bytes of payloads appended");
    }

    /// <inheritdoc/>
    public void OnBegun(StoreCall observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        if (_activities.HasListeners())
            observed.State = _activities
                .StartActivity("spool " + Names[(int)observed.Operation])
                ?.SetTag("spool.operation", Names[(int)observed.Operation]);
    }

    /// <inheritdoc/>
    public void OnEnded(StoreCall observed)
    {
        ArgumentNullException.ThrowIfNull(observed);
        if (observed is { Operation: StoreOperation.Append, Failure: null })
        {
            _items.Add(observed.Count);
            _bytes.Add(observed.Bytes);
        }
        if (_duration.Enabled)
            _duration.Record(observed.Duration.TotalSeconds, TagsOf(observed));
        if (observed.State is not Activity activity)
            return;
        if (observed.Failure is not null)
            activity.SetTag("error.type", observed.Outcome);
        if (observed.Failure is not null and not OperationCanceledException) // a caller that gave up is no error
            activity.SetStatus(ActivityStatusCode.Error, observed.Outcome);
        activity.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _activities.Dispose();
        _meter.Dispose();
    }

    static TagList TagsOf(StoreCall call)
    {
        var tags = new TagList { { "spool.operation", Names[(int)call.Operation] } };
        if (call.Failure is not null)
            tags.Add("error.type", call.Outcome);
        return tags;
    }

    // ReadHistory is read_history.
    static string NameOf(StoreOperation operation) =>
        string.Concat(
            operation
                .ToString()
                .Select(
                    (letter, index) =>
                        char.IsAsciiLetterUpper(letter) ? (index > 0 ? "_" : "") + char.ToLowerInvariant(letter) : letter.ToString()
                )
        );
}
