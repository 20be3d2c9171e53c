using System.Text;
using Spool.TestKit;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Whatever lies in a home, every rollout is listed with a state and a reason, and none hides another.</summary>
public sealed class BadInputTests : IDisposable
{
    readonly TempHome _home = new();
    readonly string _good;

    public BadInputTests()
    {
        _good = _home.Put(Legacy(1, "the good one"));
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public Task An_empty_file_is_unreadable() => IsListedAsync([], ThreadCondition.Unreadable, "The rollout is empty.");

    [Fact]
    public Task A_file_of_nothing_but_zeros_is_unreadable() =>
        IsListedAsync(
            new byte[100_000],
            ThreadCondition.Unreadable,
            "No line of the rollout could be read: it ends within its first line, as after a crash."
        );

    [Fact]
    public Task A_log_that_ends_within_its_first_line_says_that_no_line_could_be_read() =>
        IsListedAsync(
            Legacy(2).ToSeed().ToLog().AsMemory(0, 40),
            ThreadCondition.Unreadable,
            "No line of the rollout could be read: it ends within its first line, as after a crash."
        );

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void A_store_does_not_open_with_options_that_there_are_not(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _home.Open(options => options with { NetworkHome = (NetworkHome)number }));
        Assert.Throws<ArgumentOutOfRangeException>(() => _home.Open(options => options with { RepositoryState = (RepositoryState)number }));
    }

