using System.Diagnostics;
using Spool.TestKit;
using ZstdSharp;
using ZstdSharp.Unsafe;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What cannot be read is said and not left out.</summary>
public sealed class ProblemTests : IDisposable
{
    readonly TempHome _home = new();

    public ProblemTests() => _home.Put(Legacy(1, "the good one"));

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_whole_home_has_no_problems()
    {
        await using var store = _home.Open();

        Assert.Empty((await store.ListAsync(new ThreadQuery(), Stop)).Problems);
    }

    [Theory]
    [InlineData("sessions/2026/03", "2026-03-02T12:00:00Z")]
    [InlineData("sessions/2026/03/02", "2026-03-03T12:00:00Z")]
    [InlineData("sessions/2026/03/02", "2026-01-01T12:00:00Z")]
    [InlineData("sessions/2025", "2025-12-31T12:00:00Z")]
    [InlineData("sessions/2025", "2026-12-31T12:00:00Z")] // any file may be in any folder
    [InlineData("sessions/2026/03/02", "2026-03-09T00:00:00Z")]
    [InlineData("sessions/other", "2026-03-02T12:00:00Z")]
    [InlineData("archived_sessions", "2026-03-02T12:00:00Z")]
    public async Task A_folder_that_cannot_be_read_is_named_and_may_hold_what_is_not_found(string place, string made)
    {
        File.CreateSymbolicLink(_home.Write(place + "x", []).TrimEnd('x'), "/nowhere");
        var id = new ThreadId(Guid.CreateVersion7(DateTimeOffset.Parse(made, System.Globalization.CultureInfo.InvariantCulture)));
        await using var store = _home.Open();

        var page = await store.ListAsync(new ThreadQuery(), Stop);

        Assert.Equal([Id(1)], page.Items.Select(thread => thread.Id));
        Assert.Equal([place], page.Problems.Select(problem => problem.Place));
        Assert.EndsWith(".", page.Problems[0].Reason, StringComparison.Ordinal);
        foreach (
            var call in new Func<Task>[]
            {
                async () => await store.FindAsync(id, Stop),
                async () => await store.ListTurnsAsync(new ListTurnsRequest(id), Stop),
                () => store.HistoryAsync(id, Stop),
                async () => await store.ArchiveAsync(id, Stop),
                async () => await store.DeleteAsync(id, Stop),
                async () => await store.ResumeAsync(new ResumeRequest(id), Stop),
            }
        )
            Assert.Equal(ThreadStoreErrorCode.Unavailable, (await Assert.ThrowsAsync<ThreadStoreException>(call)).Code);
        await AssertWritesAsync(store);
    }

    [Theory]
    [InlineData("sessions/2019/01/02")]
    [InlineData("sessions/2099/01/02")]
    [InlineData("archived_sessions/old")]
    public async Task A_deletion_names_every_folder_that_it_could_not_look_into(string place)
    {
        File.CreateSymbolicLink(_home.Write(place + "x", []).TrimEnd('x'), "/nowhere");
        await using var store = _home.Open();

        var left = (await store.DeleteAsync(Id(1), Stop)).Left;

        Assert.Equal([$"What {place} holds of the thread, if anything"], left.Select(one => one.What));
    }

    [Fact]
    public async Task An_emptied_rollout_is_a_problem_of_the_list()
    {
        var path = _home.Put(RolloutLines.Legacy(Id(2), At(2)).Turn("gone"));
        File.WriteAllBytes(path, []);
        await using var store = _home.Open();

        var problem = Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Problems);

