using System.Text.Json.Nodes;
using Spool.Server;
using Spool.TestKit;

namespace Spool.Cli.Tests;

/// <summary>The command line on the threads of a server.</summary>
public sealed class RemoteCommandTests : IAsyncLifetime
{
    readonly InMemoryThreadStore _store = new();
    readonly CommandLine _line = new();
    readonly ThreadId _threadId = ThreadId.New(TimeProvider.System);
    SpoolServer _server = null!;

    string Address => _server.Addresses[0];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ServeAsync(tokens: null);
        var meta = new SessionMeta(_threadId, TimeProvider.System.GetUtcNow())
        {
            Cwd = "/w",
            Originator = "test",
            CliVersion = "1.0",
        };
        await using var writer = await _store.CreateAsync(new CreateRequest(_threadId, meta.ToItem()), Cancellation);
        await writer.AppendAsync(
            new AppendRequest([NewItem.FromJson("event_msg", """{"type":"user_message","message":"Hello server"}""")]),
            Cancellation
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact, Guarantee("REMO-10")]
    public async Task Every_command_that_reads_or_manages_threads_works_on_a_server()
    {
        Assert.Contains("Hello server", await SayAsync("list"), StringComparison.Ordinal);
        Assert.Contains("Hello server", await SayAsync("show", _threadId.ToString()), StringComparison.Ordinal);
        Assert.Contains("\"Hello server\"", await SayAsync("export", _threadId.ToString(), "--format", "jsonl"), StringComparison.Ordinal);
        await SayAsync("rename", _threadId.ToString(), "Named from afar");
        Assert.Equal("Named from afar", (await _store.FindAsync(_threadId, Cancellation))?.Name);
        await SayAsync("archive", _threadId.ToString());
        Assert.NotNull((await _store.FindAsync(_threadId, Cancellation))?.ArchivedAt);
        await SayAsync("unarchive", _threadId.ToString());
        Assert.Null((await _store.FindAsync(_threadId, Cancellation))?.ArchivedAt);
        await SayAsync("fork", _threadId.ToString());
        Assert.Equal(2, (await _store.ListAsync(new ThreadQuery(), Cancellation)).Items.Count);
        await SayAsync("delete", _threadId.ToString(), "--yes");
        Assert.Null(await _store.FindAsync(_threadId, Cancellation));
        Assert.Null(_line.Opened); // no home was touched
    }

    [Fact]
    public async Task Codex_resumes_no_thread_of_another_machine()
    {
        var result = await _line.RunAsync("open", "last", "--yes", "--remote", Address);

        Assert.Equal((8, ""), (result.Code, result.Out));
        Assert.Contains($"run 'spool open {_threadId}' there", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warnings_of_a_server_are_words_and_in_the_json()
    {
        var store = new FakeStore { Warnings = ["Codex's own database was locked."] };
        store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix the flaky test"));
        await using var server = await ServeAsync(tokens: null, store);
        string[][] commands =
        [
            ["rename", Samples.Id1, "a name"],
            ["archive", Samples.Id1],
            ["unarchive", Samples.Id1],
            ["fork", Samples.Id1],
            ["delete", Samples.Id1, "--yes"],
        ];
        foreach (var command in commands)
        {
            var result = await _line.RunAsync([.. command, "--json", "--remote", server.Addresses[0]]);

            Assert.True(result.Code == 0, result.Error);
            var json = JsonNode.Parse(result.Out)!;
            var warning = (string)Assert.Single((json["deleted"] ?? json)["warnings"]!.AsArray())!;
            Assert.StartsWith(store.Warnings[0], warning, StringComparison.Ordinal);
            Assert.EndsWith($"warning: {warning}\n", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_server_cannot_do_and_what_makes_no_sense_is_refused()
    {
        Assert.Equal(2, (await _line.RunAsync("index", "status", "--remote", Address)).Code);
        Assert.Equal(2, (await _line.RunAsync("index", "rebuild", "--remote", "http://127.0.0.1:1")).Code);
        Assert.Equal(2, (await _line.RunAsync("serve", "--remote-token-file", "/somewhere")).Code);
        Assert.Equal(
            (2, "error: An address to listen on needs a port, such as http://localhost:7070; port 0 takes a free one."),
            await FirstLineAsync("serve", "--store", "memory", "--listen", "http://localhost")
        );
        Assert.Equal(2, (await _line.RunAsync("list", "--remote", Address, "--home", "/somewhere")).Code);
        Assert.Equal(2, (await _line.RunAsync("list", "--remote-token-file", "/somewhere")).Code);
        Assert.Equal(2, (await _line.RunAsync("list", "--remote", "nonsense")).Code);
        Assert.Equal(2, (await _line.RunAsync("serve", "--remote", Address)).Code);
        Assert.Equal(3, (await _line.RunAsync("show", ThreadId.New(TimeProvider.System).ToString(), "--remote", Address)).Code);
    }

    async Task<(int Code, string Error)> FirstLineAsync(params string[] args)
    {
        var result = await _line.RunAsync(args);
        return (result.Code, result.Error.Split('\n')[0]);
    }

    [Fact]
    public async Task A_server_that_wants_a_token_gets_it_from_the_file()
    {
        await using var guarded = await ServeAsync(TokenTable.Parse("open-sesame-0123456789"));
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "open-sesame-0123456789\n", Cancellation);

            var without = await _line.RunAsync("list", "--remote", guarded.Addresses[0]);
            Assert.Equal(
                (2, "error: The server wants a token, and none was given; give one with --remote-token-file or SPOOL_TOKEN.\n"),
                (without.Code, without.Error)
            );
            _line.RemoteToken = "open-sesame-9876543210";
            var wrong = await _line.RunAsync("list", "--remote", guarded.Addresses[0]);
            Assert.Equal((2, "error: The server refused the token of SPOOL_TOKEN.\n"), (wrong.Code, wrong.Error));
            var result = await _line.RunAsync("list", "--remote", guarded.Addresses[0], "--remote-token-file", file);
            Assert.Equal((0, ""), (result.Code, result.Error));
            await File.WriteAllTextAsync(file, "open-sesame-9876543210\n", Cancellation);
            var refused = await _line.RunAsync("list", "--remote", guarded.Addresses[0], "--remote-token-file", file);
            Assert.Equal((2, "error: The server refused the token of --remote-token-file.\n"), (refused.Code, refused.Error));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_of()
    {
        await _server.DisposeAsync();

        var result = await _line.RunAsync("list", "--remote", Address);

        Assert.Equal(
            (
                6,
                $"error: The server cannot be reached or did not answer in time. The address is {Address}; is spool serve running there?\n"
            ),
            (result.Code, result.Error)
        );
    }

    async Task<string> SayAsync(params string[] words)
    {
        var result = await _line.RunAsync([.. words, "--remote", Address]);
        Assert.True(result.Code == 0, $"spool {string.Join(' ', words)} ended with {result.Code}: {result.Error}");
        return result.Out;
    }

    ValueTask<SpoolServer> ServeAsync(TokenTable? tokens, IThreadStore? store = null) =>
        SpoolServer.StartAsync(
            new SpoolServerOptions
            {
                StoreOf = _ => store ?? _store,
                Addresses = [ListenAddress.Parse("http://127.0.0.1:0")],
                Time = TimeProvider.System,
                Tokens = tokens,
                DrainTimeout = TimeSpan.FromSeconds(2),
            },
            Cancellation
        );
}
