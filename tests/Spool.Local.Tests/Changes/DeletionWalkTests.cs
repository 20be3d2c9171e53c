using System.Diagnostics;
using CsCheck;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>A deletion looks into every file of the home, whatever its name, and into every folder that the list reads.</summary>
public sealed class DeletionWalkTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.DisposeWithForeignNames();

    [Theory]
    [InlineData("c\\377\\376.jsonl", "c\\xFF\\xFE.jsonl")]
    [InlineData("d\\377/copy.jsonl", "d\\xFF/copy.jsonl")]
    [InlineData("d\\377/e/f\\377/copy", "d\\xFF/e/f\\xFF/copy")]
    [InlineData("sessions/2026/c\\377.bak", "sessions/2026/c\\xFF.bak")]
    [InlineData("sessions/d\\377/copy.bak", "sessions/d\\xFF/copy.bak")]
    [InlineData("sessions/rollout-\\377.jsonl", "sessions/rollout-\\xFF.jsonl")]
    public async Task A_copy_below_a_name_that_is_not_UTF8_goes_and_what_holds_other_things_too_stays_and_is_named(
        string name,
        string written
    )
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are bytes there.");
        var path = _home.Put(Legacy(1, "of A"));
        _home.Put(Legacy(2, "of B"));
        await RunAsync(
            $"cd \"$1\" && n=$(printf '{name}') && mkdir -p \"$(dirname \"$n\")\" && cp \"$2\" \"$n\" && gzip -c \"$2\" > \"$n-packed\" && cp \"$3\" \"$n-of-B\" && cat \"$2\" \"$3\" > \"$n-of-both\"",
            _home.Path,
            path,
            Path.Combine(_home.Path, PathOf(Id(2), At(2)))
        );
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(1, receipt.Rollouts);
        Assert.Equal(
            [Path.GetRelativePath(_home.Path, path), written, written + "-packed"],
            receipt.Removed.OrderBy(file => file.Contains("xFF", StringComparison.Ordinal)).ThenBy(file => file, StringComparer.Ordinal)
        );
        Assert.Equal($"The file {written}-of-both, which names the thread", Assert.Single(receipt.Left).What);
        await RunAsync(
            $"cd \"$1\" && n=$(printf '{name}') && test ! -e \"$n\" && test ! -e \"$n-packed\" && cmp \"$2\" \"$n-of-B\" && test -s \"$n-of-both\"",
            _home.Path,
            Path.Combine(_home.Path, PathOf(Id(2), At(2)))
        );
    }

    [Fact]
    public async Task What_was_made_beside_a_rollout_goes_from_a_folder_whose_name_is_not_UTF8()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are bytes there.");
        var path = _home.Put(Legacy(1, "of A"));
        var torn = $"{Path.GetFileName(path)}.torn-17";
        await RunAsync($"cd \"$1\" && n=$(printf 'd\\377') && mkdir \"$n\" && echo 'half a line of A' > \"$n/{torn}\"", _home.Path);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Contains($"d\\xFF/{torn}", receipt.Removed);
        Assert.Empty(receipt.Left);
        await RunAsync("cd \"$1\" && ! grep -r 'half a line' .", _home.Path);
    }

    [Fact]
    public async Task A_copy_below_a_name_that_is_not_UTF8_which_cannot_be_deleted_is_named_as_it_is_in_the_list()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are bytes there.");
        var path = _home.Put(Legacy(1, "of A"));
        await RunAsync("cd \"$1\" && cp \"$2\" \"$(printf 'c\\377')\"", _home.Path, path);
        var disk = new FaultyFileSystem(PhysicalFileSystem.Instance);
        await using var store = LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Cache },
            disk
        );
        disk.Break(new Fault(0, Fault.NoAccess) { Only = DiskStep.Delete, IsLasting = true });

        var error = await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, () => store.DeleteAsync(Id(1), Stop).AsTask());

        Assert.StartsWith("c\\xFF cannot be written", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_path_of_any_bytes_has_one_text_and_is_made_of_it_again() =>
        Check.Sample(
            Gen.Byte[1, 255].Array[0, 40],
            bytes =>
            {
                var text = ForeignNames.Encode(bytes);
                if (System.Text.Unicode.Utf8.IsValid(bytes))
                    Assert.Null(ForeignNames.Decode(text));
                else
                    Assert.Equal(bytes, ForeignNames.Decode(text));
            },
            iter: 2000
        );

    [Theory]
    [InlineData("sessions/rollout-2026-03-03T00-00-00-\\377-x.jsonl")]
    [InlineData("sessions/2026/d\\377/rollout-2026-03-03T00-00-00-x.jsonl")]
    [InlineData("archived_sessions/rollout-\\377.jsonl")]
    public async Task A_thread_is_kept_while_a_rollout_whose_name_is_not_UTF8_may_continue_it(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Names are bytes there.");
        var path = _home.Put(Paginated(1, "of A"));
        await RunAsync($"cd \"$1\" && n=$(printf '{name}') && mkdir -p \"$(dirname \"$n\")\" && echo '{{}}' > \"$n\"", _home.Path);
        await using var store = _home.Open();

        var error = await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, () => store.DeleteAsync(Id(1), Stop).AsTask());

        Assert.Contains("\\xFF", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
    }

    [Theory]
    [InlineData("sessions", "")]
    [InlineData("archived_sessions", "")]
    [InlineData("sessions/old", "")]
    [InlineData("sessions", ".git")]
    [InlineData("sessions/mine", ".git")]
    [InlineData("sessions/.git/deep", "")]
    public async Task What_the_list_reads_as_a_folder_of_sessions_is_looked_through_for_copies(string folder, string mark)
    {
        var place = Path.Combine(_home.Path, folder);
        if (mark.Length == 0 && !folder.Contains(".git", StringComparison.Ordinal))
        {
            var elsewhere = _home.Path + "-elsewhere";
            Directory.CreateDirectory(elsewhere);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            Directory.CreateSymbolicLink(place, elsewhere);
        }
        else
            Directory.CreateDirectory(Path.Combine(place, mark));
        _home.Put(Legacy(1, "of A"));
        var log = Legacy(1, "of A").ToSeed().ToLog();
        _home.Write($"{folder}/a.bak", log);
        _home.Write($"{folder}/2026/mine", [.. log, .. Legacy(2, "of B").ToSeed().ToLog()]);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Contains($"{folder}/a.bak", receipt.Removed);
        Assert.False(File.Exists(Path.Combine(place, "a.bak")));
        Assert.Equal($"The file {folder}/2026/mine, which names the thread", Assert.Single(receipt.Left).What);
    }

    static async Task RunAsync(string script, params string[] arguments)
    {
        using var shell = Process.Start("sh", ["-ec", script, "sh", .. arguments]);
        await shell.WaitForExitAsync(Stop);
        Assert.Equal(0, shell.ExitCode);
    }
}
