using System.Collections.Concurrent;
using System.Diagnostics;
using Spool.Server;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>The trace of whoever calls the store goes on in the server.</summary>
public sealed class TraceTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-16")]
    public async Task A_call_of_the_client_belongs_to_the_trace_of_its_caller()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ServerTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                    ? ActivitySamplingResult.AllDataAndRecorded
                    : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var memory = new InMemoryThreadStore();
        var server = await RunningServer.StartAsync(memory);
        ActivityTraceId trace;
        await using (var store = await server.ConnectAsync())
        {
            var threadId = ThreadId.New(TimeProvider.System);
            using var caller = new Activity("a caller") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.Start();
            trace = caller.TraceId;
            await store.FindAsync(threadId, Cancellation);
            await using (var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation))
            {
                await writer.AppendAsync(new AppendRequest([Appending.Item("traced")]), Cancellation);
                await writer.ShutDownAsync(Cancellation);
            }
            await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId), Cancellation))
                Assert.NotNull(item);
        }
        await server.DisposeAsync(); // every call has ended

        var methods = spans
            .Where(span => span.TraceId == trace)
            .Select(span => span.DisplayName[(span.DisplayName.LastIndexOf('/') + 1)..])
            .ToList();
        Assert.Superset(new HashSet<string> { "FindThread", "OpenWriter", "StreamAppends", "ReadHistory" }, methods.ToHashSet());
        Assert.All(spans, span => Assert.Equal(trace, span.TraceId)); // only recorded traces are listened to here
    }
}
