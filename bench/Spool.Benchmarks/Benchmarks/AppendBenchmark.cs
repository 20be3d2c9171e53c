namespace Spool.Benchmarks;

/// <summary>How fast one thread takes items that only the operating system has to keep, beside the writes alone.</summary>
static class AppendBenchmark
{
    const int LineBytes = 1024;
    const int Window = 1024; // appends that are under way at a time

    public static async Task RunAsync(BenchmarkRun run)
    {
        var count = run.Settings.IsQuick ? 4_000 : 64_000;
        var item = NewThreads.Item(LineBytes);
        var request = new AppendItems([item]) { Durability = Durability.Buffered };
        var line = NewThreads.Line(item);
        var gathered = Repeat(line, AppendQueue.GatherBytes / line.Length);

        var raw = new Samples(FormattableString.Invariant($"raw write() of {gathered.Length / 1024} KiB"));
        var single = new Samples("raw write() of each line");
        var appended = new Samples("AppendAsync, 1,024 under way");
        var waited = new Samples("AppendAsync, one at a time");
        await AppendAsync(run, request, Math.Min(count, 16_000), Window); // compiles what it needs
        for (var round = 0; round < (run.Settings.IsQuick ? 2 : 15); round++)
        {
            raw.Add(Write(run, gathered, (long)count * line.Length));
            appended.Add(await AppendAsync(run, request, count, Window));
            single.Add(Write(run, line, (long)count * line.Length));
            waited.Add(await AppendAsync(run, request, count, 1));
        }
        var table = new ResultTable("measured", "n", "median ms", "best ms", "items/s", "MB/s", "share of gathered writes");
        foreach (var samples in (Samples[])[raw, single, appended, waited])
        {
            table.Add(samples.Name, ResultTable.Text(samples.Count), ResultTable.Text(samples.Median), ResultTable.Text(samples.Percentile(0)),
                ResultTable.Text((long)(count / samples.Median * 1e3)), ResultTable.Text(count * (double)LineBytes / 1e3 / samples.Median), ResultTable.Ratio(raw.Median / samples.Median));
        }
        run.Show(table);
        run.Say(FormattableString.Invariant($"{count:#,0} lines of {LineBytes} bytes; {(appended.Median - raw.Median) * 1e6 / count:0} ns an item above the writes."));
        run.Targets.AtLeast("buffered appends of 1 KiB, share of gathered writes", raw.Median / appended.Median, 0.6, "x");
    }

    static byte[] Repeat(byte[] line, int times) => [.. Enumerable.Repeat(line, Math.Max(1, times)).SelectMany(bytes => bytes)];

    static TimeSpan Write(BenchmarkRun run, byte[] bytes, long total)
    {
        var folder = run.NewFolder("raw");
        Directory.CreateDirectory(folder);
        var samples = new Samples("");
        using (var file = PhysicalFileSystem.Instance.CreateNew(Path.Join(folder, "file")))
        {
            samples.Measure(() =>
            {
                for (var left = total; left > 0; left -= bytes.Length)
                    file.Append(bytes);
                return 0;
            });
        }
        Directory.Delete(folder, recursive: true);
        return TimeSpan.FromMilliseconds(samples.Median);
    }

    static async Task<TimeSpan> AppendAsync(BenchmarkRun run, AppendItems request, int count, int window)
    {
        var home = run.NewFolder("home");
        Directory.CreateDirectory(home);
        var samples = new Samples("");
        await using (var store = run.Open(home))
        await using (var writer = await NewThreads.CreateAsync(store))
        {
            await samples.MeasureAsync(async () =>
            {
                await Appending.AppendAsync(writer, request, count, window);
                return 0;
            });
        }
        Directory.Delete(home, recursive: true);
        return TimeSpan.FromMilliseconds(samples.Median);
    }
}
