using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>A running <c>codex app-server</c>, closed off from the network, with the model beside it. Requests and answers are lines of
/// JSON on its standard input and output.</summary>
sealed class CodexAppServer : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Process _process;
    readonly CodexHome _home;
    readonly Lock _state = new();
    readonly Dictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    readonly List<JsonNode> _notes = [];
    readonly StringBuilder _errors = new();
    readonly SemaphoreSlim _writing = new(1);
    readonly Task _reading;
    TaskCompletionSource<JsonNode?> _newNote = NewSignal();
    bool _ended;
    bool _isGone;
    int _lastId;

    CodexAppServer(CodexHome home, string release, Process process)
    {
        _home = home;
        Release = release;
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    /// <summary>Gets the release.</summary>
    public string Release { get; }

    /// <summary>Gets the process id of Codex itself.</summary>
    public int ProcessId => int.Parse(File.ReadAllText(Path.Combine(_home.Model, "pid")), CultureInfo.InvariantCulture);

    /// <summary>Starts it and greets it.</summary>
    /// <param name="home">The home.</param>
    /// <param name="release">The release.</param>
    /// <param name="network">The network, or null for one of its own.</param>
    public static async Task<CodexAppServer> StartAsync(CodexHome home, string release, ClosedOffNetwork? network = null)
    {
        var server = new CodexAppServer(home, release, Process.Start(CodexProgram.Start(home, release, network, "app-server"))!);
        try
        {
            await server.RequestAsync(
                "initialize",
                new()
                {
                    ["clientInfo"] = new JsonObject
                    {
                        ["name"] = "spool-tests",
                        ["title"] = "Spool",
                        ["version"] = "1",
                    },
                    ["capabilities"] = new JsonObject { ["experimentalApi"] = true },
                }
            );
            await server.SendAsync(new() { ["method"] = "initialized" });
            return server;
        }
        catch
        {
            server.Kill();
            throw;
        }
    }

    /// <summary>Sends a request and gives its result.</summary>
    /// <exception cref="CodexError">Codex refused.</exception>
    public async Task<JsonNode> RequestAsync(string method, JsonObject? parameters = null)
    {
        var answer = NewAnswer();
        int id;
        lock (_state)
        {
            Assert.False(_ended, $"Codex {Release} has ended before {method}. {Errors}");
            _waiting.Add(id = ++_lastId, answer);
        }
        await SendAsync(
            new()
            {
                ["id"] = id,
                ["method"] = method,
                ["params"] = parameters ?? [],
            }
        );
        var message = await InTimeAsync(answer, method);
        return message["error"] is { } error ? throw new CodexError(method, error) : message["result"] ?? new JsonObject();
    }

    /// <summary>Sends a request that has to be refused, and gives the reason.</summary>
    public async Task<string> RefusalAsync(string method, JsonObject parameters) =>
        (await Assert.ThrowsAsync<CodexError>(() => RequestAsync(method, parameters))).Reason;

    /// <summary>Runs a turn and waits until it is over.</summary>
    /// <returns>The turn as Codex reports it.</returns>
    public async Task<JsonNode> TurnAsync(ThreadId threadId, string text)
    {
        var seen = NoteCount;
        var turn = await BeginTurnAsync(threadId, text);
        return (await NoteAsync(seen, "turn/completed", note => (string?)note["turn"]?["id"] == turn))["turn"]!;
    }

    /// <summary>Begins a turn.</summary>
    /// <returns>The turn's id.</returns>
    public async Task<string> BeginTurnAsync(ThreadId threadId, string text) =>
        (string)
            (
                await RequestAsync(
                    "turn/start",
                    new()
                    {
                        ["threadId"] = threadId.ToString(),
                        ["input"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
                    }
                )
            )["turn"]!["id"]!;

    /// <summary>Gets how many notifications came so far.</summary>
    public int NoteCount
    {
        get
        {
            lock (_state)
                return _notes.Count;
        }
    }

    /// <summary>Waits for a notification and gives its parameters.</summary>
    /// <param name="from">How many notifications to leave out.</param>
    /// <param name="method">The notification.</param>
    /// <param name="isIt">Chooses by the parameters.</param>
    public async Task<JsonNode> NoteAsync(int from, string method, Func<JsonNode, bool> isIt)
    {
        while (true)
        {
            TaskCompletionSource<JsonNode?> more;
            lock (_state)
            {
                for (; from < _notes.Count; from++)
                {
                    if ((string?)_notes[from]["method"] == method && _notes[from]["params"] is { } parameters && isIt(parameters))
                        return parameters;
                }
                Assert.False(_ended, $"Codex {Release} ended before it sent {method}. {Errors}");
                more = _newNote;
            }
            await InTimeAsync(more, method);
        }
    }

    /// <summary>Ends Codex as a crash would: SIGKILL, at once.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Ends Codex as its user would: its input ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isGone)
            return;
        await EndAsync();
    }

    /// <summary>Ends Codex as its user would, and gives its exit code and what it wrote to its standard error.</summary>
    public async Task<(int Code, string Errors)> EndAsync()
    {
        _isGone = true;
        try
        {
            if (!_process.HasExited)
            {
                _process.StandardInput.Close();
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            }
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            Kill();
            await _process.WaitForExitAsync();
        }
        await _reading.WaitAsync(Patience);
        var code = _process.ExitCode;
        _process.Dispose();
        _writing.Dispose();
        return (code, Errors);
    }

    string Errors
    {
        get
        {
            lock (_errors)
                return $"It wrote: {_errors}";
        }
    }

    static TaskCompletionSource<JsonNode?> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    static TaskCompletionSource<JsonNode> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    async Task SendAsync(JsonObject message)
    {
        await _writing.WaitAsync();
        try
        {
            await _process.StandardInput.WriteAsync(message.ToJsonString(Plain) + "\n");
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
                continue;
            var message = JsonNode.Parse(line)!;
            if (message["method"] is not null && message["id"] is { } request)
                await SendAsync(
                    new()
                    {
                        ["id"] = request.DeepClone(),
                        ["error"] = new JsonObject { ["code"] = -32601, ["message"] = "not offered by this client" },
                    }
                );
            else
                Receive(message);
        }
        lock (_state)
        {
            _ended = true;
            foreach (var answer in _waiting.Values)
                answer.TrySetException(new InvalidOperationException($"Codex {Release} ended before it answered. {Errors}"));
            _newNote.TrySetResult(null);
        }
    }

    void Receive(JsonNode message)
    {
        lock (_state)
        {
            if (message["id"] is { } id)
            {
                if (_waiting.Remove((int)id, out var answer))
                    answer.SetResult(message);
                return;
            }
            _notes.Add(message);
            _newNote.SetResult(message);
            _newNote = NewSignal();
        }
    }

    async Task<T> InTimeAsync<T>(TaskCompletionSource<T> source, string what)
    {
        try
        {
            return await source.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Codex {Release} did not answer {what} within {Patience.TotalSeconds} seconds. {Errors}");
        }
    }
}
