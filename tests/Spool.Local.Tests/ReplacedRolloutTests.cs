using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What the index knows of a rollout is never read from another file that took its place meanwhile.</summary>
public sealed class ReplacedRolloutTests : IDisposable
{
    const int Rounds = 150;

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_file_that_took_the_place_of_another_or_was_cut_or_written_over_has_moved_and_one_that_grew_has_not()
    {
        const string Name = "sessions/2026/11/29/rollout-a.jsonl";
        var path = _home.Write(Name, "{}\n{}\n"u8);
        var known = Known(Name);

        ServedRolloutSource.Open(path, known).Dispose();
        File.AppendAllText(path, "{}\n");
        ServedRolloutSource.Open(path, known).Dispose();
        ServedRolloutSource.Open(path, known with { Stamp = FileStamp.None }).Dispose();
        ServedRolloutSource.Open(path, new KnownFile(FileStamp.None, 0, 0)).Dispose();

        using (var cut = File.OpenWrite(path))
            cut.SetLength(3);
        AssertMoved(path, known);

        // The same file as the system counts them, and longer: as one that got the number of the one before it.
        File.WriteAllText(path, "[]\n[]\n[]\n");
        AssertMoved(path, known);
        AssertMoved(path, known with { Stamp = FileStamp.None });

        File.Move(_home.Write("sessions/2026/11/29/other", "{}\n{}\n{}\n"u8), path, overwrite: true);
        AssertMoved(path, known);
    }

    [Fact]
    public void What_is_read_is_said_of_the_file_that_was_open()
    {
        const string Name = "sessions/2026/11/29/rollout-a.jsonl";
        var path = _home.Write(Name, "{}\n{}\n"u8);
        var seen = FileStat.TryGet(path)!.Value;
        File.Move(_home.Write("sessions/2026/11/29/other", "{}\n{}\n{}\n"u8), path, overwrite: true);
        var there = FileStat.TryGet(path)!.Value;

        var pass = new RolloutIndexer(new HomeLayout(_home.Path), 1024).Index(
            new ScannedRollout(Name, seen),
            null,
            NoTurns.Instance,
            Stop
        )!;

        Assert.Equal((there, there.Inode, 9), (pass.Row.Stamp, pass.Inode, pass.Row.Scan.Length));
    }

    [Theory, Guarantee("LOCL-24")]
    [InlineData("turns")]
    [InlineData("items")]
    [InlineData("items, newest first")]
    [InlineData("history")]
    [InlineData("log")]
    [InlineData("fork")]
    [InlineData("fork before a turn")]
    public async Task What_is_read_of_a_log_that_is_written_over_meanwhile_is_wholly_of_what_it_is_now(string reading)
    {
        var (first, second) = (
            Legacy(1, "first"),
            Legacy(1, "second, and the offsets of what follows are others").Turn("more").Turn("and more")
        );
        var path = _home.Put(first.Turn("kept"));
        var isIndexed = false;
        var isOver = false;
        await using var store = _home.Open(options =>
            options with
            {
                RolloutOpening = _ =>
                {
                    if (!isIndexed || isOver)
                        return;
                    isOver = true;
                    File.WriteAllBytes(path, second.ToSeed().ToLog());
                },
            }
        );
        await store.EverythingAsync();
        // A turn that both logs have, at other places.
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items;
        isIndexed = true;

        var read = await ReadingAsync(store, reading, turns[^1].Id);

        Assert.True(isOver);
        Assert.Equal(await ReadingAsync(store, reading, turns[^1].Id), read);
    }

