using Spool.CrashHost;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Every step of the disk fails once: what was acknowledged stays, what was refused is not there, and the next writer goes
/// on.</summary>
public sealed class FaultTests
{
    /// <summary>Gets the ways in which a step fails.</summary>
    public static TheoryData<string> Ways => [.. Faults.Keys];

    static Dictionary<string, Fault> Faults { get; } =
        new()
        {
            ["an I/O error, nothing written"] = new Fault(0, Fault.Io),
            ["an I/O error, a part written"] = new Fault(0, Fault.Io) { Part = 0.6 },
            ["a full disk for a moment"] = new Fault(0, Fault.NoSpace) { Part = 0.5 },
            ["a full disk from then on"] = new Fault(0, Fault.NoSpace) { Part = 0.3, IsLasting = true },
            ["no access for a moment"] = new Fault(0, Fault.NoAccess),
            ["a read-only disk from then on"] = new Fault(0, Fault.ReadOnly) { IsLasting = true },
        };

    [Theory, Guarantee("FALT-01")]
    [MemberData(nameof(Ways))]
    public async Task Whichever_step_of_the_disk_fails_nothing_is_lost_silently(string way)
    {
        var failed = new HashSet<DiskStep>();
        for (var at = 1; ; at++)
        {
            using var home = new TempHome();
            var files = new FaultyFileSystem(PhysicalFileSystem.Instance);
            files.Break(Faults[way] with { At = at });
            var scenario = new WriteScenario(home, files);
            try
            {
                await scenario.RunAsync();
                Assert.DoesNotContain(ThreadStoreErrorCode.Internal, scenario.Codes);
                await CheckAsync(home, scenario.Ledger);
            }
            catch (Exception e)
            {
                home.Keep();
                throw new InvalidOperationException(
                    $"With {way} at step {at} ({string.Join(", ", files.Failed.Take(3))}); the home is {home.Path}.",
                    e
                );
            }
            failed.UnionWith(files.Failed);
            if (files.Failed.Count == 0)
                break;
        }
        Assert.Superset(new HashSet<DiskStep> { DiskStep.Create, DiskStep.Append, DiskStep.Sync, DiskStep.SetLength }, failed);
    }

    // With a disk that is well: everything promised is there, and every thread can be written, whole, without help.
    static async Task CheckAsync(TempHome home, Ledger ledger)
    {
        await using (var reader = home.Open())
            await ledger.CheckAsync(reader, ThreadCondition.Ok, ThreadCondition.Torn);
        await using var store = home.Open();
        foreach (var (index, thread) in (await store.EverythingAsync()).Index())
        {
            var session = await WorkSession.ResumeAsync(store, thread.Id, $"after{index}", line => ledger.Read(line));
            Assert.Null(await session.AppendAsync(2, Durability.Flushed));
            await session.ShutDownAsync();
        }
        await ledger.CheckAsync(store, ThreadCondition.Ok);
    }

