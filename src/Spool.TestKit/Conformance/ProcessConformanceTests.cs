using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees for what a store sees of the changes that another process made, whose store shares nothing with it but what is
/// stored.</summary>
public class ProcessConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>PROC-01.</summary>
    [Fact, Guarantee("PROC-01")]
    public async Task A_fork_that_another_process_made_of_what_it_appended_has_its_whole_history()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 2);
            var (fork, again) = (SeedIds.Id(700 + number), SeedIds.Id(800 + number));
            var one = await OpenAsync(log);
            await using var two = await Harness.OpenAnotherProcessAsync();
            Assert.Equal(log.Lines.Texts(), (await one.HistoryAsync(log.Thread(), Cancellation)).Texts());
            await two.ContinueAsync(log.Thread(), StoreWriting.Notes("appended"), Cancellation);
            await two.ForkAsync(new ForkRequest(log.Thread(), fork), Cancellation);
            await two.ForkAsync(new ForkRequest(fork, again), Cancellation);

            foreach (var thread in new[] { again, fork })
            {
                Assert.Equal(ThreadCondition.Ok, (await one.GetAsync(thread, Cancellation)).State);
                Assert.Single((await one.HistoryAsync(thread, Cancellation)).NoteTexts());
                await one.ContinueAsync(thread, StoreWriting.Notes("here"), Cancellation);
                Assert.Equal(2, (await two.HistoryAsync(thread, Cancellation)).NoteTexts().Length);
            }
        }
    }

    /// <summary>PROC-02.</summary>
    [Fact, Guarantee("PROC-02")]
    public async Task A_thread_that_two_processes_take_back_in_turn_is_the_same_in_both()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var log = SampleHome.Turns(number, 3);
            var one = await OpenAsync(log);
            await using var two = await Harness.OpenAnotherProcessAsync();
            var expected = (await one.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Select(turn => turn.Id).ToList();
            for (var round = 0; round < 4; round++)
            {
                var (first, second) = round % 2 == 0 ? (one, two) : (two, one);
                await second.RevertAsync(log.Thread(), expected[^1], Cancellation);
                expected.RemoveAt(expected.Count - 1);
                await first.EverythingAsync(Cancellation); // which comes upon the revert before anything else of the thread
                var from = log.Lines.Count;
                log = log.Turn("One more").Turn("And another");
                await first.ContinueAsync(log.Thread(), log.Items(from), Cancellation);
                var turns = await first.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation);
                Assert.Equal(expected.Count + 2, turns.Count);
                expected.AddRange(turns.Skip(expected.Count).Select(turn => turn.Id));
                await first.RevertAsync(log.Thread(), expected[^1], Cancellation);
                expected.RemoveAt(expected.Count - 1);
                foreach (var reader in new[] { one, two })
                {
                    Assert.Equal(ThreadCondition.Ok, (await reader.GetAsync(log.Thread(), Cancellation)).State);
                    Assert.Equal(
                        expected,
                        (await reader.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation)).Select(turn => turn.Id)
                    );
                }
            }
        }
    }

    /// <summary>PROC-03.</summary>
    [Fact, Guarantee("PROC-03")]
    public async Task Of_two_processes_that_would_write_one_thread_the_one_that_comes_too_late_is_refused()
    {
        await HarnessItself.PutAsync(SampleHome.Thread(2).ToSeed());
        await using var one = await HarnessItself.OpenAsync();
        await using var two = await HarnessItself.OpenAnotherProcessAsync();
        await using var first = await one.ResumeAsync(SeedIds.Id(2), Cancellation);
        IThreadWriter? second = null;
        try
        {
            second = await two.ResumeAsync(SeedIds.Id(2), Cancellation);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.HasWriter) { }
        await first.AppendAsync(StoreWriting.Notes("first"), Cancellation);
        if (second is not null)
        {
            await using var late = second;
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.WriterLost,
                async () => await late.AppendAsync(StoreWriting.Notes("late"), Cancellation)
            );
            Assert.True(late.LostToken.IsCancellationRequested);
        }
        await first.AppendAsync(StoreWriting.Notes("last"), Cancellation);

        Assert.Equal(2, (await two.HistoryAsync(SeedIds.Id(2), Cancellation)).NoteTexts().Length);
    }

    /// <summary>PROC-04.</summary>
    [Fact, Guarantee("PROC-04")]
    public async Task A_thread_that_another_process_deleted_is_gone()
    {
        var log = SampleHome.Turns(1, 2);
        var one = await OpenAsync(log);
        await using var two = await Harness.OpenAnotherProcessAsync();
        var turns = await one.AllTurnsAsync(new ListTurnsRequest(log.Thread()), Cancellation);
        await one.RevertAsync(log.Thread(), turns[1].Id, Cancellation);
        await two.GetAsync(log.Thread(), Cancellation);
        await two.DeleteAsync(log.Thread(), Cancellation);

        Assert.Null(await one.FindAsync(log.Thread(), Cancellation));
        await StoreReading.RefusesAsync(ThreadStoreErrorCode.NotFound, async () => await one.ResumeAsync(log.Thread(), Cancellation));
        Assert.Empty(await one.EverythingAsync(Cancellation));
    }

    /// <summary>PROC-05.</summary>
    [Fact, Guarantee("PROC-05")]
    public async Task A_thread_that_another_process_deleted_and_made_again_as_long_as_before_is_the_new_one()
    {
        foreach (var number in StoreWriting.BothModes)
        {
            var (old, again) = (
                SampleHome.Log(number, SeedIds.Epoch).Turn("Old question", "Old answer"),
                SampleHome.Log(number, SeedIds.Epoch.AddHours(1)).Turn("New question", "New answer")
            );
            var (id, fork) = (old.Thread(), SeedIds.Id(900 + number));
            Assert.Equal(old.Lines.Count, again.Lines.Count);
            var one = await OpenAsync([]);
            await using var two = await Harness.OpenAnotherProcessAsync();
            await one.WriteAsync(old, Cancellation);
            var before = await one.GetAsync(id, Cancellation);

            await two.DeleteAsync(id, Cancellation);
            await two.WriteAsync(again, Cancellation);

            var found = await one.GetAsync(id, Cancellation);
            Assert.Equal(("New question", SeedIds.Epoch.AddHours(1)), (found.Preview, found.CreatedAt));
            Assert.NotEqual(before.Revision, found.Revision);
            await one.ForkAsync(new ForkRequest(id, fork), Cancellation);
            foreach (var store in new[] { one, two })
            {
                Assert.Equal("New question", (await store.GetAsync(fork, Cancellation)).Preview);
                Assert.Single(await store.AllTurnsAsync(new ListTurnsRequest(fork), Cancellation));
                Assert.Equal(found, (await store.EverythingAsync(Cancellation)).Single(thread => thread.Id == id));
            }
        }
    }
}
