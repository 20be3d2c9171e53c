using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A client whose time of day is wrong, or is set while it runs.</summary>
public sealed class ClockTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, InlineData(-2), InlineData(2), Guarantee("REMO-30")]
    public async Task A_clock_that_is_set_changes_nothing_of_what_a_client_waits_for(int hours)
    {
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var proxy = new FaultProxy(server.Address);
        var time = new SteppedTime();
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                Address = proxy.Address,
                Time = time,
                CallTimeout = TimeSpan.FromMilliseconds(300),
                RetryFor = TimeSpan.FromMilliseconds(600),
                MaxPause = TimeSpan.FromMilliseconds(100),
                KeepAlive = TimeSpan.FromMinutes(5),
            }
        );
        var client = new Appending(store, 1);
        await client.RunAsync(5);
        time.Step = TimeSpan.FromHours(hours);
        proxy.Break();
        await new Appending(store, 2).RunAsync(20);

        // Nothing arrives any more, and nobody is told. Only the time that passes ends the calls.
        proxy.Script(Enumerable.Repeat(new Fault(FaultKind.Swallow), 50));
        proxy.Break();
        var asking = store.FindAsync(client.ThreadId, Cancellation).AsTask();
        time.Step = TimeSpan.FromHours(-hours);

        Assert.Equal(
            ThreadStoreErrorCode.Unavailable,
            (await Assert.ThrowsAsync<ThreadStoreException>(() => asking.WaitAsync(TimeSpan.FromSeconds(30), Cancellation))).Code
        );
        await client.CheckAsync(memory);
    }

    sealed class SteppedTime : TimeProvider
    {
        /// <summary>Gets or sets by how much the time of day is wrong. What passes is measured by other means.</summary>
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Step;
    }
}
