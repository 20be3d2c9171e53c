using System.Diagnostics;

namespace Spool.Benchmarks;

/// <summary>What it costs to have items on the disk: many who wait for one thread, many threads at once, and one alone.</summary>
static class FsyncBenchmark
{
    const int Appenders = 64;
    static readonly NewItem Item = NewThreads.Item(1024);
    static readonly AppendRequest Request = new([Item]) { Durability = Durability.Fsynced };
    static readonly byte[] Line = NewThreads.Line(Item);

    public static async Task RunAsync(BenchmarkRun run)
    {
        var rounds = run.Settings.IsQuick ? 1 : 9;
        await OneThreadAsync(run, rounds);
        await ManyThreadsAsync(run, rounds);
        await AloneAsync(run);
    }

    // 64 appenders on one thread share their fsyncs.
    static async Task OneThreadAsync(BenchmarkRun run, int rounds)
    {
        var each = run.Settings.IsQuick ? 5 : 50;
        var raw = new Samples("raw: write and fdatasync for each line");
        var shared = new Samples("Fsynced, 64 appenders on one thread");
        await using var home = new WritingHome(run);
        await using var writer = await NewThreads.CreateAsync(home.Store);
        using var file = home.RawFile();
        for (var round = 0; round < rounds; round++)
        {
            raw.Measure(() =>
            {
                for (var line = 0; line < each * 4; line++)
                    WriteAndSync(file);
                return 0;
            });
            await shared.MeasureAsync(async () =>
            {
                await Task.WhenAll(
                    Enumerable.Range(0, Appenders).Select(_ => Task.Run(() => Appending.AppendAsync(writer, Request, each, 1)))
                );
                return 0;
            });
        }
        var table = new ResultTable("measured", "rounds", "items a round", "median ms", "items/s");
        Add(table, raw, each * 4);
        Add(table, shared, each * Appenders);
        run.Show(table);
        run.Targets.AtLeast(
            "64 appenders on one thread, times the rate of one fsync per append",
            Rate(shared, each * Appenders) / Rate(raw, each * 4),
            15,
            "x"
        );
    }

    // 64 threads, each with one appender; beside them 64 files, each with one thread of the operating system.
    static async Task ManyThreadsAsync(BenchmarkRun run, int rounds)
    {
        var each = run.Settings.IsQuick ? 3 : 20;
        var raw = new Samples("raw: 64 files, write and fdatasync in parallel");
        var many = new Samples("Fsynced, 64 threads with one appender each");
        await using var home = new WritingHome(run);
        var writers = new List<IThreadWriter>();
        var files = new List<IWritableFile>();
        for (var number = 0; number < Appenders; number++)
        {
            writers.Add(await NewThreads.CreateAsync(home.Store));
            files.Add(home.RawFile());
        }
        for (var round = 0; round < rounds; round++)
        {
            raw.Measure(() =>
            {
                var threads = files.ConvertAll(file => new Thread(() =>
                {
                    for (var line = 0; line < each; line++)
                        WriteAndSync(file);
                }));
                threads.ForEach(thread => thread.Start());
                threads.ForEach(thread => thread.Join());
                return 0;
            });
            await many.MeasureAsync(async () =>
            {
                await Task.WhenAll(writers.Select(writer => Task.Run(() => Appending.AppendAsync(writer, Request, each, 1))));
                return 0;
            });
        }
        foreach (var writer in writers)
            await writer.DisposeAsync();
        files.ForEach(file => file.Dispose());
        var table = new ResultTable("measured", "rounds", "items a round", "median ms", "items/s");
        Add(table, raw, each * Appenders);
        Add(table, many, each * Appenders);
        run.Show(table);
        run.Targets.AtLeast(
            "64 threads, share of the rate of raw parallel fsyncs",
            Rate(many, each * Appenders) / Rate(raw, each * Appenders),
            0.9,
            "x"
        );
    }

    // One at a time, in turns, so that both meet the same disk.
    static async Task AloneAsync(BenchmarkRun run)
    {
        var raw = new Samples("raw write and fdatasync");
        var alone = new Samples("a lone Fsynced append");
        await using var home = new WritingHome(run);
        await using var writer = await NewThreads.CreateAsync(home.Store);
        using var file = home.RawFile();
        for (var number = 0; number < (run.Settings.IsQuick ? 50 : 3_000); number++)
        {
            var start = Stopwatch.GetTimestamp();
            WriteAndSync(file);
            raw.Add(Stopwatch.GetElapsedTime(start));
            start = Stopwatch.GetTimestamp();
            await writer.AppendAsync(Request);
            alone.Add(Stopwatch.GetElapsedTime(start));
        }
        var table = new ResultTable("measured", "n", "p50 ms", "p95 ms", "p99 ms", "best ms");
        foreach (var samples in (Samples[])[raw, alone])
        {
            table.Add(
                samples.Name,
                ResultTable.Text(samples.Count),
                ResultTable.Text(samples.Median),
                ResultTable.Text(samples.Percentile(95)),
                ResultTable.Text(samples.Percentile(99)),
                ResultTable.Text(samples.Percentile(0))
            );
        }
        run.Show(table);
        run.Targets.AtMost(
            "p99 of a lone Fsynced append, of that of a raw write and fdatasync",
            alone.Percentile(99) / raw.Percentile(99),
            2,
            "x"
        );
    }

    static void WriteAndSync(IWritableFile file)
    {
        file.Append(Line);
        file.Sync();
    }

    static double Rate(Samples samples, int items) => items / samples.Median * 1e3;

    static void Add(ResultTable table, Samples samples, int items) =>
        table.Add(
            samples.Name,
            ResultTable.Text(samples.Count),
            ResultTable.Text(items),
            ResultTable.Text(samples.Median),
            ResultTable.Text((long)Rate(samples, items))
        );
}
