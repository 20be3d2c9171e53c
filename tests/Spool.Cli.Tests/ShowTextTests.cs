using System.Text.Json.Nodes;
using CsCheck;

namespace Spool.Cli.Tests;

/// <summary>How everything that happened in a turn looks on a terminal: what is long is folded and says so, what failed is seen at a
/// glance, and no text is outside of its block or wider than the terminal.</summary>
public sealed class ShowTextTests
{
    static readonly ThreadId Id = ThreadId.Parse(Samples.Id1);

    readonly CommandLine _spool = new();

    public ShowTextTests() => _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix the flaky test"));

    [Fact]
    public async Task Blocks_say_who_speaks_and_when()
    {
        Assert.Equal(
            """
            You · 10:00:01
            > Fix it

            Reasoning · 10:00:02
              First look.

            Agent · 10:00:03
              Done.
              All of it.


            """,
            await ShowAsync(
                """{"type":"userMessage","id":"1","at":"2026-05-20T10:00:01.250Z","content":[{"type":"text","text":"Fix it"}]}""",
                """{"type":"reasoning","id":"2","at":"2026-05-20T10:00:02Z","summary":["First look."],"content":[],"origin":"reasoning"}""",
                """{"type":"agentMessage","id":"3","at":"2026-05-20T10:00:03Z","text":"Done.\nAll of it.\n"}"""
            )
        );
    }

