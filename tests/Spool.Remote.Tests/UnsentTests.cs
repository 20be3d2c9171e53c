using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Changes of which nothing reached a server, because no connection could be made.</summary>
public sealed class UnsentTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, Guarantee("REMO-76")]
    [InlineData("update")]
    [InlineData("archive")]
    [InlineData("fork")]
    [InlineData("revert")]
    [InlineData("delete")]
    public async Task A_change_that_finds_no_server_was_not_made_and_says_so(string what)
    {
        var server = await RunningServer.StartAsync(new InMemoryThreadStore());
        await using var store = await server.ConnectAsync(options =>
            options with
            {
                RetryFor = TimeSpan.FromMilliseconds(50),
                CloseFor = TimeSpan.Zero,
            }
        );
        await server.DisposeAsync();
        // The connection that was there may be lost in the middle of a first call.
        Assert.Equal(ThreadStoreErrorCode.Unavailable, (await FailureAsync(async () => await store.FindAsync(SeedIds.Id(1), Stop))).Code);

        var failure = await FailureAsync(async () =>
        {
            _ = what switch
            {
                "update" => await store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Name = Change.To("x") }, Stop),
                "archive" => await store.ArchiveAsync(SeedIds.Id(1), Stop),
                "fork" => await store.ForkAsync(new ForkRequest(SeedIds.Id(1), SeedIds.Id(2)), Stop),
                "revert" => await store.RevertAsync(SeedIds.Id(1), "turn", Stop),
                _ => (object)await store.DeleteAsync(SeedIds.Id(1), Stop),
            };
        });

        Assert.Equal(ThreadStoreErrorCode.Unavailable, failure.Code);
    }

    static async Task<ThreadStoreException> FailureAsync(Func<Task> call) => await Assert.ThrowsAsync<ThreadStoreException>(call);
}
