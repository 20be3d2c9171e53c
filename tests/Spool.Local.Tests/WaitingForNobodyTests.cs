using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>No call keeps the thread of its caller, and none that reads a log keeps those waiting who store.</summary>
public sealed class WaitingForNobodyTests : IDisposable
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("LOCL-19")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_call_keeps_its_caller_waiting_for_the_index(bool isServed)
    {
        for (var number = 1; number <= 12; number++)
            _home.Put(Paginated(number).Turn("again"));
        await using var store = _home.Open(options =>
            options with
            {
                IndexPatience = 2 * Long,
                ReconcileInterval = isServed ? TimeSpan.FromMinutes(5) : null,
            }
        );
        var turn = (await store.ListTurnsAsync(new ListTurnsRequest(Id(9)), Stop)).Items[^1].Id;
        await store.EverythingAsync();
        List<Func<Task>> calls =
        [
            async () => await store.FindAsync(Id(1), Stop),
            async () => await store.ListAsync(new ThreadQuery(), Stop),
            async () => await store.HistoryAsync(Id(1), Stop),
            async () => await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop),
            async () => await store.ListItemsAsync(new ListItemsRequest(Id(1)), Stop),
            async () => await store.CopyLogAsync(Id(1), Stream.Null, Stop),
            async () => await store.LocateAsync([Id(1)], Stop),
            async () => await store.StatusAsync(Stop),
            async () => await store.CatchUpAsync(cancellationToken: Stop),
            async () => await store.RequireDeletableAsync(Id(8), Stop),
            async () => await store.UpdateAsync(Id(2), new ThreadPatch { Name = Change.To("new") }, Stop),
            async () => await store.ArchiveAsync(Id(3), Stop),
            async () => await store.UnarchiveAsync(Id(4), Stop),
            async () => await store.RevertAsync(Id(9), turn, Stop),
            async () => await store.ForkAsync(new ForkRequest(Id(1), Id(20)), Stop),
            async () => await store.DeleteAsync(Id(6), Stop),
            async () => await (await store.ResumeAsync(new ResumeRequest(Id(7)), Stop)).DisposeAsync(),
            async () => await (await store.CreateAsync(new CreateRequest(Id(21), Writing.Meta(21).ToItem()), Stop)).DisposeAsync(),
        ];
        var begun = new TaskCompletionSource<List<Task>>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (var stopped = OpenIndex())
        {
            Execute(stopped, "BEGIN EXCLUSIVE");
            var caller = new Thread(() => begun.SetResult(calls.ConvertAll(call => call()))) { IsBackground = true };
            caller.Start();
            var tasks = await begun.Task.WaitAsync(Long, Stop);
            Assert.All(tasks, task => Assert.False(task.IsCompleted));
            Execute(stopped, "COMMIT");
        }

        await Task.WhenAll(await begun.Task);
        Assert.Null((await store.StatusAsync(Stop)).InMemoryBecause);
    }

    [Theory, Guarantee("LOCL-20")]
    [InlineData("turns", false)]
    [InlineData("turns", true)]
    [InlineData("fork", false)]
    [InlineData("fork", true)]
    [InlineData("fork before a turn", true)]
    [InlineData("revert", true)]
    public async Task Whoever_reads_a_log_keeps_nobody_from_storing(string reading, bool isPaginated)
    {
        _home.Put(isPaginated ? Paginated(1).Turn("again") : Legacy(1).Turn("again"));
        var gate = new DiskGate((_, _, _) => true);
        var isOpen = true;
        await using var reader = _home.Open(options =>
            options with
            {
                RolloutOpening = _ =>
                {
                    if (!Volatile.Read(ref isOpen))
                        gate.Pass();
                },
            }
        );
        var turn = (await reader.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items[^1].Id;
        Volatile.Write(ref isOpen, false);

        var call = Task.Run(
            async () =>
            {
                switch (reading)
                {
                    case "turns":
                        await reader.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop);
                        break;
                    case "revert":
                        await reader.RevertAsync(Id(1), turn, Stop);
                        break;
                    default:
                        await reader.ForkAsync(
                            new ForkRequest(Id(1), Id(5)) { Point = reading == "fork" ? default : ForkPoint.Before(turn) },
                            Stop
                        );
                        break;
                }
            },
            Stop
        );
        await gate.Reached.WaitAsync(Long, Stop);
        try
        {
            _home.Put(Legacy(2));
            await using var other = _home.Open(options => options with { IndexPatience = TimeSpan.FromSeconds(1) });

            Assert.Contains(Id(2), (await other.EverythingAsync()).Select(thread => thread.Id));
            Assert.Null((await other.StatusAsync(Stop)).InMemoryBecause);
        }
        finally
        {
            gate.Go();
        }
        await call;
    }

    [Theory, Guarantee("LOCL-21")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(25)]
    public async Task A_page_of_turns_knows_the_turns_that_are_not_on_it(int limit)
    {
        var lines = Legacy(1).Turn("first");
        var first = JsonDocument.Parse(lines.Lines[^1]).RootElement.GetProperty("payload").GetProperty("turn_id").GetString();
        lines = lines
            .StartTurn()
            .UserMessage("second")
            .Event("patch_apply_end", $"\"turn_id\":\"{first}\",\"call_id\":\"late\",\"changes\":{{}}")
            .Event("task_complete", $"\"turn_id\":\"{first}\",\"last_agent_message\":null")
            .AgentMessage("still the second")
            .CompleteTurn()
            .Turn("third");
        _home.Put(lines);
        await using var store = _home.Open();
        var builder = TurnBuilder.Create(HistoryModes.Legacy);
        foreach (var item in await store.HistoryAsync(Id(1), Stop))
            builder.Add(item);
        var whole = builder.Build();

        foreach (var direction in Enum.GetValues<SortDirection>())
        {
            var turns = await store.AllTurnsAsync(new ListTurnsRequest(Id(1)) { Limit = limit, Direction = direction }, Stop);
            Assert.Equal(direction == SortDirection.Ascending ? whole.Select(Shown) : whole.Reverse().Select(Shown), turns.Select(Shown));
        }

        static (string, string) Shown(Turn turn) => (turn.Id, string.Join(' ', turn.Items.Select(item => item.Id)));
    }

    [Theory, Guarantee("LOCL-22")]
    [InlineData("history")]
    [InlineData("items")]
    [InlineData("log")]
    [InlineData("turns")]
    public async Task No_file_is_opened_on_the_thread_that_asks_for_what_it_holds(string reading)
    {
        _home.Put(Paginated(1).Turn("again"));
        await using var setUp = _home.Open();
        await setUp.ForkAsync(new ForkRequest(Id(1), Id(5)), Stop);
        var opened = new List<int>();
        await using var store = _home.Open(options =>
            options with
            {
                RolloutOpening = _ =>
                {
                    lock (opened)
                        opened.Add(Environment.CurrentManagedThreadId);
                },
            }
        );
        await store.EverythingAsync();

        var asked = OneThread.Run(async () =>
        {
            switch (reading)
            {
                case "history":
                    await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(Id(5)), Stop))
                        Assert.False(item.Bytes.IsEmpty);
                    break;
                case "items":
                    await store.ListItemsAsync(new ListItemsRequest(Id(5)), Stop);
                    break;
                case "log":
                    await store.CopyLogAsync(Id(5), Stream.Null, Stop);
                    break;
                default:
                    await store.ListTurnsAsync(new ListTurnsRequest(Id(5)), Stop);
                    break;
            }
        });

        Assert.NotEmpty(opened);
        Assert.DoesNotContain(asked, opened);
    }

    [Fact, Guarantee("LOCL-23")]
    public void What_has_to_be_unpacked_is_not_read_on_the_thread_that_asks_for_it()
    {
        var document = new WatchedSource();
        using var source = new DocumentRolloutSource(document);

        var asked = OneThread.Run(async () => await source.ReadAsync(new byte[64], 0, Stop));

        Assert.NotEmpty(document.Threads);
        Assert.DoesNotContain(asked, document.Threads);
    }

    [Theory, Guarantee("LOCL-25")]
    [InlineData("new")]
    [InlineData("fork of a fork")]
    [InlineData("added")]
    [InlineData("replaced")]
    [InlineData("moved meanwhile")]
    [InlineData("parent came later")]
    [InlineData("written over meanwhile")]
    public async Task No_rollout_is_read_while_the_index_is_being_written(string what)
    {
        var parent = _home.Put(Paginated(1).Turn("again"));
        var hidden = Path.Combine(_home.Path, "hidden");
        await using (var setUp = _home.Open())
        {
            await setUp.ForkAsync(new ForkRequest(Id(1), Id(5)), Stop);
            await setUp.ForkAsync(new ForkRequest(Id(5), Id(6)), Stop);
        }
        if (what == "parent came later")
            File.Move(parent, hidden);
        await using (var before = _home.Open())
        {
            await before.EverythingAsync();
        }
        if (what is "new" or "fork of a fork")
            Directory.Delete(_home.Cache, recursive: true);
        var archived = Path.Combine(
            Directory.CreateDirectory(Path.Combine(_home.Path, HomeLayout.Archived)).FullName,
            Path.GetFileName(parent)
        );
        var (opened, held) = (0, 0);
        var isChanged = false;
        await using var store = _home.Open(options =>
            options with
            {
                IndexingThreads = 1,
                RolloutIndexing = path =>
                {
                    opened++;
                    if (!isChanged && what == "moved meanwhile" && path.Contains(Id(1).ToString(), StringComparison.Ordinal))
                        File.Move(parent, archived);
                    if (!isChanged && what == "written over meanwhile")
                        File.Move(_home.Write("other", Paginated(1, "other").Turn("other").ToSeed().ToLog()), parent, overwrite: true);
                    isChanged = true;
                    // Nobody holds it for long, unless it is whoever reads here.
                    using var index = OpenIndex();
                    if (!TryBegin(index))
                        held++;
                },
            }
        );
        switch (what)
        {
            case "added" or "moved meanwhile" or "written over meanwhile":
                await File.AppendAllTextAsync(parent, "{}\n", Stop);
                break;
            case "replaced":
                File.Move(_home.Write("other", Paginated(1, "other").Turn("other").ToSeed().ToLog()), parent, overwrite: true);
                break;
            case "parent came later":
                File.Move(hidden, parent);
                break;
        }

        if (what == "fork of a fork")
            await store.FindAsync(Id(6), Stop);
        await store.EverythingAsync();

        Assert.True(opened > 0);
        Assert.Equal(0, held);
    }

    [Theory, Guarantee("LOCL-26")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_about_one_thread_waits_for_nobody_who_reads_another_one_for_the_index(bool isFollowed)
    {
        var slow = _home.Put(Paginated(1));
        _home.Put(Paginated(2));
        var gate = new DiskGate((_, _, _) => true);
        var isOpen = true;
        await using var store = _home.Open(options =>
            options with
            {
                ReconcileInterval = isFollowed ? TimeSpan.FromHours(1) : null,
                RolloutIndexing = path =>
                {
                    if (!Volatile.Read(ref isOpen) && path.Contains(Id(1).ToString(), StringComparison.Ordinal))
                        gate.Pass();
                },
            }
        );
        await store.EverythingAsync();
        await using var writer = await store.ResumeAsync(new ResumeRequest(Id(2)), Stop);
        await using var stopped = await store.ResumeAsync(new ResumeRequest(Id(1)), Stop);
        Volatile.Write(ref isOpen, false);
        await stopped.AppendAsync(Writing.Items("slow") with { Durability = Durability.Flushed }, Stop);

        var reading = Task.Run(() => store.EverythingAsync(), Stop);
        await gate.Reached.WaitAsync(Long, Stop);
        try
        {
            await writer.AppendAsync(Writing.Items("quick") with { Durability = Durability.Flushed }, Stop);

            var changed = await writer.UpdateAsync(new ThreadPatch { Name = Change.To("named") }, Stop).AsTask().WaitAsync(Long, Stop);

            Assert.Equal("named", changed.Thread.Name);
            Assert.Equal("named", (await store.FindAsync(Id(2), Stop).AsTask().WaitAsync(Long, Stop))!.Name);
            Assert.False(reading.IsCompleted);
        }
        finally
        {
            gate.Go();
        }
        await reading;
        Assert.True(File.Exists(slow));
    }

    [Theory, Guarantee("LOCL-28")]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Of_many_calls_about_a_thread_that_grew_one_reads_it_and_the_others_keep_nobody_waiting(bool isFollowed, bool areForks)
    {
        const int Calls = 40;
        var grown = _home.Put(Paginated(1));
        _home.Put(Paginated(2));
        var (opened, isCounted) = (0, false);
        var gate = new DiskGate((_, _, _) => true);
        await using var store = _home.Open(options =>
            options with
            {
                ReconcileInterval = isFollowed ? TimeSpan.FromHours(1) : null,
                RolloutIndexing = path =>
                {
                    if (!Volatile.Read(ref isCounted) || !path.Contains(Id(1).ToString(), StringComparison.Ordinal))
                        return;
                    Interlocked.Increment(ref opened);
                    gate.Pass();
                },
            }
        );
        for (var fork = 0; areForks && fork < Calls; fork++)
            await store.ForkAsync(new ForkRequest(Id(1), Id(100 + fork)), Stop);
        await store.EverythingAsync();
        await File.AppendAllTextAsync(grown, "{}\n", Stop);
        Volatile.Write(ref isCounted, true);

        var calls = Enumerable
            .Range(0, Calls)
            .Select(call => Task.Run(async () => await store.FindAsync(areForks ? Id(100 + call) : Id(1), Stop), Stop))
            .ToList();
        await gate.Reached.WaitAsync(Long, Stop);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var cancelled = Task.Run(async () => await store.FindAsync(areForks ? Id(100) : Id(1), impatient.Token), Stop);
        try
        {
            Assert.NotNull(await store.FindAsync(Id(2), Stop).AsTask().WaitAsync(Long, Stop));
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Long, Stop));

            Assert.DoesNotContain(calls, call => call.IsCompleted);
        }
        finally
        {
            gate.Go();
        }

        Assert.All(await Task.WhenAll(calls), Assert.NotNull);
        // a home that is followed is looked at as a whole at its opening, which may come upon it as well
        Assert.InRange(opened, 1, isFollowed ? 2 : 1);
    }

    [Theory, Guarantee("LOCL-29")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_about_a_thread_that_grows_all_the_time_read_it_for_each_other_and_come_to_their_end(bool isFollowed)
    {
        const int Calls = 100;
        const int MostRounds = 3; // what a reading takes in may continue what the next look finds
        var grown = _home.Put(Paginated(1));
        var (opened, isCounted) = (0, false);
        var gate = new DiskGate((_, _, _) => true);
        var (came, allCame) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var store = _home.Open(options =>
            options with
            {
                ReconcileInterval = isFollowed ? TimeSpan.FromHours(1) : null,
                RolloutAwaiting = Come,
                RolloutIndexing = _ =>
                {
                    if (!Volatile.Read(ref isCounted))
                        return;
                    Interlocked.Increment(ref opened);
                    gate.Pass();
                },
            }
        );
        await store.EverythingAsync();
        using var enough = new CancellationTokenSource();
        var grows = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Faster than it is looked at, and not so fast that reading cannot keep up on a busy machine.
        var growing = Task.Run(
            async () =>
            {
                using var file = new FileStream(grown, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
                using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
                do
                {
                    file.Write("{}\n"u8);
                    file.Flush();
                    grows.TrySetResult();
                } while (!enough.IsCancellationRequested && await pace.WaitForNextTickAsync(Stop));
            },
            Stop
        );
        await grows.Task.WaitAsync(Long, Stop);
        Volatile.Write(ref isCounted, true);

        var calls = Enumerable.Range(0, Calls).Select(_ => Task.Run(FindAsync, Stop)).ToList();
        try
        {
            await gate.Reached.WaitAsync(Long, Stop);
            // all others came while one reads: they wait for it, and for one more; or the thread had not grown again when they looked at it
            await allCame.Task.WaitAsync(Long, Stop);
        }
        finally
        {
            gate.Go();
        }
        var found = await Task.WhenAll(calls).WaitAsync(Long, Stop);
        await enough.CancelAsync();
        await growing;

        Assert.All(found, Assert.NotNull);
        Assert.InRange(opened, 1, 2 * MostRounds + 1); // and one when a home that is followed is looked at as a whole at its opening

        async Task<StoredThread?> FindAsync()
        {
            var thread = await store.FindAsync(Id(1), Stop);
            Come();
            return thread;
        }

        void Come()
        {
            if (Interlocked.Increment(ref came) == Calls - 1)
                allCame.SetResult();
        }
    }

    [Fact, Guarantee("LOCL-31")]
    public async Task Calls_that_wait_when_the_store_is_disposed_end_as_misuse()
    {
        for (var number = 1; number <= 3; number++)
            _home.Put(Paginated(number));
        var gate = new DiskGate((_, _, _) => true);
        var store = _home.Open(options => options with { IndexingThreads = 1, RolloutIndexing = _ => gate.Pass() });
        var calls = Enumerable
            .Range(0, 12)
            .Select(call =>
                Task.Run<object?>(
                    async () => call % 2 == 0 ? await store.ListAsync(new ThreadQuery(), Stop) : await store.FindAsync(Id(1), Stop),
                    Stop
                )
            )
            .ToList();
        await gate.Reached.WaitAsync(Long, Stop);

        var disposing = Task.Run(async () => await store.DisposeAsync(), Stop);
        try
        {
            await Task.WhenAny(calls).WaitAsync(Long, Stop); // those that only wait end at once
        }
        finally
        {
            gate.Go();
        }
        await disposing.WaitAsync(Long, Stop);

        foreach (var call in calls)
        {
            if (await Record.ExceptionAsync(() => call.WaitAsync(Long, Stop)) is { } error)
                Assert.IsType<ObjectDisposedException>(error);
        }
    }

    [Fact, Guarantee("LOCL-30")]
    public async Task Calls_that_store_at_once_wait_for_each_other_and_not_for_a_process_that_does_not_go_on()
    {
        const int Threads = 12;
        var logs = Enumerable.Range(1, Threads).Select(number => _home.Put(Paginated(number))).ToList();
        var notices = new ConcurrentQueue<string>();
        await using var store = _home.Open(options => options with { IndexPatience = TimeSpan.FromSeconds(1), Notice = notices.Enqueue });
        await store.EverythingAsync();
        using (var index = OpenIndex()) // from now on each takes long to be stored
            Execute(
                index,
                "CREATE TRIGGER slow AFTER UPDATE ON rollouts BEGIN SELECT count(*) FROM (WITH RECURSIVE up(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM up WHERE x < 1000000) SELECT x FROM up); END"
            );
        logs.ForEach(log => File.AppendAllText(log, "{}\n"));

        await Task.WhenAll(
            Enumerable.Range(1, Threads).Select(number => Task.Run(async () => await store.FindAsync(Id(number), Stop), Stop))
        );

        Assert.Empty(notices);
    }

    [Theory, Guarantee("LOCL-27")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_waits_until_the_disk_keeps_a_fork_keeps_nobody_from_opening_other_threads(bool isPaginated)
    {
        _home.Put(isPaginated ? Paginated(1) : Legacy(1));
        _home.Put(Legacy(2));
        var disk = new GatedDisk();
        await using var store = disk.Open(_home);
        var gate = disk.Stop(DiskStep.SyncFolder, HomeLayout.Sessions);

        var fork = Task.Run(async () => await store.ForkAsync(new ForkRequest(Id(1), Id(5)), Stop), Stop);
        await gate.Reached.WaitAsync(Long, Stop);
        try
        {
            await (await store.ResumeAsync(new ResumeRequest(Id(2)), Stop).AsTask().WaitAsync(Long, Stop)).DisposeAsync();

            Assert.False(fork.IsCompleted);
        }
        finally
        {
            gate.Go();
        }
        await fork;
    }

    [Theory, Guarantee("LOCL-32")]
    [InlineData("list")]
    [InlineData("find")]
    public async Task However_many_calls_wait_for_a_process_that_keeps_the_index_locked_each_waits_once(string what)
    {
        const int Calls = 12;
        var patience = TimeSpan.FromSeconds(2);
        var grown = _home.Put(Paginated(1));
        await using var store = _home.Open(options => options with { IndexPatience = patience });
        await AllAsync(20); // so that as many connections are open
        using (var stopped = OpenIndex())
        {
            Execute(stopped, "BEGIN EXCLUSIVE");
            await File.AppendAllTextAsync(grown, "{}\n", Stop);
            var started = TimeProvider.System.GetTimestamp();

            await AllAsync(1);

            Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, Calls / 2 * patience);
            Assert.NotNull((await store.StatusAsync(Stop)).InMemoryBecause);
        }

        Task AllAsync(int times) =>
            Task.WhenAll(
                Enumerable
                    .Range(0, Calls)
                    .Select(_ =>
                        Task.Run(
                            async () =>
                            {
                                for (var time = 0; time < times; time++)
                                {
                                    if (what == "list")
                                        Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Items);
                                    else
                                        Assert.NotNull(await store.FindAsync(Id(1), Stop));
                                }
                            },
                            Stop
                        )
                    )
            );
    }

    [Fact, Guarantee("LOCL-33")]
    public async Task Disposing_waits_for_calls_that_read_and_leaves_no_connection_to_the_index_open()
    {
        var grown = _home.Put(Paginated(1));
        var gate = new DiskGate((_, _, _) => true);
        var isOpen = true;
        var store = _home.Open(options =>
            options with
            {
                RolloutIndexing = _ =>
                {
                    if (!Volatile.Read(ref isOpen))
                        gate.Pass();
                },
            }
        );
        await store.FindAsync(Id(1), Stop);
        Volatile.Write(ref isOpen, false);
        await File.AppendAllTextAsync(grown, "{}\n", Stop);
        var reading = Task.Run(async () => await Record.ExceptionAsync(async () => await store.FindAsync(Id(1), Stop)), Stop);
        await gate.Reached.WaitAsync(Long, Stop);
        var disposing = store.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        gate.Go();
        await disposing.WaitAsync(Long, Stop);
        if (await reading is { } error)
            Assert.IsType<ObjectDisposedException>(error);

        if (OperatingSystem.IsLinux())
            Assert.DoesNotContain(
                Directory.EnumerateFiles("/proc/self/fd").Select(LinkOf),
                target => target?.StartsWith(_home.Cache, StringComparison.Ordinal) == true
            );

        static string? LinkOf(string descriptor)
        {
            try
            {
                return new FileInfo(descriptor).LinkTarget;
            }
            catch (IOException)
            {
                return null; // closed meanwhile
            }
        }
    }

    // An empty document that knows who reads it.
    sealed class WatchedSource : RolloutSource
    {
        public List<int> Threads { get; } = [];

        public override int Read(Span<byte> buffer, long offset)
        {
            Threads.Add(Environment.CurrentManagedThreadId);
            return 0;
        }

        public override void Dispose() { }
    }

    SqliteConnection OpenIndex()
    {
        var connection = new SqliteConnection(
            $"Data Source={Directory.EnumerateFiles(_home.Cache, "index.sqlite", SearchOption.AllDirectories).Single()};Pooling=False"
        );
        connection.Open();
        return connection;
    }

    static bool TryBegin(SqliteConnection index)
    {
        index.DefaultTimeout = 5;
        try
        {
            Execute(index, "BEGIN IMMEDIATE");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 5)
        {
            return false;
        }
        Execute(index, "ROLLBACK");
        return true;
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
