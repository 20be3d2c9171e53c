using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for writing that is cancelled.</summary>
public class WriterCancellationConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static readonly CancellationToken Cancelled = new(canceled: true);

    /// <summary>WCAN-01.</summary>
    [Fact, Guarantee("WCAN-01")]
    public async Task A_change_that_is_cancelled_before_it_begins_changes_nothing()
    {
        var store = await OpenAsync([SampleHome.Turns(1, 2).ToSeed(), SampleHome.Turns(2, 2).ToSeed(SeedPlace.Archived)]);
        var before = await store.EverythingAsync(Cancellation);
        foreach (var number in StoreWriting.BothModes)
        {
            var history = (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts();
            var turn = (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation))[0].Id;
            foreach (var call in WriteCalls.All(store, SeedIds.Id(number), turn, SampleHome.Log(9, SeedIds.Epoch), Cancelled))
                await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
            Assert.Equal(history, (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
        }
        Assert.Equal(before, await store.EverythingAsync(Cancellation));
        // No call kept a right to write.
        await using var resumed = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
        await using var created = await store.CreateAsync(SampleHome.Log(9, SeedIds.Epoch), Cancellation);
    }

    /// <summary>WCAN-02.</summary>
    [Fact, Guarantee("WCAN-02")]
    public async Task An_append_that_is_cancelled_before_it_begins_keeps_nothing_and_the_writer_goes_on()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        await using var resumed = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
        await using var created = await store.CreateAsync(SampleHome.Log(2, SeedIds.Epoch), Cancellation);
        foreach (var writer in new[] { resumed, created })
        {
            var (next, isStored) = (writer.NextOrdinal, writer.IsStored);
            foreach (var call in WriteCalls.Of(writer, Cancelled))
                await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
            Assert.Equal((next, isStored), (writer.NextOrdinal, writer.IsStored));

            Assert.Equal(next, (await writer.AppendAsync(StoreWriting.Notes("goes on"), Cancellation)).FirstOrdinal);
            Assert.Equal(StoreWriting.Notes("goes on").NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
        }
    }

    /// <summary>WCAN-03.</summary>
    [Fact, Guarantee("WCAN-03")]
    public async Task A_shut_down_that_is_cancelled_before_it_begins_can_be_repeated()
    {
        var store = await OpenAsync([]);
        var log = SampleHome.Thread(1);
        await using var writer = await store.CreateAsync(log, Cancellation);
        await writer.AppendAsync(log.Items(), Durability.Buffered, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.ShutDownAsync(Cancelled));
        Assert.Null(await store.FindAsync(log.Thread(), Cancellation));
        await writer.ShutDownAsync(Cancellation);

        Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
    }

    /// <summary>WCAN-04.</summary>
    [Fact, Guarantee("WCAN-04")]
    public async Task Discarding_cannot_be_cancelled()
    {
        var store = await OpenAsync([]);
        await using var writer = await store.CreateAsync(SampleHome.Log(1, SeedIds.Epoch), Cancellation);
        await writer.DiscardAsync(Cancelled);

        await using var again = await store.CreateAsync(SampleHome.Log(1, SeedIds.Epoch), Cancellation);
    }

    /// <summary>WCAN-05.</summary>
    [Fact, Guarantee("WCAN-05")]
    public async Task Whatever_the_moment_of_cancellation_an_append_is_stored_whole_or_not_at_all()
    {
        var store = await OpenAsync([]);
        await using var writer = await store.CreateAsync(SampleHome.Log(1, SeedIds.Epoch), Cancellation);
        var kept = new List<string>();
        for (var round = 0; round < 50; round++)
        {
            using var source = new CancellationTokenSource();
            var items = StoreWriting.Notes($"round {round}", 3);
            var append = Task.Run(async () => await writer.AppendAsync(new AppendRequest(items), source.Token), Cancellation);
            await source.CancelAsync();
            try
            {
                await append;
                kept.AddRange(items.NoteTexts());
            }
            catch (OperationCanceledException) { }
        }
        await writer.PersistAsync(Cancellation);

        Assert.Equal(kept, (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
    }
}
