using System.IO.Compression;
using System.Text;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;
using static Spool.Local.Tests.Packing;

namespace Spool.Local.Tests;

/// <summary>No name hides a copy from a deletion, that of a rollout of another thread least of all.</summary>
public sealed class DeletionNamesTests : IDisposable
{
    const string Secret = "zebra quartz";

    // {9} is the id of a thread that there is not, another one in each name.
    static readonly string[] Names =
    [
        "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}.jsonl",
        "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}.jsonl.zst",
        "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}_{9}.jsonl",
        "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9} (1).jsonl",
        "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{9}.JSONL",
        "sessions/2026/01/02/Rollout-2026-01-02T03-04-05-{9}.jsonl",
        "sessions/2026/01/02/rollout-2026-01-02T03-04-05-{CAPITALS}.jsonl",
        "sessions/2026/01/02/rollout-n{n}.jsonl",
        "sessions/2026/01/02/rollout-n{n}.jsonl.zst",
        "sessions/rollout-2025-05-23-{9}.json",
        "sessions/rollout-2025-05-23-{9}.jsonl",
        "archived_sessions/rollout-2026-01-02T03-04-05-{9}.jsonl",
        "archived_sessions/rollout-2026-01-02T03-04-05-{9}.jsonl.zst",
        "archived_sessions/rollout-2025-05-23-{9}.json",
        "backup/rollout-2026-01-02T03-04-05-{9}.jsonl",
        "backup/rollout-2025-05-23-{9}.json",
        "backup/n{n}.jsonl.zst",
        "n{n}",
    ];

    static readonly string[] Copies = ["A", "A in gzip", "A in zstd", "A in gzip in zstd", "A in two frames"];

    static readonly string[] Others =
    [
        "B then A",
        "B in zstd then A in zstd",
        "A then B",
        "A and B in gzip",
        "garbage then A",
        "zeros then A",
        "spaces then A",
        "a line end then A",
        "another first byte",
        "A then garbage",
        "A in zstd, and a cut frame",
        "A in gzip, and a cut member",
        "A in zstd, cut",
        "A in zlib",
        "A in zip",
        "A in tar",
        "A in gzip in tar",
        "A in UTF-16",
        "A on one line",
        "A with CRLF",
        "A behind the mark of UTF-8",
    ];

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Under_every_name_a_file_with_the_text_of_the_thread_is_removed_or_named(bool isListedBefore)
    {
        byte[] a = Legacy(1, Secret).ToSeed().ToLog(),
            b = Legacy(2, "another thread").ToSeed().ToLog();
        var path = _home.Put(Legacy(1, Secret));
        _home.Put(Legacy(2, "another thread"));
        var copies = new List<string>();
        var number = 100;
        foreach (var name in Names)
        {
            foreach (var what in (string[])[.. Copies, .. Others])
            {
                var id = Id(++number).ToString();
                var place = name.Replace("{9}", id, StringComparison.Ordinal)
                    .Replace("{CAPITALS}", id.ToUpperInvariant(), StringComparison.Ordinal)
                    .Replace("{n}", $"{number}", StringComparison.Ordinal);
                _home.Write(place, Made(what, a, b));
                if (Copies.Contains(what))
                    copies.Add(place);
            }
        }
        if (isListedBefore)
            await _home.EverythingAsync();
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.False(File.Exists(path));
        Assert.Empty(copies.Except(receipt.Removed));
        var silent = _home
            .Files()
            .Where(HasText)
            .Where(file => !receipt.Left.Any(left => left.What.Contains($" {file}", StringComparison.Ordinal)));
        Assert.Empty(silent);
        Assert.DoesNotContain(receipt.Removed, file => File.Exists(Path.Combine(_home.Path, file)));
        Assert.Contains(await store.EverythingAsync(), thread => thread.Id == Id(2) && thread.State == ThreadCondition.Ok);
    }

    [Theory]
    [InlineData("rollout-2026-01-02T03-04-05-{9}.jsonl.zst")]
    [InlineData("rollout-x.jsonl.zst")]
    public async Task A_copy_that_is_listed_as_another_thread_goes_from_the_list_too_when_it_is_all_that_is_left(string name)
    {
        var copy = _home.Write(
            "sessions/2026/01/02/" + name.Replace("{9}", Id(9).ToString(), StringComparison.Ordinal),
            Legacy(1, Secret).ToSeed().ToLog()
        );
        await using var store = _home.Open();
        Assert.Equal(ThreadCondition.Unreadable, Assert.Single(await store.EverythingAsync()).State);

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal([Path.GetRelativePath(_home.Path, copy)], receipt.Removed);
        Assert.False(File.Exists(copy));
        Assert.Empty(await store.EverythingAsync());
    }

