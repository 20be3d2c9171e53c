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
        var request = new AppendRequest([item]) { Durability = Durability.Buffered };
        var line = NewThreads.Line(item);
        var block = new byte[AppendQueue.WriteBatchBytes];

        var raw = new Samples(FormattableString.Invariant($"raw: lines copied into {block.Length / 1024} KiB, write()"));
        var blocks = new Samples(FormattableString.Invariant($"raw: the same {block.Length / 1024} KiB again and again, write()"));
        var single = new Samples("raw write() of each line");
        var appended = new Samples("AppendAsync, 1,024 under way");
        var waited = new Samples("AppendAsync, one at a time");
        await AppendAsync(run, request, Math.Min(count, 16_000), Window); // compiles what it needs
        for (var round = 0; round < (run.Settings.IsQuick ? 2 : 15); round++)
        {
            raw.Add(Write(run, file => Gather(file, block, line, count)));
            appended.Add(await AppendAsync(run, request, count, Window));
            blocks.Add(Write(run, file => Repeat(file, block, (long)count * line.Length)));
            single.Add(Write(run, file => Repeat(file, line, (long)count * line.Length)));
            waited.Add(await AppendAsync(run, request, count, 1));
        }
        var table = new ResultTable("measured", "n", "median ms", "best ms", "items/s", "MB/s", "share of batched writes");
        foreach (var samples in (Samples[])[raw, blocks, single, appended, waited])
        {
            table.Add(
                samples.Name,
                ResultTable.Text(samples.Count),
                ResultTable.Text(samples.Median),
                ResultTable.Text(samples.Percentile(0)),
                ResultTable.Text((long)(count / samples.Median * 1e3)),
                ResultTable.Text(count * (double)LineBytes / 1e3 / samples.Median),
                ResultTable.Ratio(raw.Median / samples.Median)
            );
        }
        run.Show(table);
        run.Say(
            FormattableString.Invariant(
                $"{count:#,0} lines of {LineBytes} bytes; {(appended.Median - raw.Median) * 1e6 / count:0} ns an item above the writes."
            )
        );
        run.Targets.AtLeast("buffered appends of 1 KiB, share of batched writes", raw.Median / appended.Median, 0.6, "x");
    }

    // What the recorder does, without everything that makes it one: lines into a buffer, and the buffer into the file.
    static void Gather(IWritableFile file, byte[] block, byte[] line, int count)
    {
        var filled = 0;
        for (; count > 0; count--)
        {
            if (filled + line.Length > block.Length)
            {
                file.Append(block.AsSpan(0, filled));
                filled = 0;
            }
            line.CopyTo(block, filled);
            filled += line.Length;
        }
        file.Append(block.AsSpan(0, filled));
    }

    static void Repeat(IWritableFile file, byte[] bytes, long total)
    {
        for (; total > 0; total -= bytes.Length)
            file.Append(bytes);
    }

    static TimeSpan Write(BenchmarkRun run, Action<IWritableFile> write)
    {
        var folder = run.NewFolder("raw");
        Directory.CreateDirectory(folder);
        var samples = new Samples("");
        using (var file = PhysicalFileSystem.Instance.CreateNew(Path.Join(folder, "file")))
        {
            samples.Measure(() =>
            {
                write(file);
                return 0;
            });
        }
        Directory.Delete(folder, recursive: true);
        return TimeSpan.FromMilliseconds(samples.Median);
    }

    static async Task<TimeSpan> AppendAsync(BenchmarkRun run, AppendRequest request, int count, int window)
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
