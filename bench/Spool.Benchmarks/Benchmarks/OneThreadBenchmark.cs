using System.Globalization;

namespace Spool.Benchmarks;

/// <summary>What it costs to find, open and change one thread of a home, small or large: the same, when only that thread is
/// touched.</summary>
static class OneThreadBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        Measured[] homes = [await PrepareAsync(run, run.Settings.FewThreads), await PrepareAsync(run, run.Settings.VeryManyThreads)];
        var random = SeededRandom.Of(1, 1);
        for (var round = 0; round < (run.Settings.IsQuick ? 2 : 40); round++)
        {
            foreach (var home in homes)
                await home.RoundAsync(round, home.Home.Threads[random.Below(home.Home.Threads.Count)].Id);
        }
        var table = new ResultTable([
            "measured",
            .. homes.Select(home => $"{ResultTable.Text((long)home.Home.Threads.Count)} threads: median ms"),
            "times as long",
        ]);
        foreach (var (few, many) in homes[0].All.Zip(homes[1].All))
            table.Add(few.Name, ResultTable.Text(few.Median), ResultTable.Text(many.Median), ResultTable.Ratio(many.Median / few.Median));
        run.Show(table);
        foreach (var home in homes)
            run.Say(
                FormattableString.Invariant(
                    $"index of {home.Home.Threads.Count:#,0} threads: {home.IndexBytes / 1e6:0.0} MB, {home.IndexBytes / home.Home.Threads.Count:#,0} bytes a thread; made in {home.Rebuild.TotalSeconds:0.0} s"
                )
            );
        if (!run.Settings.IsQuick) // an index has a size of its own, however few threads are in it
            run.Targets.AtMost("index bytes a thread", homes[1].IndexBytes / (double)homes[1].Home.Threads.Count, 1536, "bytes");
        foreach (var home in homes)
            await home.DisposeAsync();
    }

    static async Task<Measured> PrepareAsync(BenchmarkRun run, int threads)
    {
        var home = run.Generate(new HomeShape { Threads = threads, ItemsPerThread = 4 });
        var cache = run.NewFolder("cache");
        var program = new SpoolProgram(run.Settings.Spool, home.Folder, cache);
        var rebuild = (await program.RunAsync("index", "rebuild")).Elapsed;
        var bytes = Directory.EnumerateFiles(cache, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        return new Measured(home, program, run.Open(home.Folder, cache), rebuild, bytes);
    }

    sealed record Measured(GeneratedHome Home, SpoolProgram Program, LocalThreadStore Store, TimeSpan Rebuild, long IndexBytes)
        : IAsyncDisposable
    {
        static readonly AppendRequest OneItem = new([NewThreads.Item(1024)]);

        readonly Samples _find = new("`FindAsync`"),
            _open = new("`ResumeAsync`, one append, shut down"),
            _rename = new("`UpdateAsync` of the name"),
            _archive = new("`ArchiveAsync`"),
            _unarchive = new("`UnarchiveAsync`"),
            _show = new("`spool show ID`, whole process"),
            _renameProgram = new("`spool rename ID NAME`, whole process"),
            _list = new("`ListAsync`, first page, which looks at every file");

        public IReadOnlyList<Samples> All => [_find, _open, _rename, _archive, _unarchive, _show, _renameProgram, _list];

        public async Task RoundAsync(int round, ThreadId threadId)
        {
            await _find.MeasureAsync(() => Store.FindAsync(threadId).AsTask());
            await _open.MeasureAsync(() => AppendAsync(threadId));
            var name = string.Create(CultureInfo.InvariantCulture, $"name of round {round}");
            await _rename.MeasureAsync(() => Store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To(name) }).AsTask());
            await _archive.MeasureAsync(() => Store.ArchiveAsync(threadId).AsTask());
            await _unarchive.MeasureAsync(() => Store.UnarchiveAsync(threadId).AsTask());
            _show.Add((await Program.RunAsync("show", threadId.ToString())).Elapsed);
            _renameProgram.Add((await Program.RunAsync("rename", threadId.ToString(), name + " again")).Elapsed);
            await _list.MeasureAsync(() => Store.ListAsync(new ThreadQuery { Limit = 50 }).AsTask());
        }

        async Task<long> AppendAsync(ThreadId threadId)
        {
            await using var writer = await Store.ResumeAsync(new ResumeRequest(threadId));
            var receipt = await writer.AppendAsync(OneItem);
            await writer.ShutDownAsync();
            return receipt.FirstOrdinal;
        }

        public ValueTask DisposeAsync() => Store.DisposeAsync();
    }
}
