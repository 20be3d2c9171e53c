using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A store that is disposed while the server works for it.</summary>
public sealed class DisposedMeanwhileTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, Guarantee("REMO-99")]
    [InlineData("update", true)]
    [InlineData("archive", true)]
    [InlineData("unarchive", true)]
    [InlineData("fork", true)]
    [InlineData("revert", true)]
    [InlineData("delete", true)]
    [InlineData("update through its writer", true)]
    [InlineData("find", false)]
    public async Task A_change_that_was_sent_is_of_unknown_outcome_and_what_only_reads_is_misuse(string what, bool isChange)
    {
        var held = new HeldStore();
        var (id, fork) = (ThreadId.New(TimeProvider.System), ThreadId.New(TimeProvider.System));
        await using var server = await RunningServer.StartAsync(held);
        var store = await server.ConnectAsync();
        var writer = await store.CreateAsync(
            new CreateRequest(
                id,
                new SessionMeta(id, DateTimeOffset.UnixEpoch)
                {
                    Cwd = "/",
                    Originator = "o",
                    CliVersion = "1",
                }.ToItem()
            ),
            Stop
        );
        await writer.PersistAsync(Stop);
        if (what != "update through its writer")
            await writer.ShutDownAsync(Stop);
        held.Hold();
        var patch = new ThreadPatch { Name = Change.To("new") };
        var call = Task.Run<object?>(
            async () =>
                what switch
                {
                    "update" => await store.UpdateAsync(id, patch, Stop),
                    "archive" => await store.ArchiveAsync(id, Stop),
                    "unarchive" => await store.UnarchiveAsync(id, Stop),
                    "fork" => await store.ForkAsync(new ForkRequest(id, fork), Stop),
                    "revert" => await store.RevertAsync(id, "turn", Stop),
                    "delete" => await store.DeleteAsync(id, Stop),
                    "find" => await store.FindAsync(id, Stop),
                    _ => await writer.UpdateAsync(patch, Stop),
                },
            Stop
        );
        await held.Reached.WaitAsync(Long, Stop);

        await store.DisposeAsync();
        var error = await Record.ExceptionAsync(() => call.WaitAsync(Long, Stop));

        if (isChange)
            Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, Assert.IsType<ThreadStoreException>(error).Code);
        else
            Assert.IsType<ObjectDisposedException>(error);
        held.Go();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ArchiveAsync(id, Stop));
    }

    // Keeps every call waiting once it is told to.
    sealed class HeldStore() : DelegatingThreadStore(new InMemoryThreadStore())
    {
        readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        volatile bool _isHeld;

#pragma warning disable VSTHRD003 // somebody else reaches it
        public Task Reached => _reached.Task;
#pragma warning restore VSTHRD003

        public void Hold() => _isHeld = true;

        public void Go() => _goesOn.SetResult();

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
        }
    }
}
