using System.Text.Json.Nodes;
using Spool.Cli.Tests;
using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Homes that Codex wrote, read by Spool, written to a new home by Spool, and answered by the same Codex as it answered the old
/// home.</summary>
public sealed class RoundTripTests : CodexTests
{
    // Where the file lies, and what a Codex reads from the file system or keeps for itself, is not in the log.
    static readonly string[] NotOfTheLog = ["path", "updatedAt", "recencyAt", "status", "environments", "canAcceptDirectInput", "turns"];

    static readonly string[] EverySource =
    [
        "cli",
        "vscode",
        "exec",
        "appServer",
        "subAgent",
        "subAgentReview",
        "subAgentCompact",
        "subAgentThreadSpawn",
        "subAgentOther",
        "unknown",
    ];

    public static TheoryData<string> Homes => [.. FixtureHomes.Names];

    [Theory, MemberData(nameof(Homes)), Guarantee("CDEX-21")]
    public async Task Every_home_that_codex_wrote_is_written_again_and_answered_as_before(string name)
    {
        var release = name[..name.IndexOf('/', StringComparison.Ordinal)];
        var expected = FixtureHomes.ExpectedOf(name);
        var home = NewHome();
        var reading = NewHome(); // only for its cache
        await using var old = LocalThreadStore.Open(
            new LocalThreadStoreOptions { Home = FixtureHomes.PathOf(name), CacheDirectory = reading.User }
        );
        await using var store = home.Open();
        var copy = new HomeCopy(FixtureHomes.PathOf(name), old, store);
        var threads = await copy.ThreadsAsync();

        foreach (var thread in threads)
            await copy.WriteLogAsync(thread);
        AssertSameLogs(FixtureHomes.PathOf(name), home.Path, continuations: false);
        // Codex gets to know the threads: a release keeps names or repository states only in its own database, which Spool changes but
        // never begins, and since 0.169 Codex answers the turns of a paginated thread from another one, which it fills when the thread is
        // resumed, each rollout while it is the current one.
        await using (var codex = await home.StartAsync(release))
        {
            await codex.RequestAsync("thread/list", Everything(archived: false));
            foreach (var thread in threads.Where(thread => CodexRelease.IsPaginating(release) && thread.Preview.Length > 0))
                await codex.ResumeAsync(thread.Id);
        }
        foreach (var thread in threads)
            await copy.TakeBackAsync(thread);
        AssertSameLogs(FixtureHomes.PathOf(name), home.Path, continuations: true);
        // Two things a Codex keeps only in its database, which has them for threads that it wrote itself: since 0.169 that a history which
        // continues another rollout has that one's preview (and one that was taken back the time of the rollout it goes on in), and the
        // older ones which repository state is not that of the first line.
        var takenBack = Rollouts(home.Path).Where(rollout => rollout.IsContinuation).Select(rollout => rollout.Thread).ToHashSet();
        var unknownToCodex = ContinuingOther(home.Path)
            .ToDictionary(thread => thread, thread => takenBack.Contains(thread) ? (string[])["preview", "createdAt"] : ["preview"]);
        foreach (var thread in threads)
        {
            if (await copy.WriteFactsAsync(thread) && !CodexRelease.IsPaginating(release))
                unknownToCodex.Add(thread.Id.ToString(), ["gitInfo"]);
        }
        foreach (var thread in threads.Where(thread => thread.ArchivedAt is not null))
            Assert.Empty((await store.ArchiveAsync(thread.Id, Cancellation)).Warnings);

        await using (var codex = await home.StartAsync(release))
        {
            await AssertListAsync(codex, expected["active"]!, archived: false, unknownToCodex);
            await AssertListAsync(codex, expected["archived"]!, archived: true, unknownToCodex);
            foreach (var (thread, _, _) in Rollouts(home.Path).Where(rollout => rollout.IsContinuation))
                await codex.ResumeAsync(ThreadId.Parse(thread));
            foreach (var (id, answer) in expected["threads"]!.AsObject())
                await AssertTurnsAsync(codex, ThreadId.Parse(id), answer!["thread"]!, unknownToCodex);
        }
    }

