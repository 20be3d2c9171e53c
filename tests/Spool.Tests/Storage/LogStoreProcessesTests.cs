using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Forks, reverts and deletions in one process, and what the next sees of them; what one leaves that ends in the middle.</summary>
#pragma warning disable VSTHRD003 // what is awaited was begun here, or is ended by the test
public sealed class LogStoreProcessesTests
{
    static readonly ThreadId Thread = SeedIds.Id(3);

    readonly ListedLogs _logs = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fork_that_another_process_made_after_its_append_has_its_whole_history()
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        await StartAsync(one, "t1");
        await AppendAsync(two, Thread, "t2");
        var (fork, again) = (SeedIds.Id(4), SeedIds.Id(5));
        await two.ForkAsync(new ForkRequest(Thread, fork), Cancellation);
        await two.ForkAsync(new ForkRequest(fork, again), Cancellation);

        Assert.Equal(["t1", "t2"], await TurnsAsync(one, again));
        Assert.Equal(ThreadCondition.Ok, (await one.FindAsync(fork, Cancellation))?.State);
        await AppendAsync(two, Thread, "t3");
        var third = SeedIds.Id(6);
        await two.ForkAsync(new ForkRequest(Thread, third), Cancellation);
        await AppendAsync(one, third, "t4");
        Assert.Equal(["t1", "t2", "t3", "t4"], await TurnsAsync(two, third));
        await AppendAsync(two, Thread, "t5");
        await two.ForkAsync(new ForkRequest(Thread, SeedIds.Id(7)), Cancellation);
        await one.ForkAsync(new ForkRequest(SeedIds.Id(7), SeedIds.Id(8)), Cancellation);
        Assert.Equal(["t1", "t2", "t3", "t5"], await TurnsAsync(one, SeedIds.Id(8)));
    }

    [Fact]
    public async Task A_writer_whose_thread_another_process_went_on_with_hides_nothing_of_its_forks()
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        await StartAsync(one, "t1");
        await using var idle = await one.ResumeAsync(new ResumeRequest(Thread), Cancellation);
        await AppendAsync(two, Thread, "t2");
        await two.ForkAsync(new ForkRequest(Thread, SeedIds.Id(4)), Cancellation);

        Assert.Equal(["t1", "t2"], await TurnsAsync(one, SeedIds.Id(4)));
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await idle.AppendAsync(new AppendRequest(Turn(Thread, "late")), Cancellation)
        );
        Assert.Equal(ThreadStoreErrorCode.WriterLost, refused.Code);
        Assert.Equal(["t1", "t2"], await TurnsAsync(one, Thread));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thread_that_another_process_took_back_goes_on_here_whether_it_was_listed_or_not(bool isListed)
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        await StartAsync(one, "t1", "t2", "t3");
        await two.RevertAsync(Thread, "t3", Cancellation);
        if (isListed)
            await one.ListAsync(new ThreadQuery(), Cancellation);
        await AppendAsync(one, Thread, "t4", "t5");
        await one.RevertAsync(Thread, "t5", Cancellation);
        await one.ListAsync(new ThreadQuery(), Cancellation);
        await AppendAsync(two, Thread, "t6", "t7");
        await one.RevertAsync(Thread, "t7", Cancellation);

        await using var fresh = new ListedStore(_logs);
        foreach (var store in new[] { one, two, fresh })
        {
            Assert.Equal(["t1", "t2", "t4", "t6"], await TurnsAsync(store, Thread));
            Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Thread, Cancellation))?.State);
        }
    }

    [Fact]
    public async Task A_list_that_comes_upon_a_revert_in_the_middle_takes_nothing_from_the_thread()
    {
        await using var store = new ListedStore(_logs);
        await StartAsync(store, "t1", "t2", "t3");
        var (halfDone, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var appends = 0;
        store.OnAppend = async (_, append) =>
        {
            if (++appends == 2)
            {
                halfDone.SetResult();
                await goOn.Task;
            }
            return append();
        };
        var revert = store.RevertAsync(Thread, "t3", Cancellation).AsTask();
        await halfDone.Task;
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        var reads = 0;
        store.OnRead = async _ =>
        {
            if (++reads != 2)
                return;
            asked.SetResult();
            await answer.Task; // the log of the revert was listed, and is read when the thread has gone on in it
        };
        var list = store.ListAsync(new ThreadQuery(), Cancellation).AsTask();
        await Task.WhenAny(asked.Task, Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation));
        goOn.SetResult();
        await revert;
        answer.TrySetResult();
        await list;
        await AppendAsync(store, Thread, "t4");
        await AppendAsync(store, Thread, "t5");
        await store.RevertAsync(Thread, "t5", Cancellation);

        Assert.Equal(["t1", "t2", "t4"], await TurnsAsync(store, Thread));
        await using var fresh = new ListedStore(_logs);
        Assert.Equal(["t1", "t2", "t4"], await TurnsAsync(fresh, Thread));
    }

    [Fact]
    public async Task A_deletion_that_ended_in_the_middle_leaves_no_thread_and_the_next_one_removes_the_rest()
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        await StartAsync(one, "t1", "t2");
        await one.RevertAsync(Thread, "t2", Cancellation);
        Assert.NotNull(await two.FindAsync(Thread, Cancellation));
        var removals = 0;
        one.OnRemove = _ =>
        {
            if (++removals == 2)
                throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "Not now.");
        };
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, (await FailAsync(() => one.DeleteAsync(Thread, Cancellation))).Code);

        Assert.Single(_logs.Lines);
        foreach (var store in new[] { one, two })
        {
            Assert.Null(await store.FindAsync(Thread, Cancellation));
            Assert.Empty((await store.ListAsync(new ThreadQuery(), Cancellation)).Items);
            var refused = await FailAsync(() => store.ResumeAsync(new ResumeRequest(Thread), Cancellation));
            Assert.Equal(ThreadStoreErrorCode.NotFound, refused.Code);
        }
        await two.DeleteAsync(Thread, Cancellation);
        Assert.Empty(_logs.Lines);
        foreach (var store in new[] { one, two })
            Assert.Equal(ThreadStoreErrorCode.NotFound, (await FailAsync(() => store.DeleteAsync(Thread, Cancellation))).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_revert_that_ended_in_the_middle_left_goes_with_the_next_one_or_with_the_thread(bool isDeleted)
    {
        await using var one = new ListedStore(_logs);
        await StartAsync(one, "t1", "t2", "t3");
        var appends = 0;
        one.OnAppend = (_, append) => ++appends == 2 ? throw new IOException("Gone.") : new(append());
        await FailAsync(() => one.RevertAsync(Thread, "t3", Cancellation));
        Assert.Equal(2, _logs.Lines.Count);

        await using var two = new ListedStore(_logs);
        if (isDeleted)
            await two.DeleteAsync(Thread, Cancellation);
        else
            await two.RevertAsync(Thread, "t2", Cancellation);
        Assert.Equal(isDeleted ? 0 : 2, _logs.Lines.Count);
        one.OnAppend = null;
        Assert.Equal(isDeleted ? null : ThreadCondition.Ok, (await one.FindAsync(Thread, Cancellation))?.State);
        if (!isDeleted)
            Assert.Equal(["t1"], await TurnsAsync(one, Thread));
    }

    [Fact]
    public async Task A_revert_whose_new_log_is_there_already_takes_another_one()
    {
        await using var store = new ListedStore(_logs);
        await StartAsync(store, "t1", "t2");
        var appends = 0;
        store.OnAppend = (_, append) => new(++appends != 1 && append());
        await store.RevertAsync(Thread, "t2", Cancellation);
        await AppendAsync(store, Thread, "t3");

        await using var fresh = new ListedStore(_logs);
        Assert.Equal(["t1", "t3"], await TurnsAsync(fresh, Thread));
    }

    [Fact]
    public async Task A_thread_that_another_process_deleted_and_made_again_is_the_new_one_when_it_is_changed_or_longer()
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        await StartAsync(one, "t1", "t2");
        await two.DeleteAsync(Thread, Cancellation);
        await StartAsync(two, SeedIds.Epoch.AddHours(1), "n1", "n2");

        Assert.Equal("n1", (await one.ArchiveAsync(Thread, Cancellation)).Thread.Preview);
        await two.UnarchiveAsync(Thread, Cancellation);
        await two.DeleteAsync(Thread, Cancellation);
        await StartAsync(two, SeedIds.Epoch.AddHours(2), "m1", "m2", "m3");
        Assert.Equal("m1", (await one.FindAsync(Thread, Cancellation))?.Preview);
    }

    [Fact, Guarantee("LOGS-07")]
    public async Task A_writer_of_a_thread_that_another_process_deleted_and_made_again_is_lost_and_stores_nothing()
    {
        foreach (var isUpdate in new[] { false, true })
        {
            await using var one = new ListedStore(_logs);
            await using var two = new ListedStore(_logs);
            await StartAsync(one, "t1", "t2");
            await using var writer = await one.ResumeAsync(new ResumeRequest(Thread), Cancellation);
            await two.DeleteAsync(Thread, Cancellation);
            await StartAsync(two, SeedIds.Epoch.AddHours(1), "n1", "n2");
            var before = await two.HistoryAsync(Thread, Cancellation);

            var failure = isUpdate
                ? await FailAsync(() => writer.UpdateAsync(new ThreadPatch { Branch = Change.To("late") }, Cancellation))
                : await FailAsync(() => writer.AppendAsync(new AppendRequest(StoreWriting.Notes("late")), Cancellation));

            Assert.Equal(ThreadStoreErrorCode.WriterLost, failure.Code);
            Assert.True(writer.LostToken.IsCancellationRequested);
            Assert.Equal(before.Texts(), (await two.HistoryAsync(Thread, Cancellation)).Texts());
            Assert.Equal("n1", (await one.FindAsync(Thread, Cancellation))?.Preview);
            await two.DeleteAsync(Thread, Cancellation);
        }
    }

    static async Task<ThreadStoreException> FailAsync<T>(Func<ValueTask<T>> call) =>
        await Assert.ThrowsAsync<ThreadStoreException>(async () => await call());

    static Task StartAsync(IThreadStore store, params string[] turns) => StartAsync(store, SeedIds.Epoch, turns);

    static async Task StartAsync(IThreadStore store, DateTimeOffset at, params string[] turns)
    {
        var meta = new SessionMeta(Thread, at)
        {
            Cwd = "/w",
            Originator = "me",
            CliVersion = "1",
            HistoryMode = HistoryModes.Paginated,
        };
        await using var writer = await store.CreateAsync(new CreateRequest(Thread, meta.ToItem()), Cancellation);
        foreach (var turn in turns)
            await writer.AppendAsync(new AppendRequest(Turn(Thread, turn)), Cancellation);
    }

    static async Task AppendAsync(ListedStore store, ThreadId thread, params string[] turns)
    {
        await using var writer = await store.ResumeAsync(new ResumeRequest(thread), Cancellation);
        foreach (var turn in turns)
            await writer.AppendAsync(new AppendRequest(Turn(thread, turn)), Cancellation);
    }

    static List<NewItem> Turn(ThreadId thread, string turn)
    {
        var place = new EntryPlace(thread, HistoryModes.Paginated, turn, SeedIds.Epoch);
        ThreadEntry[] entries =
        [
            new TurnStartedEntry(),
            new UserMessageEntry(turn),
            new AssistantMessageEntry("Yes."),
            new TurnEndedEntry(place.Time) { Answer = "Yes." },
        ];
        return [.. entries.SelectMany(entry => entry.ToItems(place))];
    }

    static async Task<List<string>> TurnsAsync(ListedStore store, ThreadId thread) =>
        [.. (await store.ListTurnsAsync(new ListTurnsRequest(thread), Cancellation)).Items.Select(turn => turn.Id)];
}
