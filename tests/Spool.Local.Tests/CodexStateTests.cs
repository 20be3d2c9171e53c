using Microsoft.Data.Sqlite;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What only Codex's database knows is shown, whatever its state, and reading it leaves no trace.</summary>
public sealed class CodexStateTests : IDisposable
{
    const string Schema = """
        CREATE TABLE threads (id TEXT PRIMARY KEY, rollout_path TEXT, title TEXT, first_user_message TEXT, name TEXT, git_sha TEXT, git_branch TEXT,
            git_origin_url TEXT, memory_mode TEXT, updated_at_ms INTEGER, recency_at_ms INTEGER, archived_at INTEGER);
        CREATE TABLE thread_spawn_edges (parent_thread_id TEXT, child_thread_id TEXT PRIMARY KEY, status TEXT);
        """;

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string Database => Path.Combine(_home.Path, "state_5.sqlite");

    public void Dispose() => _home.Dispose();

    [Fact, Guarantee("LOCL-12")]
    public async Task Names_edits_modes_times_and_parents_come_from_the_database()
    {
        _home.Put(Paginated(1));
        _home.Put(Legacy(2));
        var later = At(500).ToUnixTimeMilliseconds();
        using (var codex = OpenCodex())
        {
            Execute(codex, Schema);
            Execute(
                codex,
                $"INSERT INTO threads VALUES ('{Id(1)}', '', 'hello', 'hello', 'a name', NULL, 'edited', 'https://example.invalid/r.git', 'polluted', {later}, {later + 5}, NULL)"
            );
            Execute(codex, $"INSERT INTO threads (id, title, first_user_message) VALUES ('{Id(2)}', 'an old name', 'hello')");
            Execute(codex, $"INSERT INTO thread_spawn_edges VALUES ('{Id(1)}', '{Id(2)}', 'open')");
        }

        var threads = (await _home.EverythingAsync()).ToDictionary(thread => thread.Id);

        var first = threads[Id(1)];
        Assert.Equal(
            ("a name", new GitInfo(null, "edited", "https://example.invalid/r.git"), "polluted"),
            (first.Name, first.GitInfo, first.MemoryMode)
        );
        Assert.Equal((later, later + 5), (first.UpdatedAt.ToUnixTimeMilliseconds(), first.RecencyAt.ToUnixTimeMilliseconds()));
        Assert.Equal(("an old name", Id(1), 1), (threads[Id(2)].Name, threads[Id(2)].ParentThreadId, threads[Id(2)].Depth));
    }

    [Fact]
    public async Task A_time_of_the_database_that_no_calendar_has_makes_nothing_but_its_own_thread_odd()
    {
        _home.Put(Legacy(1));
        _home.Put(Legacy(2));
        _home.Write($"archived_sessions/{Path.GetFileName(PathOf(Id(3), At(3)))}", Legacy(3).ToSeed().ToLog());
        using (var codex = OpenCodex())
        {
            Execute(codex, Schema);
            Execute(codex, $"INSERT INTO threads (id, updated_at_ms, recency_at_ms) VALUES ('{Id(1)}', {long.MaxValue}, {long.MaxValue})");
            Execute(codex, $"INSERT INTO threads (id, archived_at) VALUES ('{Id(3)}', {long.MaxValue})");
        }
        var last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

        foreach (var sort in Enum.GetValues<ThreadSort>())
        {
            var threads = (await _home.EverythingAsync()).ToDictionary(thread => thread.Id);
            Assert.Equal(
                [last, last],
                new[] { threads[Id(1)].UpdatedAt, threads[Id(1)].RecencyAt }.Select(time => time.ToUnixTimeMilliseconds())
            );
            Assert.Equal(last, threads[Id(3)].ArchivedAt!.Value.ToUnixTimeMilliseconds());
            await using var store = _home.Open();
            Assert.Equal(2, (await store.ListAsync(new ThreadQuery { Sort = sort }, Stop)).Items.Count);
        }
    }

