using System.Diagnostics;
using System.Net.Sockets;
using Spool.TestKit;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Changes of a thread in the place of whose rollout there is something else: each is done wholly or not at all, says what is
/// there, and waits for nothing.</summary>
public sealed class OddChangeTests : IDisposable
{
    // Whatever hangs does so for ever.
    const int Patience = 60_000;

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Odd => ["a pipe", "a socket", "a folder", "a circle", "/nowhere", "/dev/null", "/dev/zero"];

    public void Dispose() => _home.Dispose();

    [Theory(Timeout = Patience), MemberData(nameof(Odd))]
    public async Task What_is_no_rollout_is_not_moved_and_the_error_says_what_is_there(string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes, sockets and devices are files of Linux.");
        var active = await PutAsync(2, what);
        _home.Put(Legacy(1));
        await using var store = _home.Open();
        var before = Everything();
        var reason = (await store.GetAsync(Id(2), Stop)).StateReason!;

        Assert.Equal(
            reason,
            (await Writing.RefusedAsync(ThreadStoreErrorCode.Corrupt, async () => await store.ArchiveAsync(Id(2), Stop))).Message
        );
        Assert.Equal(before, Everything());

        var archived = Path.Combine(_home.Path, "archived_sessions", Path.GetFileName(active));
        Directory.CreateDirectory(Path.GetDirectoryName(archived)!);
        Directory.Move(active, archived);
        before = Everything();
        Assert.Equal(
            reason,
            (await Writing.RefusedAsync(ThreadStoreErrorCode.Corrupt, async () => await store.UnarchiveAsync(Id(2), Stop))).Message
        );
        Assert.Equal(before, Everything());
        Assert.NotNull((await store.GetAsync(Id(2), Stop)).ArchivedAt);
    }

    [Theory(Timeout = Patience), MemberData(nameof(Odd))]
    public async Task What_is_no_file_is_in_the_way_of_a_thread_like_a_file_and_stays(string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes, sockets and devices are files of Linux.");
        var odd = await PutAsync(1, what);
        Directory.CreateDirectory(Path.Combine(_home.Path, "archived_sessions"));
        var target = Path.Combine(_home.Path, "archived_sessions", Path.GetFileName(odd));
        Directory.Move(odd, target);
        _home.Put(Legacy(1));
        await RefusedAsync("archived_sessions/" + Path.GetFileName(odd), store => store.ArchiveAsync(Id(1), Stop).AsTask());

        Directory.Move(odd, target + ".away");
        Directory.Move(target, odd);
        Directory.Move(target + ".away", target);
        await RefusedAsync(PathOf(Id(1), At(1)), store => store.UnarchiveAsync(Id(1), Stop).AsTask());

        // A compressed rollout has to become a plain one before anything can be written to it.
        using var compressor = new Compressor(3);
        File.WriteAllBytes(odd + ".zst", compressor.Wrap(Legacy(1).ToSeed().ToLog()));
        File.Delete(target);
        await BlockedAsync(
            PathOf(Id(1), At(1)),
            store => store.UpdateAsync(Id(1), new ThreadPatch { MemoryMode = "disabled" }, Stop).AsTask()
        );
        await BlockedAsync(PathOf(Id(1), At(1)), store => store.ResumeAsync(new ResumeRequest(Id(1)), Stop).AsTask());

        Task RefusedAsync(string place, Func<LocalThreadStore, Task> change) =>
            StaysAsync(
                ThreadStoreErrorCode.AlreadyExists,
                $"The thread has to go to {place}, where something else is already; delete, move or rename that first.",
                change
            );

        // No thread has to be made there: the one that is asked for has to be written.
        Task BlockedAsync(string place, Func<LocalThreadStore, Task> change) =>
            StaysAsync(
                ThreadStoreErrorCode.Unavailable,
                $"There is something at {place}, where the thread's own file has to be; delete, move or rename that first.",
                change
            );

        async Task StaysAsync(ThreadStoreErrorCode code, string message, Func<LocalThreadStore, Task> change)
        {
            await using var store = _home.Open();
            await store.EverythingAsync();
            var before = Everything();

            var error = await Writing.RefusedAsync(code, () => change(store));

            Assert.Equal(message, error.Message);
            Assert.Equal(before, Everything());
        }
    }

