namespace Spool.Benchmarks;

/// <summary>How long it takes until an appended line is in the index, and what a look at the disk costs of that.</summary>
static class CatchUpBenchmark
{
    static readonly byte[] Line =
        """{"timestamp":"2027-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"one line more","phase":null,"memory_citation":null}}"""
            .Select(c => (byte)c)
            .Append((byte)'\n')
            .ToArray();

    public static async Task RunAsync(BenchmarkRun run)
    {
        var home = run.Generate(run.ManyShape);
        await using var store = run.Open(home.Folder);
        await store.CatchUpAsync();
        var layout = new HomeLayout(home.Folder);
        var scanner = new HomeScanner(layout, new HomePresence(layout));
        var random = SeededRandom.Of(1, 1);
        var query = new ThreadQuery { Limit = 50, Sort = ThreadSort.Updated };

        var appended = new Samples("one rollout grew: the next ListAsync");
        var caughtUp = new Samples("one rollout grew: CatchUpAsync");
        var afterChange = new Samples("nothing changed since a change: ListAsync");
        var unchanged = new Samples("nothing changed at all: ListAsync");
        var scan = new Samples("the look at the folders alone");
        var rounds = run.Settings.IsQuick ? 3 : 40;
        for (var round = 0; round < rounds; round++)
        {
            Append(home, ref random);
            var page = await appended.MeasureAsync(() => store.ListAsync(query).AsTask());
            if (page.Items[0].UpdatedAt.Year != 2027)
                throw new InvalidOperationException("The list does not show what was appended.");
            Append(home, ref random);
            await caughtUp.MeasureAsync(() => store.CatchUpAsync().AsTask());
            await afterChange.MeasureAsync(() => store.ListAsync(query).AsTask());
            await unchanged.MeasureAsync(() => store.ListAsync(query).AsTask());
            scan.Measure(() => scanner.Scan(CancellationToken.None));
        }
        run.Show(ResultTable.Of(scan, scan, unchanged, afterChange, appended, caughtUp));
        run.Targets.AtMost("an appended line is listed", appended.Median, 50, "ms");
    }

    static void Append(GeneratedHome home, ref SeededRandom random)
    {
        using var file = new FileStream(home.Threads[random.Below(home.Threads.Count)].Path, FileMode.Append);
        file.Write(Line);
    }
}
