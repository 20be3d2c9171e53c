using Microsoft.Data.Sqlite;
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
