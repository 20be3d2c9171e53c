using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for sending an append again: it is stored once, or refused.</summary>
public partial class AppendIdempotenceConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>IDEM-01.</summary>
    [Fact, Guarantee("IDEM-01")]
    public async Task The_same_append_at_its_expected_ordinal_is_stored_once()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var start = writer.NextOrdinal;
                var request = new AppendRequest(StoreWriting.Notes("once", 3)) { ExpectedOrdinal = start };
                var receipts = new List<AppendReceipt>();
                for (var attempt = 0; attempt < 3; attempt++)
                    receipts.Add(await writer.AppendAsync(request, Cancellation));
                await writer.AppendAsync(StoreWriting.Notes("later"), Cancellation);
                receipts.Add(await writer.AppendAsync(request, Cancellation));

                Assert.All(receipts, receipt => Assert.Equal((start, 3), (receipt.FirstOrdinal, receipt.Count)));
                Assert.Equal(
                    request.Items.Concat(StoreWriting.Notes("later")).NoteTexts(),
                    (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts()
                );
            }
        );
    }

    /// <summary>IDEM-02.</summary>
    [Fact, Guarantee("IDEM-02")]
    public async Task Waiting_items_are_found_by_their_expected_ordinal_too()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            await using var writer = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            var request = new AppendRequest(StoreWriting.Notes("waiting", 2)) { ExpectedOrdinal = 1, Durability = Durability.Buffered };
            await writer.AppendAsync(request, Cancellation);
            Assert.Equal(new AppendReceipt(1, 2) { IsStored = false }, await writer.AppendAsync(request, Cancellation));
            Assert.Equal(new AppendReceipt(1, 2), await writer.AppendAsync(request with { Durability = Durability.Flushed }, Cancellation));
            Assert.Equal(new AppendReceipt(1, 2), await writer.AppendAsync(request, Cancellation));

            Assert.Equal(request.Items.NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
        }
    }

    /// <summary>IDEM-03.</summary>
    [Fact, Guarantee("IDEM-03")]
    public async Task Other_items_at_an_ordinal_that_is_taken_are_refused_and_not_kept()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var start = writer.NextOrdinal;
                var kept = StoreWriting.Notes("kept", 3);
                await writer.AppendAsync(kept, Cancellation);
                NewItem[][] others =
                [
                    StoreWriting.Notes("other", 3),
                    [.. kept[..2], .. StoreWriting.Notes("other")],
                    [kept[0] with { Type = "other_type" }],
                    [kept[0] with { Metadata = "{}"u8.ToArray() }],
                    [.. StoreWriting.Notes("other"), .. kept],
                ];
                foreach (var other in others)
                    await IsMisplacedAsync(writer, new AppendRequest(other) { ExpectedOrdinal = start });

                Assert.Equal(start + 3, writer.NextOrdinal);
                Assert.Equal(kept.NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
            }
        );
    }

    /// <summary>IDEM-04.</summary>
    [Fact, Guarantee("IDEM-04")]
    public async Task An_expected_ordinal_beyond_the_next_is_refused()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                foreach (var ordinal in new[] { writer.NextOrdinal + 1, long.MaxValue })
                    await IsMisplacedAsync(writer, new AppendRequest(StoreWriting.Notes("far")) { ExpectedOrdinal = ordinal });
                await writer.AppendAsync(
                    new AppendRequest(StoreWriting.Notes("near")) { ExpectedOrdinal = writer.NextOrdinal },
                    Cancellation
                );

                Assert.Equal(StoreWriting.Notes("near").NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
            }
        );
    }

    /// <summary>IDEM-05.</summary>
    [Fact, Guarantee("IDEM-05")]
    public async Task When_the_first_items_are_there_already_only_the_others_are_added()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                var start = writer.NextOrdinal;
                var items = StoreWriting.Notes("batch", 4);
                await writer.AppendAsync(items[..2], Cancellation);
                var receipt = await writer.AppendAsync(new AppendRequest(items) { ExpectedOrdinal = start }, Cancellation);

                Assert.Equal((start, 4), (receipt.FirstOrdinal, receipt.Count));
                Assert.Equal(start + 4, writer.NextOrdinal);
                Assert.Equal(items.NoteTexts(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts());
            }
        );
    }

    /// <summary>IDEM-06.</summary>
    [Fact, Guarantee("IDEM-06")]
    public async Task An_append_with_an_expected_ordinal_is_stored_once_also_by_the_next_writer()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync([]);
            var log = SampleHome.Log(number, SeedIds.Epoch);
            var request = new AppendRequest(StoreWriting.Notes("sent again", 3)) { ExpectedOrdinal = 1 };
            var writer = await store.CreateAsync(log, Cancellation);
            await writer.AppendAsync(request, Cancellation);
            await writer.DiscardAsync(Cancellation);
            await writer.DisposeAsync();
            await store.DisposeAsync();

            store = await OpenAsync([]);
            await using var next = await store.ResumeAsync(log.Thread(), Cancellation);
            Assert.Equal(new AppendReceipt(1, 3), await next.AppendAsync(request, Cancellation));
            Assert.Equal(request.Items.NoteTexts(), (await store.HistoryAsync(log.Thread(), Cancellation)).NoteTexts());
        }
    }

    /// <summary>IDEM-23.</summary>
    [Fact, Guarantee("IDEM-23")]
    public async Task Items_of_the_history_that_a_thread_continues_were_appended_by_others()
    {
        var parent = SampleHome.Turns(1, 2);
        var store = await OpenAsync(parent);
        var shared = parent.Items();
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1));
        await using (var writer = await store.CreateAsync(fork, Cancellation))
        {
            await RefusesAsync(writer);
            await writer.AppendAsync(StoreWriting.Notes("own"), Cancellation);
            await RefusesAsync(writer);
            await writer.ShutDownAsync(Cancellation);
        }
        await using (var writer = await store.ResumeAsync(SeedIds.Id(3), Cancellation))
        {
            await RefusesAsync(writer);
            Assert.Equal(
                new AppendReceipt(shared.Length + 2, 1),
                await writer.AppendAsync(new AppendRequest(StoreWriting.Notes("own")) { ExpectedOrdinal = shared.Length + 2 }, Cancellation)
            );
        }
        Assert.Equal(StoreWriting.Notes("own").NoteTexts(), (await store.HistoryAsync(SeedIds.Id(3), Cancellation)).NoteTexts());

        async Task RefusesAsync(IThreadWriter writer)
        {
            foreach (var count in new[] { 0, 1, 2 })
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.WrongOrdinal,
                    async () => await writer.AppendAsync(new AppendRequest(shared[1..(1 + count)]) { ExpectedOrdinal = 2 }, Cancellation)
                );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.WrongOrdinal,
                async () =>
                    await writer.AppendAsync(
                        new AppendRequest([.. shared[^1..], fork.Head(), .. StoreWriting.Notes("own")]) { ExpectedOrdinal = shared.Length },
                        Cancellation
                    )
            );
        }
    }

    /// <summary>IDEM-24.</summary>
    [Fact, Guarantee("IDEM-24")]
    public async Task Nobody_has_appended_the_first_item_of_a_thread()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Log(number, SeedIds.Epoch);
            await using (var writer = await store.CreateAsync(log, Cancellation))
            {
                await RefusesAsync(writer);
                await writer.AppendAsync(StoreWriting.Notes("first"), Durability.Buffered, Cancellation);
                await RefusesAsync(writer);
                await writer.PersistAsync(Cancellation);
                await RefusesAsync(writer);
                await writer.ShutDownAsync(Cancellation);
            }
            await using (var writer = await store.ResumeAsync(log.Thread(), Cancellation))
                await RefusesAsync(writer);
            Assert.Equal(2, (await store.HistoryAsync(log.Thread(), Cancellation)).Count);

            async Task RefusesAsync(IThreadWriter writer)
            {
                foreach (var items in new NewItem[][] { [log.Head()], [log.Head(), .. StoreWriting.Notes("first")], [] })
                {
                    foreach (var ordinal in new[] { 0, -1, long.MinValue })
                        await StoreReading.RefusesAsync(
                            ThreadStoreErrorCode.WrongOrdinal,
                            async () => await writer.AppendAsync(new AppendRequest(items) { ExpectedOrdinal = ordinal }, Cancellation)
                        );
                }
            }
        }
    }

    /// <summary>IDEM-25.</summary>
    [Fact, Guarantee("IDEM-25")]
    public async Task A_writer_that_has_ended_says_so_whatever_it_is_given()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        var tooLarge = new NewItem(
            "event_msg",
            System.Text.Encoding.UTF8.GetBytes($"{{\"type\":\"note\",\"text\":\"{new string('x', Harness.MaxItemBytes)}\"}}")
        );
        foreach (
            var end in new Func<IThreadWriter, ValueTask>[]
            {
                writer => writer.ShutDownAsync(Cancellation),
                writer => writer.DiscardAsync(Cancellation),
            }
        )
        {
            await using var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
            var next = writer.NextOrdinal;
            await end(writer);
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await writer.AppendAsync([tooLarge], Cancellation)
            );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () =>
                    await writer.AppendAsync(new AppendRequest(StoreWriting.Notes("far")) { ExpectedOrdinal = next + 7 }, Cancellation)
            );
        }
    }

    /// <summary>ERRS-01.</summary>
    [Fact, Guarantee("ERRS-01")]
    public async Task An_append_at_a_wrong_ordinal_goes_on_where_the_refusal_says_that_the_log_ends()
    {
        await ForEachWriterAsync(
            async (store, writer) =>
            {
                await writer.AppendAsync(StoreWriting.Notes("there", 2), Cancellation);
                var refused = await IsMisplacedAsync(
                    writer,
                    new AppendRequest(StoreWriting.Notes("mine")) { ExpectedOrdinal = writer.NextOrdinal - 1 }
                );
                await writer.AppendAsync(
                    new AppendRequest(StoreWriting.Notes("mine")) { ExpectedOrdinal = refused.NextOrdinal },
                    Cancellation
                );
                await writer.FlushAsync(Durability.Flushed, Cancellation);

                Assert.False(writer.LostToken.IsCancellationRequested);
                var stored = (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts();
                Assert.Equal([.. StoreWriting.Notes("there", 2).NoteTexts(), .. StoreWriting.Notes("mine").NoteTexts()], stored);
            }
        );
    }

    static async Task<ThreadStoreException> IsMisplacedAsync(IThreadWriter writer, AppendRequest request)
    {
        var refused = await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.WrongOrdinal,
            async () => await writer.AppendAsync(request, Cancellation)
        );
        Assert.Equal(writer.NextOrdinal, refused.NextOrdinal);
        return refused;
    }

    // New and resumed threads of both modes.
    async Task ForEachWriterAsync(Func<IThreadStore, IThreadWriter, Task> test)
    {
        var store = await OpenAsync(StoreWriting.BothModes.Select(number => SampleHome.Thread(number + 2).ToSeed()));
        foreach (var number in StoreWriting.BothModes)
        {
            await using var created = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            await created.PersistAsync(Cancellation);
            await test(store, created);
            await using var resumed = await store.ResumeAsync(SeedIds.Id(number + 2), Cancellation);
            await test(store, resumed);
        }
    }
}
