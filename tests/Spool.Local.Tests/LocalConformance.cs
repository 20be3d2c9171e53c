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

public sealed class LocalDamagedThread : DamagedThreadConformanceTests
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

public sealed class LocalIsComplete
{
    [Fact]
    public void Every_suite_of_the_kit_runs_against_the_local_store() => ConformanceSuites.AssertComplete(typeof(LocalIsComplete).Assembly);
}
