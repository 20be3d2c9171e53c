using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>A thread has one writer, whether that is Spool or Codex.</summary>
public sealed class LockTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.Locking), MemberType = typeof(Modes)), Guarantee("CDEX-07")]
    public async Task While_codex_has_a_thread_loaded_spool_is_refused_and_told_by_whom(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        ThreadId threadId;
        await using (var codex = await home.StartAsync(release))
        {
            threadId = await codex.StartThreadAsync(mode);
            await codex.TurnAsync(threadId, "first question");
            var before = await File.ReadAllBytesAsync(home.RolloutOf(threadId), Cancellation);

            foreach (var change in Changes(store, threadId))
            {
                var refusal = await Assert.ThrowsAsync<ThreadStoreException>(change);
                Assert.Equal((ThreadStoreErrorCode.HasWriter, codex.ProcessId), (refusal.Code, refusal.Owner?.ProcessId));
                Assert.Equal("codex", refusal.Owner?.Program);
            }

            Assert.Equal(before, await File.ReadAllBytesAsync(home.RolloutOf(threadId), Cancellation));
            await codex.TurnAsync(threadId, "second question");
        }

        await SpoolAgent.ContinueAsync(store, home, threadId, "third question");
        Assert.Equal(3, (await store.ListTurnsAsync(new ListTurnsRequest(threadId), Cancellation)).Items.Count);
    }

    [Theory, MemberData(nameof(Modes.Locking), MemberType = typeof(Modes)), Guarantee("CDEX-08")]
    public async Task While_spool_writes_a_thread_codex_is_refused(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question");
        await using var codex = await home.StartAsync(release);
        await using (var writer = await store.ResumeAsync(new ResumeRequest(threadId), Cancellation))
        {
            Assert.Contains(
                "already has an active writer",
                await codex.RefusalAsync("thread/resume", new() { ["threadId"] = threadId.ToString() }),
                StringComparison.Ordinal
            );
            Assert.Contains(
                "already has an active writer",
                await codex.RefusalAsync("thread/archive", new() { ["threadId"] = threadId.ToString() }),
                StringComparison.Ordinal
            );
            await SpoolAgent.RecordAsync(writer, home, "second question");
            await writer.ShutDownAsync(Cancellation);
        }

        await codex.ResumeAsync(threadId);
        await codex.TurnAsync(threadId, "third question");
        await Turns.AssertSameAsync(store, await codex.ReadAsync(threadId));
        Assert.Equal(3, (await store.ListTurnsAsync(new ListTurnsRequest(threadId), Cancellation)).Items.Count);
    }

    [Theory, InlineData(CodexRelease.V125), InlineData(CodexRelease.V128), Guarantee("CDEX-09")]
    public async Task A_writer_notices_that_a_codex_without_locks_wrote_and_nothing_is_lost(string release)
    {
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, HistoryModes.Legacy, "first question");
        await using var codex = await home.StartAsync(release);
        await using (var writer = await store.ResumeAsync(new ResumeRequest(threadId), Cancellation))
        {
            await SpoolAgent.RecordAsync(writer, home, "second question");
            await codex.ResumeAsync(threadId);
            await codex.TurnAsync(threadId, "third question");

            var refusal = await Assert.ThrowsAsync<ThreadStoreException>(() => SpoolAgent.RecordAsync(writer, home, "refused question"));
            Assert.Equal(ThreadStoreErrorCode.WriterLost, refusal.Code);
            Assert.True(writer.LostToken.IsCancellationRequested);
            await writer.DiscardAsync(Cancellation);
        }
        await SpoolAgent.ContinueAsync(store, home, threadId, "fourth question");

        await using var next = await home.StartAsync(release);
        var read = await next.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(["first question", "second question", "third question", "fourth question"], Turns.Questions(read));
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(threadId, Cancellation))!.State);
    }

    static IEnumerable<Func<Task>> Changes(LocalThreadStore store, ThreadId threadId)
    {
        yield return async () => await store.ResumeAsync(new ResumeRequest(threadId), Cancellation);
        yield return async () => await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("renamed") }, Cancellation);
        yield return async () => await store.ArchiveAsync(threadId, Cancellation);
        yield return async () => await store.DeleteAsync(threadId, Cancellation);
    }
}
