using Microsoft.Data.Sqlite;
using Spool;
using Spool.Storage;
using Spool.TestKit;

/// <summary>Every guarantee, against the store.</summary>
public sealed class SqliteLogStoreConforms : StoreConformanceTests<SqliteHarness>;

public sealed class SqliteHarness : ThreadStoreHarness
{
    readonly string _file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.db");
    readonly SqliteLogStore _first;

    public SqliteHarness() => _first = new SqliteLogStore(_file, new LogStoreOptions { MaxItemBytes = MaxItemBytes });

    public override int MaxItemBytes => 1024 * 1024;

    public override IReadOnlyList<StoreCapability> Capabilities { get; } =
    [
        StoreCapability.Has<IStoredBytes>(),
        StoreCapability.Has<IThreadCounts>(),
        StoreCapability.Has<IDeletionCheck>(),
        StoreCapability.Lacks<IRolloutPaths>("A thread is rows of a table and no file."),
        StoreCapability.Lacks<IIndexMaintenance>("There is no index: what is known of the logs is in memory."),
    ];

    public override ValueTask PutAsync(ThreadSeed seed) =>
        _first.PutAsync(
            seed.Id,
            seed.Lines,
            seed.Name,
            seed.Place == SeedPlace.Archived ? seed.CreatedAt.AddDays(1) : null,
            seed.End == SeedEnd.Torn
        );

    public override ValueTask<IThreadStore> OpenAsync() => new(new SqliteLogStore(_first));

    /// <summary>Opens another store over the same file, which shares nothing with the others: as another process would.</summary>
    public override ValueTask<IThreadStore> OpenAnotherProcessAsync() =>
        new(new SqliteLogStore(_file, new LogStoreOptions { MaxItemBytes = MaxItemBytes }));

    public override async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.EnumerateFiles(Path.GetTempPath(), Path.GetFileName(_file) + "*"))
            File.Delete(file);
        await base.DisposeAsync();
    }
}
