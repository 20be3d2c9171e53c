using System.Text;
using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>Logs that no release wrote: what Codex makes of them, Spool does too.</summary>
public sealed class MadeUpRecordTests : CodexTests
{
    [Fact, Trait("Guarantee", "CDEX-41")]
    public async Task Commands_are_quoted_as_codex_quotes_them()
    {
        var home = NewHome();
        const string Letters = "ab^!$`\"'\\ é名~#*?{}[]()<>|&;%=,\t\n+-./:@_0A";
        var random = new Random(20260512);
        var words = Enumerable.Range(0, 500).Select(_ => Enumerable.Range(0, random.Next(1, 5)).Select(_ => new string(random.GetItems<char>(Letters, random.Next(10)))).ToList()).ToList();
        var thread = Write(home, 0, words.Select((command, index) => Event(
            "exec_command_end",
            $$""" "call_id":"c{{index}}","turn_id":"t","command":{{new JsonArray([.. command.Select(word => (JsonNode)word)]).ToJsonString()}},"cwd":"/w","parsed_cmd":[],"source":"agent","stdout":"","stderr":"","exit_code":0,"duration":{"secs":0,"nanos":0},"formatted_output":"","status":"completed" """))
            .Prepend(Event("task_started", """ "turn_id":"t","model_context_window":1 """)));
        await using var store = home.Open();
        await using var codex = await home.StartAsync(CodexRelease.V128);

        await Turns.AssertSameAsync(store, await codex.ReadAsync(thread));
    }

    [Theory, InlineData(CodexRelease.V169), InlineData(CodexRelease.V171), Trait("Guarantee", "CDEX-42")]
    public async Task A_guardian_is_called_in_a_list_as_codex_calls_it(string release)
    {
        var home = NewHome();
        Write(home, 0, [Question("## My request for Codex: of another thread")], """{"subagent":{"other":"guardian"}}""");
        Write(home, 1, [Question("of a reviewer")], """{"subagent":{"other":"Guardian"}}""");
        await using var store = home.Open();
        await using var codex = await home.StartAsync(release);

        var listed = (await codex.RequestAsync("thread/list", new() { ["limit"] = 10, ["modelProviders"] = new JsonArray(), ["sourceKinds"] = new JsonArray("subAgentOther") }))["data"]!.AsArray();
        var ours = (await store.ListAsync(new ThreadQuery(), Cancellation)).Threads;
        Assert.Equal(
            listed.Select(thread => ((string?)thread!["id"], (string?)thread["name"], (string?)thread["preview"])).Order(),
            ours.Select(thread => ((string?)thread.Id.ToString(), thread.Name, (string?)thread.Preview)).Order());
    }

    static string Event(string type, string members) => Line("event_msg", $$"""{"type":"{{type}}",{{members.Trim()}}}""");

    static string Question(string text) => Event("user_message", $"\"message\":\"{text}\"");

    static string Line(string type, string payload) => $$"""{"timestamp":"2026-05-12T08:32:01.000Z","type":"{{type}}","payload":{{payload}}}""";

    static ThreadId Write(CodexHome home, int number, IEnumerable<string> lines, string source = "\"cli\"")
    {
        var id = $"019e1b50-0000-7000-8000-{number + 100:x12}";
        var folder = Directory.CreateDirectory(Path.Combine(home.Path, "sessions/2026/05/12")).FullName;
        var head = Line("session_meta", $$"""{"id":"{{id}}","timestamp":"2026-05-12T08:32:00.000Z","cwd":"/w","originator":"o","cli_version":"1","source":{{source}},"model_provider":"mock"}""");
        File.WriteAllText(Path.Combine(folder, $"rollout-2026-05-12T08-32-00-{id}.jsonl"), string.Join('\n', lines.Prepend(head)) + "\n", new UTF8Encoding(false));
        return ThreadId.Parse(id);
    }
}
