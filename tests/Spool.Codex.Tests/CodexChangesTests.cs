using System.Text.Json.Nodes;
using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>What Codex changes of a thread that Spool wrote, Spool shows at the next call.</summary>
public sealed class CodexChangesTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-17")]
    public async Task Names_archives_and_repository_states_of_codex_are_seen_by_spool(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question");
        await using var codex = await home.StartAsync(release);
        await codex.ResumeAsync(threadId);
        await codex.TurnAsync(threadId, "second question");

        await codex.NameAsync(threadId, "Named by Codex");
        Assert.Equal("Named by Codex", (await store.FindAsync(threadId, Cancellation))!.Name);
        await codex.RequestAsync(
            "thread/metadata/update",
            new()
            {
                ["threadId"] = threadId.ToString(),
                ["gitInfo"] = new JsonObject { ["branch"] = "topic" },
            }
        );
        Assert.Equal("topic", (await store.FindAsync(threadId, Cancellation))!.GitInfo?.Branch);
        await codex.RequestAsync("thread/memoryMode/set", new() { ["threadId"] = threadId.ToString(), ["mode"] = "disabled" });
        Assert.Equal("disabled", (await store.FindAsync(threadId, Cancellation))!.MemoryMode);
        await codex.OnAsync("thread/archive", threadId);
        Assert.NotNull((await store.FindAsync(threadId, Cancellation))!.ArchivedAt);
        await codex.OnAsync("thread/unarchive", threadId);
        Assert.Null((await store.FindAsync(threadId, Cancellation))!.ArchivedAt);

        await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-18")]
    public async Task Spool_goes_on_with_the_forks_that_codex_makes_of_its_threads(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var source = await SpoolAgent.CreateAsync(store, home, mode, "first question", "second question");
        ThreadId fork;
        await using (var codex = await home.StartAsync(release))
        {
            fork = ThreadId.Parse(((string?)(await codex.OnAsync("thread/fork", source))["thread"]!["id"])!);
            await codex.TurnAsync(fork, "question of the fork");
            await Turns.AssertSameAsync(store, await codex.ReadAsync(fork));
        }
        await SpoolAgent.ContinueAsync(store, home, fork, "last question");

        await using var next = await home.StartAsync(release);
        await next.ResumeAsync(fork);
        var read = await next.ReadAsync(fork);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(["first question", "second question", "question of the fork", "last question"], Turns.Questions(read));
        Assert.Equal(source, (await store.FindAsync(fork, Cancellation))!.ForkedFromId);
        Assert.Equal(2, (await store.ListTurnsAsync(new ListTurnsRequest(source), Cancellation)).Items.Count);
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-19")]
    public async Task Spool_goes_on_where_codex_took_a_thread_back_to(string release, string mode)
    {
        Assert.SkipWhen(
            CodexRelease.IsPaginating(release) && mode == HistoryModes.Legacy,
            "Since 0.169 Codex takes only paginated threads back."
        );
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question", "second question");
        await using (var codex = await home.StartAsync(release))
        {
            var second = (string?)(await codex.ResumeAsync(threadId))["turns"]![1]!["id"];
            if (CodexRelease.IsPaginating(release))
                await codex.RequestAsync("thread/revert", new() { ["threadId"] = threadId.ToString(), ["beforeTurnId"] = second });
            else
                await codex.RollBackAsync(threadId);
            await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
        }
        await SpoolAgent.ContinueAsync(store, home, threadId, "another question");

        await using var next = await home.StartAsync(release);
        await next.ResumeAsync(threadId);
        var read = await next.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(["first question", "another question"], Turns.Questions(read));
        Assert.Equal([threadId.ToString()], await next.ListIdsAsync());
    }

    [Theory, InlineData(CodexRelease.V169), InlineData(CodexRelease.V171), Guarantee("CDEX-20")]
    public async Task A_thread_that_codex_deletes_is_gone_for_spool(string release)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, HistoryModes.Paginated, "first question");
        await using var codex = await home.StartAsync(release);
        Assert.Equal([threadId.ToString()], await codex.ListIdsAsync());

        await codex.OnAsync("thread/delete", threadId);

        Assert.Null(await store.FindAsync(threadId, Cancellation));
        Assert.Empty(home.Rollouts);
    }
}
