using Xunit;

namespace Spool.Tests;

/// <summary>The suite is only worth what it catches: every broken store must fail the guarantees that it breaks.</summary>
public sealed class ZooTests
{
    public static TheoryData<string, string> Animals { get; } = new()
    {
        { nameof(LosesTheLastRowOfAPage), "PAGE-01 PAGE-08 MODL-01" },
        { nameof(RepeatsTies), "PAGE-01 LIST-04 MODL-01" },
        { nameof(SkipsTies), "PAGE-01 PAGE-03 LIST-04 MODL-01" },
        { nameof(ListsArchivedThreadsAsActive), "LIST-02 LIST-07 MODL-01" },
        { nameof(HidesDamagedThreads), "DAMG-07 DAMG-08 FIND-07" },
        { nameof(AcceptsForeignCursors), "PAGE-05 PAGE-06 PAGE-07" },
        { nameof(ClampsLimits), "LIST-08" },
        { nameof(TurnsOnlyThePageAround), "LIST-04 MODL-01" },
        { nameof(TakesSearchTermsAsPatterns), "FILT-06 MODL-01" },
        { nameof(DoesNotExpandSubAgents), "FILT-02 MODL-01" },
        { nameof(PromisesAPageTooMany), "PAGE-02" },
        { nameof(SaysNotFoundInsteadOfNull), "FIND-02" },
        { nameof(FindsOnlyActiveThreads), "FIND-03" },
        { nameof(CutsLongLines), "HIST-09" },
        { nameof(DropsUnreadableLines), "DAMG-01 DAMG-02 DAMG-04 HIST-03 SERV-05 MODL-02" },
        { nameof(DropsUnknownKinds), "HIST-02 MODL-02" },
        { nameof(RewritesLines), "HIST-03 MODL-02" },
        { nameof(ForgetsTheParentOfAFork), "FORK-01 FORK-02 FORK-09" },
        { nameof(IgnoresCancellation), "CANC-01" },
        { nameof(StreamsOnAfterCancellation), "CANC-02" },
        { nameof(SharesItemCursorsBetweenThreads), "ITEM-03" },
        { nameof(SkipsRepeatedOrdinals), "ITEM-06" },
        { nameof(IgnoresTheDirectionOfTurns), "TURN-03 TURN-06" },
        { nameof(LivesOnAfterDispose), "LIFE-02" },
        { nameof(LacksADeclaredAbility), "SERV-02 SERV-05" },
        { nameof(HasAnUndeclaredAbility), "SERV-03" },
    };

    [Fact]
    public async Task A_healthy_store_passes_under_the_same_runner()
    {
        var outcome = await SuiteRun.AgainstAsync(store => new BrokenStore(store));

        Assert.Empty(outcome.Failed);
        Assert.Equal(["SERV-09"], outcome.Skipped);
        Assert.True(outcome.Passed.Count > 80);
    }

    [Theory, MemberData(nameof(Animals))]
    public async Task A_broken_store_is_caught_by_the_guarantees_that_it_breaks(string animal, string guarantees)
    {
        var type = typeof(ZooTests).Assembly.GetType($"Spool.Tests.{animal}", throwOnError: true)!;

        var outcome = await SuiteRun.AgainstAsync(store => (IThreadStore)Activator.CreateInstance(type, store)!);

        foreach (var guarantee in guarantees.Split(' '))
            Assert.Contains(guarantee, outcome.Failed.Keys);
    }

    [Fact]
    public void Every_broken_store_is_in_the_zoo()
    {
        var stores = typeof(BrokenStore).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(BrokenStore)));

        Assert.Equal(stores.Select(type => type.Name).Order(), Animals.Select(row => row.Data.Item1).Order());
    }
}
