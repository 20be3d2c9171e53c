using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>Everything a person does with Codex in one sitting, as steps of a session; and what has to be there afterwards.</summary>
sealed class Conversation(RemoteSession session)
{
    /// <summary>The first message of the main thread.</summary>
    public const string First = "first question";

    /// <summary>The name of the main thread.</summary>
    public const string Name = "Name of the thread";

    const string WithTool = "second question [[shell: echo from the tool]]";
    const string Interrupted = "interrupted question [[hang]]";
    const string Several = "parallel question";

    /// <summary>Gets the main thread.</summary>
    public Talk Main { get; private set; } = null!;

    /// <summary>Gets the fork of the main thread, when the release can make one.</summary>
    public Talk? Fork { get; private set; }

    /// <summary>Gets the thread whose context was taken together between its turns.</summary>
    public Talk Compacted { get; private set; } = null!;

    /// <summary>Gets the threads that talked at once, of one turn each.</summary>
    public IReadOnlyList<Talk> Others { get; private set; } = [];

    /// <summary>Gets every thread that has to be stored.</summary>
    public IEnumerable<Talk> All => [Main, Compacted, .. Others, .. Fork is { } fork ? [fork] : Array.Empty<Talk>()];

    CodexAppServer Codex => session.Codex;

    /// <summary>Does everything.</summary>
    public async Task HoldAsync()
    {
        await TalkAsync();
        await ChangeAsync();
        await ForkAsync();
        await RewriteAsync();
        await InterruptAsync();
        await CompactAsync();
        await TalkInSeveralThreadsAsync();
        await session.StepAsync("shut down", session.EndCodexAsync);
    }

    /// <summary>Reads a thread, and notes what was said in it.</summary>
    public async Task<JsonNode> ReadAsync(Talk talk)
    {
        var read = await Codex.ReadAsync(talk.ThreadId);
        talk.Said = session.SaidIn(read);
        return read;
    }

    async Task TalkAsync()
    {
        await session.StepAsync("start a thread", async () => Main = new Talk(await Codex.StartThreadAsync()));
        await session.StepAsync("first turn", () => session.TurnAsync(Main.ThreadId, First));
        await session.StepAsync("turn with a tool", () => session.TurnAsync(Main.ThreadId, WithTool));
        await session.StepAsync(
            "list",
            async () =>
            {
                var thread = Assert.Single(await Codex.PagesAsync());
                Assert.Equal(
                    (Main.Id, First, session.Home.Work, "mock", "vscode"),
                    (
                        (string?)thread["id"],
                        (string?)thread["preview"],
                        (string?)thread["cwd"],
                        (string?)thread["modelProvider"],
                        (string?)thread["source"]
                    )
                );
                var (now, created, updated) = (
                    TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
                    (long)thread["createdAt"]!,
                    (long)thread["updatedAt"]!
                );
                Assert.InRange(created, now - 300, now);
                Assert.InRange(updated, created, now);
            }
        );
        await session.StepAsync(
            "read",
            async () =>
            {
                var thread = await Codex.SummaryAsync(Main.ThreadId);
                Assert.Equal((Main.Id, First, 0), ((string?)thread["id"], (string?)thread["preview"], thread["turns"]!.AsArray().Count));
            }
        );
        await session.StepAsync(
            "read with turns",
            async () =>
            {
                await ReadAsync(Main);
                Assert.Equal(Talk.Answered(First, WithTool), Main.Messages);
                Assert.Equal(session.Client.Can(Ability.ReportTurns) ? 2 : 0, Main.Said.Count(text => text == "(completed)"));
            }
        );
        await session.StepAsync(
            Ability.ListTurns,
            "list turns",
            async () => Assert.Equal(2, (await Codex.OnAsync("thread/turns/list", Main.ThreadId))["data"]!.AsArray().Count)
        );
        await session.StepAsync(
            "list loaded threads",
            async () =>
                Assert.Equal([Main.Id], (await Codex.RequestAsync("thread/loaded/list"))["data"]!.AsArray().Select(id => (string?)id))
        );
    }

    async Task ChangeAsync()
    {
        await session.StepAsync("name", () => Codex.NameAsync(Main.ThreadId, Name));
        await session.StepAsync(
            Ability.ChangeRepository,
            "change the repository state",
            async () =>
            {
                var set = await Codex.ChangeRepositoryAsync(
                    Main.ThreadId,
                    new()
                    {
                        ["branch"] = "topic",
                        ["sha"] = "abc123",
                        ["originUrl"] = "https://example.invalid/r",
                    }
                );
                Assert.Equal(("topic", "abc123"), ((string?)set["branch"], (string?)set["sha"]));
                var cleared = await Codex.ChangeRepositoryAsync(Main.ThreadId, new() { ["sha"] = null });
                Assert.Equal(
                    ("topic", null, "https://example.invalid/r"),
                    ((string?)cleared["branch"], (string?)cleared["sha"], (string?)cleared["originUrl"])
                );
            }
        );
        await session.StepAsync(
            "memory mode",
            () => Codex.RequestAsync("thread/memoryMode/set", new() { ["threadId"] = Main.Id, ["mode"] = "disabled" })
        );
    }

