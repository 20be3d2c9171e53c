using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>A thread that is in the home all the time is in every list, wherever other programs move its rollout while a look is under
/// way.</summary>
public sealed class MovingHomeTests : IDisposable
{
    const string Day = "sessions/2026/04/30";
    const int Fewest = 6; // folders that a look passes
    const int ThreeWalks = 30; // folders that three walks pass at most

    readonly TempHome _home = new();

    int _caches;

    public void Dispose() => _home.Dispose();

    /// <summary>Where a rollout is before and after it is moved. What is compressed ends in <c>.zst</c>.</summary>
    public static TheoryData<string, string> Moves =>
        new()
        {
            { Day, "archived_sessions" },
            { "archived_sessions", Day },
            { Day, "sessions/2026/01/02" },
            { "sessions/2026/01/02", Day },
            { "archived_sessions", "sessions/2026/03/05" },
            { "sessions/2026/03/05", "archived_sessions" },
            { "archived_sessions", "archived_sessions/old" },
            { "archived_sessions/old", Day },
            { Day, Day + ".zst" },
            { Day + ".zst", Day },
            { Day, "archived_sessions.zst" },
            { "archived_sessions.zst", Day },
        };

    [Theory, MemberData(nameof(Moves)), Guarantee("LIST-13")]
    public async Task A_thread_that_is_moved_at_any_moment_of_a_look_is_in_the_list(string from, string to)
    {
        foreach (var isKnown in (bool[])[false, true])
        {
            for (var (moment, isOver) = (1, false); !isOver; moment++)
            {
                Given();
                Put(1, from);
                var passed = 0;
                await using var store = OpenAnew(_ =>
                {
                    if (++passed == moment)
                        Move(1, from, to);
                });
                if (isKnown)
                {
                    passed = int.MinValue;
                    await store.EverythingAsync();
                    passed = 0;
                }

                var listed = await store.EverythingAsync();

                isOver = passed < moment;
                Assert.True(!isOver || moment > Fewest, $"A look passed {passed} folders.");
                Assert.True(
                    listed.Select(thread => thread.Id).ToHashSet().SetEquals([Id(1), Id(2)]) && listed.Count == 2,
                    $"{(isKnown ? "known" : "unknown")}, moment {moment}: {Said(listed)}"
                );
                Assert.All(listed, thread => Assert.Equal(ThreadCondition.Ok, thread.State));
            }
        }
    }

    [Theory, MemberData(nameof(Moves)), Guarantee("LIST-15")]
    public async Task An_id_is_not_free_while_its_thread_is_moved_at_any_moment_of_a_look(string from, string to)
    {
        foreach (var isFork in (bool[])[false, true])
        {
            for (var (moment, isOver) = (1, false); !isOver; moment++)
            {
                Given();
                Put(1, from);
                var passed = 0;
                await using var store = OpenAnew(_ =>
                {
                    if (++passed == moment)
                        Move(1, from, to);
                });
                passed = int.MinValue;
                await store.FindAsync(Id(2), TestContext.Current.CancellationToken);
                passed = 0;

                var answer = await TakeAsync(store, 1, isFork);

                isOver = passed < moment || moment == ThreeWalks;
                Assert.True(!isOver || moment > Fewest, $"A look passed {passed} folders.");
                Assert.True(answer == ThreadStoreErrorCode.AlreadyExists, $"{(isFork ? "fork" : "new")}, moment {moment}: {answer}");
            }
        }
    }

    [Fact]
    public async Task An_id_is_not_free_while_the_folder_of_its_day_is_moved_at_any_moment_of_a_look()
    {
        for (var (moment, isOver) = (1, false); !isOver; moment++)
        {
            Given();
            Put(1, "sessions/2026/02/03");
            var passed = 0;
            await using var store = OpenAnew(_ =>
            {
                if (++passed == moment)
                    Directory.Move(Absolute("sessions/2026/02"), Absolute("sessions/2025"));
            });

            var answer = await TakeAsync(store, 1, isFork: false);

            isOver = passed < moment;
            Assert.True(answer == ThreadStoreErrorCode.AlreadyExists, $"moment {moment}: {answer}");
        }
    }

