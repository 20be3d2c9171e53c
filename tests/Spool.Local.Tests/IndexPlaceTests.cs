using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>How much an index takes, and what happens where it cannot be kept in a file.</summary>
public sealed class IndexPlaceTests : IDisposable
{
    readonly TempHome _home = new();
    readonly List<string> _notices = [];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string IndexFolder =>
        Path.GetDirectoryName(Directory.EnumerateFiles(_home.Cache, "index.sqlite", SearchOption.AllDirectories).Single())!;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Large_first_messages_make_no_large_index()
    {
        for (var number = 1; number <= 60; number++)
            Write(number, string.Concat(Enumerable.Repeat($"{number} Größe 🧵 ", 20_000)));

        var status = await StatusAsync();

        Assert.Equal((60, 0), (status.Threads, status.Problems));
        Assert.InRange(SizeOf(_home.Cache), 1, 2_000_000);
    }

    [Fact]
    public async Task A_typical_thread_takes_at_most_one_and_a_half_kilobytes_in_a_large_home()
    {
        for (var number = 1; number <= 1500; number++)
            Write(
                number,
                $"Question {number}: please look at the tests of this project and repair whichever of them does not pass any more",
                turns: 4
            );

        var status = await StatusAsync();

        Assert.Equal((1500, 0), (status.Threads, status.Problems));
        Assert.InRange(SizeOf(_home.Cache), 1, 1500 * 1500);
    }

