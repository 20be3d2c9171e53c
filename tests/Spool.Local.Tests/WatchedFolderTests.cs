using CsCheck;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Folders that change all the time are not read at every look, and every look finds what reading them would find.</summary>
public sealed class WatchedFolderTests : IDisposable
{
    const string Day = "sessions/2026/11/29";
    const string OtherDay = "sessions/2026/11/30";
    const int Many = 40;

    readonly TempHome _home = new();
    readonly IndexDatabase _database;
    readonly IndexConnection _connection;

    public WatchedFolderTests()
    {
        _database = new IndexDatabase(_home.Cache, _home.Path);
        _connection = _database.Connect();
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Whatever_happens_in_folders_that_are_watched_a_look_finds_what_reading_them_finds() =>
        Gen.Int[0, 1_000_000]
            .Array[1, 60]
            .Sample(
                steps =>
                {
                    Directory.Delete(_home.Path, recursive: true);
                    Fill(Day);
                    Fill(OtherDay);
                    using var names = NamesOfHome();
                    Find(names, Id(1));
                    Find(names, Id(1));
                    foreach (var step in steps)
                    {
                        Apply(step);
                        if (step % 3 > 0)
                            AssertSame(names, step % Many);
                    }
                    for (var thread = 0; thread < Many; thread++)
                        AssertSame(names, thread);
                },
                iter: 20,
                threads: 1
            );

    [Fact]
    public void A_look_at_a_thread_in_a_folder_that_is_written_all_the_time_reads_no_names()
    {
        Fill(Day, 500);
        using var names = NamesOfHome();
        Find(names, Id(1));
        Find(names, Id(1));
        var before = names.NamesRead;

        for (var thread = 1000; thread < 1100; thread++)
        {
            Put(Day, thread);
            Assert.Single(Find(names, Id(thread)));
        }

        // Only of the folders above it, which hold a name each and are not worth watching.
        Assert.InRange(names.NamesRead - before, 0, 100 * 3);
    }

    [Fact]
    public void More_changes_than_the_system_keeps_make_a_folder_read_again()
    {
        Fill(Day);
        using var names = NamesOfHome();
        Find(names, Id(1));
        Find(names, Id(1));

        for (var round = 0; round < 9_000; round++)
        {
            var path = Put(Day, 7000);
            File.Delete(path);
        }
        Put(Day, 7001);

        Assert.Empty(Find(names, Id(7000)));
        Assert.Single(Find(names, Id(7001)));
    }

    [Fact]
    public async Task Changes_of_a_thread_do_not_read_the_names_of_its_folder()
    {
        const int Threads = 400;

        // Seventeen times four changes, each with a look or two, read the names of the small folders above it; the folder itself is read a
        // few times, and not each time.
        Assert.InRange(await ReadByChangesAsync(Threads), 0, 6 * Threads);
    }

    static async Task<long> ReadByChangesAsync(int threads)
    {
        using var home = new TempHome();
        for (var i = 0; i < threads; i++)
            home.Put(RolloutLines.Legacy(Id(i), HomeBuilding.At(i % 10)).Turn("hello"));
        await using var store = home.Open(options => options with { ReconcileInterval = TimeSpan.FromHours(1) });
        await store.EverythingAsync();
        for (var i = 0; i < 3; i++)
            await ChangeAsync(store, i);
        var before = store.NamesRead;
        for (var i = 3; i < 20; i++)
            await ChangeAsync(store, i);
        return store.NamesRead - before;
    }

    static async Task ChangeAsync(LocalThreadStore store, int number)
    {
        await store.UpdateAsync(Id(number), new ThreadPatch { Name = Change.To("name") }, Stop);
        await using (await store.ResumeAsync(new ResumeRequest(Id(number)), Stop)) { }
        await store.ArchiveAsync(Id(number), Stop);
        await store.UnarchiveAsync(Id(number), Stop);
    }

    // Nothing is ever noted in the index: all is found by names.
    FolderNames NamesOfHome() => new(new HomeLayout(_home.Path), TimeSpan.FromDays(1));

    List<string> Find(FolderNames names, ThreadId threadId) =>
        [.. names.Find(_connection, 1, threadId, Stop).Order(StringComparer.Ordinal)];

    void AssertSame(FolderNames names, int thread)
    {
        using var fresh = NamesOfHome();
        Assert.Equal(Find(fresh, Id(thread)), Find(names, Id(thread)));
    }

    void Fill(string folder, int count = Many)
    {
        for (var thread = 0; thread < count; thread++)
            Put(folder, thread);
    }

    string Put(string folder, int thread) => _home.Write($"{folder}/{NameOf(thread)}", "{}\n"u8);

    static string NameOf(int thread) => $"rollout-2026-11-29T10-00-00-{Id(thread)}.jsonl";

    // One change of the kinds that programs make, and of those that only people do.
    void Apply(int step)
    {
        var thread = step % Many;
        var (folder, other) = step % 2 == 0 ? (Day, OtherDay) : (OtherDay, Day);
        var (here, there) = (At(folder, NameOf(thread)), At(other, NameOf(thread)));
        switch (step / 100 % 16)
        {
            case 0 or 1 or 2 when !Directory.Exists(here):
                Put(folder, thread);
                break;
            case 3 or 4 or 5:
                Delete(here);
                break;
            case 6 or 7 when File.Exists(here) && !Directory.Exists(there) && !File.Exists(Path.GetDirectoryName(there)):
                Directory.CreateDirectory(Path.GetDirectoryName(there)!);
                File.Move(here, there, overwrite: true);
                break;
            case 8 when File.Exists(here):
                File.Move(here, here + ".zst", overwrite: true);
                break;
            case 9:
                _home.Write(
                    $"{folder}/rollout-2026-11-29T10-00-00-{Id(thread).ToString().ToUpperInvariant()}_{Id((thread + 1) % Many)}.jsonl",
                    "{}\n"u8
                );
                break;
            case 10:
                _home.Write($"{folder}/inner/{NameOf(thread)}", "{}\n"u8);
                break;
            case 11 when Directory.Exists(At(folder, "inner")):
                Directory.Delete(At(folder, "inner"), recursive: true);
                break;
            case 12 when !Directory.Exists(here):
                Delete(here);
                Directory.CreateDirectory(here); // a folder with the name of a rollout
                break;
            case 13 when Directory.Exists(At(folder)):
                Directory.Move(At(folder), At("sessions/2026/11/moved"));
                if (Directory.Exists(At(other)))
                    Directory.Move(At(other), At(folder));
                Directory.Move(At("sessions/2026/11/moved"), At(other));
                break;
            case 14 when Directory.Exists(At(folder)) && !Path.Exists(At(folder, "link")):
                Directory.CreateSymbolicLink(At(folder, "link"), At("archived_sessions"));
                _home.Write($"archived_sessions/{NameOf(thread)}", "{}\n"u8);
                break;
            case 15 when new FileInfo(At(folder, "link")).LinkTarget is not null:
                File.Delete(At(folder, "link"));
                break;
        }
    }

    string At(params string[] parts) => Path.Combine([_home.Path, .. parts]);

    static void Delete(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else if (Directory.Exists(Path.GetDirectoryName(path)))
            File.Delete(path);
    }
}
