using System.Text;
using CsCheck;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Entries become items that a log of the thread's mode has for them.</summary>
public sealed class EntryTests
{
    // Codex has no record for them in a legacy thread, or none that it still reads.
    static readonly string[] NotReadByCodex = ["exec_command_end", "error", "warning"];

    public static TheoryData<string> Modes => [HistoryModes.Legacy, HistoryModes.Paginated];

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-01")]
    public void Every_kind_of_entry_is_shown_in_the_turns_of_both_modes(string mode)
    {
        (string Kind, string Shown)[] expected =
        [
            ("UserMessageEntry", "userMessage: What is this?"),
            ("AssistantMessageEntry", "agentMessage: A dot."),
            ("ReasoningEntry", "reasoning: It is small.\n\nOne pixel."),
            ("ToolCallEntry", mode == HistoryModes.Legacy ? "mcpToolCall: tools.add" : "dynamicToolCall: add"),
            ("McpToolCallEntry", "mcpToolCall: sums.add"),
            ("CommandEntry", "commandExecution: ls 'a b'"),
            ("FileChangeEntry", "fileChange: /work/a"),
            ("WebSearchEntry", "webSearch: rollouts"),
            ("PlanEntry", "plan: 1. Look."),
            ("CompactionEntry", "contextCompaction: "),
        ];

        var shown = EntrySamples
            .All.Select(sample => (sample.Name, Turn: Assert.Single(RolloutText.Turns(mode, [.. EntrySamples.LogOf(mode, sample.Entry)]))))
            .ToList();

        Assert.All(shown, sample => Assert.Equal(0, sample.Turn.CallsLeftOut));
        Assert.Equal(
            expected,
            shown
                .Where(sample => sample.Turn.Items.Count > 0)
                .Select(sample => (sample.Name, $"{Assert.Single(sample.Turn.Items).Type}: {sample.Turn.Items[0].Text}"))
        );
    }

    [Fact, Guarantee("RECD-02")]
    public void What_is_written_to_a_legacy_log_codex_decodes_but_for_what_it_no_longer_reads()
    {
        foreach (var (name, entry) in EntrySamples.All)
        {
            foreach (var line in EntrySamples.LogOf(HistoryModes.Legacy, entry))
            {
                var item = new RolloutItem(Encoding.UTF8.GetBytes(line), 0);
                Assert.True(CodexRecords.Decodes(item) != NotReadByCodex.Contains(item.PayloadType), $"{name}: {line}");
            }
        }
    }

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-03")]
    public void Whatever_texts_an_entry_has_its_items_can_be_appended_and_are_shown(string mode)
    {
        // Halves of surrogate pairs, control characters, quotes, line breaks, no text at all.
        var text = Gen.Char.Array[0, 12].Select(letters => new string(letters));
        Gen.Select(text, text, text)
            .Sample(
                (name, arguments, output) =>
                {
                    ThreadEntry[] entries =
                    [
                        new UserMessageEntry(name) { Images = [arguments], LocalImages = [output] },
                        new AssistantMessageEntry(output),
                        new ReasoningEntry(name),
                        new ToolCallEntry(name, arguments)
                        {
                            Output = output,
                            Namespace = name,
                            CallId = "1",
                        },
                        new ToolCallEntry(name, arguments)
                        {
                            Output = output,
                            Input = ToolInput.Text,
                            CallId = "2",
                        },
                        new McpToolCallEntry(name, name, arguments)
                        {
                            Output = output,
                            Status = CallStatus.Failed,
                            CallId = "3",
                        },
                        new CommandEntry([name, arguments], output)
                        {
                            Output = output,
                            ExitCode = 1,
                            CallId = "4",
                        },
                        new FileChangeEntry([new FileChange(name, FileChangeKind.Update, arguments) { MovedTo = output }])
                        {
                            Output = output,
                            CallId = "5",
                        },
                        new WebSearchEntry(name) { Action = WebAction.FindInPage, Pattern = arguments },
                        new PlanEntry("plan " + name),
                        new CompactionEntry(name),
                        new TurnEndedEntry(EntrySamples.Time) { Error = name, ErrorCode = arguments },
                    ];

                    foreach (var item in entries.SelectMany(entry => entry.ToItems(EntrySamples.Place(mode))))
                        RolloutLine.Check(item, 1 << 20);
                    var turn = Assert.Single(RolloutText.Turns(mode, [.. EntrySamples.LogOf(mode, entries)]));
                    Assert.Equal(0, turn.CallsLeftOut);
                    Assert.Equal(TurnStatus.Failed, turn.Status);
                    Assert.Equal(
                        5,
                        turn.Items.Count(item => item.Type is "mcpToolCall" or "dynamicToolCall" or "commandExecution" or "fileChange")
                    );
                },
                iter: 300
            );
    }

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-04")]
    public void A_call_is_written_before_it_runs_and_completed_afterwards(string mode)
    {
        var call = new ToolCallEntry("add", "{}") { CallId = "c" };

        var before = call with { Records = CallRecords.Call };
        var after = call with { Records = CallRecords.Output | CallRecords.Shown, Output = "3" };

        Assert.Equal((0, 1), CountsOf(before));
        Assert.Equal((1, 0), CountsOf(before, after));
        Assert.Equal((0, 1), CountsOf(call with { Records = CallRecords.Model }));
        Assert.Empty((call with { Records = CallRecords.None }).ToItems(EntrySamples.Place(mode)));

        (int Shown, int LeftOut) CountsOf(params ThreadEntry[] entries)
        {
            var turn = Assert.Single(RolloutText.Turns(mode, [.. EntrySamples.LogOf(mode, entries)]));
            return (turn.Items.Count, turn.CallsLeftOut);
        }
    }

