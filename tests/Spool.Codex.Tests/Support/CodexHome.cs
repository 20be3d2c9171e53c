using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>A Codex home of a test's own, with the folder the agent works in, and what Spool and the model keep beside it.</summary>
sealed class CodexHome : IDisposable
{
    /// <summary>The port of the model. Every Codex runs in a network of its own, so they can all use the same.</summary>
    public const int ModelPort = 18080;

    const string Config = """
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

        [model_providers.mock]
        name = "mock"
        base_url = "http://127.0.0.1:18080/v1"
        wire_api = "responses"
        requires_openai_auth = false
        request_max_retries = 0
        stream_max_retries = 0
        supports_websockets = false

        """;

    readonly string _root = Directory.CreateTempSubdirectory("spool-codex-").FullName;

    public CodexHome()
    {
        foreach (var folder in (string[])[Path, Work, Model, User])
            Directory.CreateDirectory(folder);
        Configure();
        SqliteHome = Path;
    }

    /// <summary>Gets the home.</summary>
    public string Path => System.IO.Path.Combine(_root, "home");

    /// <summary>Gets the folder the agent works in.</summary>
    public string Work => System.IO.Path.Combine(_root, "work");

    /// <summary>Gets the folder of what the model writes down.</summary>
    public string Model => System.IO.Path.Combine(_root, "model");

    /// <summary>Gets the folder of Spool's index.</summary>
    public string Cache => System.IO.Path.Combine(_root, "cache");

    /// <summary>Gets the home folder of the user.</summary>
    public string User => System.IO.Path.Combine(_root, "user");

    /// <summary>Gets or sets what the environment names as the folder of Codex's databases.</summary>
    public string SqliteHome { get; set; } = "";

    /// <summary>Gets every rollout in the home.</summary>
    public IEnumerable<string> Rollouts => Directory.EnumerateFiles(Path, "rollout-*.jsonl", SearchOption.AllDirectories);

    /// <summary>Opens the home with Spool.</summary>
    public LocalThreadStore Open() =>
        LocalThreadStore.Open(
            new LocalThreadStoreOptions
            {
                Home = Path,
                CacheDirectory = Cache,
                CodexSqliteHome = SqliteHome,
                UserFolder = User,
            }
        );

    /// <summary>Starts Codex on the home.</summary>
    public Task<CodexAppServer> StartAsync(string release) => CodexAppServer.StartAsync(this, release);

    /// <summary>Writes the settings.</summary>
    /// <param name="first">Settings to put before the usual ones.</param>
    /// <param name="last">Tables to put behind them.</param>
    public void Configure(string first = "", string last = "") =>
        File.WriteAllText(System.IO.Path.Combine(Path, "config.toml"), $"{first}\n{Config}\n{last}\n");

    /// <summary>Gives the file of a thread that has one rollout.</summary>
    public string RolloutOf(ThreadId threadId) => Rollouts.Single(file => file.Contains(threadId.ToString(), StringComparison.Ordinal));

    /// <summary>Gives what the model was last told of the conversation: all questions and answers, in order, without the instructions that
    /// Codex puts before them.</summary>
    public IReadOnlyList<string> LastConversation()
    {
        var request = JsonNode.Parse(File.ReadLines(System.IO.Path.Combine(Model, "requests.jsonl")).Last())!;
        var texts = request["input"]!
            .AsArray()
            .SelectMany(item => item!["content"] as JsonArray ?? [])
            .Select(part => (string?)part!["text"])
            .OfType<string>();
        return [.. texts.Where(text => text.Length < 100 && text.Contains("question", StringComparison.Ordinal))];
    }

    /// <summary>Gives what the model was last told that its tools gave back, in order.</summary>
    public IReadOnlyList<string> LastOutputs()
    {
        var request = JsonNode.Parse(File.ReadLines(System.IO.Path.Combine(Model, "requests.jsonl")).Last())!;
        return
        [
            .. request["input"]!
                .AsArray()
                .Where(item => (string?)item!["type"] == "function_call_output")
                .Select(item => (string)item!["output"]!),
        ];
    }

    /// <summary>Waits until the model was asked something. Codex itself says nothing at that moment.</summary>
    public async Task AskedAsync(string question)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (
            !(await File.ReadAllTextAsync(System.IO.Path.Combine(Model, "requests.jsonl"), patience.Token)).Contains(
                question,
                StringComparison.Ordinal
            )
        )
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