    [Fact]
    public async Task Ids_are_not_free_while_their_threads_are_moved_several_times_during_a_look()
    {
        string[] places =
        [
            Day,
            "archived_sessions",
            "sessions/2026/01/02",
            "sessions/2026/03/05",
            "archived_sessions/old",
            Day + ".zst",
            "archived_sessions.zst",
        ];
        for (var seed = 0; seed < 150; seed++)
        {
            Given();
            var random = new Random(seed);
            var (at, moves) = (places[random.Next(places.Length)], 0);
            Put(3, at);
            await using var store = OpenAnew(_ =>
            {
                if (moves >= 5 || random.Next(3) != 0)
                    return;
                var to = places[random.Next(places.Length)];
                if (to != at)
                    Move(3, at, to);
                (at, moves) = (to, moves + 1);
            });

            for (var look = 0; look < 3; look++)
            {
                moves = 0;
                var answer = await TakeAsync(store, 3, isFork: false);
                Assert.True(answer == ThreadStoreErrorCode.AlreadyExists, $"seed {seed}, look {look}: {answer}");
            }
        }
    }

    [Fact]
    public async Task A_thread_is_in_the_list_when_the_folder_of_its_day_is_moved_at_any_moment_of_a_look()
    {
        for (var (moment, isOver) = (1, false); !isOver; moment++)
        {
            Given();
            Put(1, "sessions/2026/02/03");
            var passed = 0;
            await using var store = OpenAnew(_ =>
            {
                if (++passed == moment)
                    Directory.Move(Absolute("sessions/2026/02"), Absolute("sessions/2025"));
            });

            var listed = await store.EverythingAsync();

            isOver = passed < moment;
            Assert.True(listed.Count == 2, $"moment {moment}: {Said(listed)}");
        }
    }

    [Fact, Guarantee("LIST-14")]
    public async Task Threads_that_are_moved_several_times_during_a_look_are_in_the_list()
    {
        string[] places =
        [
            Day,
            "archived_sessions",
            "sessions/2026/01/02",
            "sessions/2026/03/05",
            "archived_sessions/old",
            Day + ".zst",
            "archived_sessions.zst",
        ];
        for (var seed = 0; seed < 150; seed++)
        {
            Given();
            var random = new Random(seed);
            var at = Enumerable.Range(3, 4).ToDictionary(number => number, _ => places[random.Next(places.Length)]);
            var moves = at.Keys.ToDictionary(number => number, _ => 0);
            foreach (var (number, place) in at)
                Put(number, place);
            await using var store = OpenAnew(_ =>
            {
                foreach (var number in at.Keys.Where(number => moves[number] < 5 && random.Next(3) == 0).ToList())
                {
                    var to = places[random.Next(places.Length)];
                    Move(number, at[number], to);
                    (at[number], moves[number]) = (to, moves[number] + 1);
                }
            });

            for (var list = 0; list < 3; list++)
            {
                moves = at.Keys.ToDictionary(number => number, _ => 0);
                var listed = await store.EverythingAsync();
                Assert.True(
                    at.Keys.Append(2).All(number => listed.Exists(thread => thread.Id == Id(number) && thread.State == ThreadCondition.Ok)),
                    $"seed {seed}, list {list}: {Said(listed)}"
                );
            }
            Assert.Equal(5, (await store.EverythingAsync()).Select(thread => thread.Id).Distinct().Count());
        }
    }

    // A look is repeated while there are moves, but not for ever: as many moves as come to each list here it has to bear, whenever they
    // come.
    [Fact]
    public async Task A_thread_that_another_program_moves_several_times_during_each_list_is_in_all_of_them()
    {
        const int Moves = 5; // and one that was begun before
        Given();
        Put(1, Day);
        using var stop = new CancellationTokenSource();
        using var allowed = new SemaphoreSlim(0);
        var mover = Task.Run(
            () =>
            {
                try
                {
                    for (var (from, to) = (Day, "archived_sessions"); ; (from, to) = (to, from))
                    {
                        allowed.Wait(stop.Token);
                        Move(1, from, to);
                    }
                }
                catch (OperationCanceledException) { }
            },
            TestContext.Current.CancellationToken
        );
        try
        {
            for (var list = 0; list < 100; list++)
            {
                while (await allowed.WaitAsync(0, TestContext.Current.CancellationToken))
                {
                    // what the list before left of its moves
                }
                allowed.Release(Moves);
                await using var store = OpenAnew(null);
                var listed = await store.EverythingAsync();
                Assert.True(listed.Exists(thread => thread.Id == Id(1)), $"list {list}: {Said(listed)}");
            }
        }
        finally
        {
            await stop.CancelAsync();
            await mover;
        }
    }

