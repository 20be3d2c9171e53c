using System.Text;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for optional abilities: they are declared truly, and where they are there they do what they say.</summary>
public abstract class OptionalServiceConformanceTests : StoreConformanceTests
{
    /// <summary>SERV-01.</summary>
    [Fact, Trait("Guarantee", "SERV-01")]
    public void Every_optional_ability_is_declared_once() =>
        Assert.Equal(StoreCapability.All.Select(service => service.Name).Order(), Harness.Capabilities.Select(capability => capability.Service.Name).Order());

    /// <summary>SERV-02.</summary>
    [Fact, Trait("Guarantee", "SERV-02")]
    public async Task A_declared_ability_is_there()
    {
        var store = await OpenAsync([]);

        foreach (var declared in Harness.Capabilities.Where(capability => capability.MissingBecause is null))
            Assert.IsAssignableFrom(declared.Service, store.GetService(declared.Service));
    }

    /// <summary>SERV-03.</summary>
    [Fact, Trait("Guarantee", "SERV-03")]
    public async Task An_ability_that_is_declared_missing_is_not_there()
    {
        var store = await OpenAsync([]);

        foreach (var missing in Harness.Capabilities.Where(capability => capability.MissingBecause is not null))
            Assert.Null(store.GetService(missing.Service));
    }

    /// <summary>SERV-04.</summary>
    [Fact, Trait("Guarantee", "SERV-04")]
    public async Task An_ability_that_nobody_knows_is_null()
    {
        var store = await OpenAsync([]);

        Assert.Null(store.GetService(typeof(IFormatProvider)));
    }

    /// <summary>SERV-05.</summary>
    [Fact, Trait("Guarantee", "SERV-05")]
    public async Task Stored_bytes_are_the_lines_of_the_history()
    {
        ThreadSeed[] seeds =
        [
            SampleHome.Turns(1, 2).ToSeed(),
            SampleHome.Turns(2, 2).Rubbish([0xFF, 0x00, 0xFE]).Turn("After").ToSeed(SeedPlace.Archived),
            SampleHome.Turns(3, 1).Torn().ToSeed(),
            RolloutLines.Headless(SeedIds.Id(4), SeedIds.Epoch).ToSeed(),
        ];
        var store = await OpenAsync(seeds);
        var bytes = StoredBytesOf(store);

        foreach (var seed in seeds)
        {
            Assert.Equal(string.Join('\n', seed.Lines.Texts()), await LogAsync(bytes, seed.Id));
            Assert.Equal(string.Join('\n', (await store.HistoryAsync(seed.Id, Cancellation)).Texts()), await LogAsync(bytes, seed.Id));
        }
    }

    /// <summary>SERV-06.</summary>
    [Fact, Trait("Guarantee", "SERV-06")]
    public async Task Stored_bytes_of_a_fork_are_its_whole_lineage_in_order()
    {
        var parent = SampleHome.Turns(1, 2);
        var shared = parent.Lines;
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Fork");
        var store = await OpenAsync([parent.Turn("Later").ToSeed(), fork.ToSeed()]);

        Assert.Equal(string.Join('\n', shared.Concat(fork.Lines).Texts()), await LogAsync(StoredBytesOf(store), SeedIds.Id(3)));
    }

    /// <summary>SERV-07.</summary>
    [Fact, Trait("Guarantee", "SERV-07")]
    public async Task Stored_bytes_of_an_unknown_thread_are_not_found()
    {
        var store = await OpenAsync([]);
        var bytes = StoredBytesOf(store);

        await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, () => LogAsync(bytes, SeedIds.Id(1)));
    }

    /// <summary>SERV-08.</summary>
    [Fact, Trait("Guarantee", "SERV-08")]
    public async Task Stored_bytes_of_a_broken_lineage_are_its_own_and_corrupt()
    {
        var fork = SampleHome.Turns(1, 1).Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Fork");
        var bytes = StoredBytesOf(await OpenAsync([fork.ToSeed()]));

        using var copy = new MemoryStream();
        await StoreReading.RefusesAsync(ThreadStoreErrorCode.Corrupt, () => bytes.CopyLogAsync(SeedIds.Id(3), copy, Cancellation));
        Assert.Equal(string.Join('\n', fork.Lines.Texts()), Encoding.Latin1.GetString(copy.ToArray()).TrimEnd('\n'));
    }

    /// <summary>SERV-09.</summary>
    [Fact, Trait("Guarantee", "SERV-09")]
    public async Task Rollout_paths_name_the_files_that_exist_and_leave_out_what_does_not()
    {
        SkipUnlessDeclared<IRolloutPaths>();
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed(SeedPlace.Archived)]);
        var paths = Assert.IsAssignableFrom<IRolloutPaths>(store.GetService(typeof(IRolloutPaths)));

        var found = await paths.LocateAsync([SeedIds.Id(1), SeedIds.Id(2), SeedIds.Id(9)], Cancellation);
        Assert.Equal([SeedIds.Id(1).ToString(), SeedIds.Id(2).ToString()], found.Keys.Select(id => id.ToString()).Order());
        Assert.All(found.Values, path => Assert.True(Path.IsPathFullyQualified(path) && File.Exists(path), path));
    }

    IStoredBytes StoredBytesOf(IThreadStore store)
    {
        SkipUnlessDeclared<IStoredBytes>();
        return Assert.IsAssignableFrom<IStoredBytes>(store.GetService(typeof(IStoredBytes)));
    }

    void SkipUnlessDeclared<TService>()
    {
        if (Harness.Capabilities.FirstOrDefault(capability => capability.Service == typeof(TService))?.MissingBecause is { } reason)
            Assert.Skip($"The store has no {typeof(TService).Name}: {reason}");
    }

    // Whether a line end follows the last line is a matter of the store.
    static async Task<string> LogAsync(IStoredBytes bytes, ThreadId thread)
    {
        using var copy = new MemoryStream();
        await bytes.CopyLogAsync(thread, copy, Cancellation);
        var log = Encoding.Latin1.GetString(copy.GetBuffer().AsSpan(0, (int)copy.Length));
        return log.EndsWith('\n') ? log[..^1] : log;
    }
}
