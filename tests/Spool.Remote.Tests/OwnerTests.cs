using Spool.Local.Tests;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Who is said to write a thread when the program says nothing of itself.</summary>
public sealed class OwnerTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, Guarantee("CONN-07")]
    [InlineData("memory")]
    [InlineData("local")]
    [InlineData("remote")]
    public async Task Who_writes_a_thread_is_this_process_where_nothing_else_is_said(string kind)
    {
        using var home = new TempHome();
        await using var memory = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(memory);
        await using var store = kind switch
        {
            "remote" => new RemoteThreadStore(new RemoteThreadStoreOptions(server.Address)),
            "local" => home.Open(),
            _ => (IThreadStore)memory,
        };
        var began = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var id = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(id, Appending.Meta(id)), Stop);
        await writer.PersistAsync(Stop);

        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ArchiveAsync(id, Stop));

        Assert.Equal(WriterOwner.ThisProcess, refused.Owner! with { Since = null, LeaseLeft = null });
        Assert.Equal(Environment.ProcessId, refused.Owner!.ProcessId);
        Assert.Equal("Spool.Remote.Tests", refused.Owner.Program);
        Assert.NotNull(refused.Owner.Host);
        Assert.InRange(refused.Owner.Since!.Value, began, began.AddMinutes(1));
        Assert.Equal(kind == "remote", refused.Owner.LeaseLeft is not null);
    }
}
