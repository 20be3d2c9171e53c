using Spool.TestKit;

namespace Spool.Server.Tests;

/// <summary>What becomes of a lease when the store refuses.</summary>
public sealed class LeaseOutcomeTests
{
    [Theory, InlineData(true), InlineData(false), Guarantee("REMO-83")]
    public async Task A_store_that_cannot_be_used_for_a_moment_leaves_the_lease_to_a_client_that_goes_on_and_frees_it_for_one_that_does_not(
        bool knowsCodes
    )
    {
        await using var memory = new InMemoryThreadStore();
        await using var store = new AwayStore(memory);
        await using var server = await RunningServer.StartAsync(store);
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        var request = Given.Create(thread, lease);
        request.KnowsCodes = knowsCodes;
        await server.Spool.OpenWriterAsync(request);
        await server.Spool.AppendAsync(Given.Append(thread, lease, "kept"));

        store.Next = new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "The database was locked.");
        var refusal = WireErrors.ToStore(await Given.RefusalOf(server.Spool.AppendAsync(Given.Append(thread, lease, "not kept"))));

        Assert.Equal(ThreadStoreErrorCode.Unavailable, refusal.Code);
        if (knowsCodes)
            await server.Spool.AppendAsync(Given.Append(thread, lease, "goes on"));
        else
            await server.Spool.OpenWriterAsync(Given.Resume(thread, Guid.CreateVersion7()));
        Assert.Equal(knowsCodes ? 3 : 2, (await server.Spool.HistoryAsync(thread)).Count);
    }
}
