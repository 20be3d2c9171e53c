using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>What a new Codex process finds of a conversation, and can go on with, as steps of a session.</summary>
sealed class Afterwards(RemoteSession session, Conversation conversation)
{
    CodexAppServer Codex => session.Codex;

    Talk Main => conversation.Main;

    /// <summary>Does everything.</summary>
    public async Task CheckAsync()
    {
        await ExecAsync();
        await session.StepAsync("start a new Codex", session.StartCodexAsync);
        await ListAsync();
        await ReadAsync();
        await ChangeAsync();
        await GoOnAsync();
        await ArchiveAsync();
        await session.StepAsync("refuse unknown threads", RefuseUnknownAsync);
        await session.StepAsync("shut the new Codex down", session.EndCodexAsync);
    }

    async Task ListAsync()
    {
        await session.StepAsync(
            "list everything once",
            async () => Assert.Equal(conversation.All.Select(talk => talk.Id).Order(), (await Codex.IdsAsync()).Order())
        );
        if (session.Client.Can(Ability.Exec))
        {
            await session.StepAsync(
                "list what codex exec did",
                async () =>
                    Assert.Equal(
                        "exec question",
                        (string?)Assert.Single(await Codex.PagesAsync(new() { ["sourceKinds"] = new JsonArray("exec") }))["preview"]
                    )
            );
        }
        foreach (var sort in (string[])["created_at", "updated_at"])
        {
            foreach (var direction in (string[])["asc", "desc"])
                await session.StepAsync($"pages of three by {sort} {direction}", () => PageAsync(sort, direction));
        }
        foreach (var (name, query, expected) in Filters())
            await session.StepAsync($"list by {name}", async () => Assert.Equal(expected.Order(), (await Codex.IdsAsync(query)).Order()));
    }

    async Task PageAsync(string sort, string direction)
    {
        var threads = await Codex.PagesAsync(
            new()
            {
                ["limit"] = 3,
                ["sortKey"] = sort,
                ["sortDirection"] = direction,
            }
        );
        var times = threads.Select(thread => (long)thread[sort == "created_at" ? "createdAt" : "updatedAt"]!).ToList();

        Assert.Equal(conversation.All.Select(talk => talk.Id).Order(), threads.Select(thread => (string)thread["id"]!).Order());
        Assert.Equal(direction == "asc" ? times.Order() : times.OrderDescending(), times);
    }

    IEnumerable<(string Name, JsonObject Query, IEnumerable<string> Expected)> Filters()
    {
        string[] all = [.. conversation.All.Select(talk => talk.Id)];
        yield return ("a word of the first message", new() { ["searchTerm"] = "parallel question 3" }, [conversation.Others[3].Id]);
        yield return ("a word that is nowhere", new() { ["searchTerm"] = "no such text" }, []);
        yield return ("folder", new() { ["cwd"] = session.Home.Work }, all);
        yield return ("another folder", new() { ["cwd"] = "/no/such/folder" }, []);
        yield return ("several folders", new() { ["cwd"] = new JsonArray("/no/such/folder", session.Home.Work) }, all);
        yield return ("provider", new() { ["modelProviders"] = new JsonArray("mock") }, all);
        yield return ("any provider", new() { ["modelProviders"] = new JsonArray() }, all);
        yield return ("another provider", new() { ["modelProviders"] = new JsonArray("openai") }, []);
        yield return ("source", new() { ["sourceKinds"] = new JsonArray("vscode") }, all);
        yield return ("another source", new() { ["sourceKinds"] = new JsonArray("cli") }, []);
        yield return ("the archive", new() { ["archived"] = true }, []);
    }

    async Task ReadAsync()
    {
        await session.StepAsync(
            "read what was said before",
            async () =>
            {
                foreach (var talk in conversation.All)
                    Assert.Equal(talk.Said, session.SaidIn(await Codex.ReadAsync(talk.ThreadId)));
            }
        );
        await session.StepAsync(
            "names, previews and origins are kept",
            async () =>
            {
                var read = await Codex.SummaryAsync(Main.ThreadId);
                Assert.Equal(
                    (Conversation.Name, Conversation.First, null),
                    ((string?)read["name"], (string?)read["preview"], (string?)read["forkedFromId"])
                );
                if (conversation.Fork is { } fork)
                    Assert.Equal(Main.Id, (string?)(await Codex.SummaryAsync(fork.ThreadId))["forkedFromId"]);
            }
        );
        if (session.Client.Can(Ability.ChangeRepository))
        {
            await session.StepAsync(
                "the repository state is kept",
                async () =>
                {
                    var git = (await Codex.SummaryAsync(Main.ThreadId))["gitInfo"];
                    Assert.Equal(
                        ("topic", null, "https://example.invalid/r"),
                        ((string?)git?["branch"], (string?)git?["sha"], (string?)git?["originUrl"])
                    );
                }
            );
        }
    }

