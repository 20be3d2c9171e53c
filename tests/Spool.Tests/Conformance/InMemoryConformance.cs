using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

public sealed class InMemoryFind : FindConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryEarlyLog : EarlyLogConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryList : ListConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryListPaging : ListPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryListFilter : ListFilterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryHistory : HistoryConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryTurn : TurnConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryItemPaging : ItemPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryPage : PageConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryDamagedThread : DamagedThreadConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryFork : ForkConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryCancellation : CancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryLifetime : LifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryOptionalService : OptionalServiceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryModel : ModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryWriter : WriterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryAppendIdempotence : AppendIdempotenceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryWriterExclusion : WriterExclusionConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryResume : ResumeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryRecording : RecordingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryWriterBadInput : WriterBadInputConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryMetadataChange : MetadataChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryArchive : ArchiveConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryForkChange : ForkChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryRevert : RevertConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryDelete : DeleteConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryWriterConcurrency : WriterConcurrencyConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryWriterCancellation : WriterCancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryWriterLifetime : WriterLifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryWriteModel : WriteModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new InMemoryHarness();
}

public sealed class InMemoryIsComplete
{
    [Fact]
    public void Every_suite_of_the_kit_runs_against_the_in_memory_store() =>
        ConformanceSuites.AssertComplete(typeof(InMemoryIsComplete).Assembly);

    [Fact]
    public void A_suite_that_nobody_derives_from_is_found_missing() =>
        Assert.Equal(ConformanceSuites.All, ConformanceSuites.MissingFrom(typeof(string).Assembly));

    [Fact]
    public void The_kit_knows_all_of_its_suites() =>
        Assert.Equal(
            typeof(ConformanceSuites)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(StoreConformanceTests)))
                .Select(type => type.Name)
                .Order(),
            ConformanceSuites.All.Select(suite => suite.Name).Order()
        );
}
