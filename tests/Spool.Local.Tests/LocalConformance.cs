using Spool.TestKit;

namespace Spool.Local.Tests;

public sealed class LocalConformance : StoreConformanceTests<LocalHarness>;
