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
            await store.RevertAsync(Id(1), (await store.ListTurnsAsync(new ListTurns(Id(1)), Stop)).Turns[1].Id, Stop);
        if (kind == "forked")
        {
            await store.ForkAsync(new ForkThread(Id(1), Id(3)), Stop);
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
        Assert.Contains(Holding("another thread"), file => file.EndsWith("state_5.sqlite", StringComparison.Ordinal) || file.EndsWith("state_5.sqlite-wal", StringComparison.Ordinal));
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
            $"{folder}/{name} (1).jsonl", $"{folder}/{name}.jsonl.bak", $"{folder}/{name}.jsonl~", $"{folder}/rollout-copy.jsonl", $"{folder}/{name.Replace(Id(1).ToString(), Id(9).ToString(), StringComparison.Ordinal)}.jsonl",
            $"archived_sessions/{name}.jsonl", $"archived_sessions/{name} copy.jsonl", "sessions/old.jsonl", "backup/2026/thread.txt", "one.json.gz.bak", $"backup/{name}.jsonl.zst", $"{folder}/{name} (2).jsonl.zst",
        ];
        foreach (var copy in copies)
            _home.Write(copy, copy.Contains(".gz", StringComparison.Ordinal) ? Gzip(bytes) : copy.EndsWith(".zst", StringComparison.Ordinal) ? Zstd(bytes) : bytes);
        string[] beside = [$"{folder}/.{name}.jsonl.new", $"{folder}/.{name}.jsonl.doubtful", $"{folder}/{name}.jsonl.torn-17", $"{folder}/{name}.jsonl.torn-17-2", $"{folder}/{name} (1).jsonl.torn-5", $"archived_sessions/{name}.jsonl.torn-1"];
        foreach (var file in beside)
            _home.Write(file, Encoding.UTF8.GetBytes(Secret));
        var other = Legacy(2, "another thread").ToSeed().ToLog();
        _home.Write("backup/other.jsonl", other);
        _home.Write("notes/about.md", Encoding.UTF8.GetBytes($"I liked thread {Id(1).ToString().ToUpperInvariant()}."));
        await using var store = _home.Open();
        await store.EverythingAsync();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Empty(Holding(Secret));
        Assert.Equal(["backup/other.jsonl", "notes/about.md"], _home.Files().Where(file => !file.StartsWith("thread-writer-locks", StringComparison.Ordinal)));
        Assert.Equal([.. copies.Concat(beside).Append($"{folder}/{name}.jsonl").Order(StringComparer.Ordinal)], receipt.Removed.Order(StringComparer.Ordinal));
        Assert.Contains("notes/about.md", Assert.Single(receipt.Left).What, StringComparison.Ordinal);
        Assert.Empty(await store.EverythingAsync());
        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
    }

    [Fact]
    public async Task A_copy_that_a_fork_could_continue_does_not_let_the_thread_be_deleted_under_the_fork()
    {
        var path = _home.Put(Paginated(1, Secret));
        await using var store = _home.Open();
        await store.ForkAsync(new ForkThread(Id(1), Id(2)), Stop);
        var copy = path.Replace(".jsonl", " (1).jsonl", StringComparison.Ordinal);
        File.Copy(path, copy);
        var stray = _home.Write("backup/copy.txt", File.ReadAllBytes(path));

        var error = await Writing.RefusedAsync(ThreadStoreErrorCode.Conflict, () => store.DeleteAsync(Id(1), Stop).AsTask());

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
            Assert.All(Holding(Secret), file => Assert.True(file.EndsWith("-wal", StringComparison.Ordinal) || file.EndsWith(".sqlite", StringComparison.Ordinal), file));
        }

        await Writing.RefusedAsync(ThreadStoreErrorCode.NotFound, () => store.DeleteAsync(Id(1), Stop).AsTask());
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
        string[] databases = ["state_5.sqlite", "goals_1.sqlite", "memories_1.sqlite", "queue_1.sqlite", "logs_2.sqlite", "thread_history_1.sqlite"];
        foreach (var database in databases)
        {
            Execute(database, "CREATE TABLE things (thread_id TEXT, body TEXT)");
            foreach (var number in (int[])[1, 2])
                Execute(database, $"INSERT INTO things VALUES ('{Id(number)}', 'thing {number} of {Secret}')");
        }
        Execute("memories_1.sqlite", $"CREATE TABLE jobs (kind TEXT, job_key TEXT); INSERT INTO jobs VALUES ('stage1', '{Id(1)}'), ('stage1', '{Id(2)}')");
        Execute("of-somebody-else.sqlite", $"CREATE TABLE things (thread_id TEXT); INSERT INTO things VALUES ('{Id(1)}')");
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal(databases.Length + 1, receipt.Rows);
        Assert.Empty(Holding("thing 1 of"));
        Assert.Equal(databases.Length, Holding("thing 2 of").Count);
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

    void FillDatabases(ThreadId thread, string path, string text)
    {
        var state = new CodexDatabase(_home);
        if (!File.Exists(state.FilePath))
        {
            state.Create();
            Execute("thread_history_1.sqlite", History);
        }
        state.Add(thread, path, text);
        Execute("thread_history_1.sqlite", $"INSERT INTO thread_turns VALUES ('{thread}', 't'); INSERT INTO thread_items VALUES ('{thread}', 't', 'i', '{text}')");
    }

    void Execute(string database, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_home.Path, database), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    List<string> Holding(string text) =>
        [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Where(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)];

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
