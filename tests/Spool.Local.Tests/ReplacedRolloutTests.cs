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
    public void A_file_that_took_the_place_of_another_or_was_cut_has_moved_and_one_that_grew_has_not()
    {
        var path = _home.Write("sessions/2026/11/29/rollout-a.jsonl", "{}\n{}\n"u8);
        var known = FileStat.TryGet(path)!.Value;

        File.AppendAllText(path, "{}\n");
        ServedRolloutSource.Open(path, known).Dispose();
        ServedRolloutSource.Open(path, FileStamp.None).Dispose();

        using (var cut = File.OpenWrite(path))
            cut.SetLength(3);
        AssertMoved(path, known);

        File.Move(_home.Write("sessions/2026/11/29/other", "{}\n{}\n{}\n"u8), path, overwrite: true);
        AssertMoved(path, known);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reads_while_another_program_replaces_and_moves_a_thread_find_a_whole_history_of_their_thread(bool isFollowing)
    {
        var (first, second) = (Paginated(1, "first"), Paginated(1, "second, and the offsets of what follows are others").Turn("second").Turn("second"));
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
        RolloutLines[] logs = [Legacy(1, "first"), Legacy(1, "second, and the offsets of what follows are others").Turn("more").Turn("and more")];
        byte[][] bytes = [.. logs.Select(log => log.ToSeed().ToLog())];
        string[][] copies = [.. bytes.Select(log => System.Text.Encoding.UTF8.GetString(log).Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        var path = _home.Put(logs[0]);
        await using var store = _home.Open();
        await store.EverythingAsync();
        var changing = Task.Run(() => ChangeAll(path, bytes), Stop);

        for (var number = 100; !changing.IsCompleted; number++)
        {
            try
            {
                await store.ForkAsync(new ForkThread(Id(1), Id(number)), Stop);
            }
            catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.NotFound or ThreadStoreErrorCode.Unavailable)
            {
                continue; // its source is between two of its places
            }
            var lines = (await store.HistoryAsync(Id(number), Stop)).Select(item => System.Text.Encoding.UTF8.GetString(item.Bytes.Span)).ToList();
            var copied = lines.FindIndex(1, line => line.Contains("session_meta", StringComparison.Ordinal)); // behind its own first line, and what follows that
            Assert.Contains(copies, copy => copy.SequenceEqual(lines[copied..]));
        }
        await changing;
    }

    static async Task ReadAsync(LocalThreadStore store)
    {
        try
        {
            var turns = await store.AllTurnsAsync(new ListTurns(Id(1)), Stop);
            Assert.Contains(turns.Count, (int[])[1, 3]);
            Assert.Contains((await store.HistoryAsync(Id(1), Stop)).Count, (int[])[Items(1), Items(3)]);
            Assert.Contains((await store.ListItemsAsync(new ListItems(Id(1)) { Limit = 1000 }, Stop)).Items.Count, (int[])[Items(1), Items(3)]);
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
        var archived = Path.Combine(Directory.CreateDirectory(Path.Combine(_home.Path, HomeLayout.Archived)).FullName, Path.GetFileName(path));
        for (var round = 0; round < Rounds; round++)
        {
            File.Move(_home.Write("new", logs[round % 2]), path, overwrite: true);
            if (round % 3 != 0)
                continue;
            File.Move(path, archived);
            File.Move(archived, path);
        }
    }

    static void AssertMoved(string path, FileStamp known) =>
        Assert.True(ServedRolloutSource.HasMoved(Assert.Throws<ThreadStoreException>(() => ServedRolloutSource.Open(path, known))));
}
