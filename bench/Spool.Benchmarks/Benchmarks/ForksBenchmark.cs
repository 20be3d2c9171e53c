namespace Spool.Benchmarks;

/// <summary>Very many forks: of one thread, and each of the one before.</summary>
static class ForksBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var count = run.Settings.IsQuick ? 20 : 1000; // rollouts: a history may run through no more
        await MeasureAsync(run, "forks of one thread", count, isChain: false);
        await MeasureAsync(run, "forks, each of the one before", count, isChain: true);
    }

    static async Task MeasureAsync(BenchmarkRun run, string name, int count, bool isChain)
    {
        var home = run.Generate(new HomeShape { Threads = 1, HistoryMode = HistoryModes.Paginated });
        var fork = new Samples(name);
        await using (var store = run.Open(home.Folder))
        {
            var source = home.Threads[0].Id;
            for (var i = 1; i < count; i++)
            {
                var made = ThreadId.New(TimeProvider.System);
                await fork.MeasureAsync(() => store.ForkAsync(new ForkRequest(source, made)).AsTask());
                if (isChain)
                    source = made;
            }
        }
        var program = run.Program(home);
        var rebuild = new Samples("spool index rebuild of all");
        for (var round = 0; round < 3; round++)
            rebuild.Add((await program.RunAsync("index", "rebuild")).Elapsed);
        run.Show(ResultTable.Of(fork, fork, rebuild));
        run.Targets.AtMost($"{name}: index of {count} rollouts", rebuild.Median, 1000, "ms");
    }
}
