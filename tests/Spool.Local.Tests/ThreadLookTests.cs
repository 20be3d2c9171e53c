using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Calls about one thread look at its files and no others, and miss nothing that another program did to it.</summary>
public sealed class ThreadLookTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    LocalThreadStore OpenFollowing() => _home.Open(options => options with { ReconcileInterval = TimeSpan.FromHours(1) });

    // A store whose index is its own: what it does is what any other program does.
    LocalThreadStore OpenAnother() => _home.Open(options => options with { CacheDirectory = _home.Cache + "-another" });

    [Fact]
    public async Task A_change_tells_how_deep_a_thread_is_though_nobody_asked_for_those_above_it()
    {
        for (var number = 1; number <= 3; number++)
            _home.Put(
                RolloutLines.From(new RolloutHead(Id(number), At(number)) { Parent = number > 1 ? Id(number - 1) : null }).Turn("A turn")
            );
        await using var store = _home.Open();

        Assert.Equal(2, (await store.UpdateAsync(Id(3), new ThreadPatch { Name = Change.To("named") }, Stop)).Thread.Depth);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thread_that_another_program_moved_is_read_where_it_is_now(bool isFollowing)
    {
        _home.Put(Legacy(1));
        _home.Put(Paginated(2));
        await using var store = isFollowing ? OpenFollowing() : _home.Open();
        await using var another = OpenAnother();
        await store.EverythingAsync();

        foreach (var id in (ThreadId[])[Id(1), Id(2)])
        {
            await another.ArchiveAsync(id, Stop);
            await AssertReadableAsync(store, id);
            Assert.NotNull((await store.FindAsync(id, Stop))!.ArchivedAt);
            Assert.Equal(
                ThreadStoreErrorCode.Archived,
                (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ResumeAsync(new ResumeRequest(id), Stop))).Code
            );

            await another.UnarchiveAsync(id, Stop);
            await AssertReadableAsync(store, id);
            await using (await store.ResumeAsync(new ResumeRequest(id), Stop)) { }

            await another.DeleteAsync(id, Stop);
            Assert.Null(await store.FindAsync(id, Stop));
            Assert.Equal(
                ThreadStoreErrorCode.NotFound,
                (await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.HistoryAsync(id, Stop))).Code
            );
        }
    }

    [Fact]
    public async Task A_read_whose_file_is_gone_looks_it_up_again_a_bounded_number_of_times_and_any_other_error_is_final()
    {
        var moved = ServedRolloutSource.Moved();
        var corrupt = new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "corrupt");
        var reads = 0;

        Assert.True(ServedRolloutSource.HasMoved(DiskErrors.Translate(new FileNotFoundException())));
        Assert.Equal(3, await MovingRollouts.ReadAsync(() => ++reads < 3 ? throw moved : ValueTask.FromResult(reads)));
        Assert.Same(
            moved,
            await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                await MovingRollouts.ReadAsync<int>(() => ++reads < 1000 ? throw moved : throw corrupt)
            )
        );
        reads = 0;
        Assert.Same(
            corrupt,
            await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                await MovingRollouts.ReadAsync<int>(() => ++reads < 2 ? throw corrupt : throw moved)
            )
        );
        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task A_part_of_a_history_that_was_moved_is_read_where_it_is_now()
    {
        _home.Put(Paginated(1).Turn("second"));
        await using var store = OpenFollowing();
        await using var another = OpenAnother();
        var fork = (await store.ForkAsync(new ForkRequest(Id(1), Id(5)), Stop)).Thread.Id;
        var items = await store.HistoryAsync(fork, Stop);

        await another.ArchiveAsync(Id(1), Stop);

        Assert.Equal(items.Count, (await store.HistoryAsync(fork, Stop)).Count);
        Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(fork), Stop)).Count);
    }

    [Fact]
    public async Task A_call_about_one_thread_takes_in_nothing_of_the_others()
    {
        var other = Legacy(1);
        _home.Put(other);
        _home.Put(Legacy(2));
        await using var store = _home.Open();
        await store.EverythingAsync();
        _home.Put(other.Turn("more"));

        await store.FindAsync(Id(2), Stop);
        await store.HistoryAsync(Id(2), Stop);
        await store.UpdateAsync(Id(2), new ThreadPatch { Name = Change.To("new") }, Stop);
        await store.ArchiveAsync(Id(2), Stop);
        await store.UnarchiveAsync(Id(2), Stop);
        await using (await store.ResumeAsync(new ResumeRequest(Id(2)), Stop)) { }

        Assert.Equal(1, (await store.StatusAsync(Stop)).Pending);
        Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Count);
        Assert.Equal(0, (await store.StatusAsync(Stop)).Pending);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_later_rollout_of_a_thread_is_found_in_whatever_folder_another_program_put_it(bool isNoted)
    {
        var paginated = Paginated(1).Turn("second");
        var path = _home.Put(paginated);
        await using var store = _home.Open(options => isNoted ? options with { FolderSettling = TimeSpan.Zero } : options);
        await store.EverythingAsync();
        await store.FindAsync(Id(1), Stop); // notes the folders
        await using var another = OpenAnother();
        var turns = await another.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop);

        var reverted = (await another.RevertAsync(Id(1), turns[1].Id, Stop)).Thread;

        Assert.Equal(reverted, await store.FindAsync(Id(1), Stop));
        Assert.Single(await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop));
        await using (var writer = await store.ResumeAsync(new ResumeRequest(Id(1)), Stop)) { }
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_later_rollout_of_a_thread_is_found_in_a_folder_that_was_too_new_to_be_noted(bool hasLink)
    {
        var path = _home.Put(Paginated(1).Turn("second"));
        await using var store = _home.Open(options => options with { FolderSettling = TimeSpan.Zero });
        await store.EverythingAsync();
        await store.FindAsync(Id(1), Stop); // notes the folders
        var day = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path))!, "a new day");
        Directory.CreateDirectory(day);
        File.Move(_home.Put(Legacy(2)), Path.Combine(day, Path.GetFileName(PathOf(Id(2), At(2)))));
        if (hasLink)
            Directory.CreateSymbolicLink(Path.Combine(_home.Path, "sessions", "link"), day);
        // notes the folders above the new one, and not that one, because it has a rollout that is not in the index
        await store.FindAsync(Id(1), Stop);
        await using (var another = _home.Open(options => options with { CacheDirectory = Path.Combine(_home.Path, "another cache") }))
        {
            var turns = await another.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop);
            await another.RevertAsync(Id(1), turns[1].Id, Stop);
            var reverted = Path.Combine(_home.Path, (await another.LocateAsync([Id(1)], Stop))[Id(1)]);
            File.Move(reverted, Path.Combine(day, Path.GetFileName(reverted)));
        }

        Assert.Single(await store.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop));
        await using var later = OpenAnother();
        Assert.Single(await later.AllTurnsAsync(new ListTurnsRequest(Id(1)), Stop));
        Assert.Equal(2, (await store.EverythingAsync()).Count(thread => thread.State == ThreadCondition.Ok));
        Assert.DoesNotContain(ThreadCondition.Duplicate, (await store.EverythingAsync()).Select(thread => thread.State));
    }

    [Fact]
    public async Task A_name_that_another_program_gave_is_found_without_a_look_at_everything()
    {
        _home.Put(Legacy(1));
        _home.Put(Legacy(2));
        await using var store = _home.Open();
        await store.EverythingAsync();

        File.AppendAllText(
            Path.Combine(_home.Path, "session_index.jsonl"),
            $$"""{"id":"{{Id(1)}}","thread_name":"by another","updated_at":"2026-01-01T00:00:00Z"}""" + "\n"
        );

        Assert.Equal("by another", (await store.FindAsync(Id(1), Stop))!.Name);
        Assert.Null((await store.FindAsync(Id(2), Stop))!.Name);
        Assert.Contains(await store.EverythingAsync(), thread => thread.Name == "by another");
    }

    [Fact]
    public async Task An_id_that_another_program_took_cannot_be_created()
    {
        _home.Put(Legacy(1));
        await using var store = OpenFollowing();
        await store.EverythingAsync();
        await using var another = OpenAnother();
        await using (var writer = await another.CreateAsync(RolloutLines.Legacy(Id(7), At(7)), Stop))
            await writer.PersistAsync(Stop);

        Assert.Equal(
            ThreadStoreErrorCode.AlreadyExists,
            (
                await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.CreateAsync(RolloutLines.Legacy(Id(7), At(7)), Stop))
            ).Code
        );
    }

    static async Task AssertReadableAsync(LocalThreadStore store, ThreadId id)
    {
        Assert.NotNull(await store.FindAsync(id, Stop));
        Assert.NotEmpty(await store.HistoryAsync(id, Stop));
        Assert.NotEmpty(await store.AllTurnsAsync(new ListTurnsRequest(id), Stop));
        Assert.NotEmpty((await store.ListItemsAsync(new ListItemsRequest(id), Stop)).Items);
        using var log = new MemoryStream();
        await store.CopyLogAsync(id, log, Stop);
        Assert.NotEqual(0, log.Length);
    }
}
