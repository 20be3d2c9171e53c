using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for callers that change their mind.</summary>
public class CancellationConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>CANC-01.</summary>
    [Fact, Guarantee("CANC-01")]
    public async Task A_call_that_is_cancelled_before_it_begins_does_nothing()
    {
        var store = await OpenAsync(SampleHome.Turns(2, 2));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        foreach (var call in ReadCalls.Of(store, SeedIds.Id(2), cancelled.Token))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
    }

    /// <summary>CANC-02.</summary>
    [Fact, Guarantee("CANC-02")]
    public async Task Cancellation_ends_a_stream_between_two_items()
    {
        var store = await OpenAsync(SampleHome.Turns(2, 5));
        using var source = new CancellationTokenSource();
        await using var history = store
            .ReadHistoryAsync(new ReadHistoryRequest(SeedIds.Id(2)), source.Token)
            .GetAsyncEnumerator(source.Token);
        Assert.True(await history.MoveNextAsync());

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await history.MoveNextAsync());
    }

    /// <summary>CANC-03.</summary>
    [Fact, Guarantee("CANC-03")]
    public async Task A_cancelled_call_has_no_other_effect()
    {
        var log = SampleHome.Turns(2, 2);
        var store = await OpenAsync(log);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        foreach (var call in ReadCalls.Of(store, SeedIds.Id(2), cancelled.Token))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);

        foreach (var call in ReadCalls.Of(store, SeedIds.Id(2), Cancellation))
            await call();
        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(2), Cancellation)).Texts());
    }
}
