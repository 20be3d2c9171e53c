using System.Text.Json.Nodes;
using Spool.TestKit;
using Spool.Tests;

namespace Spool.Codex.Tests;

/// <summary>Threads that a program recorded with entries and turns, without knowing what Codex writes.</summary>
public sealed class RecordedThreadTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.Locking), MemberType = typeof(Modes)), Guarantee("CDEX-50")]
    public async Task A_chat_that_was_killed_in_a_turn_goes_on_and_codex_shows_it_and_goes_on_too(string release, string mode)
    {
        var home = NewHome();
        var threadId = await ChatAsync(home, mode);

        var tool = mode == HistoryModes.Paginated ? "dynamicToolCall" : "mcpToolCall";
        var shown = (await SpoolProgram.ShowAsync(home, threadId))["turns"]!.AsArray();
        Assert.Equal(["completed", "interrupted", "completed"], shown.Select(turn => (string?)turn!["status"]));
        Assert.Equal(
            [("completed", "Celsius"), ("failed", LiveTurn.BrokenOff), ("completed", "Kelvin")],
            shown.SelectMany(turn => turn!["items"]!.AsArray()).Where(item => (string?)item!["type"] == tool).Select(OutcomeOf)
        );
        Assert.All(shown, turn => Assert.Equal(0, (int?)turn!["callsLeftOut"]));

        await using var store = home.Open();
        await using var codex = await home.StartAsync(release);
        await codex.ResumeAsync(threadId);
        var read = await codex.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        string[] expected =
        [
            "userMessage: first question",
            $"{tool}: ",
            "agentMessage: It is 21 degrees Celsius; that was question 1.",
            "(completed)",
            "userMessage: second question",
            $"{tool}: ",
            "(interrupted)",
            "userMessage: third question",
            $"{tool}: ",
            "agentMessage: It is 21 degrees Kelvin; that was question 3.",
            "(completed)",
        ];
        Assert.Equal(expected, Turns.Texts(read));
        await codex.TurnAsync(threadId, "fourth question");
        Assert.Equal(
            [
                "first question",
                "It is 21 degrees Celsius; that was question 1.",
                "second question",
                "third question",
                "It is 21 degrees Kelvin; that was question 3.",
                "fourth question",
            ],
            home.LastConversation()
        );
        Assert.Equal(["Celsius", LiveTurn.BrokenOff, "Kelvin"], home.LastOutputs());
        read = await codex.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(
            [.. expected, "userMessage: fourth question", "agentMessage: Answer to: fourth question", "(completed)"],
            Turns.Texts(read)
        );
    }

    [Theory, MemberData(nameof(Modes.Locking), MemberType = typeof(Modes)), Guarantee("CDEX-51")]
    public async Task Every_kind_of_entry_is_shown_by_codex_as_the_page_about_items_says(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threads = new List<ThreadId>();
        foreach (var (name, entry) in EntrySamples.All)
            threads.Add(await RecordAsync(store, home, mode, $"question about {name}", entry));
        await using var codex = await home.StartAsync(release);

        foreach (var ((name, entry), threadId) in EntrySamples.All.Zip(threads))
        {
            if (mode == HistoryModes.Paginated)
                await codex.ResumeAsync(threadId);
            var theirs = Assert.Single((await codex.ReadAsync(threadId))["turns"]!.AsArray())!;
            var ours = Turns.ToJson(Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(threadId), Cancellation)).Items));
            if (entry is ErrorEntry)
                // in a legacy thread an error that is an event of its own says nothing to Codex
                theirs["status"] = ours["status"]!.DeepClone();
            if (EntrySamples.CodexShows(entry, mode))
                Turns.AssertContains(theirs["items"], ours["items"], name);
            else
                Assert.Equal(ours["items"]!.AsArray().Count - 1, theirs["items"]!.AsArray().Count);
            Assert.Equal((name, (string?)ours["status"]), (name, (string?)theirs["status"]));
        }
    }

    // Killed while its tool waits for the user.
    static async Task<ThreadId> ChatAsync(CodexHome home, string mode)
    {
        ThreadId threadId;
        using (var chat = await ChatProgram.StartAsync(home, mode))
        {
            threadId = chat.ThreadId;
            Assert.Equal("It is 21 degrees Celsius; that was question 1.", await chat.AskAsync("first question", "Celsius"));
            await chat.BeginAsync("second question");
            await chat.KillAsync();
        }
        using (var chat = await ChatProgram.StartAsync(home, mode, threadId))
        {
            Assert.Equal("It is 21 degrees Kelvin; that was question 3.", await chat.AskAsync("third question", "Kelvin"));
            await chat.EndAsync();
        }
        return threadId;
    }

    static (string?, string?) OutcomeOf(JsonNode? call) =>
        ((string?)call!["status"], (string?)(call["contentItems"] ?? call["result"]!["content"])![0]!["text"]);

    static async Task<ThreadId> RecordAsync(LocalThreadStore store, CodexHome home, string mode, string question, ThreadEntry entry)
    {
        var meta = new SessionMeta(ThreadId.New(TimeProvider.System), EntrySamples.Time)
        {
            Cwd = home.Work,
            Originator = "spool-tests",
            CliVersion = "1.0",
            HistoryMode = mode,
        };
        ThreadEntry[] entries = entry switch
        {
            TurnStartedEntry => [entry, new UserMessageEntry(question)],
            TurnEndedEntry or TurnInterruptedEntry => [new TurnStartedEntry(), new UserMessageEntry(question), entry],
            _ => [new TurnStartedEntry(), new UserMessageEntry(question), entry, new TurnEndedEntry(EntrySamples.Time)],
        };
        var place = new EntryPlace(meta.Id, mode, "turn-1", EntrySamples.Time);
        await using var writer = await store.CreateAsync(new CreateRequest(meta.Id, meta.ToItem()), Cancellation);
        await writer.AppendAsync(new AppendRequest([.. entries.SelectMany(one => one.ToItems(place))]), Cancellation);
        await writer.ShutDownAsync(Cancellation);
        return meta.Id;
    }
}
