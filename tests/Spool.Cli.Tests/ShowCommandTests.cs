namespace Spool.Cli.Tests;

public sealed class ShowCommandTests
{
    static readonly ThreadId Id = ThreadId.Parse(Samples.Id1);

    readonly CommandLine _spool = new();

    public ShowCommandTests()
    {
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix the flaky test") with
            {
                Model = "gpt-5",
                ReasoningEffort = "high",
                TokensUsed = 12345,
            }
        );
        _spool.Store.Turns[Id] =
        [
            Samples.Turn("t1", Samples.User("Fix the flaky test"), Samples.Agent("Done.")),
            Samples.Turn(
                "t2",
                Samples.User("Run it\nagain"),
                Samples.Item("""{"type":"reasoning","id":"r","summary":["Thinking"],"content":[]}"""),
                Samples.Item(
                    """{"type":"commandExecution","id":"c","command":"make test","aggregatedOutput":"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n","exitCode":2,"status":"failed"}"""
                ),
                Samples.Item(
                    """{"type":"fileChange","id":"f","changes":[{"path":"a.cs","kind":{"type":"update"},"diff":"-a\n+b"}],"status":"completed"}"""
                ),
                Samples.Item("""{"type":"webSearch","id":"w","query":"dotnet"}""")
            ) with
            {
                Status = TurnStatus.Interrupted,
            },
        ];
        _spool.Store.Items[Id] =
        [
            new RolloutItem(
                """{"timestamp":"2026-05-20T10:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"hi"}}"""u8.ToArray(),
                0
            ),
            new RolloutItem("{torn"u8.ToArray(), 1),
            new RolloutItem((byte[])[.. "{\"a\":\""u8, 0xFF, .. "\"}"u8], 2),
        ];
    }

    [Fact]
    public async Task The_date_of_an_old_thread_is_said_once()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { CreatedAt = new(2025, 5, 23, 9, 0, 0, TimeSpan.Zero) };

        Assert.Contains(
            "  Created      2025-05-23 09:00 UTC\n",
            (await _spool.RunAsync("show", Samples.Id1)).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_thread_is_shown_as_a_summary_and_its_last_turns()
    {
        var result = await _spool.RunAsync("show", Samples.Id1, "--limit", "1");

        Assert.Equal(
            """
            Fix the flaky test

              Id           01a20428-d3ad-73a1-92e6-c2af64741e31
              Created      2026-05-20 10:00 UTC (2 h ago)
              Updated      2026-05-20 10:00 (1 h ago)
              Folder       /home/ann/work/spool
              Source       cli
              Provider     openai
              Model        gpt-5 (high)
              Version      0.128.0
              Tokens       12,345
              History      legacy
              File         /home/ann/.codex/sessions/rollout-01a20428-d3ad-73a1-92e6-c2af64741e31.jsonl

            ── turn t2 · 2026-05-20 10:00 · 12 s · interrupted

            You
            > Run it
            > again

            Reasoning
              Thinking

            $ make test
              … 2 lines above are not shown; --full shows all
              3
              4
              5
              6
              7
              8
              9
              10
              exit code 2

            update a.cs (+1 −1)
              -a
              +b

            Search: dotnet

            Interrupted.


            """,
            result.Out
        );
        Assert.Equal($"hint: These are the last turns; for all of them: spool show {Samples.Id1} --turns\n", result.Error);
    }

    [Fact]
    public async Task Turns_are_shown_oldest_first_with_the_way_to_the_next_page()
    {
        var result = await _spool.RunAsync("show", Samples.Id1, "--turns", "--limit", "1");

        Assert.Equal("── turn t1 · 2026-05-20 10:00 · 12 s\n\nYou\n> Fix the flaky test\n\nAgent\n  Done.\n\n", result.Out);
        Assert.Equal("hint: There are more; for the next page repeat the command with --cursor c1\n", result.Error);
    }

    [Theory]
    [InlineData("show", Samples.Id1)]
    [InlineData("list", "--all")]
    public async Task A_thread_that_cannot_be_read_is_not_said_to_have_no_message(params string[] line)
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            Preview = "",
            State = ThreadCondition.Unreadable,
            StateReason = "The rollout is empty.",
        };

        var result = await _spool.RunAsync(line);

        Assert.Contains("(cannot be read)", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("no message yet", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turns_as_json_are_in_the_shape_of_the_app_server()
    {
        var result = await _spool.RunAsync("show", Samples.Id1, "--turns", "--limit", "1", "--json");

        Assert.StartsWith("{\"thread\":{\"id\":\"" + Samples.Id1, result.Out, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            "turns":[{"id":"t1","rootTurnId":"t1","items":[{"type":"userMessage","id":"item-1","content":[{"type":"text","text":"Fix the flaky test"}]},{"type":"agentMessage","id":"item-2","text":"Done."}],"itemsView":"full","status":"completed","error":null,"startedAt":1779271200,"completedAt":1779271212,"durationMs":12000,"callsLeftOut":0,"inheritedFrom":null,"hasEnd":false}],"nextCursor":"c1","otherRollouts":[]}

            """,
            result.Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_turn_says_how_many_tool_calls_it_leaves_out_and_what_has_them()
    {
        _spool.Store.Turns[Id] =
        [
            Samples.Turn("t1", Samples.Agent("Done.")) with
            {
                CallsLeftOut = 1,
            },
            Samples.Turn("t2", Samples.Agent("Done.")) with
            {
                CallsLeftOut = 1234,
            },
        ];

        Assert.Equal(
            $"""
            ── turn t1 · 2026-05-20 10:00 · 12 s

            Agent
              Done.

            1 tool call is not shown here. All of them: spool export {Samples.Id1} --format jsonl

            ── turn t2 · 2026-05-20 10:00 · 12 s

            Agent
              Done.

            1,234 tool calls are not shown here. All of them: spool export {Samples.Id1} --format jsonl


            """,
            (await _spool.RunAsync("show", Samples.Id1, "--turns")).Out
        );
        Assert.Contains("1,234 tool calls are not shown here", (await _spool.RunAsync("show", Samples.Id1)).Out, StringComparison.Ordinal);
        Assert.Contains(
            "\"durationMs\":12000,\"callsLeftOut\":1234,\"inheritedFrom\":null,\"hasEnd\":false}]",
            (await _spool.RunAsync("show", Samples.Id1, "--turns", "--json")).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Items_as_json_carry_the_line_and_a_line_that_is_not_json_as_text()
    {
        var result = await _spool.RunAsync("show", Samples.Id1, "--items", "--json");

        Assert.EndsWith(
            """
            "items":[{"ordinal":0,"timestamp":"2026-05-20T10:00:00.000Z","type":"event_msg","payloadType":"user_message","length":108,"line":{"timestamp":"2026-05-20T10:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"hi"}}},{"ordinal":1,"timestamp":null,"type":null,"payloadType":null,"length":5,"line":"{torn"},

            """,
            result.Out[..result.Out.IndexOf("{\"ordinal\":2", StringComparison.Ordinal)] + "\n",
            StringComparison.Ordinal
        );
        using var json = System.Text.Json.JsonDocument.Parse(result.Bytes);
        Assert.Contains('\uFFFD', json.RootElement.GetProperty("items")[2].GetProperty("line").GetString()!);
        Assert.True(System.Text.Unicode.Utf8.IsValid(result.Bytes));
    }

    [Theory]
    [InlineData("--turns")]
    [InlineData("--items")]
    [InlineData("--turns", "--json")]
    [InlineData("--items", "--json")]
    public async Task Of_a_thread_with_a_missing_beginning_it_is_said_that_earlier_turns_and_items_are_missing(params string[] options)
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            State = ThreadCondition.BrokenLineage,
            StateReason = "Rollout x is missing.",
        };

        var result = await _spool.RunAsync(["show", Samples.Id1, .. options]);

        Assert.Equal(0, result.Code);
        Assert.NotEmpty(result.Out);
        Assert.StartsWith(
            "spool: What comes before is missing, and only the thread's own part is shown. Rollout x is missing.\n",
            result.Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("--turns")]
    [InlineData("--items")]
    public async Task Of_a_thread_that_is_not_whole_it_is_said_what_it_lacks_and_json_has_that_itself(string option)
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            State = ThreadCondition.Damaged,
            StateReason = "1 of 3 lines could not be read.",
        };

        Assert.Equal(
            "spool: The state of the thread is damaged: 1 of 3 lines could not be read.\n",
            (await _spool.RunAsync(["show", Samples.Id1, option])).Error
        );
        var json = await _spool.RunAsync(["show", Samples.Id1, option, "--json"]);
        Assert.Equal("", json.Error);
        Assert.Contains("1 of 3 lines", json.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--turns")]
    [InlineData("--items")]
    [InlineData("--items", "--json")]
    public async Task Of_an_unreadable_thread_without_anything_it_is_said_why(params string[] options)
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            State = ThreadCondition.Unreadable,
            StateReason = "The rollout is empty.",
        };
        _spool.Store.Turns.Clear();
        _spool.Store.Items.Clear();

        var result = await _spool.RunAsync(["show", Samples.Id1, .. options]);

        Assert.Equal((7, ""), (result.Code, result.Out));
        Assert.StartsWith($"error: Thread {Samples.Id1} cannot be read: The rollout is empty.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_are_shown_as_a_table()
    {
        var result = await _spool.RunAsync("show", Samples.Id1, "--items", "--limit", "2");

        Assert.Equal(
            """
            ORDINAL	TIME	TYPE	BYTES	PAYLOAD
            0	2026-05-20 10:00	event_msg/user_message	108	{"type":"user_message","message":"hi"}
            1		(unreadable)	5	{torn

            """,
            result.Out
        );
    }

    [Fact]
    public async Task A_thread_whose_turns_cannot_be_shown_is_still_summed_up()
    {
        _spool.Store.Failure = new ThreadStoreException(ThreadStoreErrorCode.Unsupported, "The history mode is unknown.");

        var result = await _spool.RunAsync("show", Samples.Id1);

        Assert.StartsWith("Fix the flaky test\n", result.Out, StringComparison.Ordinal);
        Assert.Equal((0, "spool: The history mode is unknown.\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Stored_text_cannot_command_the_terminal()
    {
        _spool.Store.Turns[Id] =
        [
            Samples.Turn(
                "t\u001b[1m",
                Samples.User("\u001b]52;c;eA==\u0007x"),
                Samples.Item("""{"type":"odd\u001b[31m","id":"o","text":"\u009b2J"}""")
            ),
        ];

        var result = await _spool.RunAsync("show", Samples.Id1);

        Assert.DoesNotContain(result.Out, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task Colours_are_used_only_where_the_screen_takes_them()
    {
        _spool.Output = new Screen(ScreenKind.Terminal, 80, ColourUse.Basic);
        var coloured = (await _spool.RunAsync("show", Samples.Id1)).Out;
        _spool.Output = CommandLine.Terminal(80);
        var plain = (await _spool.RunAsync("show", Samples.Id1)).Out;

        Assert.Contains("\u001b[", coloured, StringComparison.Ordinal);
        Assert.Equal(plain, SafeText.Block(coloured));
    }

    [Theory]
    [InlineData("--turns", "--items", "Give --turns or --items, not both.")]
    [InlineData("--cursor", "c1", "A cursor needs --turns or --items.")]
    [InlineData("--json", "--limit=5", "--limit with --json needs --turns or --items.")]
    public async Task Options_that_do_not_go_together_are_refused(string one, string other, string message)
    {
        var result = await _spool.RunAsync("show", Samples.Id1, one, other);

        Assert.Equal((2, $"error: {message}"), (result.Code, result.Error.Split('\n')[0]));
    }
}
