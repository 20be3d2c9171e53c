using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Spool.Local.Tests;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>What a remote store says in the log of its program, and what it measures.</summary>
public sealed class LogTests
{
    const string Secret = "t0ken-t0ken-t0ken-t0ken-t0ken-t0ken";

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Guarantee("LOGS-05")]
    public async Task Connections_attempts_and_writers_are_said_and_measured_and_neither_tokens_nor_what_threads_say()
    {
        var measured = new ConcurrentDictionary<string, double>();
        using var meters = Meters(measured);
        var activities = new ConcurrentBag<(string Name, ActivityStatusCode Status)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RemoteThreadStore.TelemetryName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => activities.Add((activity.OperationName, activity.Status)),
        };
        ActivitySource.AddActivityListener(listener);
        using var log = new LinesOfLog();
        await using var memory = new InMemoryThreadStore();
        var away = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(away.Address);
        await away.DisposeAsync();
        await using var store = new RemoteThreadStore(
            new RemoteThreadStoreOptions(proxy.Address)
            {
                LoggerFactory = log,
                Token = Secret,
                RetryFor = TimeSpan.FromSeconds(1),
                MaxPause = TimeSpan.FromMilliseconds(20),
            }
        );

        await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ConnectAsync(Stop));
        await using var server = await RunningServer.StartAsync(memory);
        proxy.Retarget(server.Address);
        var id = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(id, Appending.Meta(id)), Stop);
        await writer.AppendAsync(new AppendRequest([Appending.Item("a secret")]), Stop);
        proxy.Break();
        await writer.AppendAsync(new AppendRequest([Appending.Item("a secret")]), Stop);
        meters.RecordObservableInstruments();

        var said = log.All.Select(line => (line.Id, line.Level)).ToList();
        Assert.Contains((3002, LogLevel.Warning), said);
        Assert.Contains((3003, LogLevel.Information), said);
        Assert.Contains((3001, LogLevel.Information), said);
        Assert.Equal([(3010, LogLevel.Warning), (3011, LogLevel.Information)], said.Where(line => line.Item1 is 3010 or 3011));
        Assert.Equal("Spool.Remote.RemoteThreadStore", log.Category);
        Assert.DoesNotContain(
            log.All,
            line => line.Text.Contains(Secret, StringComparison.Ordinal) || line.Text.Contains("a secret", StringComparison.Ordinal)
        );
        Assert.True(measured["spool.remote.connect.duration"] > 0);
        Assert.True(measured["spool.remote.call.retries"] >= 1);
        Assert.True(measured["spool.remote.writer.reopens"] >= 1);
        Assert.True(measured["spool.remote.writers.open"] >= 1);
        Assert.True(measured["spool.remote.appends.pending"] >= 0);
        Assert.Contains(("spool.remote.connect", ActivityStatusCode.Error), activities);
        Assert.Contains(("spool.remote.connect", ActivityStatusCode.Unset), activities);
        Assert.Contains(("spool.remote.reopen", ActivityStatusCode.Unset), activities);
    }

    [Fact, Guarantee("LOGS-06")]
    public async Task A_writer_that_is_lost_and_an_outcome_that_is_unknown_are_said()
    {
        using var log = new LinesOfLog();
        await using var memory = new InMemoryThreadStore();
        var server = await RunningServer.StartAsync(memory);
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                LoggerFactory = log,
                ResolveFor = TimeSpan.FromMilliseconds(200),
            }
        );
        var id = ThreadId.New(TimeProvider.System);
        var writer = await store.CreateAsync(new CreateRequest(id, Appending.Meta(id)), Stop);
        await writer.PersistAsync(Stop);
        await server.DisposeAsync();

        var unknown = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await writer.AppendAsync(new AppendRequest([Appending.Item("lost?")]), Stop)
        );
        await writer.DiscardAsync(Stop);
        await writer.DisposeAsync();

        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, unknown.Code);
        Assert.Contains(3013, log.Ids);
    }

    static MeterListener Meters(ConcurrentDictionary<string, double> measured)
    {
        var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == RemoteThreadStore.TelemetryName)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value)
        );
        meters.SetMeasurementEventCallback<double>(
            (instrument, value, _, _) => measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value)
        );
        meters.Start();
        return meters;
    }
}
