using System.Text;
using System.Text.Json.Nodes;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>The list of names after changes: whole lines, whatever it looked like before, whoever else appends.</summary>
public sealed class SessionIndexTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string Names => Path.Combine(_home.Path, "session_index.jsonl");

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("LOCC-01")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"id\":\"x\"}\n")]
    [InlineData("{\"id\":\"01a2\",\"thread_na")]
    [InlineData("\n\nrubbish")]
    public async Task A_name_is_one_line_behind_what_the_list_holds(string? before)
    {
        _home.Put(Legacy(1));
        if (before is not null)
            _home.Write("session_index.jsonl", Encoding.UTF8.GetBytes(before));
        await using var store = _home.Open(options =>
            options with
            {
                Time = new FixedClock(new DateTimeOffset(2026, 11, 22, 16, 48, 40, 640, TimeSpan.Zero).AddTicks(4247)),
            }
        );

        var changed = await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To(" é中😀 <&'\" ") }, Stop);

        Assert.Equal(("é中😀 <&'\"", 0), (changed.Thread.Name, changed.Warnings.Count));
        var start = before is null or "" || before.EndsWith('\n') ? before : before + "\n";
        var line = "{\"id\":\"" + Id(1) + "\",\"thread_name\":\"é中😀 <&'\\\"\",\"updated_at\":\"2026-11-22T16:48:40.640424700Z\"}\n";
        Assert.Equal(start + line, File.ReadAllText(Names));

        Assert.Null((await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.Clear<string>() }, Stop)).Thread.Name);
        Assert.Equal(
            start + line + "{\"id\":\"" + Id(1) + "\",\"thread_name\":\"\",\"updated_at\":\"2026-11-22T16:48:40.640424700Z\"}\n",
            File.ReadAllText(Names)
        );
    }

    [Fact]
    public async Task A_fork_has_a_name_that_Codex_took_with_line_breaks_and_control_characters()
    {
        const string Name = "two\nlines\r\n\ttab \u0001 \u0085 \u2028 \"\\ end";
        _home.Put(Legacy(1));
        _home.Write(
            "session_index.jsonl",
            Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["id"] = Id(1).ToString(),
                    ["thread_name"] = Name,
                    ["updated_at"] = "2026-01-02T00:00:00Z",
                }.ToJsonString() + "\n"
            )
        );
        await using var store = _home.Open();

        var fork = await store.ForkAsync(new ForkRequest(Id(1), Id(2)), Stop);
        var again = await store.ForkAsync(new ForkRequest(Id(2), Id(3)), Stop);

        Assert.Equal((Name, Name), (fork.Thread.Name, again.Thread.Name));
        Assert.Equal([Name, Name, Name], (await _home.EverythingAsync()).Select(thread => thread.Name));
        Assert.Equal([Name, Name, Name], File.ReadLines(Names).Select(line => (string?)JsonNode.Parse(line)!["thread_name"]));
    }

    [Fact, Guarantee("LOCC-02")]
    public async Task Names_that_are_given_at_once_are_all_kept()
    {
        const int Threads = 6,
            Rounds = 6;
        for (var i = 0; i < Threads; i++)
            _home.Put(Legacy(i));
        // A store of its own for each, as if they were processes.
        await Task.WhenAll(
            Enumerable
                .Range(0, Threads)
                .Select(number =>
                    Task.Run(async () =>
                    {
                        await using var store = _home.Open(options =>
                            options with
                            {
                                CacheDirectory = Path.Combine(_home.Cache, $"{number}"),
                            }
                        );
                        for (var round = 0; round < Rounds; round++)
                            await store.UpdateAsync(Id(number), new ThreadPatch { Name = Change.To($"name {number}.{round}") }, Stop);
                    })
                )
        );

        var lines = File.ReadAllLines(Names).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(Threads * Rounds, lines.Count);
        for (var number = 0; number < Threads; number++)
            Assert.Equal(
                Enumerable.Range(0, Rounds).Select(round => $"name {number}.{round}"),
                lines.Where(line => (string)line["id"]! == Id(number).ToString()).Select(line => (string)line["thread_name"]!)
            );
    }

    [Fact, Guarantee("LOCC-03")]
    public async Task Deleting_a_thread_removes_its_names_and_keeps_every_other_byte()
    {
        _home.Put(Legacy(1));
        _home.Put(Legacy(2));
        var (mine, other) = (
            $"{{\"id\":\"{Id(1)}\",\"thread_name\":\"mine\"}}",
            $"{{ \"thread_name\": \"other\", \"id\":\"{Id(2)}\" , \"new\":1}}"
        );
        _home.Write("session_index.jsonl", Encoding.UTF8.GetBytes($"{mine}\n{other}\n\nrubbish\n{mine}\r\n{other}\n{mine}"));
        await using var store = _home.Open();

        var receipt = await store.DeleteAsync(Id(1), Stop);

        Assert.Equal((1, 3, 0), (receipt.Rollouts, receipt.Names, receipt.Left.Count));
        Assert.Equal($"{other}\n\nrubbish\n{other}\n", File.ReadAllText(Names));
        Assert.Equal(
            ["session_index.jsonl", "session_index.jsonl.lock"],
            Directory.GetFiles(_home.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact, Guarantee("LOCC-04")]
    public async Task Names_that_another_program_appends_while_a_thread_is_deleted_are_kept()
    {
        const int Deletions = 10;
        for (var i = 0; i <= Deletions; i++)
            _home.Put(Legacy(i));
        await using var store = _home.Open();
        for (var i = 1; i <= Deletions; i++)
            await store.UpdateAsync(Id(i), new ThreadPatch { Name = Change.To($"name {i}") }, Stop);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var appended = 0;
        // As Codex does it: open, one write at the end, close; and no lock.
        var appender = Task.Run(
            () =>
            {
                while (!stopping.IsCancellationRequested)
                {
                    using var file = PhysicalFileSystem.Instance.Open(Names);
                    file.Append(Encoding.UTF8.GetBytes($"{{\"id\":\"{Id(0)}\",\"thread_name\":\"{appended}\"}}\n"));
                    appended++;
                    Thread.Yield();
                }
            },
            Stop
        );

        for (var i = 1; i <= Deletions; i++)
            await store.DeleteAsync(Id(i), Stop);
        await stopping.CancelAsync();
        await appender;

        var kept = File.ReadAllLines(Names).Select(line => (string)JsonNode.Parse(line)!["thread_name"]!).ToList();
        // Whoever opened the old list and writes to it after its end was taken over loses that line: a window of microseconds for each
        // deletion.
        Assert.InRange(kept.Count, appended - Deletions, appended);
        Assert.DoesNotContain(kept, name => name.StartsWith("name", StringComparison.Ordinal));
    }

    [Fact, Guarantee("LOCD-06")]
    public async Task While_another_program_has_the_list_locked_a_change_waits_and_then_says_so()
    {
        _home.Put(Legacy(1));
        _home.Put(Paginated(2));
        await using var store = _home.Open(options => options with { CodexPatience = TimeSpan.FromMilliseconds(200) });
        await store.UpdateAsync(Id(2), new ThreadPatch { Name = Change.To("Its name") }, Stop);
        await store.ForkAsync(new ForkRequest(Id(2), Id(3)), Stop);
        var before = File.ReadAllText(Names);
        using (LockFile.TryTake(Names + ".lock", new PrivateFiles(null)))
        {
            await Writing.RefusedAsync(
                ThreadStoreErrorCode.Unavailable,
                () => store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop).AsTask()
            );
            await Writing.RefusedAsync(
                ThreadStoreErrorCode.Unavailable,
                () => store.ForkAsync(new ForkRequest(Id(2), Id(4)), Stop).AsTask()
            );
            Assert.Null(await store.FindAsync(Id(4), Stop));
            Assert.Contains(
                (await store.DeleteAsync(Id(3), Stop)).Left,
                left => left.ToString().Contains("names", StringComparison.Ordinal)
            );
            Assert.Equal(before, File.ReadAllText(Names));
            // Reading needs no lock.
            Assert.Equal("Its name", (await store.FindAsync(Id(2), Stop))!.Name);
        }

        await using var patient = _home.Open();
        var held = LockFile.TryTake(Names + ".lock", new PrivateFiles(null))!;
        var waiting = patient.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop).AsTask();
        await patient.FindAsync(Id(1), Stop);
        held.Dispose();
        Assert.Equal("new", (await waiting).Thread.Name);
    }

    sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
