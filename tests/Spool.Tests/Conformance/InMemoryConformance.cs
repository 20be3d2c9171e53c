using Spool.TestKit;

namespace Spool.Tests;

public sealed class InMemoryConformance : StoreConformanceTests<InMemoryHarness>;
