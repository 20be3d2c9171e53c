namespace Spool.Benchmarks;

/// <summary>How fast a history streams when nobody looks at its payloads, beside the fastest way to get its bytes into memory.</summary>
static class HistoryBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var home = run.Big;
        var big = home.Threads[^1];
        await using var store = run.Open(home.Folder, reconcile: TimeSpan.FromHours(1));
        await store.CatchUpAsync();
        await StreamAsync(store, big);

        var read = new Samples("plain read() into 256 KiB");
        var stream = new Samples("ReadHistoryAsync");
        var copy = new Samples("CopyLogAsync");
        var buffer = new byte[256 * 1024];
        for (var round = 0; round < (run.Settings.IsQuick ? 2 : 9); round++)
        {
            read.Measure(() => ReadAll(big.Path, buffer));
            await stream.MeasureAsync(() => StreamAsync(store, big));
            await copy.MeasureAsync(async () =>
            {
                await store.CopyLogAsync(big.Id, Stream.Null);
                return 0;
            });
        }
        var table = new ResultTable("measured", "n", "median ms", "MB/s", "share of read()");
        foreach (var samples in (Samples[])[read, copy, stream])
            table.Add(
                samples.Name,
                ResultTable.Text(samples.Count),
                ResultTable.Text(samples.Median),
                ResultTable.Text(Rate(samples)),
                ResultTable.Ratio(read.Median / samples.Median)
            );
        run.Show(table);
        run.Say(
            FormattableString.Invariant(
                $"A line has {big.Bytes / big.Items:#,0} bytes on average; {stream.Median * 1e6 / big.Items:0} ns an item."
            )
        );
        run.Targets.AtLeast("history, warm", Rate(stream), 1000, "MB/s");

        double Rate(Samples samples) => big.Bytes / 1e3 / samples.Median;
    }

    /// <summary>Reads a file from beginning to end.</summary>
    public static long ReadAll(string path, byte[] buffer)
    {
        using var file = File.OpenHandle(path);
        long offset = 0;
        for (int read; (read = RandomAccess.Read(file, buffer, offset)) > 0; )
            offset += read;
        return offset;
    }

    static async Task<long> StreamAsync(LocalThreadStore store, GeneratedThread thread)
    {
        long items = 0,
            bytes = 0;
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(thread.Id)))
        {
            items++;
            bytes += item.Length + 1;
        }
        return items == thread.Items && bytes == thread.Bytes
            ? items
            : throw new InvalidOperationException("The history is not what was generated.");
    }
}
