using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for the life of a writer.</summary>
public class WriterLifetimeConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>WLIF-01.</summary>
    [Fact, Guarantee("WLIF-01")]
    public async Task Disposing_a_writer_shuts_it_down_and_may_be_repeated()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number);
            var writer = await store.CreateAsync(log, Cancellation);
            await writer.AppendAsync(log.Items(), Durability.Buffered, Cancellation);
            await writer.DisposeAsync();
            await writer.DisposeAsync();

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
            await using var next = await store.ResumeAsync(log.Thread(), Cancellation);
        }
    }

    /// <summary>WLIF-02.</summary>
    [Fact, Guarantee("WLIF-02")]
    public async Task After_a_writer_is_disposed_every_call_says_so()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
        await writer.DisposeAsync();
        foreach (var call in WriteCalls.Of(writer, Cancellation))
            await Assert.ThrowsAsync<ObjectDisposedException>(call);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await writer.ShutDownAsync(Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await writer.DiscardAsync(Cancellation));

        Assert.Equal(SeedIds.Id(1), writer.ThreadId);
        Assert.False(writer.LostToken.IsCancellationRequested);
        Assert.Equal(SampleHome.Thread(1).Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
    }

    /// <summary>WLIF-03.</summary>
    [Fact, Guarantee("WLIF-03")]
    public async Task Disposing_after_discarding_stores_nothing_and_after_shutting_down_nothing_more()
    {
        var store = await OpenAsync([]);
        var discarded = await store.CreateAsync(SampleHome.Thread(1), Cancellation);
        await discarded.AppendAsync(SampleHome.Thread(1).Items(), Durability.Buffered, Cancellation);
        await discarded.DiscardAsync(Cancellation);
        await discarded.DisposeAsync();
        var ended = await store.CreateAsync(SampleHome.Thread(2), Cancellation);
        await ended.AppendAsync(SampleHome.Thread(2).Items(), Durability.Buffered, Cancellation);
        await ended.ShutDownAsync(Cancellation);
        await ended.ShutDownAsync(Cancellation);
        await ended.DisposeAsync();

        Assert.Equal(SeedIds.Id(2), Assert.Single(await store.EverythingAsync(Cancellation)).Id);
        Assert.Equal(SampleHome.Thread(2).Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(2), Cancellation)).Texts());
    }

    /// <summary>WLIF-04.</summary>
    [Fact, Guarantee("WLIF-04")]
    public async Task After_the_store_is_disposed_every_change_says_so()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        var calls = WriteCalls.All(store, SeedIds.Id(1), "x", SampleHome.Log(9, SeedIds.Epoch), Cancellation).ToList();
        await store.DisposeAsync();
        foreach (var call in calls)
            await Assert.ThrowsAsync<ObjectDisposedException>(call);

        Assert.Equal(SeedIds.Id(1), Assert.Single(await (await OpenAsync([])).EverythingAsync(Cancellation)).Id);
    }

    /// <summary>WLIF-05.</summary>
    [Fact, Guarantee("WLIF-05")]
    public async Task What_was_written_is_there_when_the_store_is_opened_again()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
            await store.WriteAsync(SampleHome.Turns(number, 3), Cancellation);
        var before = await store.EverythingAsync(Cancellation);
        await store.DisposeAsync();

        var reopened = await OpenAsync([]);
        Assert.Equal(before, await reopened.EverythingAsync(Cancellation));
        foreach (var number in StoreWriting.BothModes)
            Assert.Equal(
                SampleHome.Turns(number, 3).Lines.Texts(),
                (await reopened.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts()
            );
    }

    /// <summary>WLIF-06.</summary>
    [Fact, Guarantee("WLIF-06")]
    public async Task The_memory_of_an_item_may_be_used_again_once_the_append_is_done()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            await using var writer = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            foreach (var durability in Enum.GetValues<Durability>())
            {
                var item = StoreWriting.Notes($"kept {durability}")[0];
                var memory = item.Payload.ToArray();
                await writer.AppendAsync([item with { Payload = memory }], durability, Cancellation);
                Array.Fill(memory, (byte)'!');
            }
            Assert.Equal(
                Enum.GetValues<Durability>().SelectMany(durability => StoreWriting.Notes($"kept {durability}")).NoteTexts(),
                (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts()
            );
        }
    }

    /// <summary>WLIF-07.</summary>
    [Fact, Guarantee("WLIF-07")]
    public async Task Disposing_a_store_shuts_down_the_writers_it_opened()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync([]);
            var (created, resumed) = (SampleHome.Thread(number), SampleHome.Turns(number + 2, 1));
            await store.WriteAsync(resumed, Cancellation);
            var notes = StoreWriting.Notes("kept", 50);
            var first = await store.CreateAsync(created, Cancellation);
            var second = await store.ResumeAsync(resumed.Thread(), Cancellation);
            await first.AppendAsync(created.Items(), Durability.Buffered, Cancellation);
            foreach (var note in notes)
                await second.AppendAsync([note], Durability.Buffered, Cancellation);

            await store.DisposeAsync();

            foreach (var call in new[] { first, second }.SelectMany(writer => WriteCalls.Of(writer, Cancellation)))
                await Assert.ThrowsAsync<ObjectDisposedException>(call);
            var reopened = await OpenAsync([]);
            Assert.Equal(created.Lines.Texts(), (await reopened.HistoryAsync(created.Thread(), Cancellation)).Texts());
            Assert.Equal(notes.NoteTexts(), (await reopened.HistoryAsync(resumed.Thread(), Cancellation)).NoteTexts());
            await using (await reopened.ResumeAsync(created.Thread(), Cancellation))
            await using (await reopened.ResumeAsync(resumed.Thread(), Cancellation))
            {
                // Both may be written again at once.
            }
        }
    }
}
