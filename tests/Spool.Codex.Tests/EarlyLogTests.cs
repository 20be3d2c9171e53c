using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Threads of the first Codex, which no release reads: Codex goes on with a fork that Spool makes of one.</summary>
public sealed class EarlyLogTests : CodexTests
{
    const string Log = """
        {"id":"d7e0b7f3-0000-4000-8000-000000000006","timestamp":"2025-09-07T06:02:51.440Z","instructions":null,"git":{"branch":"main"}}
        {"record_type":"state"}
        {"type":"message","id":null,"role":"user","content":[{"type":"input_text","text":"<environment_context>\n  <cwd>/w/app</cwd>\n</environment_context>"}]}
        {"type":"message","id":null,"role":"user","content":[{"type":"input_text","text":"first question"}]}
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"**Thinking**"}],"content":null,"encrypted_content":"AAAA"}
        {"type":"function_call","id":"fc_1","name":"shell","arguments":"{\"command\":[\"bash\",\"-lc\",\"ls\"]}","call_id":"call_1"}
        {"type":"function_call_output","call_id":"call_1","output":"{\"output\":\"a.txt\\n\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.0}}"}
        {"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"Done."}]}

        """;

    const string Document = """
        {
          "session": { "timestamp": "2025-05-23T11:00:55.382Z", "id": "21a796ba-0000-4000-8000-000000000007", "instructions": "" },
          "items": [
            { "role": "user", "content": [{ "type": "input_text", "text": "first question" }], "type": "message" },
            { "id": "fc_1", "type": "function_call", "status": "completed", "name": "shell", "arguments": "{\"command\":[\"ls\"]}", "call_id": "call_1" },
            { "type": "function_call_output", "call_id": "call_1", "output": "{\"output\":\"a.txt\\n\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0}}" },
            { "id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [{ "type": "output_text", "text": "Done." }] }
          ]
        }
        """;

    [Theory, Guarantee("CDEX-40")]
    [InlineData(CodexRelease.V128)]
    [InlineData(CodexRelease.V169)]
    public async Task Codex_lists_reads_and_continues_a_fork_of_what_the_first_codex_wrote(string release)
    {
        var home = NewHome();
        var folder = Directory.CreateDirectory(Path.Combine(home.Path, "sessions")).FullName;
        File.WriteAllText(Path.Combine(folder, "rollout-2025-09-07T08-02-51-d7e0b7f3-0000-4000-8000-000000000006.jsonl"), Log);
        File.WriteAllText(Path.Combine(folder, "rollout-2025-05-23-21a796ba-0000-4000-8000-000000000007.json"), Document);
        await using var store = home.Open();
        var forks = new List<ThreadId>();
        foreach (var source in (await store.ListAsync(new ThreadQuery(), Cancellation)).Items)
            forks.Add((await store.ForkAsync(new ForkRequest(source.Id, ThreadId.New(TimeProvider.System)), Cancellation)).Thread.Id);
        Assert.Equal(2, forks.Count);

        await using var codex = await home.StartAsync(release);
        Assert.Equal(forks.Select(fork => fork.ToString()).Order(), (await codex.ListIdsAsync()).Order());
        foreach (var fork in forks)
        {
            await Turns.AssertSameAsync(store, await codex.ReadAsync(fork));
            await codex.ResumeAsync(fork);
            await codex.TurnAsync(fork, "second question");
            var read = await codex.ReadAsync(fork);
            await Turns.AssertSameAsync(store, read);
            Assert.Equal(["first question", "second question"], Turns.Questions(read));
            Assert.Contains("first question", home.LastConversation());
        }
    }
}
