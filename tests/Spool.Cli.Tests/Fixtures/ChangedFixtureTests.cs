using System.Text.Json.Nodes;
using Spool.TestKit;

namespace Spool.Cli.Tests;

/// <summary>Changes through the command line on copies of homes that real Codex versions wrote.</summary>
public sealed class ChangedFixtureTests
{
    // Releases that filled their database from rollouts keep there the path of the last one.
    const string NamedByCodexItself =
        "Codex's database state_5.sqlite, which names the thread: left, because rows of other threads do, or of none.";

    public static TheoryData<string> Homes => [.. FixtureHomes.Names];

    [Theory, MemberData(nameof(Homes)), Guarantee("LOCC-26")]
    public async Task Threads_that_are_renamed_and_moved_to_the_archive_and_back_are_otherwise_as_before(string name)
    {
        using var copy = new HomeCopy(FixtureHomes.PathOf(name));
        using var spool = new RealCommandLine(copy.Path);
        var before = await EverythingAsync(spool);
        var files = copy.Files();
        // Codex up to 0.128 takes a name that is in the log from nowhere else, so such a log gets a record more, at its end, with each
        // renaming.
        var named = copy.LogsWithNames();

        foreach (var (id, thread) in before)
        {
            Assert.Equal("a new name", (string?)(await spool.JsonAsync("rename", id, "a new name"))["thread"]!["name"]);
            var (there, back) = thread["archivedAt"] is null ? ("archive", "unarchive") : ("unarchive", "archive");
            var moved = (await spool.JsonAsync(there, id))["thread"]!;
            Assert.Equal(there == "archive", moved["archivedAt"] is not null);
            Assert.True(File.Exists((string)moved["path"]!));
            Assert.Equal(thread["archivedAt"] is null, (await spool.JsonAsync(back, id))["thread"]!["archivedAt"] is null);
            await (thread["name"] is { } old ? spool.RunAsync("rename", id, (string)old!) : spool.RunAsync("rename", id, "--clear"));
        }

        Assert.Equal(before.Select(AsBefore), (await EverythingAsync(spool)).Select(AsBefore));
        // Rollouts keep their bytes, places and times; only the names and Codex's row may differ.
        Assert.Equal(files.Where(IsKeptWhole), copy.Files().Where(IsKeptWhole));
        Assert.All(
            named,
            log => Assert.StartsWith(log.Value, File.ReadAllText(Path.Combine(copy.Path, log.Key)), StringComparison.Ordinal)
        );
        using var afresh = new RealCommandLine(copy.Path);
        Assert.Equal(before.Select(AsBefore), (await EverythingAsync(afresh)).Select(AsBefore));

        bool IsKeptWhole(string file) => IsKept(file) && !named.ContainsKey(file.Split(' ')[0]);

        string AsBefore(KeyValuePair<string, JsonNode> thread)
        {
            var comparable = JsonNode.Parse(Comparable(thread.Value))!;
            if (named.Keys.Any(log => log.Contains(thread.Key, StringComparison.Ordinal)))
                comparable["updatedAt"] = "some time";
            return comparable.ToJsonString();
        }
    }

    [Theory, MemberData(nameof(Homes)), Guarantee("LOCC-27")]
    public async Task Forks_show_what_their_source_shows_and_export_it_and_everything_can_be_deleted(string name)
    {
        using var copy = new HomeCopy(FixtureHomes.PathOf(name));
        using var spool = new RealCommandLine(copy.Path);
        var before = await EverythingAsync(spool);
        var files = copy.Files();
        var forks = new List<string>();

        foreach (var (id, _) in before)
        {
            var turns = (await spool.JsonAsync("show", id, "--turns", "--view", "codex", "--limit", "1000"))["turns"]!.AsArray();
            var fork = (await spool.JsonAsync("fork", id))["thread"]!;
            forks.Insert(0, (string)fork["id"]!);
            Assert.Equal((id, "ok"), ((string?)fork["forkedFromId"], (string?)fork["state"]));
            Assert.Equal(
                Texts(turns),
                Texts((await spool.JsonAsync("show", forks[0], "--turns", "--view", "codex", "--limit", "1000"))["turns"]!.AsArray())
            );
            var (source, copied) = (
                await spool.TextAsync("export", id, "--format", "jsonl"),
                await spool.TextAsync("export", forks[0], "--format", "jsonl")
            );
            Assert.Equal(
                source,
                string.Concat(
                    copied
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                        .Where(line => !IsHeadOf(line, forks[0]))
                        .Select(line => line + "\n")
                )
            );
            if (turns.Count == 0)
                continue;
            var prefix = (await spool.JsonAsync("fork", id, "--before-turn", (string)turns[^1]!["id"]!))["thread"]!;
            forks.Insert(0, (string)prefix["id"]!);
            var shown = Texts(
                (await spool.JsonAsync("show", forks[0], "--turns", "--view", "codex", "--limit", "1000"))["turns"]!.AsArray()
            );
            // In a review of 0.169 and 0.171 the first record of the last turn lies before the turn that is shown ahead of it.
            Assert.Equal(Texts(turns).Take(name is "0.169.0/review" or "0.171.0/review" ? shown.Count : turns.Count - 1), shown);
        }

        foreach (var fork in forks)
            Assert.Equal(1, (int)(await spool.JsonAsync("delete", fork, "--yes"))["deleted"]!["rollouts"]!);
        Assert.Equal(files.Where(IsKept), copy.Files().Where(IsKept));
        Assert.Equal(before.Select(entry => entry.Key), (await EverythingAsync(spool)).Select(entry => entry.Key));

        foreach (var id in InOrderOfDeletion(before))
            Assert.All(
                (await spool.JsonAsync("delete", id, "--yes"))["deleted"]!["warnings"]!.AsArray(),
                warning => Assert.Equal(NamedByCodexItself, (string?)warning)
            );
        Assert.Empty(await EverythingAsync(spool));
        Assert.DoesNotContain(copy.Files(), file => file.Contains("rollout-", StringComparison.Ordinal));
        Assert.DoesNotContain(copy.Files(), file => file.StartsWith("thread-writer-locks/0", StringComparison.Ordinal));
    }

