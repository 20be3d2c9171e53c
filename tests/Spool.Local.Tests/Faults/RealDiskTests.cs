using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>Disks that are really full, broken or read-only, mounted for the test.</summary>
public sealed class RealDiskTests : IDisposable
{
    readonly TempHome _home = new();
    readonly Ledger _ledger = new();

    public void Dispose() => _home.Dispose();

    [Fact, Guarantee("FALT-05")]
    public async Task On_a_disk_that_is_really_full_every_append_is_kept_or_refused_and_goes_on_when_there_is_space()
    {
        SmallDisk.Require();

        await RunAsync(
            """
            mkdir disk
            mount -t tmpfs -o size=1m tmpfs disk
            mkdir disk/home
            dd if=/dev/zero of=disk/ballast bs=64k count=5 status=none
            host fill --run a --home "$PWD/disk/home" --cache "$PWD/cache" --ballast "$PWD/disk/ballast"
            cp -a disk/home/. home/
            """
        );

        await CheckAsync(2, ThreadCondition.Ok);
    }

    [Fact, Guarantee("FALT-06")]
    public async Task On_a_disk_whose_fsync_really_fails_the_writer_is_lost_and_no_acknowledged_item_is()
    {
        SmallDisk.RequireLoopDevices();

        // The disk gets smaller than what lies on it, and large again. It is mounted anew in the end: only what is really on it counts.
        await RunAsync(
            """
            mkdir small disk
            mount -t tmpfs -o size=32m tmpfs small
            truncate -s 8M small/image
            mkfs.ext4 -q -O ^has_journal -b 1024 -N 256 small/image
            mount -o loop small/image disk
            device=$(findmnt -n -o SOURCE disk)
            mkdir disk/home
            host lose --run a --home "$PWD/disk/home" --cache "$PWD/cache" \
                --break "cp small/image small/saved && truncate -s 128K small/image && losetup -c $device" --mend "cat small/saved > small/image && losetup -c $device"
            umount disk
            mount -o loop small/image disk
            cp -a disk/home/. home/
            """
        );

        await CheckAsync(1, ThreadCondition.Ok);
    }

    [Fact, Guarantee("FALT-07")]
    public async Task A_home_that_is_really_read_only_can_be_read_and_refuses_to_be_written()
    {
        SmallDisk.Require();

        await RunAsync("host work --run a --home \"$PWD/home\" --cache \"$PWD/cache\" --workers 1 --steps 40 --seed 7");
        var before = HomeBytes.Of(_home.Path);
        await RunAsync(
            """
            mount --bind home home
            mount -o remount,bind,ro home
            host refused --run b --home "$PWD/home" --cache "$PWD/cache"
            """
        );

        Assert.Equal(before, HomeBytes.Of(_home.Path));
        await CheckAsync(_ledger.Threads.Count, ThreadCondition.Ok);
    }

    [Theory]
    [InlineData("mount -t tmpfs -o size=256k tmpfs disk")]
    [InlineData(
        "mount -t tmpfs -o size=16m tmpfs small && truncate -s 400K small/image && mkfs.ext4 -q -O ^has_journal -b 1024 small/image && mount -o loop small/image disk"
    )]
    public async Task When_the_disk_of_the_index_is_really_full_the_home_is_written_and_read_on(string mount)
    {
        if (mount.Contains("loop", StringComparison.Ordinal))
            SmallDisk.RequireLoopDevices();
        else
            SmallDisk.Require();

        await RunAsync(
            $$"""
            mkdir small disk
            {{mount}}
            mkdir disk/cache
            host work --run a --home "$PWD/home" --cache "$PWD/disk/cache" --workers 2 --steps 60 --seed 3
            dd if=/dev/zero of=disk/fill bs=512 2> fill || true
            host work --run b --home "$PWD/home" --cache "$PWD/disk/cache" --workers 2 --steps 60 --seed 4
            """
        );

        await CheckAsync(_ledger.Threads.Count, ThreadCondition.Ok);
    }

    const string Tmpfs = "mount -t tmpfs -o size=300k,nr_inodes=20 tmpfs disk";
    const string Ext4 =
        "mount -t tmpfs -o size=16m tmpfs small && truncate -s 600K small/image && mkfs.ext4 -q -O ^has_journal -b 1024 small/image && mount -o loop small/image disk";
    const string Bytes = "dd if=/dev/zero of=disk/fill bs=512 2> fill || true";
    const string Inodes = "i=0; while touch disk/fill$i 2> fill; do i=$((i+1)); done"; // no file can be made