    [Fact]
    public async Task A_history_whose_rollouts_are_replaced_meanwhile_ends_where_the_new_ones_say()
    {
        _home.Put(Paginated(1).Turn("second"));
        string child,
            replacement;
        await using (var setUp = _home.Open())
        {
            var turn = (await setUp.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items[0].Id;
            child = await ForkedAsync(setUp, default);
            replacement = Path.Combine(_home.Path, "replacement");
            File.Move(child, replacement);
            child = await ForkedAsync(setUp, ForkPoint.Before(turn));
        }
        var parent = Path.Combine(_home.Path, PathOf(Id(1), At(1)));
        var isOver = false;
        await using var store = _home.Open(options =>
            options with
            {
                RolloutOpening = _ =>
                {
                    if (isOver)
                        return;
                    isOver = true;
                    File.Move(replacement, child, overwrite: true);
                    File.Move(
                        parent,
                        Path.Combine(
                            Directory.CreateDirectory(Path.Combine(_home.Path, HomeLayout.Archived)).FullName,
                            Path.GetFileName(parent)
                        )
                    );
                },
            }
        );

        var read = (await store.HistoryAsync(Id(5), Stop)).Count;

        Assert.True(isOver);
        Assert.Equal((await store.HistoryAsync(Id(5), Stop)).Count, read);

        async Task<string> ForkedAsync(LocalThreadStore setUp, ForkPoint point)
        {
            await setUp.ForkAsync(new ForkRequest(Id(1), Id(5)) { Point = point }, Stop);
            return (await setUp.LocateAsync([Id(5)], Stop))[Id(5)];
        }
    }

    [Theory]
    [InlineData("log", "cut")]
    [InlineData("log", "written over")]
    [InlineData("history", "cut")]
    [InlineData("history", "written over")]
    public async Task What_is_cut_or_written_over_while_it_is_read_is_no_whole_log(string reading, string how)
    {
        var path = _home.Put(Long("first"));
        await using var store = _home.Open();

        var error = await Assert.ThrowsAsync<ThreadStoreException>(() =>
            ReadAndChangeAsync(
                store,
                reading,
                () =>
                {
                    if (how == "cut")
                        using (var log = File.OpenWrite(path))
                            log.SetLength(500_000);
                    else
                        File.WriteAllBytes(path, Long("other").ToSeed().ToLog());
                }
            )
        );

        Assert.Equal(
            (ThreadStoreErrorCode.Unavailable, "Another program cut or wrote over the log while it was read; try again."),
            (error.Code, error.Message)
        );
    }

    [Theory]
    [InlineData("log", "grown")]
    [InlineData("log", "replaced")]
    [InlineData("log", "deleted")]
    [InlineData("history", "grown")]
    [InlineData("history", "replaced")]
    [InlineData("history", "deleted")]
    public async Task What_is_added_to_or_gets_another_file_in_its_place_while_it_is_read_is_whole(string reading, string how)
    {
        var log = Long("first");
        var path = _home.Put(log);
        await using var store = _home.Open();

        var bytes = await ReadAndChangeAsync(
            store,
            reading,
            () =>
            {
                if (how == "grown")
                    File.AppendAllText(path, "{\"timestamp\":\"2026-05-01T10:00:00.000Z\",\"type\":\"more\",\"payload\":{}}\n");
                else if (how == "replaced")
                    File.Move(_home.Write("new", Long("other").ToSeed().ToLog()), path, overwrite: true);
                else
                    File.Delete(path);
            }
        );

        Assert.InRange(bytes, log.ToSeed().ToLog().Length, log.ToSeed().ToLog().Length + 100);
    }

    static RolloutLines Long(string word) =>
        Enumerable.Range(0, 20).Aggregate(Legacy(1, word), (log, turn) => log.Turn($"{word} {turn} {new string('x', 50_000)}"));

    // Gives how many bytes were read.
    static async Task<long> ReadAndChangeAsync(LocalThreadStore store, string reading, Action change)
    {
        if (reading == "log")
        {
            using var destination = new ChangingStream(change);
            await store.CopyLogAsync(Id(1), destination, Stop);
            return destination.Length;
        }
        var read = 0L;
        var isChanged = false;
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(Id(1)), Stop))
        {
            read += item.Bytes.Length + 1;
            if (!isChanged)
                change();
            isChanged = true;
        }
        return read;
    }

    sealed class ChangingStream(Action change) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var isFirst = Length == 0;
            await base.WriteAsync(buffer, cancellationToken);
            if (isFirst)
                change();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_while_another_program_replaces_and_moves_a_thread_find_a_whole_history_of_their_thread(bool isFollowing)
    {
        var (first, second) = (
            Paginated(1, "first"),
            Paginated(1, "second, and the offsets of what follows are others").Turn("second").Turn("second")
        );
        var path = _home.Put(first);
        await using var store = _home.Open(options => options with { ReconcileInterval = isFollowing ? TimeSpan.FromHours(1) : null });
        await store.EverythingAsync();
        var changing = Task.Run(() => ChangeAll(path, [first.ToSeed().ToLog(), second.ToSeed().ToLog()]), Stop);

        var reads = 0;
        while (!changing.IsCompleted || reads < 10)
        {
            await ReadAsync(store);
            reads++;
        }

        await changing;
        Assert.True(reads >= 10);
    }

    [Fact]
    public async Task Forks_while_another_program_replaces_their_source_are_copies_of_one_of_its_logs()
    {
        RolloutLines[] logs =
        [
            Legacy(1, "first"),
            Legacy(1, "second, and the offsets of what follows are others").Turn("more").Turn("and more"),
        ];
        byte[][] bytes = [.. logs.Select(log => log.ToSeed().ToLog())];
        string[][] copies = [.. bytes.Select(log => Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        var path = _home.Put(logs[0]);
        await using var store = _home.Open();
        await store.EverythingAsync();
        var changing = Task.Run(() => ChangeAll(path, bytes), Stop);

        for (var number = 100; !changing.IsCompleted; number++)
        {
            try
            {
                await store.ForkAsync(new ForkRequest(Id(1), Id(number)), Stop);
            }
            catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.NotFound or ThreadStoreErrorCode.Unavailable)
            {
                continue; // its source is between two of its places
            }
            var lines = (await store.HistoryAsync(Id(number), Stop)).Select(item => Encoding.UTF8.GetString(item.Bytes.Span)).ToList();
            // behind its own first line, and what follows that
            var copied = lines.FindIndex(1, line => line.Contains("session_meta", StringComparison.Ordinal));
            Assert.True(
                copies.Any(copy => copy.SequenceEqual(lines[copied..])),
                $"Fork {number} is a copy of neither log:\n{string.Join('\n', lines)}\nbut the logs are\n{string.Join("\nand\n", copies.Select(copy => string.Join('\n', copy)))}"
            );
        }
        await changing;
    }

    static async Task ReadAsync(LocalThreadStore store)
    {
        try
        {
            var turns = await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop);
            Assert.Contains(turns.Count, (int[])[1, 3]);
            Assert.Contains((await store.HistoryAsync(Id(1), Stop)).Count, (int[])[Items(1), Items(3)]);
            Assert.Contains(
                (await store.ListItemsAsync(new ListItemsRequest(Id(1)) { Limit = 1000 }, Stop)).Items.Count,
                (int[])[Items(1), Items(3)]
            );
        }
        catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.NotFound or ThreadStoreErrorCode.Unavailable)
        {
            // between two of its places
        }
    }

    static int Items(int turns)
    {
        var lines = Paginated(1);
        for (var turn = 1; turn < turns; turn++)
            lines = lines.Turn("more");
        return lines.ToSeed().ToLog().Count((byte)'\n');
    }

    // Renames put whole files in place, as programs do.
    void ChangeAll(string path, byte[][] logs)
    {
        var archived = Path.Combine(
            Directory.CreateDirectory(Path.Combine(_home.Path, HomeLayout.Archived)).FullName,
            Path.GetFileName(path)
        );
        for (var round = 0; round < Rounds; round++)
        {
            File.Move(_home.Write("new", logs[round % 2]), path, overwrite: true);
            if (round % 3 != 0)
                continue;
            File.Move(path, archived);
            File.Move(archived, path);
        }
    }

    static async Task<List<string>> ReadingAsync(LocalThreadStore store, string reading, string turn)
    {
        switch (reading)
        {
            case "turns":
                return
                [
                    .. (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items.Select(found =>
                        $"{found.Id} {string.Join(' ', found.Items.Select(item => item.ToString()))}"
                    ),
                ];
            case "items":
                return [.. (await store.ListItemsAsync(new ListItemsRequest(Id(1)) { Limit = 100 }, Stop)).Items.Select(Shown)];
            case "items, newest first":
                return
                [
                    .. (
                        await store.ListItemsAsync(new ListItemsRequest(Id(1)) { Limit = 100, Direction = SortDirection.Descending }, Stop)
                    ).Items.Select(Shown),
                ];
            case "history":
                return [.. (await store.HistoryAsync(Id(1), Stop)).Select(Shown)];
            case "log":
                using (var bytes = new MemoryStream())
                {
                    await store.CopyLogAsync(Id(1), bytes, Stop);
                    return [Encoding.UTF8.GetString(bytes.ToArray())];
                }
            default:
                var fork = ThreadId.New(TimeProvider.System);
                await store.ForkAsync(new ForkRequest(Id(1), fork) { Point = reading == "fork" ? default : ForkPoint.Before(turn) }, Stop);
                return [.. (await store.HistoryAsync(fork, Stop)).Skip(1).Select(Shown)];
        }

        static string Shown(RolloutItem item) => $"{item.Ordinal} {Encoding.UTF8.GetString(item.Bytes.Span)}";
    }

    KnownFile Known(string name)
    {
        var path = Path.Combine(_home.Path, name);
        return new RolloutIndexer(new HomeLayout(_home.Path), 1024)
            .Index(new ScannedRollout(name, FileStat.TryGet(path)!.Value), null, NoTurns.Instance, Stop)!
            .Row.File;
    }

    static void AssertMoved(string path, KnownFile known) =>
        Assert.True(ServedRolloutSource.HasMoved(Assert.Throws<ThreadStoreException>(() => ServedRolloutSource.Open(path, known))));
}
