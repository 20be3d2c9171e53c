using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Logs that fail, and disposal while a log is slow.</summary>
#pragma warning disable VSTHRD003 // what is awaited was begun here, or is ended by the test
public sealed class LogStoreFailureTests
{
    static readonly ThreadId Thread = SeedIds.Id(3);
    static readonly ThreadId Other = SeedIds.Id(4);

    readonly ListedLogs _logs = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ThreadStoreErrorCode.Corrupt)]
    [InlineData(ThreadStoreErrorCode.Internal)]
    [InlineData(ThreadStoreErrorCode.InvalidRequest)]
    [InlineData(ThreadStoreErrorCode.WriterLost)]
    [InlineData(ThreadStoreErrorCode.NotFound)]
    public async Task An_append_that_fails_with_a_code_that_does_not_say_that_nothing_was_stored_ends_the_writer(ThreadStoreErrorCode code)
    {
        await using var store = new ListedStore(_logs);
        await using var writer = await CreateAsync(store, Thread);
        await writer.PersistAsync(Cancellation);
        store.OnAppend = (_, append) =>
        {
            append();
            throw new ThreadStoreException(code, "Failed.");
        };
        foreach (var attempt in new[] { 1, 2 })
        {
            Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, (await FailAsync(() => writer.AppendAsync(Note(1), Cancellation))).Code);
            store.OnAppend = null;
        }
        await writer.DiscardAsync(Cancellation);
        await using var again = await store.ResumeAsync(new ResumeRequest(Thread), Cancellation);
        await again.AppendAsync(Note(1), Cancellation);
        Assert.Equal(2, again.NextOrdinal);
    }

    [Fact]
    public async Task A_removal_that_fails_so_is_not_known_to_have_done_anything()
    {
        await using var store = new ListedStore(_logs);
        await using (var writer = await CreateAsync(store, Thread))
            await writer.PersistAsync(Cancellation);
        store.OnRemove = _ => throw new ThreadStoreException(ThreadStoreErrorCode.Internal, "Failed.");
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, (await FailAsync(() => store.DeleteAsync(Thread, Cancellation))).Code);
    }

    [Fact]
    public async Task Of_a_first_append_that_fails_in_any_way_nothing_waits()
    {
        await using var store = new ListedStore(_logs);
        await using var writer = await CreateAsync(store, Thread);
        store.OnAppend = (_, _) => throw new InsufficientMemoryException();
        await Assert.ThrowsAsync<InsufficientMemoryException>(async () => await writer.AppendAsync(Note(null), Cancellation));
        store.OnAppend = null;
        Assert.Equal(1, writer.NextOrdinal);
        await writer.AppendAsync(Note(null), Cancellation);
        Assert.Equal(2, _logs.Lines[Thread].Length);
    }

    [Fact]
    public async Task While_a_store_is_being_disposed_its_writers_take_nothing_and_what_waits_is_stored()
    {
        var store = new ListedStore(_logs);
        await using (var other = await CreateAsync(store, Other))
            await other.PersistAsync(Cancellation);
        var writer = await CreateAsync(store, Thread);
        await writer.AppendAsync(Note(1) with { Durability = Durability.Buffered }, Cancellation);
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        store.OnAppend = async (log, append) =>
        {
            if (log == Other)
            {
                begun.SetResult();
                await goOn.Task;
            }
            return append();
        };
        var archive = store.ArchiveAsync(Other, Cancellation).AsTask();
        await begun.Task;
        var disposal = store.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            while (true) // disposal begins on another thread
                await store.FindAsync(Other, Cancellation);
        });
        Func<Task>[] calls =
        [
            async () => await writer.AppendAsync(Note(2), Cancellation),
            async () => await writer.PersistAsync(Cancellation),
            async () => await writer.FlushAsync(cancellationToken: Cancellation),
            async () => await writer.UpdateAsync(new ThreadPatch { Name = Change.To("Named") }, Cancellation),
            async () => await writer.ShutDownAsync(Cancellation),
            async () => await writer.DiscardAsync(Cancellation),
        ];
        foreach (var call in calls)
            await Assert.ThrowsAsync<ObjectDisposedException>(call);
        Assert.False(disposal.IsCompleted);
        goOn.SetResult();
        await archive;
        await disposal;
        await writer.DisposeAsync();
        Assert.Equal(2, _logs.Lines[Thread].Length);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("resume")]
    [InlineData("fork")]
    [InlineData("archive")]
    [InlineData("unarchive")]
    [InlineData("delete")]
    [InlineData("check")]
    [InlineData("update")]
    [InlineData("empty update")]
    [InlineData("revert")]
    [InlineData("put")]
    public async Task Disposal_ends_a_change_that_only_reads_as_yet_and_nothing_is_stored(string change)
    {
        await using (var first = new ListedStore(_logs))
        await using (var writer = await CreateAsync(first, Thread))
            await writer.PersistAsync(Cancellation);
        var store = new ListedStore(_logs);
        var reading = new TaskCompletionSource();
        store.OnRead = async token =>
        {
            reading.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        var call = change switch
        {
            "create" => (Func<Task>)(async () => await CreateAsync(store, Other)),
            "resume" => async () => await store.ResumeAsync(new ResumeRequest(Thread), Cancellation),
            "fork" => async () => await store.ForkAsync(new ForkRequest(Thread, Other), Cancellation),
            "archive" => async () => await store.ArchiveAsync(Thread, Cancellation),
            "unarchive" => async () => await store.UnarchiveAsync(Thread, Cancellation),
            "delete" => async () => await store.DeleteAsync(Thread, Cancellation),
            "check" => async () => await store.RequireDeletableAsync(Thread, Cancellation),
            "update" => async () => await store.UpdateAsync(Thread, new ThreadPatch { Name = Change.To("Named") }, Cancellation),
            "empty update" => async () => await store.UpdateAsync(Thread, new ThreadPatch(), Cancellation),
            "revert" => async () => await store.RevertAsync(Thread, "t1", Cancellation),
            _ => async () => await store.PutAsync(Other, ["{}"u8.ToArray()], cancellationToken: Cancellation),
        };
        var under = Record.ExceptionAsync(call);
        await reading.Task;
        await store.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.IsType<ObjectDisposedException>(await under);
        Assert.Single(Assert.Single(_logs.Lines).Value);
    }

    static async Task<ThreadStoreException> FailAsync<T>(Func<ValueTask<T>> call) =>
        await Assert.ThrowsAsync<ThreadStoreException>(async () => await call());

    static async Task<IThreadWriter> CreateAsync(ListedStore store, ThreadId thread)
    {
        var meta = new SessionMeta(thread, SeedIds.Epoch)
        {
            Cwd = "/w",
            Originator = "me",
            CliVersion = "1",
        };
        return await store.CreateAsync(new CreateRequest(thread, meta.ToItem()), Cancellation);
    }

    static AppendRequest Note(long? at) =>
        new([NewItem.FromJson("event_msg", """{"type":"note","text":"kept"}""")]) { ExpectedOrdinal = at };
}