    [Fact]
    public async Task A_document_of_which_no_record_could_be_read_does_not_say_that_the_rest_is_whole()
    {
        _home.Write(PathOf(Id(2), At(2))[..^"l".Length], "{\"session\":{\"timest"u8);

        var thread = Assert.Single(await _home.EverythingAsync(), thread => thread.Id == Id(2));

        Assert.Equal(ThreadCondition.Unreadable, thread.State);
        Assert.DoesNotContain("is whole", thread.StateReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("empty")]
    [InlineData("rubbish")]
    [InlineData("torn")]
    [InlineData("link to nowhere")]
    public async Task What_nothing_is_known_of_has_an_unknown_source(string what)
    {
        var path = Path.Combine(_home.Path, PathOf(Id(2), At(2)));
        if (what == "folder")
            Directory.CreateDirectory(path);
        else if (what == "link to nowhere")
            File.CreateSymbolicLink(path, "/nowhere");
        else
            File.WriteAllText(
                path,
                what switch
                {
                    "empty" => "",
                    "torn" => "{\"timestamp\":",
                    _ => "rubbish\n",
                }
            );
        await using var store = _home.Open();

        var all = new ThreadQuery { Visibility = ThreadVisibility.All };
        Assert.Equal("unknown", Assert.Single((await store.ListAsync(all, Stop)).Items, thread => thread.Id == Id(2)).Source.Kind);
        Assert.DoesNotContain((await store.ListAsync(all with { Sources = ["vscode"] }, Stop)).Items, thread => thread.Id == Id(2));
        Assert.Equal(Id(2), Assert.Single((await store.ListAsync(all with { Sources = ["unknown"] }, Stop)).Items).Id);
    }

    [Fact]
    public async Task A_broken_history_names_the_rollout_at_fault_however_far_back_it_is()
    {
        _home.Put(Fork(of: 77));
        _home.Write(
            PathOf(Id(4), At(4)),
            RolloutLines
                .From(new RolloutHead(Id(4), At(4)) { HistoryMode = HistoryModes.Paginated, Base = new HistoryBase(Id(2), 1, 1) })
                .Turn("later")
                .ToSeed()
                .ToLog()
        );
        await using var store = _home.Open();

        Assert.Equal($"Rollout {Id(77)}, which its history continues, is missing.", (await store.FindAsync(Id(4), Stop))!.StateReason);
        File.Delete(Path.Combine(_home.Path, PathOf(Id(2), At(2))));
        Assert.Equal($"Rollout {Id(2)}, which its history continues, is missing.", (await store.FindAsync(Id(4), Stop))!.StateReason);
        File.WriteAllText(Path.Combine(_home.Path, PathOf(Id(2), At(2))), "");
        Assert.Equal($"Rollout {Id(2)}, which its history continues, cannot be read.", (await store.FindAsync(Id(4), Stop))!.StateReason);
    }

    [Fact]
    public Task A_file_of_rubbish_lines_is_unreadable() =>
        IsListedAsync("one\ntwo\nthree\n"u8, ThreadCondition.Unreadable, "No line of the rollout could be read.");

    [Fact]
    public Task A_torn_last_line_leaves_the_rest_whole() =>
        IsListedAsync(
            [.. Legacy(2).ToSeed().ToLog(), .. "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payl"u8],
            ThreadCondition.Torn,
            "The last line is incomplete, as after a crash; everything before it is whole.",
            "hello"
        );

    [Fact]
    public Task Binary_rubbish_in_the_middle_costs_only_its_own_lines() =>
        IsListedAsync(
            [.. Legacy(2).ToSeed().ToLog(), 0xff, 0xfe, 0, 1, 2, (byte)'\n', 0, 0, (byte)'\n', .. "{}\n"u8],
            ThreadCondition.Damaged,
            "3 of 12 lines could not be read; the first is line 10.",
            "hello"
        );

    [Fact]
    public Task Invalid_utf8_inside_a_line_is_noticed() =>
        IsListedAsync(
            [
                .. Legacy(2).ToSeed().ToLog(),
                .. "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"x\",\"t\":\"\xff\"}}"u8[
                    ..^4
                ],
                0xff,
                .. "\"}}\n"u8,
            ],
            ThreadCondition.Damaged,
            "1 of 10 lines could not be read; the first is line 10.",
            "hello"
        );

    [Fact]
    public Task A_rollout_without_session_meta_takes_its_id_from_its_name() =>
        IsListedAsync(
            RolloutLines.Headless(Id(2), At(2)).Turn("hello").ToSeed().ToLog(),
            ThreadCondition.Damaged,
            "No session_meta line says which thread this is; the id comes from the file name.",
            "hello"
        );

    [Fact]
    public Task An_unknown_history_mode_is_a_format_of_the_future() =>
        IsListedAsync(
            RolloutLines.From(new RolloutHead(Id(2), At(2)) { HistoryMode = "holographic" }).Turn("hello").ToSeed().ToLog(),
            ThreadCondition.UnknownFormat,
            "The history mode is one that this version does not know; items can be read, turns cannot.",
            "hello"
        );

    [Fact]
    public Task A_history_base_that_is_missing_breaks_the_lineage() =>
        IsListedAsync(
            Fork(of: 77).ToSeed().ToLog(),
            ThreadCondition.BrokenLineage,
            $"Rollout {Id(77)}, which its history continues, is missing.",
            "hello"
        );

    [Fact]
    public Task A_history_base_that_is_the_rollout_itself_breaks_the_lineage() =>
        IsListedAsync(
            Fork(of: 2).ToSeed().ToLog(),
            ThreadCondition.BrokenLineage,
            $"Its history continues itself in a circle, by way of rollout {Id(2)}.",
            "hello"
        );

    [Fact]
    public Task A_history_base_beyond_the_end_of_its_rollout_breaks_the_lineage()
    {
        _home.Put(Paginated(3));
        return IsListedAsync(
            Fork(of: 3, bytes: 1_000_000).ToSeed().ToLog(),
            ThreadCondition.BrokenLineage,
            $"Rollout {Id(3)}, which its history continues, is shorter than it should be.",
            "hello"
        );
    }

    [Fact]
    public Task A_clock_before_1970_is_told() =>
        IsListedAsync(
            RolloutLines.Legacy(Id(2), new DateTimeOffset(1969, 7, 20, 20, 17, 0, TimeSpan.Zero)).Turn("hello").ToSeed().ToLog(),
            ThreadCondition.Damaged,
            "Its times are before 1970, so its place in a list by time is wrong.",
            "hello"
        );

    [Fact]
    public async Task A_truncated_compressed_file_serves_what_can_be_uncompressed()
    {
        var log = RolloutLines
            .Legacy(Id(2), At(2))
            .Turn("hello")
            .Turn(string.Concat(Enumerable.Range(0, 60_000).Select(n => $"{n * 7919 % 65521:x}")))
            .ToSeed()
            .ToLog();
        using var compressor = new Compressor(3);
        var compressed = compressor.Wrap(log);
        _home.Write(PathOf(Id(2), At(2)) + ".zst", compressed[..(compressed.Length - 1000)]);

        var thread = Assert.Single(await _home.EverythingAsync(), thread => thread.Id == Id(2));

        Assert.Equal(
            (ThreadCondition.Damaged, "The compressed rollout is damaged or truncated; what could be uncompressed is served.", "hello"),
            (thread.State, thread.StateReason, thread.Preview)
        );
        await AssertServedAsync(Id(2));
    }

    [Fact]
    public async Task A_compressed_file_that_is_none_is_unreadable()
    {
        _home.Write(PathOf(Id(2), At(2)) + ".zst", "this was never compressed"u8);

        var thread = Assert.Single(await _home.EverythingAsync(), thread => thread.Id == Id(2));

        Assert.Equal(ThreadCondition.Unreadable, thread.State);
        Assert.NotNull(thread.StateReason);
    }

    [Fact, Guarantee("LOCL-17")]
    public async Task Two_rollouts_with_one_id_are_both_listed_and_served()
    {
        _home.Write(PathOf(Id(2), At(2)), Legacy(2, "the older").ToSeed().ToLog());
        _home.Write(PathOf(Id(2), At(5)), Legacy(2, "the newer").ToSeed().ToLog());

        var threads = await _home.EverythingAsync();

        var thread = Assert.Single(threads, thread => thread.Id == Id(2));
        var other = Assert.Single(threads, thread => thread.State == ThreadCondition.Duplicate);
        Assert.Equal(("the newer", ThreadCondition.Ok), (thread.Preview, thread.State));
        Assert.Equal(
            ("the older", $"It says it is thread {Id(2)}, which another rollout already provides."),
            (other.Preview, other.StateReason)
        );
        await AssertServedAsync(other.Id);
        Assert.Equal(3, threads.Count);
    }

    [Theory, InlineData("sessions/2026 copy/30"), InlineData("sessions/1999"), InlineData("sessions")]
    public async Task A_copy_in_another_folder_is_never_the_thread(string folder)
    {
        _home.Write($"{folder}/{Path.GetFileName(PathOf(Id(1), At(1)))}", Legacy(1, "as it was").ToSeed().ToLog());

        var threads = await _home.EverythingAsync();

        Assert.Equal("the good one", Assert.Single(threads, thread => thread.Id == Id(1)).Preview);
        Assert.Equal("as it was", Assert.Single(threads, thread => thread.State == ThreadCondition.Duplicate).Preview);
    }

    [Theory]
    [InlineData("only a head", false)]
    [InlineData("no head", false)]
    [InlineData("a missing base", false)]
    [InlineData("an unknown mode", false)]
    [InlineData("a document", false)]
    [InlineData("an old log", false)]
    [InlineData("only a head", true)]
    [InlineData("a missing base", true)]
    [InlineData("no head", true)]
    public async Task A_newer_file_that_has_nothing_to_show_does_not_take_the_place_of_a_whole_log(string what, bool isRevert)
    {
        var whole = RolloutLines.Paginated(Id(2), At(2)).Turn("the whole one");
        var path = _home.Put(whole);
        var head = new RolloutHead(Id(2), At(60_000));
        var (bytes, ending) = what switch
        {
            "only a head" => (RolloutLines.From(head).ToSeed().ToLog(), ".jsonl"),
            "no head" => (
                RolloutLines.From(head).Turn("odd").ToSeed().ToLog() is var log ? log[(Array.IndexOf(log, (byte)'\n') + 1)..] : [],
                ".jsonl"
            ),
            "a missing base" => (
                RolloutLines.Paginated(Id(7), At(7)).Turn("nowhere").Fork(Id(2), At(60_000)).Turn("odd").ToSeed().ToLog(),
                ".jsonl"
            ),
            "an unknown mode" => (RolloutLines.From(head with { HistoryMode = "tomorrow" }).Turn("odd").ToSeed().ToLog(), ".jsonl"),
            "an old log" => (
                Encoding.UTF8.GetBytes(
                    $$"""
                    {"id":"{{Id(2)}}","timestamp":"2030-01-01T00:00:00.000Z","instructions":null}
                    {"type":"message","role":"user","content":[{"type":"input_text","text":"old"}]}

                    """
                ),
                ".jsonl"
            ),
            _ => (
                Encoding.UTF8.GetBytes(
                    $$$"""{"session":{"id":"{{{Id(2)}}}","timestamp":"2030-01-01T00:00:00.000Z","instructions":""},"items":[{"type":"message","role":"user","content":[{"type":"input_text","text":"old"}]}]}"""
                ),
                ".json"
            ),
        };
        var odd = PathOf(Id(2), At(60_000), isRevert ? Id(9) : null);
        _home.Write(ending == ".json" ? $"sessions/rollout-2030-01-01-{Id(2)}.json" : odd, bytes);
        await using var store = _home.Open();

        var threads = await store.EverythingAsync();

        Assert.Equal(
            ("the whole one", ThreadCondition.Ok),
            Assert.Single(threads, thread => thread.Id == Id(2)) is var thread ? (thread.Preview, thread.State) : default
        );
        Assert.Equal(path, (await store.LocateAsync([Id(2)], TestContext.Current.CancellationToken))[Id(2)]);
        Assert.Contains(
            Id(2),
            (await store.ListAsync(new ThreadQuery(), TestContext.Current.CancellationToken)).Items.Select(thread => thread.Id)
        );
        Assert.Equal(
            $"It says it is thread {Id(2)}, which another rollout already provides.",
            Assert.Single(threads, thread => thread.State == ThreadCondition.Duplicate).StateReason
        );
        await store.ArchiveAsync(Id(2), TestContext.Current.CancellationToken);
        Assert.Equal("the whole one", (await store.FindAsync(Id(2), TestContext.Current.CancellationToken))!.Preview);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_mode_that_a_log_names_late_is_the_mode_of_the_whole_log(bool isLookedAtBefore)
    {
        var lines = RolloutLines
            .Paginated(Id(2), At(2))
            .Turn("early")
            .Turn("late")
            .ToSeed()
            .Lines.Select(line => (byte[])[.. line.Span, (byte)'\n'])
            .ToList();
        var path = _home.Write(PathOf(Id(2), At(2)), [.. lines[1], .. lines[2]]);
        await using var store = _home.Open();
        if (isLookedAtBefore)
            await store.EverythingAsync();
        await File.AppendAllBytesAsync(path, [.. lines[0], .. lines[3..^1].SelectMany(line => line)], Stop);
        if (isLookedAtBefore)
            await store.EverythingAsync();
        await File.AppendAllBytesAsync(path, lines[^1], Stop);

        var threads = await store.EverythingAsync();
        var turns = await store.AllTurnsAsync(new ListTurnsRequest(Id(2)), Stop);

        Assert.Equal(HistoryModes.Paginated, Assert.Single(threads, thread => thread.Id == Id(2)).HistoryMode);
        Assert.Equal([2, 2], turns.Select(turn => turn.Items.Count));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_turn_without_a_name_behind_named_ones_is_called_after_the_lines_that_Codex_decodes(bool isLookedAtBefore)
    {
        // The reasoning has no summary, so Codex does not decode it; the turn before it has a name, so nobody had to look into it until the
        // last question came.
        static byte[] Line(string type, string payload) =>
            Encoding.UTF8.GetBytes($$"""{"timestamp":"2026-05-12T08:32:01.000Z","type":"{{type}}","payload":{{payload}}}""" + "\n");
        var path = _home.Write(
            PathOf(Id(2), At(2)),
            [
                .. Line(
                    "session_meta",
                    $$"""{"id":"{{Id(2)}}","timestamp":"2026-05-12T08:32:01.000Z","cwd":"/w","originator":"o","cli_version":"0.125.0"}"""
                ),
                .. Line("event_msg", """{"type":"task_started","turn_id":"named"}"""),
                .. Line("event_msg", """{"type":"user_message","message":"one"}"""),
                .. Line("event_msg", """{"type":"task_complete","turn_id":"named"}"""),
                .. Line("response_item", """{"type":"reasoning","encrypted_content":"x"}"""),
            ]
        );
        await using var store = _home.Open();
        if (isLookedAtBefore)
            await store.EverythingAsync();
        await File.AppendAllBytesAsync(path, Line("event_msg", """{"type":"user_message","message":"two"}"""), Stop);

        var turns = await store.AllTurnsAsync(new ListTurnsRequest(Id(2)), Stop);

        Assert.Equal(["named", "rollout-4"], turns.Select(turn => turn.Id));
    }

    [Fact]
    public async Task A_rollout_whose_name_tells_nothing_gets_an_id_of_its_own()
    {
        _home.Write("sessions/rollout-nonsense.jsonl", "rubbish\n"u8);
        _home.Write("sessions/2026/rollout-.jsonl", []);

        var threads = await _home.EverythingAsync();

        Assert.Equal(3, threads.Count);
        Assert.Equal(3, threads.Select(thread => thread.Id).Distinct().Count());
        Assert.All(
            threads.Where(thread => thread.Id != Id(1)),
            thread => Assert.Equal((8, ThreadCondition.Unreadable), (thread.Id.Value.Version, thread.State))
        );
    }

    [Fact]
    public async Task A_loop_of_links_is_walked_once()
    {
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "sessions/again"), Path.Combine(_home.Path, "sessions"));
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "sessions/2026/up"), _home.Path);

