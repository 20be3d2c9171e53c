using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>What an observer is told, and what is measured.</summary>
public sealed class ObservedThreadStoreTests
{
    readonly ThreadId _threadId = ThreadId.New(TimeProvider.System);

    [Fact]
    [Guarantee("ABIL-30")]
    public async Task Every_call_is_told_once_with_its_thread_and_its_outcome()
    {
        var calls = new Calls();
        await UseAsync(new ObservedThreadStore(new InMemoryThreadStore(), calls, TimeProvider.System));

        Assert.Equal(calls.Begun, calls.Ended);
        Assert.Equal(
            [
                "Create OK 0",
                "Append OK 2",
                "Append WRONG_ORDINAL 1",
                "Update OK 0",
                "Persist OK 0",
                "Flush OK 0",
                "ShutDown OK 0",
                "Discard OK 0",
                "Find OK 1",
                "List OK 1",
                "ListItems OK 3",
                "ListTurns OK 0",
                "ReadHistory OK 3",
                "ReadHistory OK 1",
                "ReadHistory NOT_FOUND 0",
                "List INVALID_REQUEST 0",
                "Resume OK 0",
                "Archive HAS_WRITER 0",
                "Archive OK 0",
                "Unarchive OK 0",
                "Fork OK 0",
                "Revert INVALID_REQUEST 0",
                "Find CANCELLED 0",
                "Delete OK 0",
                "Find MISUSE 0",
            ],
            calls.Ended.Select(call => $"{call.Operation} {call.Outcome} {call.Count}")
        );
        Assert.All(
            calls.Ended.Where(call => call.Operation is not StoreOperation.List and not StoreOperation.Fork && call.Outcome != "NOT_FOUND"),
            call => Assert.Equal(_threadId, call.ThreadId)
        );
        Assert.Equal(19, calls.Ended[1].Bytes);
    }

    [Fact]
    [Guarantee("ABIL-31")]
    public async Task What_is_observed_behaves_as_before()
    {
        using var telemetry = new StoreTelemetry();

        var outcome = await SuiteRun.AgainstAsync(store => new ObservedThreadStore(store, telemetry, TimeProvider.System));

        Assert.Empty(outcome.Failed);
        Assert.True(outcome.Passed.Count > 200);
    }

    [Fact]
    [Guarantee("ABIL-32")]
    public async Task Calls_are_activities_and_are_measured_without_saying_which_thread_or_what_it_says()
    {
        var activities = new ConcurrentQueue<Activity>();
        var measured = new ConcurrentQueue<(string Instrument, double Value, string Tags)>();
        using var telemetry = new StoreTelemetry();
        using var root = new Activity("test").Start();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StoreTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == root.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(traces);
        using var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == StoreTelemetry.SourceName && Activity.Current == root)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Text(tags))));
        metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue((instrument.Name, value, Text(tags))));
        metrics.Start();

        await UseAsync(new ObservedThreadStore(new InMemoryThreadStore(), telemetry, TimeProvider.System));

        Assert.Contains(
            activities,
            activity =>
                activity.OperationName == "spool append"
                && Text(activity.TagObjects.ToArray()) == "spool.operation=append"
                && activity.ParentSpanId == root.SpanId
                && activity.Status == ActivityStatusCode.Unset
        );
        Assert.Contains(
            activities,
            activity =>
                activity.OperationName == "spool read_history"
                && Text(activity.TagObjects.ToArray()) == "spool.operation=read_history,error.type=NOT_FOUND"
                && activity is { Status: ActivityStatusCode.Error, StatusDescription: "NOT_FOUND" }
        );
        Assert.Contains(measured, measure => measure is { Instrument: "spool.store.call.duration", Tags: "spool.operation=shut_down" });
        Assert.Contains(
            measured,
            measure => measure is { Instrument: "spool.store.call.duration", Tags: "spool.operation=archive,error.type=HAS_WRITER" }
        );
        Assert.Equal(
            [("spool.store.items.appended", 2, ""), ("spool.store.bytes.appended", 19, "")],
            measured.Where(measure => measure.Instrument.EndsWith("appended", StringComparison.Ordinal))
        );
        Assert.DoesNotContain(
            activities,
            activity => Text(activity.TagObjects.ToArray()).Contains(_threadId.ToString(), StringComparison.Ordinal)
        );
        Assert.Same(root, Activity.Current);
    }

    static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(",", tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));

    async Task UseAsync(ObservedThreadStore store)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using (
            var writer = await store.CreateAsync(
                new CreateRequest(
                    _threadId,
                    new SessionMeta(_threadId, TimeProvider.System.GetUtcNow())
                    {
                        Cwd = "/work",
                        Originator = "test",
                        CliVersion = "1",
                    }.ToItem()
                ),
                cancellation
            )
        )
        {
            await writer.AppendAsync(new AppendRequest([Note("1"), Note("22")]), cancellation);
            await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                await writer.AppendAsync(new AppendRequest([Note("3")]) { ExpectedOrdinal = 99 }, cancellation)
            );
            await writer.UpdateAsync(new ThreadPatch(), cancellation);
            await writer.PersistAsync(cancellation);
            await writer.FlushAsync(Durability.Flushed, cancellation);
            await writer.ShutDownAsync(cancellation);
            await writer.DiscardAsync(cancellation);
        }
        await store.FindAsync(_threadId, cancellation);
        await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, cancellation);
        await store.ListItemsAsync(new ListItemsRequest(_threadId), cancellation);
        await store.ListTurnsAsync(new ListTurnsRequest(_threadId), cancellation);
        await store.ReadHistoryAsync(new ReadHistoryRequest(_threadId), cancellation).CountAsync(cancellation);
        await store.ReadHistoryAsync(new ReadHistoryRequest(_threadId), cancellation).FirstAsync(cancellation);
        await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.ReadHistoryAsync(new ReadHistoryRequest(ThreadId.New(TimeProvider.System)), cancellation).CountAsync(cancellation)
        );
        await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ListAsync(new ThreadQuery { Limit = 0 }, cancellation));
        await using (await store.ResumeAsync(new ResumeRequest(_threadId), cancellation))
            await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ArchiveAsync(_threadId, cancellation));
        await store.ArchiveAsync(_threadId, cancellation);
        await store.UnarchiveAsync(_threadId, cancellation);
        await store.ForkAsync(new ForkRequest(_threadId, ThreadId.New(TimeProvider.System)), cancellation);
        await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.RevertAsync(_threadId, "no turn", cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.FindAsync(_threadId, new CancellationToken(true)));
        await store.DeleteAsync(_threadId, cancellation);
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(_threadId, cancellation));
    }

    static NewItem Note(string text) => NewItem.FromJson("event_msg", $$"""{"n":"{{text}}"}""");

    sealed class Calls : IStoreObserver
    {
        public List<StoreCall> Begun { get; } = [];

        public List<StoreCall> Ended { get; } = [];

        public void OnBegun(StoreCall observed) => Begun.Add(observed);

        public void OnEnded(StoreCall observed) => Ended.Add(observed);
    }
}
