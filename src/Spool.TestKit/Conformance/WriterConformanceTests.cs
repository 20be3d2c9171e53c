using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for writing a thread: when it becomes stored, in which order, and as what.</summary>
public class WriterConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>WRIT-01.</summary>
    [Fact, Guarantee("WRIT-01")]
    public async Task A_new_thread_is_not_stored_before_there_is_something_to_store()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var id = SeedIds.Id(number);
            await using var writer = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            await writer.FlushAsync(Durability.Fsynced, Cancellation);

            Assert.Equal((id, 1L, false), (writer.ThreadId, writer.NextOrdinal, writer.IsStored));
            Assert.Null(await store.FindAsync(id, Cancellation));
            Assert.Empty(await store.EverythingAsync(Cancellation));
            await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, () => store.HistoryAsync(id, Cancellation));
            Assert.Empty(await (await OpenAsync([])).EverythingAsync(Cancellation));
        }
    }

    /// <summary>WRIT-02.</summary>
    [Fact, Guarantee("WRIT-02")]
    public async Task Persisting_stores_a_thread_that_has_only_its_first_item()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Log(number, SeedIds.Epoch);
            await using var writer = await store.CreateAsync(log, Cancellation);
            await writer.PersistAsync(Cancellation);
            await writer.PersistAsync(Cancellation);

            Assert.True(writer.IsStored);
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
            Assert.Equal(ThreadCondition.Ok, (await (await OpenAsync([])).GetAsync(log.Thread(), Cancellation)).State);
        }
    }

    /// <summary>WRIT-03.</summary>
    [Fact, Guarantee("WRIT-03")]
    public async Task Buffered_items_of_a_new_thread_wait_and_the_receipt_says_so()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number);
            await using var writer = await store.CreateAsync(log, Cancellation);
            var waiting = await writer.AppendAsync(log.Items()[..3], Durability.Buffered, Cancellation);

            Assert.Equal(new AppendReceipt(1, 3) { IsStored = false }, waiting);
            Assert.Equal((4L, false), (writer.NextOrdinal, writer.IsStored));
            Assert.Null(await store.FindAsync(log.Thread(), Cancellation));

            var stored = await writer.AppendAsync(log.Items()[3..], Durability.Flushed, Cancellation);
            Assert.Equal(new AppendReceipt(4, log.Lines.Count - 4), stored);
            Assert.True(writer.IsStored);
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>WRIT-18.</summary>
    [Fact, Guarantee("WRIT-18")]
    public async Task A_writer_that_stores_what_waits_at_its_end_says_that_it_is_stored()
    {
        var store = await OpenAsync([]);
        foreach (
            var (number, isDisposed, count) in ((int, bool, int)[])[(1, false, 2), (2, false, 2), (3, true, 2), (4, false, 0), (5, true, 0)]
        )
        {
            var log = SampleHome.Thread(number);
            var writer = await store.CreateAsync(log, Cancellation);
            await writer.AppendAsync(log.Items()[..count], Durability.Buffered, Cancellation);
            if (!isDisposed)
                await writer.ShutDownAsync(Cancellation);
            await writer.DisposeAsync();

            Assert.Equal(count > 0, writer.IsStored);
            Assert.Equal(count > 0, await store.FindAsync(log.Thread(), Cancellation) is not null);
        }
    }

    /// <summary>WRIT-04.</summary>
    [Fact, Guarantee("WRIT-04")]
    public async Task A_flush_stores_what_waits()
    {
        var store = await OpenAsync([]);
        foreach (var durability in Enum.GetValues<Durability>())
        {
            var log = SampleHome.Thread(10 + (int)durability);
            await using var writer = await store.CreateAsync(log, Cancellation);
            await writer.AppendAsync(log.Items(), Durability.Buffered, Cancellation);
            await writer.FlushAsync(durability, Cancellation);

            Assert.True(writer.IsStored);
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>WRIT-05.</summary>
    [Fact, Guarantee("WRIT-05")]
    public async Task Shutting_down_stores_what_waits_and_nothing_of_a_thread_without_items()
    {
        var store = await OpenAsync([]);
        var (empty, full) = (SampleHome.Log(1, SeedIds.Epoch), SampleHome.Thread(2));
        await using var nothing = await store.CreateAsync(empty, Cancellation);
        await using var something = await store.CreateAsync(full, Cancellation);
        await something.AppendAsync(full.Items(), Durability.Buffered, Cancellation);
        await nothing.ShutDownAsync(Cancellation);
        await something.ShutDownAsync(Cancellation);

        Assert.Equal([full.Thread()], (await store.EverythingAsync(Cancellation)).Select(thread => thread.Id));
        Assert.Equal(full.Lines.Texts(), (await store.HistoryAsync(full.Thread(), Cancellation)).Texts());
        Assert.Single(await (await OpenAsync([])).EverythingAsync(Cancellation));
    }

    /// <summary>WRIT-06.</summary>
    [Fact, Guarantee("WRIT-06")]
    public async Task Discarding_a_new_thread_leaves_nothing_of_it()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number);
            await using var discarded = await store.CreateAsync(log, Cancellation);
            await discarded.AppendAsync(log.Items(), Durability.Buffered, Cancellation);
            await discarded.DiscardAsync(Cancellation);
            await discarded.DiscardAsync(Cancellation);

            Assert.Empty(await store.EverythingAsync(Cancellation));
            Assert.Empty(await (await OpenAsync([])).EverythingAsync(Cancellation));
            await using var again = await store.CreateAsync(log, Cancellation);
            Assert.Equal(1, again.NextOrdinal);
        }
    }

    /// <summary>WRIT-07.</summary>
    [Fact, Guarantee("WRIT-07")]
    public async Task Discarding_keeps_what_is_stored()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number);
            await using var writer = await store.CreateAsync(log, Cancellation);
            await writer.AppendAsync(log.Items(), Cancellation);
            await writer.DiscardAsync(Cancellation);

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>WRIT-08.</summary>
    [Fact, Guarantee("WRIT-08")]
    public async Task Items_are_stored_byte_for_byte_in_the_order_of_the_appends()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome
                .Turns(number, 3)
                .Item("holographic_item", """{ "spaces" : [ 1 , 2.50 , "\u00e9\ud83d\ude00 é😀" ] , "spaces" : null }""")
                .Item("response_item", """{"type":"message","nested":{"metadata":{"a":1}},"role":"user","content":[]}""")
                .Event("huge", $"\"text\":\"{new string('x', 100_000)}\"")
                .Item("empty", "{}");
            await using var writer = await store.CreateAsync(log, Cancellation);
            foreach (var item in log.Items())
                await writer.AppendAsync([item], Cancellation);

            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
            Assert.Equal(log.Lines.Texts(), (await (await OpenAsync([])).HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>WRIT-09.</summary>
    [Fact, Guarantee("WRIT-09")]
    public async Task Receipts_name_the_ordinals_that_readers_see()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Log(number, SeedIds.Epoch);
            await using var writer = await store.CreateAsync(log, Cancellation);
            long next = 1;
            for (var count = 0; count < 5; count++)
            {
                Assert.Equal(next, writer.NextOrdinal);
                var receipt = await writer.AppendAsync(StoreWriting.Notes($"batch {count}", count), Cancellation);
                Assert.Equal((next, count, next + count), (receipt.FirstOrdinal, receipt.Count, receipt.NextOrdinal));
                next += count;
            }
            var history = await store.HistoryAsync(log.Thread(), Cancellation);
            Assert.Equal(Enumerable.Range(0, (int)next).Select(ordinal => (long)ordinal), history.Select(item => item.Ordinal));
        }
    }

    /// <summary>WRIT-10.</summary>
    [Fact, Guarantee("WRIT-10")]
    public async Task A_thread_that_was_written_is_known_as_if_its_log_had_been_there()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = RolloutLines
                .From(
                    new RolloutHead(SeedIds.Id(number), SeedIds.Epoch)
                    {
                        HistoryMode = number % 2 == 0 ? null : HistoryModes.Paginated,
                        Source = """{"subagent":"review"}""",
                        ModelProvider = "azure",
                        Git = new GitInfo("abc", "main", "https://example.invalid/app.git"),
                    }
                )
                .Turn("First question")
                .Wait(TimeSpan.FromMinutes(5))
                .Turn("Second");
            var store = await OpenAsync([]);
            await store.WriteAsync(log, Cancellation);
            await using var harness = CreateHarness();
            await harness.PutAsync(log.ToSeed());
            await using var seeded = await harness.OpenAsync();

            Assert.Equal(
                (await seeded.FindAsync(log.Thread(), Cancellation)).WithoutRevision(),
                (await store.FindAsync(log.Thread(), Cancellation)).WithoutRevision()
            );
            Assert.Equal(
                (await seeded.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Texts(),
                (await store.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Texts()
            );
        }
    }

    /// <summary>WRIT-11.</summary>
    [Fact, Guarantee("WRIT-11")]
    public async Task An_append_of_nothing_is_only_a_barrier()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Thread(number);
            await using var writer = await store.CreateAsync(log, Cancellation);
            Assert.Equal(new AppendReceipt(1, 0) { IsStored = false }, await writer.AppendAsync([], Durability.Flushed, Cancellation));
            Assert.Null(await store.FindAsync(log.Thread(), Cancellation));

            await writer.AppendAsync(log.Items(), Durability.Buffered, Cancellation);
            Assert.Equal(new AppendReceipt(log.Lines.Count, 0), await writer.AppendAsync([], Durability.Flushed, Cancellation));
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(log.Thread(), Cancellation)).Texts());
        }
    }

    /// <summary>WRIT-12.</summary>
    [Fact, Guarantee("WRIT-12")]
    public async Task What_is_flushed_is_seen_by_every_store_over_the_same_threads()
    {
        var (store, other) = (await OpenAsync([]), await OpenAsync([]));
        foreach (var durability in new[] { Durability.Flushed, Durability.Fsynced })
        {
            var log = SampleHome.Thread(10 + (int)durability);
            await using var writer = await store.CreateAsync(log, Cancellation);
            foreach (var item in log.Items())
            {
                var receipt = await writer.AppendAsync([item], durability, Cancellation);
                Assert.Equal(receipt.NextOrdinal, (await other.HistoryAsync(log.Thread(), Cancellation)).Count);
            }
            Assert.Equal(await store.FindAsync(log.Thread(), Cancellation), await other.FindAsync(log.Thread(), Cancellation));
        }
    }

    /// <summary>WRIT-13.</summary>
    [Fact, Guarantee("WRIT-13")]
    public async Task An_item_has_the_time_it_names_or_else_that_of_the_write()
    {
        var store = await OpenAsync([]);
        var log = SampleHome.Log(1, SeedIds.Epoch);
        var before = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);
        await using var writer = await store.CreateAsync(
            new CreateRequest(log.Thread(), log.Head() with { Timestamp = null }),
            Cancellation
        );
        await writer.AppendAsync(
            [.. StoreWriting.Notes("now"), StoreWriting.Notes("then")[0] with { Timestamp = SeedIds.Epoch.AddDays(-3) }],
            Cancellation
        );
        var after = TimeProvider.System.GetUtcNow().AddMilliseconds(1);

        var times = (await store.HistoryAsync(log.Thread(), Cancellation)).ConvertAll(item => item.Timestamp!.Value);
        Assert.InRange(times[0], before, after);
        Assert.InRange(times[1], before, after);
        Assert.Equal(SeedIds.Epoch.AddDays(-3), times[2]);
    }

    /// <summary>WRIT-14.</summary>
    [Fact, Guarantee("WRIT-14")]
    public async Task Lists_show_a_thread_and_its_growth_as_soon_as_they_are_acknowledged()
    {
        var store = await OpenAsync([SampleHome.Thread(7).ToSeed()]);
        Assert.Single((await store.ListAsync(new ThreadQuery(), Cancellation)).Items);
        var log = SampleHome.Thread(8).Wait(TimeSpan.FromHours(1));
        await using var writer = await store.CreateAsync(log, Cancellation);
        await writer.AppendAsync(log.Items(), Cancellation);
        Assert.Equal(
            [SeedIds.Id(8), SeedIds.Id(7)],
            (await store.ListAsync(new ThreadQuery(), Cancellation)).Items.Select(thread => thread.Id)
        );

        var more = log.Lines.Count;
        await writer.AppendAsync(log.Turn("More").Items(more), Cancellation);
        var listed = (await store.ListAsync(new ThreadQuery { Sort = ThreadSort.Updated }, Cancellation)).Items[0];
        Assert.Equal((SeedIds.Id(8), new RolloutItem(log.Lines[^1], 0).Timestamp), (listed.Id, (DateTimeOffset?)listed.UpdatedAt));
        Assert.Equal(2, (await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(8)), Cancellation)).Items.Count);
    }

    /// <summary>WRIT-15.</summary>
    [Fact, Guarantee("WRIT-15")]
    public async Task A_log_that_continues_another_begins_at_the_ordinal_where_that_ends()
    {
        var parent = SampleHome.Turns(1, 2);
        var shared = parent.Lines;
        var store = await OpenAsync(parent);
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Another way");
        await using var writer = await store.CreateAsync(fork, Cancellation);
        Assert.Equal(shared.Count + 1, writer.NextOrdinal);
        var receipt = await writer.AppendAsync(fork.Items(), Cancellation);

        Assert.Equal(shared.Count + 1, receipt.FirstOrdinal);
        Assert.Equal(shared.Concat(fork.Lines).Texts(), (await store.HistoryAsync(SeedIds.Id(3), Cancellation)).Texts());
    }

    /// <summary>WRIT-16.</summary>
    [Fact, Guarantee("WRIT-16")]
    public async Task Metadata_is_stored_beside_the_payload_byte_for_byte()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            await using var writer = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            foreach (
                var (type, metadata) in new[]
                {
                    ("event_msg", """{ "a" : {"b":[1]} }"""),
                    ("response_item", "{}"),
                    ("turn_context", "\"text\""),
                    ("other_item", "[1, 2]"),
                    ("compacted", "null"),
                }
            )
            {
                var item = NewItem.FromJson(type, """{"type":"note","metadata":{"inner":true}}""") with
                {
                    Metadata = System.Text.Encoding.UTF8.GetBytes(metadata),
                };
                await writer.AppendAsync([item], Cancellation);
                var stored = (await store.HistoryAsync(writer.ThreadId, Cancellation))[^1];
                Assert.Equal((type, metadata), (stored.Type, System.Text.Encoding.UTF8.GetString(stored.Metadata.Span)));
                Assert.True(item.Payload.Span.SequenceEqual(stored.Payload.Span));
            }
        }
    }

    /// <summary>WRIT-17.</summary>
    [Fact, Guarantee("WRIT-17")]
    public async Task What_waits_has_the_time_of_its_append_and_so_has_the_first_item()
    {
        var store = await OpenAsync([]);
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Log(number, SeedIds.Epoch);
            await using var writer = await store.CreateAsync(
                new CreateRequest(log.Thread(), log.Head() with { Timestamp = null }),
                Cancellation
            );
            await writer.AppendAsync(StoreWriting.Notes("waits"), Durability.Buffered, Cancellation);
            var appended = TimeProvider.System.GetUtcNow();
            // what is recorded are whole milliseconds
            SpinWait.SpinUntil(() => TimeProvider.System.GetUtcNow() > appended.AddMilliseconds(1));
            await writer.AppendAsync(StoreWriting.Notes("is stored"), Durability.Flushed, Cancellation);

            var times = (await store.HistoryAsync(log.Thread(), Cancellation)).ConvertAll(item => item.Timestamp!.Value <= appended);
            Assert.Equal([true, true, false], times);
        }
    }
}
