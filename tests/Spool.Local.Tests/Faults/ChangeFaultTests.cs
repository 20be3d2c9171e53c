using System.Text.RegularExpressions;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Every step on the disk of every change of a thread fails once: the change is done wholly or not at all, and can be done
/// again.</summary>
public sealed partial class ChangeFaultTests
{
    static readonly Dictionary<string, Func<LocalThreadStore, Task>> Changes = new()
    {
        ["rename a legacy thread"] = store => store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("another name") }).AsTask(),
        ["rename a paginated thread"] = store => store.UpdateAsync(Id(2), new ThreadPatch { Name = Change.To("another name") }).AsTask(),
        ["change what the log says of a thread"] = store =>
            store.UpdateAsync(Id(1), new ThreadPatch { MemoryMode = "disabled", Branch = Change.To("main") }).AsTask(),
        ["archive"] = store => store.ArchiveAsync(Id(1)).AsTask(),
        ["unarchive"] = store => store.UnarchiveAsync(Id(3)).AsTask(),
        ["fork by copy"] = store => store.ForkAsync(new ForkRequest(Id(1), Id(9))).AsTask(),
        ["fork by reference"] = store => store.ForkAsync(new ForkRequest(Id(2), Id(9))).AsTask(),
        ["delete a legacy thread"] = store => store.DeleteAsync(Id(1)).AsTask(),
        ["delete an archived thread"] = store => store.DeleteAsync(Id(3)).AsTask(),
    };

    static readonly Dictionary<string, Fault> Ways = new()
    {
        ["an I/O error for a moment"] = new Fault(0, Fault.Io) { Part = 0.6 },
        ["no access for a moment"] = new Fault(0, Fault.NoAccess),
        ["nothing works any more, as when the process dies or the disk is full"] = new Fault(0, Fault.NoSpace)
        {
            Part = 0.5,
            IsLasting = true,
        },
    };

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Gets every change with every way of failing.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var change in Changes.Keys)
            {
                foreach (var way in Ways.Keys)
                    cases.Add(change, way);
            }
            return cases;
        }
    }

    [Theory, Guarantee("FALT-10")]
    [MemberData(nameof(Cases))]
    public async Task Whichever_step_of_a_change_fails_it_is_done_wholly_or_not_at_all(string change, string way)
    {
        var (before, after, files) = await ExpectAsync(change);
        for (var at = 1; ; at++)
        {
            using var home = MakeHome();
            var disk = new FaultyFileSystem(PhysicalFileSystem.Instance);
            try
            {
                var isDone = await TryAsync(home, disk, change, Ways[way] with { At = at });
                var state = await StateAsync(home);
                Assert.True(
                    state == after || (!isDone && state == before),
                    $"It is neither as before nor as after:\n{state}\n\nbefore:\n{before}\n\nafter:\n{after}"
                );

                // Once the disk is well it can be done again, and leaves nothing lying about.
                await TryAsync(home, PhysicalFileSystem.Instance, change);
                Assert.Equal(after, await StateAsync(home));
                Assert.Equal(files, FilesOf(home));
            }
            catch (Exception e)
            {
                home.Keep();
                throw new InvalidOperationException(
                    $"'{change}' with {way} at step {at} ({string.Join(", ", disk.Failed.Take(3))}); the home is {home.Path}.",
                    e
                );
            }
            if (disk.Failed.Count == 0)
            {
                Assert.True(at > 2, "The change does nothing on the disk that could fail.");
                return;
            }
        }
    }

    static async Task<(string Before, string After, string Files)> ExpectAsync(string change)
    {
        using var home = MakeHome();
        var before = await StateAsync(home);
        Assert.True(await TryAsync(home, PhysicalFileSystem.Instance, change));
        var after = await StateAsync(home);
        Assert.NotEqual(before, after);
        return (before, after, FilesOf(home));
    }

    static TempHome MakeHome()
    {
        var home = new TempHome();
        home.Put(Legacy(1, "the legacy one").Turn("and more"));
        home.Put(Paginated(2, "the paginated one").Turn("and more"));
        var archived = Legacy(3, "the archived one").ToSeed();
        home.Write($"archived_sessions/{Path.GetFileName(PathOf(archived.Id, archived.CreatedAt))}", archived.ToLog());
        home.Put(Legacy(4, "the one that nobody touches"));
        var names = Enumerable
            .Range(1, 4)
            .Select(number =>
                $$"""{"id":"{{Id(number)}}","thread_name":"name {{number}}","updated_at":"2026-11-22T16:48:40.640424787Z"}"""
            );
        home.Write("session_index.jsonl", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', names) + "\n"));
        return home;
    }

    static Task<bool> TryAsync(TempHome home, FaultyFileSystem disk, string change, Fault fault)
    {
        disk.Break(fault);
        return TryAsync(home, disk, change);
    }

    // Whether it succeeded. It may only fail with a documented error.
    static async Task<bool> TryAsync(TempHome home, IFileSystem files, string change)
    {
        await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = home.Cache }, files);
        try
        {
            await Changes[change](store);
            return true;
        }
        catch (ThreadStoreException e)
        {
            Assert.NotEqual(ThreadStoreErrorCode.Internal, e.Code);
            return false;
        }
    }

    // Everything that a change may change, without the times at which it was done. The beginning of a line that could not be cut off is
    // nothing to a reader, and the next writer sets it aside.
    static async Task<string> StateAsync(TempHome home)
    {
        await using var store = home.Open();
        var threads = new List<string>();
        foreach (var thread in (await store.EverythingAsync()).OrderBy(thread => thread.Id.ToString(), StringComparer.Ordinal))
        {
            Assert.Equal(thread, await store.FindAsync(thread.Id, Stop));
            var items = await store.HistoryAsync(thread.Id, Stop);
            if (thread.State == ThreadCondition.Torn)
                items.RemoveAll(item => item.Kind == RolloutItemKind.Unreadable);
            var history = items.Select(item => Time().Replace(System.Text.Encoding.UTF8.GetString(item.Bytes.Span), "TIME"));
            threads.Add(
                $"{thread.Id} '{thread.Name}' '{thread.Preview}' {(thread.State == ThreadCondition.Torn ? ThreadCondition.Ok : thread.State)} archived: {thread.ArchivedAt is not null}, memory: {thread.MemoryMode}, git: {thread.GitInfo}, fork of: {thread.ForkedFromId}\n  {string.Join("\n  ", history)}"
            );
        }
        return string.Join('\n', threads);
    }

    // What was set aside stays, and so does the mark of a rollout in doubt until somebody writes it.
    static string FilesOf(TempHome home) =>
        string.Join(
            '\n',
            HomeBytes
                .Of(home.Path)
                .Keys.Where(file =>
                    !file.Contains(".torn-", StringComparison.Ordinal) && !file.EndsWith(".doubtful", StringComparison.Ordinal)
                )
                .Select(file => Time().Replace(file.Replace("2026/04/30", "DAY", StringComparison.Ordinal), "TIME"))
                .Order(StringComparer.Ordinal)
        );

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(\.\d+Z)?|sessions/\d{4}/\d\d/\d\d")]
    private static partial Regex Time();
}