    [Theory]
    [InlineData(Tmpfs, "", Bytes)]
    [InlineData(Tmpfs, "host crowd --run a --home \"$PWD/home\" --cache \"$PWD/disk/cache\" --rounds 1", Bytes)]
    [InlineData(
        Tmpfs,
        "host crowd --run a --home \"$PWD/home\" --cache \"$PWD/disk/cache\" --rounds 1",
        "rm -f disk/cache/index/*/*-journal; " + Bytes
    )]
    [InlineData(Tmpfs, "", Inodes)]
    [InlineData(
        Tmpfs,
        "host crowd --run a --home \"$PWD/home\" --cache \"$PWD/disk/cache\" --rounds 1",
        "rm -f disk/cache/index/*/*-journal; " + Inodes
    )]
    [InlineData(Ext4, "host crowd --run a --home \"$PWD/home\" --cache \"$PWD/disk/cache\" --rounds 1", Bytes)]
    public async Task Whoever_meets_the_full_disk_of_the_index_at_once_with_others_goes_on_in_memory_and_the_cache_is_named_as_full(
        string mount,
        string before,
        string fill
    )
    {
        if (mount == Ext4)
            SmallDisk.RequireLoopDevices();
        else
            SmallDisk.Require();

        var output = await RunAsync(
            $$"""
            mkdir small disk
            {{mount}}
            mkdir disk/cache
            {{before}}
            {{fill}}
            host crowd --run b --home "$PWD/home" --cache "$PWD/disk/cache" --rounds 4
            """
        );

        Assert.All(
            output.Where(line => line.StartsWith("notice ", StringComparison.Ordinal)),
            line => Assert.Contains("disk/cache has no space left.", line, StringComparison.Ordinal)
        );
        Assert.Equal(4, output.Count(line => line.StartsWith("notice ", StringComparison.Ordinal)));
        await CheckAsync(_ledger.Threads.Count, ThreadCondition.Ok);
    }

    [Theory]
    [InlineData(Bytes, "")]
    [InlineData("rm -f disk/cache/index/*/*-journal; " + Inodes, "")]
    [InlineData("mount -o remount,ro disk", "left The index in the cache folder as it was before: the folder cannot be written")]
    public async Task A_deletion_leaves_nothing_in_an_index_whose_disk_is_really_full_and_says_so_where_it_cannot_be_written(
        string block,
        string said
    )
    {
        SmallDisk.Require();
        _home.Put(HomeBuilding.Legacy(1, "the secret of one"));
        _home.Put(HomeBuilding.Legacy(2, "the secret of two"));

        var output = await RunAsync(
            $$"""
            mkdir disk
            {{Tmpfs}}
            mkdir disk/cache
            host delete --run a --home "$PWD/home" --cache "$PWD/disk/cache" --thread {{HomeBuilding.Id(2)}}
            echo "before $(grep -rl 'secret of one' disk/cache | wc -l) $(grep -rl 'secret of two' disk/cache | wc -l)"
            {{block}}
            host delete --run a --home "$PWD/home" --cache "$PWD/disk/cache" --thread {{HomeBuilding.Id(1)}}
            echo "after $(grep -rl 'secret of one' disk/cache | wc -l)"
            """
        );

        Assert.Contains("before 1 0", output);
        Assert.Contains(said.Length == 0 ? "after 0" : "after 1", output);
        Assert.Equal(said.Length == 0 ? [] : [said], output.Where(line => line.StartsWith("left ", StringComparison.Ordinal)));
    }

    async Task<IReadOnlyList<string>> RunAsync(string script)
    {
        using var host = SmallDisk.Start(_home, _ledger, script);
        var code = await host.EndAsync();
        if (code != 0)
            throw new InvalidOperationException($"The script ended with {code}: {string.Join(" | ", host.Other)}");
        Assert.Contains("done", host.Other);
        return [.. host.Other];
    }

    async Task CheckAsync(int threads, params ThreadCondition[] states)
    {
        await using var store = _home.Open(options => options with { CacheDirectory = _home.Cache + "-new" });
        Assert.Equal(threads, (await store.EverythingAsync()).Count);
        await _ledger.CheckAsync(store, states);
    }
}