    // Forks before what they continue.
    static List<string> InOrderOfDeletion(List<KeyValuePair<string, JsonNode>> threads)
    {
        var left = threads.ToDictionary();
        var order = new List<string>();
        while (left.Count > 0)
        {
            order.Add(left.Keys.First(id => left.Values.All(other => (string?)other["forkedFromId"] != id)));
            left.Remove(order[^1]);
        }
        return order;
    }

    static bool IsKept(string file) =>
        !file.StartsWith("state_5.sqlite", StringComparison.Ordinal)
        && !file.StartsWith("session_index.jsonl", StringComparison.Ordinal)
        && !file.StartsWith("thread_history_1.sqlite", StringComparison.Ordinal)
        && !file.StartsWith("thread-writer-locks", StringComparison.Ordinal);

    static bool IsHeadOf(string line, string id) =>
        JsonNode.Parse(line) is { } item && (string?)item["type"] == "session_meta" && (string?)item["payload"]!["id"] == id;

    static List<string> Texts(JsonArray turns) => [.. turns.Select(turn => turn!["items"]!.ToJsonString())];

    // The archive may have been left and entered again, which its time shows.
    static string Comparable(JsonNode thread)
    {
        var copy = thread.DeepClone().AsObject();
        copy["archivedAt"] = copy["archivedAt"] is null ? null : "some time";
        return copy.ToJsonString();
    }

    static async Task<List<KeyValuePair<string, JsonNode>>> EverythingAsync(RealCommandLine spool)
    {
        var threads = new List<KeyValuePair<string, JsonNode>>();
        foreach (
            var options in (string[][])
                [
                    ["--all"],
                    ["--all", "--archived"],
                ]
        )
            threads.AddRange(
                (await spool.JsonAsync(["list", "--limit", "1000", .. options]))["threads"]!
                    .AsArray()
                    .Select(thread => KeyValuePair.Create((string)thread!["id"]!, thread!))
            );
        return threads;
    }

    /// <summary>A copy of a home, with the times of its files.</summary>
    sealed class HomeCopy : IDisposable
    {
        readonly string _root = Directory.CreateTempSubdirectory("spool-copy-").FullName;

        public HomeCopy(string home)
        {
            Path = System.IO.Path.Combine(_root, "home");
            foreach (var folder in Directory.EnumerateDirectories(home, "*", SearchOption.AllDirectories).Prepend(home))
                Directory.CreateDirectory(System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(home, folder)));
            foreach (var file in Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories))
            {
                var target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(home, file));
                File.Copy(file, target);
                File.SetLastWriteTimeUtc(target, File.GetLastWriteTimeUtc(file));
            }
        }

        public string Path { get; }

        /// <summary>Gives every file: name, time and content.</summary>
        public List<string> Files() => [.. HomeSnapshot.Of(Path).Where(entry => !entry.Contains("/ ", StringComparison.Ordinal))];

        /// <summary>Gives the text of every log that has a naming record, by its path.</summary>
        public Dictionary<string, string> LogsWithNames() =>
            Directory
                .EnumerateFiles(Path, "rollout-*.jsonl", SearchOption.AllDirectories)
                .Select(file => (Name: System.IO.Path.GetRelativePath(Path, file), Text: File.ReadAllText(file)))
                .Where(file => file.Text.Contains("\"thread_name_updated\"", StringComparison.Ordinal))
                .ToDictionary(file => file.Name, file => file.Text);

        public void Dispose() => Directory.Delete(_root, recursive: true);
    }
}
