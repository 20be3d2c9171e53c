using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>An error of the disk names the file or folder that it is about, by its path in the home, and what is in the way.</summary>
public sealed class NamedErrorTests : IAsyncDisposable
{
    readonly TempHome _home = new();
    readonly FaultyFileSystem _disk = new(PhysicalFileSystem.Instance);
    readonly LocalThreadStore _store;

    public NamedErrorTests()
    {
        _home.Put(Paginated(1));
        _store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Cache }, _disk);
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _home.Dispose();
    }

    public static TheoryData<int> Errors => [Fault.Io, Fault.NoAccess, Fault.NoSpace, Fault.ReadOnly];

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Whatever_the_disk_refuses_the_error_names_the_file(int error)
    {
        await AssertNamesAsync("sessions/2026/", DiskStep.Create, () => _store.ForkAsync(new ForkThread(Id(1), Id(9)), Stop).AsTask());
        await AssertNamesAsync("archived_sessions/rollout-", DiskStep.Rename, () => _store.ArchiveAsync(Id(1), Stop).AsTask());
        await AssertNamesAsync("session_index.jsonl", DiskStep.Create, () => _store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop).AsTask());
        await AssertNamesAsync("thread-writer-locks", DiskStep.CreateFolder, () => _store.ResumeAsync(new ResumeThread(Id(1)), Stop).AsTask());
        await AssertNamesAsync(PathOf(Id(1), At(1)), DiskStep.Open, () => _store.ResumeAsync(new ResumeThread(Id(1)), Stop).AsTask());
        await using var writer = await _store.ResumeAsync(1);
        await AssertNamesAsync(PathOf(Id(1), At(1)), DiskStep.Append, () => writer.AppendAsync(Writing.Items("more"), Stop).AsTask());

        async Task AssertNamesAsync(string place, DiskStep step, Func<Task> change)
        {
            _disk.Break(new Fault(1, error) { Only = step });
            var refused = await Assert.ThrowsAsync<ThreadStoreException>(change);
            _disk.Heal();
            Assert.Contains(place, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(_home.Path, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_rollout_is_said_to_be_in_the_way()
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, PathOf(Id(2), At(2))));

        await AssertSaidAsync($"There is a folder at {PathOf(Id(2), At(2))}, where a file belongs; move it away and try again.", () => _store.DeleteAsync(Id(2), Stop).AsTask());
    }

    [Theory]
    [InlineData("archived_sessions")]
    [InlineData("thread-writer-locks")]
    public async Task A_file_in_the_place_of_a_folder_is_named(string folder)
    {
        _home.Write(folder, "a file"u8);

        await AssertSaidAsync($"{folder} is no folder and has to be one; move it away and try again.", () => _store.ArchiveAsync(Id(1), Stop).AsTask());
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_lock_is_said_to_be_in_the_way()
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, "thread-writer-locks", $"{Id(1)}.lock"));

        await AssertSaidAsync($"There is a folder at thread-writer-locks/{Id(1)}.lock, where a file belongs; move it away and try again.", () => _store.ArchiveAsync(Id(1), Stop).AsTask());
    }

    static async Task AssertSaidAsync(string message, Func<Task> change)
    {
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(change);
        Assert.Equal((ThreadStoreErrorCode.Unavailable, message), (refused.Code, refused.Message));
    }
}
