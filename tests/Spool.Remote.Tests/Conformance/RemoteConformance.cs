using Spool.Local.Tests;
using Spool.TestKit;
using Spool.Tests;

namespace Spool.Remote.Tests;

public sealed class RemoteInMemoryConformance : StoreConformanceTests<RemoteInMemoryHarness>;

public sealed class RemoteLocalConformance : StoreConformanceTests<RemoteLocalHarness>;

public sealed class RemoteInMemoryHarness() : RemoteHarness(new InMemoryHarness());

public sealed class RemoteLocalHarness() : RemoteHarness(new LocalHarness());