    [Theory]
    [InlineData("no-turns", "records without a turn")]
    [InlineData("rollout-58", "unnamed turn rollout-58")]
    [InlineData("rollout-", "turn rollout-")]
    [InlineData("t1", "turn t1")]
    public async Task A_turn_that_the_log_does_not_name_is_said_to_be_that(string id, string heading)
    {
        _spool.Store.Turns[Id] = [Samples.Turn(id, Samples.Agent("Done."))];

        Assert.Contains($"── {heading} · ", (await _spool.RunAsync("show", Samples.Id1, "--turns")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_of_the_reference_is_what_happens()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Cwd = "/home/ann/work" };
        var output = string.Join("\\n", [.. Enumerable.Range(1, 1233).Select(n => $"line {n}"), "1 failed"]);
        var rules = string.Join("\\n", Enumerable.Repeat("No tabs. And tests come first.", 42));
        _spool.Store.Turns[Id] =
        [
            Samples.Turn(
                "019ddd00-0000-7000-8000-000000000001",
                [
                    .. (
                        (string[])
                            [
                                """{"type":"settings","id":"s","at":"2026-05-20T10:00:00Z","model":"gpt-5","reasoningEffort":"high","cwd":"/home/ann/work","approvalPolicy":"on-request","sandboxPolicy":{"type":"read-only"},"other":{"summary":"auto"}}""",
                                $$"""{"type":"context","id":"x","at":"2026-05-20T10:00:00Z","kind":"agentsMd","role":"user","text":"{{rules}}"}""",
                                """{"type":"userMessage","id":"1","at":"2026-05-20T10:00:01Z","content":[{"type":"text","text":"Fix the flaky test"}]}""",
                                """{"type":"checklist","id":"p","at":"2026-05-20T10:00:02Z","steps":[{"step":"look","status":"completed"},{"step":"mend","status":"in_progress"}],"output":"Plan updated"}""",
                                $$"""{"type":"commandExecution","id":"c","at":"2026-05-20T10:00:05Z","command":"bash -lc 'make test'","cwd":"/home/ann/work","status":"failed","aggregatedOutput":"{{output}}\n","exitCode":2,"durationMs":3400}""",
                                """{"type":"fileChange","id":"f","at":"2026-05-20T10:00:09Z","status":"completed","changes":[{"path":"/home/ann/work/src/Parser.cs","kind":{"type":"update"},"diff":"@@ -10,3 +10,3 @@\n-old\n+new\n"}]}""",
                                """{"type":"agentMessage","id":"3","at":"2026-05-20T10:00:12Z","text":"Done."}""",
                                """{"type":"tokenUsage","id":"t","turn":{"inputTokens":12345,"cachedInputTokens":10000,"outputTokens":678,"reasoningOutputTokens":90,"totalTokens":13023},"total":{"totalTokens":1234567}}""",
                            ]
                    ).Select(Samples.Item),
                ]
            ),
        ];

        var shown = (await _spool.RunAsync("show", Samples.Id1, "--turns")).Out;

        Assert.Contains(
            $"```\n{shown.TrimEnd('\n')}\n```\n",
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cli.md")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Times_are_those_of_the_zone_of_the_reader()
    {
        _spool.Zone = TimeZoneInfo.CreateCustomTimeZone("east", TimeSpan.FromHours(5.5), "east", "east");

        Assert.StartsWith(
            "Agent · 04:30:00\n",
            await ShowAsync("""{"type":"agentMessage","id":"3","at":"2026-05-20T23:00:00Z","text":"Done."}"""),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_command_shows_the_end_of_its_output_and_how_it_ended()
    {
        var output = string.Join("\\n", Enumerable.Range(1, 1234).Select(n => $"line {n}"));

        Assert.Equal(
            """
            $ make test
              … 1,226 lines above are not shown; --full shows all
              line 1227
              line 1228
              line 1229
              line 1230
              line 1231
              line 1232
              line 1233
              line 1234
              exit code 2 · 3.4 s · 10:00:02


            """,
            await ShowAsync(
                $$"""{"type":"commandExecution","id":"c","at":"2026-05-20T10:00:02Z","command":"make test","cwd":"/home/ann/work/spool","status":"failed","aggregatedOutput":"{{output}}\n","exitCode":2,"durationMs":3400}"""
            )
        );
        Assert.Contains("  line 1\n  line 2\n", await AgainAsync("--full"), StringComparison.Ordinal);
        Assert.DoesNotContain("not shown", await AgainAsync("--full"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"command":"ls\npwd","status":"completed","exitCode":0,"durationMs":12}""", "$ ls\n  pwd\n  12 ms\n\n")]
    [InlineData("""{"command":"ls","status":"completed","exitCode":0}""", "$ ls\n\n")]
    [InlineData("""{"command":"ls","status":"declined"}""", "$ ls\n  declined\n\n")]
    [InlineData("""{"command":"ls","status":"failed","exitCode":124,"timedOut":true}""", "$ ls\n  timed out · exit code 124\n\n")]
    [InlineData("""{"command":"ls","status":"inProgress","sessionId":7}""", "$ ls\n  goes on in session 7\n\n")]
    [InlineData("""{"command":"ls","status":"inProgress"}""", "$ ls\n  did not end\n\n")]
    [InlineData(
        """{"command":"ls","status":"completed","exitCode":0,"aggregatedOutput":"a","modelOutput":"b\nc"}""",
        "$ ls\n  a\n  What the model was given:\n  b\n  c\n\n"
    )]
    [InlineData(
        """{"command":"ls","status":"completed","exitCode":0,"aggregatedOutput":"a","modelCall":{"name":"foo","namespace":"x","input":"b\nc"}}""",
        "$ ls\n  a\n  What the model asked of x.foo:\n  b\n  c\n\n"
    )]
    public async Task A_command_says_how_it_ended(string members, string shown) =>
        Assert.Equal(shown, await ShowAsync(With(members, "commandExecution")));

    [Theory]
    [InlineData("""{"sessionId":7,"input":"yes\n","output":"ok\n","exitCode":0}""", "Input: yes · session 7\n  ok\n\n")]
    [InlineData("""{"sessionId":"a","input":"\u0003","output":""}""", "Input: ^C · session a\n\n")]
    [InlineData(
        """{"sessionId":7,"input":"","output":"more","status":"inProgress"}""",
        "Input: waited for output · goes on in session 7\n  more\n\n"
    )]
    public async Task What_was_typed_into_a_command_is_shown_as_keys(string members, string shown) =>
        Assert.Equal(shown, await ShowAsync(With(members, "commandInput")));

    [Fact]
    public async Task Diffs_have_colours_and_count_their_lines()
    {
        _spool.Output = new Screen(ScreenKind.Terminal, 80, ColourUse.Basic);

        Assert.Equal(
            """
            [1mupdate a.cs → b.cs (+2 −2)[0m
              [36m@@ -1,2 +1,3 @@[0m
              [2m same[0m
              [31m-old[0m
              [31m--- a comment of SQL[0m
              [32m+new[0m
              [32m+newer[0m
            [1madd c.cs (+2)[0m
              [32m+one[0m
              [32m+@@ two[0m
            [1mdelete d.cs (−1)[0m
              [31m-gone[0m
              [33mfailed · 10:00:02[0m


            """.Replace("[", "\u001b[", StringComparison.Ordinal),
            await ShowAsync(
                """
                {"type":"fileChange","id":"f","at":"2026-05-20T10:00:02Z","status":"failed","changes":[
                 {"path":"a.cs","kind":{"type":"update","move_path":"b.cs"},"diff":"@@ -1,2 +1,3 @@\n same\n-old\n--- a comment of SQL\n+new\n+newer\n"},
                 {"path":"c.cs","kind":{"type":"add"},"diff":"one\n@@ two\n"},{"path":"d.cs","kind":{"type":"delete"},"diff":"gone"}]}
                """
            )
        );
    }

    [Fact]
    public async Task A_long_diff_says_how_much_is_not_shown()
    {
        var diff = string.Join("\\n", Enumerable.Range(1, 100).Select(n => $"+{n}"));
        var item =
            $$"""{"type":"fileChange","id":"f","status":"completed","output":"Success.","changes":[{"path":"a","kind":{"type":"update"},"diff":"{{diff}}"}]}""";

        Assert.EndsWith("  +40\n  … 60 more lines; --full shows all\n\n", await ShowAsync(item), StringComparison.Ordinal);
        Assert.EndsWith("  +100\n  Success.\n\n", await AgainAsync("--full"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_is_a_checklist() =>
        Assert.Equal(
            """
            Checklist: 1 of 3 done · 10:00:02
              Because.
              [x] look
              [>] mend
              [ ] test


            """,
            await ShowAsync(
                """
                {"type":"checklist","id":"p","at":"2026-05-20T10:00:02Z","explanation":"Because.",
                 "steps":[{"step":"look","status":"completed"},{"step":"mend","status":"in_progress"},{"step":"test","status":"pending"}]}
                """
            )
        );

    [Fact]
    public async Task Context_is_folded()
    {
        const string Agents =
            """{"type":"context","id":"x","kind":"agentsMd","role":"user","text":"# Rules\nNo tabs.","images":["data:,a"]}""";

        Assert.Equal("Context: AGENTS.md · as user · 2 lines, 16 bytes · 1 image (--full shows it)\n\n", await ShowAsync(Agents));
        Assert.Equal(
            "Context: AGENTS.md · as user · 2 lines, 16 bytes · 1 image\n  # Rules\n  No tabs.\n  [image, 1 byte]\n\n",
            await AgainAsync("--full")
        );
        Assert.Equal(
            "Context: a turn that was aborted · as user · 1 line, 13 bytes\n  The user left\n\n",
            await ShowAsync("""{"type":"context","id":"x","kind":"turnAborted","role":"user","text":"The user left"}""")
        );
    }

    [Fact]
    public async Task Context_that_follows_context_is_a_row_each() =>
        Assert.Equal(
            "Context: environment · 1 line, 2 bytes (--full shows it)\nContext: world state · 1 line, 7 bytes (--full shows it)\n\nAgent\n  Hi\n\n",
            await ShowAsync(
                """{"type":"context","id":"1","kind":"environment","text":"ab"}""",
                """{"type":"context","id":"2","kind":"worldState","payload":{"a":1}}""",
                """{"type":"agentMessage","id":"3","text":"Hi"}"""
            )
        );

    [Fact]
    public async Task A_command_of_many_lines_is_folded()
    {
        var command = string.Join("\\n", Enumerable.Range(1, 30).Select(n => $"line {n}"));
        var item = $$"""{"type":"commandExecution","id":"c","command":"{{command}}","status":"completed","durationMs":0}""";

        Assert.EndsWith("\n  line 20\n  … 10 more lines; --full shows all\n\n", await ShowAsync(item), StringComparison.Ordinal);
        Assert.EndsWith("\n  line 30\n\n", await AgainAsync("--full"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_said_once_and_then_where_they_change()
    {
        const string First =
            """{"type":"settings","id":"s","model":"gpt-5","reasoningEffort":"high","cwd":"/w","approvalPolicy":"on-request","sandboxPolicy":{"type":"read-only"},"other":{"a":1,"b":2}}""";
        const string Second =
            """{"type":"settings","id":"s","model":"gpt-6","reasoningEffort":"high","cwd":"/w","approvalPolicy":"on-request","sandboxPolicy":{"type":"read-only","x":1},"other":{"a":1,"b":3}}""";
        const string Command = """{"type":"commandExecution","id":"c","command":"ls","cwd":"/elsewhere","status":"completed"}""";

        Assert.Equal(
            """
            Settings: model gpt-5 · effort high · folder /w · approvals on-request · sandbox read-only · 2 more

            Settings: model gpt-5 → gpt-6 · sandbox read-only (details changed) · b 2 → 3

            $ ls
              Folder: /elsewhere


            """,
            await ShowAsync(First, First, Second, Second, Command)
        );
    }

    [Fact]
    public async Task Tokens_errors_warnings_and_compactions_are_said()
    {
        Assert.Equal(
            """
            Tokens: 12,345 in (10,000 cached) + 678 out (90 reasoning) = 13,023 · 1,234,567 so far

            Error · 10:00:02
              Stream lost
              for ever
              Details:
              more of it

            Error
              Gone
              Kind: response stream disconnected (httpStatusCode: 502)

            Warning
              Slow

            Compaction: what came before was summarised for the model
              What was done.

            Compaction: what came before was summarised; the summary is encrypted


            """,
            await ShowAsync(
                """
                {"type":"tokenUsage","id":"t","turn":{"inputTokens":12345,"cachedInputTokens":10000,"outputTokens":678,"reasoningOutputTokens":90,"totalTokens":13023},
                 "total":{"totalTokens":1234567},"modelContextWindow":272000}
                """,
                """{"type":"error","id":"e","at":"2026-05-20T10:00:02Z","message":"Stream lost\nfor ever","codexErrorInfo":"\"other\"","additionalDetails":"more of it"}""",
                """{"type":"error","id":"f","message":"Gone","codexErrorInfo":{"responseStreamDisconnected":{"httpStatusCode":502}}}""",
                """{"type":"warning","id":"w","message":"Slow"}""",
                """{"type":"contextCompaction","id":"c","summary":"What was done."}""",
                """{"type":"contextCompaction","id":"d","summary":null,"isEncrypted":true}"""
            )
        );
    }

    [Fact]
    public async Task Turns_that_were_rolled_back_are_behind_a_bar()
    {
        Assert.Equal(
            "Taken back: 2 turns · --rolled-back shows them\n\n",
            await ShowAsync("""{"type":"rolledBack","id":"r","turns":2,"items":null}""")
        );
        Assert.Equal(
            "Taken back: 1 turn\n| You\n| > No\n|\n| $ rm x\n|   exit code 1\n|\n\n",
            await ShowAsync(
                """
                {"type":"rolledBack","id":"r","turns":1,"items":[{"type":"userMessage","id":"1","content":[{"type":"text","text":"No"}]},
                 {"type":"commandExecution","id":"2","command":"rm x","exitCode":1,"status":"failed"}]}
                """
            )
        );
    }

    [Fact]
    public async Task Inherited_history_is_folded_with_the_name_of_its_thread_and_the_command_that_shows_it()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(3), "x") with { Name = "The first try" });

        Assert.Equal(
            $"Inherited: 12 turns from The first try · 300 records\n  spool show {Samples.Id2}\n\n",
            await ShowAsync($$"""{"type":"inherited","id":"i","fromThreadId":"{{Samples.Id2}}","turns":12,"records":300}""")
        );
        Assert.Equal(
            $"Inherited: 3 records from another thread\n  spool show {Samples.Id3}\n\n",
            await ShowAsync($$"""{"type":"inherited","id":"i","fromThreadId":"{{Samples.Id3}}","turns":0,"records":3}""")
        );
        Assert.Equal("Inherited: history from another thread\n\n", await ShowAsync("""{"type":"inherited","id":"i"}"""));
    }

    [Fact]
    public async Task Turns_of_the_source_of_a_fork_are_folded()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(3), "x") with { Name = "The first try" });
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            ForkedFromId = ThreadId.Parse(Samples.Id2),
            CreatedAt = CommandLine.Now - TimeSpan.FromHours(1),
        };
        _spool.Store.Turns[Id] =
        [
            Samples.Turn("t1", Samples.Agent("of the source")),
            Samples.Turn("t2", Samples.Agent("without a time")) with
            {
                StartedAt = null,
            },
            Samples.Turn("t3", Samples.Agent("of the source")),
            Samples.Turn("t4", Samples.Agent("of its own")) with
            {
                StartedAt = CommandLine.Now,
            },
        ];

        var shown = (await _spool.RunAsync("show", Samples.Id1, "--turns")).Out;

        Assert.StartsWith(
            $"Inherited: 3 turns from The first try\n  spool show {Samples.Id2}\n\n── turn t4",
            shown,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("of the source", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("on this page", (await _spool.RunAsync("show", Samples.Id1)).Out, StringComparison.Ordinal);
        Assert.Contains(
            "Inherited: 1 turn from The first try · among the last turns, which are all that is shown here\n",
            (await _spool.RunAsync("show", Samples.Id1, "-n", "2")).Out,
            StringComparison.Ordinal
        );
        Assert.Contains("of the source", (await _spool.RunAsync("show", Samples.Id1, "--turns", "--full")).Out, StringComparison.Ordinal);
        var json = (await _spool.RunAsync("show", Samples.Id1, "--turns", "--json")).Out;
        Assert.Equal(2, json.Split($"\"inheritedFrom\":\"{Samples.Id2}\"").Length - 1);
        Assert.Equal(2, json.Split("\"inheritedFrom\":null").Length - 1);
        _spool.Store.Turns[Id] = [_spool.Store.Turns[Id][0]]; // what a fork has at first
        Assert.Equal(
            $"Inherited: 1 turn from The first try · no turn of this thread itself yet\n  spool show {Samples.Id2}\n\n",
            (await _spool.RunAsync("show", Samples.Id1, "--turns")).Out
        );
        var summary = (await _spool.RunAsync("show", Samples.Id1)).Out;
        Assert.Contains("no turn of this thread itself yet; the last of them:\n", summary, StringComparison.Ordinal);
        Assert.Contains("of the source", summary, StringComparison.Ordinal);
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { CreatedAt = CommandLine.Now - TimeSpan.FromHours(2) };
        Assert.Contains(
            "Inherited: 3 records from The first try\n",
            await ShowAsync("""{"type":"inherited","id":"i","fromThreadId":null,"turns":null,"records":3}"""),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(TurnView.Complete, false)]
    [InlineData(TurnView.Codex, false, "--view", "codex")]
    [InlineData(TurnView.Codex, false, "--view", "Codex", "--json")]
    [InlineData(TurnView.Complete, true, "--view", "complete", "--rolled-back")]
    [InlineData(TurnView.Complete, true, "--rolled-back", "--json")]
    public async Task The_view_is_the_complete_one_unless_another_is_asked_for(TurnView view, bool withRolledBack, params string[] options)
    {
        _spool.Store.Turns[Id] = [Samples.Turn("t1")];

        Assert.Equal(0, (await _spool.RunAsync(["show", Samples.Id1, "--turns", .. options])).Code);
        Assert.Equal((view, withRolledBack), (_spool.Store.LastTurns?.View, _spool.Store.LastTurns?.WithRolledBack));
        if (options.Contains("--json"))
            return;
        Assert.Equal(0, (await _spool.RunAsync(["show", Samples.Id1, .. options])).Code);
        Assert.Equal((view, withRolledBack), (_spool.Store.LastTurns?.View, _spool.Store.LastTurns?.WithRolledBack));
    }

    [Theory]
    [InlineData("--items", "--view", "codex")]
    [InlineData("--items", "--rolled-back")]
    [InlineData("--turns", "--view", "codex", "--rolled-back")]
    [InlineData("--turns", "--view", "other")]
    public async Task A_view_that_means_nothing_is_refused(params string[] options) =>
        Assert.Equal(2, (await _spool.RunAsync(["show", Samples.Id1, .. options])).Code);

    [Fact]
    public async Task Sub_agents_and_what_started_them_name_each_other_with_the_commands_that_show_them()
    {
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id2, TimeSpan.FromHours(1), "Look at it") with
            {
                ParentThreadId = Id,
                AgentNickname = "Kepler",
                AgentRole = "explorer",
                Source = new SessionSource(
                    """{"subagent":{"thread_spawn":{"parent_thread_id":"01a20428-d3ad-73a1-92e6-c2af64741e31","depth":1}}}"""
                ),
            }
        );

        Assert.EndsWith(
            $"Sub-agent: start Kepler · explorer\n  Look\n  spool show {Samples.Id2}\n\n",
            await ShowAsync(
                $$$"""{"type":"collabAgentToolCall","id":"a","tool":"spawnAgent","status":"completed","receiverThreadIds":["{{{Samples.Id2}}}"],"prompt":"Look","agentsStates":{}}"""
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"Sub-agent: started Kepler · explorer\n  spool show {Samples.Id2}\n",
            await ShowAsync($$"""{"type":"subAgentActivity","id":"s","kind":"started","agentThreadId":"{{Samples.Id2}}"}"""),
            StringComparison.Ordinal
        );
        _spool.Output = CommandLine.Terminal(120);
        Assert.Contains(
            $"  Sub-agents   Kepler · explorer\n               spool show {Samples.Id2}\n",
            (await _spool.RunAsync("show", Samples.Id1)).Out,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"  Parent       Fix the flaky test\n               spool show {Samples.Id1}\n",
            (await _spool.RunAsync("show", Samples.Id2)).Out,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(TurnStatus.Interrupted, 1, false, "not ended")]
    [InlineData(TurnStatus.InProgress, 1, false, "not ended")]
    [InlineData(TurnStatus.Interrupted, 60, false, "interrupted")]
    [InlineData(TurnStatus.Interrupted, 1, true, "interrupted")]
    [InlineData(TurnStatus.Completed, 1, false, "12 s")]
    public async Task A_turn_without_an_end_in_a_log_that_is_being_written_is_not_said_to_be_interrupted(
        TurnStatus status,
        int minutes,
        bool hasEnd,
        string said
    )
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { UpdatedAt = CommandLine.Now - TimeSpan.FromMinutes(minutes) };
        var turn = Samples.Turn("t2", Samples.Agent("Done.")) with { Status = status };
        _spool.Store.Turns[Id] =
        [
            Samples.Turn("t1") with
            {
                Status = TurnStatus.Interrupted,
                CompletedAt = null,
            },
            turn with
            {
                CompletedAt = null, // an end need not say when it was
                HasEnd = hasEnd,
            },
        ];

        foreach (var args in new string[][] { ["show", Samples.Id1, "--turns"], ["show", Samples.Id1] })
        {
            var text = (await _spool.RunAsync(args)).Out;

            Assert.Contains($"turn t2 · 2026-05-20 10:00 · 12 s{(said == "12 s" ? "" : $" · {said}")}\n", text, StringComparison.Ordinal);
            Assert.Equal(
                said == "not ended",
                text.Contains("Not ended: the log was written 1 min ago, so the turn may be running.\n", StringComparison.Ordinal)
            );
            // another turn came after the first one
            Assert.Contains("turn t1 · 2026-05-20 10:00 · 12 s · interrupted\n", text, StringComparison.Ordinal);
        }
        var first = (await _spool.RunAsync("show", Samples.Id1, "--turns", "-n", "1")).Out;
        Assert.EndsWith("Interrupted.\n\n", first, StringComparison.Ordinal);

        var md = (await _spool.RunAsync("export", Samples.Id1, "--format", "md")).Out;
        var html = (await _spool.RunAsync("export", Samples.Id1, "--format", "html")).Out;
        Assert.Contains("## Turn 1 · 2026-05-20 10:00 · 12 s · interrupted\n", md, StringComparison.Ordinal);
        Assert.Contains($"## Turn 2 · 2026-05-20 10:00 · 12 s{(said == "12 s" ? "" : $" · {said}")}\n", md, StringComparison.Ordinal);
        Assert.Equal(said == "not ended", md.EndsWith("\n\n**Not ended when this was written**\n\n", StringComparison.Ordinal));
        Assert.Equal(said == "not ended", html.Contains("12 s · not ended</small>", StringComparison.Ordinal));
        Assert.Equal(
            said == "not ended",
            html.Contains("<span class=\"role\">Not ended when this was written</span>", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public async Task No_row_is_wider_than_the_terminal_and_no_text_is_outside_of_its_block(int width)
    {
        var word = Gen.OneOf(
            Gen.String[Gen.Char["abc─日本語👍"], 1, 30],
            OneOf("\u001b[31mred\u001b[0m", "\u001b]0;title\a", "\t", "e\u0301", "👩‍👩‍👧‍👦", "\u202e", "── turn t1", "\r"),
            Gen.Const(new string('w', 500))
        );
        var text = Gen.Select(word.Array[0, 40], OneOf(" ", "\n", "\n\n  ", ""), (words, by) => string.Join(by, words));
        await Gen.Select(text, Gen.Int[0, Shapes.Length - 1], OneOf("--full", "--no-pager"))
            .SampleAsync(
                async sample =>
                {
                    var (content, shape, option) = sample;
                    var spool = new CommandLine { Output = CommandLine.Terminal(width) };
                    spool.Store.Threads.Add(
                        Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "of " + content) with
                        {
                            Cwd = "/w/" + content,
                        }
                    );
                    spool.Store.Turns[Id] = [Samples.Turn("t1", Filled(Shapes[shape], content))];
                    var shown = await spool.RunAsync("show", Samples.Id1, option);

                    Assert.Equal(0, shown.Code);
                    var rows = shown.Out.Split('\n');
                    Assert.All(rows, row => Assert.True(CellText.Width(row) < width, $"{CellText.Width(row)}: {row}"));
                    Assert.DoesNotContain('\u001b', shown.Out);
                    Assert.Single(rows, row => row.StartsWith("── turn", StringComparison.Ordinal));
                },
                iter: 300
            );
    }

    static readonly string[] Shapes =
    [
        """{"type":"userMessage","id":"1","content":[{"type":"text","text":"@"},{"type":"image","url":"@"}]}""",
        """{"type":"agentMessage","id":"1","text":"@"}""",
        """{"type":"reasoning","id":"1","summary":["@"],"content":["@"]}""",
        """{"type":"plan","id":"1","text":"@"}""",
        """{"type":"commandExecution","id":"1","command":"@","cwd":"@","status":"@","aggregatedOutput":"@","modelOutput":"@","modelCall":{"name":"@","namespace":"@","arguments":"@"}}""",
        """{"type":"commandInput","id":"1","sessionId":"@","input":"@","output":"@"}""",
        """{"type":"fileChange","id":"1","status":"@","output":"@","changes":[{"path":"@","kind":{"type":"@","move_path":"@"},"diff":"@"},{"path":"@","kind":{"type":"add"},"diff":"@"}]}""",
        """{"type":"checklist","id":"1","explanation":"@","steps":[{"step":"@","status":"@"},{"step":"@","status":"completed"}]}""",
        """{"type":"context","id":"1","kind":"@","role":"@","text":"@"}""",
        """{"type":"settings","id":"1","model":"@","cwd":"@","sandboxPolicy":{"type":"@"},"other":{"@":"@"}}""",
        """{"type":"error","id":"1","message":"@","codexErrorInfo":"@","additionalDetails":"@"}""",
        """{"type":"contextCompaction","id":"1","summary":"@"}""",
        """{"type":"rolledBack","id":"1","turns":1,"items":[{"type":"agentMessage","id":"2","text":"@"},{"type":"commandExecution","id":"3","command":"@","aggregatedOutput":"@"}]}""",
        """{"type":"inherited","id":"1","fromThreadId":"@"}""",
        """{"type":"mcpToolCall","id":"1","server":"@","tool":"@","arguments":{"@":"@"},"result":{"content":[{"type":"text","text":"@"}]},"error":{"message":"@"},"status":"@"}""",
        """{"type":"dynamicToolCall","id":"1","tool":"@","arguments":"@","contentItems":[{"type":"inputText","text":"@"}],"status":"@"}""",
        """{"type":"collabAgentToolCall","id":"1","tool":"@","prompt":"@","receiverThreadIds":["@"],"agentsStates":{"@":{"status":"@","message":"@"}}}""",
        """{"type":"subAgentActivity","id":"1","kind":"@","agentThreadId":"@","agentPath":"@"}""",
        """{"type":"webSearch","id":"1","query":"@","action":{"url":"@"},"results":[{"title":"@"}]}""",
        """{"type":"imageView","id":"1","path":"@","images":["@"]}""",
        """{"type":"exitedReviewMode","id":"1","review":"@"}""",
        """{"type":"record","id":"1","recordType":"@","payloadType":"@","payload":{"@":"@"}}""",
        """{"type":"@","id":"1","text":"@"}""",
    ];

    static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    static ThreadItem Filled(string shape, string content)
    {
        var item = JsonNode
            .Parse(shape.Replace("@", JsonValue.Create(content).ToJsonString()[1..^1], StringComparison.Ordinal))!
            .AsObject();
        return new ThreadItem("1", (string)item["type"]!, item);
    }

    static string With(string members, string type)
    {
        var item = JsonNode.Parse(members)!.AsObject();
        (item["type"], item["id"]) = (type, "c");
        return item.ToJsonString();
    }

    async Task<string> ShowAsync(params string[] items)
    {
        _spool.Store.Turns[Id] = [Samples.Turn("t1", [.. items.Select(Samples.Item)])];
        return await AgainAsync();
    }

    // What is below the heading of the only turn.
    async Task<string> AgainAsync(params string[] options)
    {
        var result = await _spool.RunAsync(["show", Samples.Id1, "--turns", .. options]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        return result.Out[(result.Out.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
    }
}
