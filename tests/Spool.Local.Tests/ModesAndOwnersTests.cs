using System.Diagnostics;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Nothing that Spool makes or replaces can be read by more people than before, and what root makes belongs to whom the home
/// belongs.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ModesAndOwnersTests : IDisposable
{
    const uint Nobody = 65534;
    const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;
    const UnixFileMode File640 = File600 | UnixFileMode.GroupRead;

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ModesAndOwnersTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files have no modes here.");
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task What_is_new_can_be_read_by_its_owner_alone()
    {
        Directory.Delete(_home.Path);
        await using (var store = _home.Open())
        {
            await using (var writer = await store.CreateAsync(1, HistoryModes.Paginated))
            {
                await writer.AppendAsync(Writing.Items("private") with { Durability = Durability.Fsynced }, Stop);
                CheckNew(_home.Path);
            }
            await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("private") }, Stop);
            await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);
            await store.ArchiveAsync(Id(1), Stop);
            await store.EverythingAsync();
            CheckNew(_home.Cache);
        }
        CheckNew(_home.Path);
        CheckNew(_home.Cache);
        Assert.Contains("session_index.jsonl", _home.Files());
    }

    [Fact]
    public async Task A_torn_end_that_is_set_aside_and_a_copy_of_a_rollout_in_doubt_keep_the_rollouts_mode()
    {
        var path = _home.Put(Legacy(1));
        File.AppendAllText(path, "{\"torn");
        File.SetUnixFileMode(path, File640);
        DoubtfulRollouts.Mark(PhysicalFileSystem.Instance, path);
        await using var store = _home.Open();

        await (await store.ResumeAsync(1)).DisposeAsync();

        Assert.Equal(2, _home.Rollouts().Length);
        Assert.All(_home.Rollouts(), file => Assert.Equal(File640, File.GetUnixFileMode(Path.Combine(_home.Path, file))));
    }

    [Fact]
    public async Task A_compressed_rollout_that_becomes_plain_keeps_its_mode()
    {
        var path = _home.Put(Legacy(1));
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        using (var compressor = new ZstdSharp.Compressor())
            File.WriteAllBytes(path + ".zst", compressor.Wrap(bytes));
        File.SetUnixFileMode(path + ".zst", File640);
        await using var store = _home.Open();

        await (await store.ResumeAsync(1)).DisposeAsync();

        Assert.Equal(File640, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData(File600)]
    [InlineData(File640)]
    [InlineData(File640 | UnixFileMode.OtherRead)]
    public async Task The_list_of_names_keeps_its_mode_when_a_thread_is_deleted(UnixFileMode mode)
    {
        _home.Put(Legacy(1));
        _home.Put(Legacy(2));
        await using var store = _home.Open();
        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("one") }, Stop);
        await store.UpdateAsync(Id(2), new ThreadPatch { Name = Change.To("two") }, Stop);
        var names = Path.Combine(_home.Path, "session_index.jsonl");
        File.SetUnixFileMode(names, mode);

        await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(mode, File.GetUnixFileMode(names));
        Assert.DoesNotContain("one", File.ReadAllText(names), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_index_of_an_earlier_version_is_taken_from_everybody_else()
    {
        _home.Put(Legacy(1));
        await _home.EverythingAsync();
        var everything = Directory.EnumerateFileSystemEntries(_home.Cache, "*", SearchOption.AllDirectories).ToList();
        foreach (var path in everything)
            File.SetUnixFileMode(
                path,
                File640 | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute
            );

        await _home.EverythingAsync();

        Assert.NotEmpty(everything);
        Assert.All(
            everything.Where(File.Exists).Concat(everything.Where(Directory.Exists)),
            path => Assert.Equal(Folder700, File.GetUnixFileMode(path))
        );
    }

    [Fact]
    public async Task What_root_makes_or_replaces_belongs_to_whom_the_home_belongs()
    {
        RequireRoot();
        _home.Put(Paginated(1));
        _home.Put(Paginated(2));
        File.WriteAllText(
            Path.Combine(_home.Path, "session_index.jsonl"),
            $"{{\"id\":\"{Id(2)}\",\"thread_name\":\"two\",\"updated_at\":\"2026-01-02T00:00:00Z\"}}\n"
        );
        Directory.CreateDirectory(_home.Cache);
        Run("chown", "-R", "65534:65534", Path.GetDirectoryName(_home.Path)!);
        await using (var store = _home.Open())
        {
            await using (var writer = await store.CreateAsync(3))
            {
                await writer.AppendAsync(Writing.Items("hello") with { Durability = Durability.Fsynced }, Stop);
                CheckOwner(_home.Path);
            }
            await store.ForkAsync(new ForkRequest(Id(1), Id(4)), Stop);
            await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("one") }, Stop);
            await store.DeleteAsync(Id(2), Stop);
            await store.ArchiveAsync(Id(3), Stop);
            CheckOwner(_home.Cache);
        }

        CheckOwner(_home.Path);
        CheckOwner(_home.Cache);
        // The owner's own programs can go on.
        Run(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "sh",
            "-c",
            $"cd '{_home.Path}' && for f in $(find . -type f); do cat $f > /dev/null && : >> $f || exit 1; done; for d in $(find . -type d); do : > $d/x && rm $d/x || exit 1; done"
        );
    }

    [Fact]
    public async Task A_home_that_root_makes_in_somebodys_folder_belongs_to_that_somebody()
    {
        RequireRoot();
        Directory.Delete(_home.Path);
        Run("chown", "65534:65534", Path.GetDirectoryName(_home.Path)!);
        await using (var store = _home.Open())
        await using (var writer = await store.CreateAsync(1))
            await writer.AppendAsync(Writing.Items("hello") with { Durability = Durability.Flushed }, Stop);

        CheckOwner(_home.Path);
        CheckNew(_home.Path);
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_lock_gives_nobody_the_file_that_it_leads_to()
    {
        RequireRoot();
        _home.Put(Legacy(1));
        Directory.CreateDirectory(Path.Combine(_home.Path, "thread-writer-locks"));
        var other = Path.Combine(Path.GetDirectoryName(_home.Path)!, "other");
        File.WriteAllText(other, "");
        File.CreateSymbolicLink(Path.Combine(_home.Path, "thread-writer-locks", $"{Id(1)}.lock"), other);
        Run("chown", "-R", "65534:65534", _home.Path);
        await using var store = _home.Open();

        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("one") }, Stop);

        Assert.Equal(0u, FileStat.RightsOf(other)!.Value.User);
    }

    static void CheckNew(string root)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Append(root))
            Assert.True(
                (Directory.Exists(path) ? Folder700 : File600) == File.GetUnixFileMode(path),
                $"{path} is {File.GetUnixFileMode(path)}"
            );
    }

    static void CheckOwner(string root)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Append(root))
            Assert.True(FileStat.RightsOf(path) is { User: Nobody, Group: Nobody }, $"{path} belongs to {FileStat.RightsOf(path)}");
    }

    static void RequireRoot() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can work in the home of somebody else.");

    static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
