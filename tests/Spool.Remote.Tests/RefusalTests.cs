using Spool.Server.Tests;
using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>What a store refuses arrives as it was.</summary>
public sealed class RefusalTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<ThreadStoreErrorCode> Codes => [.. Enum.GetValues<ThreadStoreErrorCode>()];

    [Theory, MemberData(nameof(Codes)), Guarantee("REMO-84")]
    public async Task Every_refusal_of_a_store_arrives_with_its_code_and_what_it_is_about(ThreadStoreErrorCode code)
    {
        await using var memory = new InMemoryThreadStore();
        await using var away = new AwayStore(memory);
        await using var server = await RunningServer.StartAsync(away);
        await using var store = await server.ConnectAsync(options => options with { RetryFor = TimeSpan.Zero });
        var error = new ThreadStoreException(code, "A sentence.")
        {
            Owner = new WriterOwner("box", 7, "agent", DateTimeOffset.UnixEpoch),
            NextOrdinal = 12,
            Forks = [ThreadId.New(TimeProvider.System)],
            RetryAfter = TimeSpan.FromSeconds(2),
        };
        away.Next = error;

        var back = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.FindAsync(ThreadId.New(TimeProvider.System), Cancellation)
        );

        Assert.Equal(
            (code, "A sentence.", error.Owner, 12L, error.RetryAfter),
            (back.Code, back.Message, back.Owner, back.NextOrdinal, back.RetryAfter)
        );
        Assert.Equal(error.Forks, back.Forks);
    }

    [Theory]
    [InlineData(ThreadStoreErrorCode.InvalidRequest, true)]
    [InlineData(ThreadStoreErrorCode.ResourceExhausted, true)]
    [InlineData(ThreadStoreErrorCode.Unavailable, true)]
    [InlineData(ThreadStoreErrorCode.Unsupported, true)]
    [InlineData(ThreadStoreErrorCode.OutcomeUnknown, false)]
    [InlineData(ThreadStoreErrorCode.WriterLost, false)]
    [Guarantee("REMO-85")]
    public async Task A_writer_whose_append_was_not_kept_goes_on_and_one_that_does_not_know_takes_nothing_more(
        ThreadStoreErrorCode code,
        bool goesOn
    )
    {
        await using var memory = new InMemoryThreadStore();
        await using var away = new AwayStore(memory);
        await using var server = await RunningServer.StartAsync(away);
        await using var store = await server.ConnectAsync();
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Appending.Meta(threadId)), Cancellation);
        await writer.PersistAsync(Cancellation);
        away.Next = new ThreadStoreException(code, "A sentence.");

        Assert.Equal(code, (await Assert.ThrowsAsync<ThreadStoreException>(AppendAsync)).Code);
        if (goesOn)
        {
            await AppendAsync();
            Assert.Equal(2, writer.NextOrdinal);
        }
        else
            Assert.Equal(code, (await Assert.ThrowsAsync<ThreadStoreException>(AppendAsync)).Code);
        await writer.DiscardAsync(Cancellation);

        async Task AppendAsync() => await writer.AppendAsync(new AppendRequest([Appending.Item("x")]), Cancellation);
    }
}
