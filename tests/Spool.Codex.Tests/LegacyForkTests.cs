using System.Text;
using System.Text.Json.Nodes;
using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Forks of legacy logs that no release wrote: turns without names, a first message that only a completed item has, names with
/// line breaks.</summary>
public sealed class LegacyForkTests : CodexTests
{
    const string SourceId = "019e1b50-0000-7000-8000-000000000064";

    static ThreadId Source => ThreadId.Parse(SourceId);

    [Theory, InlineData(CodexRelease.V128), InlineData(CodexRelease.V169), InlineData(CodexRelease.V171), Guarantee("CDEX-45")]
    public async Task Turns_without_a_name_are_called_in_a_fork_as_codex_calls_them_there(string release)
    {
        var home = NewHome();
        Write(home, Question("one"), Event("agent_message", "\"message\":\"1\""), Question("two"), Question("three"));
        await using var store = home.Open();
        await using var codex = await home.StartAsync(release);

        var theirs = (await codex.OnAsync("thread/fork", Source))["thread"]!;
        var ours = ThreadId.New(TimeProvider.System);
        await store.ForkAsync(new ForkRequest(Source, ours), Cancellation);

        foreach (var fork in new[] { ThreadId.Parse(((string?)theirs["id"])!), ours })
        {
            var read = await codex.ReadAsync(fork);
            // The first line of a fork is its own, and those of its source follow.
            Assert.Equal(["rollout-2", "rollout-4", "rollout-5"], read["turns"]!.AsArray().Select(turn => (string?)turn!["id"]));
            await Turns.AssertSameAsync(store, read);
        }
    }

    [Theory, InlineData(CodexRelease.V169), InlineData(CodexRelease.V171), Guarantee("CDEX-46")]
    public async Task A_fork_has_the_preview_and_the_name_of_its_source_for_both_wherever_they_come_from(string release)
    {
        const string Name = "with\na break\t\u0001";
        var home = NewHome();
        Write(
            home,
            Event(
                "item_completed",
                $$""" "thread_id":"{{SourceId}}","turn_id":"t","completed_at_ms":2,"item":{"type":"UserMessage","id":"u","content":[{"type":"text","text":"of an item","text_elements":[]}]} """
            ),
            Event("agent_message", "\"message\":\"1\"")
        );
        File.WriteAllText(
            Path.Combine(home.Path, "session_index.jsonl"),
            new JsonObject
            {
                ["id"] = SourceId,
                ["thread_name"] = Name,
                ["updated_at"] = "2026-05-12T08:32:00Z",
            }.ToJsonString() + "\n"
        );
        await using var store = home.Open();
        var fork = ThreadId.New(TimeProvider.System);
        var second = ThreadId.New(TimeProvider.System);

        await store.ForkAsync(new ForkRequest(Source, fork), Cancellation);
        await store.ForkAsync(new ForkRequest(fork, second), Cancellation);

        await using var codex = await home.StartAsync(release);
        var listed = await codex.ListAsync();
        foreach (var threadId in new[] { Source, fork, second })
        {
            var theirs = Assert.Single(listed, item => (string?)item["id"] == threadId.ToString());
            var found = (await store.FindAsync(threadId, Cancellation))!;
            Assert.Equal(("of an item", Name), ((string?)theirs["preview"], (string?)theirs["name"]));
            Assert.Equal(("of an item", Name), (found.Preview, found.Name));
        }
    }

    static string Event(string type, string members) => Line("event_msg", $$"""{"type":"{{type}}",{{members.Trim()}}}""");

    static string Question(string text) => Event("user_message", $"\"message\":\"{text}\"");

    static string Line(string type, string payload) =>
        $$"""{"timestamp":"2026-05-12T08:32:01.000Z","type":"{{type}}","payload":{{payload}}}""";

    static void Write(CodexHome home, params IEnumerable<string> lines)
    {
        var folder = Directory.CreateDirectory(Path.Combine(home.Path, "sessions/2026/05/12")).FullName;
        var head = Line(
            "session_meta",
            $$"""{"id":"{{SourceId}}","timestamp":"2026-05-12T08:32:00.000Z","cwd":"/w","originator":"o","cli_version":"1","source":"cli","model_provider":"mock"}"""
        );
        File.WriteAllText(
            Path.Combine(folder, $"rollout-2026-05-12T08-32-00-{SourceId}.jsonl"),
            string.Join('\n', lines.Prepend(head)) + "\n",
            new UTF8Encoding(false)
        );
    }
}
