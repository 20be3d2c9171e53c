using System.Diagnostics;
using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>One writer a thread, over all stores and processes.</summary>
public sealed class WriterLockTests : IDisposable
{
    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    string LockPath => Path.Combine(_home.Path, "thread-writer-locks", $"{HomeBuilding.Id(1)}.lock");

    [Fact]
    [Guarantee("LOCW-22")]
    public async Task A_second_writer_is_refused_and_told_who_the_first_is()
    {
        await using var one = _home.Open(options => options with { Program = "the first" });
        await using var other = _home.Open();
        var writer = await one.CreateAsync(1);

        foreach (var store in (IThreadStore[])[one, other])
        {
            var owner = (await RefusedAsync(ThreadStoreErrorCode.HasWriter, () => store.CreateAsync(1))).Owner!;
            Assert.Equal((Environment.MachineName, Environment.ProcessId, "the first"), (owner.Host, owner.ProcessId, owner.Program));
            Assert.NotNull(owner.Since);
        }
        await writer.DisposeAsync();

        Assert.False(File.Exists(LockPath));
        await (await other.CreateAsync(1)).DisposeAsync();
    }

    [Fact]
    [Guarantee("LOCW-23")]
    public async Task A_program_that_only_takes_the_lock_is_recognised()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LockPath)!);
        await File.WriteAllTextAsync(
            LockPath,
            """{"host":"elsewhere","pid":1,"program":"a dead one","since":"2026-01-01T00:00:00.000Z"}""",
            Stop
        );
        using var holder = Process.Start(
            new ProcessStartInfo("flock", ["-n", LockPath, "sh", "-c", "echo ready; read line"])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
            }
        )!;
        Assert.Equal("ready", await holder.StandardOutput.ReadLineAsync(Stop));
        await using var store = _home.Open();

        var owner = (await RefusedAsync(ThreadStoreErrorCode.HasWriter, () => store.CreateAsync(1))).Owner!;
        holder.StandardInput.Close();
        await holder.WaitForExitAsync(Stop);

        Assert.Equal((holder.Id, "flock"), (owner.ProcessId, owner.Program));
        await (await store.CreateAsync(1)).DisposeAsync();
    }

    [Fact]
    [Guarantee("LOCW-24")]
    public async Task What_a_process_that_died_left_behind_is_removed()
    {
        var unfinished = _home.Write($"sessions/2026/01/02/.rollout-2026-01-02T03-04-05-{HomeBuilding.Id(2)}.jsonl.new", "half"u8);
        var others = _home.Write($"sessions/2026/01/02/.rollout-2026-01-02T03-04-05-{HomeBuilding.Id(3)}.jsonl.new", "of one that lives"u8);
        var stale = _home.Write($"thread-writer-locks/{HomeBuilding.Id(2)}.lock", "{}"u8);
        await using var store = _home.Open();

        await (await store.CreateAsync(1)).DisposeAsync();

        Assert.False(File.Exists(unfinished));
        Assert.False(File.Exists(stale));
        Assert.True(File.Exists(others));
    }

    [Fact]
    [Guarantee("LOCW-25")]
    public async Task A_store_that_is_closed_shuts_its_writers_down()
    {
        var store = _home.Open();
        var writer = await store.CreateAsync(1);
        await writer.AppendAsync(Items("waits") with { Durability = Durability.Buffered }, Stop);

        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await writer.FlushAsync(cancellationToken: Stop));
        Assert.False(File.Exists(LockPath));
        await using var again = _home.Open();
        Assert.Equal(["waits"], await again.StoredAsync(1));
    }
}