    [Theory, Guarantee("FALT-02")]
    [InlineData(Fault.Io)]
    [InlineData(Fault.NoSpace)]
    [InlineData(Fault.NoAccess)]
    public async Task After_a_failed_fsync_the_writer_refuses_everything_whatever_the_reason_was(int error)
    {
        using var home = new TempHome();
        var files = new FaultyFileSystem(PhysicalFileSystem.Instance);
        var ledger = new Ledger();
        await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = home.Cache }, files);
        var session = await WorkSession.CreateAsync(store, Id(1), HistoryModes.Legacy, "a", line => ledger.Read(line));
        Assert.Null(await session.AppendAsync(3, Durability.Fsynced));

        files.Break(new Fault(1, error) { Only = DiskStep.Sync });

        // The disk is well again at once, but nobody knows which bytes it has.
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, await session.AppendAsync(2, Durability.Fsynced));
        Assert.Equal([DiskStep.Sync], files.Failed);
        foreach (var durability in Enum.GetValues<Durability>())
            Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, await session.AppendAsync(1, durability));
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, await CodeOfAsync(session.PersistAsync));
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, await CodeOfAsync(() => session.FlushAsync(Durability.Fsynced)));
        Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, await CodeOfAsync(session.ShutDownAsync));
        await session.Writer.DiscardAsync(TestContext.Current.CancellationToken);
        await session.Writer.DisposeAsync();
        var next = await WorkSession.ResumeAsync(store, Id(1), "b", line => ledger.Read(line));
        Assert.Null(await next.AppendAsync(2, Durability.Fsynced));
        await next.ShutDownAsync();
        await ledger.CheckAsync(store, ThreadCondition.Ok);
    }

    [Fact, Guarantee("FALT-03")]
    public async Task Everybody_who_waits_for_an_fsync_that_fails_is_told()
    {
        using var home = new TempHome();
        var files = new FaultyFileSystem(PhysicalFileSystem.Instance);
        var ledger = new Ledger();
        await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = home.Cache }, files);
        var session = await WorkSession.CreateAsync(store, Id(1), HistoryModes.Legacy, "a", line => ledger.Read(line));
        Assert.Null(await session.AppendAsync(1, Durability.Fsynced));

        files.Break(new Fault(1, Fault.Io) { Only = DiskStep.Sync, IsLasting = true });
        var codes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => session.AppendAsync(1, Durability.Fsynced)));

        Assert.All(codes, code => Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, code));
        files.Heal();
        await session.Writer.DiscardAsync(TestContext.Current.CancellationToken);
        await session.Writer.DisposeAsync();
        await ledger.CheckAsync(store, ThreadCondition.Ok, ThreadCondition.Torn);
    }

    [Fact, Guarantee("FALT-04")]
    public async Task A_writer_works_again_when_the_full_disk_has_space()
    {
        using var home = new TempHome();
        var files = new FaultyFileSystem(PhysicalFileSystem.Instance);
        var ledger = new Ledger();
        await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = home.Cache }, files);
        var stored = await WorkSession.CreateAsync(store, Id(1), HistoryModes.Paginated, "a", line => ledger.Read(line));
        var waiting = await WorkSession.CreateAsync(store, Id(2), HistoryModes.Legacy, "b", line => ledger.Read(line));
        Assert.Null(await stored.AppendAsync(1, Durability.Flushed));
        Assert.Null(await waiting.AppendAsync(2, Durability.Buffered));

        files.Break(
            new Fault(1, Fault.NoSpace)
            {
                Only = DiskStep.Append,
                Part = 0.5,
                IsLasting = true,
            }
        );
        foreach (var durability in Enum.GetValues<Durability>())
            Assert.Equal(ThreadStoreErrorCode.ResourceExhausted, await stored.AppendAsync(2, durability));
        Assert.Equal(ThreadStoreErrorCode.ResourceExhausted, await CodeOfAsync(waiting.PersistAsync));
        Assert.Equal(ThreadStoreErrorCode.ResourceExhausted, await waiting.AppendAsync(1, Durability.Flushed));
        Assert.Equal([Id(1)], (await store.EverythingAsync()).Select(thread => thread.Id));
        files.Heal();

        foreach (var durability in Enum.GetValues<Durability>())
            Assert.Null(await stored.AppendAsync(2, durability));
        await waiting.PersistAsync();
        Assert.Null(await waiting.AppendAsync(1, Durability.Flushed));
        await stored.ShutDownAsync();
        await waiting.ShutDownAsync();
        await ledger.CheckAsync(store, ThreadCondition.Ok);
    }

    [Theory]
    [InlineData(HistoryModes.Legacy)]
    [InlineData(HistoryModes.Paginated)]
    public async Task A_batch_whose_rest_could_not_be_written_is_not_remembered(string historyMode)
    {
        using var home = new TempHome();
        var files = new FaultyFileSystem(PhysicalFileSystem.Instance);
        await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = home.Cache }, files);
        await using var writer = await store.CreateAsync(1, historyMode);
        await writer.AppendAsync(Writing.Items("a"), Writing.Stop);
        var batch = Writing.Items("a", "b") with { ExpectedOrdinal = 1, BatchId = Id(7).Value };

        files.Break(new Fault(1, Fault.NoSpace) { Only = DiskStep.Append, IsLasting = true });
        await Writing.RefusedAsync(ThreadStoreErrorCode.ResourceExhausted, async () => await writer.AppendAsync(batch, Writing.Stop));
        files.Heal();
        Assert.Equal(2, writer.NextOrdinal);

        for (var attempt = 0; attempt < 2; attempt++)
            Assert.Equal(new AppendReceipt(1, 2), await writer.AppendAsync(batch, Writing.Stop));
        Assert.Equal(["a", "b"], await store.StoredAsync(1));
    }

    static async Task<ThreadStoreErrorCode?> CodeOfAsync(Func<Task> action) =>
        (await Record.ExceptionAsync(action) as ThreadStoreException)?.Code;
}