        Assert.Equal([Id(1)], (await _home.EverythingAsync()).Select(thread => thread.Id));
    }

    [Fact]
    public async Task Loops_of_links_are_walked_once_by_calls_about_one_thread_too()
    {
        var folder = Path.GetDirectoryName(Path.Combine(_home.Path, PathOf(Id(1), At(1))))!;
        // Three at each height: whoever follows each of them wherever it is met never comes to an end.
        foreach (var name in (string[])["a", "b", "c"])
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, name), "..");
            Directory.CreateSymbolicLink(Path.Combine(folder, "..", name), "..");
        }
        await using var store = _home.Open();

        await AssertPathAsync(PathOf(Id(1), At(1)));
        await using (await store.ResumeAsync(new ResumeRequest(Id(1)), Stop))
            await AssertPathAsync(PathOf(Id(1), At(1)));
        await store.ArchiveAsync(Id(1), Stop);
        await AssertPathAsync("archived_sessions/" + Path.GetFileName(PathOf(Id(1), At(1))));
        await store.UnarchiveAsync(Id(1), Stop);
        await AssertPathAsync(PathOf(Id(1), At(1)));
        await store.DeleteAsync(Id(1), Stop);
        Assert.Empty(await store.EverythingAsync());

        async Task AssertPathAsync(string path)
        {
            Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(1), Stop))!.State);
            Assert.Equal(Path.Combine(_home.Path, path), (await store.LocateAsync([Id(1)], Stop))[Id(1)]);
            Assert.Single(await store.EverythingAsync());
            Assert.Equal(Path.Combine(_home.Path, path), (await store.LocateAsync([Id(1)], Stop))[Id(1)]);
        }
    }

    [Theory]
    [InlineData("sessions/0000")]
    [InlineData("sessions/9999")]
    [InlineData("archived_sessions/in")]
    public async Task A_folder_that_a_link_leads_to_as_well_keeps_its_own_path(string link)
    {
        var path = PathOf(Id(1), At(1));
        var place = Directory.CreateDirectory(Path.Combine(_home.Path, Path.GetDirectoryName(link)!));
        Directory.CreateSymbolicLink(
            Path.Combine(place.FullName, Path.GetFileName(link)),
            Path.Combine(_home.Path, Path.GetDirectoryName(path)!)
        );
        await using var store = _home.Open();

        var thread = Assert.Single(await store.EverythingAsync());
        Assert.Null(thread.ArchivedAt);
        await store.FindAsync(Id(1), Stop);
        Assert.Equal(Path.Combine(_home.Path, path), (await store.LocateAsync([Id(1)], Stop))[Id(1)]);
    }

    [Fact]
    public async Task A_new_rollout_behind_a_link_is_found_by_its_name()
    {
        var outside = Directory.CreateDirectory(_home.Cache + "-disk/2026").FullName;
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "sessions/linked"), outside);
        await using var store = _home.Open(options => options with { FolderSettling = TimeSpan.Zero });
        await store.EverythingAsync();
        await store.FindAsync(Id(1), Stop);

        File.WriteAllBytes(Path.Combine(outside, Path.GetFileName(PathOf(Id(7), At(7)))), Legacy(7).ToSeed().ToLog());

        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(7), Stop))!.State);
    }

    [Fact]
    public async Task What_has_the_name_of_a_rollout_and_is_no_file_is_listed_with_the_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Named pipes are made with mkfifo.");
        File.CreateSymbolicLink(Path.Combine(_home.Path, PathOf(Id(2), At(1))), "/nowhere");
        Directory.CreateDirectory(Path.Combine(_home.Path, PathOf(Id(3), At(1))));
        using (var process = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_home.Path, PathOf(Id(4), At(1)))))
            await process.WaitForExitAsync(Stop);
        File.CreateSymbolicLink(Path.Combine(_home.Path, PathOf(Id(5), At(1))), "/dev/zero");
        File.CreateSymbolicLink(Path.Combine(_home.Path, PathOf(Id(6), At(1))), Path.Combine(_home.Path, PathOf(Id(6), At(1))));
        await using var store = _home.Open();

        var threads = (await store.EverythingAsync()).ToDictionary(thread => thread.Id);

        Assert.Equal(6, threads.Count);
        Assert.All(threads.Values.Where(thread => thread.Id != Id(1)), thread => Assert.Equal(ThreadCondition.Unreadable, thread.State));
        Assert.Equal("The rollout is a link that leads nowhere.", threads[Id(2)].StateReason);
        Assert.Equal("There is a folder in the place of the rollout.", threads[Id(3)].StateReason);
        Assert.Equal(
            "There is a pipe, a socket, a device or a file of the system's kernel in the place of the rollout.",
            threads[Id(4)].StateReason
        );
        Assert.Equal(threads[Id(4)].StateReason, threads[Id(5)].StateReason);
        Assert.Equal(threads[Id(2)].StateReason, threads[Id(6)].StateReason);
        for (var number = 1; number <= 6; number++)
            await AssertServedAsync(Id(number));
        for (var number = 2; number <= 6; number++)
        {
            var error = await Assert.ThrowsAsync<ThreadStoreException>(() => store.HistoryAsync(Id(number), Stop));
            Assert.Equal((ThreadStoreErrorCode.Corrupt, threads[Id(number)].StateReason), (error.Code, error.Message));
        }
        for (var number = 2; number <= 6; number++)
        {
            if (number == 3)
                await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.DeleteAsync(Id(3), Stop));
            else
                await store.DeleteAsync(Id(number), Stop);
        }
        Assert.Equal(
            [Id(1), Id(3)],
            (await store.EverythingAsync())
                .Select(thread => thread.Id)
                .Order(Comparer<ThreadId>.Create((a, b) => a.Value.CompareTo(b.Value)))
        );
    }

    [Fact]
    public async Task A_pipe_in_the_place_of_any_file_stops_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Named pipes are made with mkfifo.");
        foreach (var file in (string[])[PathOf(Id(2), At(1)), "session_index.jsonl", "state_5.sqlite"])
        {
            using var process = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_home.Path, file));
            await process.WaitForExitAsync(Stop);
        }

        Assert.Equal(
            [ThreadCondition.Ok, ThreadCondition.Unreadable],
            (await _home.EverythingAsync()).OrderBy(thread => thread.State).Select(thread => thread.State)
        );
    }

    [Fact]
    public async Task A_file_time_of_the_far_future_or_past_changes_nothing()
    {
        File.SetLastWriteTimeUtc(_good, new DateTime(2400, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var threads = await _home.EverythingAsync();
        File.SetLastWriteTimeUtc(_good, new DateTime(1910, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(threads, await _home.EverythingAsync());
    }

    [Fact]
    public async Task A_rollout_that_is_a_file_of_the_kernel_is_listed_with_the_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The file that opens and cannot be read is one of Linux.");
        File.CreateSymbolicLink(Path.Combine(_home.Path, PathOf(Id(2), At(1))), "/proc/self/mem");

        var thread = Assert.Single(await _home.EverythingAsync(), thread => thread.Id == Id(2));

        Assert.Equal((ThreadCondition.Unreadable, RegularFile.Reason), (thread.State, thread.StateReason));
        await AssertServedAsync(Id(2));
        await AssertServedAsync(Id(1));
    }

    [Fact]
    public void What_lies_below_a_folder_that_cannot_be_read_is_not_taken_for_gone()
    {
        var known = new Dictionary<string, KnownRollout>
        {
            ["sessions/2026/a"] = new(1, "sessions/2026/a", default),
            ["sessions/2027/b"] = new(2, "sessions/2027/b", default),
        };

        var pending = PendingRollouts.Compare(new HomeScan([], [new StoreProblem("sessions/2026", "It cannot be read.")]), known, null);

        Assert.Equal([2], pending.Gone.Select(rollout => rollout.Key));
    }

    [Fact]
    public async Task A_home_without_folders_or_that_does_not_exist_is_empty()
    {
        Directory.Delete(_home.Path, recursive: true);
        Assert.Empty(await _home.EverythingAsync());

        Directory.CreateDirectory(_home.Path);
        Assert.Empty(await _home.EverythingAsync());
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_sessions_folder_is_no_empty_home()
    {
        Directory.Delete(Path.Combine(_home.Path, "sessions"), recursive: true);
        File.WriteAllText(Path.Combine(_home.Path, "sessions"), "not a folder");
        await using var store = _home.Open();

        Assert.Equal(ThreadStoreErrorCode.Unavailable, (await Assert.ThrowsAsync<ThreadStoreException>(store.EverythingAsync)).Code);
    }

    static RolloutLines Fork(int of, long bytes = 100) =>
        RolloutLines
            .From(new RolloutHead(Id(2), At(2)) { HistoryMode = HistoryModes.Paginated, Base = new HistoryBase(Id(of), 5, bytes) })
            .Turn("hello");

    async Task IsListedAsync(ReadOnlyMemory<byte> bytes, ThreadCondition state, string reason, string preview = "")
    {
        _home.Write(PathOf(Id(2), At(2)), bytes.Span);

        var threads = await _home.EverythingAsync();

        var thread = Assert.Single(threads, thread => thread.Id == Id(2));
        Assert.Equal((state, reason, preview), (thread.State, thread.StateReason, thread.Preview));
        Assert.Single(threads, other => other is { Preview: "the good one", State: ThreadCondition.Ok });
        await AssertServedAsync(Id(2));
        await AssertServedAsync(Id(1));
        Assert.True(File.Exists(_good));
    }

    Task IsListedAsync(ReadOnlySpan<byte> bytes, ThreadCondition state, string reason, string preview = "") =>
        IsListedAsync(bytes.ToArray().AsMemory(), state, reason, preview);

    // Everything that can be asked of a thread is answered, or refused with a documented error.
    async Task AssertServedAsync(ThreadId threadId)
    {
        await using var store = _home.Open();
        await Documented.CallAsync(() => store.HistoryAsync(threadId, Stop));
        await Documented.CallAsync(() => store.AllItemsAsync(new ListItemsRequest(threadId), Stop));
        await Documented.CallAsync(() => store.AllTurnsAsync(new ListTurnsRequest(threadId), Stop));
        await Documented.CallAsync(async () => await store.CopyLogAsync(threadId, Stream.Null, Stop));
    }
}
