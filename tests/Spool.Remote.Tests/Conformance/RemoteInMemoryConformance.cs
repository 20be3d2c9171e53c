using Spool.TestKit;
using Spool.Tests;

namespace Spool.Remote.Tests;

public sealed class RemoteInMemoryFind : FindConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryEarlyLog : EarlyLogConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryList : ListConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryListPaging : ListPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryListFilter : ListFilterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryHistory : HistoryConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryTurn : TurnConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryItemPaging : ItemPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryPage : PageConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryDamagedThread : DamagedThreadConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryFork : ForkConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryCancellation : CancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryLifetime : LifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryOptionalService : OptionalServiceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryModel : ModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryWriter : WriterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryAppendIdempotence : AppendIdempotenceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryWriterExclusion : WriterExclusionConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryResume : ResumeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryRecording : RecordingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryWriterBadInput : WriterBadInputConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryMetadataChange : MetadataChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryArchive : ArchiveConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryForkChange : ForkChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryRevert : RevertConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryDelete : DeleteConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryWriterConcurrency : WriterConcurrencyConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryWriterCancellation : WriterCancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryWriterLifetime : WriterLifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}

public sealed class RemoteInMemoryWriteModel : WriteModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new InMemoryHarness());
}
