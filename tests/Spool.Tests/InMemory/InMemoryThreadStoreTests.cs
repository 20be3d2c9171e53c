using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

public sealed class InMemoryThreadStoreTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_whose_thread_is_replaced_is_told_and_refused()
    {
        await using var store = new InMemoryThreadStore();
        var log = RolloutLines.Legacy(SeedIds.Id(1), SeedIds.Epoch).Turn("Hello");
        store.Put(new InMemoryThread(log.Lines));
        await using var writer = await store.ResumeAsync(new ResumeRequest(SeedIds.Id(1)), Cancellation);
        store.Put(new InMemoryThread(log.Lines));

        Assert.True(writer.LostToken.IsCancellationRequested);
        var item = NewItem.FromJson("event_msg", "{\"type\":\"lost\"}");
        foreach (
            var call in (Func<Task>[])
                [
                    async () => await writer.AppendAsync(new AppendRequest([item]), Cancellation),
                    async () => await writer.FlushAsync(Durability.Flushed, Cancellation),
                    async () => await writer.ShutDownAsync(Cancellation),
                ]
        )
            Assert.Equal(ThreadStoreErrorCode.WriterLost, (await Assert.ThrowsAsync<ThreadStoreException>(call)).Code);
        await writer.DiscardAsync(Cancellation);

        await using var next = await store.ResumeAsync(new ResumeRequest(SeedIds.Id(1)), Cancellation);
        Assert.Equal(log.Lines.Count, next.NextOrdinal);
    }

    [Fact]
    public async Task The_clock_and_the_size_limit_are_those_of_the_options()
    {
        var clock = new StillClock(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await using var store = new InMemoryThreadStore(new InMemoryThreadStoreOptions { Time = clock, MaxItemBytes = 4096 });
        var id = ThreadId.New(clock);
        var meta = new SessionMeta(id, clock.GetUtcNow())
        {
            Cwd = "/w",
            Originator = "me",
            CliVersion = "1",
        };
        await using var writer = await store.CreateAsync(new CreateRequest(id, meta.ToItem()), Cancellation);
        await writer.PersistAsync(Cancellation);
        var large = NewItem.FromJson("event_msg", $"{{\"text\":\"{new string('x', 4096)}\"}}");

        Assert.Equal(
            ThreadStoreErrorCode.TooLarge,
            (
                await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                    await writer.AppendAsync(new AppendRequest([large]), Cancellation)
                )
            ).Code
        );
        Assert.Equal(clock.GetUtcNow(), (await store.FindAsync(id, Cancellation))?.UpdatedAt);
        await writer.DisposeAsync();
        Assert.Equal(clock.GetUtcNow(), (await store.ArchiveAsync(id, Cancellation)).Thread.ArchivedAt);
    }

    [Fact]
    public async Task Stores_over_the_same_threads_live_and_die_by_themselves()
    {
        var store = new InMemoryThreadStore();
        await using var other = store.OpenAnother();
        store.Put(new InMemoryThread(RolloutLines.Legacy(SeedIds.Id(1), SeedIds.Epoch).Lines));
        await store.DisposeAsync();

        Assert.NotNull(await other.FindAsync(SeedIds.Id(1), Cancellation));
        Assert.Throws<ObjectDisposedException>(() => store.Put(new InMemoryThread([]) { Id = SeedIds.Id(2) }));
    }

    sealed class StillClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