    static async Task AssertTurnsAsync(
        CodexAppServer codex,
        ThreadId threadId,
        JsonNode expected,
        Dictionary<string, string[]> unknownToCodex
    )
    {
        var read = await codex.ReadAsync(threadId);

        Assert.Equal(Comparable(expected, unknownToCodex), Comparable(read, unknownToCodex));
        Assert.Equal(expected["turns"]!.ToJsonString(), read["turns"]!.ToJsonString());
    }

    static async Task AssertListAsync(CodexAppServer codex, JsonNode expected, bool archived, Dictionary<string, string[]> unknownToCodex)
    {
        var listed = (await codex.RequestAsync("thread/list", Everything(archived)))["data"]!.AsArray();

        Assert.Equal(ById(expected.AsArray(), unknownToCodex), ById(listed, unknownToCodex));
    }

    static JsonObject Everything(bool archived) =>
        new()
        {
            ["limit"] = 100,
            ["archived"] = archived,
            ["modelProviders"] = new JsonArray(),
            ["sourceKinds"] = new JsonArray([.. EverySource.Select(source => (JsonNode)source)]),
        };

    // Since 0.169 a thread that was taken back is listed once for each of its rollouts; the first one has its preview.
    static IEnumerable<string> ById(JsonArray threads, Dictionary<string, string[]> unknownToCodex) =>
        threads
            .GroupBy(thread => (string)thread!["id"]!)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Comparable(group.MinBy(thread => (string)thread!["path"]!, StringComparer.Ordinal)!, unknownToCodex));

    static string Comparable(JsonNode thread, Dictionary<string, string[]> unknownToCodex)
    {
        var members = thread.DeepClone().AsObject();
        foreach (var member in NotOfTheLog)
            members.Remove(member);
        foreach (var unknown in unknownToCodex.GetValueOrDefault((string)members["id"]!, []))
            members.Remove(unknown);
        return members.ToJsonString();
    }

    static HashSet<string> ContinuingOther(string home) =>
        [
            .. Rollouts(home)
                .Where(rollout => JsonNode.Parse(File.ReadLines(rollout.Path).First())!["payload"]!["history_base"] is not null)
                .Select(rollout => rollout.Thread),
        ];

    // Byte for byte, but for the first line of a rollout that goes on from where a thread was taken back to: that line Spool made.
    static void AssertSameLogs(string oldHome, string newHome, bool continuations)
    {
        var oldFiles = Rollouts(oldHome).Where(file => file.IsContinuation == continuations).ToList();
        var newFiles = Rollouts(newHome).Where(file => file.IsContinuation == continuations).ToList();
        Assert.Equal(oldFiles.Select(file => file.Thread), newFiles.Select(file => file.Thread));
        foreach (var (before, after) in oldFiles.Zip(newFiles))
        {
            if (continuations)
                Assert.Equal(File.ReadLines(before.Path).Skip(1), File.ReadLines(after.Path).Skip(1));
            else
                Assert.True(
                    File.ReadAllBytes(before.Path).AsSpan().SequenceEqual(File.ReadAllBytes(after.Path)),
                    $"{before.Path} and {after.Path} differ."
                );
        }
    }

    static List<(string Thread, bool IsContinuation, string Path)> Rollouts(string home) =>
        [
            .. Directory
                .EnumerateFiles(home, "rollout-*.jsonl", SearchOption.AllDirectories)
                .Select(path =>
                    (
                        Path.GetFileName(path)["rollout-0000-00-00T00-00-00-".Length..][..36],
                        Path.GetFileName(path).Contains('_', StringComparison.Ordinal),
                        path
                    )
                )
                .Order(),
        ];
}
