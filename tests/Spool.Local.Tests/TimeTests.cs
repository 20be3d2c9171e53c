using System.Globalization;
using CsCheck;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>No time in a name, an id or a record makes anything but its own thread odd.</summary>
public sealed class TimeTests : IDisposable
{
    static readonly DateTimeOffset Last = DateTimeOffset.MaxValue;

    static readonly DateTimeOffset[] Edges = [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch, SeedIds.Epoch, Last];
    static readonly ThreadId[] OddIds =
    [
        default,
        ThreadId.Parse("ffffffff-ffff-7fff-bfff-ffffffffffff"),
        ThreadId.Parse("ffffffff-ffff-ffff-ffff-ffffffffffff"),
    ];

    static readonly Gen<DateTimeOffset> AnyTime = Gen.OneOf(
        Gen.Long[0, Last.Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero)),
        Gen.Select(Gen.Long[-3, 3], Gen.Int[0, Edges.Length - 1])
            .Select(
                (days, edge) =>
                    new DateTimeOffset(Math.Clamp(Edges[edge].Ticks + days * TimeSpan.TicksPerDay / 3, 0, Last.Ticks), TimeSpan.Zero)
            )
    );

    static readonly Gen<ThreadId> AnyId = Gen.OneOf(
        Gen.Guid.Select(value => new ThreadId(value)),
        Gen.ULong.Select(bits => new ThreadId(
            new Guid((uint)(bits >> 32), (ushort)(bits >> 16), (ushort)(0x7000 | (bits & 0xfff)), 0xbf, 0xff, 0, 0, 0, 0, 0, (byte)bits)
        )),
        AnyTime.Where(time => time >= DateTimeOffset.UnixEpoch).Select(time => new ThreadId(Guid.CreateVersion7(time))),
        Gen.Int[0, OddIds.Length - 1].Select(odd => OddIds[odd])
    );

    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_name_of_any_time_and_id_says_until_when_its_thread_was_created() =>
        Gen.Select(AnyTime, AnyId)
            .Sample(
                (time, id) =>
                    Assert.InRange(
                        new ScannedRollout(PathOf(id, time), default).LatestCreationMs,
                        time.ToUnixTimeMilliseconds() - 16 * 3_600_000L,
                        time.ToUnixTimeMilliseconds() + 26 * 3_600_000L
                    )
            );

    [Fact]
    public Task Rollouts_of_any_times_and_ids_are_listed_and_hide_no_other() =>
        Gen.Select(AnyTime, AnyId, AnyTime, Gen.Bool)
            .Array[1, 8]
            .SampleAsync(
                async odd =>
                {
                    using var home = new TempHome();
                    home.Put(Legacy(1, "the good one"));
                    var ids = odd.Select(one => one.Item2).Where(id => id != Id(1)).Distinct().ToList();
                    foreach (var (named, id, recorded, isEmpty) in odd.Where(one => one.Item2 != Id(1)).DistinctBy(one => one.Item2))
                        home.Write(
                            PathOf(id, named),
                            isEmpty
                                ? []
                                : RolloutLines
                                    .Legacy(id, recorded < Last.AddHours(-1) ? recorded : Last.AddHours(-1))
                                    .Turn("odd")
                                    .ToSeed()
                                    .ToLog()
                        );
                    await using var store = home.Open();

                    var first = await store.ListAsync(new ThreadQuery { Limit = 3 });
                    Assert.NotEmpty(first.Items);
                    foreach (var sort in Enum.GetValues<ThreadSort>())
                    {
                        var query = new ThreadQuery
                        {
                            Archive = ArchiveFilter.Any,
                            Visibility = ThreadVisibility.All,
                            Sort = sort,
                            Limit = 2,
                        };
                        Assert.Equal(
                            ids.Append(Id(1)).ToHashSet(),
                            (await store.ListAllAsync(query, TestContext.Current.CancellationToken)).Select(thread => thread.Id).ToHashSet()
                        );
                    }
                    foreach (var id in ids)
                    {
                        var thread = (await store.FindAsync(id))!;
                        await Documented.CallAsync(() => store.ListTurnsAsync(new ListTurnsRequest(id)).AsTask());
                        Assert.NotNull((await store.ArchiveAsync(id)).Thread.ArchivedAt);
                        Assert.Equal(thread, (await store.UnarchiveAsync(id)).Thread with { UpdatedAt = thread.UpdatedAt });
                    }
                },
                iter: 40,
                threads: 1
            );

    [Fact]
    public async Task A_thread_whose_name_has_the_last_time_there_is_says_that_it_cannot_be_taken_back()
    {
        var log = RolloutLines.Paginated(Id(2), At(2)).Turn("one").Turn("two");
        _home.Write(PathOf(Id(2), Last), log.ToSeed().ToLog());
        await using var store = _home.Open();
        var turns = await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<ThreadStoreException>(async () =>
            await store.RevertAsync(Id(2), turns.Items[1].Id, TestContext.Current.CancellationToken)
        );

        Assert.Equal(ThreadStoreErrorCode.Unsupported, refused.Code);
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(2), TestContext.Current.CancellationToken))!.State);
    }

    [Theory]
    [InlineData("0001-01-02T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("9999-12-30T23:59:59Z")]
    public async Task Any_clock_creates_forks_and_takes_back_threads(string now)
    {
        var clock = new Clock(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));
        await using var store = _home.Open(options => options with { Time = clock });
        var stop = TestContext.Current.CancellationToken;
        var id = ThreadId.New(clock);
        var log = RolloutLines.Paginated(id, clock.GetUtcNow()).Turn("one").Turn("two");
        await using (var writer = await store.CreateAsync(new CreateRequest(id, NewItem.From(new RolloutItem(log.Lines[0], 0))!), stop))
            await writer.AppendAsync(
                new AppendRequest([.. log.Lines.Skip(1).Select(line => NewItem.From(new RolloutItem(line, 0))! with { Timestamp = null })]),
                stop
            );

        var turns = await store.ListTurnsAsync(new ListTurnsRequest(id), stop);
        await store.RevertAsync(id, turns.Items[1].Id, stop);
        if (clock.GetUtcNow() >= DateTimeOffset.UnixEpoch) // before, the thread is damaged, which says that its place in lists is wrong
            Assert.Equal("one", (await store.ForkAsync(new ForkRequest(id, Id(9)), stop)).Thread.Preview);
        await store.ArchiveAsync(id, stop);

        Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(id), stop)).Items);
        Assert.Contains(await store.EverythingAsync(), thread => thread.Id == id);
    }

    [Fact]
    public void A_time_without_a_date_is_none() => Assert.Null(ItemEnvelope.ParseTimestamp("12:34:56.1234567Z   "u8));

    sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