        Assert.Equal((PathOf(Id(2), At(2)), "The rollout is empty."), (problem.Place, problem.Reason));
    }

    [Theory]
    [InlineData("KLUv/Q==")] // the mark of zstd and nothing behind it
    [InlineData("KLUv/QRYmQ==")]
    [InlineData("bm8genN0ZA==")]
    public async Task The_reason_of_a_compressed_rollout_from_which_nothing_comes_does_not_say_that_something_is_served(string bytes)
    {
        _home.Write(PathOf(Id(2), At(2)) + ".zst", Convert.FromBase64String(bytes));
        await using var store = _home.Open();

        var thread = await store.GetAsync(Id(2), Stop);

        Assert.Equal(ThreadCondition.Unreadable, thread.State);
        Assert.EndsWith("; nothing could be uncompressed.", thread.StateReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_that_are_a_link_to_nowhere_are_no_empty_home()
    {
        Directory.Move(Path.Combine(_home.Path, "sessions"), Path.Combine(_home.Path, "elsewhere"));
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "sessions"), Path.Combine(_home.Path, "nowhere"));
        await using var store = _home.Open();

        await AssertUnavailableAsync(store);

        File.Delete(Path.Combine(_home.Path, "sessions"));
        Directory.Move(Path.Combine(_home.Path, "elsewhere"), Path.Combine(_home.Path, "sessions"));
        Assert.Single(await store.EverythingAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_home_that_vanishes_under_an_open_store_is_no_empty_home(bool isServed)
    {
        await using var store = _home.Open(options => options with { ReconcileInterval = isServed ? TimeSpan.FromMilliseconds(20) : null });
        Assert.Single(await store.EverythingAsync());

        Directory.Move(_home.Path, _home.Path + "-away");
        if (isServed)
            await BackgroundLookAsync(store);
        await AssertUnavailableAsync(store);

        Directory.Move(_home.Path + "-away", _home.Path);
        Assert.Single(await store.EverythingAsync());
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("other things")]
    [InlineData("missing")]
    [InlineData("a file")]
    public async Task A_home_that_was_there_for_an_earlier_process_and_is_gone_is_no_empty_home(string what)
    {
        _home.Put(Legacy(2));
        Assert.Equal(2, (await _home.EverythingAsync()).Count);
        Directory.Move(_home.Path, _home.Path + "-away");
        if (what == "a file")
            File.WriteAllText(_home.Path, "");
        else if (what != "missing")
            Directory.CreateDirectory(_home.Path);
        if (what == "other things")
            _home.Write("config.toml", []);
        await using (var store = _home.Open())
        {
            var calls = new Func<Task>[]
            {
                () => store.HistoryAsync(Id(1), Stop),
                async () => await store.FindAsync(Id(1), Stop),
                async () => await store.DeleteAsync(Id(1), Stop),
                async () => await store.ArchiveAsync(Id(1), Stop),
                async () => await store.ResumeAsync(new ResumeRequest(Id(1)), Stop),
                async () => await store.ListAsync(new ThreadQuery(), Stop),
                async () => await store.StatusAsync(Stop),
            };
            foreach (var call in calls)
            {
                var error = await Assert.ThrowsAsync<ThreadStoreException>(call);
                Assert.Equal(ThreadStoreErrorCode.Unavailable, error.Code);
                Assert.Contains("2 threads of it are known", error.Message, StringComparison.Ordinal);
                Assert.Contains("spool index rebuild", error.Message, StringComparison.Ordinal);
            }
        }
        Assert.False(Directory.Exists(Path.Combine(_home.Path, "thread-writer-locks")));

        if (what == "a file")
            File.Delete(_home.Path);
        else if (what != "missing")
            Directory.Delete(_home.Path, recursive: true);
        Directory.Move(_home.Path + "-away", _home.Path);
        Assert.Equal(2, (await _home.EverythingAsync()).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rebuild_forgets_the_threads_of_a_home_that_is_gone(bool isFolder)
    {
        Assert.Single(await _home.EverythingAsync());
        Directory.Delete(isFolder ? Path.Combine(_home.Path, "sessions") : _home.Path, recursive: true);
        await using (var store = _home.Open())
            Assert.Equal(0, (await store.RebuildAsync(null, Stop)).Threads);

        Assert.Empty(await _home.EverythingAsync());
        Directory.CreateDirectory(_home.Path);
    }

    [Fact]
    public async Task An_empty_folder_of_which_nothing_is_known_is_a_home_without_threads()
    {
        Directory.Delete(Path.Combine(_home.Path, "sessions"), recursive: true);

        Assert.Empty(await _home.EverythingAsync());
        Assert.Empty(await _home.EverythingAsync());
    }

    [Fact]
    public async Task A_home_whose_sessions_somebody_deletes_is_empty()
    {
        await using var store = _home.Open();
        Assert.Single(await store.EverythingAsync());

        Directory.Delete(Path.Combine(_home.Path, "sessions"), recursive: true);

        Assert.Empty(await store.EverythingAsync());
    }

    [Fact]
    public async Task Folders_deeper_than_any_home_has_are_named()
    {
        var deep = "sessions/" + string.Join('/', Enumerable.Repeat("d", 40));
        _home.Write(deep + "/rollout-x.jsonl", []);
        await using var store = _home.Open();

        Assert.StartsWith(
            "sessions/d/d/",
            Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Problems).Place,
            StringComparison.Ordinal
        );
    }

    [Trait("User", "NotRoot")]
    [Theory]
    [InlineData("000")]
    [InlineData("111")]
    [InlineData("444")] // its names can be read, and nothing else of what is in it
    public async Task A_folder_that_its_user_may_not_read_is_named(string mode)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.UserName != "root",
            "The permissions of a folder bind every user but root."
        );
        _home.Put(RolloutLines.Legacy(Id(2), At(60 * 24 * 40)).Turn("hidden"));
        var folder = Path.Combine(_home.Path, Path.GetDirectoryName(PathOf(Id(2), At(60 * 24 * 40)))!);
        var sessions = Path.Combine(_home.Path, "sessions");
        try
        {
            await using var store = _home.Open();
            await RunAsync("chmod $2 \"$1\"", folder, mode);
            Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Problems);
            await RunAsync("chmod 700 \"$1\"; chmod $3 \"$2\"", folder, sessions, mode);
            foreach (
                var call in new Func<Task>[]
                {
                    async () => await store.ListAsync(new ThreadQuery(), Stop),
                    async () => await store.FindAsync(Id(9), Stop),
                }
            )
                Assert.Equal(ThreadStoreErrorCode.Unavailable, (await Assert.ThrowsAsync<ThreadStoreException>(call)).Code);
            // A folder that may be entered gives what is asked for by its name.
            if (mode != "111")
                Assert.Equal(
                    ThreadStoreErrorCode.Unavailable,
                    (await Assert.ThrowsAsync<ThreadStoreException>(() => store.HistoryAsync(Id(1), Stop))).Code
                );
        }
        finally
        {
            await RunAsync("chmod 700 \"$2\" \"$1\"", folder, sessions);
        }
    }

    [Fact]
    public async Task A_home_in_whose_place_an_empty_folder_of_another_disk_is_seen_is_unavailable_and_not_empty()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux()
                && FileStat.FindFolder("/dev/shm")?.Identity.Device is { } memory
                && memory != FileStat.FindFolder(_home.Path)?.Identity.Device,
            "There is no second disk here."
        );
        var other = Directory.CreateDirectory($"/dev/shm/spool-{Guid.CreateVersion7()}");
        var link = _home.Path + "-link";
        try
        {
            File.CreateSymbolicLink(link, _home.Path);
            await using var store = _home.Open(options => options with { Home = link });
            Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Items);

            File.Delete(link);
            File.CreateSymbolicLink(link, other.FullName); // as the folder on which a disk was mounted
            foreach (var folder in (string[])["logs", "sessions"])
            {
                other.CreateSubdirectory(folder);
                Assert.Equal(
                    ThreadStoreErrorCode.Unavailable,
                    (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ListAsync(new ThreadQuery(), Stop))).Code
                );
            }

            File.Delete(link);
            File.CreateSymbolicLink(link, _home.Path);
            Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Items);
        }
        finally
        {
            File.Delete(link);
            other.Delete(recursive: true);
        }
    }

    [Trait("User", "NotRoot")]
    [Fact]
    public async Task A_rollout_that_its_user_may_not_read_is_unavailable_and_not_corrupt()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.UserName != "root",
            "The permissions of a file bind every user but root."
        );
        await RunAsync("chmod 000 \"$1\"", Path.Combine(_home.Path, PathOf(Id(1), At(1))));
        await using var store = _home.Open();

        Assert.Equal(ThreadCondition.Unreadable, Assert.Single(await store.EverythingAsync()).State);
        Assert.Equal(
            ThreadStoreErrorCode.Unavailable,
            (await Assert.ThrowsAsync<ThreadStoreException>(() => store.HistoryAsync(Id(1), Stop))).Code
        );
        Assert.Equal(
            ThreadStoreErrorCode.Unavailable,
            (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.CopyLogAsync(Id(1), new MemoryStream(), Stop))).Code
        );

        await RunAsync("chmod 600 \"$1\"", Path.Combine(_home.Path, PathOf(Id(1), At(1))));
        Assert.Equal(ThreadCondition.Ok, Assert.Single(await store.EverythingAsync()).State);
        Assert.NotEmpty(await store.HistoryAsync(Id(1), Stop));
    }

    [Fact]
    public async Task A_list_that_leaves_out_rollouts_because_they_cannot_be_read_says_which_and_why()
    {
        File.CreateSymbolicLink(Path.Combine(_home.Path, PathOf(Id(2), At(1))), "/nowhere");
        File.WriteAllText(Path.Combine(_home.Path, PathOf(Id(3), At(1))), "");
        Directory.CreateDirectory(Path.Combine(_home.Path, "archived_sessions"));
        for (var number = 100; number < 125; number++)
            File.WriteAllBytes(Path.Combine(_home.Path, "archived_sessions", Path.GetFileName(PathOf(Id(number), At(1)))), new byte[100]);
        await using var store = _home.Open();

        var page = await store.ListAsync(new ThreadQuery(), Stop);
        var archived = await store.ListAsync(new ThreadQuery { Archive = ArchiveFilter.Archived }, Stop);

        Assert.Equal([Id(1)], page.Items.Select(thread => thread.Id));
        Assert.Equal(
            [
                new StoreProblem(PathOf(Id(2), At(1)), "The rollout is a link that leads nowhere."),
                new StoreProblem(PathOf(Id(3), At(1)), "The rollout is empty."),
            ],
            page.Problems
        );
        Assert.Empty(archived.Items);
        Assert.Equal(21, archived.Problems.Count);
        Assert.Equal(new StoreProblem("archived_sessions", "5 more rollouts cannot be read."), archived.Problems[^1]);
        Assert.Empty(
            (await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All, Archive = ArchiveFilter.Any }, Stop)).Problems
        ); // they are in the list
    }

    [Theory]
    [InlineData("session_index.jsonl", "mkdir", "It is not a file.")]
    [InlineData("session_index.jsonl", "ln -s /nowhere", "It is a link that leads nowhere.")]
    [InlineData("session_index.jsonl", "mkfifo", "It is not a file.")]
    [InlineData("session_index.jsonl", "echo no names at all >", "It holds no names but something else.")]
    [InlineData("state_5.sqlite", "mkdir", "It is not a file.")]
    [InlineData("state_5.sqlite", "ln -s /nowhere", "It is a link that leads nowhere.")]
    [InlineData("state_5.sqlite", "head -c 0 /dev/zero >", "It is empty.")]
    [InlineData("state_5.sqlite", "head -c 5000 /dev/zero >", "It is not an SQLite database; put a backup of it in its place.")]
    [InlineData("state_5.sqlite", "echo garbage >", "It is not an SQLite database; put a backup of it in its place.")]
    [InlineData(
        "state_5.sqlite",
        "printf 'SQLite format 3\\0 and then garbage' >",
        "It is damaged or locked, has other tables than Codex makes, or the cache folder has no space for a copy. Try again with Codex closed and space there; if it stays so, put a backup of it in its place."
    )]
    [InlineData("config.toml", "mkdir", "It is not a file.")]
    [InlineData("config.toml", "echo [[[[ >", "It is damaged or too large.")]
    public async Task A_file_of_facts_that_is_there_and_cannot_be_read_is_named_by_every_list_and_what_was_known_stays(
        string file,
        string made,
        string reason
    )
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes and links are made with the programs of Linux.");
        _home.Write("session_index.jsonl", System.Text.Encoding.UTF8.GetBytes($"{{\"id\":\"{Id(1)}\",\"thread_name\":\"named\"}}\n"));
        await using var store = _home.Open();
        var before = await store.ListAsync(new ThreadQuery(), Stop);
        Assert.Equal(("named", 0), (before.Items[0].Name, before.Problems.Count));

        await RunAsync($"rm -f \"$1\"; {made} \"$1\"", Path.Combine(_home.Path, file));
        await using var other = _home.Open(options => options with { CacheDirectory = _home.Cache + "-new" });
        foreach (var reader in new[] { store, store, other, other })
        {
            var page = await reader.ListAsync(new ThreadQuery(), Stop);
            var problem = Assert.Single(page.Problems);
            Assert.Equal(file, problem.Place);
            Assert.StartsWith(reason, problem.Reason, StringComparison.Ordinal);
            Assert.Equal(reader == store || file != "session_index.jsonl" ? "named" : null, page.Items[0].Name);
            Assert.Null(await reader.FindAsync(Id(9), Stop)); // no thread can be there
        }

        await RunAsync("rm -rf \"$1\"", Path.Combine(_home.Path, file));
        Assert.Empty((await store.ListAsync(new ThreadQuery(), Stop)).Problems);
    }

    [Trait("User", "NotRoot")]
    [Theory]
    [InlineData("session_index.jsonl")]
    [InlineData("state_5.sqlite")]
    [InlineData("config.toml")]
    public async Task A_file_of_facts_that_its_user_may_not_read_is_named(string file)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.UserName != "root",
            "The permissions of a file bind every user but root."
        );
        await RunAsync("chmod 000 \"$1\"", _home.Write(file, "x"u8.ToArray()));
        await using var store = _home.Open();

        var problem = Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Problems);

        Assert.Equal(file, problem.Place);
        Assert.StartsWith("It cannot be read; check its permissions and its disk.", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_not_UTF_8_are_listed_with_the_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere names are text.");
        await RunAsync(
            "cd \"$1\" && d=$(printf 'sessions/caf\\351') && mkdir -p \"$d/in\" && touch \"$d/in/rollout-2026-03-01T01-00-00-$2.jsonl\" \"$(printf 'sessions/rollout-\\377-%s.jsonl' x)\"",
            _home.Path,
            Id(2).ToString()
        );
        await using var store = _home.Open();

        var threads = await store.EverythingAsync();

        Assert.Equal(3, threads.Count);
        var odd = threads.Where(thread => thread.Id != Id(1)).ToList();
        Assert.All(
            odd,
            thread =>
                Assert.Equal(
                    (ThreadCondition.Unreadable, "Its name, or that of a folder above it, is not UTF-8, so it is not read; rename it."),
                    (thread.State, thread.StateReason)
                )
        );
        Assert.Contains(odd, thread => thread.Id == Id(2));
        foreach (var thread in odd)
        {
            Assert.Equal(
                thread.StateReason,
                (await Assert.ThrowsAsync<ThreadStoreException>(() => store.HistoryAsync(thread.Id, Stop))).Message
            );
            Assert.Equal(
                ThreadStoreErrorCode.Unavailable,
                (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.DeleteAsync(thread.Id, Stop))).Code
            );
            Assert.Equal(
                thread.Id == Id(2) ? ThreadStoreErrorCode.Unavailable : ThreadStoreErrorCode.Unsupported,
                (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ArchiveAsync(thread.Id, Stop))).Code
            ); // the other one's id is made of its path
        }
        Assert.Equal(3, (await store.EverythingAsync()).Count);
        await RunAsync("rm -r \"$1\"/sessions", _home.Path); // the framework cannot
    }

    [Fact]
    public async Task A_name_that_holds_the_mark_of_a_wrong_byte_is_a_name_like_any_other()
    {
        _home.Write("sessions/caf\ufffd/" + Path.GetFileName(PathOf(Id(2), At(2))), Legacy(2, "in a folder").ToSeed().ToLog());

        Assert.Contains(await _home.EverythingAsync(), thread => thread is { Preview: "in a folder", State: ThreadCondition.Ok });
    }

    [Fact]
    public async Task A_compressed_rollout_with_too_large_a_window_says_so()
    {
        using var stream = new MemoryStream();
        using (var compression = new CompressionStream(stream, 3, leaveOpen: true))
        {
            compression.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, 30);
            compression.Write(Legacy(2).ToSeed().ToLog());
        }
        _home.Write(PathOf(Id(2), At(2)) + ".zst", stream.ToArray());

        var thread = Assert.Single(await _home.EverythingAsync(), thread => thread.Id == Id(2));

        Assert.Equal(ThreadCondition.Unreadable, thread.State);
        Assert.Contains("a window above 128 MiB", thread.StateReason, StringComparison.Ordinal);
    }

    static async Task AssertUnavailableAsync(LocalThreadStore store)
    {
        foreach (
            var call in new Func<Task>[]
            {
                async () => await store.ListAsync(new ThreadQuery(), Stop),
                async () => await store.FindAsync(Id(1), Stop),
                () => store.HistoryAsync(Id(1), Stop),
            }
        )
            Assert.Equal(ThreadStoreErrorCode.Unavailable, (await Assert.ThrowsAsync<ThreadStoreException>(call)).Code);
    }

    // The background look is what notices it; until then the store answers from its index.
    static async Task BackgroundLookAsync(LocalThreadStore store)
    {
        try
        {
            while (true)
                await store.FindAsync(Id(1), Stop);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.Unavailable) { }
    }

    static async Task AssertWritesAsync(LocalThreadStore store)
    {
        var log = RolloutLines.Legacy(ThreadId.New(TimeProvider.System), DateTimeOffset.UnixEpoch).Turn("new");
        await store.WriteAsync(log, Stop);
        Assert.Equal("new", (await store.FindAsync(log.ToSeed().Id, Stop))!.Preview);
    }

    static async Task RunAsync(string script, params string[] args)
    {
        using var process = Process.Start("sh", ["-c", script, "sh", .. args]);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
    }
}