    async Task ForkAsync()
    {
        await session.StepAsync(
            Ability.Fork,
            "fork",
            async () =>
            {
                var fork = await Codex.ForkAsync(Main.ThreadId);
                Assert.NotEqual(Main.Id, (string?)fork["id"]);
                Assert.Equal(Main.Id, (string?)fork["forkedFromId"]);
                Assert.Equal(Main.Messages, Talk.MessagesIn(session.SaidIn(fork)));
                Fork = new Talk(RemoteCalls.IdOf(fork));
            }
        );
        if (Fork is not { } made)
            return;
        await session.StepAsync("turn on the fork", () => session.TurnAsync(made.ThreadId, "question of the fork"));
        await session.StepAsync(
            "fork and source are apart",
            async () =>
            {
                await ReadAsync(made);
                Assert.Equal(Talk.Answered(First, WithTool, "question of the fork"), made.Messages);
                Assert.Equal(Main.Said, session.SaidIn(await Codex.ReadAsync(Main.ThreadId)));
            }
        );
    }

    async Task RewriteAsync()
    {
        // The releases that answer that there is nothing to take back have done it all the same.
        await session.StepAsync(Ability.AnswerRollback, "roll back", () => Codex.RollBackAsync(Main.ThreadId));
        await session.StepAsync(
            "rolled back",
            async () =>
            {
                await ReadAsync(Main);
                Assert.Equal(Talk.Answered(First), Main.Messages);
            }
        );
        await session.StepAsync(
            "next turn",
            async () =>
            {
                await session.TurnAsync(Main.ThreadId, "third question");
                await ReadAsync(Main);
                Assert.Equal(Talk.Answered(First, "third question"), Main.Messages);
                Assert.Equal(Main.Context.SkipLast(1), session.Home.LastConversation());
            }
        );
        await session.StepAsync(
            "inject items",
            async () =>
            {
                await Codex.RequestAsync(
                    "thread/inject_items",
                    new()
                    {
                        ["threadId"] = Main.Id,
                        ["items"] = new JsonArray(
                            new JsonObject
                            {
                                ["type"] = "message",
                                ["role"] = "user",
                                ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = "injected question" }),
                            }
                        ),
                    }
                );
                Main.Injected = ("injected question", Interrupted);
            }
        );
    }

    async Task InterruptAsync()
    {
        await session.StepAsync(
            "interrupt",
            async () =>
            {
                var seen = Codex.NoteCount;
                var turn = await Codex.BeginTurnAsync(Main.ThreadId, Interrupted);
                await session.Home.AskedAsync(Interrupted);
                await Codex.RequestAsync("turn/interrupt", new() { ["threadId"] = Main.Id, ["turnId"] = turn });
                var ended = await Codex.NoteAsync(seen, "turn/completed", note => (string?)note["turn"]?["id"] == turn);
                Assert.Equal("interrupted", (string?)ended["turn"]!["status"]);
                var read = await ReadAsync(Main);
                Assert.Equal("interrupted", (string?)read["turns"]!.AsArray()[^1]!["status"]);
                Assert.Equal($"userMessage: {Interrupted}", Main.Messages.Last());
            }
        );
        await session.StepAsync(
            "an ephemeral thread is not stored",
            async () =>
            {
                var ephemeral = RemoteCalls.IdOf((await Codex.RequestAsync("thread/start", new() { ["ephemeral"] = true }))["thread"]!);
                // It never asks the store, so every release reports the turn.
                await Codex.TurnAsync(ephemeral, "ephemeral question");
                Assert.DoesNotContain(ephemeral.ToString(), await Codex.IdsAsync());
            }
        );
    }

    async Task CompactAsync()
    {
        await session.StepAsync(
            "compact",
            async () =>
            {
                Compacted = new Talk(await Codex.StartThreadAsync()) { Summarised = "Answer to: compacted question" };
                await session.TurnAsync(Compacted.ThreadId, "compacted question");
                await session.CompactAsync(Compacted.ThreadId);
                await ReadAsync(Compacted);
                Assert.Contains(Compacted.Said, text => text.StartsWith("contextCompaction", StringComparison.Ordinal));
            }
        );
        await session.StepAsync(
            "turn after it",
            async () =>
            {
                await session.TurnAsync(Compacted.ThreadId, "question after it");
                await ReadAsync(Compacted);
                Assert.Equal(Talk.Answered("compacted question", "question after it"), Compacted.Messages);
                Assert.Equal(Compacted.Context.SkipLast(1), session.Home.LastConversation());
            }
        );
    }

    async Task TalkInSeveralThreadsAsync()
    {
        await session.StepAsync(
            "several threads at once",
            async () =>
            {
                var others = new List<Talk>();
                while (others.Count < 8)
                    others.Add(new Talk(await Codex.StartThreadAsync()));
                Others = others;
                await session.TurnsAsync([.. others.Select((other, i) => (other.ThreadId, $"{Several} {i}"))]);
                for (var i = 0; i < others.Count; i++)
                {
                    await ReadAsync(others[i]);
                    Assert.Equal(Talk.Answered($"{Several} {i}"), others[i].Messages);
                }
                Assert.Equal(All.Select(talk => talk.Id).Order(), (await Codex.IdsAsync()).Order());
            }
        );
        await session.StepAsync("unsubscribe", () => Codex.OnAsync("thread/unsubscribe", Main.ThreadId));
    }
}
