using Xunit;

namespace Spool.TestKit;

// Appends that carry the id of a batch.
public partial class AppendIdempotenceConformanceTests<THarness>
{
    /// <summary>IDEM-07.</summary>
    [Fact, Guarantee("IDEM-07")]
    public async Task The_same_batch_id_is_the_same_append()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var first = new AppendRequest(StoreWriting.Notes("first", 2)) { BatchId = SeedIds.Id(1).Value };
                var second = new AppendRequest(StoreWriting.Notes("second")) { BatchId = SeedIds.Id(2).Value };
                var receipts = new[] { await writer.AppendAsync(first, Cancellation), await writer.AppendAsync(second, Cancellation) };

                Assert.Equal(receipts[0], await writer.AppendAsync(first, Cancellation));
                Assert.Equal(receipts[1], await writer.AppendAsync(second, Cancellation));
                Assert.Equal(
                    first.Items.Concat(second.Items).NoteTexts(),
                    (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts()
                );
            }
        );
    }

    /// <summary>IDEM-08.</summary>
    [Fact, Guarantee("IDEM-08")]
    public async Task A_batch_id_that_was_used_for_other_items_is_refused()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var batch = SeedIds.Id(3).Value;
                var items = StoreWriting.Notes("mine", 2);
                await writer.AppendAsync(new AppendRequest(items) { BatchId = batch }, Cancellation);
                foreach (var other in new[] { StoreWriting.Notes("other", 2), items[..1], [.. items, .. StoreWriting.Notes("more")] })
                    await StoreReading.RefusesAsync(
                        ThreadStoreErrorCode.InvalidRequest,
                        async () => await writer.AppendAsync(new AppendRequest(other) { BatchId = batch }, Cancellation)
                    );

                Assert.Equal(items.NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
            }
        );
    }

    /// <summary>IDEM-09.</summary>
    [Fact, Guarantee("IDEM-09")]
    public async Task The_last_128_batches_are_remembered()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var requests = Enumerable
                    .Range(0, 128)
                    .Select(number => new AppendRequest(StoreWriting.Notes($"batch {number}"))
                    {
                        BatchId = SeedIds.Id(1000 + number).Value,
                        Durability = Durability.Buffered,
                    })
                    .ToList();
                foreach (var request in requests)
                    await writer.AppendAsync(request, Cancellation);
                foreach (var request in requests)
                    await writer.AppendAsync(request, Cancellation);
                await writer.FlushAsync(Durability.Flushed, Cancellation);

                Assert.Equal(
                    requests.SelectMany(request => request.Items).NoteTexts(),
                    (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts()
                );
            }
        );
    }

    /// <summary>IDEM-10.</summary>
    [Fact, Guarantee("IDEM-10")]
    public async Task A_refused_append_does_not_use_up_its_batch_id()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var batch = SeedIds.Id(4).Value;
                var stale = new AppendRequest(StoreWriting.Notes("stale")) { BatchId = batch, ExpectedOrdinal = writer.NextOrdinal + 7 };
                await IsMisplacedAsync(writer, stale);
                await writer.AppendAsync(new AppendRequest(StoreWriting.Notes("right")) { BatchId = batch }, Cancellation);

                Assert.Equal(
                    StoreWriting.Notes("right").NoteTexts(),
                    (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts()
                );
            }
        );
    }

    /// <summary>IDEM-20.</summary>
    [Fact, Guarantee("IDEM-20")]
    public async Task A_batch_of_which_a_part_was_there_is_remembered_whole()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var start = writer.NextOrdinal;
                var items = StoreWriting.Notes("batch", 3);
                await writer.AppendAsync(items[..1], Cancellation);
                var batch = new AppendRequest(items) { ExpectedOrdinal = start, BatchId = SeedIds.Id(20).Value };
                for (var attempt = 0; attempt < 2; attempt++)
                    Assert.Equal(new AppendReceipt(start, 3), await writer.AppendAsync(batch, Cancellation));
                await writer.AppendAsync(StoreWriting.Notes("later"), Cancellation);
                foreach (var durability in new[] { Durability.Buffered, Durability.Fsynced })
                    Assert.Equal(
                        new AppendReceipt(start, 3),
                        await writer.AppendAsync(batch with { ExpectedOrdinal = null, Durability = durability }, Cancellation)
                    );
                foreach (var other in new[] { items[1..], items[..1], StoreWriting.Notes("other", 3) })
                    await StoreReading.RefusesAsync(
                        ThreadStoreErrorCode.InvalidRequest,
                        async () => await writer.AppendAsync(batch with { Items = other, ExpectedOrdinal = null }, Cancellation)
                    );

                Assert.Equal(start + 4, writer.NextOrdinal);
                Assert.Equal(
                    items.Concat(StoreWriting.Notes("later")).NoteTexts(),
                    (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts()
                );
            }
        );
    }

    /// <summary>IDEM-21.</summary>
    [Fact, Guarantee("IDEM-21")]
    public async Task A_batch_that_was_there_already_is_remembered()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            await using var writer = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            var items = StoreWriting.Notes("there", 3);
            await writer.AppendAsync(items, Durability.Buffered, Cancellation);
            var batch = new AppendRequest(items[..2])
            {
                ExpectedOrdinal = 1,
                BatchId = SeedIds.Id(21).Value,
                Durability = Durability.Buffered,
            };
            Assert.Equal(new AppendReceipt(1, 2) { IsStored = false }, await writer.AppendAsync(batch, Cancellation));
            Assert.Equal(
                new AppendReceipt(1, 2) { IsStored = false },
                await writer.AppendAsync(batch with { ExpectedOrdinal = null }, Cancellation)
            );
            Assert.Equal(
                new AppendReceipt(1, 2),
                await writer.AppendAsync(batch with { ExpectedOrdinal = null, Durability = Durability.Flushed }, Cancellation)
            );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await writer.AppendAsync(batch with { Items = items, ExpectedOrdinal = 1 }, Cancellation)
            );

            Assert.Equal(items.NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
        }
    }

    /// <summary>IDEM-22.</summary>
    [Fact, Guarantee("IDEM-22")]
    public async Task A_batch_of_nothing_uses_its_id_up()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var start = writer.NextOrdinal;
                var batch = new AppendRequest([]) { BatchId = SeedIds.Id(22).Value };
                Assert.Equal(new AppendReceipt(start, 0), await writer.AppendAsync(batch, Cancellation));
                await writer.AppendAsync(StoreWriting.Notes("between"), Cancellation);
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await writer.AppendAsync(batch with { Items = StoreWriting.Notes("other") }, Cancellation)
                );
                Assert.Equal(new AppendReceipt(start, 0), await writer.AppendAsync(batch, Cancellation));

                Assert.Equal(
                    StoreWriting.Notes("between").NoteTexts(),
                    (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts()
                );
            }
        );
    }

    /// <summary>IDEM-26.</summary>
    [Fact, Guarantee("IDEM-26")]
    public async Task A_batch_of_which_a_part_was_there_is_stored_once_by_whoever_sends_it_at_the_same_time()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var start = writer.NextOrdinal;
                var items = StoreWriting.Notes("together", 5);
                await writer.AppendAsync(items[..2], Cancellation);
                var batch = new AppendRequest(items) { ExpectedOrdinal = start, BatchId = SeedIds.Id(26).Value };
                var receipts = await Task.WhenAll(
                    Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await writer.AppendAsync(batch, Cancellation), Cancellation))
                );

                Assert.All(receipts, receipt => Assert.Equal(new AppendReceipt(start, 5), receipt));
                Assert.Equal(new AppendReceipt(start, 5), await writer.AppendAsync(batch with { ExpectedOrdinal = null }, Cancellation));
                Assert.Equal(items.NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
            }
        );
    }
}
