using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Newer releases compress rollouts that nobody has changed for a week, when they start and may.</summary>
public sealed class CompressionTests : CodexTests
{
    [Theory, MemberData(nameof(Modes.Locking), MemberType = typeof(Modes)), Guarantee("LOCW-30")]
    public async Task Codex_compresses_no_rollout_that_spool_writes_and_spool_goes_on_with_those_it_did(string release, string mode)
    {
        var home = NewHome();
        await using var store = home.Open();
        var written = await SpoolAgent.CreateAsync(store, home, mode, "first question");
        var other = await SpoolAgent.CreateAsync(store, home, mode, "first question");
        var (writtenPath, otherPath) = (home.RolloutOf(written), home.RolloutOf(other));
        foreach (var path in (string[])[writtenPath, otherPath])
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-20));

        await using (var writer = await store.ResumeAsync(new ResumeRequest(written), Cancellation))
        {
            await using var codex = await StartCompressingAsync(home, release);
            await CompressedAsync(home, otherPath);

            Assert.True(File.Exists(writtenPath));
            Assert.False(File.Exists(writtenPath + ".zst"));
            await SpoolAgent.RecordAsync(writer, home, "second question");
            await writer.ShutDownAsync(Cancellation);
            await SpoolAgent.ContinueAsync(store, home, other, "second question");
            Assert.True(File.Exists(otherPath));
            Assert.False(File.Exists(otherPath + ".zst"));
        }

        await using var next = await home.StartAsync(release);
        foreach (var threadId in (ThreadId[])[written, other])
        {
            await next.ResumeAsync(threadId);
            await next.TurnAsync(threadId, "third question");
            var read = await next.ReadAsync(threadId);
            await Turns.AssertSameAsync(store, read);
            Assert.Equal(["first question", "second question", "third question"], Turns.Questions(read));
        }
    }

    static Task<CodexAppServer> StartCompressingAsync(CodexHome home, string release)
    {
        var settings = Path.Combine(home.Path, "config.toml");
        File.WriteAllText(
            settings,
            File.ReadAllText(settings).Replace("[features]", "[features]\nlocal_thread_store_compression = true", StringComparison.Ordinal)
        );
        return home.StartAsync(release);
    }

    // Codex holds a lock from before the first to behind the last rollout.
    static async Task CompressedAsync(CodexHome home, string path)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!File.Exists(path + ".zst") || File.Exists(path) || IsLocked(Path.Combine(home.Path, ".tmp", "rollout-maintenance.lock")))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    static bool IsLocked(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
