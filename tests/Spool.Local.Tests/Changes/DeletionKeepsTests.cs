using System.IO.Compression;
using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;
using static Spool.Local.Tests.Packing;

namespace Spool.Local.Tests;

/// <summary>A deletion takes nothing that is not the thread's alone: what holds other things too stays, and the receipt names it.</summary>
public sealed class DeletionKeepsTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("A then B")]
    [InlineData("B then A")]
    [InlineData("A then its fork")]
    [InlineData("A in gzip, then B")]
    [InlineData("A then B in zstd")]
    [InlineData("notes that begin with the first line")]
    [InlineData("A then a last line of the user's")]
    [InlineData("A then the user's own JSON")]
    [InlineData("A with a line of the user's in the middle")]
    [InlineData("instructions that quote A")]
    [InlineData("A and B on one line")]
    [InlineData("tar of A and B")]
    [InlineData("tar of A")]
    [InlineData("tar.gz of A and B")]
    [InlineData("tar.zst of A and B")]
    [InlineData("zip of A and B, stored")]
    [InlineData("zip of A and B, deflated")]
    [InlineData("A in UTF-16")]
    [InlineData("A in UTF-16, the other order")]
    public async Task A_file_that_holds_other_things_too_stays_and_is_named(string what)
    {
        var (a, b) = (Legacy(1, "of A").ToSeed().ToLog(), Legacy(2, "of B").ToSeed().ToLog());
        _home.Put(Legacy(1, "of A"));
        _home.Put(Legacy(2, "of B"));
        byte[] first = [.. a.AsSpan(0, a.AsSpan().IndexOf((byte)'\n') + 1)],
            rest = a[first.Length..];
        byte[] both = [.. a, .. b],
            fork = [.. RolloutLines.From(new RolloutHead(Id(3), At(3)) { ForkedFrom = Id(1) }).ToSeed().ToLog(), .. a];
        var bytes = what switch
        {
            "A then B" => both,
            "B then A" => [.. b, .. a],
            "A then its fork" => [.. a, .. fork],
            "A in gzip, then B" => Gzip(both),
            "A then B in zstd" => Zstd(both),
            "notes that begin with the first line" => [.. first, .. "# My own notes\n"u8],
            "A then a last line of the user's" => [.. a, .. "my own rules"u8],
            "A then the user's own JSON" => [.. a, .. "{\"my\":\"own\"}\n{\"type\":\"note\"}\n"u8],
            "A with a line of the user's in the middle" => [.. first, .. "remember this\n"u8, .. rest],
            "instructions that quote A" => [.. "# Rules\n```\n"u8, .. a, .. "```\nmy own rules\n"u8],
            "A and B on one line" => [.. a.AsSpan().TrimEnd((byte)'\n'), .. b],
            "tar of A and B" => Tar(a, b),
            "tar of A" => Tar(a),
            "tar.gz of A and B" => Gzip(Tar(a, b)),
            "tar.zst of A and B" => Zstd(Tar(a, b)),
            "zip of A and B, stored" => Zip(CompressionLevel.NoCompression, a, b),
            "zip of A and B, deflated" => Zip(CompressionLevel.Optimal, a, b),
            "A in UTF-16" => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(a)),
            _ => Encoding.BigEndianUnicode.GetBytes("\ufeff" + Encoding.UTF8.GetString(a)),
        };
        var mine = _home.Write("backup/mine", bytes);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(bytes, File.ReadAllBytes(mine));
        Assert.Equal(1, receipt.Rollouts);
        Assert.Single(receipt.Removed);
        var left = Assert.Single(receipt.Left);
        Assert.Contains("backup/mine", left.What, StringComparison.Ordinal);
        Assert.Contains("holds other things too", left.Why, StringComparison.Ordinal);
        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
        Assert.Equal(bytes, File.ReadAllBytes(mine));
    }

    [Theory]
    [InlineData("torn")]
    [InlineData("older")]
    [InlineData("newer")]
    [InlineData("damaged as the log is")]
    [InlineData("of a fork, with what it copied")]
    public async Task A_copy_of_the_log_goes_also_when_it_is_of_another_moment_or_damaged_as_the_log_is(string what)
    {
        byte[] log = Legacy(1, "of A").Turn("more").ToSeed().ToLog(),
            head = RolloutLines.From(new RolloutHead(Id(1), At(1)) { ForkedFrom = Id(2) }).ToSeed().ToLog();
        if (what.StartsWith("of a fork", StringComparison.Ordinal))
            log = [.. head, .. Legacy(2, "of B").ToSeed().ToLog(), .. log[(log.AsSpan().IndexOf((byte)'\n') + 1)..]];
        if (what.StartsWith("damaged", StringComparison.Ordinal))
            log[^20] = 0;
        _home.Write(PathOf(Id(1), At(1)), what == "newer" ? Legacy(1, "of A").ToSeed().ToLog() : log);
        _home.Write(
            "backup/copy.txt",
            Gzip(
                what == "torn" ? log[..^9]
                : what == "older" ? log[..(log.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1)]
                : log
            )
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Contains("backup/copy.txt", receipt.Removed);
        Assert.Empty(receipt.Left);
    }

    [Theory]
    [InlineData("rollout-all.jsonl")]
    [InlineData("rollout-2026-01-02T03-04-05-{9}.jsonl")]
    public async Task A_rollout_that_has_not_the_name_of_the_thread_and_holds_another_one_too_stays_however_often_the_thread_is_deleted(
        string name
    )
    {
        _home.Put(Legacy(1, "of A"));
        byte[] both = [.. Legacy(1, "of A").ToSeed().ToLog(), .. Legacy(2, "of B").ToSeed().ToLog()];
        var all = _home.Write("sessions/2026/" + name.Replace("{9}", Id(9).ToString(), StringComparison.Ordinal), both);
        await using var store = _home.Open();
        await store.EverythingAsync();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(1, receipt.Rollouts);
        Assert.Contains(Path.GetFileName(all), Assert.Single(receipt.Left).What, StringComparison.Ordinal);
        await Writing.RefusedAsync(ThreadStoreErrorCode.Unsupported, () => store.DeleteAsync(Id(1), Stop).AsTask());
        Assert.Equal(both, File.ReadAllBytes(all));
    }

    [Theory]
    [InlineData("another first byte")]
    [InlineData("cut")]
    [InlineData("zeros")]
    [InlineData("blank")]
    [InlineData("no line end")]
    [InlineData("no id")]
    [InlineData("of something else")]
    public async Task A_fork_whose_first_line_is_damaged_is_the_thread_of_its_name_and_stays_when_its_source_is_deleted(string damage)
    {
        var source = Legacy(1, "of A").ToSeed().ToLog();
        _home.Put(Legacy(1, "of A"));
        var head = RolloutLines.From(new RolloutHead(Id(2), At(2)) { ForkedFrom = Id(1) }).ToSeed().ToLog();
        byte[] damaged = damage switch
        {
            "another first byte" => [.. "@"u8, .. head[1..]],
            "cut" => [.. head[..^3], .. "\n"u8],
            "zeros" => [.. new byte[head.Length - 1], .. "\n"u8],
            "blank" => "\n"u8.ToArray(),
            "no line end" => [.. "@"u8, .. head[1..^1]],
            "no id" => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(head).Replace(Id(2).ToString(), "?", StringComparison.Ordinal)),
            _ => [.. Legacy(2, "x").Lines[1].Span, .. "\n"u8],
        };
        byte[] log = [.. damaged, .. source, .. Legacy(2, "only of the fork").ToSeed().ToLog().AsSpan(head.Length)];
        var path = _home.Write(PathOf(Id(2), At(2)), log);
        await using var store = _home.Open();

        var fork = Assert.Single(await store.EverythingAsync(), thread => thread.Id == Id(2));
        Assert.Equal(ThreadCondition.Damaged, fork.State);
        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(1, receipt.Rollouts);
        Assert.Equal(log, File.ReadAllBytes(path));
        Assert.Equal(Id(2), Assert.Single(await store.EverythingAsync()).Id);
        await store.DeleteAsync(Id(2), Stop);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("a rollout", false)]
    [InlineData("a rollout", true)]
    [InlineData("a folder", false)]
    [InlineData("a folder", true)]
    [InlineData("the archive", true)]
    public async Task A_thread_is_kept_while_what_may_continue_it_cannot_be_read(string what, bool isFresh)
    {
        var source = Paginated(1, "of A");
        var path = _home.Put(source);
        var fork = PathOf(Id(2), At(2));
        _home.Write(fork, source.Fork(Id(2), At(2)).Turn("of the fork").ToSeed().ToLog());
        var place = what switch
        {
            "a rollout" => fork,
            "a folder" => "sessions/2031/01",
            _ => "archived_sessions",
        };
        if (what != "a rollout")
        {
            Directory.CreateDirectory(Path.Combine(_home.Path, place));
            File.Move(Path.Combine(_home.Path, fork), Path.Combine(_home.Path, place, Path.GetFileName(fork)));
        }
        if (!isFresh)
            await _home.EverythingAsync();
        // What cannot be reached for a while: the place is a link, and what it leads to is away.
        var real = Path.Combine(_home.Path, place);
        var away = _home.Path + "-away";
        Move(real, away);
        File.CreateSymbolicLink(real, away + "-not-there");
        await using (var store = _home.Open())
        {
            var error = await Assert.ThrowsAsync<ThreadStoreException>(() => store.DeleteAsync(Id(1), Stop).AsTask());

            Assert.True(
                error.Code == ThreadStoreErrorCode.Unavailable && error.Message.Contains(place, StringComparison.Ordinal)
                    || !isFresh && error.Code == ThreadStoreErrorCode.Referenced,
                error.Message
            );
            Assert.True(File.Exists(path));
        }
        File.Delete(real);
        Move(away, real);
        Assert.Equal(ThreadCondition.Ok, Assert.Single(await _home.EverythingAsync(), thread => thread.Id == Id(2)).State);

        static void Move(string from, string to)
        {
            if (File.Exists(from))
                File.Move(from, to);
            else
                Directory.Move(from, to);
        }
    }

    [Theory]
    [InlineData("zstd of a checksum that is wrong", ".zst")]
    [InlineData("zstd with a dictionary", ".zst")]
    [InlineData("zstd that needs too much memory", ".zst")]
    [InlineData("no zstd at all", ".zst")]
    [InlineData("a pipe in its place", "")]
    [InlineData("a folder in its place", "")]
    [InlineData("cut within its first line", "")]
    [InlineData("a first line that is damaged", "")]
    [InlineData("a first line without an id", "")]
    [InlineData("UTF-16", "")]
    public async Task A_thread_is_kept_while_a_later_rollout_is_there_that_does_not_say_what_it_continues(string what, string ending)
    {
        var (first, second) = (new ThreadId(Guid.CreateVersion7(At(1))), new ThreadId(Guid.CreateVersion7(At(2))));
        var source = RolloutLines.Paginated(first, At(1)).Turn("of A");
        var path = _home.Put(source);
        var log = source.Fork(second, At(2)).Turn("of the fork").ToSeed().ToLog();
        foreach (var isFresh in (bool[])[true, false])
        {
            var fork = _home.Write(PathOf(second, At(2)), log);
            if (!isFresh)
                await _home.EverythingAsync();
            File.Delete(fork);
            Spoil(what, fork + ending, log);
            await using (var store = _home.Open())
            {
                var error = await Assert.ThrowsAsync<ThreadStoreException>(() => store.DeleteAsync(first, Stop).AsTask());

                // What the head said while it could be read stays known.
                Assert.Equal(isFresh ? ThreadStoreErrorCode.Unavailable : ThreadStoreErrorCode.Referenced, error.Code);
                Assert.Contains(
                    error.Code == ThreadStoreErrorCode.Referenced ? second.ToString() : Path.GetFileName(fork + ending),
                    error.Message,
                    StringComparison.Ordinal
                );
                Assert.True(File.Exists(path));
            }
            if (what != "a folder in its place")
                File.Delete(fork + ending);
            else
                Directory.Delete(fork);
            _home.Write(PathOf(second, At(2)), log);
            Assert.Equal(ThreadCondition.Ok, Assert.Single(await _home.EverythingAsync(), thread => thread.Id == second).State);
        }
    }

    [Fact]
    public async Task A_thread_is_kept_while_a_later_rollout_says_what_it_continues_behind_the_limit_of_its_first_line()
    {
        var (first, second) = (new ThreadId(Guid.CreateVersion7(At(1))), new ThreadId(Guid.CreateVersion7(At(2))));
        var source = RolloutLines.Paginated(first, At(1)).Turn("of A");
        var path = _home.Put(source);
        var log = System.Text.Encoding.UTF8.GetString(source.Fork(second, At(2)).Turn("of the fork").ToSeed().ToLog());
        _home.Write(
            PathOf(second, At(2)),
            System.Text.Encoding.UTF8.GetBytes(
                log.Insert(
                    log.IndexOf("\"history_base\"", StringComparison.Ordinal),
                    $$"""
                    "base_instructions":{"text":"{{new string('x', 1_000_000)}}"},
                    """.Trim()
                )
            )
        );

        await using var store = _home.Open(options => options with { MaxLineBytes = 500_000 });
        await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, () => store.DeleteAsync(first, Stop).AsTask());

        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task What_cannot_be_read_and_is_known_to_continue_nothing_keeps_no_thread()
    {
        var ids = Enumerable.Range(0, 7).Select(i => new ThreadId(Guid.CreateVersion7(At(i)))).ToList();
        _home.Put(RolloutLines.Paginated(ids[1], At(1)).Turn("of A"));
        var known = _home.Put(RolloutLines.Paginated(ids[2], At(2)).Turn("of B"));
        await _home.EverythingAsync();
        File.WriteAllText(known, "garbage\n");
        _home.Write(PathOf(ids[0], At(0)), "older than A\n"u8.ToArray());
        _home.Write(PathOf(ids[3], At(3)), []);
        _home.Write(PathOf(ids[4], At(4)).Replace(".jsonl", ".json", StringComparison.Ordinal), "of early Codex"u8.ToArray());
        _home.Put(RolloutLines.Paginated(ids[5], At(5)).Turn("of E"));
        _home.Write(PathOf(ids[5], At(5)) + ".zst", "beside a copy that can be read"u8.ToArray());
        _home.Write(PathOf(Id(6), At(0).AddDays(-3)), "an id without a time, a name of an earlier day"u8.ToArray());
        await using (var store = _home.Open())
            Assert.Equal(1, (await store.DeleteAsync(ids[1], Stop)).Rollouts);
        // A legacy thread has no continuations, so nothing keeps it; a later rollout that nobody knows of can be deleted itself.
        _home.Put(Legacy(1, "of L"));
        _home.Write(PathOf(ids[6], At(6)), "nobody knows\n"u8.ToArray());
        await using var other = _home.Open();
        Assert.Equal(1, (await other.DeleteAsync(Id(1), Stop)).Rollouts);
        await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, () => other.DeleteAsync(ids[5], Stop).AsTask());
        Assert.Equal(1, (await other.DeleteAsync(ids[6], Stop)).Rollouts);
        Assert.Equal(2, (await other.DeleteAsync(ids[5], Stop)).Rollouts);
    }

    [Fact]
    public async Task A_rollout_that_cannot_be_read_and_began_before_the_thread_does_not_keep_it_and_can_itself_be_deleted()
    {
        var (first, second) = (new ThreadId(Guid.CreateVersion7(At(1))), new ThreadId(Guid.CreateVersion7(At(2))));
        _home.Put(RolloutLines.Paginated(second, At(2)).Turn("of B"));
        var older = _home.Put(RolloutLines.Paginated(first, At(1)).Turn("of A"));
        File.Delete(older);
        File.CreateSymbolicLink(older, "/nowhere");
        await using var store = _home.Open();

        Assert.Equal(1, (await store.DeleteAsync(second, Stop)).Rollouts);
        Assert.Equal(1, (await store.DeleteAsync(first, Stop)).Rollouts);
    }

    [Theory]
    [InlineData("backup", 0)]
    [InlineData("backup", 1)]
    [InlineData("sessions/2026/deep", 0)]
    [InlineData("archived_sessions", 0)]
    public async Task Paths_that_are_longer_than_the_system_takes_are_said_and_hinder_nothing(string place, int more)
    {
        var path = _home.Put(Legacy(1, "of A"));
        // Made from the inside out: each folder is moved into the next.
        var root = _home.Path + "-deep";
        var whole = Path.Combine(root, "whole");
        var next = Path.Combine(root, "next");
        Directory.CreateDirectory(whole);
        File.WriteAllText(Path.Combine(whole, $"{new string('y', 220)}.txt"), "far away");
        for (var i = (4095 - _home.Path.Length - place.Length - 1) / 201 + more; i > 0; i--)
        {
            Directory.CreateDirectory(next);
            Directory.Move(whole, Path.Combine(next, new string('x', 200)));
            Directory.Move(next, whole);
        }
        Directory.Move(whole, Path.Combine(_home.Path, place));
        try
        {
            await using var store = _home.Open();

            var receipt = await store.DeleteAsync(Id(1), Stop);

            Assert.False(File.Exists(path));
            Assert.Contains(receipt.Left, left => left.What.Contains(place, StringComparison.Ordinal) && left.Why == "it cannot be read");
        }
        finally
        {
            using var remove = System.Diagnostics.Process.Start("rm", ["-rf", _home.Path, root]);
            await remove.WaitForExitAsync(CancellationToken.None);
            Directory.CreateDirectory(_home.Path);
        }
    }

    [Fact]
    public async Task A_line_of_prompts_that_holds_one_of_another_thread_too_stays_and_is_named()
    {
        _home.Put(Legacy(1, "of A"));
        static string Prompt(int thread) => $$"""{"session_id":"{{Id(thread)}}","ts":1,"text":"of {{thread}}"}""";
        string[] kept =
        [
            Prompt(1) + Prompt(2),
            Prompt(1) + " " + Prompt(2),
            Prompt(1)[..^3] + Prompt(2),
            Prompt(2) + Prompt(1),
            Prompt(1) + "x",
            Prompt(1).Replace("of 1", new string('x', 2_000_000), StringComparison.Ordinal) + Prompt(2),
        ];
        var history = _home.Write(
            "history.jsonl",
            Encoding.UTF8.GetBytes(string.Concat(kept.Append(Prompt(1)).Select(line => line + "\n")))
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(1, receipt.Prompts);
        Assert.Equal([.. kept, new string(' ', Prompt(1).Length)], File.ReadAllLines(history));
        Assert.Contains("history.jsonl", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_the_thread_go_also_where_the_line_was_cut_or_the_id_is_in_capitals()
    {
        _home.Put(Legacy(1, "of A"));
        static string Named(string id, string name) => $$"""{"id":"{{id}}","thread_name":"{{name}}"}""";
        var (one, other) = (Id(1).ToString(), Named(Id(2).ToString(), "of B") + "\n");
        var index = _home.Write(
            "session_index.jsonl",
            Encoding.UTF8.GetBytes(
                Named(one, "cut early")[..^4]
                    + "\n"
                    + other
                    + Named(one.ToUpperInvariant(), "in capitals")
                    + "\n"
                    + other
                    + Named(one, "cut late")[..^3]
            )
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(3, receipt.Names);
        Assert.Equal(other + other, File.ReadAllText(index));
    }

    static void Spoil(string what, string path, byte[] log)
    {
        using var compressor = new ZstdSharp.Compressor();
        switch (what)
        {
            case "zstd of a checksum that is wrong":
                compressor.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
                var sum = compressor.Wrap(log).ToArray();
                sum[^1] ^= 255;
                File.WriteAllBytes(path, sum);
                break;
            case "zstd with a dictionary":
                compressor.LoadDictionary(log.AsSpan(0, log.Length / 2));
                File.WriteAllBytes(path, compressor.Wrap(log).ToArray());
                break;
            case "zstd that needs too much memory":
                // A frame whose window is 2 GiB, and one raw block in it.
                byte[] frame =
                [
                    0x28,
                    0xB5,
                    0x2F,
                    0xFD,
                    0x00,
                    21 << 3,
                    .. BitConverter.GetBytes((log.Length << 3) | 1).AsSpan(0, 3),
                    .. log,
                ];
                File.WriteAllBytes(path, frame);
                break;
            case "no zstd at all":
                File.WriteAllBytes(path, log);
                break;
            case "a pipe in its place":
                System.Diagnostics.Process.Start("mkfifo", [path])!.WaitForExit();
                break;
            case "a folder in its place":
                Directory.CreateDirectory(path);
                break;
            case "cut within its first line":
                File.WriteAllBytes(path, log[..40]);
                break;
            case "a first line that is damaged":
                File.WriteAllBytes(path, [.. "@"u8, .. log[1..]]);
                break;
            case "a first line without an id":
                File.WriteAllText(path, Encoding.UTF8.GetString(log).Replace("session_meta", "session_mate", StringComparison.Ordinal));
                break;
            default:
                File.WriteAllBytes(path, Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(log)));
                break;
        }
    }
}
