using System.Diagnostics;

namespace Spool.Benchmarks;

/// <summary>What the index takes from the rate of appends: a store that is read while it is written keeps its index close behind the
/// logs.</summary>
static class IndexCostBenchmark
{
    const int Threads = 8;
    static readonly TimeSpan Reconcile = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(BenchmarkRun run)
    {
        foreach (var durability in (Durability[])[Durability.Buffered, Durability.Fsynced])
            await CompareAsync(run, durability);
    }

    static async Task CompareAsync(BenchmarkRun run, Durability durability)
    {
        var each = (durability, run.Settings.IsQuick) switch
        {
            (Durability.Buffered, false) => 150_000,
            (Durability.Buffered, true) => 1_000,
            (_, false) => 10_000,
            _ => 20,
        };
        var without = new Samples(FormattableString.Invariant($"{durability}, nobody reads"));
        var with = new Samples(
            FormattableString.Invariant($"{durability}, and a list every {Reconcile.TotalMilliseconds:0} ms that shows it")
        );
        var behind = new Samples("the last catch-up of the index, after the last append");
        for (var round = 0; round < (run.Settings.IsQuick ? 1 : 5); round++)
        {
            without.Add(await AppendAsync(run, durability, each, isRead: false, null));
            with.Add(await AppendAsync(run, durability, each, isRead: true, behind));
        }
        var items = Threads * each;
        var table = new ResultTable("measured", "rounds", "median ms", "items/s", "MB/s");
        foreach (var samples in (Samples[])[without, with])
            table.Add(
                samples.Name,
                ResultTable.Text(samples.Count),
                ResultTable.Text(samples.Median),
                ResultTable.Text((long)(items / samples.Median * 1e3)),
                ResultTable.Text(items * 1.024 / samples.Median)
            );
        run.Show(table);
        run.Say(FormattableString.Invariant($"{Threads} threads, {items:#,0} items of 1 KiB; {behind.Name}: {behind.Median:0.0} ms."));
        run.Targets.AtMost($"what the index costs, {durability}", (1 - without.Median / with.Median) * 100, 25, "%");
    }

    static async Task<TimeSpan> AppendAsync(BenchmarkRun run, Durability durability, int each, bool isRead, Samples? behind)
    {
        await using var home = new WritingHome(run);
        var store = home.Store;
        var writers = new List<IThreadWriter>();
        for (var number = 0; number < Threads; number++)
            writers.Add(await NewThreads.CreateAsync(store));
        var request = new AppendRequest([NewThreads.Item(1024)]) { Durability = durability };
        using var stop = new CancellationTokenSource();
        var reading = isRead ? Task.Run(() => ReadAsync(store, stop.Token)) : Task.CompletedTask;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(writers.Select(writer => Task.Run(() => Appending.AppendAsync(writer, request, each, 128))));
        var elapsed = Stopwatch.GetElapsedTime(start);
        await stop.CancelAsync();
        await reading;
        if (behind is not null)
            await behind.MeasureAsync(() => store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All }).AsTask());
        foreach (var writer in writers)
            await writer.DisposeAsync();
        return elapsed;
    }

    static async Task ReadAsync(LocalThreadStore store, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Reconcile);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, stop);
        }
        catch (OperationCanceledException)
        {
            // The writing has ended.
        }
    }
}
