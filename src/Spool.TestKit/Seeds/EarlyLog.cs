using System.Text;

namespace Spool.TestKit;

/// <summary>Writes the lines of a log as Codex did from April to September 2025: without envelopes.</summary>
static class EarlyLog
{
    /// <summary>Makes a log of some turns. The name of its file is two hours ahead, as a local time is.</summary>
    public static RolloutLines Of(int number, int turns)
    {
        var id = SeedIds.Id(number);
        var log = RolloutLines
            .Headless(id, SeedIds.Epoch.AddHours(2))
            .Bare(
                $$$"""{"id":"{{{id}}}","timestamp":"{{{RolloutJson.Time(SeedIds.Epoch)}}}","instructions":"Be brief.","git":{"commit_hash":"{{{new string('a', 40)}}}","branch":"main"}}"""
            )
            .Bare("""{"record_type":"state"}""")
            .Bare(
                """{"type":"message","id":null,"role":"user","content":[{"type":"input_text","text":"<environment_context>\n  <cwd>/home/dev/app</cwd>\n</environment_context>"}]}"""
            );
        for (var turn = 1; turn <= turns; turn++)
            log.BareTurn(turn);
        return log;
    }

    /// <summary>Adds a turn: a question, a thought, a command and an answer.</summary>
    public static RolloutLines BareTurn(this RolloutLines log, int turn) =>
        log.Bare($$"""{"type":"message","id":null,"role":"user","content":[{"type":"input_text","text":"Question {{turn}}"}]}""")
            .Bare("""{"record_type":"state"}""")
            .Bare(
                $$"""{"type":"reasoning","id":"rs_{{turn}}","summary":[{"type":"summary_text","text":"Thought {{turn}}"}],"content":null,"encrypted_content":"AAAA"}"""
            )
            .Bare(
                $$"""{"type":"function_call","id":"fc_{{turn}}","name":"shell","arguments":"{\"command\":[\"ls\",\"-l\"],\"workdir\":\"/home\"}","call_id":"call_{{turn}}"}"""
            )
            .Bare(
                $$$"""{"type":"function_call_output","call_id":"call_{{{turn}}}","output":"{\"output\":\"a.txt\\n\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.5}}"}"""
            )
            .Bare(
                $$"""{"type":"message","id":"msg_{{turn}}","role":"assistant","content":[{"type":"output_text","text":"Answer {{turn}}"}]}"""
            );

    /// <summary>Adds a line.</summary>
    public static RolloutLines Bare(this RolloutLines log, string json) => log.Line(Encoding.UTF8.GetBytes(json));
}
