using Xunit;

namespace Spool.Tests;

/// <summary>The suite is only worth what it catches: every broken store must fail the guarantees that it breaks.</summary>
public sealed class MutantStoreTests
{
    public static TheoryData<string, string> Animals { get; } =
        new()
        {
            { nameof(LosesTheLastRowOfAPage), "PAGE-01 PAGE-08 MODL-01" },
            { nameof(RepeatsTies), "PAGE-01 LIST-04 MODL-01" },
            { nameof(SkipsTies), "PAGE-01 PAGE-03 LIST-04 MODL-01" },
            { nameof(ListsArchivedThreadsAsActive), "LIST-02 LIST-07 MODL-01" },
            { nameof(SeesProblemsEverywhere), "LIST-12" },
            { nameof(HidesDamagedThreads), "DAMG-07 DAMG-08 FIND-07" },
            { nameof(OverlooksMissingRecords), "DAMG-16" },
            { nameof(AcceptsForeignCursors), "PAGE-05 PAGE-06 PAGE-07" },
            { nameof(ClampsLimits), "LIST-08" },
            { nameof(CutsFilters), "REMO-60" },
            { nameof(TurnsOnlyThePageAround), "LIST-04 MODL-01" },
            { nameof(TakesSearchTermsAsPatterns), "FILT-06 MODL-01" },
            { nameof(ComparesCharByChar), "FOLD-01 FOLD-02 FOLD-04 FOLD-06" },
            { nameof(ComparesFoldersAsText), "FILT-10" },
            { nameof(DoesNotExpandSubAgents), "FILT-02 MODL-01" },
            { nameof(PromisesAPageTooMany), "PAGE-02" },
            { nameof(SaysNotFoundInsteadOfNull), "FIND-02" },
            { nameof(FindsOnlyActiveThreads), "FIND-03" },
            { nameof(FindsAnyId), "FILT-12" },
            { nameof(TakesSubAgentsForRoots), "FILT-13 FILT-18" },
            { nameof(FindsFoldersExactly), "FILT-14 FILT-18" },
            { nameof(FindsEveryBranchAndRepository), "FILT-15 FILT-16 FILT-18" },
            { nameof(FindsWhatIsLate), "FILT-17" },
            { nameof(CountsPages), "FILT-19" },
            { nameof(DoesNotChangeTheRevision), "FIND-12 FIND-13" },
            { nameof(BeginsRevisionsAnew), "FIND-13" },
            { nameof(LeavesWritersOpen), "WLIF-07" },
            { nameof(TakesTheIdOfZerosForNone), "LIST-11" },
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
            { nameof(IgnoresTheDirectionOfItems), "PAGE-10 PAGE-11 MODL-02 RECO-02" },
            { nameof(LeadsBackPastTheFirst), "PAGE-11 PAGE-12" },
            { nameof(LeadsBackInTheSameDirection), "PAGE-11 PAGE-13" },
            { nameof(SaysNothingOfCallsLeftOut), "TURN-10 TURN-11" },
            { nameof(LivesOnAfterDispose), "LIFE-02" },
            { nameof(LivesOnAfterBlockingDisposal), "LIFE-08" },
            { nameof(LacksADeclaredAbility), "SERV-02 SERV-05 ABIL-01" },
            { nameof(DeletesWhatItIsOnlyAskedAbout), "ABIL-02" },
            { nameof(HasAnUndeclaredAbility), "SERV-03" },
            { nameof(LosesTheLastItem), "RECO-01 WRIT-03 WRIT-09 WRIT-10 IDEM-01 CONC-01 RESU-01" },
            { nameof(DoublesOnRetry), "IDEM-01 IDEM-02 IDEM-03 IDEM-04 IDEM-06 IDEM-07 IDEM-08 CONC-04 CONC-05 MODL-03" },
            { nameof(TakesAnyItemsAsTheSame), "IDEM-03 IDEM-05 CONC-05" },
            { nameof(ReordersItems), "WRIT-03 WRIT-10 RESU-12 CONC-01 MODL-03" },
            { nameof(TearsBatchesApart), "CONC-01 CONC-04" },
            { nameof(GivesWrongOrdinals), "WRIT-03 WRIT-09 RESU-01 CONC-01 MODL-03" },
            { nameof(StoresWhatItCan), "WBAD-02 WBAD-03 WBAD-04 WBAD-05" },
            { nameof(TakesAnyNumberAsADurability), "WBAD-13" },
            { nameof(TakesAnyNumberAsADirection), "WBAD-13" },
            { nameof(StampsItemsItself), "WRIT-08 WRIT-13" },
            { nameof(KeepsNoTimeOfWhatWaits), "WRIT-17" },
            { nameof(DropsMetadata), "WRIT-16" },
            { nameof(WritesPayloadsItsOwnWay), "WRIT-08" },
            { nameof(ForgetsBatches), "IDEM-09" },
            { nameof(DoesNotSayWhereTheLogEnds), "IDEM-03 IDEM-04 IDEM-10 CONC-05 ERRS-01" },
            { nameof(IgnoresDurability), "WRIT-03 WRIT-11 WRIT-12" },
            { nameof(SaysThatEverythingIsStored), "WRIT-03 WRIT-11 IDEM-02" },
            { nameof(ShutsDownWithoutStoring), "WRIT-05 WCAN-03" },
            { nameof(StoresWhatIsDiscarded), "WRIT-06 WLIF-03" },
            { nameof(DiscardsWhatIsStored), "WRIT-07" },
            { nameof(StoresNewThreadsAtOnce), "WRIT-01 WRIT-03 WRIT-05 WRIT-06" },
            { nameof(PersistsNothing), "WRIT-02" },
            { nameof(FlushesNothing), "WRIT-04" },
            { nameof(AcknowledgesTooEarly), "WRIT-03 WRIT-12 WRIT-14 WLIF-06" },
            { nameof(TellsAnOldOrdinal), "WRIT-09" },
            { nameof(WorksOnAfterShutDown), "WBAD-01" },
            { nameof(WorksOnAfterDispose), "WLIF-02" },
            { nameof(DropsWhatWaitsWhenDisposed), "WLIF-01" },
            { nameof(KeepsTheRightToWrite), "EXCL-04 EXCL-09 RESU-12" },
            { nameof(CannotBeCancelled), "WCAN-02 WCAN-03" },
            { nameof(CancelsTooLate), "WCAN-02" },
            { nameof(CancelsDiscarding), "WCAN-04" },
            { nameof(ChangesBeforeItStores), "META-12 WBAD-10" },
            { nameof(AllowsASecondWriter), "EXCL-01 EXCL-02 EXCL-07" },
            { nameof(DoesNotSayWhoWrites), "EXCL-01" },
            { nameof(TakesAWriterForAThread), "EXCL-02" },
            { nameof(HidesWhatIsBeingCreated), "EXCL-20" },
            { nameof(ChangesDespiteAWriter), "EXCL-05" },
            { nameof(CreatesOverAStoredThread), "EXCL-03" },
            { nameof(ResumesArchivedThreads), "RESU-04" },
            { nameof(ResumesDamagedThreads), "RESU-06" },
            { nameof(RefusesEveryDamage), "RESU-07 RESU-08" },
            { nameof(WritesWhenItResumes), "RESU-01 RESU-02" },
            { nameof(TakesAnyFirstItem), "WBAD-06" },
            { nameof(ChoosesAnotherIdWhenItLikes), "WBAD-11" },
            { nameof(CannotCancelChanges), "WCAN-01" },
            { nameof(ChangesAfterDispose), "WLIF-04" },
            { nameof(LosesNamesOnReopen), "META-01 META-05 MODL-03" },
            { nameof(LeavesTheNameOfADeletedThread), "DELE-02" },
            { nameof(RepairsBadNames), "WBAD-08" },
            { nameof(CountsUnitsOfNames), "WBAD-12" },
            { nameof(CannotClearNames), "META-02 MODL-03" },
            { nameof(ForgetsTheRepositoryWithTheMemoryMode), "META-05" },
            { nameof(ReplacesTheWholeRepositoryState), "META-04 META-05" },
            { nameof(ChangesAgainAndAgain), "META-06" },
            { nameof(CannotChangeArchivedThreads), "META-08" },
            { nameof(SortsArchivedThreadsLast), "ARCH-04" },
            { nameof(ForgetsNamesWhenItUnarchives), "ARCH-02 MODL-03" },
            { nameof(ArchivesAgain), "ARCH-03" },
            { nameof(ListsWhatWasThereBefore), "WRIT-14 META-01 ARCH-01 DELE-01" },
            { nameof(ForksOneItemTooMuch), "BRAN-01 BRAN-02 BRAN-03 BRAN-12 MODL-03" },
            { nameof(ForksThroughInsteadOfBefore), "BRAN-01 BRAN-02 BRAN-11 REVT-07" },
            { nameof(ForksOnlyAtTheEnd), "BRAN-01 BRAN-06 REVT-07 MODL-03" },
            { nameof(ForksWithoutTheName), "BRAN-08 MODL-03" },
            { nameof(ForksAtTheTimeOfTheFirstThread), "FORK-10" },
            { nameof(ForksOverATakenId), "BRAN-05" },
            { nameof(CannotForkWhatIsWritten), "BRAN-04" },
            { nameof(TakesBackOneTurnTooFew), "REVT-01 REVT-02 REVT-03" },
            { nameof(TakesBackToUnknownTurns), "REVT-05" },
            { nameof(MovesWhatIsTakenBack), "REVT-06" },
            { nameof(DeletesWhatForksNeed), "DELE-03" },
            { nameof(DoesNotSayWhoNeedsIt), "DELE-03 DELE-30" },
            { nameof(DeletesWhatIsNotThere), "DELE-06" },
            { nameof(DeletesNothing), "DELE-01 DELE-02 DELE-05 MODL-03" },
            { nameof(CountsNothingItDeletes), "DELE-01 DELE-07" },
            { nameof(MovesWhatIsChanged), "META-09 META-10" },
            { nameof(ForgetsChangesWhenItResumes), "META-11 RESU-02 MODL-03" },
            { nameof(ForksDamagedThreads), "BRAN-07" },
            { nameof(IgnoresTheGivenHeadOfAFork), "BRAN-09 BRAN-10 CORE-13" },
            { nameof(ShowsNamesThatSayNothing), "META-15" },
            { nameof(CannotChangeDamagedThreads), "META-14 ARCH-06 DELE-05" },
            { nameof(TakesNoProviderForAnEmptyOne), "CORE-07" },
            { nameof(FindsNothingByHalvesOfCharacters), "CORE-08" },
            { nameof(BelievesWhatASourceSaysOfItsDepth), "CORE-09" },
            { nameof(KnowsTheParentsThatItListed), "FIND-11" },
            { nameof(BindsCursorsToTheWordsOfAQuery), "CORE-10" },
            { nameof(LooksForTheThreadBeforeItLooksAtTheRequest), "CORE-01" },
            { nameof(LooksForTheThreadBeforeItLooksAtTheChange), "CORE-21" },
            { nameof(ChecksLimitsWhenItIsDisposed), "CORE-02" },
            { nameof(SaysThatALogIsNoThread), "CORE-11" },
            { nameof(LooksAtTheHistoryModeFirst), "CORE-12" },
            { nameof(TakesIdsOfPaths), "CORE-14" },
            { nameof(ForgetsBatchesThatWereThere), "IDEM-20 IDEM-21 IDEM-26" },
            { nameof(ForgetsBatchesOfNothing), "IDEM-22" },
            { nameof(TakesItemsOfOthersForAppended), "IDEM-23 IDEM-24" },
            { nameof(LooksAtItemsBeforeItself), "IDEM-25" },
            { nameof(UsesUpBatchIds), "IDEM-08 IDEM-10" },
            { nameof(WorksForOneAtATime), "EXCL-06 EXCL-08" },
            { nameof(NeedsEventsForTurns), "EARL-03" },
            { nameof(AppendsToEarlyLogs), "EARL-04" },
            { nameof(CutsDamageOff), "RESU-06 RESU-07" },
            { nameof(CutsWithoutASign), "FIND-10" },
        };

    [Fact]
    public async Task A_healthy_store_passes_under_the_same_runner()
    {
        var outcome = await SuiteRun.AgainstAsync(store => new DelegatingThreadStore(store));

        Assert.Empty(outcome.Failed);
        Assert.Equal(["SERV-09", "ABIL-03"], outcome.Skipped);
        Assert.True(outcome.Passed.Count > 200);
    }

    [Theory, MemberData(nameof(Animals))]
    public async Task A_broken_store_is_caught_by_the_guarantees_that_it_breaks(string mutant, string guarantees)
    {
        var type = typeof(MutantStoreTests).Assembly.GetType($"Spool.Tests.{mutant}", throwOnError: true)!;

        var outcome = await SuiteRun.AgainstAsync(store => (IThreadStore)Activator.CreateInstance(type, store)!, guarantees.Split(' '));

        Assert.Equal(guarantees.Split(' ').Order(), outcome.Failed.Keys);
    }

    [Fact]
    public void Every_mutant_store_is_tested()
    {
        var stores = typeof(MutantStore).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(MutantStore)));

        Assert.Equal(stores.Select(type => type.Name).Order(), Animals.Select(row => row.Data.Item1).Order());
    }
}
