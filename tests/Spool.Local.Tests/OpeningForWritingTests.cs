using System.Text;
using Spool.TestKit;
using ZstdSharp;
using static Spool.Local.Tests.HomeBuilding;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>What opening a stored thread for writing does to its rollout, and what it refuses.</summary>
public sealed class OpeningForWritingTests : IDisposable
{
    static readonly DateTime LongAgo = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [Guarantee("LOCW-16")]
    [InlineData("{\"timestamp\":\"2026-11-22T16:48:43.120Z\",\"type\":\"event_m")]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("not an item")]
    public async Task An_incomplete_last_line_is_set_aside_and_the_thread_goes_on(string tail)
    {
        var whole = Paginated(1).ToSeed().ToLog();
        var path = _home.Put(Paginated(1));
        File.AppendAllText(path, tail);
        File.SetLastWriteTimeUtc(path, LongAgo);
        await using var store = _home.Open();
        var ordinal = whole.AsSpan().Count((byte)'\n');

        await using var writer = await store.ResumeAsync(1);

        Assert.Equal(ordinal, writer.NextOrdinal);
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.Equal(LongAgo, File.GetLastWriteTimeUtc(path));
        Assert.Equal(tail, File.ReadAllText($"{path}.torn-{whole.Length}"));
        await writer.AppendAsync(Items("next"), Stop);
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(Id(1), Stop))!.State);
    }

    [Fact]
    [Guarantee("LOCW-17")]
    public async Task A_whole_last_line_without_a_line_end_gets_one()
    {
        var whole = Legacy(1).ToSeed().ToLog();
        var path = _home.Put(Legacy(1));
        File.WriteAllBytes(path, whole[..^1]);
        File.SetLastWriteTimeUtc(path, LongAgo);
        await using var store = _home.Open();

        await using var writer = await store.ResumeAsync(1);

        Assert.Equal(whole.AsSpan().Count((byte)'\n'), writer.NextOrdinal);
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.Equal(LongAgo, File.GetLastWriteTimeUtc(path));
        Assert.Single(_home.Rollouts());
    }

    [Fact]
    [Guarantee("LOCW-18")]
    public async Task Two_different_ends_at_the_same_place_are_both_kept()
    {
        var path = _home.Put(Legacy(1));
        var length = new FileInfo(path).Length;
        await using var store = _home.Open();
        foreach (var tail in (string[])["first", "second", "second"])
        {
            File.AppendAllText(path, tail);
            await (await store.ResumeAsync(1)).DisposeAsync();
        }

        Assert.Equal("first", File.ReadAllText($"{path}.torn-{length}"));
        Assert.Equal("second", File.ReadAllText($"{path}.torn-{length}-2"));
        Assert.Equal(3, _home.Rollouts().Length);
    }

    [Fact]
    [Guarantee("LOCW-19")]
    public async Task A_compressed_rollout_becomes_a_plain_one()
    {
        var log = Paginated(1).ToSeed().ToLog();
        var path = PathOf(Id(1), At(1));
        using var compressor = new Compressor();
        File.SetLastWriteTimeUtc(_home.Write(path + ".zst", compressor.Wrap(log)), LongAgo);
        await using var store = _home.Open();

        await using (var writer = await store.ResumeAsync(1))
        {
            Assert.Equal([path], _home.Rollouts());
            Assert.Equal(LongAgo, File.GetLastWriteTimeUtc(Path.Combine(_home.Path, path)));
            await writer.AppendAsync(Items("next"), Stop);
        }

        Assert.StartsWith(Encoding.UTF8.GetString(log), _home.Text(path), StringComparison.Ordinal);
        Assert.Single(await store.EverythingAsync());
    }

    [Fact]
    [Guarantee("LOCW-20")]
    public async Task A_thread_that_cannot_be_written_is_refused_and_left_as_it_is()
    {
        _home.Put(Legacy(1));
        var archived = Legacy(2).ToSeed();
        _home.Write($"archived_sessions/{Path.GetFileName(PathOf(Id(2), At(2)))}", archived.ToLog());
        _home.Write(PathOf(Id(3), At(3)), "nothing that can be read\n"u8);
        _home.Write(PathOf(Id(4), At(4)), [.. Legacy(4).ToSeed().ToLog(), .. "garbage\n"u8]);
        var unknown = Encoding
            .UTF8.GetString(Paginated(5).ToSeed().ToLog())
            .Replace("\"paginated\"", "\"woven\"", StringComparison.Ordinal);
        _home.Write(PathOf(Id(5), At(5)), Encoding.UTF8.GetBytes(unknown));
        var before = _home.Rollouts().ToDictionary(path => path, _home.Text);
        await using var store = _home.Open();

        await RefusedAsync(ThreadStoreErrorCode.AlreadyExists, () => store.CreateAsync(1));
        await RefusedAsync(ThreadStoreErrorCode.AlreadyExists, () => store.CreateAsync(2));
        await RefusedAsync(ThreadStoreErrorCode.Archived, () => store.ResumeAsync(2));
        await RefusedAsync(ThreadStoreErrorCode.Corrupt, () => store.ResumeAsync(3));
        await RefusedAsync(ThreadStoreErrorCode.Corrupt, () => store.ResumeAsync(4));
        await RefusedAsync(ThreadStoreErrorCode.Unsupported, () => store.ResumeAsync(5));
        await RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.ResumeAsync(6));
        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await store.CreateAsync(new CreateRequest(Id(6), Meta(7).ToItem()), Stop)
        );
        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await store.CreateAsync(new CreateRequest(Id(6), Message("x")), Stop)
        );
        await RefusedAsync(
            ThreadStoreErrorCode.Unsupported,
            async () => await store.CreateAsync(new CreateRequest(Id(6), Meta(6, "woven").ToItem()), Stop)
        );

        Assert.Equal(before, _home.Rollouts().ToDictionary(path => path, _home.Text));
        Assert.Equal(
            ["thread-writer-locks/.coordination.lock"],
            _home.Files().Where(path => path.StartsWith("thread-", StringComparison.Ordinal))
        );
        await using var behind = await store.ResumeAsync(new ResumeRequest(Id(4)) { OnDamage = DamagedLog.AppendBehind }, Stop);
        await behind.AppendAsync(Items("next"), Stop);
        Assert.StartsWith(before[PathOf(Id(4), At(4))], _home.Text(PathOf(Id(4), At(4))), StringComparison.Ordinal);
    }

    [Fact]
    [Guarantee("LOCW-21")]
    public async Task A_home_on_a_network_file_system_is_read_and_not_written()
    {
        _home.Put(Legacy(1));
        await using var store = new PretendDisk { IsNetwork = true }.Open(_home);

        await RefusedAsync(ThreadStoreErrorCode.Unsupported, () => store.ResumeAsync(1));
        await RefusedAsync(ThreadStoreErrorCode.Unsupported, () => store.CreateAsync(2));

        Assert.NotNull(await store.FindAsync(Id(1), Stop));
        Assert.Single(_home.Files());
    }
}
