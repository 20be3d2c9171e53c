using Microsoft.Data.Sqlite;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>The index can be lost, broken or behind at any moment; the answers stay those of the files.</summary>
public sealed class IndexTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string IndexFile => Directory.EnumerateFiles(_home.Cache, "index.sqlite", SearchOption.AllDirectories).Single();

    public void Dispose() => _home.Dispose();

    [Fact, Guarantee("LOCL-02")]
    public async Task An_index_that_is_deleted_between_two_calls_is_made_anew()
    {
        Fill(3);
        await using var store = _home.Open();
        var before = await store.EverythingAsync();

        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(IndexFile)!))
            File.Delete(file);

        Assert.Equal(before, await store.EverythingAsync());
        Assert.Equal(before, await _home.EverythingAsync());
    }

    [Fact]
    public async Task An_index_whose_folder_is_deleted_is_made_anew()
    {
        Fill(3);
        await using var store = _home.Open();
        var before = await store.EverythingAsync();

        Directory.Delete(_home.Cache, recursive: true);

        Assert.Equal(before, await store.EverythingAsync());
    }

    [Theory, Guarantee("LOCL-03")]
    [InlineData("garbage")]
    [InlineData("truncated")]
    [InlineData("scribbled")]
    [InlineData("empty")]
    [InlineData("newer version")]
    [InlineData("older version")]
    [InlineData("other home")]
    [InlineData("other tables")]
    public async Task An_index_that_is_not_usable_is_set_aside_and_rebuilt(string kind)
    {
        Fill(200);
        var before = await _home.EverythingAsync();

        Break(IndexFile, kind);

        Assert.Equal(before, await _home.EverythingAsync());
        Assert.Equal(before, await _home.EverythingAsync());
    }

    [Fact]
    public async Task An_index_that_breaks_while_it_is_open_is_replaced()
    {
        Fill(200);
        await using var store = _home.Open();
        var before = await store.EverythingAsync();

        Break(IndexFile, "scribbled");

        Assert.Equal(before, await store.EverythingAsync());
    }

    [Fact]
    public async Task Every_way_to_use_an_index_that_breaks_mends_it()
    {
        Fill(200);
        await using var store = _home.Open();
        await store.EverythingAsync();

        Break(IndexFile, "scribbled");
        Assert.Equal(200, (await store.CatchUpAsync(cancellationToken: Stop)).Threads);
        Break(IndexFile, "scribbled");
        Assert.Single(await store.LocateAsync([Id(7)], Stop));
        Break(IndexFile, "scribbled");
        Assert.Equal(200, (await store.StatusAsync(Stop)).Rollouts);
    }

    [Fact]
    public async Task A_rebuild_gives_the_same_list()
    {
        Fill(20);
        await using var store = _home.Open();
        var before = await store.EverythingAsync();

        var status = await store.RebuildAsync(cancellationToken: Stop);

        Assert.Equal((20L, 20L, 0L, 20L, 0L), (status.Rollouts, status.Indexed, status.Pending, status.Threads, status.Problems));
        Assert.Equal(before, await store.EverythingAsync());
    }

    [Fact, Guarantee("LOCL-07")]
    public async Task A_first_page_is_answered_before_the_whole_home_is_read_and_is_the_right_one()
    {
        for (var i = 0; i < 1500; i++)
            _home.Put(RolloutLines.Legacy(SeedIds.Id(i, At(i)), At(i)).Turn($"question {i}"));
        await using var store = _home.Open(options => options with { IndexingThreads = 1 });

        var page = await store.ListAsync(new ThreadQuery { Limit = 10 }, Stop);
        var pending = store.PendingAtLastLook;
        var next = await store.ListAsync(new ThreadQuery { Limit = 10, Cursor = page.NextCursor }, Stop);

        Assert.InRange(pending, 1, 1499);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(n => SeedIds.Id(1499 - n, At(1499 - n))),
            page.Items.Concat(next.Items).Select(thread => thread.Id)
        );
    }

    [Fact, Guarantee("LOCL-08")]
    public async Task A_first_list_with_a_filter_misses_nothing()
    {
        Fill(700);
        _home.Put(RolloutLines.From(new RolloutHead(Id(5000), At(-100)) { ModelProvider = "rare" }).Turn("the oldest of all"));
        foreach (
            var query in new ThreadQuery[]
            {
                new() { ModelProviders = ["rare"] },
                new() { SearchTerm = "OLDEST of" },
                new() { Direction = SortDirection.Ascending, Limit = 1 },
            }
        )
        {
            using var other = new TempHome();
            await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = other.Cache });

            Assert.Equal([Id(5000)], (await store.ListAsync(query, Stop)).Items.Select(thread => thread.Id));
        }
    }

    [Fact]
    public async Task Catching_up_stops_when_its_time_is_over_and_goes_on_later()
    {
        Fill(600);
        await using var store = _home.Open();

        var first = await store.CatchUpAsync(null, TimeSpan.Zero, Stop);
        var second = await store.CatchUpAsync(null, null, Stop);

        Assert.InRange(first.Pending, 1, 599);
        Assert.Equal((600, 0), (second.Indexed, second.Pending));
    }

    [Fact]
    public async Task Many_stores_may_build_one_index_at_once()
    {
        Fill(400);
        var lists = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _home.EverythingAsync())));

        Assert.All(lists, list => Assert.Equal(lists[0], list));
        Assert.Equal(400, lists[0].Count);
    }

    [Fact]
    public async Task A_cancelled_first_list_leaves_an_index_that_goes_on()
    {
        Fill(600);
        using var cancellation = new CancellationTokenSource();
        await using var store = _home.Open(options => options with { Progress = new CancelAtOnce(cancellation) });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await store.ListAsync(new ThreadQuery { SearchTerm = "x" }, cancellation.Token)
        );

        Assert.Equal(600, (await store.EverythingAsync()).Count);
    }

    [Fact]
    public async Task A_long_lived_store_shows_what_other_programs_write()
    {
        Fill(3);
        await using var store = _home.Open(options => options with { ReconcileInterval = TimeSpan.FromMilliseconds(5) });
        Assert.Equal(3, (await store.EverythingAsync()).Count);

        _home.Put(Legacy(10, "from elsewhere"));

        // Until it is written the file is there and empty. The test ends by its own time limit if the thread never shows.
        List<StoredThread> all;
        do all = await store.EverythingAsync();
        while (!all.Exists(thread => thread.Preview == "from elsewhere"));
        Assert.Equal(4, all.Count);
    }

    void Fill(int threads)
    {
        for (var i = 0; i < threads; i++)
            _home.Put(Legacy(i, $"question {i}"));
    }

    static void Break(string file, string kind)
    {
        SqliteConnection.ClearAllPools();
        switch (kind)
        {
            case "garbage":
                File.WriteAllBytes(file, [.. Enumerable.Range(0, 50_000).Select(n => (byte)(n * 31))]);
                break;
            case "truncated":
                using (var stream = new FileStream(file, FileMode.Open))
                    stream.SetLength(stream.Length / 2 - 100);
                break;
            case "scribbled":
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
                {
                    for (long at = 4096; at + 3000 < stream.Length; at += 4096)
                    {
                        stream.Position = at;
                        stream.Write(new byte[3000]);
                    }
                }
                break;
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            default:
                using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
                {
                    connection.Open();
                    using var command = connection.CreateCommand();
                    command.CommandText = kind switch
                    {
                        "newer version" => "PRAGMA user_version = 999",
                        "older version" => "PRAGMA user_version = 0",
                        "other home" => "UPDATE meta SET value = '/somewhere/else' WHERE name = 'home'",
                        _ => "DROP TABLE turns",
                    };
                    command.ExecuteNonQuery();
                }
                break;
        }
    }

    sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => source.Cancel();
    }
}