    [Theory, MemberData(nameof(Modes)), Guarantee("RECD-05")]
    public void A_call_that_failed_is_shown_as_failed_with_what_it_gave_back(string mode)
    {
        ThreadEntry[] entries =
        [
            new ToolCallEntry("add", "not JSON")
            {
                CallId = "1",
                Output = "no numbers",
                Status = CallStatus.Failed,
            },
            new McpToolCallEntry("sums", "add", "{}")
            {
                CallId = "2",
                Output = "no numbers",
                Status = CallStatus.Failed,
            },
            new CommandEntry(["false"], "/w") { CallId = "3", ExitCode = 1 },
            new CommandEntry(["gone"], "/w") { CallId = "4", Status = CallStatus.Failed },
            new FileChangeEntry([new FileChange("/w/a", FileChangeKind.Delete, "")]) { CallId = "5", Status = CallStatus.Failed },
        ];

        var turn = Assert.Single(RolloutText.Turns(mode, [.. EntrySamples.LogOf(mode, entries)]));

        Assert.Equal(5, turn.Items.Count);
        Assert.All(turn.Items, item => Assert.Equal("failed", (string?)item.Json["status"]));
        Assert.Equal("not JSON", (string?)turn.Items[0].Json["arguments"]);
        Assert.All(turn.Items.Take(2), item => Assert.Contains("no numbers", item.Json.ToJsonString(), StringComparison.Ordinal));
    }

    [Fact, Guarantee("RECD-06")]
    public void The_folder_of_a_command_comes_back_as_it_was_given()
    {
        foreach (var folder in (string[])["/", "/work", "/a b/%20/ü#?&/c", "C:\\work\\a b"])
        {
            var turn = Assert.Single(
                RolloutText.Turns(HistoryModes.Paginated, [.. EntrySamples.LogOf(HistoryModes.Paginated, new CommandEntry(["ls"], folder))])
            );
            Assert.Equal(
                folder,
                (string?)turn.Items[0].Json["cwd"] is ['/', _, ':', .. var rest] path
                    ? path[1..].Replace('/', '\\')
                    : (string?)turn.Items[0].Json["cwd"]
            );
        }
    }

    [Fact, Guarantee("RECD-18")]
    public void What_is_null_or_no_value_of_its_kind_is_refused_by_name()
    {
        (string Name, ThreadEntry Entry)[] misuses =
        [
            ("Text", new UserMessageEntry(null!)),
            ("Images", new UserMessageEntry("") { Images = [null!] }),
            ("LocalImages", new UserMessageEntry("") { LocalImages = null! }),
            ("Text", new AssistantMessageEntry(null!)),
            ("Phase", new AssistantMessageEntry("") { Phase = (MessagePhase)7 }),
            ("Summary", new ReasoningEntry((string)null!)),
            ("Raw", new ReasoningEntry("") { Raw = [null!] }),
            ("Name", new ToolCallEntry(null!, "")),
            ("Arguments", new ToolCallEntry("", null!)),
            ("Input", new ToolCallEntry("", "") { Input = (ToolInput)7 }),
            ("Output", new ToolCallEntry("", "") { Output = null! }),
            ("Status", new McpToolCallEntry("", "", "") { Status = (CallStatus)7 }),
            ("Duration", new McpToolCallEntry("", "", "") { Duration = TimeSpan.FromTicks(-1) }),
            ("Records", new McpToolCallEntry("", "", "") { Records = (CallRecords)8 }),
            ("Server", new McpToolCallEntry(null!, "", "")),
            ("Tool", new McpToolCallEntry("", null!, "")),
            ("Arguments", new McpToolCallEntry("", "", null!)),
            ("Words", new CommandEntry([null!], "")),
            ("Cwd", new CommandEntry([], null!)),
            ("Changes", new FileChangeEntry([null!])),
            ("change.Text", new FileChangeEntry([new FileChange("", FileChangeKind.Add, null!)])),
            ("change.Kind", new FileChangeEntry([new FileChange("", (FileChangeKind)7, "")])),
            ("Query", new WebSearchEntry(null!)),
            ("Action", new WebSearchEntry("") { Action = (WebAction)7 }),
            ("Text", new PlanEntry(null!)),
            ("Message", new ErrorEntry(null!)),
            ("Message", new WarningEntry(null!)),
            ("Model", new TurnContextEntry(null!, "")),
            ("Last", new TokenCountEntry(new TokenUsage(0, 0), null!)),
            ("Summary", new CompactionEntry(null!)),
            ("KeptQuestions", new CompactionEntry("") { KeptQuestions = [null!] }),
        ];

        foreach (var (name, entry) in misuses)
        {
            var refused = Assert.ThrowsAny<ArgumentException>(() => entry.ToItems(EntrySamples.Place(HistoryModes.Legacy)));
            Assert.Equal((entry.GetType(), name), (entry.GetType(), refused.ParamName));
        }
    }
}
