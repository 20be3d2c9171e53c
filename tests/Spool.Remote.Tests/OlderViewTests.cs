using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>A server of an earlier version, which gives turns in Codex's view whatever is asked.</summary>
public sealed class OlderViewTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Guarantee("VIEW-08")]
    public async Task A_server_that_does_not_know_the_complete_view_is_said_to_be_older()
    {
        await using var server = await RunningServer.StartAsync(new Older(new InMemoryThreadStore()));
        await using var store = await server.ConnectAsync();
        var thread = await store.StartThreadAsync(new StartRequest { Cwd = "/", Originator = "test" }, cancellationToken: Stop);
        await using (thread)
        await using (var turn = await thread.BeginTurnAsync("What?", Stop))
            await turn.AnswerAsync("That.", Stop);
        var request = new ListTurnsRequest(thread.ThreadId);

        Assert.Single((await store.ListTurnsAsync(request, Stop)).Items);
        var error = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.ListTurnsAsync(request with { View = TurnView.Complete }, Stop)
        );
        Assert.Equal(ThreadStoreErrorCode.Unsupported, error.Code);
    }

    sealed class Older(IThreadStore inner) : DelegatingThreadStore(inner)
    {
        public override ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default) =>
            base.ListTurnsAsync(request with { View = TurnView.Codex }, cancellationToken);
    }
}
