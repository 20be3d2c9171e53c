namespace Spool.Remote.Tests;

public sealed class ScratchTests
{
    [Fact]
    public async Task Try()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        void Say(string text) => File.AppendAllText("/tmp/scratch.log", $"{clock.ElapsedMilliseconds} {text}\n");
        Say("begin");
        await using var memory = new InMemoryThreadStore();
        var server = await RunningServer.StartAsync(memory);
        Say("started " + server.Address);
        try
        {
            var store = await server.ConnectAsync(o => o with { CallTimeout = TimeSpan.FromSeconds(3), RetryFor = TimeSpan.FromSeconds(1) });
            Say("connected");
            await store.FindAsync(ThreadId.New(TimeProvider.System), TestContext.Current.CancellationToken);
            Say("found");
            await store.DisposeAsync();
            Say("disposed");
        }
        catch (Exception e)
        {
            Say(e.ToString());
        }
        await server.DisposeAsync();
        Say("stopped");
    }
}
