using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>A recorder by itself, at moments that no disk can stop it in.</summary>
public sealed class RecorderTests : IDisposable
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30); // a test that is red ends all the same

    readonly TempHome _home = new();
    readonly PretendDisk _disk = new();

    public void Dispose() => _home.Dispose();

    [Fact, Guarantee("LOCW-34")]
    public async Task What_waits_in_memory_is_found_by_an_append_that_is_sent_again_while_it_is_being_stored()
    {
        using var stored = new ManualResetEventSlim();
        var isStored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var recorder = Recorder(_ =>
        {
            isStored.TrySetResult();
            stored.Wait();
        });
        var append = Append("one");
        await recorder.AppendAsync(append, Stop);
        var flush = recorder.FlushAsync(Durability.Flushed, Storing.WithItems).AsTask();
        await isStored.Task.WaitAsync(Long, Stop);

        var isThere = recorder.HoldsAsync(1, append.Request.Items, 1024 * 1024).AsTask();
        stored.Set();
        await flush;
        Assert.True(await isThere);
        await recorder.EndAsync(ThreadStoreException.InvalidRequest("over"));
        Assert.Equal(RecorderState.Ended, recorder.State);
    }

    [Fact, Guarantee("LOCW-35")]
    public async Task A_thread_without_items_that_could_not_be_stored_leaves_nothing_behind_whenever_it_is_shut_down()
    {
        _disk.AppendFails = PretendDisk.Full;
        _disk.AppendsGoOn.Reset();
        var recorder = Recorder(_ => { });
        var moment = new Moment();

        // The continuation runs on the store's own thread, which has told of the failure and not left yet: the disk fails only when that is
        // waited for.
        var closing = moment.RunAsync(async () =>
        {
            ThreadStoreException? refusal = null;
            try
            {
                await recorder.FlushAsync(Durability.Flushed, Storing.Always);
            }
            catch (ThreadStoreException e)
            {
                refusal = e;
            }
            _disk.AppendFails = null;
            Assert.Equal((ThreadStoreErrorCode.ResourceExhausted, RecorderState.Creating), (refusal?.Code, recorder.State));
            return recorder.CloseAsync(ThreadStoreException.InvalidRequest("It is being closed.")).AsTask();
        });
        _disk.AppendsGoOn.Set();

        Assert.False((await await closing.WaitAsync(Long, Stop)).IsStored);
        await recorder.EndAsync(ThreadStoreException.InvalidRequest("over"));
        Assert.Equal(RecorderState.Ended, recorder.State);
        Assert.Empty(_home.Files());
    }

    static CheckedAppend Append(string text)
    {
        var items = Items(text) with { Durability = Durability.Buffered, ExpectedOrdinal = 1 };
        return new CheckedAppend(items, items.Items.Sum(RolloutLine.MaxLength), default);
    }

    RolloutRecorder Recorder(Action<string> noteWritten)
    {
        var options = new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Cache };
        var threadId = HomeBuilding.Id(1);
        var fresh = new NewRollout(
            _disk,
            new HomeLayout(_home.Path),
            NewRollout.PathOf(threadId, HomeBuilding.At(1)),
            Meta(1).ToItem(),
            null,
            GitProbe.Start(null)
        );
        return new RolloutRecorder(
            new RecorderThreads(),
            options,
            noteWritten,
            fresh,
            null,
            new AppendQueue(threadId, 1, 1, hasOrdinals: false, options.MaxQueuedBytes)
        );
    }

    /// <summary>Runs what comes behind an await on the thread that ends the wait, and in the middle of what that one does.</summary>
    sealed class Moment : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            SetSynchronizationContext(this);
            d(state);
            SetSynchronizationContext(null);
        }

        public Task<T> RunAsync<T>(Func<Task<T>> action)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                return action();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }
}
