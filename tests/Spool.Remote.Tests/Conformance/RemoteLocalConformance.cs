using Spool.Local.Tests;
using Spool.TestKit;

namespace Spool.Remote.Tests;

public sealed class RemoteLocalFind : FindConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalEarlyLog : EarlyLogConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalList : ListConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalListPaging : ListPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalListFilter : ListFilterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalHistory : HistoryConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalTurn : TurnConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalItemPaging : ItemPagingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalPage : PageConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalDamagedThread : DamagedThreadConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalFork : ForkConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalCancellation : CancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalLifetime : LifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalOptionalService : OptionalServiceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalModel : ModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalWriter : WriterConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalAppendIdempotence : AppendIdempotenceConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalWriterExclusion : WriterExclusionConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalResume : ResumeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalRecording : RecordingConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalWriterBadInput : WriterBadInputConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalMetadataChange : MetadataChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalArchive : ArchiveConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalForkChange : ForkChangeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalRevert : RevertConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalDelete : DeleteConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalWriterConcurrency : WriterConcurrencyConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalWriterCancellation : WriterCancellationConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalWriterLifetime : WriterLifetimeConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}

public sealed class RemoteLocalWriteModel : WriteModelConformanceTests
{
    protected override ThreadStoreHarness CreateHarness() => new RemoteHarness(new LocalHarness());
}
