using Microsoft.Data.Sqlite;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Codex's own row after changes: the columns that the change is about and no others, or a warning.</summary>
public sealed class CodexRowTests : IDisposable
{
    readonly TempHome _home = new();
    readonly CodexDatabase _codex;

    public CodexRowTests() => _codex = new CodexDatabase(_home);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("LOCC-05")]
    [InlineData("legacy", true, "title=new")]
    [InlineData("legacy", false, "title=new")]
    [InlineData("paginated", true, "name=new preview=hello")] // which Codex lists only with a preview
    public async Task A_name_changes_the_column_in_which_codex_keeps_it(string mode, bool isNewer, string expected)
    {
        var before = Put(mode, isNewer);
        _codex.Execute("INSERT INTO threads (id, rollout_path, created_at, updated_at, title) VALUES ('another', '/x', 1, 2, 'another')");
        await using var store = Open();

        var changed = await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop);

        Assert.Equal(("new", 0), (changed.Thread.Name, changed.Warnings.Count));
        Assert.Equal(expected, CodexDatabase.Difference(before, _codex.Rows()[0]));
        Assert.Null((await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.Clear<string>() }, Stop)).Thread.Name);
        Assert.Equal(
            [
                mode == "legacy" ? before : before + "hello",
                "id=another rollout_path=/x created_at=1 updated_at=2 title=another archived=0 first_user_message= memory_mode=enabled"
                    + (isNewer ? " history_mode=legacy preview=" : ""),
            ],
            _codex.Rows()
        );
        Assert.False(File.Exists(_codex.FilePath + "-wal"));
    }

    [Fact]
    public async Task A_fork_of_a_paginated_thread_has_a_row_at_once_and_one_of_a_legacy_thread_has_none()
    {
        Put("paginated");
        _home.Put(Legacy(2));
        _codex.Execute("ALTER TABLE threads ADD COLUMN cwd TEXT; ALTER TABLE threads ADD COLUMN source TEXT");
        await using var store = Open();
        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("a name") }, Stop);

        var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(8)), Stop);
        await store.ForkAsync(new ForkRequest(Id(2), Id(9)), Stop);

        var path = (await store.LocateAsync([Id(8)], Stop))[Id(8)];
        var row = Assert.Single(_codex.Rows(), row => !row.StartsWith($"id={Id(1)} ", StringComparison.Ordinal));
        Assert.StartsWith($"id={Id(8)} rollout_path={path} ", row, StringComparison.Ordinal);
        Assert.Contains(" history_mode=paginated name=a name preview=hello", row, StringComparison.Ordinal);
        Assert.Empty(fork.Warnings);
    }

    [Fact, Guarantee("LOCD-05")]
    public async Task A_legacy_log_that_has_a_name_gets_the_new_one_too()
    {
        _home.Put(Legacy(1).Event("thread_name_updated", $"\"thread_id\":\"{Id(1)}\",\"thread_name\":\"In the log\""));
        _home.Put(Legacy(2));
        await using var store = Open();
        var (first, second) = (await LinesAsync(1), await LinesAsync(2));

        foreach (var name in (string?[])["Another \"name\" \\ é", "Another \"name\" \\ é", null, null, "Last"])
        {
            await store.UpdateAsync(Id(1), new ThreadPatch { Name = name is null ? Change.Clear<string>() : Change.To(name) }, Stop);
            await store.UpdateAsync(Id(2), new ThreadPatch { Name = name is null ? Change.Clear<string>() : Change.To(name) }, Stop);
            Assert.Equal(name, (await store.FindAsync(Id(1), Stop))!.Name);
        }

        Assert.Equal(
            [
                $$"""{"type":"thread_name_updated","thread_id":"{{Id(1)}}","thread_name":"Another \"name\" \\ é"}""",
                $$"""{"type":"thread_name_updated","thread_id":"{{Id(1)}}"}""",
                $$"""{"type":"thread_name_updated","thread_id":"{{Id(1)}}","thread_name":"Last"}""",
            ],
            (await LinesAsync(1))[first.Length..]
                .Select(line =>
                    System.Text.Encoding.UTF8.GetString(new RolloutItem(System.Text.Encoding.UTF8.GetBytes(line), 0).Payload.Span)
                )
        );
        Assert.Equal(second, await LinesAsync(2));

        Task<string[]> LinesAsync(int number) => File.ReadAllLinesAsync(Path.Combine(_home.Path, PathOf(Id(number), At(number))), Stop);
    }

    [Theory, Guarantee("LOCC-06")]
    [InlineData("legacy", 2)]
    [InlineData("paginated", 0)]
    public async Task Memory_mode_and_repository_state_change_their_columns_and_for_a_legacy_thread_the_log(string mode, int lines)
    {
        var before = Put(mode);
        await using var store = Open();
        var logged = await CountAsync(store);

        var memory = await store.UpdateAsync(Id(1), new ThreadPatch { MemoryMode = "disabled" }, Stop);
        Assert.Equal("memory_mode=disabled", CodexDatabase.Difference(before, _codex.Rows().Single()));
        var git = await store.UpdateAsync(
            Id(1),
            new ThreadPatch { Branch = Change.To("main"), RepositoryUrl = Change.To("https://example.invalid/r.git") },
            Stop
        );
        Assert.Equal(
            "git_branch=main git_origin_url=https://example.invalid/r.git memory_mode=disabled",
            CodexDatabase.Difference(before, _codex.Rows().Single())
        );
        var again = await store.UpdateAsync(Id(1), new ThreadPatch { MemoryMode = "disabled", Branch = Change.To("main") }, Stop);

        Assert.Equal(
            ("disabled", "disabled", new GitInfo(null, "main", "https://example.invalid/r.git")),
            (memory.Thread.MemoryMode, git.Thread.MemoryMode, git.Thread.GitInfo)
        );
        Assert.Equal(git.Thread, again.Thread);
        Assert.Equal(logged + lines, await CountAsync(store));

        var cleared = await store.UpdateAsync(
            Id(1),
            new ThreadPatch { Branch = Change.Clear<string>(), RepositoryUrl = Change.Clear<string>() },
            Stop
        );
        Assert.Null(cleared.Thread.GitInfo);
        await using var afresh = _home.Open(options => options with { CacheDirectory = _home.Cache + "2" });
        Assert.Equal(cleared.Thread, await afresh.FindAsync(Id(1), Stop));
    }

    [Theory, Guarantee("LOCC-07")]
    [InlineData("legacy")]
    [InlineData("paginated")]
    public async Task Without_a_row_the_log_holds_memory_mode_and_repository_state_and_no_database_is_made(string mode)
    {
        PutRollout(mode);
        await using var store = Open();

        var changed = await store.UpdateAsync(
            Id(1),
            new ThreadPatch
            {
                MemoryMode = "disabled",
                CommitHash = Change.To("abc"),
                Name = Change.To("a name"),
            },
            Stop
        );

        Assert.Equal(
            ("disabled", new GitInfo("abc", null, null), "a name", 0),
            (changed.Thread.MemoryMode, changed.Thread.GitInfo, changed.Thread.Name, changed.Warnings.Count)
        );
        Assert.Equal(ThreadCondition.Ok, changed.Thread.State);
        Assert.Equal(
            ["session_index.jsonl", "session_index.jsonl.lock"],
            Directory.GetFiles(_home.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Null((await store.UpdateAsync(Id(1), new ThreadPatch { CommitHash = Change.Clear<string>() }, Stop)).Thread.GitInfo);
    }

    [Fact, Guarantee("LOCC-08")]
    public async Task While_codex_keeps_its_database_locked_a_change_stands_and_says_what_is_missing()
    {
        Put("paginated");
        await using var store = Open();
        using var codex = _codex.Open();
        Execute(codex, "BEGIN IMMEDIATE");
        var row = Rows(codex);

        var renamed = await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop);
        var archived = await store.ArchiveAsync(Id(1), Stop);
        await Writing.RefusedAsync(
            ThreadStoreErrorCode.Unavailable,
            () => store.UpdateAsync(Id(1), new ThreadPatch { Branch = Change.To("main") }, Stop).AsTask()
        );

        Assert.Equal("new", renamed.Thread.Name);
        Assert.NotNull(archived.Thread.ArchivedAt);
        Assert.All([renamed, archived], change => Assert.Contains("locked", Assert.Single(change.Warnings), StringComparison.Ordinal));
        Assert.Equal(row, Rows(codex));
        Execute(codex, "ROLLBACK");

        // The same calls again complete what is missing.
        Assert.Empty((await store.ArchiveAsync(Id(1), Stop)).Warnings);
        Assert.Empty((await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop)).Warnings);
        Assert.Contains(" archived=1 ", _codex.Rows().Single(), StringComparison.Ordinal);
        Assert.Contains(" name=new", _codex.Rows().Single(), StringComparison.Ordinal);
        Assert.Single(File.ReadAllLines(Path.Combine(_home.Path, "session_index.jsonl")));
    }

    [Theory, Guarantee("LOCC-09")]
    [InlineData("SQLite format 3\0 but nothing else")]
    [InlineData("no database at all, although it has its name")]
    public async Task A_database_that_cannot_be_used_costs_a_warning_and_stays_as_it_is(string content)
    {
        PutRollout("legacy");
        File.WriteAllText(_codex.FilePath, content);
        await using var store = Open();

        var renamed = await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new"), MemoryMode = "disabled" }, Stop);
        var archived = await store.ArchiveAsync(Id(1), Stop);
        var deleted = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(("new", "disabled"), (renamed.Thread.Name, renamed.Thread.MemoryMode));
        Assert.All(
            [renamed.Warnings, archived.Warnings, [.. deleted.Left.Select(left => left.ToString())]],
            warnings => Assert.Contains("damaged, or no database; mend it", Assert.Single(warnings), StringComparison.Ordinal)
        );
        Assert.Equal(content, File.ReadAllText(_codex.FilePath));
        Assert.Null(await store.FindAsync(Id(1), Stop));
    }

    [Theory]
    [InlineData("folder", "there is a folder, a pipe, a device or a link to nowhere in its place")]
    [InlineData("link", "there is a folder, a pipe, a device or a link to nowhere in its place")]
    [InlineData("other tables", "not those that this version knows")]
    public async Task A_database_that_is_none_or_not_as_it_is_known_is_told_from_a_damaged_one(string what, string expected)
    {
        PutRollout("legacy");
        if (what == "folder")
            Directory.CreateDirectory(_codex.FilePath);
        else if (what == "link")
            File.CreateSymbolicLink(_codex.FilePath, _home.Path + "-not-there");
        else
        {
            using var connection = new SqliteConnection($"Data Source={_codex.FilePath};Pooling=False");
            connection.Open();
            Execute(connection, "CREATE TABLE others (id TEXT)");
        }
        await using var store = Open();

        var renamed = await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop);
        var archived = await store.ArchiveAsync(Id(1), Stop);

        Assert.All([renamed, archived], change => Assert.Contains(expected, Assert.Single(change.Warnings), StringComparison.Ordinal));
    }

    [Fact, Guarantee("LOCC-10")]
    public async Task The_archive_changes_the_path_and_the_two_columns_of_the_archive()
    {
        var before = Put("paginated");
        await using var store = Open();
        var name = Path.GetFileName(PathOf(Id(1), At(1)));

        var archived = await store.ArchiveAsync(Id(1), Stop);
        var row = _codex.Rows().Single();
        await store.ArchiveAsync(Id(1), Stop);
        Assert.Equal(row, _codex.Rows().Single());
        Assert.Equal(
            $"rollout_path={_home.Path}/archived_sessions/{name} archived=1 archived_at={archived.Thread.ArchivedAt!.Value.ToUnixTimeSeconds()}",
            CodexDatabase.Difference(before, row)
        );

        var back = await store.UnarchiveAsync(Id(1), Stop);
        Assert.Null(back.Thread.ArchivedAt);
        Assert.Equal($"rollout_path={_home.Path}/{PathOf(Id(1), At(1))}", CodexDatabase.Difference(before, _codex.Rows().Single()));
    }

    [Fact, Guarantee("LOCC-11")]
    public async Task Deleting_a_thread_removes_its_row_and_what_belongs_to_it()
    {
        Put("legacy");
        _codex.Add(Id(2), "/elsewhere");
        await using var store = Open();

        await store.DeleteAsync(Id(1), Stop);

        foreach (var table in (string[])["threads", "thread_dynamic_tools", "thread_spawn_edges"])
            Assert.Contains(Id(2).ToString(), Assert.Single(_codex.Rows(table)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@/sessions/2026/04/30/gone.jsonl", "its rollout, sessions/2026/04/30/gone.jsonl, which is not there")]
    [InlineData("/elsewhere/gone.jsonl", "its rollout, /elsewhere/gone.jsonl, which is not there")]
    [InlineData("", "which is nowhere in the home")]
    public async Task A_thread_of_which_only_codex_has_a_row_is_not_found_in_words_that_say_so_and_can_be_deleted(string path, string said)
    {
        _home.Put(Legacy(1));
        _codex.Create().Add(Id(1), "/one").Add(Id(2), path.Replace("@", _home.Path, StringComparison.Ordinal));
        await using var store = Open();

        Assert.Null(await store.FindAsync(Id(2), Stop));
        foreach (
            var call in new Func<Task>[]
            {
                async () => await store.ListItemsAsync(new ListItemsRequest(Id(2)), Stop),
                async () => await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), Stop),
                () => store.HistoryAsync(Id(2), Stop),
                async () => await store.ArchiveAsync(Id(2), Stop),
                async () => await store.ResumeAsync(new ResumeRequest(Id(2)), Stop),
                async () => await store.ForkAsync(new ForkRequest(Id(2), Id(3)), Stop),
            }
        )
            Assert.Contains(said, (await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, call)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Codex",
            (await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, async () => await store.ArchiveAsync(Id(9), Stop))).Message,
            StringComparison.Ordinal
        );

        Assert.True((await store.DeleteAsync(Id(2), Stop)).Rows > 0);
        Assert.DoesNotContain(
            "Codex",
            (await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, async () => await store.ArchiveAsync(Id(2), Stop))).Message,
            StringComparison.Ordinal
        );
        Assert.Single(_codex.Rows());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("UPDATE")]
    [InlineData("DELETE")]
    public async Task An_endless_trigger_ends_the_change_of_the_row_and_nothing_else(string of)
    {
        Put("legacy");
        _codex.Execute(
            $"CREATE TRIGGER endless BEFORE {of} ON threads BEGIN SELECT count(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n); END"
        );
        await using var store = Open();

        var archived = await store.ArchiveAsync(Id(1), Stop);
        var deleted = await store.DeleteAsync(Id(1), Stop);

        Assert.NotNull(archived.Thread.ArchivedAt);
        Assert.Equal((of == "UPDATE" ? 1 : 0, of == "DELETE" ? 1 : 0), (archived.Warnings.Count, deleted.Left.Count));
        Assert.Empty(await store.EverythingAsync());
    }

    LocalThreadStore Open() => _home.Open(options => options with { CodexPatience = TimeSpan.FromSeconds(1) });

    string Put(string mode, bool isNewer = true)
    {
        PutRollout(mode);
        _codex.Create(isNewer).Add(Id(1), "/before", historyMode: mode);
        return _codex.Rows().Single();
    }

    void PutRollout(string mode) => _home.Put(mode == "legacy" ? Legacy(1) : Paginated(1));

    static async Task<int> CountAsync(LocalThreadStore store)
    {
        var count = 0;
        await foreach (var _ in store.ReadHistoryAsync(new ReadHistoryRequest(Id(1)), Stop))
            count++;
        return count;
    }

    static string Rows(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT rollout_path || title || archived || coalesce(name, '') || coalesce(git_branch, '') FROM threads";
        return (string)command.ExecuteScalar()!;
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of the tests
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
