using System.Globalization;
using System.Text;
using System.Text.Json;
using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>Stores threads as rollout files in a temporary home.</summary>
public sealed class LocalHarness : ThreadStoreHarness
{
    readonly TempHome _home = new();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public override IReadOnlyList<StoreCapability> Capabilities { get; } =
    [
        StoreCapability.Has<IStoredBytes>(),
        StoreCapability.Has<IRolloutPaths>(),
        StoreCapability.Has<IIndexMaintenance>(),
        StoreCapability.Has<IThreadCounts>(),
        StoreCapability.Has<IDeletionCheck>(),
    ];

    public override int MaxItemBytes => 64 * 1024 * 1024;

    public override ValueTask PutAsync(ThreadSeed seed)
    {
        foreach (var old in Directory.EnumerateFiles(_home.Path, $"rollout-*{seed.Id}.jsonl", SearchOption.AllDirectories).ToList())
            File.Delete(old);
        var time = seed.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH-mm-ss", CultureInfo.InvariantCulture);
        var folder =
            seed.Place == SeedPlace.Archived
                ? "archived_sessions"
                : "sessions/" + seed.CreatedAt.UtcDateTime.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture);
        _home.Write($"{folder}/rollout-{time}-{seed.Id}.jsonl", seed.ToLog());
        if (seed.Name is { } name)
        {
            var line =
                $$"""{"id":"{{seed.Id}}","thread_name":{{JsonSerializer.Serialize(name)}},"updated_at":"2026-11-22T16:48:40.640424787Z"}""";
            File.AppendAllText(Path.Combine(_home.Path, "session_index.jsonl"), line + "\n", new UTF8Encoding(false));
        }
        return ValueTask.CompletedTask;
    }

    public override ValueTask<IThreadStore> OpenAsync() => new(_home.Open(options => options with { Time = Time }));

    public override ValueTask DisposeAsync()
    {
        _home.Dispose();
        return base.DisposeAsync();
    }
}
