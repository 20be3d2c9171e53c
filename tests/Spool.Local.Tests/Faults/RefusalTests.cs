using System.Text;
using Spool.CrashHost;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What cannot be written is refused with a documented code, and then nothing in the home has changed.</summary>
public sealed class RefusalTests : IAsyncDisposable
{
    readonly TempHome _home = new();
    readonly Ledger _ledger = new();
    readonly LocalThreadStore _store;

    public RefusalTests()
    {
        _store = _home.Open(options => options with { MaxItemBytes = 100_000 });
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        if (Directory.Exists(Path.GetDirectoryName(_home.Path)))
            _home.Dispose();
    }

    [Fact]
    public Task A_thread_that_is_not_there_is_not_found() => RefusedAsync(ThreadStoreErrorCode.NotFound, () => ResumeAsync(1));

    [Fact]
    public async Task A_thread_whose_rollout_is_gone_is_not_found()
    {
        File.Delete(_home.Put(Legacy(1)));

        await RefusedAsync(ThreadStoreErrorCode.NotFound, () => ResumeAsync(1));
    }

    [Fact]
    public async Task An_archived_thread_has_to_be_unarchived_first()
    {
        var seed = Legacy(1).ToSeed();
        _home.Write($"archived_sessions/{Path.GetFileName(PathOf(seed.Id, seed.CreatedAt))}", seed.ToLog());

        await RefusedAsync(ThreadStoreErrorCode.Archived, () => ResumeAsync(1));
    }

    [Fact]
    public async Task A_thread_of_an_unknown_history_mode_is_left_alone()
    {
        _home.Put(RolloutLines.From(new RolloutHead(Id(1), At(1)) { HistoryMode = "holographic" }).Turn("hello"));

        await RefusedAsync(ThreadStoreErrorCode.Unsupported, () => ResumeAsync(1));
        await RefusedAsync(ThreadStoreErrorCode.Unsupported, () => WorkSession.CreateAsync(_store, Id(2), "holographic", "a", Note));
    }

    [Fact]
    public async Task A_damaged_thread_is_continued_only_for_who_says_so()
    {
        byte[] log =
        [
            .. Legacy(1).ToSeed().ToLog(),
            .. "rubbish\n"u8,
            .. "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"x\"}}\n"u8,
        ];
        var path = _home.Write(PathOf(Id(1), At(1)), log);

        await RefusedAsync(ThreadStoreErrorCode.Corrupt, () => ResumeAsync(1));

        await using var writer = await _store.ResumeAsync(new ResumeRequest(Id(1)) { OnDamage = DamagedLog.AppendBehind }, Stop);
        await writer.AppendAsync(new AppendRequest([WorkItem.Make("a", 0)]), Stop);
        await writer.ShutDownAsync(Stop);
        Assert.True(File.ReadAllBytes(path).AsSpan().StartsWith(log));
    }

    [Fact]
    public async Task A_second_writer_is_told_who_the_first_is()
    {
        _home.Put(Legacy(1));
        await using var writer = await _store.ResumeAsync(new ResumeRequest(Id(1)), Stop);
        await using var other = _home.Open();

        foreach (var store in (LocalThreadStore[])[_store, other])
        {
            var error = await RefusedAsync(
                ThreadStoreErrorCode.HasWriter,
                () => store.ResumeAsync(new ResumeRequest(Id(1)), Stop).AsTask()
            );
            Assert.Equal((Environment.ProcessId, Environment.MachineName), (error.Owner?.ProcessId, error.Owner?.Host));
        }
    }

    [Fact]
    public async Task A_second_writer_in_another_process_is_told_who_the_first_is()
    {
        using var host = HostProcess.Start(_home, _ledger, "hold", "--run", "a", "--thread", Id(1));
        await host.ReadAsync(1);

        var error = await RefusedAsync(ThreadStoreErrorCode.HasWriter, () => ResumeAsync(1));
        Assert.Equal(host.Id, error.Owner?.ProcessId);

        // The lock goes with the process, and what it acknowledged stays.
        await host.KillAsync();
        await (await ResumeAsync(1)).ShutDownAsync();
        await _ledger.CheckAsync(_store, ThreadCondition.Ok);
    }

    [Fact]
    public async Task An_id_that_is_taken_begins_no_thread()
    {
        _home.Put(Legacy(1));

        await RefusedAsync(
            ThreadStoreErrorCode.AlreadyExists,
            () => WorkSession.CreateAsync(_store, Id(1), HistoryModes.Legacy, "a", Note)
        );
    }

