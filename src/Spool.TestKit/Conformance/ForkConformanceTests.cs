using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for forks that refer to the lines of another rollout.</summary>
public class ForkConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>FORK-01.</summary>
    [Fact, Guarantee("FORK-01")]
    public async Task The_history_of_a_fork_is_an_exact_prefix_of_its_parent_and_then_its_own_items()
    {
        var parent = SampleHome.Turns(1, 2);
        var shared = parent.Lines;
        var fork = parent.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Another way");
        var store = await OpenAsync([parent.Turn("Only in the parent").ToSeed(), fork.ToSeed()]);

        var items = await store.HistoryAsync(SeedIds.Id(3), Cancellation);
        Assert.Equal(shared.Concat(fork.Lines).Texts(), items.Texts());
        Assert.Equal(Enumerable.Range(0, items.Count).Select(position => (long)position), items.Select(item => item.Ordinal));
        Assert.Equal(parent.Lines.Texts(), (await store.HistoryAsync(SeedIds.Id(1), Cancellation)).Texts());
    }

    /// <summary>FORK-02.</summary>
    [Fact, Guarantee("FORK-02")]
    public async Task The_history_of_a_fork_of_a_fork_goes_back_to_the_root()
    {
        var (root, fork, grandchild) = Lineage();
        var store = await OpenAsync([root.ToSeed(), fork.ToSeed(), grandchild.ToSeed()]);

        Assert.Equal(
            root.Lines.Concat(fork.Lines).Concat(grandchild.Lines).Texts(),
            (await store.HistoryAsync(SeedIds.Id(5), Cancellation)).Texts()
        );
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(SeedIds.Id(5), Cancellation))?.State);
    }

    /// <summary>FORK-03.</summary>
    [Fact, Guarantee("FORK-03")]
    public async Task The_turns_of_a_fork_begin_with_those_it_shares()
    {
        var (root, fork, grandchild) = Lineage();
        var store = await OpenAsync([root.ToSeed(), fork.ToSeed(), grandchild.ToSeed()]);

        var shared = await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(3)), Cancellation);
        for (var limit = 1; limit <= 5; limit++)
        {
            var turns = await store.AllTurnsAsync(new ListTurnsRequest(SeedIds.Id(5)) { Limit = limit }, Cancellation);
            Assert.Equal(4, turns.Count);
            Assert.Equal(shared.Texts(), turns.Take(3).Texts());
        }
    }

    /// <summary>FORK-04.</summary>
    [Fact, Guarantee("FORK-04")]
    public async Task The_items_of_a_fork_page_across_the_joint()
    {
        var (root, fork, grandchild) = Lineage();
        var store = await OpenAsync([root.ToSeed(), fork.ToSeed(), grandchild.ToSeed()]);
        var history = (await store.HistoryAsync(SeedIds.Id(5), Cancellation)).Texts();

        for (var limit = 1; limit <= history.Length; limit++)
            Assert.Equal(history, (await store.AllItemsAsync(new ListItemsRequest(SeedIds.Id(5)) { Limit = limit }, Cancellation)).Texts());
    }

    /// <summary>FORK-05.</summary>
    [Fact, Guarantee("FORK-05")]
    public async Task A_fork_shows_the_preview_of_the_history_it_continues()
    {
        var (root, fork, grandchild) = Lineage();
        var store = await OpenAsync([root.ToSeed(), fork.ToSeed(), grandchild.ToSeed()]);

        var thread = await store.FindAsync(SeedIds.Id(5), Cancellation);
        Assert.Equal(("Question 1", SeedIds.Id(3)), (thread?.Preview, thread?.ForkedFromId));
        Assert.Equal(3, (await store.ListAllAsync(new ThreadQuery { SearchTerm = "question 1" }, Cancellation)).Count);
    }

    /// <summary>FORK-06.</summary>
    [Fact, Guarantee("FORK-06")]
    public async Task A_fork_whose_parent_is_missing_serves_its_own_items()
    {
        var (_, fork, grandchild) = Lineage();
        var store = await OpenAsync([fork.ToSeed(), grandchild.ToSeed()]);

        await AssertBrokenAsync(store, SeedIds.Id(3), fork);
        await AssertBrokenAsync(store, SeedIds.Id(5), grandchild);
    }

    /// <summary>FORK-07.</summary>
    [Fact, Guarantee("FORK-07")]
    public async Task Forks_that_continue_each_other_serve_their_own_items()
    {
        static RolloutLines Circular(int number, int other) =>
            RolloutLines
                .From(
                    new RolloutHead(SeedIds.Id(number), SeedIds.Epoch)
                    {
                        HistoryMode = HistoryModes.Paginated,
                        Base = new HistoryBase(SeedIds.Id(other), 5, 1000),
                    }
                )
                .Turn($"Question {number}");
        var logs = new[] { Circular(1, 2), Circular(2, 3), Circular(3, 1), Circular(4, 4) };
        var store = await OpenAsync(logs.Select(log => log.ToSeed()));

        for (var number = 1; number <= 4; number++)
            await AssertBrokenAsync(store, SeedIds.Id(number), logs[number - 1]);
    }

    /// <summary>FORK-08.</summary>
    [Fact, Guarantee("FORK-08")]
    public async Task A_fork_whose_parent_is_too_short_serves_its_own_items()
    {
        var parent = SampleHome.Turns(1, 1);
        var cut = parent.ToSeed();
        var fork = parent.Turn("Lost").Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Kept");
        var store = await OpenAsync([cut, fork.ToSeed()]);

        await AssertBrokenAsync(store, SeedIds.Id(3), fork);
    }

    /// <summary>FORK-09.</summary>
    [Fact, Guarantee("FORK-09")]
    public async Task A_fork_of_an_archived_thread_is_whole()
    {
        var (root, fork, _) = Lineage();
        var store = await OpenAsync([root.ToSeed(SeedPlace.Archived), fork.ToSeed()]);

        Assert.Equal(root.Lines.Concat(fork.Lines).Texts(), (await store.HistoryAsync(SeedIds.Id(3), Cancellation)).Texts());
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(SeedIds.Id(3), Cancellation))?.State);
    }

    /// <summary>FORK-10.</summary>
    [Fact, Guarantee("FORK-10")]
    public async Task The_turns_that_a_fork_took_over_are_known_from_its_own()
    {
        var (root, fork, grandchild) = Lineage();
        var store = await OpenAsync([root.ToSeed(), fork.ToSeed(), grandchild.ToSeed()]);
        await AssertInheritedAsync(store, SeedIds.Id(1), null, null);
        await AssertInheritedAsync(store, SeedIds.Id(3), SeedIds.Id(1), SeedIds.Id(1), null);
        await AssertInheritedAsync(store, SeedIds.Id(5), SeedIds.Id(3), SeedIds.Id(3), SeedIds.Id(3), null);
    }

    static async Task AssertInheritedAsync(IThreadStore store, ThreadId id, params ThreadId?[] sources)
    {
        var thread = await store.FindAsync(id, Cancellation);
        Assert.NotNull(thread);
        foreach (var view in Enum.GetValues<TurnView>())
        {
            var turns = await store.AllTurnsAsync(new ListTurnsRequest(id) { View = view }, Cancellation);
            Assert.Equal(sources, turns.Select(turn => turn.InheritedFrom(thread)));
        }
    }

    static (RolloutLines Root, RolloutLines Fork, RolloutLines Grandchild) Lineage()
    {
        var root = SampleHome.Turns(1, 2);
        var fork = root.Fork(SeedIds.Id(3), SeedIds.Epoch.AddHours(1)).Turn("Fork");
        return (root, fork, fork.Fork(SeedIds.Id(5), SeedIds.Epoch.AddHours(2)).Turn("Grandchild"));
    }

    static async Task AssertBrokenAsync(IThreadStore store, ThreadId id, RolloutLines own)
    {
        var thread = await store.FindAsync(id, Cancellation);
        Assert.Equal(ThreadCondition.BrokenLineage, thread?.State);
        Assert.Matches(@"^[A-Z0-9][^/\\\n]+\.$", thread?.StateReason);
        Assert.Contains(
            id,
            (await store.ListAllAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation)).Select(listed => listed.Id)
        );
        Assert.Equal(own.Lines.Texts(), (await store.HistoryAsync(id, Cancellation)).Texts());
        Assert.Equal(own.Lines.Texts(), (await store.AllItemsAsync(new ListItemsRequest(id) { Limit = 2 }, Cancellation)).Texts());
        Assert.Single(await store.AllTurnsAsync(new ListTurnsRequest(id), Cancellation));
    }
}
