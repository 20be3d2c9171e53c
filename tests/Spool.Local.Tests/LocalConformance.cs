using Spool.TestKit;

namespace Spool.Local.Tests;

public sealed class LocalFind : FindConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalList : ListConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalListPaging : ListPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalListFilter : ListFilterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalHistory : HistoryConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalTurn : TurnConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalItemPaging : ItemPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalPage : PageConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalDamagedThread : DamagedThreadConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalEarlyLog : EarlyLogConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalFork : ForkConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalCancellation : CancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalLifetime : LifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalOptionalService : OptionalServiceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalModel : ModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalWriter : WriterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalAppendIdempotence : AppendIdempotenceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalWriterExclusion : WriterExclusionConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalResume : ResumeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalRecording : RecordingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalWriterBadInput : WriterBadInputConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalMetadataChange : MetadataChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalArchive : ArchiveConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalForkChange : ForkChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalRevert : RevertConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalDelete : DeleteConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalWriterConcurrency : WriterConcurrencyConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalWriterCancellation : WriterCancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalWriterLifetime : WriterLifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalWriteModel : WriteModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new LocalHarness();
}

public sealed class LocalIsComplete
{
    [Fact]
    public void Every_suite_of_the_kit_runs_against_the_local_store() => ConformanceSuites.AssertComplete(typeof(LocalIsComplete).Assembly);
}
