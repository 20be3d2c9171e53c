using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>What a local store says in the log of its program, and what it measures.</summary>
public sealed class LogTests : IDisposable
{
    readonly TempHome _home = new();
    readonly LinesOfLog _log = new();

    public void Dispose()
    {
        _home.Dispose();
        _log.Dispose();
    }

    [Fact, Guarantee("LOGS-01")]
    public async Task An_index_that_is_damaged_is_said_to_be_set_aside()
    {
        await using (var first = Open())
        await using (var writer = await first.CreateAsync(1))
            await writer.PersistAsync(Stop);
        var index = Directory.EnumerateFiles(_home.Cache, "index.sqlite", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(index, new string('x', 10_000), Stop);

        await using var store = Open();
        Assert.NotNull(await store.FindAsync(HomeBuilding.Id(1), Stop));
        await store.GetService<IIndexMaintenance>()!.RebuildAsync(cancellationToken: Stop);

        Assert.Equal([(2001, LogLevel.Warning), (2004, LogLevel.Information)], Said().Where(line => line.Id is 2001 or 2004));
        Assert.Contains((2005, LogLevel.Debug), Said());
        Assert.Equal("Spool.LocalThreadStore", _log.Category);
    }

    [Fact, Guarantee("LOGS-02")]
    public async Task A_writer_says_what_it_sets_aside_and_that_it_is_lost_and_nothing_of_what_threads_say()
    {
        string path;
        await using (var first = Open())
        {
            await using (var writer = await first.CreateAsync(1))
                await writer.AppendAsync(Items("a secret"), Stop);
            path = (await first.GetService<IRolloutPaths>()!.LocateAsync([HomeBuilding.Id(1)], Stop)).Values.Single();
        }
        await File.AppendAllTextAsync(path, """{"timestamp":"a secret that is torn""", Stop);

        await using var store = Open();
        await using var again = await store.ResumeAsync(1);
        await File.AppendAllTextAsync(path, "{}\n", Stop);
        var lost = await Assert.ThrowsAsync<ThreadStoreException>(async () => await again.AppendAsync(Items("a secret too"), Stop));

        Assert.Equal(ThreadStoreErrorCode.WriterLost, lost.Code);
        Assert.Equal([(2020, LogLevel.Warning), (2021, LogLevel.Error)], Said().Where(line => line.Id >= 2020));
        Assert.Contains(_log.All, line => line.Text.Contains("35 bytes", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.All, line => line.Text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact, Guarantee("LOGS-03")]
    public async Task A_home_that_is_gone_and_back_is_said_to_be_once()
    {
        await using var store = Open();
        await using (var writer = await store.CreateAsync(1))
            await writer.PersistAsync(Stop);
        await store.ListAsync(new ThreadQuery(), Stop);
        Directory.Move(_home.Path, _home.Path + "-away");
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ListAsync(new ThreadQuery(), Stop));
        Directory.Move(_home.Path + "-away", _home.Path);
        for (var i = 0; i < 2; i++)
            await store.ListAsync(new ThreadQuery(), Stop);

        Assert.Equal([(2010, LogLevel.Error), (2011, LogLevel.Information)], Said().Where(line => line.Id is 2010 or 2011));
    }

    [Fact, Guarantee("LOGS-04")]
    public async Task Writes_barriers_and_the_reading_of_rollouts_are_measured()
    {
        var seen = new ConcurrentDictionary<string, double>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == LocalThreadStore.TelemetryName)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value)
        );
        meters.SetMeasurementEventCallback<double>(
            (instrument, value, _, _) => seen.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value)
        );
        meters.Start();
        var activities = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LocalThreadStore.TelemetryName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => activities.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(listener);

        await using var store = Open();
        await using var writer = await store.CreateAsync(1);
        await writer.AppendAsync(Items("one") with { Durability = Durability.Fsynced }, Stop);
        await writer.AppendAsync(Items("two") with { Durability = Durability.Fsynced }, Stop);
        await store.ListAsync(new ThreadQuery(), Stop);
        meters.RecordObservableInstruments();

        Assert.True(seen["spool.local.fsync.duration"] > 0);
        Assert.True(seen["spool.local.write.size"] > 50);
        Assert.True(seen["spool.local.index.rollouts"] >= 1);
        Assert.True(seen["spool.local.index.catch_up.duration"] > 0);
        Assert.True(seen["spool.local.writers.open"] >= 1);
        Assert.True(seen["spool.local.appends.pending"] >= 0);
        Assert.Contains("spool.local.catch_up", activities);
    }

    LocalThreadStore Open() => _home.Open(options => options with { LoggerFactory = _log });

    IEnumerable<(int Id, LogLevel Level)> Said() => _log.All.Select(line => (line.Id, line.Level));
}
