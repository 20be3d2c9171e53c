using System.Diagnostics;
using System.Text;
using static Spool.Local.Tests.HomeBuilding;
using static Spool.Local.Tests.Packing;

namespace Spool.Local.Tests;

/// <summary>A deletion finds what names the thread wherever in the home it is, under whatever name and however it is packed: it removes it,
/// or says that it stays.</summary>
public sealed class DeletionSearchTests : IDisposable
{
    const string Secret = "zebra quartz";

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("state_5.sqlite", "state_5.sqlite.bak")]
    [InlineData("state_5.sqlite", "state_5.sqlite-copy")]
    [InlineData("state_5.sqlite", "state_5.sqlite-wal.bak")]
    [InlineData("state_5.sqlite", "state_5.sqlite_old")]
    [InlineData("state_5.sqlite", "state_5 (1).sqlite")]
    [InlineData("state_5.sqlite", "backup/state_5.sqlite")]
    [InlineData("state_5.sqlite", "backup/state_5.sqlite-wal")]
    [InlineData("thread_history_1.sqlite", "thread_history_1.sqlite.corrupt")]
    [InlineData("logs_2.sqlite", "logs_2.sqlite~")]
    [InlineData("lock", "thread-writer-locks/{ID}.lock.bak")]
    [InlineData("lock", "thread-writer-locks/{ID}")]
    public async Task Only_what_belongs_to_a_database_or_a_lock_is_passed_over_and_not_what_begins_with_its_name(string of, string name)
    {
        var path = _home.Put(Legacy(1, Secret));
        new CodexDatabase(_home).Create().Add(Id(1), path, Secret);
        if (of.EndsWith(".sqlite", StringComparison.Ordinal) && of != "state_5.sqlite")
            File.Copy(Path.Combine(_home.Path, "state_5.sqlite"), Path.Combine(_home.Path, of));
        name = name.Replace("{ID}", Id(1).ToString(), StringComparison.Ordinal);
        var bytes = of == "lock" ? Encoding.UTF8.GetBytes($"of {Id(1)}") : File.ReadAllBytes(Path.Combine(_home.Path, of));
        var copy = _home.Write(name, bytes);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.StartsWith($"The file {name}, which names the thread", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(copy));
    }

    [Theory]
    [InlineData("state_5.sqlite")]
    [InlineData("history.jsonl")]
    public async Task Another_name_of_a_file_that_is_cleaned_where_it_is_is_not_said_to_name_the_thread(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Files have several names there.");
        var path = _home.Put(Legacy(1, Secret));
        new CodexDatabase(_home).Create().Add(Id(1), path, Secret);
        _home.Write("history.jsonl", Encoding.UTF8.GetBytes($"{{\"session_id\":\"{Id(1)}\",\"ts\":1,\"text\":\"{Secret}\"}}\n"));
        var link = Path.Combine(_home.Path, "another name");
        await Process.Start("ln", [Path.Combine(_home.Path, name), link]).WaitForExitAsync(Stop);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(receipt.Left);
        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(File.ReadAllBytes(link)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_whose_id_is_in_capitals_go_as_well(bool isMixed)
    {
        var path = _home.Put(Legacy(1, Secret));
        var database = new CodexDatabase(_home).Create().Add(Id(1), path, Secret).Add(Id(2), path, "other");
        var id = Id(1).ToString().ToUpperInvariant();
        id = isMixed ? id.Replace('A', 'a') : id;
        database.Execute(
            $"PRAGMA foreign_keys = OFF; UPDATE threads SET id = '{id}' WHERE id = '{Id(1)}'; UPDATE thread_dynamic_tools SET thread_id = '{id}' WHERE thread_id = '{Id(1)}'"
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(3, receipt.Rows);
        Assert.StartsWith($"id={Id(2)}", Assert.Single(database.Rows()), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(File.ReadAllBytes(database.FilePath)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sessions/rollout-2025-05-23-{ID}.json.bak", "whole", true)]
    [InlineData("sessions/rollout-2025-05-23-{ID} (1).json", "whole", true)]
    [InlineData("archived_copy.json", "in one line", true)]
    [InlineData("copy.gz", "gzip", true)]
    [InlineData("copy", "torn", true)]
    [InlineData("copy", "earlier", true)]
    [InlineData("copy", "with notes behind it", false)]
    [InlineData("copy", "with a member of the user's", false)]
    [InlineData("copy", "with an item of the user's", false)]
    [InlineData("copy", "of another thread", false)]
    public async Task Copies_of_a_document_are_copies_of_the_log_and_go(string name, string what, bool goes)
    {
        name = name.Replace("{ID}", Id(1).ToString(), StringComparison.Ordinal);
        var document = DocumentOf(Id(1), "\n    ");
        _home.Write($"sessions/rollout-2025-05-23-{Id(1)}.json", Encoding.UTF8.GetBytes(document));
        var copy = what switch
        {
            "in one line" => DocumentOf(Id(1), ""),
            "torn" => document[..^30],
            "earlier" => document[..document.IndexOf(", {", StringComparison.Ordinal)] + "]}",
            "with notes behind it" => document + "\nmy notes\n",
            "with a member of the user's" => document[..^1] + ",\"my\":\"note\"}",
            "with an item of the user's" => document[..^2] + ",\"my note\"]}",
            "of another thread" => DocumentOf(Id(2), "") + Id(1),
            _ => document,
        };
        var bytes = Encoding.UTF8.GetBytes(copy);
        _home.Write(name, what == "gzip" ? Gzip(bytes) : bytes);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(goes, receipt.Removed.Contains(name));
        Assert.Equal(!goes, File.Exists(Path.Combine(_home.Path, name)));
        Assert.Equal(goes ? 0 : 1, receipt.Left.Count(left => left.What.Contains(name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("A in gzip in gzip", "goes")]
    [InlineData("A in gzip in zstd", "goes")]
    [InlineData("A in zstd behind a frame to be passed over", "goes")]
    [InlineData("A and B in gzip in gzip", "names")]
    [InlineData("A in zlib", "names")]
    [InlineData("A in gzip in zip", "names")]
    [InlineData("A in gzip in tar", "names")]
    [InlineData("A in gzip in tar in gzip", "names")]
    [InlineData("A in zip in tar", "names")]
    [InlineData("A in zip in zip", "names")]
    [InlineData("a tar and A behind it", "names")]
    [InlineData("A in gzip, and notes behind it", "names")]
    [InlineData("A in gzip, and two letters behind it", "names")]
    [InlineData("A in gzip, and a letter behind it", "names")]
    [InlineData("A in gzip, and many notes behind it", "names")]
    [InlineData("A in gzip, and what begins as gzip does", "names")]
    [InlineData("A in gzip, and notes in gzip", "names")]
    [InlineData("A in gzip, and B in gzip", "names")]
    [InlineData("notes in gzip, and A in gzip", "names")]
    [InlineData("A in gzip in gzip, and notes behind the inner one", "names")]
    [InlineData("A in zstd, and notes behind it", "names")]
    [InlineData("A in zstd, and notes in zstd", "names")]
    [InlineData("much of A in zstd, cut", "names")]
    [InlineData("A in gzip, in two members", "goes")]
    [InlineData("A in gzip, and an empty member", "goes")]
    [InlineData("A in zstd, in two frames", "goes")]
    [InlineData("A in gzip, cut in its sum", "goes")]
    [InlineData("A in gzip, cut by 20 bytes", "goes")]
    [InlineData("much of A in gzip, cut in the middle", "goes")]
    [InlineData("A in gzip, of which nothing is left", "nothing")]
    [InlineData("the first byte of A", "nothing")]
    [InlineData("the beginning of A before its id", "nothing")]
    [InlineData("the beginning of A with its id", "names")]
    [InlineData("A in gzip five times over", "unknown")]
    [InlineData("lz4", "unknown")]
    [InlineData("rar", "unknown")]
    [InlineData("lzma", "unknown")]
    [InlineData("compress", "unknown")]
    [InlineData("lzip", "unknown")]
    [InlineData("B in gzip in gzip", "nothing")]
    [InlineData("B in gzip in tar", "nothing")]
    [InlineData("a text that begins as zlib does", "nothing")]
    [InlineData("a text with the mark of a tar", "nothing")]
    [InlineData("a picture", "nothing")]
    public async Task What_is_packed_is_looked_into_or_named(string what, string becomes)
    {
        _home.Put(Legacy(1, "of A"));
        _home.Put(Legacy(2, "of B"));
        byte[] a = Legacy(1, "of A").ToSeed().ToLog(),
            b = Legacy(2, "of B").ToSeed().ToLog(),
            noise = [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * 7919 >> 3))];
        var much = what.StartsWith("much", StringComparison.Ordinal)
            ? Enumerable
                .Range(0, 1000)
                .Aggregate(Legacy(1, "of A"), (log, turn) => log.Turn($"turn {turn * 7919L % 1000003} of A"))
                .ToSeed()
                .ToLog()
            : a;
        byte[] bytes = what switch
        {
            "A in gzip in gzip" => Gzip(Gzip(a)),
            "A in gzip in zstd" => Zstd(Gzip(a)),
            "A in zstd behind a frame to be passed over" => [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, .. "abcd"u8, .. Zstd(a)],
            "A and B in gzip in gzip" => Gzip(Gzip([.. a, .. b])),
            "A in zlib" => Zlib(a),
            "A in gzip in zip" => Zip(Gzip(a)),
            "A in gzip in tar" => Tar(Gzip(a)),
            "A in gzip in tar in gzip" => Gzip(Tar(Gzip(a))),
            "A in zip in tar" => Tar(Zip(a)),
            "A in zip in zip" => Zip(Zip(a)),
            "a tar and A behind it" => [.. Tar(b), .. a],
            "A in gzip, and notes behind it" => [.. Gzip(a), .. "my own notes\n"u8],
            "A in gzip, and two letters behind it" => [.. Gzip(a), .. "me"u8],
            "A in gzip, and a letter behind it" => [.. Gzip(a), .. "m"u8],
            "A in gzip, and many notes behind it" =>
            [
                .. Gzip(a),
                .. noise,
                .. noise,
                .. noise,
                .. noise,
                .. noise,
                .. noise,
                .. noise,
                .. noise,
                .. noise,
            ],
            "A in gzip, and what begins as gzip does" => [.. Gzip(a), 0x1f, 0x8b, .. noise],
            "A in gzip, and notes in gzip" => [.. Gzip(a), .. Gzip("my own notes\n"u8.ToArray())],
            "A in gzip, and B in gzip" => [.. Gzip(a), .. Gzip(b)],
            "notes in gzip, and A in gzip" => [.. Gzip("my own notes\n"u8.ToArray()), .. Gzip(a)],
            "A in gzip in gzip, and notes behind the inner one" => Gzip([.. Gzip(a), .. "my own notes\n"u8]),
            "A in zstd, and notes behind it" => [.. Zstd(a), .. "my own notes\n"u8],
            "A in zstd, and notes in zstd" => [.. Zstd(a), .. Zstd("my own notes\n"u8.ToArray())],
            "much of A in zstd, cut" => Zstd(much)[..^20],
            "A in gzip, in two members" => [.. Gzip(a[..100]), .. Gzip(a[100..])],
            "A in gzip, and an empty member" => [.. Gzip(a), .. Gzip([])],
            "A in zstd, in two frames" => [.. Zstd(a[..100]), .. Zstd(a[100..])],
            "A in gzip, cut in its sum" => Gzip(a)[..^5],
            "A in gzip, cut by 20 bytes" => Gzip(a)[..^20],
            "much of A in gzip, cut in the middle" => Gzip(much)[..(Gzip(much).Length / 2)],
            "A in gzip, of which nothing is left" => Gzip(a)[..12],
            "the first byte of A" => a[..1],
            "the beginning of A before its id" => a[..30],
            "the beginning of A with its id" => a[..(a.AsSpan().IndexOf((byte)'\n') - 5)],
            "A in gzip five times over" => Gzip(Gzip(Gzip(Gzip(Gzip(a))))),
            "lz4" => [0x04, 0x22, 0x4d, 0x18, .. noise],
            "rar" => [.. "Rar!"u8, 0x1a, 0x07, 0x01, 0, .. noise],
            "lzma" => [0x5d, 0, 0, 0x80, 0, 0xff, .. noise],
            "compress" => [0x1f, 0x9d, 0x90, .. noise],
            "lzip" => [.. "LZIP"u8, 1, .. noise],
            "B in gzip in gzip" => Gzip(Gzip(b)),
            "B in gzip in tar" => Tar(Gzip(b)),
            "a text that begins as zlib does" => [.. "x^2 + y^2 = z^2\n"u8, .. b],
            "a text with the mark of a tar" => [.. Encoding.ASCII.GetBytes(new string(' ', 257)), .. "ustar and other programs"u8, .. b],
            _ => [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. noise],
        };
        var file = _home.Write("backup/mine", bytes);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(becomes == "goes", !File.Exists(file));
        string[] left = becomes switch
        {
            "names" => ["The file backup/mine, which names the thread"],
            "unknown" => ["What the file backup/mine holds of the thread, if anything"],
            _ => [],
        };
        Assert.Equal(left, receipt.Left.Select(left => left.What));
    }

    static string DocumentOf(ThreadId threadId, string space) =>
        $$"""{{{space}}"session":{{{space}}"timestamp":"2025-05-23T11:00:55.382Z","id":"{{threadId}}","instructions":""},{{space}}"items":[{"type":"message","role":"user","content":[{"type":"input_text","text":"{{Secret}}"}]}, {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Done, and a line more."}]}]}""";
}
