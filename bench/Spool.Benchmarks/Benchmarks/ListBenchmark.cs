using System.Diagnostics;

namespace Spool.Benchmarks;

/// <summary>A page of 50 threads with everything warm, in process and as a whole process, beside the same page from a real Codex.</summary>
static class ListBenchmark
{
    const int Limit = 50;

    public static async Task RunAsync(BenchmarkRun run)
    {
        var home = run.Many;
        var program = run.Program(home);
        await program.RunAsync("index", "rebuild");
        var codexHome = run.Settings.Codex is null ? null : run.Generate(run.ManyShape).Folder;
        await using var codex = await StartCodexAsync(run, codexHome);
        await using var careful = run.Open(home.Folder, program.Cache);
        await using var longLived = run.Open(home.Folder, program.Cache, TimeSpan.FromSeconds(10));
        var query = new ThreadQuery { Limit = Limit };
        await CompareAsync(run, codex, careful, query);

        var perCall = new Samples("ListAsync, a look at the disk each call");
        var inProcess = new Samples("ListAsync, ReconcileInterval 10 s");
        var process = new Samples("spool list --json, whole process");
        var theirs = new Samples("Codex thread/list");
        var theirProcess = new Samples("Codex, from start to thread/list");
        var theirDatabase = new Samples("Codex thread/list, useStateDbOnly");
        for (var round = 0; round < (run.Settings.IsQuick ? 2 : 12); round++)
        {
            for (var i = 0; i < 5; i++)
                await perCall.MeasureAsync(() => careful.ListAsync(query).AsTask());
            for (var i = 0; i < 50; i++)
                await inProcess.MeasureAsync(() => longLived.ListAsync(query).AsTask());
            for (var i = 0; i < 5; i++)
                process.Add((await program.RunAsync("list", "--limit", "50", "--json")).Elapsed);
            for (var i = 0; i < 5 && codex is not null; i++)
            {
                await theirs.MeasureAsync(() => codex.ListAsync(Limit));
                await theirDatabase.MeasureAsync(() => codex.ListAsync(Limit, onlyDatabase: true));
            }
            if (codex is not null)
                await MeasureStartAsync(run, codexHome!, theirProcess);
        }
        run.Show(
            ResultTable.Of(
                codex is null ? process : theirs,
                codex is null ? [process, perCall, inProcess] : [theirs, theirDatabase, theirProcess, process, perCall, inProcess]
            )
        );
        if (codex is null)
        {
            run.Say("Without --codex there is nothing to compare with.");
            return;
        }
        run.Targets.AtLeast("list in a process that stays, against Codex thread/list", theirs.Median / inProcess.Median, 20, "times");
        run.Targets.AtLeast(
            "list with a look at the disk each call, against Codex thread/list",
            theirs.Median / perCall.Median,
            20,
            "times"
        );
    }

    static async Task<CodexServer?> StartCodexAsync(BenchmarkRun run, string? home)
    {
        if (home is null)
            return null;
        await using (var first = await CodexServer.StartAsync(run.Settings.Codex!, home))
        {
            await first.ListAsync(Limit);
            await first.WaitForBackfillAsync();
        }
        var server = await CodexServer.StartAsync(run.Settings.Codex!, home);
        for (var i = 0; i < 5; i++)
            await server.ListAsync(Limit);
        return server;
    }

    static async Task MeasureStartAsync(BenchmarkRun run, string home, Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        await using var server = await CodexServer.StartAsync(run.Settings.Codex!, home);
        await server.ListAsync(Limit);
        samples.Add(Stopwatch.GetElapsedTime(start));
    }

    // Two programs that give different answers must not be compared.
    static async Task CompareAsync(BenchmarkRun run, CodexServer? codex, LocalThreadStore store, ThreadQuery query)
    {
        if (codex is null)
            return;
        var theirs = CodexServer.IdsOf(await codex.ListAsync(Limit));
        var ours = (await store.ListAsync(query)).Items.Select(thread => thread.Id.ToString());
        run.Say(
            theirs.SequenceEqual(ours) ? $"Both give the same {theirs.Count} threads in the same order." : "NOTE: the two pages differ."
        );
    }
}
