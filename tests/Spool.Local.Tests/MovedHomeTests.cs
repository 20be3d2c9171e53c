using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>A home that was there and is moved away is unavailable: nothing is made in its old place, and it is used as before when it
/// comes back.</summary>
public sealed class MovedHomeTests : IDisposable
{
    readonly TempHome _home = new();

    string Away => _home.Path + "-away";

    public void Dispose() => _home.Dispose();

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_home_that_was_there_when_the_store_was_opened_is_not_made_again_though_nothing_was_asked_yet(bool isFirstCall)
    {
        Directory.CreateDirectory(_home.Path);
        await using var store = _home.Open();
        Directory.Move(_home.Path, Away);

        if (!isFirstCall)
            await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, async () => await store.ListAsync(new ThreadQuery(), Stop));
        await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, async () => await store.CreateAsync(7));
        Assert.False(Directory.Exists(_home.Path));

        Directory.Move(Away, _home.Path);
        await (await store.CreateAsync(7)).DisposeAsync();
    }

    public static TheoryData<string, bool> Calls()
    {
        var calls = new TheoryData<string, bool>();
        foreach (var call in Every.Keys)
        {
            calls.Add(call, false);
            calls.Add(call, true);
        }
        return calls;
    }

    static readonly Dictionary<string, Func<LocalThreadStore, Task>> Every = new()
    {
        ["create"] = async store => await store.CreateAsync(7),
        ["resume"] = async store => await store.ResumeAsync(1),
        ["resume of none"] = async store => await store.ResumeAsync(8),
        ["fork"] = async store => await store.ForkAsync(new ForkRequest(Id(1), Id(9)), Stop),
        ["fork of a paginated one"] = async store => await store.ForkAsync(new ForkRequest(Id(2), Id(9)), Stop),
        ["rename"] = async store => await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("name") }, Stop),
        ["archive"] = async store => await store.ArchiveAsync(Id(1), Stop),
        ["unarchive"] = async store => await store.UnarchiveAsync(Id(3), Stop),
        ["revert"] = async store => await store.RevertAsync(Id(2), "turn", Stop),
        ["delete"] = async store => await store.DeleteAsync(Id(1), Stop),
        ["ask whether it can be deleted"] = async store => await store.RequireDeletableAsync(Id(1), Stop),
        ["list"] = async store => await store.ListAsync(new ThreadQuery(), Stop),
        ["find"] = async store => await store.FindAsync(Id(1), Stop),
        ["find none"] = async store => await store.FindAsync(Id(8), Stop),
        ["history"] = async store => await store.StoredAsync(1),
        ["items"] = async store => await store.ListItemsAsync(new ListItemsRequest(Id(1)), Stop),
        ["turns"] = async store => await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop),
        ["copy"] = async store => await store.CopyLogAsync(Id(1), Stream.Null, Stop),
        ["status"] = async store => await store.StatusAsync(Stop),
        ["catch up"] = async store => await store.CatchUpAsync(cancellationToken: Stop),
    };

    [Theory, Guarantee("FALT-11")]
    [MemberData(nameof(Calls))]
    public async Task A_call_on_a_home_that_was_moved_away_is_unavailable_makes_nothing_in_its_place_and_works_when_it_is_back(
        string call,
        bool isFollowing
    )
    {
        FillHome();
        // The index lies in the home here: it is not made in its place either.
        await using var store = _home.Open(options =>
            options with
            {
                CacheDirectory = Path.Combine(_home.Path, "cache"),
                ReconcileInterval = isFollowing ? TimeSpan.FromHours(1) : null,
            }
        );
        await store.EverythingAsync();

        Directory.Move(_home.Path, Away);
        await RefusedAsync(store, call);
        await RefusedAsync(store, call);
        Assert.False(Path.Exists(_home.Path));

        Directory.Move(Away, _home.Path);
        Assert.Equal(3, (await store.EverythingAsync()).Count);
        await using var writer = await store.CreateAsync(7);
        await writer.AppendAsync(Items("new") with { Durability = Durability.Flushed }, Stop);
        Assert.Equal(["new"], await store.StoredAsync(7));
    }

    [Fact]
    public async Task A_home_that_was_empty_is_missed_too_and_one_that_never_was_there_is_made_once()
    {
        Directory.Delete(_home.Path);
        await using var store = _home.Open();
        Assert.Empty(await store.EverythingAsync());
        await using (var writer = await store.CreateAsync(1))
        {
            Directory.Move(_home.Path, Away); // before anything of the thread is stored, and before another question notes the home
            await UnavailableAsync(async () => await writer.AppendAsync(Items("first") with { Durability = Durability.Flushed }, Stop));
            Assert.False(Path.Exists(_home.Path));
            Directory.Move(Away, _home.Path);
            await writer.AppendAsync(Items("first") with { Durability = Durability.Flushed }, Stop);
        }
        Assert.Equal(["first"], await store.StoredAsync(1));

        Directory.Move(_home.Path, Away);
        Directory.CreateDirectory(_home.Path);
        await using var other = _home.Open(options => options with { CacheDirectory = _home.Cache + "-other" });
        Assert.Empty(await other.EverythingAsync());
        Directory.Delete(_home.Path, recursive: true);
        await UnavailableAsync(async () => await other.CreateAsync(2));
        Assert.False(Path.Exists(_home.Path));
    }

    [Fact]
    public async Task A_writer_whose_home_was_moved_away_is_lost_and_its_thread_is_written_on_when_it_is_back()
    {
        await using var store = _home.Open();
        var lost = await store.CreateAsync(1);
        await lost.AppendAsync(Items("before") with { Durability = Durability.Flushed }, Stop);

        Directory.Move(_home.Path, Away);
        await Writing.RefusedAsync(
            ThreadStoreErrorCode.WriterLost,
            async () => await lost.AppendAsync(Items("meanwhile") with { Durability = Durability.Fsynced }, Stop)
        );
        Assert.True(lost.LostToken.IsCancellationRequested);
        await lost.DisposeAsync();
        Assert.False(Path.Exists(_home.Path));

        Directory.Move(Away, _home.Path);
        await using var writer = await store.ResumeAsync(1);
        await writer.AppendAsync(Items("after") with { Durability = Durability.Fsynced }, Stop);
        Assert.Equal(["before", "after"], await store.StoredAsync(1));
    }

    [Fact]
    public async Task Calls_while_a_home_is_moved_away_and_back_all_the_time_never_make_another_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a folder with open files is not moved.");
        FillHome();
        await using var store = _home.Open(options => options with { ReconcileInterval = TimeSpan.FromHours(1) });
        await store.EverythingAsync();
        var moving = Task.Run(MoveAll, Stop);

        for (var number = 100; !moving.IsCompleted; number++)
        {
            try
            {
                await using var writer = await store.CreateAsync(number);
                await writer.AppendAsync(Items("new") with { Durability = Durability.Flushed }, Stop);
                await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("name") }, Stop);
                await store.ArchiveAsync(Id(2), Stop);
                await store.UnarchiveAsync(Id(2), Stop);
            }
            catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.OutcomeUnknown)
            {
                // away at that moment, or when the change was made and what came of it was looked at
            }
        }

        await moving; // fails when something is in the way
        Assert.Equal(3, (await store.EverythingAsync()).Count(thread => new[] { Id(1), Id(2), Id(3) }.Contains(thread.Id)));
    }

    void MoveAll()
    {
        for (var round = 0; round < 400; round++)
        {
            Directory.Move(_home.Path, Away);
            Thread.Yield();
            Directory.Move(Away, _home.Path);
            Thread.Yield();
        }
    }

    void FillHome()
    {
        _home.Put(Legacy(1));
        _home.Put(Paginated(2));
        var archived = _home.Put(Legacy(3));
        Directory.CreateDirectory(Path.Combine(_home.Path, "archived_sessions"));
        File.Move(archived, Path.Combine(_home.Path, "archived_sessions", Path.GetFileName(archived)));
    }

    static Task RefusedAsync(LocalThreadStore store, string call) => UnavailableAsync(() => Every[call](store));

    static async Task UnavailableAsync(Func<Task> call) =>
        Assert.StartsWith(
            "The home is no longer there",
            (await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, call)).Message,
            StringComparison.Ordinal
        );
}
