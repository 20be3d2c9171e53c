using System.Text.Json.Nodes;
using Spool.Cli.Tests;

namespace Spool.Codex.Tests;

/// <summary>Homes that Codex wrote, read by Spool, written to a new home by Spool, and answered by the same Codex as it answered the old home.</summary>
public sealed class RoundTripTests : CodexTests
{
    // Where the file lies, and what a Codex reads from the file system or keeps for itself, is not in the log.
    static readonly string[] NotOfTheLog = ["path", "updatedAt", "recencyAt", "status", "environments", "canAcceptDirectInput", "turns"];

    static readonly string[] EverySource = ["cli", "vscode", "exec", "appServer", "subAgent", "subAgentReview", "subAgentCompact", "subAgentThreadSpawn", "subAgentOther", "unknown"];

    public static TheoryData<string> Homes => [.. FixtureHomes.Names];

    [Theory, MemberData(nameof(Homes)), Trait("Guarantee", "CDEX-21")]
    public async Task Every_home_that_codex_wrote_is_written_again_and_answered_as_before(string name)
    {
        var release = name[..name.IndexOf('/', StringComparison.Ordinal)];
        var expected = FixtureHomes.ExpectedOf(name);
        var home = NewHome();
        var reading = NewHome(); // only for its cache
        await using var old = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = FixtureHomes.PathOf(name), CacheDirectory = reading.User });
        await using var store = home.Open();
        var copy = new HomeCopy(FixtureHomes.PathOf(name), old, store);
        var threads = await copy.ThreadsAsync();

        foreach (var thread in threads)
            await copy.WriteLogAsync(thread);
        AssertSameLogs(FixtureHomes.PathOf(name), home.Path);
        foreach (var thread in threads)
            await copy.WriteFactsAsync(thread);

        // 0.169 answers the turns of a paginated thread from a database of its own, which it fills when the thread is resumed.
        await using (var codex = await home.StartAsync(release))
        {
            foreach (var thread in threads.Where(_ => release == CodexRelease.V169))
                await codex.ResumeAsync(thread.Id);
        }
        foreach (var thread in threads.Where(thread => thread.ArchivedAt is not null))
            Assert.Empty((await store.ArchiveAsync(thread.Id, Cancellation)).Warnings);

        var forks = threads.Where(thread => thread.ForkedFromId is not null && thread.HistoryMode == HistoryModes.Paginated).Select(thread => thread.Id.ToString()).ToHashSet();
        await using (var codex = await home.StartAsync(release))
        {
            await AssertListAsync(codex, expected["active"]!, archived: false, forks);
            await AssertListAsync(codex, expected["archived"]!, archived: true, forks);
            foreach (var (id, answer) in expected["threads"]!.AsObject())
                await AssertTurnsAsync(codex, ThreadId.Parse(id), answer!["thread"]!, forks);
        }
    }

    static async Task AssertTurnsAsync(CodexAppServer codex, ThreadId thread, JsonNode expected, HashSet<string> forks)
    {
        var read = await codex.ReadAsync(thread);

        Assert.Equal(Comparable(expected, forks), Comparable(read, forks));
        Assert.Equal(expected["turns"]!.ToJsonString(), read["turns"]!.ToJsonString());
    }

    static async Task AssertListAsync(CodexAppServer codex, JsonNode expected, bool archived, HashSet<string> forks)
    {
        var listed = (await codex.RequestAsync("thread/list", new()
        {
            ["limit"] = 100,
            ["archived"] = archived,
            ["modelProviders"] = new JsonArray(),
            ["sourceKinds"] = new JsonArray([.. EverySource.Select(source => (JsonNode)source)]),
        }))["data"]!.AsArray();

        Assert.Equal(ById(expected.AsArray(), forks), ById(listed, forks));
    }

    static IEnumerable<string> ById(JsonArray threads, HashSet<string> forks) =>
        threads.OrderBy(thread => (string)thread!["id"]!, StringComparer.Ordinal).Select(thread => Comparable(thread!, forks));

    static string Comparable(JsonNode thread, HashSet<string> forks)
    {
        var members = thread.DeepClone().AsObject();
        foreach (var member in NotOfTheLog)
            members.Remove(member);
        // That a fork by reference has the preview of its source 0.169 knows only from its database; where it makes that anew it takes the first message of the fork itself.
        if (forks.Contains((string)members["id"]!))
            members.Remove("preview");
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
