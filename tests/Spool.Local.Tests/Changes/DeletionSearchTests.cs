using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>A deletion finds what names the thread wherever in the home it is, under whatever name and however it is packed: it removes it, or says that it stays.</summary>
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
        database.Execute($"PRAGMA foreign_keys = OFF; UPDATE threads SET id = '{id}' WHERE id = '{Id(1)}'; UPDATE thread_dynamic_tools SET thread_id = '{id}' WHERE thread_id = '{Id(1)}'");
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

    static string DocumentOf(ThreadId thread, string space) =>
        $$"""{{{space}}"session":{{{space}}"timestamp":"2025-05-23T11:00:55.382Z","id":"{{thread}}","instructions":""},{{space}}"items":[{"type":"message","role":"user","content":[{"type":"input_text","text":"{{Secret}}"}]}, {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Done, and a line more."}]}]}""";

    static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
