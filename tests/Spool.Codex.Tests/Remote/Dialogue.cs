using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Spool.Codex.Tests;

/// <summary>A thread with one turn of several commands, each of which runs until the test ends it.</summary>
sealed partial class Dialogue
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly RemoteSession _session;

    Dialogue(RemoteSession session, ThreadId threadId, int commands)
    {
        _session = session;
        ThreadId = threadId;
        Question =
            $"question {string.Concat(Enumerable.Range(0, commands).Select(i => $"[[shell: touch at-{i}; while [ ! -e go-{i} ]; do sleep 0.01; done; echo command-{i}]]"))}";
    }

    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId { get; }

    /// <summary>Gets the question of the turn.</summary>
    public string Question { get; }

    /// <summary>Gets what the model and the agent said to each other, as it is in the served home at this moment: <c>user</c>, <c>call
    /// 0</c>, <c>output 0</c>, … <c>assistant</c>.</summary>
    public IReadOnlyList<string> Stored =>
        [.. _session.Served.Rollouts.SelectMany(WholeLines).Select(line => NameOf(JsonNode.Parse(line)!)).OfType<string>()];

    /// <summary>Starts the thread.</summary>
    /// <param name="session">The session.</param>
    /// <param name="commands">How many commands the turn has.</param>
    public static async Task<Dialogue> BeginAsync(RemoteSession session, int commands) =>
        new(session, await session.Codex.StartThreadAsync(), commands);

    /// <summary>Waits until a command runs.</summary>
    public Task RunsAsync(int command) => UntilAsync(() => File.Exists(Path.Combine(_session.Home.Work, $"at-{command}")));

    /// <summary>Waits until a command runs, everything before it is stored and Codex has the answers to that.</summary>
    public async Task WaitsInAsync(int command)
    {
        await RunsAsync(command);
        await UntilAsync(() => Stored.Contains($"call {command}"));
        await _session.Server.IdleAsync();
    }

    /// <summary>Ends a command.</summary>
    public void EndCommand(int command) => File.Create(Path.Combine(_session.Home.Work, $"go-{command}")).Dispose();

    /// <summary>Asserts what a new Codex finds with the server, and then one on the home itself, and that each goes on.</summary>
    /// <param name="messages">The messages that they have to show.</param>
    public async Task GoOnAsync(IEnumerable<string> messages)
    {
        List<string> said = [.. messages];
        await _session.StartCodexAsync();
        await _session.StepAsync(
            "list and read",
            async () =>
            {
                Assert.Equal([ThreadId.ToString()], await _session.Codex.IdsAsync());
                Assert.Equal(said, Talk.MessagesIn(Turns.Texts(await _session.Codex.ReadAsync(ThreadId))));
            }
        );
        await _session.StepAsync(Ability.Resume, "resume", () => _session.Codex.ResumeRemoteAsync(ThreadId));
        if (_session.Client.Can(Ability.Resume))
            await _session.StepAsync(
                "turn after it",
                () => SayAsync(said, "second question", question => _session.TurnAsync(ThreadId, question))
            );
        await _session.EndCodexAsync();
        await _session.EndServerAsync(ServerEnd.Stopped);

        _session.Served.Configure();
        await using var codex = await _session.Served.StartAsync(CodexRelease.V171);
        await using var store = _session.Served.Open();
        await _session.StepAsync(
            "a Codex on the home itself",
            async () =>
            {
                Assert.Equal([ThreadId.ToString()], await codex.ListIdsAsync());
                await codex.ResumeAsync(ThreadId);
                await codex.TurnAsync(ThreadId, "last question");
                said.AddRange(Talk.Answered("last question"));
                var read = await codex.ReadAsync(ThreadId);
                Assert.Equal(said, Talk.MessagesIn(Turns.Texts(read)));
                await Turns.AssertSameAsync(store, read);
                Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(ThreadId, TestContext.Current.CancellationToken))!.State);
            }
        );
    }

    async Task SayAsync(List<string> said, string question, Func<string, Task> turn)
    {
        var before = Stored;
        await turn(question);
        said.AddRange(Talk.Answered(question));
        Assert.Equal([.. before, "user", "assistant"], Stored);
    }

    static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (!isSo())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    static IEnumerable<string> WholeLines(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var text = file.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static string? NameOf(JsonNode line) =>
        (string?)line["type"] != "response_item"
            ? null
            : (string?)line["payload"]!["type"] switch
            {
                "function_call" => $"call {Command().Match((string)line["payload"]!["arguments"]!).Groups[1].Value}",
                "function_call_output" => $"output {Command().Match(line["payload"]!["output"]!.ToJsonString()).Groups[1].Value}",
                "message" when (string?)line["payload"]!["content"]?[0]?["text"] is { } text && IsSaid(text) => (string?)
                    line["payload"]!["role"],
                _ => null,
            };

    // Codex sends what it says about itself as messages, too.
    static bool IsSaid(string text) => text.StartsWith("Answer to: ", StringComparison.Ordinal) || Said().IsMatch(text);

    [GeneratedRegex(@"command-(\d+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"^(\w+ )?question\b")]
    private static partial Regex Said();
}
