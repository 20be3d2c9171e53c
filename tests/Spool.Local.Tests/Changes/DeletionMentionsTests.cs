using System.Diagnostics;
using System.Text;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What still names a deleted thread, or still has its text under another name, is in the receipt, whichever file it is.</summary>
public sealed class DeletionMentionsTests : IDisposable
{
    const string Secret = "zebra quartz";

    readonly TempHome _home = new();

    static string One => Id(1).ToString();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.DisposeWithForeignNames();

    [Theory]
    [InlineData("session_index.jsonl", "{\"id\":\"{2}\",\"thread_name\":\"follows {1}\"}")]
    [InlineData("session_index.jsonl", "junk {\"id\":\"{1}\"")]
    [InlineData("session_index.jsonl", "{\"id\":\"{2}\",\"thread_name\":\"follows {CAPITALS}\"}")]
    [InlineData("history.jsonl", "{\"session_id\":\"{2}\",\"ts\":1,\"text\":\"see {1}\"}")]
    [InlineData("config.toml", "# {1}")]
    [InlineData("notes/{1}.md", "about it")]
    [InlineData("AGENTS.md", "see {1}")]
    public async Task Every_file_that_still_names_the_thread_is_named(string file, string line)
    {
        string Filled(string text) =>
            text.Replace("{1}", One, StringComparison.Ordinal)
                .Replace("{2}", Id(2).ToString(), StringComparison.Ordinal)
                .Replace("{CAPITALS}", One.ToUpperInvariant(), StringComparison.Ordinal);
        var path = _home.Put(Legacy(1, Secret));
        var other = _home.Put(Legacy(2, "another thread"));
        new CodexDatabase(_home).Create().Add(Id(1), path, Secret).Add(Id(2), other, "another thread");
        _home.Write("session_index.jsonl", Encoding.UTF8.GetBytes($$"""{"id":"{{One}}","thread_name":"{{Secret}}"}""" + "\n"));
        File.AppendAllText(
            _home.Write(
                Filled(file),
                file.StartsWith("session", StringComparison.Ordinal) ? File.ReadAllBytes(Path.Combine(_home.Path, file)) : []
            ),
            Filled(line) + "\n"
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        var still = StillNaming();
        Assert.Equal([Filled(file)], still);
        Assert.Equal($"The file {Filled(file)}, which names the thread", Assert.Single(receipt.Left).What);
        Assert.Equal(1, receipt.Names);
    }

    [Fact]
    public async Task A_list_of_names_that_no_longer_names_the_thread_is_not_named()
    {
        _home.Put(Legacy(1, Secret));
        _home.Write(
            "session_index.jsonl",
            Encoding.UTF8.GetBytes($$"""{"id":"{{One}}","thread_name":"{{Secret}}"}{"id":"{{Id(2)}}","thread_name":"B"}""" + "\n")
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(StillNaming());
        Assert.Empty(receipt.Left);
    }

    [Theory]
    [InlineData("UPDATE threads SET title = 'follows {1}' WHERE id = '{2}'")]
    [InlineData("INSERT INTO thread_spawn_edges VALUES ('{1}', '{2}', 'open')")]
    [InlineData("CREATE TABLE logs (line TEXT); INSERT INTO logs VALUES ('thread {1} began')")]
    public async Task A_database_in_which_rows_of_others_name_the_thread_is_named(string sql)
    {
        var path = _home.Put(Legacy(1, Secret));
        var other = _home.Put(Legacy(2, "another thread"));
        var database = new CodexDatabase(_home).Create().Add(Id(1), path, Secret).Add(Id(2), other, "another thread");
        database.Execute(
            "DELETE FROM thread_spawn_edges; "
                + sql.Replace("{1}", One, StringComparison.Ordinal).Replace("{2}", Id(2).ToString(), StringComparison.Ordinal)
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(["state_5.sqlite"], StillNaming());
        Assert.Equal("Codex's database state_5.sqlite, which names the thread", Assert.Single(receipt.Left).What);
        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
    }

    [Theory]
    [InlineData("{\"text\":\"zebra quartz", true)]
    [InlineData("{\"text\":\"zebra quartz\",\"session_id\":\"01a2", true)]
    [InlineData("{\"text\":\"zebra quartz\",\"session_id\":", true)]
    [InlineData("{\"ts\":1,\"text\":\"zebra quartz\"\n{\"session_id\":\"{2}\",\"text\":\"other\"}", true)]
    [InlineData("{\"session_id\":\"01a2", false)]
    [InlineData("{\"session_i", false)]
    [InlineData("{\"session_id\":\"{2}\",\"ts\":1,\"text\":\"ot", false)]
    [InlineData("{\"ts\":1,\"text\":\"of nobody\"}", false)]
    [InlineData("no prompt at all", false)]
    public async Task A_prompt_that_was_cut_before_it_says_whose_it_is_stays_and_is_named(string line, bool isNamed)
    {
        _home.Put(Legacy(1, Secret));
        var text =
            $$"""{"session_id":"{{Id(2)}}","ts":1,"text":"other"}"""
            + "\n"
            + line.Replace("{2}", Id(2).ToString(), StringComparison.Ordinal);
        var history = _home.Write("history.jsonl", Encoding.UTF8.GetBytes(text));
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(text, File.ReadAllText(history));
        Assert.Equal(isNamed ? ["A line of history.jsonl, if it was a prompt of the thread"] : [], receipt.Left.Select(left => left.What));
    }

    [Theory]
    [InlineData("rollout", 1)]
    [InlineData("rollout", 2)]
    [InlineData("copy", 1)]
    [InlineData("copy in a folder that is not UTF-8", 1)]
    [InlineData("names", 1)]
    public async Task Text_that_stays_under_other_names_of_a_file_is_said(string what, int count)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Files have several names there.");
        var path = _home.Put(Legacy(1, Secret));
        var linked = what switch
        {
            "rollout" => path,
            "names" => _home.Write(
                "session_index.jsonl",
                Encoding.UTF8.GetBytes($$"""{"id":"{{One}}","thread_name":"{{Secret}}"}""" + "\n")
            ),
            _ => _home.Write("backup/copy", File.ReadAllBytes(path)),
        };
        for (var i = 0; i < count; i++)
            await RunAsync("ln", linked, Elsewhere(i));
        var place = Path.GetRelativePath(_home.Path, linked);
        if (what.Contains("UTF-8", StringComparison.Ordinal))
        {
            place = "backup/\\xE9/copy";
            await RunAsync(
                "sh",
                "-c",
                "mkdir \"$0\"/$(printf '\\351') && mv \"$0\"/copy \"$0\"/$(printf '\\351')/",
                Path.GetDirectoryName(linked)!
            );
        }
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        var left = Assert.Single(receipt.Left);
        Assert.Equal($"What was in {place}, under {(count == 1 ? "another name" : $"{count} other names")} (hard links)", left.What);
        Assert.Contains($"-inum {FileStat.IdentityOf(Elsewhere(0))!.Value.Inode}'", left.Why, StringComparison.Ordinal);
        Assert.Contains(Secret, File.ReadAllText(Elsewhere(0)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_names_in_the_home_of_one_file_go_and_nothing_is_said_of_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Files have several names there.");
        var path = _home.Put(Legacy(1, Secret));
        Directory.CreateDirectory(Path.Combine(_home.Path, "backup"));
        foreach (var name in (string[])["backup/one", "two", Path.GetRelativePath(_home.Path, path) + ".bak"])
            await RunAsync("ln", path, Path.Combine(_home.Path, name));
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(4, receipt.Removed.Count);
        Assert.Empty(receipt.Left);
    }

    [Fact]
    public async Task A_list_of_names_that_a_link_led_to_keeps_them_and_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links need rights elsewhere.");
        _home.Put(Legacy(1, Secret));
        File.WriteAllText(Elsewhere(0), $$"""{"id":"{{One}}","thread_name":"{{Secret}}"}""" + "\n");
        File.CreateSymbolicLink(Path.Combine(_home.Path, "session_index.jsonl"), Elsewhere(0));
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.StartsWith("The file that the link session_index.jsonl led to", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
        Assert.Contains(Secret, File.ReadAllText(Elsewhere(0)), StringComparison.Ordinal);
    }

    string Elsewhere(int number) => Path.Combine(Path.GetDirectoryName(_home.Path)!, $"elsewhere{number}");

    static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Stop);
        Assert.Equal(0, process.ExitCode);
    }

    // All files of the home, byte by byte, and their names; a lock stays for its next taker.
    List<string> StillNaming() =>
        [
            .. _home
                .Files()
                .Where(file => !file.StartsWith("thread-writer-locks/", StringComparison.Ordinal))
                .Where(file =>
                    (file + Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(_home.Path, file)))).Contains(
                        One,
                        StringComparison.OrdinalIgnoreCase
                    )
                )
                .Order(StringComparer.Ordinal),
        ];
}
