using System.Diagnostics;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What is in the place of a file and blocks whoever reads it, or has no end.</summary>
public sealed class OddFileTests : IDisposable
{
    // Whatever hangs does so for ever.
    const int Patience = 60_000;

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory(Timeout = Patience)]
    [InlineData("/proc/version")]
    [InlineData("/proc/kmsg")]
    [InlineData("/sys/kernel/uevent_seqnum")]
    [InlineData("/dev/zero")]
    [InlineData("/dev/tty")]
    [InlineData("a pipe")]
    public async Task Nothing_but_regular_files_is_read_whatever_is_in_the_place_of_a_rollout(string what)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && (what == "a pipe" || Path.Exists(what)),
            "These files are those of Linux, and this one is not in every container."
        );
        var names = (string[])
            ["rollout-2026-01-01T00-00-00-{0}.jsonl", "rollout-2026-01-01T00-00-01-{0}.jsonl.zst", "rollout-2026-01-01-{0}.json"];
        var good = _home.Put(Legacy(9, "the good one"));
        for (var number = 1; number <= names.Length; number++)
            Put(
                "sessions/2026/01/01/" + string.Format(System.Globalization.CultureInfo.InvariantCulture, names[number - 1], Id(number)),
                what
            );
        await using var store = _home.Open();

        var threads = await store.EverythingAsync();

        Assert.Equal(4, threads.Count);
        Assert.Equal([Id(9)], threads.Where(thread => thread.State == ThreadCondition.Ok).Select(thread => thread.Id));
        foreach (var odd in threads.Where(thread => thread.Id != Id(9)))
        {
            Assert.Equal(ThreadCondition.Unreadable, odd.State);
            if (what != "/proc/kmsg") // which only some may open
                Assert.Equal(RegularFile.Reason, odd.StateReason);
            Assert.Equal(
                ThreadStoreErrorCode.Corrupt,
                (await Assert.ThrowsAsync<ThreadStoreException>(() => store.HistoryAsync(odd.Id, Stop))).Code
            );
        }
        await store.DeleteAsync(Id(9), Stop);
        Assert.False(File.Exists(good));
    }

    [Theory(Timeout = Patience)]
    [InlineData("/proc/version")]
    [InlineData("/proc/kmsg")]
    [InlineData("/dev/zero")]
    [InlineData("a pipe")]
    public async Task Nothing_but_regular_files_is_read_whatever_is_in_the_place_of_a_file_of_Codex(string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These files are those of Linux.");
        _home.Put(Legacy(1));
        foreach (
            var name in (string[])
                [
                    "session_index.jsonl",
                    "config.toml",
                    "history.jsonl",
                    "state_5.sqlite",
                    "state_5.sqlite-wal",
                    "state_5.sqlite-shm",
                    "thread_history_1.sqlite",
                    "notes.txt",
                ]
        )
            Put(name, what);
        await using var store = _home.Open();

        var page = await store.ListAsync(new ThreadQuery(), Stop);

        Assert.Equal([Id(1)], page.Items.Select(thread => thread.Id));
        Assert.Contains("session_index.jsonl", page.Problems.Select(problem => problem.Place));
        Assert.Contains("config.toml", page.Problems.Select(problem => problem.Place));
        await RefusedOrDoneAsync(async () => await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("named") }, Stop));
        await RefusedOrDoneAsync(async () => await store.ArchiveAsync(Id(1), Stop));
        await store.DeleteAsync(Id(1), Stop);
        Assert.Empty(await store.EverythingAsync());
    }

    [Theory(Timeout = Patience)]
    [InlineData("/proc/version")]
    [InlineData("/dev/zero")]
    [InlineData("a pipe")]
    public async Task What_is_in_the_place_of_a_lock_file_is_named_and_not_waited_for(string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These files are those of Linux.");
        _home.Put(Legacy(1));
        _home.Put(Legacy(2));
        foreach (var name in (string[])["thread-writer-locks/.coordination.lock", $"thread-writer-locks/{Id(1)}.lock"])
        {
            Put(name, what);
            await using var store = _home.Open();

            var error = await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, async () => await store.ArchiveAsync(Id(1), Stop));

            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            if (name.Contains($"{Id(1)}", StringComparison.Ordinal))
                Assert.NotNull((await store.ArchiveAsync(Id(2), Stop)).Thread.ArchivedAt); // no other thread is hindered
            File.Delete(Path.Combine(_home.Path, name));
        }
    }

    static async Task RefusedOrDoneAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (ThreadStoreException e)
        {
            Assert.Contains(e.Code, (ThreadStoreErrorCode[])[ThreadStoreErrorCode.Unavailable, ThreadStoreErrorCode.Corrupt]);
        }
    }

    void Put(string place, string what)
    {
        var path = _home.Write(place, []);
        File.Delete(path);
        if (what == "a pipe")
            Process.Start("mkfifo", [path])!.WaitForExit();
        else
            File.CreateSymbolicLink(path, what);
    }
}
