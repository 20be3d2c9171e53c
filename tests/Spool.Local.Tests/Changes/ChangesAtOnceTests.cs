using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>Changes of threads while another one is in the middle of its own, and the end of a writer in the middle of a change.</summary>
public sealed class ChangesAtOnceTests : IDisposable
{
    const int Changed = 1;
    const int Written = 2;
    const int Other = 3;

    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    readonly TempHome _home = new();
    readonly GatedDisk _disk = new();

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("LOCC-32")]
    [InlineData("update through its writer", nameof(DiskStep.Append))]
    [InlineData("update through its writer", nameof(DiskStep.Sync))]
    [InlineData("update", nameof(DiskStep.Append))]
    [InlineData("archive", nameof(DiskStep.Rename))]
    [InlineData("create", nameof(DiskStep.Append))]
    [InlineData("append", nameof(DiskStep.Sync))]
    [InlineData("shut down", nameof(DiskStep.Append))]
    public async Task A_change_of_one_thread_waits_for_no_other(string change, string step)
    {
        _home.Put(HomeBuilding.Legacy(Changed));
        _home.Put(HomeBuilding.Legacy(Written));
        _home.Put(HomeBuilding.Legacy(Other).Turn("again"));
        await using var store = _disk.Open(_home);
        await using var written = await store.ResumeAsync(Written);
        var begun = await BeginAsync(store, change);

        var gate = _disk.Stop(Enum.Parse<DiskStep>(step), HomeBuilding.Id(change == "create" ? 4 : Changed).ToString());
        var slow = begun();
        await gate.Reached.WaitAsync(Long, Stop);
        try
        {
            await OthersAsync(store, written).WaitAsync(Long, Stop);
            Assert.False(slow.IsCompleted);
        }
        finally
        {
            gate.Go();
        }
        await slow;
    }

    [Theory, Guarantee("LOCW-32")]
    [InlineData("shut down")]
    [InlineData("discard")]
    [InlineData("dispose")]
    [InlineData("dispose the store")]
    public async Task A_writer_is_given_back_when_the_change_under_way_is_done(string how)
    {
        await using var other = _home.Open();
        var store = _disk.Open(_home);
        var writer = await store.CreateAsync(Changed);
        await writer.AppendAsync(Items("one"), Stop);
        var gate = _disk.Stop(DiskStep.Append, SessionIndexWriter.Name);
        var update = writer.UpdateAsync(new ThreadPatch { Name = Change.To("new") }, Stop).AsTask();
        await gate.Reached.WaitAsync(Long, Stop);
        var ending = how switch
        {
            "shut down" => writer.ShutDownAsync(Stop),
            "discard" => writer.DiscardAsync(Stop),
            "dispose" => writer.DisposeAsync(),
            _ => store.DisposeAsync(),
        };
        var ended = ending.AsTask();
        try
        {
            // Each of these takes and gives back locks of the same home, and so would be behind one that was given back meanwhile.
            for (var number = 10; number < 20; number++)
                await (await other.CreateAsync(number)).DisposeAsync();
            Assert.False(ended.IsCompleted);
            await RefusedAsync(ThreadStoreErrorCode.HasWriter, async () => await other.ResumeAsync(Changed));
        }
        finally
        {
            gate.Go();
        }

        Assert.Equal("new", (await update).Thread.Name);
        await ended;
        await using (await other.ResumeAsync(Changed))
            Assert.Equal("new", (await other.FindAsync(HomeBuilding.Id(Changed), Stop))!.Name);
        await writer.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact, Guarantee("LOCW-33")]
    public async Task However_many_end_a_writer_at_once_each_waits_until_it_has_ended_and_none_fails()
    {
        await using var other = _home.Open();
        await using var store = _disk.Open(_home);
        for (var number = 1; number <= 50; number++)
        {
            var writer = await store.CreateAsync(number);
            await writer.AppendAsync(Items("one") with { Durability = Durability.Buffered }, Stop);
            var ending = new List<Task> { Task.Run(async () => await writer.DisposeAsync(), Stop) };
            while (!ending[0].IsCompleted)
                ending.Add(writer.DisposeAsync().AsTask());

            await await Task.WhenAny(ending);
            await using (await other.ResumeAsync(number))
                Assert.Equal(["one"], await other.StoredAsync(number));
            await Task.WhenAll(ending);
        }
    }

    [Fact]
    public async Task However_many_dispose_a_store_at_once_each_waits_until_its_writers_have_ended()
    {
        await using var other = _home.Open();
        var store = _disk.Open(_home);
        var writer = await store.CreateAsync(Changed);
        var gate = _disk.Stop(DiskStep.Append, HomeBuilding.Id(Changed).ToString());
        var append = writer.AppendAsync(Items("one"), Stop);
        await gate.Reached.WaitAsync(Long, Stop);

        var ending = Enumerable.Range(0, 3).Select(_ => store.DisposeAsync().AsTask()).ToList();
        Assert.All(ending, task => Assert.False(task.IsCompleted));
        gate.Go();
        await await Task.WhenAny(ending);
        await using var resumed = await other.ResumeAsync(Changed);
        await Task.WhenAll(ending);

        Assert.Equal(1, (await append).FirstOrdinal);
    }

    static async Task<Func<Task>> BeginAsync(LocalThreadStore store, string change)
    {
        var patch = new ThreadPatch { MemoryMode = "disabled" };
        switch (change)
        {
            case "update":
                return async () => await store.UpdateAsync(HomeBuilding.Id(Changed), patch, Stop);
            case "archive":
                return async () => await store.ArchiveAsync(HomeBuilding.Id(Changed), Stop);
            case "create":
                return async () =>
                {
                    await using var created = await store.CreateAsync(4);
                    await created.PersistAsync(Stop);
                };
        }
        var writer = await store.ResumeAsync(Changed);
        return async () =>
        {
            await using (writer)
            {
                if (change == "update through its writer")
                    await writer.UpdateAsync(patch, Stop);
                else
                    await writer.AppendAsync(
                        Items("one") with
                        {
                            Durability = change == "append" ? Durability.Fsynced : Durability.Buffered,
                        },
                        Stop
                    );
            }
        };
    }

    static async Task OthersAsync(LocalThreadStore store, IThreadWriter written)
    {
        var other = HomeBuilding.Id(Other);
        await written.UpdateAsync(new ThreadPatch { Name = Change.To("new"), MemoryMode = "disabled" }, Stop);
        await written.AppendAsync(Items("two") with { Durability = Durability.Fsynced }, Stop);
        await store.UpdateAsync(other, new ThreadPatch { Name = Change.To("new"), MemoryMode = "disabled" }, Stop);
        await store.ArchiveAsync(other, Stop);
        await store.UnarchiveAsync(other, Stop);
        var turns = await store.ListTurnsAsync(new ListTurnsRequest(other), Stop);
        await store.RevertAsync(other, turns.Items[^1].Id, Stop);
        await store.ForkAsync(new ForkRequest(other, HomeBuilding.Id(30)), Stop);
        await using (var created = await store.CreateAsync(31))
            await created.PersistAsync(Stop);
        await (await store.ResumeAsync(30)).DisposeAsync();
        await store.DeleteAsync(HomeBuilding.Id(31), Stop);
    }
}