    [Fact]
    public async Task A_folder_that_changes_without_a_pause_ends_no_look_and_hides_nothing()
    {
        Given();
        Put(1, Day);
        var changes = 0;
        await using var store = OpenAnew(folder => File.WriteAllText(Absolute($"{folder}/{++changes}.tmp"), ""));

        Assert.Equal(2, (await store.EverythingAsync()).Count);
        Assert.InRange(changes, 1, 8 * 12);
    }

    [Fact]
    public void A_home_in_which_nothing_changes_is_read_once()
    {
        Given();
        Put(1, Day);
        foreach (var folder in Directory.EnumerateDirectories(_home.Path, "*", SearchOption.AllDirectories))
            Settle(folder);
        var passed = new List<string>();
        var layout = new HomeLayout(_home.Path);

        var scan = new HomeScanner(layout, new HomePresence(layout), walked: passed.Add).Scan(TestContext.Current.CancellationToken);

        Assert.Equal(2, scan.Rollouts.Count);
        Assert.All(passed.GroupBy(folder => folder), walks => Assert.Equal(2, walks.Count()));
    }

    [Fact]
    public void A_folder_is_read_again_while_its_next_change_may_have_the_same_stamp()
    {
        const long Second = 1_000_000_000;
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        foreach (
            var (changed, isStill) in ((long, bool)[])
                [
                    (now / Second * Second, false),
                    (now - 3600 * Second, true),
                    (now - now % Second - 3600 * Second, true),
                    (now - 3 * Second, true),
                ]
        )
        {
            var found = new FolderFinding(new FolderIdentity(1, 2, null), new FileStamp(0, changed, 2, changed));
            Assert.Equal(isStill, new WalkedFolder(_home.Path, found).IsStill(found));
        }
    }

    // Waits until the next change of a folder will have a stamp of its own.
    static void Settle(string folder) =>
        SpinWait.SpinUntil(() => FileStat.FindFolder(folder) is { } found && new WalkedFolder(folder, found).IsStill(found));

    LocalThreadStore OpenAnew(Action<string>? walked) =>
        _home.Open(options => options with { CacheDirectory = Path.Join(_home.Cache, $"{++_caches}"), FolderWalked = walked });

    // Begins a thread with an id, or makes it a fork of the thread that nobody moves.
    static async Task<ThreadStoreErrorCode?> TakeAsync(LocalThreadStore store, int number, bool isFork)
    {
        try
        {
            if (isFork)
                await store.ForkAsync(new ForkRequest(Id(2), Id(number)), TestContext.Current.CancellationToken);
            else
                await (
                    await store.CreateAsync(RolloutLines.Legacy(Id(number), At(number)), TestContext.Current.CancellationToken)
                ).DiscardAsync(TestContext.Current.CancellationToken);
            return null;
        }
        catch (ThreadStoreException e)
        {
            return e.Code;
        }
    }

    // A home with a thread that nobody moves.
    void Given()
    {
        Directory.Delete(_home.Path, recursive: true);
        foreach (var folder in (string[])[Day, "sessions/2026/01/02", "sessions/2026/03/05", "archived_sessions", "archived_sessions/old"])
            Directory.CreateDirectory(Absolute(folder));
        Put(2, Day);
    }

    string Absolute(string path) => Path.Join(_home.Path, path);

    static bool IsPacked(string place) => place.EndsWith(".zst", StringComparison.Ordinal);

    string FileOf(int number, string place) =>
        Absolute(
            (IsPacked(place) ? place[..^4] : place)
                + "/"
                + Path.GetFileName(PathOf(Id(number), At(number)))
                + (IsPacked(place) ? ".zst" : "")
        );

    static byte[] LogOf(int number) => Legacy(number).ToSeed().ToLog();

    void Put(int number, string place)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(number, place))!);
        File.WriteAllBytes(FileOf(number, place), IsPacked(place) ? Packing.Zstd(LogOf(number)) : LogOf(number));
    }

    // As Codex does: what is packed or unpacked is there under both names for a moment.
    void Move(int number, string from, string to)
    {
        if (IsPacked(from) == IsPacked(to))
        {
            File.Move(FileOf(number, from), FileOf(number, to));
            return;
        }
        File.WriteAllBytes(Absolute("unfinished"), IsPacked(to) ? Packing.Zstd(LogOf(number)) : LogOf(number));
        File.Move(Absolute("unfinished"), FileOf(number, to));
        File.Delete(FileOf(number, from));
    }

    static string Said(List<StoredThread> threads) =>
        string.Join(", ", threads.Select(thread => $"{thread.Id} {thread.State} {thread.StateReason}"));
}
