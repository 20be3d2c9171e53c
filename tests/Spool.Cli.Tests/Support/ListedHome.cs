using System.Text.Json;

namespace Spool.Cli.Tests;

/// <summary>What the lists of a home say, active and archived, compared with what is on its disk.</summary>
/// <param name="home">The home.</param>
/// <param name="everything">The rows of a list with <c>--all</c> and of one with <c>--archived</c> besides.</param>
sealed class ListedHome(string home, IReadOnlyList<JsonElement> everything)
{
    static readonly string[] HiddenStates = ["unreadable", "duplicate", "superseded"];

    readonly Dictionary<string, JsonElement> _byPath = everything.ToDictionary(
        row => Path.GetRelativePath(home, Text(row, "path")),
        StringComparer.Ordinal
    );

    /// <summary>Gets the rows that a list without <c>--all</c> has: those with a message that are no copy and not unreadable.</summary>
    public IEnumerable<string> Usual =>
        everything
            .Where(row => Text(row, "preview").Length > 0 && !HiddenStates.Contains(Text(row, "state")))
            .Select(row => Text(row, "id"));

    /// <summary>Compares the rows with the disk.</summary>
    /// <param name="planted">What has to be listed in a known way.</param>
    /// <param name="continued">Says whether a rollout may be a part of the history of another one, which is listed in its place.</param>
    public void Check(IEnumerable<PlantedRollout> planted, Func<string, bool> continued)
    {
        Assert.Equal(everything.Count, everything.Select(row => Text(row, "id")).Distinct().Count());
        foreach (var rollout in planted)
        {
            Assert.True(_byPath.TryGetValue(rollout.Path, out var row), $"{rollout.Path} is not listed");
            Assert.True(
                Text(row, "state") == rollout.State,
                $"{rollout.Path} has to be {rollout.State} and is {Text(row, "state")}: {row.GetProperty("stateReason")}"
            );
            Assert.True(
                (Text(row, "id") == rollout.ThreadId?.ToString()) == rollout.ThreadId is not null,
                $"{rollout.Path} is listed as {Text(row, "id")}"
            );
            Assert.True(
                Text(row, "preview") == rollout.Preview,
                $"{rollout.Path} has to begin with '{rollout.Preview}' and begins with '{Text(row, "preview")}'"
            );
            if (rollout.CreatedAt is { } at)
                Assert.True(
                    row.GetProperty("createdAt").GetDateTimeOffset() == at,
                    $"{rollout.Path} was created at {at:O} and not at {Text(row, "createdAt")}"
                );
        }
        foreach (var path in Rollouts("sessions", 0).Concat(Rollouts("archived_sessions", 0)))
        {
            if (
                !path.Contains('\ufffd', StringComparison.Ordinal)
                && !_byPath.ContainsKey(path)
                && !continued(path)
                && !(path.EndsWith(".zst", StringComparison.Ordinal) && File.Exists(Path.Combine(home, path[..^4])))
            )
                Assert.Fail($"{path} is in no list");
        }
        var foreign = Rollouts("sessions", 0)
            .Concat(Rollouts("archived_sessions", 0))
            .Count(path => path.Contains('\ufffd', StringComparison.Ordinal));
        Assert.True(
            foreign <= _byPath.Keys.Count(path => path.Contains("\\x", StringComparison.OrdinalIgnoreCase)),
            "a name that is not UTF-8 is in no list"
        );
    }

    // Every entry with the name of a rollout, whatever it is. Links are not followed: what they lead to is in the home under its own name,
    // or not in it.
    IEnumerable<string> Rollouts(string folder, int depth)
    {
        if (depth > 30 || !Directory.Exists(Path.Combine(home, folder)))
            yield break;
        foreach (
            var entry in Directory.EnumerateFileSystemEntries(
                Path.Combine(home, folder),
                "*",
                new EnumerationOptions { AttributesToSkip = 0 }
            )
        )
        {
            var path = $"{folder}/{Path.GetFileName(entry)}";
            if (
                Path.GetFileName(entry).StartsWith("rollout-", StringComparison.Ordinal)
                && (entry.EndsWith(".jsonl", StringComparison.Ordinal) || entry.EndsWith(".jsonl.zst", StringComparison.Ordinal))
            )
                yield return path;
            if (new DirectoryInfo(entry) is not { Exists: true, LinkTarget: null })
                continue;
            foreach (var deeper in Rollouts(path, depth + 1))
                yield return deeper;
        }
    }

    static string Text(JsonElement row, string member) => row.GetProperty(member).GetString() ?? "";
}
