using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Spool and Codex go on with each other's threads.</summary>
public sealed class ContinuationTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-04")]
    public async Task Codex_lists_reads_resumes_and_continues_a_thread_that_spool_wrote(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question", "second question");
        var written = await File.ReadAllBytesAsync(home.RolloutOf(threadId), Cancellation);

        await using (var codex = await home.StartAsync(release))
        {
            var listed = Assert.Single(await codex.ListAsync());
            Assert.Equal(
                (threadId.ToString(), "first question", home.Work, "mock"),
                ((string?)listed["id"], (string?)listed["preview"], (string?)listed["cwd"], (string?)listed["modelProvider"])
            );

            Assert.Equal(threadId.ToString(), (string?)(await codex.ResumeAsync(threadId))["id"]);
            var read = await codex.ReadAsync(threadId);
            Assert.Equal(
                [
                    "userMessage: first question",
                    "agentMessage: Spool answers: first question",
                    "(completed)",
                    "userMessage: second question",
                    "agentMessage: Spool answers: second question",
                    "(completed)",
                ],
                Turns.Texts(read)
            );
            await Turns.AssertSameAsync(store, read);

            await codex.TurnAsync(threadId, "third question");
            Assert.Equal(
                ["first question", "Spool answers: first question", "second question", "Spool answers: second question", "third question"],
                home.LastConversation()
            );
            await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
        }

        var after = await File.ReadAllBytesAsync(home.RolloutOf(threadId), Cancellation);
        var found = await store.FindAsync(threadId, Cancellation);
        Assert.True(after.AsSpan().StartsWith(written), "Codex changed what Spool had written.");
        Assert.Equal((ThreadCondition.Ok, "first question"), (found!.State, found.Preview));
        Assert.Equal(3, (await store.ListTurnsAsync(new ListTurnsRequest(threadId), Cancellation)).Items.Count);
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-05")]
    public async Task A_thread_that_codex_and_spool_write_in_turn_is_one_conversation_for_both(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        ThreadId threadId;
        await using (var codex = await home.StartAsync(release))
        {
            threadId = await codex.StartThreadAsync(mode);
            await codex.TurnAsync(threadId, "first question");
        }
        var written = await File.ReadAllBytesAsync(home.RolloutOf(threadId), Cancellation);
        await SpoolAgent.ContinueAsync(store, home, threadId, "second question");
        Assert.True(
            (await File.ReadAllBytesAsync(home.RolloutOf(threadId), Cancellation)).AsSpan().StartsWith(written),
            "Spool changed what Codex had written."
        );

        await using (var codex = await home.StartAsync(release))
        {
            await codex.ResumeAsync(threadId);
            await codex.TurnAsync(threadId, "third question");
        }
        Assert.Equal(
            ["first question", "Answer to: first question", "second question", "Spool answers: second question", "third question"],
            home.LastConversation()
        );
        await SpoolAgent.ContinueAsync(store, home, threadId, "fourth question");

        await using var last = await home.StartAsync(release);
        await last.ResumeAsync(threadId);
        var read = await last.ReadAsync(threadId);
        Assert.Equal([threadId.ToString()], await last.ListIdsAsync());
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(
            [
                "userMessage: first question",
                "agentMessage: Answer to: first question",
                "(completed)",
                "userMessage: second question",
                "agentMessage: Spool answers: second question",
                "(completed)",
                "userMessage: third question",
                "agentMessage: Answer to: third question",
                "(completed)",
                "userMessage: fourth question",
                "agentMessage: Spool answers: fourth question",
                "(completed)",
            ],
            Turns.Texts(read)
        );
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(threadId, Cancellation))!.State);
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-06")]
    public async Task Spool_goes_on_with_a_thread_whose_codex_was_killed(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        ThreadId threadId;
        await using (var codex = await home.StartAsync(release))
        {
            threadId = await codex.StartThreadAsync(mode);
            await codex.TurnAsync(threadId, "first question");
            codex.Kill();
        }

        await SpoolAgent.ContinueAsync(store, home, threadId, "second question");

        await using var next = await home.StartAsync(release);
        await next.ResumeAsync(threadId);
        await Turns.AssertSameAsync(store, await next.ReadAsync(threadId));
        await next.TurnAsync(threadId, "third question");
        Assert.Equal(
            ["first question", "Answer to: first question", "second question", "Spool answers: second question", "third question"],
            home.LastConversation()
        );
    }
}
