using Xunit;

namespace Spool.TestKit;

// The first items and the ids of new threads.
public partial class WriterBadInputConformanceTests<THarness>
{
    /// <summary>WBAD-06.</summary>
    [Fact, Guarantee("WBAD-06")]
    public async Task A_new_thread_begins_with_a_session_meta_of_its_own()
    {
        var store = await OpenAsync([]);
        var head = SampleHome.Log(2, SeedIds.Epoch).Head();
        NewItem[] heads =
        [
            head with
            {
                Type = "event_msg",
            },
            SampleHome.Log(4, SeedIds.Epoch).Head(),
            head with
            {
                Payload = "{}"u8.ToArray(),
            },
            head with
            {
                Payload = "{\"id\":"u8.ToArray(),
            },
            head with
            {
                Payload = "{\"id\":}"u8.ToArray(),
            },
            head with
            {
                Payload = "{\"id\":\"no id\"}"u8.ToArray(),
            },
            head with
            {
                Payload = default,
            },
        ];
        foreach (var other in heads)
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.CreateAsync(new CreateRequest(SeedIds.Id(2), other), Cancellation)
            );
        var unknown = RolloutLines.From(new RolloutHead(SeedIds.Id(2), SeedIds.Epoch) { HistoryMode = "holographic" });
        await StoreReading.RefusesAsync(ThreadStoreErrorCode.Unsupported, async () => await store.CreateAsync(unknown, Cancellation));

        Assert.Empty(await store.EverythingAsync(Cancellation));
        await using var writer = await store.CreateAsync(new CreateRequest(SeedIds.Id(2), head), Cancellation);
    }

    /// <summary>WBAD-11.</summary>
    [Fact, Guarantee("WBAD-11")]
    public async Task A_new_thread_takes_no_id_whose_time_lies_past_the_year_9999()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        foreach (var id in IdsPastTime.Select(ThreadId.Parse))
        {
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.CreateAsync(RolloutLines.Paginated(id, SeedIds.Epoch), Cancellation)
            );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(1), id), Cancellation)
            );
        }
        await store.WriteAsync(
            RolloutLines.Paginated(ThreadId.Parse("e677d21f-dbff-7fff-bfff-ffffffffffff"), SeedIds.Epoch).Turn("The last moment"),
            Cancellation
        );

        Assert.Equal(2, (await store.EverythingAsync(Cancellation)).Count);
    }

    /// <summary>CORE-12.</summary>
    [Fact, Guarantee("CORE-12")]
    public async Task A_first_item_that_no_log_begins_with_is_malformed_whatever_its_history_mode()
    {
        var store = await OpenAsync(SampleHome.Turns(1, 1));
        var at = new HistoryBase(SeedIds.Id(1), 3, 600);
        foreach (
            var (mode, start, code) in new (string?, HistoryBase?, ThreadStoreErrorCode)[]
            {
                (null, at, ThreadStoreErrorCode.InvalidRequest),
                (HistoryModes.Legacy, at, ThreadStoreErrorCode.InvalidRequest),
                (HistoryModes.Paginated, at with { EndOrdinal = -1 }, ThreadStoreErrorCode.InvalidRequest),
                ("holographic", at with { EndOrdinal = -1 }, ThreadStoreErrorCode.InvalidRequest),
                ("holographic", at with { EndOrdinal = long.MaxValue }, ThreadStoreErrorCode.InvalidRequest),
                ("holographic", null, ThreadStoreErrorCode.Unsupported),
            }
        )
        {
            var log = RolloutLines.From(new RolloutHead(SeedIds.Id(3), SeedIds.Epoch) { HistoryMode = mode, Base = start });
            await StoreReading.RefusesAsync(code, async () => await store.CreateAsync(log, Cancellation));
            if (start is null || mode == "holographic")
                await StoreReading.RefusesAsync(
                    code,
                    async () =>
                        await store.ForkAsync(new ForkRequest(SeedIds.Id(1), SeedIds.Id(3)) { SessionMeta = log.Head() }, Cancellation)
                );
        }
        Assert.Null(await store.FindAsync(SeedIds.Id(3), Cancellation));
    }

    /// <summary>CORE-13.</summary>
    [Fact, Guarantee("CORE-13")]
    public async Task The_first_item_that_a_fork_is_given_is_checked_like_that_of_a_new_thread()
    {
        var store = await OpenAsync(SampleHome.Turns(1, 1));
        var head = new RolloutHead(SeedIds.Id(3), SeedIds.Epoch) { HistoryMode = HistoryModes.Paginated };
        var large = RolloutLines.From(head with { Cwd = "/" + new string('x', Harness.MaxItemBytes) }).Head();
        var far = RolloutLines.From(head with { Base = new HistoryBase(SeedIds.Id(1), -1, 0) }).Head();
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.TooLarge,
            async () => await store.CreateAsync(new CreateRequest(SeedIds.Id(3), large), Cancellation)
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.TooLarge,
            async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(1), SeedIds.Id(3)) { SessionMeta = large }, Cancellation)
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await store.CreateAsync(new CreateRequest(SeedIds.Id(3), far), Cancellation)
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(1), SeedIds.Id(3)) { SessionMeta = far }, Cancellation)
        );

        Assert.Null(await store.FindAsync(SeedIds.Id(3), Cancellation));
    }

    /// <summary>CORE-14.</summary>
    [Fact, Guarantee("CORE-14")]
    public async Task A_new_thread_takes_no_id_of_the_kind_that_is_made_of_paths()
    {
        var store = await OpenAsync(SampleHome.Thread(1));
        foreach (var id in IdsOfPaths.Select(ThreadId.Parse))
        {
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.CreateAsync(RolloutLines.Paginated(id, SeedIds.Epoch), Cancellation)
            );
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.ForkAsync(new ForkRequest(SeedIds.Id(1), id), Cancellation)
            );
        }
        await store.WriteAsync(
            RolloutLines.Paginated(ThreadId.Parse("d2ba5f68-c5a4-769f-a6c6-d573706f6f6c"), SeedIds.Epoch).Turn("Of another version"),
            Cancellation
        );
    }
}
