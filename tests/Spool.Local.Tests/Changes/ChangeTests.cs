using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Archive, fork, revert and delete of threads with several rollouts, and what is left when they die anywhere.</summary>
public sealed class ChangeTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("LOCC-12")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wherever_a_move_dies_the_thread_is_listed_once_and_the_next_call_completes_it(bool isToArchive)
    {
        for (var steps = 0; ; steps++)
        {
            using var home = new TempHome();
            var codex = new CodexDatabase(home).Create();
            await PutRevertedAsync(home);
            codex.Add(Id(1), home.Rollouts().Last(), historyMode: "paginated");
            await using (var store = home.Open())
            {
                if (!isToArchive)
                    await store.ArchiveAsync(Id(1), Stop);
            }
            var history = await HistoryAsync(home);
            var files = new DyingFileSystem(PhysicalFileSystem.Instance, steps);
            await using (var store = Open(home, files))
                await TryAsync(() => Move(store, isToArchive));

            var listed = Assert.Single(await home.EverythingAsync());
            Assert.Equal((Id(1), ThreadCondition.Ok), (listed.Id, listed.State));
            Assert.Equal(history, await HistoryAsync(home));

            await using (var store = home.Open())
            {
                var changed = await Move(store, isToArchive);
                Assert.Equal((isToArchive, 0), (changed.Thread.ArchivedAt is not null, changed.Warnings.Count));
            }
            Assert.Equal(isToArchive, Assert.Single(await home.EverythingAsync()).ArchivedAt is not null);
            Assert.All(
                home.Files().Where(file => file.EndsWith(".jsonl", StringComparison.Ordinal)),
                file => Assert.StartsWith(isToArchive ? "archived_sessions/rollout-" : "sessions/2", file, StringComparison.Ordinal)
            );
            Assert.Contains($"archived={(isToArchive ? 1 : 0)}", codex.Rows().Single().Split(' '));
            Assert.Equal(history, await HistoryAsync(home));
            if (!files.IsDead)
            {
                Assert.True(steps > 6, "Three rollouts are at least three renames and some barriers.");
                return;
            }
        }
    }

    [Theory, Guarantee("LOCC-28")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fork_continues_its_source_when_the_index_is_made_anew_meanwhile(bool isPaginated)
    {
        // The index knows them in the order in which they came; made anew, newest first.
        foreach (var number in (int[])[1, 2])
        {
            _home.Put(
                (isPaginated ? Paginated(number, $"question {number}") : Legacy(number, $"question {number}")).Turn(
                    new string('x', 100 * number)
                )
            );
            await _home.EverythingAsync();
        }
#pragma warning disable VSTHRD002 // the disk's calls are synchronous
        var files = new InterruptedFileSystem(PhysicalFileSystem.Instance, () => RebuildAsync().GetAwaiter().GetResult());
#pragma warning restore VSTHRD002
        await using var store = Open(_home, files);
        var source = await store
            .ReadHistoryAsync(new ReadHistoryRequest(Id(1)), Stop)
            .Select(item => item.Bytes.ToArray())
            .ToListAsync(Stop);

        var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(9)), Stop);

        var copied = await store
            .ReadHistoryAsync(new ReadHistoryRequest(Id(9)), Stop)
            .Select(item => item.Bytes.ToArray())
            .ToListAsync(Stop);
        Assert.Equal((Id(1), ThreadCondition.Ok, "question 1"), (fork.Thread.ForkedFromId, fork.Thread.State, fork.Thread.Preview));
        Assert.Equal(source, isPaginated ? copied.SkipLast(1) : copied.Skip(1));

        async Task RebuildAsync()
        {
            await using var other = _home.Open();
            await other.RebuildAsync(cancellationToken: Stop);
        }
    }

    [Fact, Guarantee("LOCC-29")]
    public async Task A_fork_is_acknowledged_as_whole_when_the_index_is_deleted_while_it_is_published()
    {
        _home.Put(Paginated(1, "question 1"));
        await using var store = Open(
            _home,
            new InterruptedFileSystem(PhysicalFileSystem.Instance, beforeRename: () => Directory.Delete(_home.Cache, recursive: true))
        );

        var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(9)), Stop);

        Assert.Equal((ThreadCondition.Ok, "question 1"), (fork.Thread.State, fork.Thread.Preview));
    }

    [Fact, Guarantee("LOCC-13")]
    public async Task A_move_that_fails_in_its_middle_is_taken_back()
    {
        await PutRevertedAsync(_home);
        var before = _home.Files().Where(file => file.EndsWith(".jsonl", StringComparison.Ordinal)).ToList();
        await using (var store = Open(_home, new RefusingFileSystem(PhysicalFileSystem.Instance, renames: 2)))
            await Writing.RefusedAsync(ThreadStoreErrorCode.ResourceExhausted, () => store.ArchiveAsync(Id(1), Stop).AsTask());

        Assert.Equal(before, _home.Files().Where(file => file.EndsWith(".jsonl", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_in_the_place_where_a_thread_has_to_go_is_named_and_kept(bool isArchived)
    {
        var name = Path.GetFileName(_home.Put(Legacy(1)));
        await using var store = _home.Open();
        var active = (await store.LocateAsync([Id(1)], Stop))[Id(1)];
        if (isArchived)
            await store.ArchiveAsync(Id(1), Stop);
        var (taken, at) = isArchived
            ? (active, Path.GetRelativePath(_home.Path, active))
            : (Path.Combine(_home.Path, "archived_sessions", name), $"archived_sessions/{name}");
        Directory.CreateDirectory(Path.GetDirectoryName(taken)!);
        File.Copy(isArchived ? Path.Combine(_home.Path, "archived_sessions", name) : active, taken);

        var error = await Writing.RefusedAsync(
            ThreadStoreErrorCode.AlreadyExists,
            async () => _ = isArchived ? await store.UnarchiveAsync(Id(1), Stop) : await store.ArchiveAsync(Id(1), Stop)
        );

        Assert.Equal(
            $"The thread has to go to {at}, where another rollout of this thread is already; compare the two, and delete, move or rename that first.",
            error.Message
        );
        Assert.True(File.Exists(taken));
    }

    [Fact, Guarantee("LOCC-14")]
    public async Task Unarchiving_puts_a_rollout_back_into_the_folder_of_its_name_with_its_time()
    {
        var path = _home.Put(Legacy(1));
        var time = new DateTime(2026, 5, 1, 1, 2, 3, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        var bytes = File.ReadAllBytes(path);
        await using var store = _home.Open();

        await store.ArchiveAsync(Id(1), Stop);
        Assert.False(File.Exists(path));
        Assert.Equal([Path.GetFileName(path)], Directory.GetFiles(Path.Combine(_home.Path, "archived_sessions")).Select(Path.GetFileName));
        await store.UnarchiveAsync(Id(1), Stop);

        Assert.Equal(time, File.GetLastWriteTimeUtc(path));
        Assert.Equal(bytes, File.ReadAllBytes(path));
        Assert.Empty(Directory.GetFiles(Path.Combine(_home.Path, "archived_sessions")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_home.Path, "thread-writer-locks"), "*-*"));
    }

    [Fact, Guarantee("LOCC-15")]
    public async Task Where_another_rollout_has_the_name_nothing_is_moved()
    {
        var path = _home.Put(Legacy(1));
        _home.Write($"archived_sessions/{Path.GetFileName(path)}", "another"u8);
        await using var store = _home.Open();

        await Writing.RefusedAsync(ThreadStoreErrorCode.AlreadyExists, () => store.ArchiveAsync(Id(1), Stop).AsTask());

        Assert.True(File.Exists(path));
    }

    [Theory, Guarantee("LOCC-16")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wherever_a_deletion_dies_the_next_one_finishes_it(bool hasDatabase)
    {
        for (var steps = 0; ; steps++)
        {
            using var home = new TempHome();
            var codex = new CodexDatabase(home);
            await PutRevertedAsync(home);
            if (hasDatabase)
                codex.Create().Add(Id(1), home.Rollouts().Last(), historyMode: "paginated");
            await using (var store = home.Open())
                await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("mine") }, Stop);
            home.Write(home.Rollouts()[0] + ".torn-17", "torn"u8);
            var files = new DyingFileSystem(PhysicalFileSystem.Instance, steps);
            await using (var store = Open(home, files))
                await TryAsync(() => store.DeleteAsync(Id(1), Stop).AsTask());

            Assert.InRange((await home.EverythingAsync()).Count, 0, 1);
            await using (var store = home.Open())
            {
                if (files.IsDead)
                    await TryAsync(() => store.DeleteAsync(Id(1), Stop).AsTask(), ThreadStoreErrorCode.NotFound);
                Assert.Null(await store.FindAsync(Id(1), Stop));
                await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
            }
            Assert.DoesNotContain(home.Files(), file => file.Contains(Id(1).ToString(), StringComparison.Ordinal));
            Assert.Equal("", home.Text("session_index.jsonl"));
            if (hasDatabase)
                Assert.All((string[])["threads", "thread_dynamic_tools", "thread_spawn_edges"], table => Assert.Empty(codex.Rows(table)));
            if (!files.IsDead)
            {
                Assert.True(steps > 6, "Three rollouts are at least three deletions and three barriers.");
                return;
            }
        }
    }

    [Fact, Guarantee("LOCC-17")]
    public async Task A_thread_is_kept_while_a_fork_continues_it_and_can_be_deleted_behind_it()
    {
        _home.Put(Paginated(1));
        await using var store = _home.Open();
        var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);
        await store.ForkAsync(new ForkRequest(Id(2), Id(3)), Stop);
        await store.ArchiveAsync(Id(2), Stop);

        var error = await Writing.RefusedAsync(ThreadStoreErrorCode.Referenced, () => store.DeleteAsync(Id(1), Stop).AsTask());
        await Writing.RefusedAsync(ThreadStoreErrorCode.Referenced, () => store.DeleteAsync(Id(2), Stop).AsTask());

        Assert.Contains(Id(2).ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(Id(1), fork.Thread.ForkedFromId);
        Assert.Equal(3, (await store.EverythingAsync()).Count);
        foreach (var number in (int[])[3, 2, 1])
            Assert.Equal(1, (await store.DeleteAsync(Id(number), Stop)).Rollouts);
        Assert.Empty(await store.EverythingAsync());
    }

    [Fact, Guarantee("LOCC-18")]
    public async Task A_fork_that_another_store_makes_while_a_thread_is_deleted_is_whole_or_refused()
    {
        for (var round = 0; round < 20; round++)
        {
            using var home = new TempHome();
            home.Put(Paginated(1));
            await using var one = home.Open();
            await using var two = home.Open(options => options with { CacheDirectory = home.Cache + "2" });
            await Task.WhenAll(one.FindAsync(Id(1), Stop).AsTask(), two.FindAsync(Id(1), Stop).AsTask());

            var fork = Task.Run(
                () =>
                    TryAsync(
                        () => one.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop).AsTask(),
                        ThreadStoreErrorCode.NotFound,
                        ThreadStoreErrorCode.Corrupt,
                        ThreadStoreErrorCode.Unavailable,
                        ThreadStoreErrorCode.HasWriter
                    ),
                Stop
            );
            var deletion = Task.Run(
                () =>
                    TryAsync(() => two.DeleteAsync(Id(1), Stop).AsTask(), ThreadStoreErrorCode.Referenced, ThreadStoreErrorCode.HasWriter),
                Stop
            );
            await Task.WhenAll(fork, deletion);

            var left = await home.EverythingAsync();
            Assert.All(left, thread => Assert.Equal(ThreadCondition.Ok, thread.State));
            Assert.Equal(await fork ? 2 : 0, left.Count);
        }
    }

    [Fact, Guarantee("LOCC-19")]
    public async Task Damaged_and_spare_rollouts_can_be_deleted_one_by_one()
    {
        _home.Put(Legacy(1));
        _home.Write("sessions/2026/04/30/rollout-copy.jsonl", Legacy(1).ToSeed().ToLog());
        _home.Write("sessions/rollout-nothing.jsonl", "rubbish"u8);
        _home.Write(PathOf(Id(2), At(2)), []);
        await using var store = _home.Open();
        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("kept") }, Stop);

        foreach (var thread in (await store.EverythingAsync()).Where(thread => thread.State != ThreadCondition.Ok))
        {
            if (thread.State == ThreadCondition.Duplicate)
                await Writing.RefusedAsync(
                    ThreadStoreErrorCode.Unsupported,
                    () => store.UpdateAsync(thread.Id, new ThreadPatch { Name = Change.To("a name") }, Stop).AsTask()
                );
            Assert.Equal(1, (await store.DeleteAsync(thread.Id, Stop)).Rollouts);
        }

        Assert.Equal((Id(1), "kept"), Assert.Single(await store.EverythingAsync()) is var left ? (left.Id, left.Name) : default);
        Assert.Equal(
            ["session_index.jsonl", "session_index.jsonl.lock", PathOf(Id(1), At(1))],
            _home.Files().Where(file => !file.StartsWith("thread-writer-locks", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("sessions/rollout-nohead.jsonl", false)]
    [InlineData("sessions/rollout-copy.jsonl", true)]
    [InlineData("archived_sessions/rollout-nohead.jsonl", false)]
    [InlineData("archived_sessions/rollout-copy.jsonl", true)]
    public async Task A_thread_whose_id_is_made_of_its_path_stays_where_it_is(string path, bool hasHead)
    {
        _home.Put(Legacy(1));
        var log = Legacy(1, "odd").ToSeed().ToLog();
        _home.Write(path, hasHead ? log : log[(Array.IndexOf(log, (byte)'\n') + 1)..]);
        await using var store = _home.Open();
        var id = Assert.Single(await store.EverythingAsync(), thread => thread.Id != Id(1)).Id;

        var before = _home.Files();
        await Writing.RefusedAsync(ThreadStoreErrorCode.Unsupported, () => store.ArchiveAsync(id, Stop).AsTask());
        await Writing.RefusedAsync(ThreadStoreErrorCode.Unsupported, () => store.UnarchiveAsync(id, Stop).AsTask());

        Assert.Equal(before.Where(IsOfThreads), _home.Files().Where(IsOfThreads));
        Assert.Equal(id, (await store.FindAsync(id, Stop))!.Id);

        static bool IsOfThreads(string file) => !file.StartsWith("thread-writer-locks", StringComparison.Ordinal);
    }

    [Theory, Guarantee("LOCC-20")]
    [InlineData("legacy")]
    [InlineData("paginated")]
    public async Task A_fork_is_an_exact_prefix_up_to_the_turn(string mode)
    {
        var lines = (mode == "legacy" ? Legacy(1, "one") : Paginated(1, "one")).Turn("two").Turn("three");
        _home.Put(lines);
        await using var store = _home.Open();
        var source = await TextsAsync(store, Id(1));
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items.Select(turn => turn.Id).ToList();

        var shared = new List<int>();
        foreach (
            var (point, number) in new[]
            {
                (ForkPoint.Before(turns[0]), 2),
                (ForkPoint.Through(turns[0]), 3),
                (ForkPoint.Before(turns[2]), 4),
                (ForkPoint.Through(turns[2]), 5),
                (ForkPoint.Latest, 6),
            }
        )
        {
            var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(number)) { Point = point }, Stop);
            var history = await TextsAsync(store, Id(number));
            // By reference the fork's own first line comes behind what it shares, a copy comes behind that line.
            var own = history.Single(line => line.Contains($"\"id\":\"{Id(number)}\"", StringComparison.Ordinal));
            Assert.Equal(source.Take(history.Count - 1), history.Where(line => line != own));
            Assert.Equal(mode == "legacy" ? own : source[0], history[0]);
            Assert.Equal((Id(1), ThreadCondition.Ok), (fork.Thread.ForkedFromId, fork.Thread.State));
            shared.Add((await store.ListTurnsAsync(new ListTurnsRequest(Id(number)), Stop)).Items.Count);
        }

        Assert.Equal([0, 1, 2, 3, 3], shared);
        await Writing.RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            () => store.ForkAsync(new ForkRequest(Id(1), Id(7)) { Point = ForkPoint.Before("nothing") }, Stop).AsTask()
        );
        await Writing.RefusedAsync(ThreadStoreErrorCode.AlreadyExists, () => store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop).AsTask());
        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.ForkAsync(new ForkRequest(Id(8), Id(9)), Stop).AsTask());
        Assert.DoesNotContain(
            _home.Files(),
            file =>
                file.Contains(".new", StringComparison.Ordinal)
                || file.Contains(".lock", StringComparison.Ordinal)
                    && file.Contains('-', StringComparison.Ordinal)
                    && file.Contains(Id(7).ToString(), StringComparison.Ordinal)
        );
    }

    [Theory, Guarantee("LOCC-21")]
    [InlineData("legacy")]
    [InlineData("paginated")]
    public async Task A_fork_of_a_log_whose_last_line_is_torn_leaves_the_torn_part_out(string mode)
    {
        _home.Put((mode == "legacy" ? Legacy(1) : Paginated(1)).Torn());
        await using var store = _home.Open();

        var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);

        Assert.Equal((ThreadCondition.Ok, "hello"), (fork.Thread.State, fork.Thread.Preview));
        await using var writer = await store.ResumeAsync(new ResumeRequest(Id(1)), Stop);
        await writer.ShutDownAsync(Stop);
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(2), Stop))!.State);
    }

    [Theory, Guarantee("LOCC-22")]
    [InlineData("legacy")]
    [InlineData("paginated")]
    public async Task A_revert_shows_the_turns_before_and_keeps_every_stored_byte(string mode)
    {
        var path = _home.Put((mode == "legacy" ? Legacy(1, "one") : Paginated(1, "one")).Turn("two").Turn("three"));
        var before = File.ReadAllBytes(path);
        var codex = new CodexDatabase(_home).Create().Add(Id(1), path, historyMode: mode);
        await using var store = _home.Open();
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items.Select(turn => turn.Id).ToList();

        var changed = await store.RevertAsync(Id(1), turns[1], Stop);

        Assert.Equal((ThreadCondition.Ok, "one"), (changed.Thread.State, changed.Thread.Preview));
        Assert.Equal(turns[..1], (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items.Select(turn => turn.Id));
        Assert.Equal(before, File.ReadAllBytes(path)[..before.Length]);
        Assert.Single(await store.EverythingAsync());
        Assert.Equal(mode == "legacy" ? 1 : 2, _home.Rollouts().Length);
        if (mode == "paginated")
            Assert.Contains(
                $"rollout_path={_home.Path}/{_home.Rollouts().Single(file => file.Contains('_', StringComparison.Ordinal))}",
                codex.Rows().Single().Split(' ')
            );
        await Writing.RefusedAsync(ThreadStoreErrorCode.InvalidRequest, () => store.RevertAsync(Id(1), turns[2], Stop).AsTask());

        // And the thread goes on from there.
        await using (var writer = await store.ResumeAsync(new ResumeRequest(Id(1)), Stop))
            await writer.AppendAsync(Writing.Items("after the revert"), Stop);
        await store.RevertAsync(Id(1), turns[0], Stop);
        Assert.Empty((await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items);
        await store.ArchiveAsync(Id(1), Stop);
        await Writing.RefusedAsync(ThreadStoreErrorCode.Archived, () => store.RevertAsync(Id(1), turns[0], Stop).AsTask());
    }

    [Fact, Guarantee("LOCC-23")]
    public async Task A_paginated_thread_is_not_taken_back_while_codexs_row_cannot_follow()
    {
        var path = _home.Put(Paginated(1, "one").Turn("two"));
        var codex = new CodexDatabase(_home).Create().Add(Id(1), path, historyMode: "paginated");
        await using var store = _home.Open(options => options with { CodexPatience = TimeSpan.FromSeconds(1) });
        var turn = (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items[1].Id;
        using (var other = codex.Open())
        using (other.BeginTransaction(deferred: false))
            await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, () => store.RevertAsync(Id(1), turn, Stop).AsTask());

        Assert.Single(_home.Rollouts());
        Assert.Single((await store.RevertAsync(Id(1), turn, Stop)).Warnings is { Count: 0 } ? (int[])[1] : []);
    }

    [Fact, Guarantee("LOCC-24")]
    public async Task A_store_that_looks_at_the_disk_only_now_and_then_shows_its_own_changes_at_once()
    {
        foreach (var number in (int[])[1, 2])
            _home.Put(Paginated(number));
        await using var store = _home.Open(options => options with { ReconcileInterval = TimeSpan.FromHours(1) });
        Assert.Equal(2, (await store.EverythingAsync()).Count);

        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("named"), Branch = Change.To("main") }, Stop);
        Assert.Equal(("named", "main"), (await store.FindAsync(Id(1), Stop)) is { } one ? (one.Name, one.GitInfo!.Branch) : default);
        await store.ArchiveAsync(Id(1), Stop);
        Assert.Equal([Id(2)], (await store.ListAllAsync(new ThreadQuery(), Stop)).Select(thread => thread.Id));
        await store.UnarchiveAsync(Id(1), Stop);
        await store.ForkAsync(new ForkRequest(Id(2), Id(3)), Stop);
        Assert.Equal(3, (await store.ListAllAsync(new ThreadQuery(), Stop)).Count);
        await store.DeleteAsync(Id(1), Stop);
        Assert.Equal(
            [Id(2), Id(3)],
            (await store.EverythingAsync())
                .Select(thread => thread.Id)
                .Order(Comparer<ThreadId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString())))
        );
    }

    [Fact, Guarantee("LOCC-25")]
    public async Task While_a_thread_is_being_written_every_change_is_refused_with_the_writer_but_a_fork()
    {
        _home.Put(Legacy(1).Turn("two"));
        await using var store = _home.Open();
        await using var other = _home.Open(options => options with { CacheDirectory = _home.Cache + "2" });
        var turn = (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items[1].Id;
        await using var writer = await store.ResumeAsync(new ResumeRequest(Id(1)), Stop);
        var before = _home.Files();

        foreach (
            var change in (Func<IThreadStore, Task>[])
                [
                    any => any.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("x") }, Stop).AsTask(),
                    any => any.ArchiveAsync(Id(1), Stop).AsTask(),
                    any => any.UnarchiveAsync(Id(1), Stop).AsTask(),
                    any => any.RevertAsync(Id(1), turn, Stop).AsTask(),
                    any => any.DeleteAsync(Id(1), Stop).AsTask(),
                ]
        )
        {
            foreach (var any in (IThreadStore[])[store, other])
                Assert.NotNull((await Writing.RefusedAsync(ThreadStoreErrorCode.HasWriter, () => change(any))).Owner);
        }
        Assert.Equal(before, _home.Files());

        Assert.Equal(Id(1), (await other.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop)).Thread.ForkedFromId);
        var changed = await writer.UpdateAsync(new ThreadPatch { Name = Change.To("by its writer"), MemoryMode = "disabled" }, Stop);
        await writer.AppendAsync(Writing.Items("goes on"), Stop);
        await writer.ShutDownAsync(Stop);
        var stored = await store.FindAsync(Id(1), Stop);
        Assert.Equal(
            ("by its writer", "disabled", "by its writer", "disabled"),
            (changed.Thread.Name, changed.Thread.MemoryMode, stored!.Name, stored.MemoryMode)
        );
        await store.ArchiveAsync(Id(1), Stop);
    }

    // A thread of three rollouts: taken back twice, with a turn behind each point.
    static async Task PutRevertedAsync(TempHome home)
    {
        home.Put(Paginated(1, "one").Turn("two").Turn("three"));
        await using var store = home.Open();
        for (var revert = 0; revert < 2; revert++)
        {
            await store.RevertAsync(Id(1), (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items[^1].Id, Stop);
            await using var writer = await store.ResumeAsync(new ResumeRequest(Id(1)), Stop);
            foreach (var turn in (int[])[1, 2])
            {
                await writer.AppendAsync(
                    new AppendRequest([
                        NewItem.FromJson(
                            "event_msg",
                            $$"""{"type":"task_started","turn_id":"behind-{{revert}}-{{turn}}","started_at":1777540500}"""
                        ),
                        Writing.Message($"behind {revert} {turn}"),
                        NewItem.FromJson("event_msg", $$"""{"type":"task_complete","turn_id":"behind-{{revert}}-{{turn}}"}"""),
                    ]),
                    Stop
                );
            }
            await writer.ShutDownAsync(Stop);
        }
        Assert.Equal(3, home.Rollouts().Length);
    }

    static LocalThreadStore Open(TempHome home, IFileSystem files) =>
        LocalThreadStore.Open(
            new LocalThreadStoreOptions
            {
                Home = home.Path,
                CacheDirectory = home.Cache,
                CodexPatience = TimeSpan.FromSeconds(1),
            },
            files
        );

    static Task<ChangedThread> Move(LocalThreadStore store, bool isToArchive) =>
        isToArchive ? store.ArchiveAsync(Id(1), Stop).AsTask() : store.UnarchiveAsync(Id(1), Stop).AsTask();

    static async Task<bool> TryAsync(Func<Task> call, params ThreadStoreErrorCode[] codes)
    {
        try
        {
            await call();
            return true;
        }
        catch (ThreadStoreException e)
        {
            Assert.Contains(
                e.Code,
                (ThreadStoreErrorCode[])[ThreadStoreErrorCode.Unavailable, ThreadStoreErrorCode.OutcomeUnknown, .. codes]
            );
            return false;
        }
    }

    static async Task<List<string>> HistoryAsync(TempHome home)
    {
        await using var store = home.Open();
        return await TextsAsync(store, Id(1));
    }

    static async Task<List<string>> TextsAsync(LocalThreadStore store, ThreadId threadId) =>
        [.. (await store.HistoryAsync(threadId, Stop)).Select(item => Encoding.UTF8.GetString(item.Bytes.Span))];
}
