using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A server that does not know a filter.</summary>
public sealed class OlderFilterTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Guarantee("REMO-69")]
    public async Task A_server_that_does_not_know_a_filter_is_said_to_be_older_and_no_other_thread_is_given()
    {
        var inner = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(new Older(inner));
        await using var store = await server.ConnectAsync();
        var id = ThreadId.New(TimeProvider.System);
        var thread = await store.StartThreadAsync(
            new StartRequest
            {
                Cwd = "/",
                Originator = "test",
                ThreadId = id,
            },
            cancellationToken: Stop
        );
        await using (thread)
        await using (var turn = await thread.BeginTurnAsync("What?", Stop))
            await turn.AnswerAsync("That.", Stop);

        Assert.Equal(id, Assert.Single((await store.ListAsync(new ThreadQuery { IdPrefix = $"{id}"[..8] }, Stop)).Items).Id);
        Assert.Equal(id, Assert.Single((await store.ListAsync(new ThreadQuery { Agents = AgentFilter.Roots }, Stop)).Items).Id);
        foreach (
            var query in (ThreadQuery[])
                [
                    new() { IdPrefix = "ffff" },
                    new() { Agents = AgentFilter.SubAgents },
                    new() { Branches = ["main"] },
                    new() { Repositories = ["x/tool"] },
                    new() { Since = DateTimeOffset.MaxValue },
                    new() { Until = DateTimeOffset.UnixEpoch },
                ]
        )
        {
            var error = await Assert.ThrowsAsync<ThreadStoreException>(async () => await store.ListAsync(query, Stop));
            Assert.Equal(ThreadStoreErrorCode.Unsupported, error.Code);
        }
    }

    sealed class Older(IThreadStore inner) : DelegatingThreadStore(inner)
    {
        public override ValueTask<Page<StoredThread>> ListAsync(ThreadQuery query, CancellationToken cancellationToken = default) =>
            base.ListAsync(
                new ThreadQuery
                {
                    Limit = query.Limit,
                    Sort = query.Sort,
                    Direction = query.Direction,
                },
                cancellationToken
            );
    }
}
