using System.Text.Json.Nodes;
using Spool.Cli.Tests;

namespace Spool.Codex.Tests;

/// <summary>Homes that Codex wrote, read by Spool, written to a new home by Spool, and answered by the same Codex as it answered the old home.</summary>
public sealed class RoundTripTests
{
    // Where the file lies, and what a Codex reads from the file system or keeps for itself, is not in the log.
    static readonly string[] NotOfTheLog = ["path", "updatedAt", "recencyAt", "status", "turns"];

    static readonly string[] EverySource = ["cli", "vscode", "exec", "appServer", "subAgent", "subAgentReview", "subAgentCompact", "subAgentThreadSpawn", "subAgentOther", "unknown"];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Homes => [.. FixtureHomes.Names];

    [Theory, MemberData(nameof(Homes)), Trait("Guarantee", "CDEX-21")]
    public async Task Every_home_that_codex_wrote_is_written_again_and_answered_as_before(string name)
    {
        var release = name[..name.IndexOf('/', StringComparison.Ordinal)];
        var expected = FixtureHomes.ExpectedOf(name);
        using var home = new CodexHome();
        using var reading = new CodexHome(); // only for its cache
        await using var old = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = FixtureHomes.PathOf(name), CacheDirectory = reading.User });
        await using var store = home.Open();
        var copy = new HomeCopy(FixtureHomes.PathOf(name), old, store);
        var threads = await copy.ThreadsAsync();

        foreach (var thread in threads)
            await copy.WriteLogAsync(thread);
        AssertSameLogs(FixtureHomes.PathOf(name), home.Path);
        foreach (var thread in threads)
            await copy.WriteFactsAsync(thread);

        await using (var codex = await home.StartAsync(release))
        {
            foreach (var (id, answer) in expected["threads"]!.AsObject())
                await AssertTurnsAsync(codex, ThreadId.Parse(id), answer!["thread"]!);
        }
        foreach (var thread in threads.Where(thread => thread.ArchivedAt is not null))
            Assert.Empty((await store.ArchiveAsync(thread.Id, Cancellation)).Warnings);

        await using (var codex = await home.StartAsync(release))
        {
            await AssertListAsync(codex, expected["active"]!, archived: false);
            await AssertListAsync(codex, expected["archived"]!, archived: true);
        }
    }

    static async Task AssertTurnsAsync(CodexAppServer codex, ThreadId thread, JsonNode expected)
    {
        // 0.169 answers the turns of a paginated thread from its own database, which it fills when the thread is resumed.
        if (codex.Release == CodexRelease.V169)
            await codex.ResumeAsync(thread);
        var read = await codex.ReadAsync(thread);

        Assert.Equal(Comparable(expected), Comparable(read));
        Assert.Equal(expected["turns"]!.ToJsonString(), read["turns"]!.ToJsonString());
    }

    static async Task AssertListAsync(CodexAppServer codex, JsonNode expected, bool archived)
    {
        var listed = (await codex.RequestAsync("thread/list", new()
        {
            ["limit"] = 100,
            ["archived"] = archived,
            ["modelProviders"] = new JsonArray(),
            ["sourceKinds"] = new JsonArray([.. EverySource.Select(source => (JsonNode)source)]),
        }))["data"]!.AsArray();

        Assert.Equal(ById(expected.AsArray()), ById(listed));
    }

    static IEnumerable<string> ById(JsonArray threads) => threads.OrderBy(thread => (string)thread!["id"]!, StringComparer.Ordinal).Select(thread => Comparable(thread!));

    static string Comparable(JsonNode thread)
    {
        var members = thread.DeepClone().AsObject();
        foreach (var member in NotOfTheLog)
            members.Remove(member);
        return members.ToJsonString();
    }

    // Byte for byte, but for the first line with which a rollout begins that goes on from where a thread was taken back to: that one Spool made.
    static void AssertSameLogs(string oldHome, string newHome)
    {
        var oldFiles = Rollouts(oldHome);
        var newFiles = Rollouts(newHome);
        Assert.Equal(oldFiles.Select(file => file.Thread), newFiles.Select(file => file.Thread));
        foreach (var (before, after) in oldFiles.Zip(newFiles))
        {
            if (before.IsContinuation)
                Assert.Equal(File.ReadLines(before.Path).Skip(1), File.ReadLines(after.Path).Skip(1));
            else
                Assert.True(File.ReadAllBytes(before.Path).AsSpan().SequenceEqual(File.ReadAllBytes(after.Path)), $"{before.Path} and {after.Path} differ.");
        }
    }

    static List<(string Thread, bool IsContinuation, string Path)> Rollouts(string home) =>
    [
        .. Directory.EnumerateFiles(home, "rollout-*.jsonl", SearchOption.AllDirectories)
            .Select(path => (Path.GetFileName(path)["rollout-0000-00-00T00-00-00-".Length..][..36], Path.GetFileName(path).Contains('_', StringComparison.Ordinal), path))
            .Order(),
    ];
}
