using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>A store that is disposed while one of its threads is being changed.</summary>
public sealed class DisposedMeanwhileTests
{
    const string Needle = "needle in the log";

    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    [Theory, Guarantee("LOCC-33")]
    [InlineData("rename")]
    [InlineData("memory mode")]
    [InlineData("archive")]
    [InlineData("unarchive")]
    [InlineData("fork a paginated thread")]
    [InlineData("fork a legacy thread")]
    [InlineData("revert a paginated thread")]
    [InlineData("revert a legacy thread")]
    [InlineData("delete")]
    public async Task A_change_ends_as_what_it_became_and_nothing_is_changed_after_the_store_was_disposed(string change)
    {
        var (made, refused) = (0, 0);
        for (var step = 1; await EndsAsItBecameAsync(change, step) is { } isMade; step++)
            _ = isMade ? made++ : refused++;

        Assert.True(made > 0 && refused > 0, $"{made} were made and {refused} were not.");
    }

    // Null where the change has no such step.
    static async Task<bool?> EndsAsItBecameAsync(string change, int step)
    {
        using var home = new TempHome();
        home.Put(
            change.Contains("paginated", StringComparison.Ordinal) ? HomeBuilding.Paginated(1, Needle) : HomeBuilding.Legacy(1, Needle)
        );
        await using (var before = home.Open())
        {
            if (change == "unarchive")
                await before.ArchiveAsync(HomeBuilding.Id(1), Stop);
            await before.EverythingAsync();
        }
        var disk = new GatedDisk();
        var store = disk.Open(home);
        await store.FindAsync(HomeBuilding.Id(1), Stop);
        var turn = (await store.ListTurnsAsync(new ListTurnsRequest(HomeBuilding.Id(1)), Stop)).Items[^1].Id;
        var untouched = Shown(home);
        var gate = disk.StopAt(step);
        var changing = Task.Run(() => ChangeAsync(store, change, turn), Stop);
        if (await Task.WhenAny(changing, gate.Reached) == changing)
        {
            await changing;
            await store.DisposeAsync();
            return null;
        }

        var disposing = Task.Run(async () => await store.DisposeAsync(), Stop);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => RefusedFromNowOnAsync(store));
        Assert.False(disposing.IsCompleted);
        gate.Go();
        await disposing.WaitAsync(Long, Stop);
        var disposed = Shown(home);
        var needleIsCached = IsCached(home);
        var error = await Record.ExceptionAsync(() => changing.WaitAsync(Long, Stop));

        Assert.Equal(disposed, Shown(home));
        if (error is not null)
            Assert.IsType<ObjectDisposedException>(error);
        Assert.Equal(error is null, disposed != untouched);
        Assert.Equal(change != "delete" || error is not null, needleIsCached);
        await using var after = home.Open();
        Assert.Equal(error is null, await IsMadeAsync(after, change));
        return error is null;
    }

    // Until the disposal has begun there is an answer.
    static async Task RefusedFromNowOnAsync(LocalThreadStore store)
    {
        while (true)
        {
            await store.ListAsync(new ThreadQuery(), Stop);
            await Task.Yield();
        }
    }

    static async Task ChangeAsync(LocalThreadStore store, string change, string turn) =>
        _ = change switch
        {
            "rename" => (object)await store.UpdateAsync(HomeBuilding.Id(1), new ThreadPatch { Name = Change.To("new") }, Stop),
            "memory mode" => await store.UpdateAsync(HomeBuilding.Id(1), new ThreadPatch { MemoryMode = "disabled" }, Stop),
            "archive" => await store.ArchiveAsync(HomeBuilding.Id(1), Stop),
            "unarchive" => await store.UnarchiveAsync(HomeBuilding.Id(1), Stop),
            "delete" => await store.DeleteAsync(HomeBuilding.Id(1), Stop),
            _ when change.StartsWith("fork", StringComparison.Ordinal) => await store.ForkAsync(
                new ForkRequest(HomeBuilding.Id(1), HomeBuilding.Id(2)),
                Stop
            ),
            _ => await store.RevertAsync(HomeBuilding.Id(1), turn, Stop),
        };

    static async Task<bool> IsMadeAsync(LocalThreadStore store, string change)
    {
        var thread = await store.FindAsync(HomeBuilding.Id(1), Stop);
        return change switch
        {
            "rename" => thread?.Name == "new",
            "memory mode" => thread?.MemoryMode == "disabled",
            "archive" => thread?.ArchivedAt is not null,
            "unarchive" => thread?.ArchivedAt is null,
            "delete" => thread is null,
            _ when change.StartsWith("fork", StringComparison.Ordinal) => await store.FindAsync(HomeBuilding.Id(2), Stop) is not null,
            _ => (await store.ListTurnsAsync(new ListTurnsRequest(HomeBuilding.Id(1)), Stop)).Items.Count == 0,
        };
    }

    // Every file and what is in it; folders say nothing.
    static string Shown(TempHome home) =>
        string.Join(
            '\n',
            home.Files()
                .Where(path => !path.EndsWith(".coordination.lock", StringComparison.Ordinal))
                .Select(path => $"{path}: {home.Text(path)}")
        );

    static bool IsCached(TempHome home) =>
        Directory
            .EnumerateFiles(home.Cache, "*", SearchOption.AllDirectories)
            .Any(path => Encoding.Latin1.GetString(File.ReadAllBytes(path)).Contains(Needle, StringComparison.Ordinal));
}
