using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>What Spool changes of a thread that Codex wrote and knows in its database, Codex shows: the one that is running, and the next
/// one.</summary>
public sealed class SpoolChangesTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-10")]
    public async Task A_name_that_spool_gives_is_the_name_for_codex(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await WrittenByCodexAsync(home, release, mode);

        await using (var running = await home.StartAsync(release))
        {
            await running.ListAsync();
            AssertNoWarning(await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("The first name") }, Cancellation));
            Assert.Equal("The first name", await NameAsync(running));
        }
        AssertNoWarning(await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("Grüße \"an\" alle ✓") }, Cancellation));

        await using var next = await home.StartAsync(release);
        Assert.Equal("Grüße \"an\" alle ✓", await NameAsync(next));
        Assert.Equal("Grüße \"an\" alle ✓", (string?)(await next.ReadAsync(threadId))["name"]);
        Assert.Equal("Grüße \"an\" alle ✓", (await store.FindAsync(threadId, Cancellation))!.Name);
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-11")]
    public async Task A_thread_that_spool_archives_is_archived_for_codex_and_can_come_back(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await WrittenByCodexAsync(home, release, mode);
        var path = home.RolloutOf(threadId);

        await using (var running = await home.StartAsync(release))
        {
            await running.ListAsync();
            AssertNoWarning(await store.ArchiveAsync(threadId, Cancellation));
            await AssertSideAsync(running, threadId, archived: true);
            if (release != CodexRelease.V128) // which resumes archived threads, its own as well
                Assert.NotEmpty(await running.RefusalAsync("thread/resume", new() { ["threadId"] = threadId.ToString() }));
        }
        await using (var next = await home.StartAsync(release))
        {
            await AssertSideAsync(next, threadId, archived: true);
            AssertNoWarning(await store.UnarchiveAsync(threadId, Cancellation));
            Assert.Equal(path, home.RolloutOf(threadId));
            await AssertSideAsync(next, threadId, archived: false);
        }
        await using var last = await home.StartAsync(release);
        await AssertSideAsync(last, threadId, archived: false);
        await last.ResumeAsync(threadId);
        await last.TurnAsync(threadId, "third question");
        await Turns.AssertSameAsync(store, await last.ReadAsync(threadId));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-12")]
    public async Task Codex_archives_and_brings_back_what_spool_wrote_and_spool_what_codex_archived(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question");

        await using var codex = await home.StartAsync(release);
        await codex.ListAsync();
        await codex.OnAsync("thread/archive", threadId);
        Assert.NotNull((await store.FindAsync(threadId, Cancellation))!.ArchivedAt);
        AssertNoWarning(await store.UnarchiveAsync(threadId, Cancellation));
        await AssertSideAsync(codex, threadId, archived: false);
        AssertNoWarning(await store.ArchiveAsync(threadId, Cancellation));
        await codex.OnAsync("thread/unarchive", threadId);
        Assert.Null((await store.FindAsync(threadId, Cancellation))!.ArchivedAt);
        await SpoolAgent.ContinueAsync(store, home, threadId, "second question");

        await codex.ResumeAsync(threadId);
        await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-13")]
    public async Task The_repository_state_that_spool_records_is_shown_and_the_memory_mode_disturbs_nothing(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await WrittenByCodexAsync(home, release, mode);

        AssertNoWarning(
            await store.UpdateAsync(
                threadId,
                new ThreadPatch
                {
                    Branch = Change.To("main"),
                    CommitHash = Change.To("0123abcd"),
                    MemoryMode = "disabled",
                },
                Cancellation
            )
        );
        AssertNoWarning(await store.UpdateAsync(threadId, new ThreadPatch { Branch = Change.To("topic") }, Cancellation));

        await using var codex = await home.StartAsync(release);
        var listed = Assert.Single(await codex.ListAsync());
        Assert.Equal(("topic", "0123abcd"), ((string?)listed["gitInfo"]?["branch"], (string?)listed["gitInfo"]?["sha"]));
        await codex.ResumeAsync(threadId);
        await codex.TurnAsync(threadId, "third question");
        var read = await codex.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(3, read["turns"]!.AsArray().Count);
        var found = await store.FindAsync(threadId, Cancellation);
        Assert.Equal(("topic", "0123abcd", "disabled"), (found!.GitInfo?.Branch, found.GitInfo?.CommitHash, found.MemoryMode));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-14")]
    public async Task Codex_goes_on_with_the_forks_that_spool_makes(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var source = await WrittenByCodexAsync(home, release, mode);
        var written = await File.ReadAllBytesAsync(home.RolloutOf(source), Cancellation);
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(source), Cancellation)).Items;
        var whole = ThreadId.New(TimeProvider.System);
        var half = ThreadId.New(TimeProvider.System);

        AssertNoWarning(await store.ForkAsync(new ForkRequest(source, whole), Cancellation));
        AssertNoWarning(await store.ForkAsync(new ForkRequest(source, half) { Point = ForkPoint.Before(turns[1].Id) }, Cancellation));

        await using (var codex = await home.StartAsync(release))
        {
            foreach (
                var (fork, questions) in (ValueTuple<ThreadId, string[]>[])
                    [(whole, ["first question", "second question"]), (half, ["first question"])]
            )
            {
                var resumed = await codex.ResumeAsync(fork);
                Assert.Equal(source.ToString(), (string?)resumed["forkedFromId"]);
                var read = await codex.ReadAsync(fork);
                await Turns.AssertSameAsync(store, read);
                Assert.Equal(questions, Turns.Questions(read));

                await codex.TurnAsync(fork, "question of the fork");
                Assert.Equal(
                    [.. questions.SelectMany(question => (string[])[question, $"Answer to: {question}"]), "question of the fork"],
                    home.LastConversation()
                );
                await Turns.AssertSameAsync(store, await codex.ReadAsync(fork));
            }
            Assert.Equal(
                ((string[])[source.ToString(), whole.ToString(), half.ToString()]).Order(StringComparer.Ordinal),
                await codex.ListIdsAsync()
            );
        }
        Assert.Equal(written, await File.ReadAllBytesAsync(home.RolloutOf(source), Cancellation));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-44")]
    public async Task A_fork_of_a_log_whose_last_line_lacks_its_line_end_is_the_same_for_both_and_stays_so_when_the_source_goes_on(
        string release,
        string mode
    )
    {
        var home = NewHome();
        await using var store = home.Open();
        var source = await WrittenByCodexAsync(home, release, mode);
        var path = home.RolloutOf(source);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, Cancellation))[..^1], Cancellation);
        var fork = ThreadId.New(TimeProvider.System);

        AssertNoWarning(await store.ForkAsync(new ForkRequest(source, fork), Cancellation));

        await using var codex = await home.StartAsync(release);
        await codex.ResumeAsync(fork);
        var read = await codex.ReadAsync(fork);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(
            [
                "userMessage: first question",
                "agentMessage: Answer to: first question",
                "(completed)",
                "userMessage: second question",
                "agentMessage: Answer to: second question",
                "(completed)",
            ],
            Turns.Texts(read)
        );
        await SpoolAgent.ContinueAsync(store, home, source, "question of the source");
        await codex.TurnAsync(fork, "question of the fork");

        read = await codex.ReadAsync(fork);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(["first question", "second question", "question of the fork"], Turns.Questions(read));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-15")]
    public async Task Codex_goes_on_where_spool_took_a_thread_back_to(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await WrittenByCodexAsync(home, release, mode);
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(threadId), Cancellation)).Items;

        AssertNoWarning(await store.RevertAsync(threadId, turns[1].Id, Cancellation));

        await using var codex = await home.StartAsync(release);
        Assert.Equal([threadId.ToString()], await codex.ListIdsAsync());
        await codex.ResumeAsync(threadId);
        var read = await codex.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(["first question"], Turns.Questions(read));
        await codex.TurnAsync(threadId, "another question");
        Assert.Equal(["first question", "Answer to: first question", "another question"], home.LastConversation());
        await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-16")]
    public async Task A_thread_that_spool_deletes_is_gone_for_codex(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await WrittenByCodexAsync(home, release, mode);
        var other = await SpoolAgent.CreateAsync(store, home, mode, "question of another thread");
        await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("To be deleted") }, Cancellation);

        await using var running = await home.StartAsync(release);
        Assert.Equal(2, (await running.ListIdsAsync()).Count);
        var receipt = await store.DeleteAsync(threadId, Cancellation);

        // What older releases keep of a thread in rows of none: that it was begun, and the path of the last rollout from which they filled
        // their database.
        Assert.All(receipt.Left, left => Assert.Matches("^Codex's database (logs_2|state_5).sqlite, which names the thread$", left.What));
        Assert.Equal((1, true), (receipt.Rollouts, receipt.Names > 0));
        Assert.Equal([other.ToString()], await running.ListIdsAsync());
        Assert.NotEmpty(await running.RefusalAsync("thread/resume", new() { ["threadId"] = threadId.ToString() }));
        await using var next = await home.StartAsync(release);
        Assert.Equal([other.ToString()], await next.ListIdsAsync());
        Assert.NotEmpty(await next.RefusalAsync("thread/read", new() { ["threadId"] = threadId.ToString() }));
    }

    static async Task<ThreadId> WrittenByCodexAsync(CodexHome home, string release, string mode)
    {
        await using var codex = await home.StartAsync(release);
        var threadId = await codex.StartThreadAsync(mode);
        await codex.TurnAsync(threadId, "first question");
        await codex.TurnAsync(threadId, "second question");
        return threadId;
    }

    static async Task<string?> NameAsync(CodexAppServer codex) => (string?)Assert.Single(await codex.ListAsync())["name"];

    static async Task AssertSideAsync(CodexAppServer codex, ThreadId threadId, bool archived)
    {
        Assert.Equal([threadId.ToString()], await codex.ListIdsAsync(archived));
        Assert.Empty(await codex.ListIdsAsync(!archived));
    }

    static void AssertNoWarning(ChangedThread changed) => Assert.Empty(changed.Warnings);
}
