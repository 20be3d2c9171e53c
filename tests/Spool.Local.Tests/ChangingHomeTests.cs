using System.Text;
using CsCheck;
using Spool.TestKit;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What changes in a home shows at the next call, exactly as if the index had been made anew.</summary>
public sealed class ChangingHomeTests : IDisposable
{
    static readonly long Rounds = long.TryParse(Environment.GetEnvironmentVariable("SPOOL_FUZZ_ROUNDS"), out var rounds) ? rounds : 60;

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_rollout_that_grows_is_read_from_where_it_was_left()
    {
        var lines = Legacy(1, "first");
        _home.Put(lines);
        await using var store = _home.Open();
        await store.EverythingAsync();

        _home.Put(lines.Turn("second"));

        Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Count);
        await AssertAsIfAnewAsync(store);
    }

    [Theory]
    [InlineData("a folder")]
    [InlineData("a link to nowhere")]
    [InlineData("a link in a circle")]
    public async Task What_has_the_name_of_a_rollout_elsewhere_and_is_no_file_stays_listed_when_the_rollout_grows(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights here.");
        var lines = Legacy(1, "first");
        var path = _home.Put(lines);
        await using var store = _home.Open();
        PutOdd(kind, Path.Combine(_home.Path, "sessions", "x", Path.GetFileName(path)));
        Assert.Equal(2, (await store.EverythingAsync()).Count);

        _home.Put(lines.Turn("second"));

        Assert.Equal(2, (await store.EverythingAsync()).Count);
        await AssertAsIfAnewAsync(store);
    }

    [Fact]
    public async Task What_is_in_the_place_of_a_rollout_and_no_file_is_said_to_be_what_it_is_now()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights here.");
        var path = Path.Combine(_home.Path, PathOf(Id(1), At(1)));
        await using var store = _home.Open();
        var reasons = new HashSet<string?>();
        foreach (
            var kind in (string[])["a folder", "a link to nowhere", "an empty file", "a link to a device", "a folder", "a link in a circle"]
        )
        {
            PutOdd(kind, path);

            reasons.Add(Assert.Single(await store.EverythingAsync()).StateReason);
            await AssertAsIfAnewAsync(store);

            if (kind == "a folder")
                Directory.Delete(path);
            else
                File.Delete(path);
        }
        Assert.Equal(4, reasons.Count);
        Assert.Empty(await store.EverythingAsync());
    }

    [Theory]
    [InlineData("a folder")]
    [InlineData("a link to nowhere")]
    [InlineData("a link in a circle")]
    public async Task A_rollout_that_is_deleted_is_gone_whatever_is_where_it_may_have_been_moved(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights here.");
        var path = _home.Put(Legacy(1, "first"));
        PutOdd(kind, Path.Combine(_home.Path, "archived_sessions", Path.GetFileName(path)));
        await using var store = _home.Open();
        Assert.Equal(2, (await store.EverythingAsync()).Count);

        File.Delete(path);

        Assert.Equal(ThreadCondition.Unreadable, Assert.Single(await store.EverythingAsync()).State);
        await AssertAsIfAnewAsync(store);
    }

    [Theory]
    [InlineData("a folder")]
    [InlineData("a link to nowhere")]
    [InlineData("a link in a circle")]
    [InlineData("an empty file")]
    public async Task A_compressed_rollout_is_listed_beside_a_plain_one_that_cannot_be_read_whoever_is_the_thread(string kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights here.");
        var lines = Legacy(1, "first");
        var name = Path.GetFileName(_home.Put(lines));
        var (plain, packed) = (Path.Combine(_home.Path, "sessions", "x", name), $"sessions/x/{name}.zst");
        using var compressor = new Compressor(3);
        _home.Write(packed, compressor.Wrap(lines.Turn("in the packed one").ToSeed().ToLog()));
        await using var store = _home.Open();
        await SeeAsync(2);

        PutOdd(kind, plain);
        await SeeAsync(3);

        _home.Write(packed, "no longer packed"u8);
        await SeeAsync(3);

        File.Delete(Path.Combine(_home.Path, packed));
        await SeeAsync(2);

        // What was left of a conversion is no thread.
        if (kind == "a folder")
            Directory.Delete(plain);
        else
            File.Delete(plain);
        File.WriteAllBytes(plain, lines.ToSeed().ToLog());
        _home.Write(packed, compressor.Wrap(lines.ToSeed().ToLog()));
        await SeeAsync(2);

        async Task SeeAsync(int count)
        {
            var threads = await store.EverythingAsync();
            Assert.Equal(count, threads.Count);
            Assert.All(threads.Where(thread => thread.Id != Id(1)), thread => Assert.Equal(ThreadCondition.Duplicate, thread.State));
            Assert.Equal(ThreadCondition.Ok, Assert.Single(threads, thread => thread.Id == Id(1)).State);
            await AssertAsIfAnewAsync(store);
        }
    }

    [Fact]
    public async Task A_thread_whose_id_is_made_of_its_path_is_another_one_when_its_folder_is_renamed()
    {
        _home.Write("sessions/2026/11/22/rollout-x.jsonl", "hello\n"u8);
        await using var store = _home.Open();
        var before = Assert.Single(await store.EverythingAsync()).Id;

        Directory.Move(Path.Combine(_home.Path, "sessions/2026/11"), Path.Combine(_home.Path, "sessions/2026/12"));

        Assert.NotEqual(before, Assert.Single(await store.EverythingAsync()).Id);
        await AssertAsIfAnewAsync(store);
    }

    static void PutOdd(string kind, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (kind == "a folder")
            Directory.CreateDirectory(path);
        else if (kind == "an empty file")
            File.WriteAllBytes(path, []);
        else
            File.CreateSymbolicLink(
                path,
                kind switch
                {
                    "a link in a circle" => path,
                    "a link to a device" => "/dev/null",
                    _ => "/nowhere/at/all",
                }
            );
    }

    [Fact]
    public async Task A_write_that_is_under_way_is_not_taken_for_a_line_that_a_crash_left()
    {
        const int Passes = 2000; // one in some hundred meets a write
        var path = _home.Put(Legacy(1));
        var indexer = new RolloutIndexer(new HomeLayout(_home.Path), 1 << 20);
        byte[] line =
        [
            .. "{\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"note\",\"text\":\""u8,
            .. Enumerable.Repeat((byte)'x', 10_000),
            .. "\"}}\n"u8,
        ];
        var passes = 0;
        var writing = Task.Run(
            () =>
            {
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                var end = RandomAccess.GetLength(file);
                for (var written = 0; Volatile.Read(ref passes) is var begun && begun < Passes; )
                {
                    if (written > 2 * begun)
                        continue; // the reader is to keep up
                    RandomAccess.Write(file, line, end + (long)written++ * line.Length); // one call of the system each
                }
            },
            Stop
        );
        RolloutRow? row = null;
        var torn = 0;
        for (; passes < Passes; Interlocked.Increment(ref passes))
        {
            row = indexer.Index(new ScannedRollout(PathOf(Id(1), At(1)), FileStat.TryGet(path)!.Value), row, NoTurns.Instance, Stop)!.Row;
            torn += row.State == ThreadCondition.Ok ? 0 : 1;
        }
        await writing;

        Assert.Equal(0, torn);
    }

    [Fact]
    public async Task A_line_that_is_still_being_written_is_taken_in_when_it_is_whole()
    {
        var log = Legacy(1).Turn("second").ToSeed().ToLog();
        var path = PathOf(Id(1), At(1));
        await using var store = _home.Open();
        for (var length = log.Length - 400; length <= log.Length; length += 7)
        {
            _home.Write(path, log.AsSpan(0, length));
            Assert.Contains((await store.FindAsync(Id(1), Stop))!.State, (ThreadCondition[])[ThreadCondition.Ok, ThreadCondition.Torn]);
            await AssertAsIfAnewAsync(store);
        }
        _home.Write(path, log);
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(1), Stop))!.State);
        await AssertAsIfAnewAsync(store);
    }

    [Theory]
    [InlineData("as it is")]
    [InlineData("then a line is appended")]
    [InlineData("then moved")]
    public async Task A_part_that_is_written_over_in_place_shows_even_when_its_time_is_put_back(string what)
    {
        var path = _home.Put(Legacy(1).Turn("the second"));
        var time = DateTime.UnixEpoch.AddDays(20_000);
        File.SetLastWriteTimeUtc(path, time);
        await using var store = _home.Open();
        var before = (await store.FindAsync(Id(1), Stop))!.ModelProvider;
        var other = new string('x', before!.Length);

        var log = Encoding.UTF8.GetString(File.ReadAllBytes(path)).Replace($"\"{before}\"", $"\"{other}\"", StringComparison.Ordinal);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(log), 0);
        if (what == "then a line is appended")
            File.AppendAllText(
                path,
                """{"timestamp":"2026-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"x"}}""" + "\n"
            );
        File.SetLastWriteTimeUtc(path, time);
        if (what == "then moved")
            File.Move(
                path,
                Path.Combine(Directory.CreateDirectory(Path.Combine(_home.Path, "archived_sessions")).FullName, Path.GetFileName(path))
            );

        Assert.Equal(other, (await store.FindAsync(Id(1), Stop))!.ModelProvider);
        await AssertAsIfAnewAsync(store);
    }

    [Fact]
    public async Task A_log_that_is_too_long_to_be_compared_whole_is_read_anew_when_its_middle_was_written_over()
    {
        var lines = Legacy(1);
        while (lines.ByteLength < HashedLog.WholeBytes + 3_000_000)
            lines.Turn(new string('x', 1_000_000));
        var path = _home.Put(lines);
        await using var store = _home.Open();
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(1), Stop))!.State);

        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(file, "\0"u8, lines.Lines.Take(lines.Lines.Count / 2).Sum(line => line.Length + 1L));

        Assert.Equal(ThreadCondition.Damaged, (await store.FindAsync(Id(1), Stop))!.State);
    }

    [Fact]
    public async Task A_rollout_of_the_same_size_with_other_content_is_read_again()
    {
        var path = _home.Put(Legacy(1, "aaaa"));
        await using var store = _home.Open();
        await store.EverythingAsync();

        _home.Put(Legacy(1, "bbbb"));
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(20_000));

        Assert.Equal("bbbb", (await store.FindAsync(Id(1), Stop))!.Preview);
    }

    [Fact]
    public async Task A_rollout_that_is_moved_to_the_archive_keeps_everything_but_its_place()
    {
        var path = _home.Put(Legacy(1));
        await using var store = _home.Open();
        var before = await store.FindAsync(Id(1), Stop);

        Directory.CreateDirectory(Path.Combine(_home.Path, "archived_sessions"));
        File.Move(path, Path.Combine(_home.Path, "archived_sessions", Path.GetFileName(path)));

        var after = await store.FindAsync(Id(1), Stop);
        Assert.NotNull(after!.ArchivedAt);
        Assert.Equal(before, after with { ArchivedAt = null, Revision = before!.Revision });
        Assert.Single(await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop));
        Assert.Empty((await store.ListAsync(new ThreadQuery(), Stop)).Items);
        await AssertAsIfAnewAsync(store);
    }

    [Fact]
    public async Task A_rollout_that_is_deleted_is_no_longer_found()
    {
        var path = _home.Put(Legacy(1));
        _home.Put(Legacy(2));
        await using var store = _home.Open();
        Assert.Equal(2, (await store.EverythingAsync()).Count);

        File.Delete(path);

        Assert.Null(await store.FindAsync(Id(1), Stop));
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.NotFound,
            async () => await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)
        );
        Assert.Equal([Id(2)], (await store.EverythingAsync()).Select(thread => thread.Id));
    }

    [Fact]
    public async Task A_fork_heals_when_the_rollout_it_continues_comes_back()
    {
        var parent = Paginated(1, "the beginning");
        var path = _home.Put(parent);
        _home.Put(parent.Fork(Id(2), At(2)).Turn("on the fork"));
        await using var store = _home.Open();
        Assert.Equal((ThreadCondition.Ok, "the beginning"), await StateAsync());

        File.Move(path, path + ".away");
        Assert.Equal(ThreadCondition.BrokenLineage, (await StateAsync()).State);

        File.Move(path + ".away", path);
        Assert.Equal((ThreadCondition.Ok, "the beginning"), await StateAsync());
        Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(Id(2)), Stop)).Count);

        async Task<(ThreadCondition State, string Preview)> StateAsync() =>
            (await store.FindAsync(Id(2), Stop))! is var fork ? (fork.State, fork.Preview) : default;
    }

    [Fact]
    public async Task A_fork_of_a_fork_breaks_and_heals_with_the_rollout_that_both_begin_in()
    {
        var parent = Paginated(1, "the beginning");
        var path = _home.Put(parent);
        var child = parent.Fork(Id(2), At(2)).Turn("on the fork");
        _home.Put(child);
        _home.Put(child.Fork(Id(3), At(3)).Turn("on its fork"));
        await using var store = _home.Open();
        Assert.Equal((ThreadCondition.Ok, "the beginning"), await StateAsync());

        File.Move(path, path + ".away");
        Assert.Equal((2, ThreadCondition.BrokenLineage), ((await store.EverythingAsync()).Count, (await StateAsync()).State));

        File.Move(path + ".away", path);
        Assert.Equal(3, (await store.EverythingAsync()).Count);
        Assert.Equal((ThreadCondition.Ok, "the beginning"), await StateAsync());

        async Task<(ThreadCondition State, string Preview)> StateAsync() =>
            (await store.FindAsync(Id(3), Stop))! is var fork ? (fork.State, fork.Preview) : default;
    }

    [Fact]
    public async Task A_compressed_rollout_is_the_same_thread()
    {
        var lines = Legacy(1, "pressed").Turn("again");
        var path = _home.Put(lines);
        await using var store = _home.Open();
        var plain = await store.FindAsync(Id(1), Stop);
        var turns = await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop);

        using var compressor = new Compressor(3);
        File.WriteAllBytes(path + ".zst", compressor.Wrap(lines.ToSeed().ToLog()));
        Assert.Equal([Id(1)], (await store.EverythingAsync()).Select(thread => thread.Id));
        File.Delete(path);

        Assert.Equal(plain.WithoutRevision(), (await store.FindAsync(Id(1), Stop)).WithoutRevision());
        Assert.Equal(turns.Texts(), (await store.AllTurnsAsync(new ListTurnsRequest(Id(1)) { Limit = 1 }, Stop)).Texts());
        Assert.Equal(lines.Lines.Texts(), (await store.HistoryAsync(Id(1), Stop)).Texts());
        Assert.Equal(lines.Lines.Texts(), (await store.AllItemsAsync(new ListItemsRequest(Id(1)) { Limit = 2 }, Stop)).Texts());
        using var copy = new MemoryStream();
        await store.CopyLogAsync(Id(1), copy, Stop);
        Assert.Equal(lines.ToSeed().ToLog(), copy.ToArray());
        Assert.EndsWith(".zst", (await store.LocateAsync([Id(1)], Stop))[Id(1)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revert_is_the_thread_and_the_rollout_before_it_a_part_of_it()
    {
        var first = Paginated(1, "kept").Turn("reverted");
        _home.Put(first);
        var kept = Paginated(1, "kept");
        var revert = kept.Fork(Id(1), At(5)).Turn("instead");
        _home.Write(PathOf(Id(1), At(5), Id(9)), revert.ToSeed().ToLog());
        await using var store = _home.Open();

        var thread = Assert.Single(await store.EverythingAsync());
        var turns = await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop);

        Assert.Equal((ThreadCondition.Ok, "kept"), (thread.State, thread.Preview));
        Assert.Equal(["kept", "instead"], turns.Select(turn => turn.Items[0].Text));
        Assert.Equal(kept.Lines.Concat(revert.Lines).Texts(), (await store.HistoryAsync(Id(1), Stop)).Texts());
    }

    [Fact]
    public async Task A_rollout_that_a_later_one_replaced_without_continuing_it_is_listed_as_superseded()
    {
        _home.Put(Paginated(1, "left behind"));
        _home.Write(PathOf(Id(1), At(5), Id(9)), Paginated(1, "instead").ToSeed().ToLog());

        var threads = await _home.EverythingAsync();

        Assert.Equal("instead", threads.Single(thread => thread.Id == Id(1)).Preview);
        Assert.Equal(
            ("left behind", ThreadCondition.Superseded),
            threads.Single(thread => thread.Id != Id(1)) is var other ? (other.Preview, other.State) : default
        );
    }

    [Fact]
    public async Task Sub_agents_know_their_parent_and_their_depth()
    {
        _home.Put(Legacy(1));
        _home.Put(RolloutLines.From(new RolloutHead(Id(2), At(2)) { Parent = Id(1), Source = "{\"subagent\":\"review\"}" }).Turn("review"));
        _home.Put(
            RolloutLines
                .From(
                    new RolloutHead(Id(3), At(3))
                    {
                        Source =
                            "{\"subagent\":{\"thread_spawn\":{\"parent_thread_id\":\""
                            + Id(2)
                            + "\",\"depth\":2,\"agent_path\":\"/root/helper\",\"agent_nickname\":\"Hal\",\"agent_role\":\"worker\"}}}",
                    }
                )
                .Turn("help")
        );
        await using var store = _home.Open();

        var threads = (await store.EverythingAsync()).ToDictionary(thread => thread.Id);

        Assert.Equal(
            [(null, 0), (Id(1), 1), (Id(2), 2)],
            ((ThreadId?, int)[])[.. Enumerable.Range(1, 3).Select(n => (threads[Id(n)].ParentThreadId, threads[Id(n)].Depth))]
        );
        Assert.Equal(("Hal", "worker", "/root/helper"), (threads[Id(3)].AgentNickname, threads[Id(3)].AgentRole, threads[Id(3)].AgentPath));
        Assert.Equal([Id(3)], (await store.ListAsync(new ThreadQuery { Parent = Id(2) }, Stop)).Items.Select(thread => thread.Id));
        Assert.Equal(
            [Id(3), Id(2)],
            (await store.ListAsync(new ThreadQuery { Sources = ["subAgent"] }, Stop)).Items.Select(thread => thread.Id)
        );
    }

    [Fact, Guarantee("LOCL-04")]
    public Task Any_changes_in_any_order_leave_the_index_as_if_made_anew() =>
        Gen.Select(Gen.Int[0, 11], Gen.Int[1, 4], Gen.Int[0, 400])
            .Array[1, 25]
            .SampleAsync(
                async changes =>
                {
                    using var home = new TempHome();
                    Know(home);
                    await using var store = home.Open();
                    var logs = new Dictionary<int, RolloutLines>();
                    foreach (var (kind, number, cut) in changes)
                    {
                        Change(home, logs, kind, number, cut);
                        if (cut % 3 != 0)
                            await AssertAsIfAnewAsync(home, store);
                    }
                    await AssertAsIfAnewAsync(home, store);
                },
                iter: Rounds,
                threads: 1
            );

    [Theory]
    [InlineData("moved over it")]
    [InlineData("exchanged with it")]
    [InlineData("copied over it")]
    [InlineData("written over it")]
    public async Task A_rollout_at_the_place_of_another_one_has_nothing_of_what_was_known_of_that(string how)
    {
        Know(_home);
        var (one, two) = (_home.Put(Legacy(1, "one")), _home.Put(Legacy(2, "two")));
        await using var store = _home.Open();
        Assert.Equal(["known 2", "known 1"], (await store.EverythingAsync()).Select(thread => thread.Name));

        switch (how)
        {
            case "moved over it":
                File.Move(one, two, overwrite: true);
                break;
            case "exchanged with it":
                Exchange(one, two);
                break;
            case "copied over it":
                File.Copy(one, two, overwrite: true);
                File.Delete(one);
                break;
            default:
                File.WriteAllBytes(
                    two,
                    Encoding.UTF8.GetBytes(File.ReadAllText(two).Replace($"{Id(2)}", $"{Id(3)}", StringComparison.Ordinal))
                );
                break;
        }

        var name = how == "written over it" ? "known 3" : "known 1";
        Assert.Equal(
            ("branch " + name[^1], "disabled"),
            Assert.Single(await store.EverythingAsync(), thread => thread.Name == name) is var thread
                ? (thread.GitInfo?.Branch, thread.MemoryMode)
                : default
        );
        await AssertAsIfAnewAsync(store);
    }

    [Fact]
    public async Task A_rollout_that_says_late_which_thread_it_is_has_what_is_known_of_that()
    {
        Know(_home);
        var lines = Legacy(1).ToSeed().Lines.Select(line => (byte[])[.. line.Span, (byte)'\n']).ToList();
        var path = _home.Write("sessions/rollout-x.jsonl", [.. lines.Skip(1).SelectMany(line => line)]);
        await using var store = _home.Open();
        Assert.Null(Assert.Single(await store.EverythingAsync()).Name);

        await File.AppendAllBytesAsync(path, lines[0], Stop);

        Assert.Equal((Id(1), "known 1"), Assert.Single(await store.EverythingAsync()) is var thread ? (thread.Id, thread.Name) : default);
        await AssertAsIfAnewAsync(store);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_that_is_written_over_in_its_middle_and_grows_before_the_next_look_is_read_anew(bool isMoved)
    {
        var log = Legacy(1, new string('x', 100_000)).Turn("in the middle").Turn(new string('y', 100_000));
        var path = _home.Put(log);
        await using var store = _home.Open();
        Assert.Equal(["in the middle"], await TextsAsync());

        var over = Encoding.UTF8.GetBytes(File.ReadAllText(path).Replace("in the middle", "all different", StringComparison.Ordinal));
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(file, over, 0);
        await File.AppendAllTextAsync(
            path,
            """{"timestamp":"2026-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"more"}}""" + "\n",
            Stop
        );
        if (isMoved)
            File.Move(
                path,
                Path.Combine(Directory.CreateDirectory(Path.Combine(_home.Path, "archived_sessions")).FullName, Path.GetFileName(path))
            );

        Assert.Equal(["all different"], await TextsAsync());
        await AssertAsIfAnewAsync(store);

        async Task<List<string?>> TextsAsync() =>
            [
                .. (await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop))
                    .SelectMany(turn => turn.Items)
                    .Select(item => item.Text)
                    .Where(text => text?.Length is > 5 and < 20),
            ];
    }

    [Fact]
    public async Task A_name_in_the_middle_of_a_log_that_is_written_over_and_grows_is_the_new_one()
    {
        var lines = Legacy(1, new string('x', 100_000)).ToSeed().ToLog();
        var named = (string name) =>
            Encoding.UTF8.GetBytes(
                $$$"""{"timestamp":"2026-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"thread_name_updated","thread_id":"{{{Id(1)}}}","thread_name":"{{{name}}}"}}"""
                    + "\n"
            );
        var rest = Encoding.UTF8.GetBytes(
            """{"timestamp":"2026-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"agent_message","message":"z"}}""".Replace(
                "z",
                new string('z', 100_000),
                StringComparison.Ordinal
            ) + "\n"
        );
        _home.Write(PathOf(Id(1), At(1)), [.. lines, .. named("AAAA"), .. rest]);
        await using var store = _home.Open();
        Assert.Equal("AAAA", (await store.FindAsync(Id(1), Stop))!.Name);

        _home.Write(PathOf(Id(1), At(1)), [.. lines, .. named("BBBB"), .. rest, .. rest]);

        Assert.Equal("BBBB", (await store.FindAsync(Id(1), Stop))!.Name);
    }

    // Names, branches and memory modes of four threads, whether they are there or not.
    static void Know(TempHome home)
    {
        var database = new CodexDatabase(home).Create();
        for (var number = 1; number <= 4; number++)
        {
            File.AppendAllText(
                Path.Combine(home.Path, "session_index.jsonl"),
                $"{{\"id\":\"{Id(number)}\",\"thread_name\":\"known {number}\"}}\n"
            );
            if (number != 2)
                database
                    .Add(Id(number), "/none")
                    .Execute($"UPDATE threads SET git_branch = 'branch {number}', memory_mode = 'disabled' WHERE id = '{Id(number)}'");
        }
    }

    static void Exchange(string one, string two)
    {
        File.Move(one, one + ".away");
        File.Move(two, one);
        File.Move(one + ".away", two);
    }

    static void Change(TempHome home, Dictionary<int, RolloutLines> logs, int kind, int number, int cut)
    {
        if (!logs.TryGetValue(number, out var lines))
            logs[number] = lines = number % 2 == 0 ? Legacy(number) : Paginated(number);
        var path = Path.Combine(home.Path, PathOf(Id(number), At(number)));
        var archived = Path.Combine(home.Path, "archived_sessions", Path.GetFileName(path));
        Directory.CreateDirectory(Path.GetDirectoryName(archived)!);
        var current = File.Exists(archived) && !File.Exists(path) ? archived : path;
        var second = 1 + (number + cut) % 4;
        var other = second == number ? archived : Path.Combine(home.Path, PathOf(Id(second), At(second)));
        switch (kind)
        {
            case 0 or 1:
                home.Write(Path.GetRelativePath(home.Path, current), lines.Turn($"turn {cut}").ToSeed().ToLog());
                break;
            case 2 when File.Exists(current):
                File.WriteAllBytes(current, File.ReadAllBytes(current)[..^Math.Min(cut, (int)new FileInfo(current).Length)]);
                break;
            case 3 when File.Exists(current):
                File.Delete(current);
                break;
            case 4 when File.Exists(path):
                File.Move(path, archived, overwrite: true);
                break;
            case 5 when File.Exists(archived):
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.Move(archived, path, overwrite: true);
                break;
            case 6:
                File.AppendAllText(
                    Path.Combine(home.Path, "session_index.jsonl"),
                    $"{{\"id\":\"{Id(number)}\",\"thread_name\":\"name {cut % 3}\"}}\n"
                );
                break;
            case 7:
                home.Write(PathOf(Id(number), At(number + 50)), Legacy(number, $"copy {cut}").ToSeed().ToLog());
                break;
            case 9 when current != other && File.Exists(current) && File.Exists(other):
                File.Move(current, other, overwrite: true);
                break;
            case 10 when current != other && File.Exists(current) && File.Exists(other):
                Exchange(current, other);
                break;
            case 11 when current != other && File.Exists(current):
                home.Write(Path.GetRelativePath(home.Path, other), File.ReadAllBytes(current));
                File.Delete(current);
                break;
            case 8:
                home.Write(
                    PathOf(Id(number + 100), At(number + 10)),
                    lines.Fork(Id(number + 100), At(number + 10)).Turn("forked").ToSeed().ToLog()
                );
                break;
        }
    }

    Task AssertAsIfAnewAsync(LocalThreadStore store) => AssertAsIfAnewAsync(_home, store);

    internal static async Task AssertAsIfAnewAsync(TempHome home, LocalThreadStore store)
    {
        using var empty = new TempHome();
        await using var anew = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = empty.Cache });
        var expected = await anew.EverythingAsync();

        Assert.Equal(expected, await store.EverythingAsync());
        foreach (var thread in expected)
            Assert.Equal(
                await TurnsAsync(anew, new ListTurnsRequest(thread.Id)),
                await TurnsAsync(store, new ListTurnsRequest(thread.Id) { Limit = 2 })
            );
    }

    // Of what is no file nobody has turns.
    static async Task<IEnumerable<string>> TurnsAsync(LocalThreadStore store, ListTurnsRequest request)
    {
        try
        {
            return (await store.AllTurnsAsync(request, default)).Texts();
        }
        catch (ThreadStoreException e)
        {
            return [e.Message];
        }
    }
}
