using System.Collections.Concurrent;
using System.Globalization;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for many who write at once.</summary>
public class WriterConcurrencyConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    const int Tasks = 8;
    const int Appends = 25;

    /// <summary>CONC-01.</summary>
    [Fact, Guarantee("CONC-01")]
    public async Task Of_many_who_append_to_one_thread_every_item_is_stored_once_in_the_order_of_each()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync([]);
            await using var writer = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            var acknowledged = await AppendManyAsync(writer, number);
            await writer.FlushAsync(Durability.Flushed, Cancellation);

            AssertStored(await store.HistoryAsync(writer.ThreadId, Cancellation), acknowledged);
            Assert.Equal(1 + acknowledged.Sum(append => append.Items.Length), writer.NextOrdinal);
        }
    }

    /// <summary>CONC-02.</summary>
    [Fact, Guarantee("CONC-02")]
    public async Task Many_threads_are_written_at_once()
    {
        var stores = new[] { await OpenAsync([]), await OpenAsync([]) };
        var written = await Task.WhenAll(
            Enumerable
                .Range(1, 6)
                .Select(number =>
                    Task.Run(
                        async () =>
                        {
                            await using var writer = await stores[number % 2]
                                .CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
                            return (writer.ThreadId, Appends: await AppendManyAsync(writer, number));
                        },
                        Cancellation
                    )
                )
        );

        foreach (var (threadId, appends) in written)
            AssertStored(await stores[0].HistoryAsync(threadId, Cancellation), appends);
        Assert.Equal(6, (await stores[1].EverythingAsync(Cancellation)).Count);
    }

    /// <summary>CONC-03.</summary>
    [Fact, Guarantee("CONC-03")]
    public async Task Readers_meanwhile_see_the_beginning_of_what_will_be_there()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var (store, other) = (await OpenAsync([]), await OpenAsync([]));
            await using var writer = await store.CreateAsync(SampleHome.Log(number, SeedIds.Epoch), Cancellation);
            await writer.PersistAsync(Cancellation);
            var writing = AppendManyAsync(writer, number);
            var seen = new List<List<RolloutItem>>();
            do
            {
                seen.Add(await store.HistoryAsync(writer.ThreadId, Cancellation));
                seen.Add(await other.HistoryAsync(writer.ThreadId, Cancellation));
                Assert.Equal(ThreadCondition.Ok, (await store.GetAsync(writer.ThreadId, Cancellation)).State);
            } while (!writing.IsCompleted);
            AssertStored(await store.HistoryAsync(writer.ThreadId, Cancellation), await writing);

            var final = (await store.HistoryAsync(writer.ThreadId, Cancellation)).Texts();
            // A reader of another store may meet a line that is still being written, and nothing else that is not there in the end.
            Assert.All(seen, history => Assert.Equal(final.Take(Whole(history)), history.Texts().Take(Whole(history))));
        }
    }

    /// <summary>CONC-04.</summary>
    [Fact, Guarantee("CONC-04")]
    public async Task A_batch_that_is_sent_many_times_at_once_is_stored_once()
    {
        var store = await OpenAsync([]);
        await using var writer = await store.CreateAsync(SampleHome.Log(1, SeedIds.Epoch), Cancellation);
        for (var round = 0; round < 10; round++)
        {
            var request = new AppendRequest(StoreWriting.Notes($"round {round}", 3)) { BatchId = SeedIds.Id(round).Value };
            var receipts = await Task.WhenAll(
                Enumerable.Range(0, Tasks).Select(_ => Task.Run(async () => await writer.AppendAsync(request, Cancellation), Cancellation))
            );
            Assert.Single(receipts.Distinct());
        }
        Assert.Equal(30, (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts().Distinct().Count());
        Assert.Equal(31, writer.NextOrdinal);
    }

    /// <summary>CONC-05.</summary>
    [Fact, Guarantee("CONC-05")]
    public async Task Of_many_who_expect_the_same_ordinal_one_gets_it()
    {
        var store = await OpenAsync([]);
        await using var writer = await store.CreateAsync(SampleHome.Log(2, SeedIds.Epoch), Cancellation);
        for (var round = 0; round < 10; round++)
        {
            var next = writer.NextOrdinal;
            var wins = await Task.WhenAll(
                Enumerable
                    .Range(0, Tasks)
                    .Select(number =>
                        Task.Run(
                            async () =>
                            {
                                try
                                {
                                    await writer.AppendAsync(
                                        new AppendRequest(StoreWriting.Notes($"round {round} of {number}", 2)) { ExpectedOrdinal = next },
                                        Cancellation
                                    );
                                    return 1;
                                }
                                catch (ThreadStoreException e)
                                    when (e is { Code: ThreadStoreErrorCode.WrongOrdinal, NextOrdinal: not null })
                                {
                                    return 0;
                                }
                            },
                            Cancellation
                        )
                    )
            );
            Assert.Equal(1, wins.Sum());
        }
        Assert.Equal(20, (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts().Length);
    }

    /// <summary>CONC-06.</summary>
    [Fact, Guarantee("CONC-06")]
    public async Task What_is_appended_while_the_writer_is_shut_down_is_stored_or_refused()
    {
        for (var round = 0; round < 5; round++)
        {
            var store = await OpenAsync([]);
            await using var writer = await store.CreateAsync(SampleHome.Log(round, SeedIds.Epoch), Cancellation);
            await writer.PersistAsync(Cancellation);
            var acknowledged = new ConcurrentBag<string>();
            var appends = Enumerable
                .Range(0, Tasks)
                .Select(number =>
                    Task.Run(
                        async () =>
                        {
                            try
                            {
                                for (var append = 0; append < 10_000; append++)
                                {
                                    var items = StoreWriting.Notes($"{number} {append}");
                                    await writer.AppendAsync(items, Cancellation);
                                    acknowledged.Add(items.NoteTexts()[0]);
                                }
                            }
                            catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.InvalidRequest) { }
                        },
                        Cancellation
                    )
                )
                .ToList();
            while (acknowledged.Count < Tasks)
                await Task.Yield();
            await writer.ShutDownAsync(Cancellation);
            await Task.WhenAll(appends);

            Assert.Equal(acknowledged.Order(), (await store.HistoryAsync(writer.ThreadId, Cancellation)).NoteTexts().Order());
        }
    }

    // Each task waits for its append before the next, in batches of one to three items and all durabilities but the slowest.
    static async Task<List<Append>> AppendManyAsync(IThreadWriter writer, int seed)
    {
        var acknowledged = await Task.WhenAll(
            Enumerable
                .Range(0, Tasks)
                .Select(task =>
                    Task.Run(
                        async () =>
                        {
                            var random = new Random(seed * 100 + task);
                            var mine = new List<Append>();
                            for (var number = 0; number < Appends; number++)
                            {
                                var items = StoreWriting.Notes(
                                    string.Create(CultureInfo.InvariantCulture, $"{task}/{number:d3}"),
                                    random.Next(1, 4)
                                );
                                var receipt = await writer.AppendAsync(
                                    items,
                                    random.Next(4) == 0 ? Durability.Flushed : Durability.Buffered,
                                    Cancellation
                                );
                                mine.Add(new Append(task, receipt, items.NoteTexts()));
                            }
                            return mine;
                        },
                        Cancellation
                    )
                )
        );
        return [.. acknowledged.SelectMany(mine => mine)];
    }

    static void AssertStored(List<RolloutItem> history, List<Append> acknowledged)
    {
        var byOrdinal = history.ToDictionary(item => item.Ordinal, item => System.Text.Encoding.UTF8.GetString(item.Payload.Span));
        foreach (var append in acknowledged)
        {
            Assert.Equal(append.Items.Length, append.Receipt.Count);
            Assert.Equal(
                append.Items,
                Enumerable.Range(0, append.Receipt.Count).Select(index => byOrdinal[append.Receipt.FirstOrdinal + index])
            );
        }
        Assert.Equal(acknowledged.Sum(append => append.Items.Length), history.NoteTexts().Length);
        foreach (var task in acknowledged.GroupBy(append => append.Task))
            Assert.Equal(task.Select(append => append.Receipt.FirstOrdinal).Order(), task.Select(append => append.Receipt.FirstOrdinal));
    }

    static int Whole(List<RolloutItem> history) =>
        history.Count > 0 && history[^1].Kind == RolloutItemKind.Unreadable ? history.Count - 1 : history.Count;

    sealed record Append(int Task, AppendReceipt Receipt, string[] Items);
}
