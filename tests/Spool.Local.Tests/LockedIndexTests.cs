using Microsoft.Data.Sqlite;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>A process that was stopped while it held a lock of the index holds nobody up for long, and nobody misses anything because of
/// it.</summary>
public sealed class LockedIndexTests : IDisposable
{
    readonly TempHome _home = new();
    readonly List<string> _notices = [];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("BEGIN EXCLUSIVE", false)]
    [InlineData("BEGIN EXCLUSIVE", true)]
    [InlineData("BEGIN IMMEDIATE", false)]
    [InlineData("BEGIN IMMEDIATE", true)]
    [InlineData("BEGIN; SELECT count(*) FROM rollouts", false)]
    [InlineData("BEGIN; SELECT count(*) FROM rollouts", true)]
    public async Task Everything_works_while_another_process_keeps_the_index_locked_and_is_in_the_file_afterwards(
        string transaction,
        bool isServed
    )
    {
        _home.Put(Paginated(1, "first"));
        await _home.EverythingAsync();
        _home.Put(Paginated(2, "second"));
        await using var store = _home.Open(options =>
            options with
            {
                IndexPatience = TimeSpan.FromSeconds(1),
                Notice = _notices.Add,
                ReconcileInterval = isServed ? TimeSpan.FromMinutes(5) : null,
            }
        );
        using (var stopped = OpenIndex())
        {
            Execute(stopped, transaction);

            Assert.Equal([Id(2), Id(1)], (await store.EverythingAsync()).Select(thread => thread.Id));
            Assert.Equal("first", (await store.FindAsync(Id(1), Stop))!.Preview);
            Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(Id(2)), Stop)).Items);
            await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("named") }, Stop);
            await store.ArchiveAsync(Id(1), Stop);
            Assert.Equal("named", (await store.FindAsync(Id(1), Stop))!.Name);
            await store.DeleteAsync(Id(2), Stop);
            Assert.Equal([(Id(1), true)], (await store.EverythingAsync()).Select(thread => (thread.Id, thread.ArchivedAt is not null)));
            Assert.Contains("locked by another process", Assert.Single(_notices), StringComparison.Ordinal);
        }

        Assert.Equal([(Id(1), true)], (await store.EverythingAsync()).Select(thread => (thread.Id, thread.ArchivedAt is not null)));
        Assert.Equal("named", (await store.FindAsync(Id(1), Stop))!.Name);
        Assert.Null((await store.StatusAsync(Stop)).InMemoryBecause);
        using var index = OpenIndex();
        using var command = index.CreateCommand();
        command.CommandText = "SELECT group_concat(name) FROM rollouts";
        Assert.Equal("named", command.ExecuteScalar());
    }

    [Theory, Guarantee("LOCL-34")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_waits_for_a_locked_index_ends_soon_after_it_is_cancelled_or_its_store_disposed(bool isCancelled)
    {
        _home.Put(Paginated(1));
        await _home.EverythingAsync();
        await using var store = _home.Open(options => options with { IndexPatience = TimeSpan.FromHours(1), Notice = _notices.Add });
        using var stopped = OpenIndex();
        Execute(stopped, "BEGIN EXCLUSIVE");
        using var caller = new CancellationTokenSource();
        var list = store.ListAsync(new ThreadQuery(), caller.Token).AsTask();
        var find = store.FindAsync(Id(1), caller.Token).AsTask();

        if (isCancelled)
            await caller.CancelAsync();
        else
            await store.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1), Stop);

        foreach (var call in (Task[])[list, find])
        {
            var error = await Record.ExceptionAsync(() => call.WaitAsync(TimeSpan.FromMinutes(1), Stop));
            Assert.IsAssignableFrom(isCancelled ? typeof(OperationCanceledException) : typeof(ObjectDisposedException), error);
        }
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task What_a_deletion_leaves_in_an_index_that_is_locked_is_said_and_goes_with_the_next_look()
    {
        _home.Put(Legacy(1, "a secret question"));
        await _home.EverythingAsync();
        using (var stopped = OpenIndex())
        {
            Execute(stopped, "BEGIN EXCLUSIVE");
            await using var store = _home.Open(options => options with { IndexPatience = TimeSpan.FromSeconds(1) });

            var receipt = await store.DeleteAsync(Id(1), Stop);

            Assert.Contains("another process keeps it locked", Assert.Single(receipt.Left).ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(await _home.EverythingAsync());
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_home.Cache, "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains("secret", StringComparison.Ordinal)
        );
    }

    SqliteConnection OpenIndex()
    {
        var connection = new SqliteConnection(
            $"Data Source={Directory.EnumerateFiles(_home.Cache, "index.sqlite", SearchOption.AllDirectories).Single()};Pooling=False"
        );
        connection.Open();
        return connection;
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteScalar();
    }
}
