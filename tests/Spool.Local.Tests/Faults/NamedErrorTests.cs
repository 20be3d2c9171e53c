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
        await AssertNamesAsync("sessions/2026/", DiskStep.Create, () => _store.ForkAsync(new ForkRequest(Id(1), Id(9)), Stop).AsTask());
        await AssertNamesAsync("archived_sessions/rollout-", DiskStep.Rename, () => _store.ArchiveAsync(Id(1), Stop).AsTask());
        await AssertNamesAsync(
            "session_index.jsonl",
            DiskStep.Create,
            () => _store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop).AsTask()
        );
        await AssertNamesAsync(
            "thread-writer-locks",
            DiskStep.CreateFolder,
            () => _store.ResumeAsync(new ResumeRequest(Id(1)), Stop).AsTask()
        );
        await AssertNamesAsync(PathOf(Id(1), At(1)), DiskStep.Open, () => _store.ResumeAsync(new ResumeRequest(Id(1)), Stop).AsTask());
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

    [Theory]
    [InlineData("sessions")]
    [InlineData("archived_sessions")]
    public async Task A_thread_that_would_move_to_another_file_system_stays_and_the_error_says_so(string elsewhere)
    {
        const string Memory = "/dev/shm";
        Assert.SkipUnless(
            OperatingSystem.IsLinux()
                && Directory.Exists(Memory)
                && LinuxCalls.FileSystemKind(Memory) != LinuxCalls.FileSystemKind(_home.Path),
            "There is no second file system here."
        );
        var archived = Path.Combine(_home.Path, "archived_sessions", Path.GetFileName(PathOf(Id(2), At(2))));
        Directory.CreateDirectory(Path.GetDirectoryName(archived)!);
        File.Move(_home.Put(Paginated(2)), archived);
        var other = Directory.CreateDirectory(Path.Combine(Memory, Path.GetRandomFileName())).FullName;
        try
        {
            foreach (var file in Directory.GetFiles(Path.Combine(_home.Path, elsewhere), "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(other, Path.GetRelativePath(Path.Combine(_home.Path, elsewhere), file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Move(file, target);
            }
            Directory.Delete(Path.Combine(_home.Path, elsewhere), recursive: true);
            Directory.CreateSymbolicLink(Path.Combine(_home.Path, elsewhere), other);
            var before = await EverythingAsync();

            await AssertRefusedAsync("archived_sessions/rollout-", () => _store.ArchiveAsync(Id(1), Stop).AsTask());
            await AssertRefusedAsync(PathOf(Id(2), At(2)), () => _store.UnarchiveAsync(Id(2), Stop).AsTask());

            Assert.Equal(before, await EverythingAsync());
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }

        async Task AssertRefusedAsync(string place, Func<Task> change)
        {
            var refused = await Assert.ThrowsAsync<ThreadStoreException>(change);
            Assert.Equal(ThreadStoreErrorCode.Unsupported, refused.Code);
            Assert.StartsWith(place, refused.Message, StringComparison.Ordinal);
            Assert.Contains("another file system", refused.Message, StringComparison.Ordinal);
        }

        async Task<IEnumerable<(ThreadId, bool)>> EverythingAsync() =>
            (await _store.ListAsync(new ThreadQuery { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All }, Stop))
                .Items.Select(thread => (thread.Id, thread.ArchivedAt is not null))
                .ToList();
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_rollout_is_said_to_be_in_the_way()
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, PathOf(Id(2), At(2))));

        await AssertSaidAsync(
            $"There is a folder at {PathOf(Id(2), At(2))}, where a file belongs; move it away and try again.",
            () => _store.DeleteAsync(Id(2), Stop).AsTask()
        );
    }

    [Theory]
    [InlineData("archived_sessions")]
    [InlineData("thread-writer-locks")]
    public async Task A_file_in_the_place_of_a_folder_is_named(string folder)
    {
        _home.Write(folder, "a file"u8);

        await AssertSaidAsync(
            $"{folder} is no folder and has to be one; move it away and try again.",
            () => _store.ArchiveAsync(Id(1), Stop).AsTask()
        );
    }

    [Fact]
    public async Task A_folder_in_the_place_of_a_lock_is_said_to_be_in_the_way()
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, "thread-writer-locks", $"{Id(1)}.lock"));

        await AssertSaidAsync(
            $"There is a folder at thread-writer-locks/{Id(1)}.lock, where a file belongs; move it away and try again.",
            () => _store.ArchiveAsync(Id(1), Stop).AsTask()
        );
    }

    static async Task AssertSaidAsync(string message, Func<Task> change)
    {
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(change);
        Assert.Equal((ThreadStoreErrorCode.Unavailable, message), (refused.Code, refused.Message));
    }
}