    [Fact]
    public async Task Whole_logs_of_other_threads_that_mention_it_are_not_said_to_be_left()
    {
        _home.Put(Legacy(1, Secret));
        _home.Put(Legacy(2, $"see {Id(1)}"));
        byte[] head = RolloutLines.From(new RolloutHead(Id(3), At(3)) { ForkedFrom = Id(1) }).ToSeed().ToLog();
        var fork = _home.Write(PathOf(Id(3), At(3)), [.. head, .. Legacy(1, Secret).ToSeed().ToLog()]);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(receipt.Left);
        Assert.Single(receipt.Removed);
        Assert.True(File.Exists(fork));
    }

    static byte[] Made(string what, byte[] a, byte[] b) =>
        what switch
        {
            "A in gzip" => Gzip(a),
            "A in zstd" => Zstd(a),
            "A in gzip in zstd" => Zstd(Gzip(a)),
            "A in two frames" => [.. Zstd(a[..100]), .. Zstd(a[100..])],
            "B then A" => [.. b, .. a],
            "B in zstd then A in zstd" => [.. Zstd(b), .. Zstd(a)],
            "A then B" => [.. a, .. b],
            "A and B in gzip" => Gzip([.. a, .. b]),
            "garbage then A" => [.. "garbage\n"u8, .. a],
            "zeros then A" => [.. new byte[300], .. a],
            "spaces then A" => [.. "   "u8, .. a],
            "a line end then A" => [.. "\n"u8, .. a],
            "another first byte" => [.. "@"u8, .. a[1..]],
            "A then garbage" => [.. a, .. "garbage\n"u8],
            "A in zstd, and a cut frame" => [.. Zstd(a), .. Zstd(a)[..^9]],
            "A in gzip, and a cut member" => [.. Gzip(a), .. Gzip(a)[..^9]],
            "A in zstd, cut" => Zstd([.. a, .. a])[..^3],
            "A in zlib" => Zlib(a),
            "A in zip" => Zip(a),
            "A in tar" => Tar(a),
            "A in gzip in tar" => Tar(Gzip(a)),
            "A in UTF-16" => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(a)),
            "A on one line" => [.. a.Where(c => c != (byte)'\n')],
            "A with CRLF" => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(a).Replace("\n", "\r\n", StringComparison.Ordinal)),
            "A behind the mark of UTF-8" => [.. "\ufeff"u8, .. a],
            _ => a,
        };

    bool HasText(string file)
    {
        var layers = new List<byte[]> { File.ReadAllBytes(Path.Combine(_home.Path, file)) };
        for (var i = 0; i < layers.Count && layers.Count < 100; i++)
        {
            var bytes = layers[i];
            if (Encoding.Latin1.GetString(bytes).Replace("\0", "", StringComparison.Ordinal).Contains(Secret, StringComparison.Ordinal))
                return true;
            // Wherever something packed may begin: in archives, and behind other things.
            for (var at = 0; at + 4 < bytes.Length; at++)
            {
                var here = bytes.AsSpan(at);
                if (here.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]))
                    layers.Add(Unpacked(bytes, at, stream => new GZipStream(stream, CompressionMode.Decompress)));
                else if (here.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
                    layers.Add(Unpacked(bytes, at, stream => new ZstdSharp.DecompressionStream(stream)));
                else if (here.StartsWith("PK\u0003\u0004"u8))
                    layers.Add(
                        Unpacked(bytes, at + 30 + here[26] + here[28], stream => new DeflateStream(stream, CompressionMode.Decompress))
                    );
                else if (at == 0 && here[0] == 0x78)
                    layers.Add(Unpacked(bytes, at, stream => new ZLibStream(stream, CompressionMode.Decompress)));
            }
        }
        return false;
    }

    // As far as it goes.
    static byte[] Unpacked(byte[] bytes, int at, Func<Stream, Stream> open)
    {
        using var result = new MemoryStream();
        try
        {
            using var stream = open(new MemoryStream(bytes, at, bytes.Length - at));
            for (var next = stream.ReadByte(); next >= 0; next = stream.ReadByte())
                result.WriteByte((byte)next);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            // What came before the damage is looked at.
        }
        return result.ToArray();
    }
}
