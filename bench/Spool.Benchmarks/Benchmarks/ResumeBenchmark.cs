namespace Spool.Benchmarks;

/// <summary>What it costs to take up a thread again, short or very long.</summary>
static class ResumeBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var home = run.Generate(new HomeShape { Threads = 100, BigRolloutBytes = run.Settings.BigBytes }); // one of its own: it is written
        var request = new AppendRequest([NewThreads.Item(1024)]);
        await using var store = run.Open(home.Folder, reconcile: TimeSpan.FromHours(1));
        await store.CatchUpAsync();
        var brief = new Samples("a thread of 40 items");
        var big = new Samples(FormattableString.Invariant($"a thread of {home.Threads[^1].Bytes / 1e6:#,0} MB"));
        for (var round = 0; round < (run.Settings.IsQuick ? 3 : 40); round++)
        {
            await brief.MeasureAsync(() => ResumeAsync(home.Threads[0]));
            await big.MeasureAsync(() => ResumeAsync(home.Threads[^1]));
        }
        run.Show(ResultTable.Of(brief, brief, big));
        run.Say("Resumed, one item appended, shut down.");

        async Task<long> ResumeAsync(GeneratedThread thread)
        {
            await using var writer = await store.ResumeAsync(new ResumeRequest(thread.Id));
            var receipt = await writer.AppendAsync(request);
            await writer.ShutDownAsync();
            return receipt.FirstOrdinal;
        }
    }
}
