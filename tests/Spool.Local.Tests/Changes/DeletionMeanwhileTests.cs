using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>Deletions while other stores are about to make something, or have just made it.</summary>
public sealed class DeletionMeanwhileTests : IDisposable
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact, Guarantee("LOCC-34")]
    public async Task What_was_created_and_discarded_while_it_was_looked_for_is_not_there()
    {
        await using var other = _home.Open();
        var writer = await other.CreateAsync(1);
        await using var store = Open(() => writer.DiscardAsync(Stop).AsTask());

        await RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
    }

    [Fact]
    public async Task The_lock_that_a_process_left_when_it_died_is_removed_whoever_takes_the_first_lock()
    {
        foreach (var isFirst in (bool[])[true, false])
        {
            await using var store = _home.Open();
            if (!isFirst)
                await (await store.CreateAsync(2)).DiscardAsync(Stop);
            _home.Write($"thread-writer-locks/{Id(1)}.lock", "somebody"u8);

            var receipt = await store.DeleteAsync(Id(1), Stop);

            Assert.Equal([$"thread-writer-locks/{Id(1)}.lock"], receipt.Removed);
            Assert.Equal("somebody".Length, receipt.Bytes);
            await RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
        }
    }

    [Fact, Guarantee("LOCC-35")]
    public async Task What_was_stored_while_it_was_looked_for_is_deleted_and_what_is_left_is_named_once()
    {
        _home.Write("notes.txt", System.Text.Encoding.UTF8.GetBytes($"about {Id(1)}"));
        await using var other = _home.Open();
        var writer = await other.CreateAsync(1);
        await writer.AppendAsync(Items("one") with { Durability = Durability.Buffered }, Stop);
        await using var store = Open(() => writer.ShutDownAsync(Stop).AsTask());

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(1, receipt.Rollouts);
        Assert.Contains("notes.txt", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
    }

    [Fact, Guarantee("LOCC-36")]
    public async Task A_fork_that_is_being_made_is_not_named_as_something_that_is_left_of_its_source()
    {
        _home.Put(Legacy(1));
        var disk = new GatedDisk();
        await using var store = disk.Open(_home);
        var gate = disk.Stop(DiskStep.Sync, Id(2).ToString());
        var fork = Task.Run(async () => await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop), Stop);
        await gate.Reached.WaitAsync(Long, Stop);
        try
        {
            await using var other = _home.Open();

            var receipt = await other.DeleteAsync(Id(1), Stop);

            Assert.Empty(receipt.Left);
        }
        finally
        {
            gate.Go();
        }
        Assert.Equal(Id(2), (await fork).Thread.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_process_that_died_left_of_a_fork_goes_with_its_lock_or_is_named(bool hasLock)
    {
        _home.Put(Legacy(1));
        await using var store = _home.Open();
        await (await store.CreateAsync(3)).DiscardAsync(Stop); // what was left before the first lock was taken went then
        var name = $".{Path.GetFileName(PathOf(Id(2), At(2)))}.new";
        _home.Write(Path.Combine(Path.GetDirectoryName(PathOf(Id(2), At(2)))!, name), System.Text.Encoding.UTF8.GetBytes($"of {Id(1)}"));
        if (hasLock)
            _home.Write($"thread-writer-locks/{Id(2)}.lock", []);

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(hasLock ? 0 : 1, receipt.Left.Count);
        Assert.Equal(!hasLock, _home.Files().Any(path => path.EndsWith(name, StringComparison.Ordinal)));
    }

    // Something happens, once, just before the next lock is taken.
#pragma warning disable VSTHRD002 // on a thread of its own
    LocalThreadStore Open(Func<Task> beforeLock) =>
        LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Cache },
            new InterruptedFileSystem(PhysicalFileSystem.Instance, beforeFolder: () => Task.Run(beforeLock).Wait(Long))
        );
#pragma warning restore VSTHRD002
}
