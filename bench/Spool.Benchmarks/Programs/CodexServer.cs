using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Spool.Benchmarks;

/// <summary>A real Codex app server, spoken to over its standard input and output. It reaches no network: it runs in a network namespace
/// that has only a loopback.</summary>
sealed class CodexServer : IAsyncDisposable
{
    // No model is ever asked, so nothing has to listen at the address.
    const string Configuration = """
        model = "mock-model"
        model_provider = "mock"
        approval_policy = "never"
        sandbox_mode = "danger-full-access"
        check_for_update_on_startup = false

        [analytics]
        enabled = false

        [feedback]
        enabled = false

        [features]
        plugins = false
        apps = false

        [skills.bundled]
        enabled = false

        [model_providers.mock]
        name = "mock"
        base_url = "http://127.0.0.1:9/v1"
        wire_api = "responses"
        requires_openai_auth = false
        request_max_retries = 0
        stream_max_retries = 0
        supports_websockets = false
        """;

    const string Enclose = "ip link set lo up || exit 97; test -z \"$(ip route show)\" || exit 98; exec \"$@\"";

    readonly Process _process;
    readonly StringBuilder _errors = new();
    readonly string _home;
    int _lastId;

    CodexServer(Process process, string home)
    {
        (_process, _home) = (process, home);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a server and introduces this client.</summary>
    /// <param name="program">The program.</param>
    /// <param name="home">A home that the server may change.</param>
    public static async Task<CodexServer> StartAsync(string program, string home)
    {
        await File.WriteAllTextAsync(Path.Join(home, "config.toml"), Configuration);
        var userFolder = Directory.CreateDirectory(Path.Join(home, "user")).FullName;
        var start = new ProcessStartInfo("unshare")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = userFolder,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        string[] map = Environment.IsPrivilegedProcess ? [] : ["-r"];
        foreach (var argument in (string[])["-n", .. map, "sh", "-c", Enclose, "sh", program, "app-server"])
            start.ArgumentList.Add(argument);
        var path = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        foreach (
            var (name, value) in ((string, string?)[])
                [
                    ("PATH", path),
                    ("HOME", userFolder),
                    ("CODEX_HOME", home),
                    ("CODEX_SQLITE_HOME", home),
                    ("TZ", "UTC"),
                    ("RUST_LOG", "error"),
                    ("LANG", "C.UTF-8"),
                ]
        )
            start.Environment[name] = value;
        var server = new CodexServer(Process.Start(start) ?? throw new InvalidOperationException("unshare did not start."), home);
        await server.RequestAsync(
            "initialize",
            new JsonObject
            {
                ["clientInfo"] = new JsonObject
                {
                    ["name"] = "spool-benchmarks",
                    ["title"] = "Spool benchmarks",
                    ["version"] = "1.0.0",
                },
                ["capabilities"] = new JsonObject { ["experimentalApi"] = true },
            }
        );
        await server.SendAsync(new JsonObject { ["method"] = "initialized" });
        return server;
    }

    /// <summary>Asks for the newest page of threads.</summary>
    /// <param name="limit">How many threads.</param>
    /// <param name="onlyDatabase">Whether the server may answer from its database alone.</param>
    /// <returns>The answer as it came.</returns>
    public Task<string> ListAsync(int limit, bool onlyDatabase = false)
    {
        var parameters = new JsonObject { ["limit"] = limit, ["modelProviders"] = new JsonArray() };
        if (onlyDatabase)
            parameters["useStateDbOnly"] = true;
        return RequestAsync("thread/list", parameters);
    }

    /// <summary>Reads the ids of the threads in an answer.</summary>
    public static IReadOnlyList<string> IdsOf(string answer) =>
        [.. JsonNode.Parse(answer)!["result"]!["data"]!.AsArray().Select(thread => thread!["id"]!.GetValue<string>())];

    /// <summary>Waits until the server has taken all rollouts into its database.</summary>
    public async Task WaitForBackfillAsync()
    {
        var give = Stopwatch.GetTimestamp();
        while (BackfillState() != "complete")
        {
            if (Stopwatch.GetElapsedTime(give) > TimeSpan.FromMinutes(5))
                throw new TimeoutException("Codex did not finish its database of threads.");
            await Task.Delay(100);
        }
    }

    /// <summary>Gets the most memory that the server has had resident.</summary>
    public long PeakBytes => MeasuredProcess.PeakOf(_process.Id);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    async Task<string> RequestAsync(string method, JsonObject parameters)
    {
        var id = ++_lastId;
        await SendAsync(
            new JsonObject
            {
                ["id"] = id,
                ["method"] = method,
                ["params"] = parameters,
            }
        );
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // Notifications come in between; only the start of a line is looked at, so that parsing does not count.
            if (
                !line.AsSpan(0, Math.Min(line.Length, 64)).Contains($"\"id\":{id}", StringComparison.Ordinal)
                || line.StartsWith("{\"method\"", StringComparison.Ordinal)
            )
                continue;
            if (line.StartsWith("{\"error\"", StringComparison.Ordinal))
                throw new InvalidOperationException($"{method}: {line}");
            return line;
        }
        throw new InvalidOperationException($"Codex ended: {_errors}");
    }

    async Task SendAsync(JsonObject message)
    {
        await _process.StandardInput.WriteAsync(message.ToJsonString(JsonSerializerOptions.Default) + "\n");
        await _process.StandardInput.FlushAsync();
    }

    string? BackfillState()
    {
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder
                {
                    DataSource = Path.Join(_home, "state_5.sqlite"),
                    Mode = SqliteOpenMode.ReadOnly,
                    Pooling = false,
                }.ToString()
            );
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT status FROM backfill_state";
            return command.ExecuteScalar() as string;
        }
        catch (SqliteException)
        {
            return null;
        }
    }
}
