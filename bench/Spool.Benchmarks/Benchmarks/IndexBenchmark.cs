using System.Diagnostics;

namespace Spool.Benchmarks;

/// <summary>Pages of lists of very many threads: the statement alone, with cursors read and written, and through a store that stays
/// open.</summary>
static class IndexBenchmark
{
    const int Limit = 50;

    public static async Task RunAsync(BenchmarkRun run)
    {
        foreach (var rows in run.Settings.IsQuick ? (int[])[10_000] : [100_000, 1_000_000])
            await RunAsync(run, rows);
    }

    static async Task RunAsync(BenchmarkRun run, int rows)
    {
        var (home, cache) = (run.NewFolder("index-home"), run.NewFolder("cache"));
        var generator = new IndexGenerator(seed: 1);
        var began = Stopwatch.GetTimestamp();
        generator.Fill(home, cache, rows);
        run.Say(FormattableString.Invariant($"{rows:#,0} threads; filled in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
        await using var store = run.Open(home, cache, TimeSpan.FromHours(1));
        await store.CatchUpAsync();
        var seen = await store.ListAsync(new ThreadQuery { Limit = Limit });
        await store.CatchUpAsync(); // the background look that the first call began is over when this one has had its turn
        if (seen.Items.Count != Limit || store.PendingAtLastLook != 0)
            throw new InvalidOperationException("The store does not show the index that was made.");

        using var connection = new IndexDatabase(cache, home).Connect();
        var listing = new ThreadListing(connection);
        var random = SeededRandom.Of(1, 3);
        var page = new ThreadQuery { Limit = Limit };
        (string Name, Func<ThreadQuery> Query, bool IsKeyset)[] kinds =
        [
            ("first page", () => page, false),
            ("random page", () => page, true),
            ("first page, one cwd", () => page with { Cwds = [IndexGenerator.Cwd(random.Below(50))] }, false),
            ("random page, one cwd", () => page with { Cwds = [IndexGenerator.Cwd(random.Below(50))] }, true),
            ("random page, two sources", () => page with { Sources = ["cli", "vscode"] }, true),
            ("first page, rare source", () => page with { Sources = [IndexGenerator.RareSource] }, false),
        ];
        var direct = kinds.Select(kind => new Samples($"{kind.Name}: index")).ToArray();
        var through = kinds.Select(kind => new Samples($"{kind.Name}: ListAsync")).ToArray();
        var rounds = run.Settings.IsQuick ? 20 : 1000;
        for (var round = -rounds / 10; round < rounds; round++)
        {
            for (var i = 0; i < kinds.Length; i++)
            {
                var query = kinds[i].Query();
                var text = kinds[i].IsKeyset
                    ? NormalQuery.Of(query).CursorBehind(generator.PositionOf(rows / 10 + random.Below(rows - rows / 10)))
                    : null;
                var start = Stopwatch.GetTimestamp();
                _ = listing.List(NormalQuery.Of(query with { Cursor = text }));
                var elapsed = Stopwatch.GetElapsedTime(start);
                start = Stopwatch.GetTimestamp();
                _ = await store.ListAsync(query with { Cursor = text });
                var elapsedThrough = Stopwatch.GetElapsedTime(start);
                if (round < 0)
                    continue; // warming up
                direct[i].Add(elapsed);
                through[i].Add(elapsedThrough);
            }
        }
        var table = new ResultTable("page of 50", "n", "p50 ms", "p95 ms", "p99 ms", "best ms", "p50 to that of: " + direct[0].Name);
        foreach (var samples in direct.Zip(through, (a, b) => (Samples[])[a, b]).SelectMany(pair => pair))
            table.Add(
                samples.Name,
                ResultTable.Text(samples.Count),
                ResultTable.Text(samples.Median),
                ResultTable.Text(samples.Percentile(95)),
                ResultTable.Text(samples.Percentile(99)),
                ResultTable.Text(samples.Percentile(0)),
                ResultTable.Ratio(samples.Median / direct[0].Median)
            );
        run.Show(table);
        run.Targets.AtMost(FormattableString.Invariant($"first page of {rows:#,0}, through the store, p50"), through[0].Median, 1, "ms");
        run.Targets.AtMost(FormattableString.Invariant($"random page of {rows:#,0}, through the store, p50"), through[1].Median, 1, "ms");
    }
}
