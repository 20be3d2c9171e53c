using System.Diagnostics;
using System.Text;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What a deletion does not look into it names in the receipt: nothing is passed over in silence.</summary>
public sealed class DeletionSkipsTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static byte[] Log => Legacy(1, "of A").ToSeed().ToLog();

    string Elsewhere => _home.Cache + "-elsewhere";

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(".git/", "a working copy of git")]
    [InlineData(".git", "a working copy of git")]
    [InlineData(".hg/", "a working copy of Mercurial")]
    [InlineData(".svn/", "a working copy of Subversion")]
    [InlineData(".jj/", "a working copy of Jujutsu")]
    [InlineData(".bzr/", "a working copy of Bazaar")]
    [InlineData("_darcs/", "a working copy of Darcs")]
    [InlineData("HEAD objects/ refs/", "a repository of git")]
    public async Task A_working_copy_in_the_home_is_named_once(string marks, string kind)
    {
        foreach (var mark in marks.Split(' '))
            _home.Write(mark.EndsWith('/') ? $"deep/work/{mark}file" : $"deep/work/{mark}", "gitdir: /somewhere"u8);
        var copy = _home.Write("deep/work/copy.jsonl", Log);
        _home.Write("deep/work/inner/copy.jsonl", Log);

        var left = Assert.Single((await DeleteAsync()).Left);

        Assert.Equal(
            $"What deep/work holds of the thread, if anything: left, because it is {kind}, which is not looked through; look for copies in it and in its history.",
            left.ToString()
        );
        Assert.True(File.Exists(copy));
    }

    [Fact]
    public async Task A_link_to_a_folder_elsewhere_is_named_and_one_to_a_folder_of_the_home_is_not()
    {
        Directory.CreateDirectory(Elsewhere);
        var copy = Path.Combine(Elsewhere, "copy.jsonl");
        File.WriteAllBytes(copy, Log);
        _home.Write("mine/copy.jsonl", Log);
        Link("outlink", Elsewhere);
        Link("inlink", Path.Combine(_home.Path, "mine"));
        Link("nowhere", Elsewhere + "-gone");

        var receipt = await DeleteAsync();

        Assert.Equal(
            "What outlink holds of the thread, if anything: left, because it is a link to another place, which is not looked through; look for copies there.",
            Assert.Single(receipt.Left).ToString()
        );
        Assert.Contains("mine/copy.jsonl", receipt.Removed);
        Assert.True(File.Exists(copy));
    }

    [Fact]
    public async Task A_link_to_a_file_elsewhere_is_named_when_the_file_names_the_thread()
    {
        Directory.CreateDirectory(Elsewhere);
        var copy = Path.Combine(Elsewhere, "copy.jsonl");
        File.WriteAllBytes(copy, Log);
        File.WriteAllText(Path.Combine(Elsewhere, "AGENTS.md"), "a setting");
        Link("backup.jsonl", copy);
        Link("AGENTS.md", Path.Combine(Elsewhere, "AGENTS.md"));
        Link("sessions/one.bak", copy);
        _home.Write("mine/notes", Encoding.UTF8.GetBytes($"I liked {Id(1)}."));
        Link("notes", Path.Combine(_home.Path, "mine/notes"));
        Link("tmp/arg0/codex-arg0abc/apply_patch", copy);
        Link("log.socket", "/dev/null");

        var receipt = await DeleteAsync();

        Assert.Equal(
            [
                "The file mine/notes, which names the thread",
                "The file that the link backup.jsonl leads to, which names the thread",
                "The file that the link sessions/one.bak leads to, which names the thread",
            ],
            receipt.Left.Select(left => left.What).Order(StringComparer.Ordinal)
        );
        Assert.True(File.Exists(copy));
    }

    [Theory]
    [InlineData("home")]
    [InlineData("above")]
    [InlineData("behind a link")]
    public async Task A_home_in_a_repository_has_one_warning_for_its_history(string where)
    {
        var folder = where == "above" ? Path.GetDirectoryName(_home.Path)! : _home.Path;
        Directory.CreateDirectory(Path.Combine(folder, ".git/objects"));
        File.WriteAllText(Path.Combine(folder, ".git/HEAD"), "ref: refs/heads/main");
        var path = _home.Put(Legacy(1, "of A"));
        _home.Write("copies/copy.jsonl", Log);
        var home = _home.Path;
        if (where == "behind a link")
            Directory.CreateSymbolicLink(home = _home.Path + "-link", _home.Path);
        await using var store = _home.Open(options => options with { Home = home });

        var receipt = await store.DeleteAsync(Id(1), Stop);

        var left = Assert.Single(receipt.Left);
        Assert.StartsWith("What the history of ", left.What, StringComparison.Ordinal);
        Assert.Contains("a working copy of git, holds of the thread, if anything", left.What, StringComparison.Ordinal);
        Assert.Contains("git filter-repo", left.Why, StringComparison.Ordinal);
        Assert.Equal([Path.GetRelativePath(_home.Path, path), "copies/copy.jsonl"], receipt.Removed);
    }

    [Fact]
    public async Task Of_many_places_that_are_passed_over_twenty_of_a_kind_are_named_and_the_rest_are_counted()
    {
        Directory.CreateDirectory(Elsewhere);
        for (var n = 10; n < 35; n++)
        {
            _home.Write($"worktrees/{n}/.git", "gitdir: /somewhere"u8);
            Link($"links/{n}", Elsewhere);
        }

        var left = (await DeleteAsync()).Left.Select(left => left.What).ToList();

        string[] expected =
        [
            .. Enumerable.Range(10, 20).Select(n => $"What worktrees/{n} holds of the thread, if anything"),
            "What 5 more working copies hold of the thread, if anything",
            .. Enumerable.Range(10, 20).Select(n => $"What links/{n} holds of the thread, if anything"),
            "What 5 more links hold of the thread, if anything",
        ];
        Assert.Equal(expected, left);
    }

    [Fact]
    public async Task A_working_copy_that_is_reached_as_a_folder_of_sessions_is_looked_through_and_only_its_history_is_named()
    {
        _home.Write("work/.git", "gitdir: /somewhere"u8);
        _home.Write("work/copy.bak", Log);
        Link("sessions/mine", Path.Combine(_home.Path, "work"));

        var receipt = await DeleteAsync();

        Assert.Contains("sessions/mine/copy.bak", receipt.Removed);
        Assert.StartsWith(
            "What the history of work, a working copy of git, holds",
            Assert.Single(receipt.Left).What,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("PACK")]
    [InlineData("# v2 git bundle")]
    public async Task A_packed_history_may_hold_something(string head)
    {
        _home.Write("backup/history", Encoding.UTF8.GetBytes(head + "\0\0\0\u0002and so on"));

        Assert.Equal("What the file backup/history holds of the thread, if anything", Assert.Single((await DeleteAsync()).Left).What);
    }

    [Fact]
    public async Task What_Codex_itself_makes_is_not_named()
    {
        _home.Write(".tmp/fetched/.git/HEAD", "ref: refs/heads/main"u8);
        _home.Write(".tmp/fetched/copy.jsonl", Log);
        Link("tmp/arg0-linux/codex-arg0abc/apply_patch", "/bin/sh");

        var receipt = await DeleteAsync();

        Assert.Empty(receipt.Left);
        Assert.Contains(".tmp/fetched/copy.jsonl", receipt.Removed);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("file")]
    [InlineData("folder of the home")]
    public async Task A_link_whose_name_is_not_UTF8_is_named_too(string target)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are bytes there.");
        Directory.CreateDirectory(Elsewhere);
        File.WriteAllBytes(Path.Combine(Elsewhere, "copy"), Log);
        _home.Write("mine/file", "x"u8);
        var to = target switch
        {
            "file" => Path.Combine(Elsewhere, "copy"),
            "folder" => Elsewhere,
            _ => Path.Combine(_home.Path, "mine"),
        };
        using (var link = Process.Start("sh", ["-ec", "ln -s \"$2\" \"$1/$(printf 'l\\377')\"", "sh", _home.Path, to]))
            await link.WaitForExitAsync(Stop);

        var left = (await DeleteAsync()).Left;

        Assert.Equal(
            target == "folder of the home" ? [] : ["What l\\xFF holds of the thread, if anything"],
            left.Select(left => left.What)
        );
        using var remove = Process.Start("rm", ["-rf", _home.Path]);
        await remove.WaitForExitAsync(Stop);
        Directory.CreateDirectory(_home.Path);
    }

    [Fact]
    public async Task The_files_that_went_are_named_rollouts_first_and_all_their_bytes_are_counted()
    {
        var path = _home.Put(Legacy(1, "of A"));
        string[] copies = ["z.bak", "a.bak", "m/copy.gz", "archived_sessions/one.bak"];
        foreach (var copy in copies)
            _home.Write(copy, Log);
        Directory.CreateDirectory(Elsewhere);
        var bytes = 5L * Log.Length;

        var receipt = await DeleteAsync();

        Assert.Equal([Path.GetRelativePath(_home.Path, path), "a.bak", "archived_sessions/one.bak", "m/copy.gz", "z.bak"], receipt.Removed);
        Assert.Equal((1, bytes), (receipt.Rollouts, receipt.Bytes));
    }

    async Task<DeletionReceipt> DeleteAsync()
    {
        _home.Put(Legacy(1, "of A"));
        await using var store = _home.Open();
        return await store.DeleteAsync(Id(1), Stop);
    }

    void Link(string place, string target)
    {
        var path = Path.Combine(_home.Path, place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }
}
