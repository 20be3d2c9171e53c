using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Spool.Cli.Tests;

/// <summary>A real browser without a window, driven by its own protocol. Each test that uses it is skipped where none is installed, and
/// fails where all tests have to run (CI=true).</summary>
public sealed class Browser : IAsyncLifetime
{
    static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    readonly string _profile = Directory.CreateTempSubdirectory("spool-browser-").FullName;
    readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _calls = new();
    readonly ClientWebSocket _socket = new();
    readonly SemaphoreSlim _sending = new(1);
    Process? _process;
    Task? _reading;
    Task? _errors; // read, so that its pipe does not fill
    int _last;

    /// <summary>Gets the addresses of everything that pages asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    internal string? Session { get; set; }

    internal TaskCompletionSource Loaded { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask InitializeAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Join(folder, name)))
            .FirstOrDefault(File.Exists);
        if (program is null)
            return;
        _process = Process.Start(
            new ProcessStartInfo(
                program,
                [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-dev-shm-usage",
                    "--remote-debugging-port=0",
                    $"--user-data-dir={_profile}",
                    "about:blank",
                ]
            )
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        const string Listening = "DevTools listening on ";
        string? line;
        do line = await _process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        while (line is not null && !line.StartsWith(Listening, StringComparison.Ordinal));
        Assert.True(line is not null, $"{program} ended at once.");
        _errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        await _socket.ConnectAsync(new Uri(line[Listening.Length..]), CancellationToken.None);
        _reading = ReadAsync();
    }

    /// <summary>Gives a page of a width; skips the test where there is no browser.</summary>
    internal async Task<BrowserPage> OpenAsync(string file, int width, int height, bool isDark = false)
    {
        if (_process is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "Chromium was not found, and all tests have to run.");
            Assert.Skip("Chromium was not found; 'apt-get install chromium' installs it.");
        }
        Requests.Clear();
        var target = await CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }, null);
        var attached = await CallAsync(
            "Target.attachToTarget",
            new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true },
            null
        );
        Session = (string)attached["sessionId"]!;
        var page = new BrowserPage(this, Session, (string)target["targetId"]!);
        await page.LoadAsync(file, width, height, isDark);
        return page;
    }

    internal async Task<JsonNode> CallAsync(string method, JsonObject parameters, string? session)
    {
        var id = Interlocked.Increment(ref _last);
        var call = _calls[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters,
        };
        if (session is not null)
            message["sessionId"] = session;
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(
                Encoding.UTF8.GetBytes(message.ToJsonString()),
                WebSocketMessageType.Text,
                endOfMessage: true,
                CancellationToken.None
            );
        }
        finally
        {
            _sending.Release();
        }
        return await call.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (_socket.State == WebSocketState.Open)
        {
            var got = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            if (got.MessageType == WebSocketMessageType.Close)
                return;
            message.Write(buffer, 0, got.Count);
            if (!got.EndOfMessage)
                continue;
            var json = JsonNode.Parse(message.ToArray())!;
            message.SetLength(0);
            if (json["id"] is { } id && _calls.TryRemove((int)id, out var call))
            {
                if (json["error"] is { } error)
                    call.SetException(new InvalidOperationException(error.ToJsonString()));
                else
                    call.SetResult(json["result"]!);
            }
            else if ((string?)json["method"] == "Network.requestWillBeSent")
                Requests.Enqueue((string)json["params"]!["request"]!["url"]!);
            else if ((string?)json["method"] == "Page.loadEventFired" && (string?)json["sessionId"] == Session)
                Loaded.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _socket.Dispose();
        _sending.Dispose();
        foreach (var task in (Task?[])[_reading, _errors])
        {
            if (task is not null)
                await task.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        Directory.Delete(_profile, recursive: true);
    }
}

/// <summary>A page in the browser.</summary>
sealed class BrowserPage(Browser browser, string session, string target) : IAsyncDisposable
{
    internal async Task LoadAsync(string file, int width, int height, bool isDark)
    {
        await CallAsync("Page.enable", []);
        await CallAsync("Network.enable", []);
        await CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = height,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = width < 600,
            }
        );
        await CallAsync(
            "Emulation.setEmulatedMedia",
            new JsonObject
            {
                ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = isDark ? "dark" : "light" }),
            }
        );
        browser.Loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await CallAsync("Page.navigate", new JsonObject { ["url"] = new Uri(file).AbsoluteUri });
        await browser.Loaded.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>Gives the value of an expression in the page, from outside of it: the page itself runs no script.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await CallAsync(
            "Runtime.evaluate",
            new JsonObject
            {
                ["expression"] = expression,
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
            }
        );
        Assert.Null(answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>Gives what is seen as a PNG.</summary>
    public async Task<byte[]> ScreenshotAsync() =>
        Convert.FromBase64String((string)(await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }))["data"]!);

    Task<JsonNode> CallAsync(string method, JsonObject parameters) => browser.CallAsync(method, parameters, session);

    public async ValueTask DisposeAsync() => await browser.CallAsync("Target.closeTarget", new JsonObject { ["targetId"] = target }, null);
}
