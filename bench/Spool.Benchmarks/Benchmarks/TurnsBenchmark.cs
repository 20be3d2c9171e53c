namespace Spool.Benchmarks;

/// <summary>The newest turns of a very long history.</summary>
static class TurnsBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var home = run.Big;
        var big = home.Threads[^1];
        var program = run.Program(home);
        var indexing = await program.RunWithMemoryAsync("index", "rebuild");
        await using var store = run.Open(home.Folder, program.Cache);
        var last = new ListTurnsRequest(big.Id) { Direction = SortDirection.Descending };
        var random = SeededRandom.Of(1, 2);
        var page = await store.ListTurnsAsync(last);
        var whole = last with { View = TurnView.Complete };
        if ((await store.ListTurnsAsync(whole)).Items.Sum(turn => turn.Items.Count) <= page.Items.Sum(turn => turn.Items.Count))
            throw new InvalidOperationException("The complete view has no more than Codex's.");
        if (page.Items.Count != 25 || page.Items[0].Items.Count == 0)
            throw new InvalidOperationException("The page of turns is not what was generated.");

        var read = new Samples("plain read() of the whole rollout");
        var first = new Samples("first page of 25 turns");
        var complete = new Samples("last page of 25 complete turns");
        var completeNext = new Samples("the page of complete turns before it");
        var newest = new Samples("last page of 25 turns");
        var next = new Samples("the page before it, by cursor");
        var buffer = new byte[256 * 1024];
        var rounds = run.Settings.IsQuick ? 3 : 40;
        for (var round = 0; round < rounds; round++)
        {
            if (round % 4 == 0)
                read.Measure(() => HistoryBenchmark.ReadAll(big.Path, buffer));
            await newest.MeasureAsync(() => store.ListTurnsAsync(last).AsTask());
            await complete.MeasureAsync(() => store.ListTurnsAsync(whole).AsTask());
            await next.MeasureAsync(() => store.ListTurnsAsync(last with { Cursor = page.NextCursor }).AsTask());
            await completeNext.MeasureAsync(() => store.ListTurnsAsync(whole with { Cursor = page.NextCursor }).AsTask());
            await first.MeasureAsync(() => store.ListTurnsAsync(new ListTurnsRequest(big.Id)).AsTask());
        }
        run.Show(ResultTable.Of(read, read, newest, complete, next, completeNext, first));
        run.Say(
            FormattableString.Invariant(
                $"Indexing {big.Bytes / 1e6:#,0} MB ({big.Items:#,0} items, {big.Turns:#,0} turns) and 100 small threads: {indexing.Elapsed.TotalSeconds:0.00} s, {home.Bytes / 1e6 / indexing.Elapsed.TotalSeconds:#,0} MB/s, peak {indexing.PeakBytes / 1e6:0} MB resident."
            )
        );
        var document = Path.Combine(home.Folder, "thread.html");
        var export = await program.RunWithMemoryAsync("export", big.Id.ToString(), "--output", document, "--force");
        var speed = big.Bytes / 1e6 / export.Elapsed.TotalSeconds;
        run.Say(
            FormattableString.Invariant(
                $"Exporting it as HTML: {export.Elapsed.TotalSeconds:0.00} s, {speed:#,0} MB of log a second, {new FileInfo(document).Length / 1e6:#,0} MB, peak {export.PeakBytes / 1e6:0} MB resident."
            )
        );
        File.Delete(document);
        run.Targets.AtLeast("export as HTML", speed, 100, "MB/s");
        run.Targets.AtMost("memory of an export", (export.PeakBytes ?? 0) / 1e6, 100, "MB");
        run.Targets.AtMost("last page of turns", newest.Median, 100, "ms");
        run.Targets.AtMost("last page of complete turns", complete.Median, 10, "ms");
        run.Targets.AtMost("complete turns against Codex's", complete.Median / newest.Median, 1.5, "x");
    }
}
