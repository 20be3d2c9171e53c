using System.Diagnostics;

namespace Spool.Benchmarks;

/// <summary>The first page of a home that nothing is known of.</summary>
static class FirstListBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var home = run.Many;
        var ours = new Samples("spool list --json, no index");
        var whole = new Samples("spool index rebuild, everything");
        var theirs = new Samples("Codex, first start to thread/list");
        for (var round = 0; round < (run.Settings.IsQuick ? 1 : 5); round++)
        {
            ours.Add((await run.Program(home).RunAsync("list", "--limit", "50", "--json")).Elapsed);
            whole.Add((await run.Program(home).RunAsync("index", "rebuild")).Elapsed);
            if (run.Settings.Codex is { } program && round < 3)
                await MeasureCodexAsync(run, program, theirs);
        }
        Samples[] all = theirs.Count > 0 ? [theirs, ours, whole] : [whole, ours];
        run.Show(ResultTable.Of(all[0], all));
        run.Targets.AtMost("first list of a home", ours.Median, 1000, "ms");
    }

    static async Task MeasureCodexAsync(BenchmarkRun run, string program, Samples samples)
    {
        var home = run.Generate(run.ManyShape).Folder;
        var start = Stopwatch.GetTimestamp();
        await using (var server = await CodexServer.StartAsync(program, home))
        {
            await server.ListAsync(50);
            samples.Add(Stopwatch.GetElapsedTime(start));
        }
        Directory.Delete(home, recursive: true);
    }
}
