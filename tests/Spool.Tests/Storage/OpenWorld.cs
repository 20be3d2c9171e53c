#pragma warning disable VSTHRD003 // what the tests wait for is begun by them
using System.Collections.Concurrent;
using Spool.Server.Tests;
using Xunit;

namespace Spool.Tests;

/// <summary>A registry of open threads over a store that goes on when it is let, with a clock that stands still.</summary>
sealed class OpenWorld : IAsyncDisposable
{
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<ThreadId, Holder> _alive = new();

    public OpenWorld(Func<OpenThreadsOptions, OpenThreadsOptions>? change = null)
    {
        var options = new OpenThreadsOptions
        {
            Time = Time,
            MaxOpen = 3,
            CloseFailed = (_, e) => Failures.Add(e),
            Expired = Expired.Add,
        };
        Threads = new OpenThreads(change?.Invoke(options) ?? options);
    }

    public static ThreadHolderKind Calls { get; } =
        new("call")
        {
            Idle = Idle,
            MakesRoom = true,
            WaitsForPlace = true,
        };

    public static ThreadHolderKind Leases { get; } = new("lease") { Idle = Idle };

    public ManualTime Time { get; } = new();

    public SteppingStore Store { get; } = new();

    public OpenThreads Threads { get; }

    public ConcurrentBag<Exception> Failures { get; } = [];

    public ConcurrentBag<ThreadId> Expired { get; } = [];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static ThreadId Thread(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public async Task<Holder> OpenAsync(int number, ThreadHolderKind kind, CancellationToken cancellationToken = default)
    {
        using var hold = await Threads.EnterAsync(Thread(number), cancellationToken);
        return await hold.OpenAsync(kind, () => MakeAsync(hold.ThreadId), cancellationToken);
    }

    public async Task CloseAsync(int number)
    {
        using var hold = await Threads.EnterAsync(Thread(number), Cancellation);
        await hold.CloseAsync();
    }

    public bool IsOpen(int number) => Threads.Find(Thread(number)) is not null;

    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Cancellation.ThrowIfCancellationRequested();
            Assert.True(i < 10_000_000, "It does not come to that.");
            await Task.Yield();
        }
    }

    public static async Task<T> UntilDoneAsync<T>(Task<T> task)
    {
        await UntilAsync(() => task.IsCompleted);
        return await task;
    }

    public static async Task UntilDoneAsync(Task task)
    {
        await UntilAsync(() => task.IsCompleted);
        await task;
    }

    public async ValueTask DisposeAsync()
    {
        Store.IsStepping = false;
        var end = Threads.DisposeAsync().AsTask();
        while (!end.IsCompleted)
        {
            if (Store.Waiting > 0)
                Store.Go();
            await Task.Yield();
        }
        await end;
        Assert.Equal(0, Threads.Count);
        Assert.Empty(_alive);
        await Store.DisposeAsync();
    }

    async ValueTask<Holder> MakeAsync(ThreadId threadId)
    {
        var meta = new SessionMeta(threadId, Time.GetUtcNow())
        {
            Cwd = "/w",
            Originator = "me",
            CliVersion = "1",
        };
        var holder = new Holder(this, await Store.CreateAsync(new CreateRequest(threadId, meta.ToItem()), Cancellation));
        Assert.True(_alive.TryAdd(threadId, holder), "A thread has two holders.");
        Assert.True(_alive.Count <= 3, "There are more than there are places.");
        return holder;
    }

    public sealed class Holder(OpenWorld world, IThreadWriter writer) : IThreadHolder
    {
        public bool IsUsed { get; set; }

        public IThreadWriter Writer { get; } = writer;

        public WriterOwner Owner { get; } = new(null, null, "a holder", null);

        public bool IsFaulted => Writer.LostToken.IsCancellationRequested;

        public bool TryGiveUp() => !IsUsed;

        public void GiveUp() { }

        public void Closed() =>
            Assert.True(world._alive.TryRemove(KeyValuePair.Create(Writer.ThreadId, this)), "A holder is closed that is not there.");
    }
}