    [Fact, Guarantee("LOCL-13")]
    public async Task What_a_running_codex_has_only_in_its_log_is_seen_and_no_file_is_made_or_touched()
    {
        _home.Put(Paginated(1));
        using var codex = OpenCodex();
        Execute(codex, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + Schema);
        Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'in the log')");
        Assert.True(new FileInfo(Database + "-wal").Length > 0);
        var before = Snapshot();
        await using var store = _home.Open();

        Assert.Equal("in the log", (await store.FindAsync(Id(1), Stop))!.Name);
        Execute(codex, "BEGIN IMMEDIATE");
        Execute(codex, "UPDATE threads SET name = 'not committed'");
        Assert.Equal("in the log", (await store.FindAsync(Id(1), Stop))!.Name);
        Execute(codex, "ROLLBACK");

        Assert.Equal(before.Select(file => file.Name), Snapshot().Select(file => file.Name));
        Assert.Equal(
            before.Where(file => !file.Name.EndsWith("-shm", StringComparison.Ordinal)),
            Snapshot().Where(file => !file.Name.EndsWith("-shm", StringComparison.Ordinal))
        );
        Execute(codex, "UPDATE threads SET name = 'committed'");
        Assert.Equal("committed", (await store.FindAsync(Id(1), Stop))!.Name);
        Assert.DoesNotContain(Directory.EnumerateDirectories(_home.Cache, "codex-state-*", SearchOption.AllDirectories), _ => true);
    }

    [Fact, Guarantee("LOCD-07")]
    public async Task While_codex_runs_its_database_is_read_where_it_is_through_checkpoints_and_restarts()
    {
        _home.Put(Paginated(1));
        await using var store = _home.Open();
        var codex = OpenCodex();
        Execute(codex, "PRAGMA journal_mode = WAL;" + Schema);
        Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'name 0')");
        using var copies = new FileSystemWatcher(Directory.CreateDirectory(_home.Cache).FullName) { IncludeSubdirectories = true };
        var copied = new System.Collections.Concurrent.ConcurrentQueue<string>();
        copies.Created += (_, made) =>
        {
            if (made.Name!.Contains("codex-state-", StringComparison.Ordinal))
                copied.Enqueue(made.Name);
        };
        copies.EnableRaisingEvents = true;

        for (var round = 1; round <= 12; round++)
        {
            Execute(codex, $"UPDATE threads SET name = 'name {round}'");
            Assert.Equal($"name {round}", (await store.FindAsync(Id(1), Stop))!.Name);
            if (round % 3 == 0)
                Execute(codex, $"PRAGMA wal_checkpoint({(round % 2 == 0 ? "TRUNCATE" : "PASSIVE")})");
            Assert.Equal($"name {round}", (await store.FindAsync(Id(1), Stop))!.Name);
            if (round % 4 == 0)
            {
                codex.Dispose();
                Assert.Equal($"name {round}", (await store.FindAsync(Id(1), Stop))!.Name);
                codex = OpenCodex();
            }
        }
        codex.Dispose();
        Assert.Empty(copied);
    }

    [Theory, Guarantee("LOCD-08")]
    [InlineData("as it was")]
    [InlineData("zeros")]
    [InlineData("rubbish")]
    [InlineData("empty")]
    [InlineData("gone")]
    public async Task What_a_killed_codex_left_is_read_whatever_became_of_its_shared_memory(string memory)
    {
        _home.Put(Paginated(1));
        // The files as they are while Codex has them open, in another place: what a kill leaves.
        using (var codex = OpenCodex(Database + ".running"))
        {
            Execute(codex, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + Schema);
            Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'in the log')");
            foreach (var part in (string[])["", "-wal", "-shm"])
                File.Copy(Database + ".running" + part, Database + part);
        }
        var shared = Database + "-shm";
        var bytes = await File.ReadAllBytesAsync(shared, Stop);
        if (memory == "gone")
            File.Delete(shared);
        else
        {
            await File.WriteAllBytesAsync(
                shared,
                memory switch
                {
                    "zeros" => new byte[bytes.Length],
                    "rubbish" => [.. bytes[..100], .. Enumerable.Repeat((byte)0xA5, bytes.Length - 100)],
                    "empty" => [],
                    _ => bytes,
                },
                Stop
            );
        }
        var before = Snapshot();

        Assert.Equal("in the log", (await _home.EverythingAsync()).Single().Name);

        Assert.Equal(before, Snapshot());
    }

    [Fact, Guarantee("LOCD-09")]
    public async Task A_database_that_its_writer_keeps_to_itself_is_read_all_the_same()
    {
        _home.Put(Paginated(1));
        using var codex = OpenCodex();
        Execute(codex, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + Schema);
        Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'kept')");

        Assert.Equal("kept", (await _home.EverythingAsync()).Single().Name);
    }

    [Fact]
    public async Task A_database_in_wal_mode_that_nobody_has_open_gets_no_files_beside_it()
    {
        _home.Put(Paginated(1));
        using (var codex = OpenCodex())
        {
            Execute(codex, "PRAGMA journal_mode = WAL;" + Schema);
            Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'kept')");
        }
        var before = Snapshot();

        Assert.Equal("kept", (await _home.EverythingAsync()).Single().Name);

        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task A_database_that_is_locked_by_a_writer_is_read_all_the_same()
    {
        _home.Put(Paginated(1));
        using var codex = OpenCodex();
        Execute(codex, Schema);
        Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'kept')");
        Execute(codex, "BEGIN EXCLUSIVE");

        Assert.Equal("kept", (await _home.EverythingAsync()).Single().Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is not a database, but it is long enough to be taken for one at first sight ........................")]
    public async Task A_database_that_is_none_hides_no_thread(string content)
    {
        _home.Put(Paginated(1));
        File.WriteAllText(Database, content);

        Assert.Equal((null, "hello"), (await _home.EverythingAsync()).Single() is var thread ? (thread.Name, thread.Preview) : default);
    }

    [Fact]
    public async Task A_database_with_other_tables_or_odd_values_hides_no_thread()
    {
        _home.Put(Paginated(1));
        using (var codex = OpenCodex())
            Execute(
                codex,
                $"CREATE TABLE threads (id, name, updated_at_ms); INSERT INTO threads VALUES (x'00ff', 1, 'x'), ('{Id(1)}', x'ffff', 'soon'), (NULL, NULL, NULL)"
            );

        Assert.Equal(
            (null, "hello", ThreadCondition.Ok),
            (await _home.EverythingAsync()).Single() is var thread ? (thread.Name, thread.Preview, thread.State) : default
        );
    }

    [Fact]
    public async Task What_the_database_said_stays_while_it_cannot_be_read()
    {
        _home.Put(Paginated(1));
        using (var codex = OpenCodex())
        {
            Execute(codex, Schema);
            Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'remembered')");
        }
        await using var store = _home.Open();
        Assert.Equal("remembered", (await store.FindAsync(Id(1), Stop))!.Name);

        File.WriteAllBytes(Database, new byte[5000]);

        Assert.Equal("remembered", (await store.FindAsync(Id(1), Stop))!.Name);
    }

    [Fact]
    public async Task The_last_line_of_the_session_index_names_a_thread_and_an_empty_one_takes_the_name_away()
    {
        _home.Put(Legacy(1));
        _home.Put(Legacy(2));
        _home.Put(Legacy(3));
        File.WriteAllText(
            Path.Combine(_home.Path, "session_index.jsonl"),
            $$"""
            {"id":"{{Id(1)}}","thread_name":"old","updated_at":"x"}
            rubbish
            {"id":"{{Id(2)}}","thread_name":"gone soon"}

            {"id":"{{Id(1)}}","thread_name":"  new é中😀 "}
            {"id":"{{Id(2)}}","thread_name":""}
            {"id":"{{Id(3)}}","thread_name":"no line end"}
            """
        );

        var threads = (await _home.EverythingAsync()).ToDictionary(thread => thread.Id);

        Assert.Equal(["new é中😀", null, "no line end"], Enumerable.Range(1, 3).Select(n => threads[Id(n)].Name));
    }

    SqliteConnection OpenCodex(string? path = null)
    {
        var connection = new SqliteConnection($"Data Source={path ?? Database};Pooling=False");
        connection.Open();
        return connection;
    }

    List<(string Name, DateTime Time, long Length)> Snapshot() =>
        [
            .. Directory
                .EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(path => (path, File.GetLastWriteTimeUtc(path), new FileInfo(path).Length)),
        ];

    [Theory]
    [InlineData(0)]
    [InlineData(54321)]
    public async Task Root_leaves_no_trace_of_reading_on_the_files_of_a_codex_that_runs_whoever_they_belong_to(int owner)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && LinuxCalls.IsRoot,
            "Only root gives files away, and only Linux shows when a file changed at all."
        );
        _home.Put(Paginated(1));
        using var codex = OpenCodex();
        Execute(codex, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + Schema);
        Execute(codex, $"INSERT INTO threads (id, name) VALUES ('{Id(1)}', 'in the log')");
        foreach (var file in Directory.EnumerateFiles(_home.Path, "state_5*"))
            Assert.True(LinuxCalls.TryChangeOwner(file, (uint)owner, (uint)owner));
        var before = Stamps();
        Assert.Equal(3, before.Count);
        AwaitTick();
        await using var store = _home.Open();

        Assert.Equal("in the log", (await store.FindAsync(Id(1), Stop))!.Name);
        Assert.Equal("in the log", Assert.Single((await store.ListAsync(new ThreadQuery(), Stop)).Items).Name);

        Assert.Equal(before, Stamps());
    }

    [Fact]
    public void A_file_that_root_makes_beside_the_database_of_somebody_else_is_given_to_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && LinuxCalls.IsRoot, "Only root gives files away.");
        const uint Owner = 54321;
        Assert.True(SqliteOwners.Keep());
        using (var made = OpenCodex())
            Execute(made, Schema);
        Assert.True(LinuxCalls.TryChangeOwner(Database, Owner, Owner));

        using var codex = OpenCodex();
        Execute(codex, "PRAGMA journal_mode = WAL; CREATE TABLE more (id);");

        Assert.All(
            ["", "-wal", "-shm"],
            suffix =>
                Assert.Equal((Owner, Owner), FileStat.RightsOf(Database + suffix) is { } rights ? (rights.User, rights.Group) : default)
        );
    }

    List<(string Name, FileStamp? Stamp, FileRights? Rights)> Stamps() =>
        [
            .. Directory
                .EnumerateFiles(_home.Path, "state_5*")
                .Order(StringComparer.Ordinal)
                .Select(path => (path, FileStat.TryGet(path), FileStat.RightsOf(path))),
        ];

    // The disk's clock goes in ticks of some milliseconds; what is changed from now on has another time.
    void AwaitTick()
    {
        var probe = _home.Cache + "-probe";
        File.WriteAllText(probe, "");
        for (var first = FileStat.TryGet(probe)!.Value.ChangedNs; FileStat.TryGet(probe)!.Value.ChangedNs == first; )
            File.WriteAllText(probe, "x");
        File.Delete(probe);
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests make the statements
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(
        "CREATE VIEW threads AS WITH RECURSIVE n (id) AS (SELECT 'x' UNION ALL SELECT id FROM n) SELECT id, '' AS rollout_path FROM n"
    )]
    [InlineData(
        "CREATE TABLE threads (id TEXT PRIMARY KEY); CREATE VIEW thread_spawn_edges AS WITH RECURSIVE n (id) AS (SELECT 'x' UNION ALL SELECT id FROM n) SELECT id AS parent_thread_id, id AS child_thread_id FROM n"
    )]
    public async Task A_view_in_the_place_of_a_table_is_said_and_holds_nobody_up(string schema)
    {
        _home.Put(Paginated(1));
        using (var codex = OpenCodex())
            Execute(codex, schema);
        await using var store = _home.Open();

        var page = await store.ListAsync(new ThreadQuery(), Stop);

        Assert.Equal(["state_5.sqlite"], page.Problems.Select(problem => problem.Place));
        Assert.NotNull(await store.FindAsync(Id(1), Stop));
        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("named") }, Stop);
        await store.DeleteAsync(Id(1), Stop);
        Assert.Empty(await store.EverythingAsync());
    }
}
