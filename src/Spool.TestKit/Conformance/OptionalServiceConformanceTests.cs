using System.Text;
using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for optional abilities: they are declared truly, and where they are there they do what they say.</summary>
public class OptionalServiceConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>SERV-01.</summary>
    [Fact, Guarantee("SERV-01")]
    public void Every_optional_ability_is_declared_once() =>
        Assert.Equal(
            StoreAbility.All.Select(ability => ability.Name).Order(),
            Harness.Capabilities.Select(capability => capability.Ability?.Name).OfType<string>().Order()
        );

    /// <summary>SERV-02.</summary>
    [Fact, Guarantee("SERV-02")]
    public async Task A_declared_ability_is_there()
    {
        var store = await OpenAsync([]);

        foreach (var declared in Harness.Capabilities.Where(capability => capability.MissingBecause is null))
            Assert.IsAssignableFrom(declared.Ability!.Service, store.GetService(declared.Ability.Service));
    }

    /// <summary>SERV-03.</summary>
    [Fact, Guarantee("SERV-03")]
    public async Task An_ability_that_is_declared_missing_is_not_there()
    {
        var store = await OpenAsync([]);

        foreach (var missing in Harness.Capabilities.Where(capability => capability.MissingBecause is not null))
            Assert.True(missing.Ability is null || store.GetService(missing.Ability.Service) is null, $"{missing.Ability} is there.");
    }

    /// <summary>SERV-04.</summary>
    [Fact, Guarantee("SERV-04")]
    public async Task An_ability_that_nobody_knows_is_null()
    {
        var store = await OpenAsync([]);

        Assert.Null(store.GetService(typeof(IFormatProvider)));
        Assert.Throws<ArgumentNullException>(() => store.GetService(null!));
    }

    /// <summary>ABIL-01.</summary>
    [Fact, Guarantee("ABIL-01")]
    public async Task A_store_gives_itself_as_what_it_is()
    {
        var store = await OpenAsync([]);

        Assert.Same(store, store.GetService(store.GetType()));
        Assert.Same(store, store.GetService<IThreadStore>());
    }

    /// <summary>SERV-05.</summary>
    [Fact, Guarantee("SERV-05")]
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
    [Fact, Guarantee("SERV-06")]
    public async Task Stored_bytes_of_a_fork_are_its_whole_lineage_in_order()
    {
        var parent = SampleHome.Turns(1, 2);
        var shared = parent.Lines;
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Fork");
        var store = await OpenAsync([parent.Turn("Later").ToSeed(), fork.ToSeed()]);

        Assert.Equal(string.Join('\n', shared.Concat(fork.Lines).Texts()), await LogAsync(StoredBytesOf(store), SeedIds.Id(3)));
    }

    /// <summary>SERV-07.</summary>
    [Fact, Guarantee("SERV-07")]
    public async Task Stored_bytes_of_an_unknown_thread_are_not_found()
    {
        var store = await OpenAsync([]);
        var bytes = StoredBytesOf(store);

        await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, () => LogAsync(bytes, SeedIds.Id(1)));
    }

    /// <summary>SERV-08.</summary>
    [Fact, Guarantee("SERV-08")]
    public async Task Stored_bytes_of_a_broken_lineage_are_its_own_and_corrupt()
    {
        var fork = SampleHome.Turns(1, 1).Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Fork");
        var bytes = StoredBytesOf(await OpenAsync([fork.ToSeed()]));

        using var copy = new MemoryStream();
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.Corrupt,
            async () => await bytes.CopyLogAsync(SeedIds.Id(3), copy, Cancellation)
        );
        Assert.Equal(string.Join('\n', fork.Lines.Texts()), Encoding.Latin1.GetString(copy.ToArray()).TrimEnd('\n'));
    }

    /// <summary>SERV-09.</summary>
    [Fact, Guarantee("SERV-09")]
    public async Task Rollout_paths_name_the_files_that_exist_and_leave_out_what_does_not()
    {
        SkipUnlessDeclared<IRolloutPaths>();
        var store = await OpenAsync([SampleHome.Thread(1).ToSeed(), SampleHome.Thread(2).ToSeed(SeedPlace.Archived)]);
        var paths = Assert.IsType<IRolloutPaths>(store.GetService<IRolloutPaths>(), exactMatch: false);

        var found = await paths.LocateAsync([SeedIds.Id(1), SeedIds.Id(2), SeedIds.Id(9)], Cancellation);
        Assert.Equal([SeedIds.Id(1).ToString(), SeedIds.Id(2).ToString()], found.Keys.Select(id => id.ToString()).Order());
        Assert.All(found.Values, path => Assert.True(Path.IsPathFullyQualified(path) && File.Exists(path), path));
    }

    /// <summary>ABIL-02.</summary>
    [Fact, Guarantee("ABIL-02")]
    public async Task A_deletion_check_fails_as_the_deletion_would_and_removes_nothing()
    {
        SkipUnlessDeclared<IDeletionCheck>();
        var parent = SampleHome.Turns(1, 2);
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Fork");
        var (store, other) = (await OpenAsync([parent.ToSeed(), fork.ToSeed(), SampleHome.Thread(5).ToSeed()]), await OpenAsync([]));
        var check = Assert.IsType<IDeletionCheck>(store.GetService<IDeletionCheck>(), exactMatch: false);
        await using var writer = await other.ResumeAsync(SeedIds.Id(5), Cancellation);

        foreach (
            var (thread, code) in new[]
            {
                (1, ThreadStoreErrorCode.Referenced),
                (5, ThreadStoreErrorCode.HasWriter),
                (9, ThreadStoreErrorCode.NotFound),
            }
        )
        {
            var said = await StoreReading.RefusesAsync(
                code,
                async () => await check.RequireDeletableAsync(SeedIds.Id(thread), Cancellation)
            );
            var refused = await StoreReading.RefusesAsync(code, async () => await store.DeleteAsync(SeedIds.Id(thread), Cancellation));
            Assert.Equal((refused.Message, refused.Owner), (said.Message, said.Owner));
            Assert.Equal(refused.Forks, said.Forks);
        }
        await check.RequireDeletableAsync(SeedIds.Id(3), Cancellation);
        Assert.Equal(3, (await store.EverythingAsync(Cancellation)).Count);
    }

    /// <summary>ABIL-03.</summary>
    [Fact, Guarantee("ABIL-03")]
    public async Task An_index_that_is_made_again_shows_the_same_and_has_nothing_left_to_read()
    {
        SkipUnlessDeclared<IIndexMaintenance>();
        var store = await OpenAsync([.. Conditions(), SampleHome.Thread(8).ToSeed(SeedPlace.Archived, "Old")]);
        var index = Assert.IsType<IIndexMaintenance>(store.GetService<IIndexMaintenance>(), exactMatch: false);
        var before = await store.EverythingAsync(Cancellation);

        var status = await index.RebuildAsync(null, Cancellation);
        Assert.Equal((before.Count, 0, 0), (status.Threads, status.Pending, index.PendingAtLastLook));
        Assert.Equal(before, await store.EverythingAsync(Cancellation));
        Assert.Equal(status, await index.StatusAsync(Cancellation) with { SizeBytes = status.SizeBytes });
    }

    IStoredBytes StoredBytesOf(IThreadStore store)
    {
        SkipUnlessDeclared<IStoredBytes>();
        return Assert.IsType<IStoredBytes>(store.GetService<IStoredBytes>(), exactMatch: false);
    }

    void SkipUnlessDeclared<TService>()
    {
        if (
            Harness.Capabilities.FirstOrDefault(capability => capability.Ability?.Service == typeof(TService))?.MissingBecause is { } reason
        )
            Assert.Skip($"The store has no {typeof(TService).Name}: {reason}");
    }

    // Whether a line end follows the last line is a matter of the store.
    static async Task<string> LogAsync(IStoredBytes bytes, ThreadId threadId)
    {
        using var copy = new MemoryStream();
        await bytes.CopyLogAsync(threadId, copy, Cancellation);
        var log = Encoding.Latin1.GetString(copy.GetBuffer().AsSpan(0, (int)copy.Length));
        return log.EndsWith('\n') ? log[..^1] : log;
    }
}
