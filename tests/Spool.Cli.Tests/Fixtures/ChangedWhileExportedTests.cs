using System.Text;
using Spool.TestKit;

namespace Spool.Cli.Tests;

/// <summary>Exports of a thread whose log another program changes meanwhile: the document is of one log.</summary>
public sealed class ChangedWhileExportedTests : IDisposable
{
    const int Turns = 60;

    static readonly ThreadId Id = SeedIds.Id(1);

    readonly string _folder = Directory.CreateTempSubdirectory("spool-changed-").FullName;
    readonly byte[] _log = Log("first");
    Action _change = () => { };

    public ChangedWhileExportedTests()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Rollout)!);
        Directory.CreateDirectory(Out);
        File.WriteAllBytes(Rollout, _log);
    }

    string Home => Path.Combine(_folder, "home");

    string Out => Path.Combine(_folder, "out");

    string Rollout => Path.Combine(Home, $"sessions/2026/05/01/rollout-2026-05-01T00-00-00-{Id}.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("md", "replaced")]
    [InlineData("html", "replaced")]
    [InlineData("json", "replaced")]
    [InlineData("md", "written over")]
    [InlineData("md", "shorter")]
    [InlineData("html", "cut")]
    [InlineData("json", "cut to its first line")]
    [InlineData("md", "longer")]
    public async Task An_export_of_a_log_that_is_replaced_or_cut_meanwhile_fails_and_leaves_nothing(string format, string how)
    {
        _change = how switch
        {
            "replaced" => () => Replace(Log("other")),
            "written over" => () => File.WriteAllBytes(Rollout, Log("other")),
            "shorter" => () => Replace(_log[..Line(_log.Length / 2)]),
            "cut" => () => Cut(Line(_log.Length / 2)),
            "cut to its first line" => () => Cut(Array.IndexOf(_log, (byte)'\n') + 1),
            _ => () => Replace([.. Log("another"), .. _log]),
        };

        var result = await ExportAsync(format);

        Assert.Equal(
            (6, $"error: The log of thread {Id} was replaced or cut while it was exported, and not only added to; export it again.\n"),
            (result.Code, result.Error)
        );
        Assert.Empty(Directory.GetFileSystemEntries(Out));
    }

    [Theory]
    [InlineData("md")]
    [InlineData("html")]
    [InlineData("json")]
    public async Task An_export_of_a_log_that_only_grows_meanwhile_is_whole(string format)
    {
        var rest = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Log("second")).Split('\n', 2)[1]);
        File.WriteAllBytes(Rollout, [.. _log, .. rest.AsSpan(0, 20)]);
        _change = () =>
        {
            using var log = new FileStream(Rollout, FileMode.Append);
            log.Write(rest.AsSpan(20));
        };

        var result = await ExportAsync(format);

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(
            $"first {Turns - 1}.",
            await File.ReadAllTextAsync(Path.Combine(Out, $"thread.{format}"), Stop),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_export_of_a_thread_that_is_archived_meanwhile_is_whole()
    {
        _change = () =>
        {
            Directory.CreateDirectory(Path.Combine(Home, "archived_sessions"));
            File.Move(Rollout, Path.Combine(Home, "archived_sessions", Path.GetFileName(Rollout)));
        };

        var result = await ExportAsync("md");

        Assert.Equal((0, ""), (result.Code, result.Error));
        var document = await File.ReadAllTextAsync(Path.Combine(Out, "thread.md"), Stop);
        Assert.All(Enumerable.Range(0, Turns), turn => Assert.Contains($"first {turn}.", document, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_export_of_a_log_that_changes_too_fast_to_know_what_it_began_with_fails_and_leaves_nothing()
    {
        using var spool = new RealCommandLine(Home) { Around = store => new Unsteady(store) };

        var result = await spool.TryAsync("export", Id.ToString(), "--output", Path.Combine(Out, "thread.json"));

        Assert.Equal((6, "error: Another program moved or deleted the thread meanwhile; try again.\n"), (result.Code, result.Error));
        Assert.Empty(Directory.GetFileSystemEntries(Out));
    }

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    async Task<Result> ExportAsync(string format)
    {
        var changing = new ChangingStore(() => _change());
        using var spool = new RealCommandLine(Home) { Around = changing.Over };
        var result = await spool.TryAsync("export", Id.ToString(), "--output", Path.Combine(Out, $"thread.{format}"));
        Assert.True(changing.HasChanged);
        return result;
    }

    // Of the same length, and with the same last line, whatever the word of five letters.
    static byte[] Log(string word) =>
        Enumerable
            .Range(0, Turns)
            .Aggregate(RolloutLines.Legacy(Id, SeedIds.Epoch), (log, turn) => log.Turn($"{word} {turn}?", $"{word} {turn}."))
            .ToSeed()
            .ToLog();

    int Line(int at) => Array.IndexOf(_log, (byte)'\n', at) + 1;

    void Replace(byte[] log)
    {
        File.WriteAllBytes(Rollout + ".new", log);
        File.Move(Rollout + ".new", Rollout, overwrite: true);
    }

    void Cut(int length)
    {
        using var log = new FileStream(Rollout, FileMode.Open);
        log.SetLength(length);
    }

    // The first items cannot be read: what was looked up is never there any more.
    sealed class Unsteady(IThreadStore inner) : DelegatingThreadStore(inner)
    {
        bool _isAsked;

        public override async ValueTask<Page<RolloutItem>> ListItemsAsync(
            ListItemsRequest request,
            CancellationToken cancellationToken = default
        )
        {
            if (_isAsked)
                return await base.ListItemsAsync(request, cancellationToken);
            _isAsked = true;
            throw new ThreadStoreException(
                ThreadStoreErrorCode.Unavailable,
                "Another program moved or deleted the thread meanwhile; try again."
            );
        }
    }

    // Between two pages something happens.
    sealed class ChangingStore(Action change)
    {
        const int At = 3;

        int _pages;

        public bool HasChanged => _pages >= At;

        public IThreadStore Over(IThreadStore store) => new Changed(store, this);

        void Next()
        {
            if (Interlocked.Increment(ref _pages) == At)
                change();
        }

        sealed class Changed(IThreadStore inner, ChangingStore around) : DelegatingThreadStore(inner)
        {
            public override ValueTask<Page<Turn>> ListTurnsAsync(ListTurnsRequest request, CancellationToken cancellationToken = default)
            {
                around.Next();
                return base.ListTurnsAsync(request, cancellationToken);
            }
        }
    }
}