    [Theory(Timeout = Patience), MemberData(nameof(Odd))]
    public async Task A_change_of_what_is_no_rollout_is_done_or_refused_before_anything_is_written(string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes, sockets and devices are files of Linux.");
        await PutAsync(2, what);
        _home.Put(Legacy(1));
        await using var store = _home.Open();
        await store.EverythingAsync();

        foreach (
            var change in (Func<Task>[])
                [
                    async () => await store.UpdateAsync(Id(2), new ThreadPatch { MemoryMode = "disabled" }, Stop),
                    async () => await store.ForkAsync(new ForkRequest(Id(7), Id(2)), Stop),
                    async () => await store.RevertAsync(Id(2), "a turn", Stop),
                    async () => await store.ResumeAsync(new ResumeRequest(Id(2)), Stop),
                    async () => await store.ResumeAsync(new ResumeRequest(Id(2)) { OnDamage = DamagedLog.AppendBehind }, Stop),
                ]
        )
        {
            var before = Everything();
            var error = await Assert.ThrowsAsync<ThreadStoreException>(change);
            Assert.DoesNotContain("meanwhile", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, Everything());
        }
        Assert.Equal("named", (await store.UpdateAsync(Id(2), new ThreadPatch { Name = Change.To("named") }, Stop)).Thread.Name);
        Assert.Equal("named", (await store.GetAsync(Id(2), Stop)).Name);
    }

    [Theory(Timeout = Patience), MemberData(nameof(Odd))]
    public async Task What_is_no_rollout_is_deleted_without_being_opened_and_a_folder_is_kept(string what)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes, sockets and devices are files of Linux.");
        var path = await PutAsync(2, what);
        var other = await PutAsync(3, what); // may continue the other one, for all that can be read
        _home.Put(RolloutLines.Paginated(Id(1), At(1)).Turn("good"));
        await using var store = _home.Open();
        await store.EverythingAsync();

        if (what == "a folder")
        {
            var before = Everything();
            Assert.Contains(
                "There is a folder at ",
                (await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, async () => await store.DeleteAsync(Id(2), Stop))).Message,
                StringComparison.Ordinal
            );
            Assert.Equal(before, Everything());
            return;
        }
        Assert.Equal(1, (await store.DeleteAsync(Id(2), Stop)).Rollouts);
        var names = Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!);
        Assert.Equal((false, true), (names.Contains(path), names.Contains(other)));
        Assert.Null(await store.FindAsync(Id(2), Stop));
    }

    [Fact(Timeout = Patience)]
    public async Task A_link_to_a_rollout_is_moved_only_where_it_leads_to_the_same_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links of this kind are those of Linux.");
        foreach (var (number, isRelative) in ((int, bool)[])[(1, false), (2, true)])
        {
            var path = _home.Put(Legacy(number));
            var elsewhere = _home.Write($"elsewhere/{number}", File.ReadAllBytes(path));
            File.Delete(path);
            File.CreateSymbolicLink(path, isRelative ? Path.GetRelativePath(Path.GetDirectoryName(path)!, elsewhere) : elsewhere);
        }
        await using var store = _home.Open();

        Assert.Equal(ThreadCondition.Ok, (await store.ArchiveAsync(Id(1), Stop)).Thread.State);
        var before = Everything();
        await Writing.RefusedAsync(ThreadStoreErrorCode.Unsupported, async () => await store.ArchiveAsync(Id(2), Stop));
        Assert.Equal(before, Everything());
    }

    // Every name in the home with what it says, but for the locks. Nothing odd is opened.
    List<string> Everything() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(_home.Path, "*", SearchOption.AllDirectories)
                .Where(path => !path.Contains("thread-writer-locks", StringComparison.Ordinal))
                .Select(path =>
                    path + " " + (FileStat.KindOf(path) == PlaceKind.File ? File.ReadAllText(path) : FileStat.KindOf(path).ToString())
                )
                .Order(StringComparer.Ordinal),
        ];

    async Task<string> PutAsync(int number, string what)
    {
        var path = _home.Write(PathOf(Id(number), At(number)), []);
        File.Delete(path);
        switch (what)
        {
            case "a pipe":
                await Process.Start("mkfifo", [path])!.WaitForExitAsync(Stop);
                break;
            case "a socket":
                // By a short name: that of a socket has a bound.
                var name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    socket.Bind(new UnixDomainSocketEndPoint(name));
                    await Process.Start("mv", [name, path])!.WaitForExitAsync(Stop);
                }
                break;
            case "a folder":
                Directory.CreateDirectory(path);
                await File.WriteAllTextAsync(Path.Combine(path, "note.txt"), "mine", Stop);
                break;
            case "a circle":
                File.CreateSymbolicLink(path, path);
                break;
            default:
                File.CreateSymbolicLink(path, what);
                break;
        }
        return path;
    }
}
