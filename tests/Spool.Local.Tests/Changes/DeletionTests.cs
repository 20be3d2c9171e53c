using System.IO.Compression;
using System.Text;
using Microsoft.Data.Sqlite;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>A deleted thread is gone from every file, byte by byte, or the receipt says where something is left and why.</summary>
public sealed class DeletionTests : IDisposable
{
    const string Secret = "the-secret-that-nobody-may-find";

    const string History = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE thread_turns (thread_id TEXT NOT NULL, turn_id TEXT NOT NULL, PRIMARY KEY (thread_id, turn_id));
        CREATE TABLE thread_items (thread_id TEXT NOT NULL, turn_id TEXT NOT NULL, item_id TEXT NOT NULL, item_json TEXT NOT NULL, PRIMARY KEY (thread_id, turn_id, item_id));
        """;

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string Root => Path.GetDirectoryName(_home.Path)!;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("legacy")]
    [InlineData("paginated")]
    [InlineData("compressed")]
    [InlineData("archived")]
    [InlineData("reverted")]
    [InlineData("forked")]
    [InlineData("large")]
    public async Task Nothing_of_a_deleted_thread_is_left_in_any_file(string kind)
    {
        var text = kind == "large" ? Secret + new string('x', 200_000) + Secret : Secret;
        var lines = kind is "paginated" or "reverted" or "forked" ? Paginated(1, text) : Legacy(1, text);
        var path = _home.Put(lines.Turn(Secret + " again"));
        if (kind == "compressed")
            Compress(path);
        _home.Put(Legacy(2, "another thread"));
        FillDatabases(Id(1), path, text);
        FillDatabases(Id(2), "2", "another thread");
        await using var store = _home.Open();
        await store.EverythingAsync();
        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("named " + Secret) }, Stop);
        await store.EverythingAsync();
        if (kind != "archived")
        {
            await using var writer = await store.ResumeAsync(1);
            await writer.AppendAsync(Writing.Items("more of " + Secret) with { Durability = Durability.Fsynced }, Stop);
        }
        else
            await store.ArchiveAsync(Id(1), Stop);
        await store.EverythingAsync();
        if (kind == "reverted")
            await store.RevertAsync(Id(1), (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items[1].Id, Stop);
        if (kind == "forked")
        {
            await store.ForkAsync(new ForkRequest(Id(1), Id(3)), Stop);
            await store.EverythingAsync();
            Assert.Equal(1, (await store.DeleteAsync(Id(3), Stop)).Rollouts);
        }
        await store.EverythingAsync();
        Assert.NotEmpty(Holding(Secret));

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(Holding(Secret));
        Assert.Empty(receipt.Left);
        Assert.Equal((kind == "reverted" ? 2 : 1, 1, 5), (receipt.Rollouts, receipt.Names, receipt.Rows));
        Assert.Equal(receipt.Rollouts, receipt.Removed.Count);
        Assert.Equal("another thread", Assert.Single(await store.EverythingAsync()).Preview);
        Assert.Contains(
            Holding("another thread"),
            file =>
                file.EndsWith("state_5.sqlite", StringComparison.Ordinal) || file.EndsWith("state_5.sqlite-wal", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Every_file_that_says_it_is_the_thread_goes_whatever_its_name()
    {
        var path = _home.Put(Legacy(1, Secret));
        var bytes = File.ReadAllBytes(path);
        var name = Path.GetFileNameWithoutExtension(path);
        var folder = Path.GetDirectoryName(Path.GetRelativePath(_home.Path, path))!;
        string[] copies =
        [
            $"{folder}/{name} (1).jsonl",
            $"{folder}/{name}.jsonl.bak",
            $"{folder}/{name}.jsonl~",
            $"{folder}/rollout-copy.jsonl",
            $"{folder}/{name.Replace(Id(1).ToString(), Id(9).ToString(), StringComparison.Ordinal)}.jsonl",
            $"archived_sessions/{name}.jsonl",
            $"archived_sessions/{name} copy.jsonl",
            "sessions/old.jsonl",
            "backup/2026/thread.txt",
            "one.json.gz.bak",
            $"backup/{name}.jsonl.zst",
            $"{folder}/{name} (2).jsonl.zst",
        ];
        foreach (var copy in copies)
            _home.Write(
                copy,
                copy.Contains(".gz", StringComparison.Ordinal) ? Gzip(bytes)
                    : copy.EndsWith(".zst", StringComparison.Ordinal) ? Zstd(bytes)
                    : bytes
            );
        string[] beside =
        [
            $"{folder}/.{name}.jsonl.new",
            $"{folder}/.{name}.jsonl.doubtful",
            $"{folder}/{name}.jsonl.torn-17",
            $"{folder}/{name}.jsonl.torn-17-2",
            $"{folder}/{name} (1).jsonl.torn-5",
            $"archived_sessions/{name}.jsonl.torn-1",
        ];
        foreach (var file in beside)
            _home.Write(file, Encoding.UTF8.GetBytes(Secret));
        var other = Legacy(2, "another thread").ToSeed().ToLog();
        _home.Write("backup/other.jsonl", other);
        _home.Write("notes/about.md", Encoding.UTF8.GetBytes($"I liked thread {Id(1).ToString().ToUpperInvariant()}."));
        await using var store = _home.Open();
        await store.EverythingAsync();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(Holding(Secret));
        Assert.Equal(
            ["backup/other.jsonl", "notes/about.md"],
            _home.Files().Where(file => !file.StartsWith("thread-writer-locks", StringComparison.Ordinal))
        );
        Assert.Equal(
            [.. copies.Concat(beside).Append($"{folder}/{name}.jsonl").Order(StringComparer.Ordinal)],
            receipt.Removed.Order(StringComparer.Ordinal)
        );
        Assert.Contains("notes/about.md", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
        Assert.Empty(await store.EverythingAsync());
        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
    }

    [Fact]
    public async Task What_cannot_be_deleted_or_looked_at_is_in_the_receipt()
    {
        var path = _home.Put(Legacy(1, Secret));
        var folder = Path.GetDirectoryName(Path.GetRelativePath(_home.Path, path))!;
        var outside = Path.Combine(Root, "elsewhere");
        File.Move(path, outside);
        File.CreateSymbolicLink(path, outside);
        var log = Legacy(1, Secret).ToSeed().ToLog().AsSpan();
        var headless = $"{folder}/{Path.GetFileNameWithoutExtension(path)} (1).jsonl";
        _home.Write(headless, log[(log.IndexOf((byte)'\n') + 1)..]);
        File.CreateSymbolicLink(Path.Combine(_home.Path, "archived_sessions"), Path.Combine(Root, "nowhere"));
        await using var store = _home.Open();
        await store.EverythingAsync();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal([Path.GetRelativePath(_home.Path, path)], receipt.Removed);
        Assert.Equal(
            [
                "What archived_sessions holds of the thread, if anything",
                $"The file that the link {receipt.Removed[0]} led to",
                $"The file {headless}, which has the thread's id in its name",
            ],
            receipt.Left.Select(left => left.What).OrderByDescending(what => what, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_deletion_that_fails_in_its_middle_says_what_is_gone_already()
    {
        var path = _home.Put(Legacy(1, Secret));
        _home.Write("backup/copy.jsonl", File.ReadAllBytes(path));
        var disk = new FaultyFileSystem(PhysicalFileSystem.Instance);
        await using var store = LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Cache },
            disk
        );
        disk.Break(new Fault(2, Fault.NoAccess) { Only = DiskStep.Delete, IsLasting = true });

        var error = await Assert.ThrowsAsync<ThreadStoreException>(() => store.DeleteAsync(Id(1), Stop).AsTask());

        Assert.Equal(ThreadStoreErrorCode.Unavailable, error.Code);
        Assert.Contains("Removed already: backup/copy.jsonl. The same command again", error.Message, StringComparison.Ordinal);
        Assert.Contains("sessions/", error.Message, StringComparison.Ordinal);
        disk.Heal();
        Assert.Single((await store.DeleteAsync(Id(1), Stop)).Removed);
    }

    [Theory]
    [InlineData("sessions/rollout-2026-01-04T10-00-00-{ID}.jsonl", true)]
    [InlineData("sessions/rollout-2026-01-04T10-00-00-{ID}.jsonl.zst", true)]
    [InlineData("archived_sessions/rollout-2026-01-04T10-00-00-{ID}.jsonl", true)]
    [InlineData("{ROLLOUT}.zst", true)]
    [InlineData("sessions/2026/01/01/.rollout-2026-01-01T00-00-00-{ID}.jsonl.new", false)]
    public async Task A_folder_with_the_name_of_a_rollout_hinders_nothing_and_is_named(string name, bool isNamed)
    {
        var path = _home.Put(Legacy(1, Secret));
        var rollout = Path.GetRelativePath(_home.Path, path);
        name = name.Replace("{ID}", Id(1).ToString(), StringComparison.Ordinal).Replace("{ROLLOUT}", rollout, StringComparison.Ordinal);
        var copy = _home.Write($"{name}/copy.jsonl", File.ReadAllBytes(path));
        _home.Write($"sessions/rollout-2026-01-02T10-00-00-{Id(1)}.jsonl", []);
        await using var store = _home.Open();
        await store.EverythingAsync();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(2, receipt.Rollouts);
        Assert.Equal(
            isNamed ? [$"The folder {name}, which has the name of a rollout of the thread"] : [],
            receipt.Left.Select(left => left.What)
        );
        Assert.Empty(Holding(Secret));
        Assert.True(Directory.Exists(Path.GetDirectoryName(copy)));
    }

    [Fact]
    public async Task What_is_gone_when_a_deletion_fails_in_its_middle_is_gone_from_the_index_too()
    {
        (string Path, string Text)[] rollouts =
        [
            ($"sessions/rollout-2026-01-02T10-00-00-{Id(1)}.jsonl", Secret + " one"),
            (PathOf(Id(1), At(1)), Secret + " two"),
        ];
        foreach (var (path, text) in rollouts)
            _home.Write(path, Legacy(1, text).ToSeed().ToLog());
        var disk = new FaultyFileSystem(PhysicalFileSystem.Instance);
        await using var store = LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Cache },
            disk
        );
        await store.EverythingAsync();
        disk.Break(new Fault(4, Fault.NoAccess) { Only = DiskStep.Delete, IsLasting = true });

        await Writing.RefusedAsync(ThreadStoreErrorCode.Unavailable, () => store.DeleteAsync(Id(1), Stop).AsTask());

        var (_, gone) = Assert.Single(rollouts, rollout => !File.Exists(Path.Combine(_home.Path, rollout.Path)));
        Assert.Empty(Holding(gone));
    }

    [Fact]
    public async Task A_copy_that_a_fork_could_continue_does_not_let_the_thread_be_deleted_under_the_fork()
    {
        var path = _home.Put(Paginated(1, Secret));
        await using var store = _home.Open();
        await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);
        var copy = path.Replace(".jsonl", " (1).jsonl", StringComparison.Ordinal);
        File.Copy(path, copy);
        var stray = _home.Write("backup/copy.txt", File.ReadAllBytes(path));

        var error = await Writing.RefusedAsync(ThreadStoreErrorCode.Referenced, () => store.DeleteAsync(Id(1), Stop).AsTask());

        Assert.Contains(Id(2).ToString(), error.Message, StringComparison.Ordinal);
        Assert.All([path, copy, stray], file => Assert.True(File.Exists(file)));
    }

    [Fact]
    public async Task A_working_copy_in_the_home_is_somebodys_work_and_is_not_looked_through()
    {
        _home.Put(Legacy(1, Secret));
        _home.Write("worktrees/one/project/.git", "gitdir: /somewhere"u8);
        var sample = _home.Write("worktrees/one/project/tests/sample.jsonl", Legacy(1, Secret).ToSeed().ToLog());
        await using var store = _home.Open();

        await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(sample, Assert.Single(Holding(Secret)));
    }

    [Fact]
    public async Task What_a_died_deletion_left_under_other_names_is_removed_by_the_next()
    {
        _home.Write("backup/copy.txt", Legacy(1, Secret).ToSeed().ToLog());
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal((0, "backup/copy.txt"), (receipt.Rollouts, Assert.Single(receipt.Removed)));
        Assert.Empty(Holding(Secret));
    }

    [Fact]
    public async Task While_another_program_reads_an_older_state_the_receipt_says_what_is_left_and_later_it_goes()
    {
        var path = _home.Put(Legacy(1, Secret));
        FillDatabases(Id(1), path, Secret);
        await using var store = _home.Open(options => options with { CodexPatience = TimeSpan.FromSeconds(1) });
        await store.EverythingAsync();
        using (var codex = Reading(Path.Combine(_home.Path, "state_5.sqlite"), "SELECT * FROM threads"))
        {
            var receipt = await store.DeleteAsync(Id(1), Stop);
            Assert.Contains("state_5.sqlite-wal", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
            Assert.All(
                Holding(Secret),
                file =>
                    Assert.True(file.EndsWith("-wal", StringComparison.Ordinal) || file.EndsWith(".sqlite", StringComparison.Ordinal), file)
            );
        }

        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
        Assert.Empty(Holding(Secret));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("lock")]
    public async Task What_a_deletion_left_in_free_space_when_it_was_killed_before_it_wrote_the_database_anew_goes_with_the_next(
        string trace
    )
    {
        FillDatabases(Id(1), "sessions/1", Secret);
        FillDatabases(Id(2), "sessions/2", "another thread");
        var id = trace == "text" ? Id(1).ToString() : "x";
        foreach (
            var (database, rows) in ((string, string[])[])
                [
                    ("thread_history_1.sqlite", ["thread_items WHERE thread_id", "thread_turns WHERE thread_id"]),
                    ("state_5.sqlite", ["threads WHERE id"]),
                ]
        )
        {
            Execute(database, $"PRAGMA secure_delete = ON; {string.Concat(rows.Select(row => $"DELETE FROM {row} = '{Id(1)}'; "))}");
            Execute(
                database,
                $"PRAGMA secure_delete = OFF; CREATE TABLE gone (body TEXT); INSERT INTO gone VALUES ('{id} {Secret} {new string('x', 9000)}'); DROP TABLE gone; PRAGMA wal_checkpoint(TRUNCATE)"
            );
        }
        if (trace == "lock")
            _home.Write($"thread-writer-locks/{Id(1)}.lock", []);
        Assert.Equal(2, Holding(Secret).Count);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(Holding(Secret));
        Assert.Empty(receipt.Left);
        Assert.Equal(trace == "lock" ? [$"thread-writer-locks/{Id(1)}.lock"] : [], receipt.Removed);
        Assert.False(File.Exists(Path.Combine(_home.Path, $"thread-writer-locks/{Id(1)}.lock")));
        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
    }

    [Fact]
    public async Task An_id_that_only_another_threads_row_quotes_is_not_there()
    {
        FillDatabases(Id(2), "sessions/2", $"about {Id(1)}");
        await using var store = _home.Open();

        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
        Assert.NotEmpty(Holding($"about {Id(1)}"));
    }

    [Theory]
    [InlineData("thread_history_1.sqlite", "SELECT * FROM thread_items")]
    [InlineData("state_5.sqlite", "SELECT * FROM threads")]
    public async Task Earlier_states_of_rows_go_also_when_another_program_was_reading_meanwhile(string database, string query)
    {
        var path = _home.Put(Legacy(1, Secret));
        FillDatabases(Id(1), path, Secret);
        FillDatabases(Id(2), "sessions/2", "another thread");
        Execute(
            database,
            $"PRAGMA secure_delete = OFF; CREATE TABLE gone (body TEXT); INSERT INTO gone VALUES ('{Id(1)} {Secret} {new string('x', 9000)}'); DROP TABLE gone; PRAGMA wal_checkpoint(TRUNCATE)"
        );
        await using var store = _home.Open(options => options with { CodexPatience = TimeSpan.FromSeconds(1) });
        await store.EverythingAsync();
        using (var codex = Reading(Path.Combine(_home.Path, database), query))
            Assert.Contains("repeat the command", Assert.Single((await store.DeleteAsync(Id(1), Stop)).Left).Why, StringComparison.Ordinal);

        Assert.All(Holding(Secret), file => Assert.StartsWith(Path.Combine(_home.Path, database), file, StringComparison.Ordinal));
        try
        {
            Assert.Empty((await store.DeleteAsync(Id(1), Stop)).Left);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound)
        {
            // It went when the reader wrote the log back.
        }
        Assert.Empty(Holding(Secret));
    }

    [Fact]
    public async Task An_index_that_was_set_aside_goes_as_well()
    {
        _home.Put(Legacy(1, Secret));
        await using var store = _home.Open();
        await store.EverythingAsync();
        await store.RebuildAsync(cancellationToken: Stop);

        await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(Holding(Secret));
    }

    [Fact]
    public async Task Rows_of_all_of_Codexs_databases_go_and_those_of_other_threads_stay()
    {
        _home.Put(Legacy(1));
        string[] databases =
        [
            "state_5.sqlite",
            "goals_1.sqlite",
            "memories_1.sqlite",
            "queue_1.sqlite",
            "logs_2.sqlite",
            "thread_history_1.sqlite",
        ];
        foreach (var database in databases)
        {
            Execute(database, "CREATE TABLE things (thread_id TEXT, body TEXT)");
            foreach (var number in (int[])[1, 2])
                Execute(database, $"INSERT INTO things VALUES ('{Id(number)}', 'thing {number} of {Secret}')");
        }
        Execute(
            "memories_1.sqlite",
            $"CREATE TABLE jobs (kind TEXT, job_key TEXT); INSERT INTO jobs VALUES ('stage1', '{Id(1)}'), ('stage1', '{Id(2)}')"
        );
        Execute("of-somebody-else.sqlite", $"CREATE TABLE things (thread_id TEXT); INSERT INTO things VALUES ('{Id(1)}')");
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(databases.Length + 1, receipt.Rows);
        Assert.Empty(Holding("thing 1 of"));
        Assert.Equal(databases.Length, Holding("thing 2 of").Count);
    }

    [Theory]
    [InlineData("sqlite", "sqlite")]
    [InlineData("sqlite", "sessions/../sqlite/")]
    [InlineData("sqlite", "link")]
    [InlineData("deep/er", "deep/er")]
    [InlineData("sqlite", null)]
    public async Task Databases_in_another_folder_of_the_home_are_cleaned_and_not_taken_for_copies(string folder, string? environment)
    {
        var path = _home.Put(Legacy(1, Secret));
        FillDatabases(Id(1), path, Secret);
        Directory.CreateDirectory(Path.Combine(_home.Path, folder));
        foreach (var file in Directory.EnumerateFiles(_home.Path, "*.sqlite*").ToList())
            File.Move(file, Path.Combine(_home.Path, folder, Path.GetFileName(file)));
        if (environment == "link")
            File.CreateSymbolicLink(Path.Combine(_home.Path, "link"), Path.Combine(_home.Path, folder));
        if (environment is null)
            _home.Write("config.toml", Encoding.UTF8.GetBytes($"sqlite_home = \"{folder}\""));
        await using var store = _home.Open(options =>
            options with
            {
                CodexSqliteHome = environment is null ? null : Path.Combine(_home.Path, environment),
            }
        );
        Directory.CreateDirectory(Path.Combine(_home.Path, "old"));
        File.Copy(Path.Combine(_home.Path, folder, "state_5.sqlite"), Path.Combine(_home.Path, "old/state_5.sqlite"));
        using (var running = Reading(Path.Combine(_home.Path, folder, "thread_history_1.sqlite"), "SELECT 1"))
        {
            var receipt = await store.DeleteAsync(Id(1), Stop);

            Assert.Equal((1, 5), (receipt.Rollouts, receipt.Rows));
            Assert.StartsWith(
                "The file old/state_5.sqlite, which names the thread",
                Assert.Single(receipt.Left).What,
                StringComparison.Ordinal
            );
        }
        Assert.Equal(["old/state_5.sqlite"], Holding(Secret).Select(file => Path.GetRelativePath(_home.Path, file)));
    }

    [Fact]
    public async Task Prompts_of_the_thread_go_and_every_other_line_stays_where_it_is()
    {
        _home.Put(Legacy(1, Secret));
        var (one, two) = (Id(1).ToString(), Id(2).ToString());
        (string Line, bool Goes)[] lines =
        [
            ($$"""{"session_id":"{{two}}","ts":1790000000,"text":"another prompt"}""" + "\n", false),
            ($$"""{"session_id":"{{one}}","ts":1790000001,"text":"{{Secret}}"}""" + "\n", true),
            (
                $$""" { "ts" : 17, "more" : {"session_id":"{{two}}"}, "session_id" : "{{one.ToUpperInvariant()}}", "text":"{{Secret}}" }"""
                    + "\r\n",
                true
            ),
            ($$"""{"session_id":"{{two}}","ts":1790000002,"text":"about {{one}}"}""" + "\n", false),
            ($$"""{"session_id":"{{one}}","ts":1790000003,"text":"{{new string('x', 3_000_000)}} {{Secret}}"}""" + "\n", true),
            ("\n", false),
            ("no prompt at all\n", false),
            ($$"""{"session_id":"{{two}}","ts":1790000004,"te""" + "\n", false),
            ($$"""{"session_id":"{{one}}","ts":1790000005,"text":"{{Secret}} that was cut""", true),
        ];
        var history = _home.Write("history.jsonl", Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line.Line))));
        _home.Write($"shell_snapshots/{one}.1795853597528230810.sh", "export A=1"u8);
        _home.Write($"shell_snapshots/{two}.1795853597528230810.sh", "export A=1"u8);
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(Holding(Secret));
        Assert.Equal((1, 4), (receipt.Rollouts, receipt.Prompts));
        Assert.Equal(
            string.Concat(
                lines.Select(line =>
                    line.Goes ? new string(' ', line.Line.TrimEnd('\n').Length) + (line.Line[^1] == '\n' ? "\n" : "") : line.Line
                )
            ),
            File.ReadAllText(history).Replace(" \r\n", "  \n", StringComparison.Ordinal)
        );
        Assert.Equal("The file history.jsonl, which names the thread", Assert.Single(receipt.Left).What); // in the prompt of another thread
        Assert.Equal(
            $"shell_snapshots/{two}.1795853597528230810.sh",
            Assert.Single(_home.Files(), file => file.StartsWith("shell_snapshots", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("conversation_id", "", "")]
    [InlineData("conversation_id", "\ufeff", "")]
    [InlineData("session_id", "\ufeff", "\r")]
    [InlineData("session_id", "\ufeff ", "")]
    [InlineData("session_id", "\0\0\0", "")]
    [InlineData("session_id", "", "\0\0")]
    [InlineData("session_id\":\"{1}\",\"conversation_id", "", "")]
    public async Task Prompts_go_also_as_older_releases_and_other_programs_wrote_them(string member, string before, string after)
    {
        _home.Put(Legacy(1, Secret));
        var kept = $$"""{"conversation_id":"{{Id(2)}}","ts":1,"text":"of another thread"}""" + "\n";
        var prompt =
            $$"""{{before}}{"{{member.Replace("{1}", Id(1).ToString(), StringComparison.Ordinal)}}":"{{Id(1)}}","ts":1,"text":"{{Secret}}"}{{after}}"""
            + "\n";
        var history = _home.Write("history.jsonl", Encoding.UTF8.GetBytes(prompt + kept + prompt.TrimStart('\ufeff')));
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal((2, 0), (receipt.Prompts, receipt.Left.Count));
        Assert.Empty(Holding(Secret));
        Assert.Equal(["", kept.TrimEnd('\n'), ""], File.ReadAllLines(history).Select(line => line.Trim(' ')));
    }

    [Fact]
    public async Task A_prompt_that_names_two_threads_is_neither_ones_alone_and_stays()
    {
        _home.Put(Legacy(1, Secret));
        var prompts =
            $$"""{"session_id":"{{Id(1)}}","conversation_id":"{{Id(2)}}","text":"x"}"""
            + "\n"
            + $$"""{"session_id":"{{Id(2)}}","session_id":"{{Id(1)}}","text":"y"}"""
            + "\n";
        var history = _home.Write("history.jsonl", Encoding.UTF8.GetBytes(prompts));
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(prompts, File.ReadAllText(history));
        Assert.Equal("The file history.jsonl, which names the thread", Assert.Single(receipt.Left).What);
    }

    [Fact]
    public async Task Prompts_that_another_program_keeps_locked_are_said_to_be_left_and_go_with_the_next_deletion()
    {
        _home.Put(Legacy(1));
        var history = _home.Write(
            "history.jsonl",
            Encoding.UTF8.GetBytes($$"""{"session_id":"{{Id(1)}}","ts":1,"text":"{{Secret}}"}""" + "\n")
        );
        await using var store = _home.Open(options => options with { CodexPatience = TimeSpan.FromMilliseconds(50) });
        using (File.Open(history, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var receipt = await store.DeleteAsync(Id(1), Stop);

            Assert.Equal((1, 0), (receipt.Rollouts, receipt.Prompts));
            Assert.StartsWith("The prompts of the thread in history.jsonl", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
        }

        var again = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal((0, 1, 0), (again.Rollouts, again.Prompts, again.Left.Count));
        Assert.Empty(Holding(Secret));
        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
    }

    [Fact]
    public async Task Prompts_that_are_appended_while_others_are_removed_are_all_kept()
    {
        _home.Put(Legacy(1));
        var history = _home.Write("history.jsonl", []);
        var kept = new List<string>();
        using (var file = LinuxCalls.Open(history, LinuxCalls.ReadWrite | LinuxCalls.AppendOnly))
        {
            await using var store = _home.Open();
            for (var round = 0; round < 10; round++)
            {
                LinuxCalls.Write(file, Encoding.UTF8.GetBytes($$"""{"session_id":"{{Id(1)}}","ts":1,"text":"{{Secret}}"}""" + "\n"));
                var deletion = store.DeleteAsync(Id(1), Stop).AsTask();
                for (var i = 0; i < 200; i++)
                {
                    kept.Add($$"""{"session_id":"{{Id(2)}}","ts":{{round}},"text":"number {{i}}"}""");
                    LinuxCalls.Write(file, Encoding.UTF8.GetBytes(kept[^1] + "\n"));
                }
                Assert.Equal(1, (await deletion).Prompts);
            }
        }

        Assert.Equal(kept, File.ReadLines(history).Where(line => !string.IsNullOrWhiteSpace(line)));
        Assert.Empty(Holding(Secret));
    }

    static SqliteConnection Reading(string path, string query)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN";
        command.ExecuteNonQuery();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        reader.Read();
        return connection;
    }

    void FillDatabases(ThreadId threadId, string path, string text)
    {
        var state = new CodexDatabase(_home);
        if (!File.Exists(state.FilePath))
        {
            state.Create();
            Execute("thread_history_1.sqlite", History);
        }
        state.Add(threadId, path, text);
        Execute(
            "thread_history_1.sqlite",
            $"INSERT INTO thread_turns VALUES ('{threadId}', 't'); INSERT INTO thread_items VALUES ('{threadId}', 't', 'i', '{text}')"
        );
    }

    void Execute(string database, string sql)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(_home.Path, database), Pooling = false }.ToString()
        );
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    List<string> Holding(string text) =>
        [
            .. Directory
                .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
                .Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0),
        ];

    static void Compress(string path)
    {
        File.WriteAllBytes(path + ".zst", Zstd(File.ReadAllBytes(path)));
        File.Delete(path);
    }

    static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    static byte[] Gzip(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return result.ToArray();
    }
}
