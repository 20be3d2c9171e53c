using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Threads whose last line is incomplete, and threads that are being written.</summary>
public sealed class InterruptionTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-22")]
    public async Task What_spool_acknowledged_codex_reads_while_spool_goes_on_writing(string release, string mode)
    {
        Assert.SkipWhen(
            mode == HistoryModes.Paginated,
            "Since 0.169 Codex shows the turns of a paginated thread only once it has resumed it, and then nobody else writes it."
        );
        var home = NewHome();
        await using var store = home.Open();
        var threadId = await SpoolAgent.CreateAsync(store, home, mode, "first question");
        await using var codex = await home.StartAsync(release);
        await using var writer = await store.ResumeAsync(new ResumeRequest(threadId), Cancellation);

        foreach (var question in (string[])["second question", "third question"])
        {
            await SpoolAgent.RecordAsync(writer, home, question);
            var read = await codex.ReadAsync(threadId);
            await Turns.AssertSameAsync(store, read);
            Assert.Equal(question, Turns.Questions(read)[^1]);
        }
        await writer.ShutDownAsync(Cancellation);
    }

    [Theory, MemberData(nameof(Modes.All), MemberType = typeof(Modes)), Guarantee("CDEX-23")]
    public async Task A_line_that_codex_left_incomplete_is_set_aside_and_both_go_on(string release, string mode)
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
        var whole = await File.ReadAllBytesAsync(home.RolloutOf(threadId), Cancellation);
        await using (var file = new FileStream(home.RolloutOf(threadId), FileMode.Open))
            file.SetLength(file.Length - 40); // in the middle of task_complete
        // which Codex fills only from lines that are whole
        foreach (var projection in Directory.EnumerateFiles(home.Path, "thread_history_*"))
            File.Delete(projection);

        await SpoolAgent.ContinueAsync(store, home, threadId, "second question");

        var kept = whole.AsSpan(0, whole.AsSpan(0, whole.Length - 40).LastIndexOf((byte)'\n') + 1);
        Assert.True(File.ReadAllBytes(home.RolloutOf(threadId)).AsSpan().StartsWith(kept), "Spool changed a line that was whole.");
        await using var next = await home.StartAsync(release);
        await next.ResumeAsync(threadId);
        await next.TurnAsync(threadId, "third question");
        var read = await next.ReadAsync(threadId);
        await Turns.AssertSameAsync(store, read);
        Assert.Equal(["first question", "second question", "third question"], Turns.Questions(read));
        Assert.Equal(
            ["first question", "Answer to: first question", "second question", "Spool answers: second question", "third question"],
            home.LastConversation()
        );
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(threadId, Cancellation))!.State);
    }
}
