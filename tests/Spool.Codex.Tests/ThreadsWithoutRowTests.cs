using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>What Spool changes of a thread that Codex has not seen yet, so that its database has no row of it, Codex shows when it lists it
/// first; and a fork at once.</summary>
public sealed class ThreadsWithoutRowTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-32")]
    public async Task A_name_of_a_thread_without_a_row_is_shown(string release, string mode)
    {
        var (home, store) = await HomeOfAsync(release);
        await using var _ = store;
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question");

        AssertNoWarning(await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("Named by Spool") }, Cancellation));
        await AssertShownAsync(home, release, threadId, "Named by Spool", "first question");
        AssertNoWarning(await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("Named again") }, Cancellation));
        await AssertShownAsync(home, release, threadId, "Named again", "first question");
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-35")]
    public async Task A_name_that_is_given_while_codex_runs_is_shown(string release, string mode)
    {
        var (home, store) = await HomeOfAsync(release);
        await using var _ = store;
        await using var codex = await home.StartAsync(release);
        await codex.ListAsync();
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question");

        AssertNoWarning(await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("Named by Spool") }, Cancellation));

        Assert.Equal(
            "Named by Spool",
            (string?)Assert.Single(await codex.ListAsync(), listed => (string?)listed["id"] == threadId.ToString())["name"]
        );
        await codex.ResumeAsync(threadId);
        await codex.TurnAsync(threadId, "second question");
        Assert.Equal("Named by Spool", (string?)(await codex.ReadAsync(threadId))["name"]);
        await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-36")]
    public async Task Modes_and_repository_states_and_the_archive_of_a_thread_without_a_row_are_shown(string release, string mode)
    {
        var (home, store) = await HomeOfAsync(release);
        await using var _ = store;
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question");
        AssertNoWarning(
            await store.UpdateAsync(
                threadId,
                new ThreadPatch
                {
                    Branch = Change.To("topic"),
                    CommitHash = Change.To("0123abcd"),
                    MemoryMode = "disabled",
                },
                Cancellation
            )
        );
        AssertNoWarning(await store.ArchiveAsync(threadId, Cancellation));

        await using (var codex = await home.StartAsync(release))
        {
            var listed = Assert.Single(await codex.ListAsync(archived: true));
            Assert.Equal(threadId.ToString(), (string?)listed["id"]);
            if (release is not (CodexRelease.V125 or CodexRelease.V128)) // which take the state from the first line
                Assert.Equal("topic", (string?)listed["gitInfo"]?["branch"]);
            Assert.DoesNotContain(threadId.ToString(), await codex.ListIdsAsync());
            AssertNoWarning(await store.UnarchiveAsync(threadId, Cancellation));
            Assert.Contains(threadId.ToString(), await codex.ListIdsAsync());
            Assert.Empty(await codex.ListIdsAsync(archived: true));
        }
        var found = await store.FindAsync(threadId, Cancellation);
        Assert.Equal(("topic", "disabled"), (found!.GitInfo?.Branch, found.MemoryMode));
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-37")]
    public async Task A_thread_without_a_row_that_was_taken_back_is_shown_so(string release, string mode)
    {
        var (home, store) = await HomeOfAsync(release);
        await using var _ = store;
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question", "second question");
        var second = (await store.ListTurnsAsync(new ListTurnsRequest(threadId), Cancellation)).Items[1].Id;
        AssertNoWarning(await store.RevertAsync(threadId, second, Cancellation));

        await using var codex = await home.StartAsync(release);
        Assert.Contains(threadId.ToString(), await codex.ListIdsAsync());
        await codex.ResumeAsync(threadId);
        await codex.TurnAsync(threadId, "another question");
        // Codex shows no turns of rollouts that it never resumed, but it goes on with them.
        Assert.Equal(["first question", "Spool answers: first question", "another question"], home.LastConversation());
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-33")]
    public async Task A_fork_is_listed_at_once_with_the_name_and_the_preview_of_its_source(string release, string mode)
    {
        var (home, store) = await HomeOfAsync(release);
        await using var _ = store;
        ThreadId source;
        await using (var codex = await home.StartAsync(release))
        {
            source = await codex.StartThreadAsync(mode);
            await codex.TurnAsync(source, "first question");
            await codex.TurnAsync(source, "second question");
        }
        AssertNoWarning(await store.UpdateAsync(source, new ThreadPatch { Name = Change.To("The source") }, Cancellation));
        var second = (await store.ListTurnsAsync(new ListTurnsRequest(source), Cancellation)).Items[1].Id;
        var (whole, half, child, running) = (NewId(), NewId(), NewId(), NewId());
        AssertNoWarning(await store.ForkAsync(new ForkRequest(source, whole), Cancellation));
        AssertNoWarning(await store.ForkAsync(new ForkRequest(source, half) { Point = ForkPoint.Before(second) }, Cancellation));
        AssertNoWarning(await store.ForkAsync(new ForkRequest(half, child), Cancellation));
        foreach (var fork in (ThreadId[])[whole, half, child])
            await AssertShownAsync(home, release, fork, "The source", "first question");

        await using (var codex = await home.StartAsync(release))
        {
            await codex.ListAsync();
            AssertNoWarning(await store.ForkAsync(new ForkRequest(source, running), Cancellation));
            AssertListed(await codex.ListAsync(), running, "The source", "first question");
            await codex.ResumeAsync(running);
            await codex.TurnAsync(running, "question of the fork");
            // From then on Codex lists a resumed fork, its own as well, by its own first question.
            Assert.Equal("The source", (string?)(await codex.ReadAsync(running))["name"]);
            Assert.Equal(["first question", "second question", "question of the fork"], Turns.Questions(await codex.ReadAsync(running)));
        }
        Assert.Equal(5, (await store.ListAsync(new ThreadQuery { SearchTerm = "The source" }, Cancellation)).Items.Count);
    }

    [Theory, InlineData(CodexRelease.V169), InlineData(CodexRelease.V171), Guarantee("CDEX-34")]
    public async Task Codex_goes_on_with_a_fork_of_a_thread_whose_rollouts_were_compressed(string release)
    {
        var (home, store) = await HomeOfAsync(release);
        await using var _ = store;
        var source = await SpoolAgent.CreateAsync(store, home, HistoryModes.Paginated, "first question", "second question");
        var (child, fork) = (NewId(), NewId());
        await store.ForkAsync(new ForkRequest(source, child), Cancellation);
        await SpoolAgent.ContinueAsync(store, home, child, "third question");
        var (sourcePath, childPath) = (home.RolloutOf(source), home.RolloutOf(child));
        foreach (var path in (string[])[sourcePath, childPath])
        {
            using (var compressor = new ZstdSharp.Compressor(3))
                await File.WriteAllBytesAsync(
                    path + ".zst",
                    compressor.Wrap(await File.ReadAllBytesAsync(path, Cancellation)).ToArray(),
                    Cancellation
                );
            File.Delete(path);
        }

        AssertNoWarning(await store.ForkAsync(new ForkRequest(child, fork), Cancellation));

        await using var codex = await home.StartAsync(release);
        AssertListed(await codex.ListAsync(), fork, null, "first question");
        await codex.ResumeAsync(fork);
        await codex.TurnAsync(fork, "question of the fork");
        Assert.Equal(
            [
                "first question",
                "Spool answers: first question",
                "second question",
                "Spool answers: second question",
                "third question",
                "Spool answers: third question",
                "question of the fork",
            ],
            home.LastConversation()
        );
    }

    // A home in which Codex has been, with a database that is complete.
    async Task<(CodexHome Home, LocalThreadStore Store)> HomeOfAsync(string release)
    {
        var home = NewHome();
        await using (var codex = await home.StartAsync(release))
        {
            var other = await codex.StartThreadAsync();
            await codex.TurnAsync(other, "question of another thread");
            await codex.OnAsync("thread/archive", other);
            await codex.OnAsync("thread/unarchive", other);
        }
        return (home, home.Open());
    }

    static ThreadId NewId() => ThreadId.New(TimeProvider.System);

    static async Task AssertShownAsync(CodexHome home, string release, ThreadId threadId, string name, string preview)
    {
        await using var codex = await home.StartAsync(release);
        AssertListed(await codex.ListAsync(), threadId, name, preview);
    }

    static void AssertListed(IReadOnlyList<System.Text.Json.Nodes.JsonNode> list, ThreadId threadId, string? name, string preview)
    {
        var listed = Assert.Single(list, listed => (string?)listed["id"] == threadId.ToString());
        Assert.Equal((name, preview), ((string?)listed["name"], (string?)listed["preview"]));
    }

    static void AssertNoWarning(ChangedThread changed) => Assert.Empty(changed.Warnings);
}