    [Fact]
    public async Task After_a_shut_down_nothing_is_appended()
    {
        var session = await CreateAsync(1);
        await session.ShutDownAsync();

        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            () => session.Writer.AppendAsync(new AppendRequest([WorkItem.Make("x", 0)]), Stop).AsTask()
        );
        await session.ShutDownAsync(); // once more is nothing
        await session.Writer.DiscardAsync(Stop);
    }

    [Fact]
    public async Task An_item_above_the_limit_takes_its_whole_request_with_it()
    {
        var session = await CreateAsync(1);
        var large = new NewItem("event_msg", Encoding.UTF8.GetBytes($$"""{"type":"x","text":"{{new string('x', 100_000)}}"}"""));

        await RefusedAsync(
            ThreadStoreErrorCode.TooLarge,
            () => session.Writer.AppendAsync(new AppendRequest([WorkItem.Make("x", 0), large]), Stop).AsTask()
        );

        Assert.Null(await session.AppendAsync(1, Durability.Flushed));
        await session.ShutDownAsync();
        await _ledger.CheckAsync(_store, ThreadCondition.Ok);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public async Task An_expected_ordinal_that_is_wrong_stores_nothing(long ordinal)
    {
        var session = await CreateAsync(1); // three items behind the first: the next one is 4

        var error = await RefusedAsync(
            null,
            () => session.Writer.AppendAsync(new AppendRequest([WorkItem.Make("x", 0)]) { ExpectedOrdinal = ordinal }, Stop).AsTask()
        );

        Assert.Contains(error.Code, (ThreadStoreErrorCode[])[ThreadStoreErrorCode.WrongOrdinal]);
        await session.ShutDownAsync();
        await _ledger.CheckAsync(_store, ThreadCondition.Ok);
    }

    [Fact]
    public async Task A_batch_id_stands_for_its_items_and_no_others()
    {
        var session = await CreateAsync(1);
        var batch = new AppendRequest([WorkItem.Make("a", 3)]) { BatchId = Guid.NewGuid() };
        Note("send a 3 1");
        await session.Writer.AppendAsync(batch, Stop);

        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            () => session.Writer.AppendAsync(batch with { Items = [WorkItem.Make("x", 0)] }, Stop).AsTask()
        );
        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            () => session.Writer.AppendAsync(batch with { Items = [.. batch.Items, .. batch.Items] }, Stop).AsTask()
        );

        await session.ShutDownAsync();
        await _ledger.CheckAsync(_store, ThreadCondition.Ok);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("a\0b")]
    [InlineData("   ")]
    public async Task A_name_that_is_none_changes_nothing(string name)
    {
        var session = await CreateAsync(1);

        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            () => session.Writer.UpdateAsync(new ThreadPatch { Name = Change.To(name) }, Stop).AsTask()
        );
        await session.ShutDownAsync();
        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            () => _store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To(name) }, Stop).AsTask()
        );
    }

    [Fact]
    public async Task A_home_on_a_network_file_system_is_read_and_not_written_unless_somebody_answers_for_it()
    {
        _home.Put(Legacy(1));
        var files = new FaultyFileSystem(PhysicalFileSystem.Instance) { IsNetwork = true };
        var settings = new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Cache };
        await using var store = LocalThreadStore.Open(settings, files);

        Assert.Single(await store.EverythingAsync());
        await RefusedAsync(ThreadStoreErrorCode.Unsupported, () => store.ResumeAsync(new ResumeRequest(Id(1)), Stop).AsTask());
        await RefusedAsync(ThreadStoreErrorCode.Unsupported, () => WorkSession.CreateAsync(store, Id(2), HistoryModes.Legacy, "a", Note));

        await using var allowed = LocalThreadStore.Open(settings with { NetworkHome = NetworkHome.Allow }, files);
        await (await WorkSession.ResumeAsync(allowed, Id(1), "b", Note)).ShutDownAsync();
    }

    [Fact, Guarantee("FALT-08")]
    public async Task A_home_that_is_deleted_underneath_loses_the_writer_and_is_not_made_again()
    {
        var session = await CreateAsync(1);
        Directory.Delete(_home.Path, recursive: true);

        foreach (var durability in Enum.GetValues<Durability>())
            Assert.Equal(ThreadStoreErrorCode.WriterLost, await session.AppendAsync(1, durability));

        Assert.True(session.Writer.LostToken.IsCancellationRequested);
        await session.Writer.DiscardAsync(Stop);
        await session.Writer.DisposeAsync();
        Assert.False(Directory.Exists(_home.Path));
        Assert.Equal(ThreadStoreErrorCode.Unavailable, (await Assert.ThrowsAsync<ThreadStoreException>(_store.EverythingAsync)).Code);
    }

    [Fact, Guarantee("FALT-09")]
    public async Task A_log_that_another_program_writes_moves_or_deletes_loses_the_writer_and_is_left_as_it_is()
    {
        Action<string>[] others =
        [
            path =>
                File.AppendAllText(
                    path,
                    "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"x\"}}\n"
                ),
            path => File.Move(path, path + ".moved"),
            File.Delete,
            path => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^40]),
            path =>
            {
                var bytes = File.ReadAllBytes(path);
                File.Delete(path);
                File.WriteAllBytes(path, bytes); // the same bytes, another file
            },
        ];
        for (var number = 0; number < others.Length; number++)
        {
            var session = await CreateAsync(10 + number);
            others[number](Assert.Single(Directory.EnumerateFiles(_home.Path, $"*{Id(10 + number)}.jsonl", SearchOption.AllDirectories)));
            var before = HomeBytes.Of(_home.Path);

            Assert.Equal(ThreadStoreErrorCode.WriterLost, await session.AppendAsync(1, (Durability)(number % 3)));
            Assert.Equal(ThreadStoreErrorCode.WriterLost, await session.AppendAsync(1, Durability.Flushed));

            Assert.True(session.Writer.LostToken.IsCancellationRequested);
            await session.Writer.DisposeAsync();
            Assert.Equal(before, HomeBytes.Of(_home.Path));
        }
    }

    [Theory]
    [InlineData("sessions")]
    [InlineData("thread-writer-locks")]
    public async Task A_file_in_the_place_of_a_folder_is_refused_and_left(string folder)
    {
        _home.Write(folder, "not a folder"u8);

        await RefusedAsync(
            ThreadStoreErrorCode.Unavailable,
            async () =>
            {
                var session = await WorkSession.CreateAsync(_store, Id(1), HistoryModes.Legacy, "a", Note);
                try
                {
                    await session.PersistAsync();
                }
                finally
                {
                    await session.Writer.DiscardAsync(Stop);
                }
            }
        );

        if (folder == "sessions")
            await RefusedAsync(ThreadStoreErrorCode.Unavailable, () => _store.EverythingAsync());
        else
            Assert.Empty(await _store.EverythingAsync());
    }

    [Theory]
    [InlineData("the lock of the thread")]
    [InlineData("the lock of all lock files")]
    public async Task A_folder_in_the_place_of_a_lock_is_refused(string which)
    {
        _home.Put(Legacy(1));
        Directory.CreateDirectory(
            Path.Combine(_home.Path, "thread-writer-locks", which == "the lock of the thread" ? $"{Id(1)}.lock" : ".coordination.lock")
        );

        await RefusedAsync(ThreadStoreErrorCode.Unavailable, () => ResumeAsync(1));
    }

    [Fact]
    public async Task A_home_that_does_not_exist_yet_is_made()
    {
        Directory.Delete(_home.Path);
        await using var store = _home.Open();

        var session = await WorkSession.CreateAsync(store, Id(1), HistoryModes.Legacy, "a", Note);
        Assert.Null(await session.AppendAsync(3, Durability.Fsynced));
        await session.ShutDownAsync();

        await _ledger.CheckAsync(store, ThreadCondition.Ok);
        Assert.Single(_ledger.Threads);
    }

    void Note(string line) => _ledger.Read(line);

    Task<WorkSession> ResumeAsync(int number) => WorkSession.ResumeAsync(_store, Id(number), $"r{_ledger.Sessions}", Note);

    async Task<WorkSession> CreateAsync(int number)
    {
        var session = await WorkSession.CreateAsync(_store, Id(number), HistoryModes.Legacy, number == 1 ? "a" : $"a{number}", Note);
        Assert.Null(await session.AppendAsync(3, Durability.Fsynced));
        return session;
    }

    // Refused, with this code (or any, when it is null), and not a byte of the home has changed.
    async Task<ThreadStoreException> RefusedAsync(ThreadStoreErrorCode? code, Func<Task> action)
    {
        var before = HomeBytes.Of(_home.Path);
        var error = await Assert.ThrowsAsync<ThreadStoreException>(action);
        Assert.Equal(code ?? error.Code, error.Code);
        Assert.DoesNotContain(_home.Path, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, HomeBytes.Of(_home.Path));
        return error;
    }
}
