using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A store that is disposed while the server works for it.</summary>
public sealed class DisposedMeanwhileTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    static NewItem[] Question => [NewItem.FromJson("event_msg", """{"type":"user_message","message":"What?"}""")];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The changes.</summary>
    public static TheoryData<string> Changes { get; } =
    ["update", "archive", "unarchive", "fork", "revert", "delete", "update through its writer", "append"];

    [Theory, Guarantee("REMO-64"), MemberData(nameof(Changes))]
    [InlineData("shut down")]
    public async Task A_change_that_was_sent_is_waited_for_and_ends_as_what_it_became(string what)
    {
        var held = new HeldStore();
        await using var server = await RunningServer.StartAsync(held);
        await using var going = held; // a test that is red ends all the same
        var store = await server.ConnectAsync(options => options with { CloseFor = Long });
        var (id, call) = await BeginAsync(store, held, what);

        var disposing = store.DisposeAsync().AsTask();
        // Refused, or held by the server until the disposal ends it.
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(id, Stop));
        Assert.False(call.IsCompleted);
        Assert.False(disposing.IsCompleted);
        held.Go();

        await disposing.WaitAsync(Long, Stop);
        await call.WaitAsync(Long, Stop);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ArchiveAsync(id, Stop));
    }

    [Theory, Guarantee("REMO-99"), MemberData(nameof(Changes))]
    [InlineData("find")]
    public async Task A_change_that_is_not_answered_is_of_unknown_outcome_and_what_only_reads_is_misuse(string what)
    {
        var held = new HeldStore();
        await using var server = await RunningServer.StartAsync(held);
        await using var going = held; // a test that is red ends all the same
        var store = await server.ConnectAsync(options => options with { CloseFor = what == "find" ? Long : TimeSpan.FromMilliseconds(20) });
        var (id, call) = await BeginAsync(store, held, what);

        await store.DisposeAsync().AsTask().WaitAsync(Long, Stop);
        var error = await Record.ExceptionAsync(() => call.WaitAsync(Long, Stop));

        if (what == "find")
            Assert.IsType<ObjectDisposedException>(error);
        else
            Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, Assert.IsType<ThreadStoreException>(error).Code);
        held.Go();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ArchiveAsync(id, Stop));
    }

    [Fact, Guarantee("CONN-09")]
    public async Task A_fork_whose_answer_was_lost_is_looked_into_also_while_its_store_is_disposed()
    {
        var answers = new AnswersForksLate();
        await using var server = await RunningServer.StartAsync(answers);
        await using var proxy = new FaultProxy(server.Address);
        var store = new RemoteThreadStore(new RemoteThreadStoreOptions(proxy.Address) { CloseFor = Long });
        var (source, fork) = (ThreadId.New(TimeProvider.System), ThreadId.New(TimeProvider.System));
        var start = new StartRequest
        {
            Cwd = "/",
            Originator = "o",
            ThreadId = source,
        };
        await using (var thread = await store.StartThreadAsync(start, cancellationToken: Stop))
        await using (var turn = await thread.BeginTurnAsync("What?", Stop))
            await turn.AnswerAsync("That.", Stop);
        var call = Task.Run(async () => await store.ForkAsync(new ForkRequest(source, fork), Stop), Stop);
        await answers.Made.WaitAsync(Long, Stop);

        var disposing = store.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(source, Stop));
        proxy.Break();

        Assert.Equal(fork, (await call.WaitAsync(Long, Stop)).Thread.Id);
        await disposing.WaitAsync(Long, Stop);
        answers.Go();
    }

    // The first answer to a fork that is made comes when it may.
    sealed class AnswersForksLate() : DelegatingThreadStore(new InMemoryThreadStore())
    {
        readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

#pragma warning disable VSTHRD003 // a call makes it
        public Task Made => _made.Task;
#pragma warning restore VSTHRD003

        public void Go() => _goesOn.TrySetResult();

        public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
        {
            var fork = await base.ForkAsync(request, CancellationToken.None);
            if (_made.TrySetResult())
            {
#pragma warning disable VSTHRD003 // the test lets it go on
                await _goesOn.Task.WaitAsync(cancellationToken);
#pragma warning restore VSTHRD003
            }
            return fork;
        }
    }

    // Returns when the server has the call, and holds it.
    static async Task<(ThreadId Id, Task Call)> BeginAsync(RemoteThreadStore store, HeldStore held, string what)
    {
        var (id, fork) = (ThreadId.New(TimeProvider.System), ThreadId.New(TimeProvider.System));
        var head = new SessionMeta(id, DateTimeOffset.UnixEpoch)
        {
            Cwd = "/",
            Originator = "o",
            CliVersion = "1",
        };
        var writer = await store.CreateAsync(new CreateRequest(id, head.ToItem()), Stop);
        await writer.AppendAsync(new AppendRequest(Question) { Durability = Durability.Flushed }, Stop);
        if (what is not ("update through its writer" or "append" or "shut down"))
            await writer.ShutDownAsync(Stop);
        if (what is "unarchive")
            await store.ArchiveAsync(id, Stop);
        var turn = (await store.ListTurnsAsync(new ListTurnsRequest(id), Stop)).Items[0].Id;
        held.Hold();
        var patch = new ThreadPatch { Name = Change.To("new") };
        var call = Task.Run(
            async () =>
            {
                _ = what switch
                {
                    "update" => await store.UpdateAsync(id, patch, Stop),
                    "archive" => await store.ArchiveAsync(id, Stop),
                    "unarchive" => await store.UnarchiveAsync(id, Stop),
                    "fork" => await store.ForkAsync(new ForkRequest(id, fork), Stop),
                    "revert" => await store.RevertAsync(id, turn, Stop),
                    "delete" => await store.DeleteAsync(id, Stop),
                    "find" => await store.FindAsync(id, Stop),
                    "append" => await writer.AppendAsync(new AppendRequest(Question) { Durability = Durability.Flushed }, Stop),
                    "shut down" => await ShutDownAsync(writer),
                    _ => (object?)await writer.UpdateAsync(patch, Stop),
                };
            },
            Stop
        );
        await held.Reached.WaitAsync(Long, Stop);
        return (id, call);
    }

    static async Task<object?> ShutDownAsync(IThreadWriter writer)
    {
        await writer.ShutDownAsync(Stop);
        return null;
    }

    // Keeps every call waiting from a moment on.
    sealed class HeldStore() : DelegatingThreadStore(new InMemoryThreadStore())
    {
        readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        volatile bool _isHeld;

#pragma warning disable VSTHRD003 // a call reaches it
        public Task Reached => _reached.Task;
#pragma warning restore VSTHRD003

        public void Hold() => _isHeld = true;

        public override ValueTask DisposeAsync()
        {
            Go();
            return base.DisposeAsync();
        }

        public void Go() => _goesOn.TrySetResult();

        public override async ValueTask<StoredThread?> FindAsync(ThreadId threadId, CancellationToken cancellationToken = default)
        {
            await PassAsync();
            return await base.FindAsync(threadId, cancellationToken);
        }

        public override async ValueTask<ChangedThread> UpdateAsync(
            ThreadId threadId,
            ThreadPatch patch,
            CancellationToken cancellationToken = default
        )
        {
            await PassAsync();
            return await base.UpdateAsync(threadId, patch, cancellationToken);
        }

        public override async ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default)
        {
            await PassAsync();
            return await base.ArchiveAsync(threadId, cancellationToken);
        }

        public override async ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default)
        {
            await PassAsync();
            return await base.UnarchiveAsync(threadId, cancellationToken);
        }

        public override async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
        {
            await PassAsync();
            return await base.ForkAsync(request, cancellationToken);
        }

        public override async ValueTask<ChangedThread> RevertAsync(
            ThreadId threadId,
            string beforeTurn,
            CancellationToken cancellationToken = default
        )
        {
            await PassAsync();
            return await base.RevertAsync(threadId, beforeTurn, cancellationToken);
        }

        public override async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
        {
            await PassAsync();
            return await base.DeleteAsync(threadId, cancellationToken);
        }

        public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default) =>
            new HeldWriter(await base.CreateAsync(request, cancellationToken), this);

        async Task PassAsync()
        {
            if (!_isHeld)
                return;
            _reached.TrySetResult();
#pragma warning disable VSTHRD003 // the test lets it go on
            await _goesOn.Task;
#pragma warning restore VSTHRD003
        }

        sealed class HeldWriter(IThreadWriter inner, HeldStore store) : DelegatingThreadWriter(inner)
        {
            public override async ValueTask<ChangedThread> UpdateAsync(ThreadPatch patch, CancellationToken cancellationToken = default)
            {
                await store.PassAsync();
                return await base.UpdateAsync(patch, cancellationToken);
            }

            public override async ValueTask<AppendReceipt> AppendAsync(AppendRequest request, CancellationToken cancellationToken = default)
            {
                await store.PassAsync();
                return await base.AppendAsync(request, cancellationToken);
            }

            public override async ValueTask ShutDownAsync(CancellationToken cancellationToken = default)
            {
                await store.PassAsync();
                await base.ShutDownAsync(cancellationToken);
            }
        }
    }
}
