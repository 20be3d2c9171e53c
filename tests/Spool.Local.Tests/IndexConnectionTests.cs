using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>How often an index is open.</summary>
public sealed class IndexConnectionTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task However_many_ask_at_once_the_index_is_open_a_few_times_and_stays_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are counted as Linux tells them.");
        for (var thread = 1; thread <= 40; thread++)
            _home.Put(Paginated(thread, "one of many"));
        await using var store = _home.Open(options => options with { ReconcileInterval = TimeSpan.FromMinutes(5) });

        // All of them come before the first look at the home is over, and wait for it.
        var found = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => store.FindAsync(Id(1 + i % 40), Stop).AsTask()));

        Assert.All(found, thread => Assert.Equal("one of many", thread!.Preview));
        Assert.InRange(OpenIndexFiles(), 1, 3 * 16);
    }

    int OpenIndexFiles() =>
        Directory
            .EnumerateFileSystemEntries("/proc/self/fd")
            .Select(entry => new FileInfo(entry).LinkTarget)
            .Count(target => target?.StartsWith(_home.Cache, StringComparison.Ordinal) == true);
}
