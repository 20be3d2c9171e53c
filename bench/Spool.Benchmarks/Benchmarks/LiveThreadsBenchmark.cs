using System.Diagnostics;
using System.Globalization;

namespace Spool.Benchmarks;

/// <summary>The memory of a process that has very many threads open for writing.</summary>
static class LiveThreadsBenchmark
{
    const string Word = "--live-threads";

    public static async Task RunAsync(BenchmarkRun run)
    {
        var count = run.Settings.IsQuick ? 50 : 1_000;
        var table = new ResultTable("live threads", "resident MB", "peak MB", "s");
        double resident = 0,
            peak = 0;
        foreach (var threads in (int[])[0, count])
        {
            var start = Stopwatch.GetTimestamp();
            (resident, peak) = await MeasureAsync(run, threads);
            table.Add(
                ResultTable.Text(threads),
                ResultTable.Text(resident),
                ResultTable.Text(peak),
                ResultTable.Text(Stopwatch.GetElapsedTime(start).TotalSeconds)
            );
        }
        run.Show(table);
        run.Targets.AtMost($"peak resident memory of {count} live threads", peak, 200, "MB");
    }

    /// <summary>Is the process that is measured, when the arguments say so: opens writers, appends to each, and says how much memory it has
    /// while all are open.</summary>
    public static async Task<bool> IsChildAsync(string[] args)
    {
        if (args is not [Word, var home, var cache, var count])
            return false;
        await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home, CacheDirectory = cache });
        var item = NewThreads.Item(1024);
        var writers = new List<IThreadWriter>();
        for (var number = int.Parse(count, CultureInfo.InvariantCulture); number > 0; number--)
            writers.Add(await NewThreads.CreateAsync(store));
        for (var round = 0; round < 10; round++)
            await Task.WhenAll(writers.Select(writer => writer.AppendAsync(new AppendRequest([item, item])).AsTask()));
        foreach (
            var line in (await File.ReadAllLinesAsync("/proc/self/status")).Where(line =>
                line.StartsWith("VmRSS", StringComparison.Ordinal) || line.StartsWith("VmHWM", StringComparison.Ordinal)
            )
        )
            Console.WriteLine(line);
        foreach (var writer in writers)
            await writer.ShutDownAsync();
        return true;
    }

    static async Task<(double Resident, double Peak)> MeasureAsync(BenchmarkRun run, int threads)
    {
        var home = run.NewFolder("home");
        Directory.CreateDirectory(home);
        var start = new ProcessStartInfo(
            "dotnet",
            [
                typeof(LiveThreadsBenchmark).Assembly.Location,
                Word,
                home,
                run.NewFolder("cache"),
                threads.ToString(CultureInfo.InvariantCulture),
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start) ?? throw new InvalidOperationException("The process to measure did not start.");
        var lines = (await child.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
            throw new InvalidOperationException("The process to measure failed.");
        Directory.Delete(home, recursive: true);
        return (Megabytes("VmRSS"), Megabytes("VmHWM"));

        double Megabytes(string name) =>
            long.Parse(
                lines
                    .Single(line => line.StartsWith(name, StringComparison.Ordinal))
                    .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture
            )
            * 1024
            / 1e6;
    }
}