    async Task ChangeAsync()
    {
        await session.StepAsync(
            "name a thread that is not loaded",
            async () =>
            {
                await Codex.NameAsync(Main.ThreadId, "Another name");
                Assert.Equal("Another name", (string?)(await Codex.SummaryAsync(Main.ThreadId))["name"]);
                Assert.Equal([Main.Id], await Codex.IdsAsync(new() { ["searchTerm"] = "Another name" }));
            }
        );
    }

    async Task GoOnAsync()
    {
        if (session.Client.Can(Ability.ListTurns))
            await session.StepAsync(
                "list turns of a thread that is not loaded",
                async () => Assert.NotEmpty((await Codex.OnAsync("thread/turns/list", Main.ThreadId))["data"]!.AsArray())
            );
        await session.StepAsync(
            Ability.Fork,
            "fork a thread that is not loaded",
            async () =>
            {
                var fork = await Codex.ForkAsync(Main.ThreadId);
                Assert.Equal(Main.Id, (string?)fork["forkedFromId"]);
                Assert.Equal(Main.Said, session.SaidIn(fork));
            }
        );
        foreach (var talk in (Talk[])[Main, conversation.Compacted])
        {
            await session.StepAsync(
                Ability.Resume,
                "resume",
                async () => Assert.Equal(talk.Said, session.SaidIn(await Codex.ResumeRemoteAsync(talk.ThreadId)))
            );
            if (session.Client.Can(Ability.Resume))
                await session.StepAsync("turn after the resume", () => TurnAsync(talk, "fourth question"));
        }
    }

    async Task TurnAsync(Talk talk, string question)
    {
        var (said, messages, context) = (talk.Said, talk.Messages.ToList(), talk.Context.ToList());
        await session.TurnAsync(talk.ThreadId, question);
        await conversation.ReadAsync(talk);
        Assert.Equal(said, talk.Said.Take(said.Count));
        Assert.Equal([.. messages, .. Talk.Answered(question)], talk.Messages);
        Assert.Equal([.. context, question], session.Home.LastConversation());
    }

    async Task ArchiveAsync()
    {
        await session.StepAsync(
            "archive",
            async () =>
            {
                await Codex.OnAsync("thread/archive", Main.ThreadId);
                Assert.DoesNotContain(Main.Id, await Codex.IdsAsync());
                Assert.Equal([Main.Id], await Codex.IdsAsync(new() { ["archived"] = true }));
                Assert.Equal(Main.Id, (string?)(await Codex.SummaryAsync(Main.ThreadId))["id"]);
            }
        );
        await session.StepAsync(
            "unarchive",
            async () =>
            {
                Assert.Equal(Main.Id, (string?)(await Codex.OnAsync("thread/unarchive", Main.ThreadId))["thread"]!["id"]);
                Assert.Contains(Main.Id, await Codex.IdsAsync());
                Assert.Empty(await Codex.IdsAsync(new() { ["archived"] = true }));
                Assert.Equal(Main.Said, session.SaidIn(await Codex.ReadAsync(Main.ThreadId)));
            }
        );
    }

    async Task RefuseUnknownAsync()
    {
        foreach (
            var (method, refusal) in (IEnumerable<(string, string)>)
                [
                    ("thread/read", "thread not loaded"),
                    ("thread/resume", "no rollout found"),
                    ("thread/archive", "failed to archive thread"),
                ]
        )
            Assert.Contains(
                refusal,
                await Codex.RefusalAsync(method, new() { ["threadId"] = "01a00000-0000-7000-8000-000000000000" }),
                StringComparison.Ordinal
            );
    }

    async Task ExecAsync()
    {
        if (session.Client.Can(Ability.Exec))
            await session.StepAsync(
                "codex exec",
                async () => Assert.Contains("turn.completed", await session.ExecAsync("exec question"), StringComparison.Ordinal)
            );
    }
}
