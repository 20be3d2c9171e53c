using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for the life of a store: opening, sharing, disposing.</summary>
public class LifetimeConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>LIFE-01.</summary>
    [Fact, Guarantee("LIFE-01")]
    public async Task A_store_may_be_disposed_twice()
    {
        var store = await OpenAsync(SampleHome.Thread(1));

        await store.DisposeAsync();
        await store.DisposeAsync();
    }

    /// <summary>LIFE-02.</summary>
    [Fact, Guarantee("LIFE-02")]
    public async Task After_it_is_disposed_every_call_says_so()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        var calls = ReadCalls.Of(store, SeedIds.Id(1), Cancellation).ToList();
        await store.DisposeAsync();

        foreach (var call in calls)
            await Assert.ThrowsAsync<ObjectDisposedException>(call);
    }

    /// <summary>CORE-01.</summary>
    [Fact, Guarantee("CORE-01")]
    public async Task A_request_that_is_malformed_is_so_whether_the_thread_is_there_or_not()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        foreach (var threadId in new[] { SeedIds.Id(1), SeedIds.Id(2) })
        {
            foreach (var limit in new[] { 0, -1, ListItemsRequest.MaxLimit + 1 })
            {
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await store.ListTurnsAsync(new ListTurnsRequest(threadId) { Limit = limit }, Cancellation)
                );
                await StoreReading.RefusesAsync(
                    ThreadStoreErrorCode.InvalidRequest,
                    async () => await store.ListItemsAsync(new ListItemsRequest(threadId) { Limit = limit }, Cancellation)
                );
            }
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidCursor,
                async () => await store.ListTurnsAsync(new ListTurnsRequest(threadId) { Cursor = "no cursor" }, Cancellation)
            );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidCursor,
                async () => await store.ListItemsAsync(new ListItemsRequest(threadId) { Cursor = "no cursor" }, Cancellation)
            );
        }
    }

    /// <summary>CORE-02.</summary>
    [Fact, Guarantee("CORE-02")]
    public async Task A_store_that_is_disposed_says_so_whatever_it_is_asked()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ListAsync(new ThreadQuery { Limit = 0 }, Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await store.ListAsync(new ThreadQuery { Cursor = "no cursor" }, Cancellation)
        );
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(1)) { Limit = 0 }, Cancellation)
        );
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(1)) { Limit = 0 }, Cancellation)
        );
    }

    /// <summary>LIFE-03.</summary>
    [Fact, Guarantee("LIFE-03")]
    public async Task A_store_that_is_opened_again_shows_the_same()
    {
        var query = new ThreadQuery { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All };
        var first = await OpenAsync([.. Conditions(), SampleHome.Thread(8).ToSeed(SeedPlace.Archived, "Old")]);
        var before = await first.ListAllAsync(query, Cancellation);
        await first.DisposeAsync();

        Assert.Equal(Conditions().Count + 1, before.Count);
        Assert.Equal(before, await (await OpenAsync([])).ListAllAsync(query, Cancellation));
    }

    /// <summary>LIFE-04.</summary>
    [Fact, Guarantee("LIFE-04")]
    public async Task Two_open_stores_over_the_same_threads_agree()
    {
        var query = new ThreadQuery { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All };
        var first = await OpenAsync(Conditions());
        var second = await OpenAsync([]);

        var threads = await first.ListAllAsync(query, Cancellation);
        Assert.Equal(Conditions().Count, threads.Count);
        Assert.Equal(threads, await second.ListAllAsync(query, Cancellation));
    }

    /// <summary>LIFE-05.</summary>
    [Fact, Guarantee("LIFE-05")]
    public async Task Many_callers_at_once_get_the_answers_that_one_gets()
    {
        var store = await OpenAsync(SampleHome.Ties(12, 3));
        var alone = (await store.ListAllAsync(new ThreadQuery { Limit = 5 }, Cancellation)).Ids();

        var lists = await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(limit =>
                    Task.Run(
                        async () =>
                        {
                            await store.HistoryAsync(SeedIds.Id(limit), Cancellation);
                            await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(limit)), Cancellation);
                            return await store.ListAllAsync(new ThreadQuery { Limit = limit }, Cancellation);
                        },
                        Cancellation
                    )
                )
        );
        Assert.Equal(12, alone.Length);
        Assert.All(lists, list => Assert.Equal(alone, list.Ids()));
    }

    /// <summary>LIFE-06.</summary>
    [Fact, Guarantee("LIFE-06")]
    public async Task A_thread_that_is_stored_later_is_there_when_the_store_is_opened_again()
    {
        await OpenAsync(SampleHome.Thread(1));

        var reopened = await OpenAsync(SampleHome.Thread(2));
        Assert.Equal(
            [SeedIds.Id(2), SeedIds.Id(1)],
            (await reopened.ListAsync(new ThreadQuery(), Cancellation)).Items.Select(thread => thread.Id)
        );
    }

    /// <summary>LIFE-07.</summary>
    [Fact, Guarantee("LIFE-07")]
    public async Task A_log_that_grew_is_read_to_its_new_end_when_the_store_is_opened_again()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var log = SampleHome.Turns(number, 1);
            var before = await OpenAsync(log);
            await before.FindAsync(SeedIds.Id(number), Cancellation);

            var store = await OpenAsync(log.Wait(TimeSpan.FromHours(1)).Turn("More"));
            Assert.Equal(log.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(number), Cancellation)).Texts());
            Assert.Equal(2, (await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(number)), Cancellation)).Count);
            Assert.True((await store.FindAsync(SeedIds.Id(number), Cancellation))?.UpdatedAt > SeedIds.Epoch.AddHours(1));
        }
    }

    /// <summary>LIFE-08.</summary>
    [Fact, Guarantee("LIFE-08")]
    public async Task A_store_that_is_disposed_by_blocking_is_disposed_as_one_that_is_awaited()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        var calls = ReadCalls.Of(store, SeedIds.Id(1), Cancellation).ToList();
        Block(store);

        foreach (var call in calls)
            await Assert.ThrowsAsync<ObjectDisposedException>(call);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await store.ResumeAsync(new ResumeRequest(SeedIds.Id(1)), Cancellation)
        );
        Block(store);
        await store.DisposeAsync();
        Block(store);
        var reopened = await OpenAsync([]);
        Assert.Equal(SampleHome.Thread(1).Lines.Texts(), (await reopened.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
        await reopened.DisposeAsync();
        Block(reopened);
    }

#pragma warning disable CA1849, VSTHRD103 // what is tested
    static void Block(IThreadStore store) => store.Dispose();
#pragma warning restore CA1849, VSTHRD103

    /// <summary>LIFE-09.</summary>
    [Fact, Guarantee("LIFE-09")]
    public async Task A_history_that_is_being_read_when_its_store_is_disposed_ends_as_misuse()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync(SampleHome.Turns(number, 20));
            await using var history = store.ReadHistoryAsync(new ReadHistoryRequest(SeedIds.Id(number)), Cancellation).GetAsyncEnumerator();
            Assert.True(await history.MoveNextAsync());
            var given = history.Current;

            await store.DisposeAsync();

            Assert.Equal(SampleHome.Turns(number, 20).Lines.Texts()[0], new[] { given }.Texts()[0]);
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await history.MoveNextAsync());
        }
    }

    /// <summary>LIFE-10.</summary>
    [Fact, Guarantee("LIFE-10")]
    public async Task A_read_that_is_under_way_when_its_store_is_disposed_ends_as_it_would_or_as_misuse()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var store = await OpenAsync(SampleHome.Turns(number, 20));
            var reads = Enumerable.Range(0, 5).SelectMany(_ => ReadCalls.Of(store, SeedIds.Id(number), Cancellation)).ToList();
            var count = 0;
            using var begun = new CountdownEvent(reads.Count / 2);
            var calls = reads
                .Select(read =>
                    Task.Run(
                        async () =>
                        {
                            if (Interlocked.Increment(ref count) <= reads.Count / 2)
                                begun.Signal();
                            return await Record.ExceptionAsync(read);
                        },
                        Cancellation
                    )
                )
                .ToList();
            begun.Wait(Cancellation);

            await store.DisposeAsync();

            foreach (var error in await Task.WhenAll(calls))
            {
                if (error is not null)
                    Assert.IsType<ObjectDisposedException>(error);
            }
        }
    }

    /// <summary>LIFE-11.</summary>
    [Fact, Guarantee("LIFE-11")]
    public async Task What_is_wrong_with_a_call_is_said_by_what_it_returns_and_never_thrown_at_once()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        await using var writer = await store.ResumeAsync(SeedIds.Id(1), Cancellation);
        foreach (var call in MisuseOf(store, writer))
            Assert.IsAssignableFrom<ArgumentException>(await TaskErrors.OfAsync(call));
        await writer.ShutDownAsync(Cancellation);
        foreach (var call in Appending(writer))
            Assert.Equal(ThreadStoreErrorCode.InvalidRequest, Assert.IsType<ThreadStoreException>(await TaskErrors.OfAsync(call)).Code);
        await writer.DisposeAsync();
        foreach (var call in Appending(writer))
            Assert.IsType<ObjectDisposedException>(await TaskErrors.OfAsync(call));
        await store.DisposeAsync();
        foreach (var call in Asking(store))
            Assert.IsType<ObjectDisposedException>(await TaskErrors.OfAsync(call));
        foreach (var call in MisuseOf(store, writer))
            Assert.IsAssignableFrom<ArgumentException>(await TaskErrors.OfAsync(call));
    }

    static IEnumerable<Func<Task>> MisuseOf(IThreadStore store, IThreadWriter writer) =>
        [
            () => store.ListAsync(null!, Cancellation).AsTask(),
            () => store.ListAsync(new ThreadQuery { Sort = (ThreadSort)99 }, Cancellation).AsTask(),
            () => store.ReadHistoryAsync(null!, Cancellation).GetAsyncEnumerator().MoveNextAsync().AsTask(),
            () => store.ListTurnsAsync(null!, Cancellation).AsTask(),
            () => store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(1)) { Direction = (SortDirection)99 }, Cancellation).AsTask(),
            () => store.ListItemsAsync(null!, Cancellation).AsTask(),
            () => store.CreateAsync(null!, Cancellation).AsTask(),
            () => store.ResumeAsync((ResumeRequest)null!, Cancellation).AsTask(),
            () => store.ResumeAsync(new ResumeRequest(SeedIds.Id(1)) { OnDamage = (DamagedLog)99 }, Cancellation).AsTask(),
            () => store.UpdateAsync(SeedIds.Id(1), null!, Cancellation).AsTask(),
            () => store.ForkAsync(null!, Cancellation).AsTask(),
            () => store.RevertAsync(SeedIds.Id(1), null!, Cancellation).AsTask(),
            () => writer.AppendAsync((AppendRequest)null!, Cancellation).AsTask(),
            () => writer.AppendAsync(new AppendRequest([]) { Durability = (Durability)99 }, Cancellation).AsTask(),
            () => writer.FlushAsync((Durability)99, Cancellation).AsTask(),
            () => writer.UpdateAsync(null!, Cancellation).AsTask(),
        ];

    static IEnumerable<Func<Task>> Appending(IThreadWriter writer) =>
        [
            () => writer.AppendAsync(new AppendRequest([]), Cancellation).AsTask(),
            () => writer.PersistAsync(Cancellation).AsTask(),
            () => writer.FlushAsync(Durability.Flushed, Cancellation).AsTask(),
            () => writer.UpdateAsync(new ThreadPatch { Name = Change.To("x") }, Cancellation).AsTask(),
        ];

    static IEnumerable<Func<Task>> Asking(IThreadStore store) =>
        [
            () => store.FindAsync(SeedIds.Id(1), Cancellation).AsTask(),
            () => store.ListAsync(new ThreadQuery(), Cancellation).AsTask(),
            () => store.ReadHistoryAsync(new ReadHistoryRequest(SeedIds.Id(1)), Cancellation).GetAsyncEnumerator().MoveNextAsync().AsTask(),
            () => store.ListTurnsAsync(new ListTurnsRequest(SeedIds.Id(1)), Cancellation).AsTask(),
            () => store.ListItemsAsync(new ListItemsRequest(SeedIds.Id(1)), Cancellation).AsTask(),
            () => store.ResumeAsync(new ResumeRequest(SeedIds.Id(1)), Cancellation).AsTask(),
            () => store.UpdateAsync(SeedIds.Id(1), new ThreadPatch { Name = Change.To("x") }, Cancellation).AsTask(),
            () => store.ArchiveAsync(SeedIds.Id(1), Cancellation).AsTask(),
            () => store.UnarchiveAsync(SeedIds.Id(1), Cancellation).AsTask(),
            () => store.RevertAsync(SeedIds.Id(1), "x", Cancellation).AsTask(),
            () => store.DeleteAsync(SeedIds.Id(1), Cancellation).AsTask(),
        ];
}