    [Fact]
    public async Task A_rebuild_leaves_one_index_behind()
    {
        Write(1, "Hello");
        await using var store = Open();
        await store.RebuildAsync(cancellationToken: Stop);
        File.WriteAllText(Path.Combine(IndexFolder, "index.sqlite.set-aside"), "an older one");

        var status = await store.RebuildAsync(cancellationToken: Stop);

        Assert.Equal(1, status.Threads);
        var names = Directory
            .EnumerateFiles(IndexFolder)
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.EndsWith("-journal", StringComparison.Ordinal));
        Assert.True(
            names.ToHashSet().SetEquals(["index.sqlite", new FileInfo(Path.Combine(IndexFolder, "index.sqlite")).LinkTarget!]),
            string.Join(' ', names)
        );
    }

    [Theory]
    [InlineData("a file in the place of the cache folder")]
    [InlineData("a file in the place of the home's folder")]
    [InlineData("a folder in the place of the index")]
    public async Task Without_a_place_for_the_index_everything_works_and_is_said_once(string kind)
    {
        Write(1, "First");
        Write(2, "Second");
        var before = await _home.EverythingAsync();
        var folder = IndexFolder;
        var (blocked, isFolder) = kind switch
        {
            "a file in the place of the cache folder" => (_home.Cache, false),
            "a file in the place of the home's folder" => (folder, false),
            _ => (Path.Combine(folder, "index.sqlite"), true),
        };
        if (isFolder)
            File.Delete(blocked);
        else
            Directory.Delete(blocked, recursive: true);
        if (isFolder)
            Directory.CreateDirectory(blocked);
        else
            File.WriteAllText(blocked, "");

        await using var store = Open();
        Assert.Equal(before, await store.EverythingAsync());
        Assert.Equal(before, await store.EverythingAsync());
        Write(3, "Third");
        Assert.Equal(3, (await store.EverythingAsync()).Count);
        Assert.Equal(3, (await store.RebuildAsync(cancellationToken: Stop)).Threads);
        await store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Name = Change.To("Named") }, Stop);

        Assert.Equal("Named", (await store.FindAsync(SeedIds.Id(1), Stop))?.Name);
        var status = await store.StatusAsync(Stop);
        Assert.Equal((3, 0), (status.Threads, status.Pending));
        Assert.Contains(_home.Cache, status.InMemoryBecause, StringComparison.Ordinal);
        Assert.StartsWith(status.InMemoryBecause!, Assert.Single(_notices), StringComparison.Ordinal);
    }

    [Theory, Guarantee("LOCL-18")]
    [InlineData("made anew")]
    [InlineData("deleted")]
    [InlineData("deleted with its folder")]
    public async Task An_index_that_is_replaced_while_it_is_used_is_no_error(string kind)
    {
        for (var number = 1; number <= 600; number++)
            Write(number, $"question {number}");
        await StatusAsync();
        var folder = IndexFolder;
        var left = 3;
        await using (
            var store = _home.Open(options =>
                options with
                {
                    Notice = _notices.Add,
                    Progress = new Watcher(() =>
                    {
                        if (left-- > 0)
                            Replace();
                    }),
                }
            )
        )
        {
            for (var number = 601; number <= 1100; number++)
                Write(number, $"question {number}");

            // By creation a page may be given before all is read, as soon as the times of the ids that are left are earlier; and the ids
            // here are all of one minute.
            var query = new ThreadQuery
            {
                Archive = ArchiveFilter.Any,
                Visibility = ThreadVisibility.All,
                Limit = 1000,
                Sort = ThreadSort.Updated,
            };
            Assert.Equal(1100, (await store.ListAllAsync(query, Stop)).Count);
            Assert.True(left <= 0);
            Assert.Null((await store.StatusAsync(Stop)).InMemoryBecause);
        }
        Assert.Empty(_notices);
        var listed = await _home.EverythingAsync();
        Assert.Equal(
            1100,
            listed
                .Select(thread => (thread.Id, thread.Preview, thread.State))
                .Distinct()
                .Count(thread => thread.State == ThreadCondition.Ok)
        );

        void Replace()
        {
            if (kind == "deleted with its folder" && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            else if (kind == "deleted")
                File.Delete(Path.Combine(folder, "index.sqlite"));
            else if (kind == "made anew")
            {
                using var database = new IndexDatabase(_home.Cache, _home.Path);
                database.Discard();
                database.Connect().Dispose();
            }
        }
    }

    [Fact]
    public async Task An_index_that_another_program_removes_again_and_again_is_said_to_be_that()
    {
        for (var number = 1; number <= 300; number++)
            Write(number, $"question {number}");
        await using var store = _home.Open(options =>
            options with
            {
                Notice = _notices.Add,
                Progress = new Watcher(() =>
                {
                    if (Directory.Exists(_home.Cache))
                        Directory.Delete(_home.Cache, recursive: true);
                }),
            }
        );

        Assert.Equal(300, (await store.EverythingAsync()).Count);

        var because = $"The index is kept in memory, because the cache folder {_home.Cache} is removed by another program again and again.";
        Assert.Equal(because, (await store.StatusAsync(Stop)).InMemoryBecause);
        Assert.StartsWith(because, Assert.Single(_notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_folder_that_is_removed_at_any_moment_is_never_said_to_be_one_that_cannot_be_written()
    {
        const int Rounds = 30;
        Write(1, "First");
        using var codex = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(_home.Path, "state_5.sqlite")};Pooling=False"
        );
        codex.Open();
        using (var command = codex.CreateCommand())
        {
            // Its writer keeps it to itself, so that it is copied to the cache folder.
            command.CommandText =
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE threads (id TEXT PRIMARY KEY, name TEXT); INSERT INTO threads VALUES ('"
                + SeedIds.Id(1)
                + "', 'named')";
            command.ExecuteNonQuery();
        }
        using var done = new CancellationTokenSource();
        var removing = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    try
                    {
                        Directory.Delete(_home.Cache, recursive: true);
                    }
                    catch (IOException)
                    {
                        // It is not there, or grew meanwhile.
                    }
                }
            },
            Stop
        );
        for (var round = 0; round < Rounds; round++)
        {
            await using var store = Open();
            var page = await store.ListAsync(new ThreadQuery(), Stop);
            Assert.Equal(["First"], page.Items.Select(thread => thread.Preview));
        }
        await done.CancelAsync();
        await removing;

        Assert.DoesNotContain(_notices, notice => notice.Contains("cannot be written", StringComparison.Ordinal));
        Assert.All(_notices, notice => Assert.Contains("is removed by another program again and again", notice, StringComparison.Ordinal));
    }

    sealed class Watcher(Action action) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => action();
    }

    [Fact]
    public async Task Two_stores_whose_index_is_in_memory_know_nothing_of_each_other()
    {
        File.WriteAllText(_home.Cache, "");
        Write(1, "First");
        await using var one = Open();
        await using var other = LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = Directory.CreateDirectory(_home.Path + "-other").FullName, CacheDirectory = _home.Cache }
        );

        Assert.Single(await one.EverythingAsync());
        Assert.Empty(await other.EverythingAsync());
    }

    [Fact]
    public async Task An_index_in_its_file_is_not_said_to_be_in_memory()
    {
        Write(1, "First");

        Assert.Null((await StatusAsync()).InMemoryBecause);
        Assert.Empty(_notices);
    }

    async Task<IndexStatus> StatusAsync()
    {
        await using var store = Open();
        return await store.CatchUpAsync(cancellationToken: Stop);
    }

    LocalThreadStore Open() => _home.Open(options => options with { Notice = _notices.Add });

    void Write(int number, string question, int turns = 1)
    {
        var log = SampleHome.Log(number, SeedIds.Epoch.AddMinutes(number)).Turn(question);
        for (var turn = 1; turn < turns; turn++)
            log = log.Turn("And then?");
        _home.Put(log);
    }

    static long SizeOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    [Fact]
    public async Task However_a_home_is_reached_it_has_one_index()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights here.");
        Write(1, "a secret question");
        var folder = Path.GetDirectoryName(_home.Path)!;
        Directory.CreateSymbolicLink(Path.Combine(folder, "link"), "home");
        Directory.CreateSymbolicLink(Path.Combine(folder, "links"), ".");
        foreach (
            var spelling in (string[])
                [
                    _home.Path,
                    _home.Path + "/",
                    Path.Combine(folder, "link"),
                    Path.Combine(folder, "links", "link"),
                    Path.Combine(folder, "links", "home"),
                    folder + "/home/../link/.",
                ]
        )
        {
            await using var store = OpenAs(spelling);
            Assert.Single(await store.EverythingAsync());
        }
        Assert.Single(Directory.GetDirectories(Path.Combine(_home.Cache, "index")));

        await using (var store = OpenAs(Path.Combine(folder, "link")))
            await store.DeleteAsync(SeedIds.Id(1), Stop);

        Assert.DoesNotContain(Directory.EnumerateFiles(_home.Cache, "*", SearchOption.AllDirectories), HasSecret);
    }

    [Fact]
    public async Task A_deletion_removes_what_an_earlier_version_kept_of_the_home_under_another_spelling_and_nothing_of_another_home()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights here.");
        Write(1, "a secret question");
        await StatusAsync();
        var link = Path.Combine(Path.GetDirectoryName(_home.Path)!, "link");
        Directory.CreateSymbolicLink(link, "home");
        CopyIndexAs("earlier", link);
        var copy = _home.Path + "-other";
        CopyFolder(_home.Path, copy);
        CopyIndexAs(CacheKey.Of(copy), copy);

        await using (var store = Open())
            await store.DeleteAsync(SeedIds.Id(1), Stop);

        Assert.Equal(
            [CacheKey.Of(copy)],
            Directory
                .EnumerateFiles(_home.Cache, "*", SearchOption.AllDirectories)
                .Where(HasSecret)
                .Select(file => Path.GetFileName(Path.GetDirectoryName(file)))
        );
    }

    [Theory]
    [InlineData("renamed")]
    [InlineData("renamed, and another home in its place")]
    [InlineData("moved, and a link in its place")]
    [InlineData("renamed, with an index that was set aside")]
    [InlineData("renamed, with an index of another version")]
    [InlineData("renamed, with a corrupt index")]
    [InlineData("renamed twice")]
    [InlineData("reached by a link that leads elsewhere now")]
    public async Task A_deletion_leaves_nothing_in_the_index_that_the_home_had_under_the_path_of_before(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights here.");
        Write(1, "a secret question");
        Write(2, "another question");
        await StatusAsync();
        var index = Path.Combine(IndexFolder, "index.sqlite");
        var now = _home.Path + "-now";
        if (what == "renamed, with an index that was set aside")
            File.Copy(index, index + ".set-aside");
        Execute(
            index,
            what switch
            {
                "renamed, with an index of another version" => "PRAGMA user_version = 3",
                "reached by a link that leads elsewhere now" => $"UPDATE meta SET value = '{_home.Path}-link'",
                _ => "SELECT 1",
            }
        );
        if (what == "renamed, with a corrupt index")
            File.WriteAllBytes(index, [.. "no database "u8, .. File.ReadAllBytes(index).AsSpan(50)]);
        Directory.Move(_home.Path, now);
        if (what == "renamed twice")
        {
            await using (var store = OpenAs(now))
                await store.EverythingAsync();
            Directory.Move(now, now += "-again");
        }
        if (what.EndsWith("another home in its place", StringComparison.Ordinal))
            Write(3, "of the other home");
        else if (what.StartsWith("moved", StringComparison.Ordinal))
            Directory.CreateSymbolicLink(_home.Path, now);
        else if (what.StartsWith("reached", StringComparison.Ordinal))
            Directory.CreateSymbolicLink(_home.Path + "-link", Directory.CreateDirectory(_home.Path + "-else").FullName);
        Assert.Contains(Directory.EnumerateFiles(_home.Cache, "*", SearchOption.AllDirectories), HasSecret);

        await using (var store = OpenAs(now))
        {
            Assert.Empty((await store.DeleteAsync(SeedIds.Id(1), Stop)).Left);
            Assert.Single(await store.EverythingAsync());
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(_home.Cache, "*", SearchOption.AllDirectories), HasSecret);
    }

    [Fact]
    public async Task A_home_that_is_not_mounted_has_its_threads_again_after_the_same_thread_was_deleted_in_another_home()
    {
        Write(1, "a secret question");
        Write(2, "another question");
        var before = await _home.EverythingAsync();
        var (away, copy) = (_home.Path + "-away", _home.Path + "-copy");
        CopyFolder(_home.Path, copy);
        Directory.Move(_home.Path, away);
        await using (var store = OpenAs(copy))
            await store.DeleteAsync(SeedIds.Id(1), Stop);
        Directory.Move(away, _home.Path);

        Assert.Equal(before, await _home.EverythingAsync());
    }

    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/b/", "/a/b")]
    [InlineData("/a/./b/../c", "/a/c")]
    [InlineData("@/to-nowhere/x", "@/nowhere/x")]
    [InlineData("@/circle/x", "@/circle/x")]
    public void A_path_has_one_spelling_whether_it_is_there_or_not(string path, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths have other forms here.");
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "to-nowhere"), "nowhere");
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "circle"), "circle");

        Assert.Equal(
            expected.Replace("@", RealPath.Of(_home.Path), StringComparison.Ordinal),
            RealPath.Of(path.Replace("@", _home.Path, StringComparison.Ordinal))
        );
    }

    void CopyIndexAs(string name, string home)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_home.Cache, "index", name)).FullName;
        var file = Path.Combine(folder, "index.sqlite");
        File.Copy(Path.Combine(_home.Cache, "index", CacheKey.Of(RealPath.Of(_home.Path)), "index.sqlite"), file);
        Execute(file, $"UPDATE meta SET value = '{home}' WHERE name = 'home'");
    }

    static void Execute(string file, string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    static bool HasSecret(string file) => File.ReadAllText(file).Contains("secret question", StringComparison.Ordinal);

    LocalThreadStore OpenAs(string home) =>
        LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home, CacheDirectory = _home.Cache });
}
