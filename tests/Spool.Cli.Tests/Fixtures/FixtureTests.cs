using System.Text.Json.Nodes;
using Spool.TestKit;

namespace Spool.Cli.Tests;

/// <summary>What the command line says about homes that real Codex versions wrote, compared with what those versions said.</summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Homes => [.. FixtureHomes.Names];

    [Theory, MemberData(nameof(Homes)), Guarantee("LOCL-09")]
    public async Task List_agrees_with_the_codex_that_wrote_the_home(string name)
    {
        var expected = FixtureHomes.ExpectedOf(name);
        using var spool = new RealCommandLine(FixtureHomes.PathOf(name));

        foreach (var (side, options) in new[] { ("active", Array.Empty<string>()), ("archived", ["--archived"]) })
        {
            // 0.169 lists archived threads without a preview, and hides active ones; we show either only with --all.
            var codex = expected[side]!.AsArray().Where(thread => (string)thread!["preview"]! != "").ToList();
            var ours = (await spool.JsonAsync(["list", "--agents", "--limit", "1000", .. options]))["threads"]!.AsArray();

            Assert.Equal(codex.Select(thread => (string)thread!["id"]!), ours.Select(thread => (string)thread!["id"]!));
            Assert.Equal(
                codex.Select(thread => Comparable.OfCodex(thread!, FixtureHomes.PathOf(name))),
                ours.Select(thread => Comparable.OfSpool(thread!))
            );
        }
    }

    [Theory, MemberData(nameof(Homes))]
    public async Task A_list_of_everything_has_every_thread_that_codex_lists_and_every_rollout_on_disk(string name)
    {
        var home = FixtureHomes.PathOf(name);
        using var spool = new RealCommandLine(home);

        var ours = new List<JsonNode?>();
        foreach (
            var options in (string[][])
                [
                    ["--all"],
                    ["--all", "--archived"],
                ]
        )
            ours.AddRange((await spool.JsonAsync(["list", "--limit", "1000", .. options]))["threads"]!.AsArray());

        var expected = FixtureHomes.ExpectedOf(name);
        Assert.Subset(
            ours.Select(thread => (string)thread!["id"]!).ToHashSet(),
            expected["active"]!.AsArray().Concat(expected["archived"]!.AsArray()).Select(thread => (string)thread!["id"]!).ToHashSet()
        );
        // A revert starts a second rollout that continues the first: together they are one thread.
        var rollouts = Directory
            .EnumerateFiles(home, "rollout-*", SearchOption.AllDirectories)
            .Select(Path.GetFileName)
            .Where(file => !file!.Contains('_', StringComparison.Ordinal))
            .Count();
        Assert.Equal(rollouts, ours.Count);
        Assert.All(ours, thread => Assert.Equal("ok", (string?)thread!["state"]));
    }

    [Theory, MemberData(nameof(Homes))]
    public async Task The_complete_view_has_a_shape_for_what_each_codex_wrote(string name)
    {
        using var spool = new RealCommandLine(FixtureHomes.PathOf(name));

        foreach (var (id, _) in FixtureHomes.ExpectedOf(name)["threads"]!.AsObject())
        {
            var shown = await spool.JsonAsync("show", id, "--turns", "--limit", "1000");
            var items = shown["turns"]!.AsArray().SelectMany(turn => turn!["items"]!.AsArray());
            // A name has a card of its own; of goals there is only one record in all homes.
            Assert.All(
                items.Where(item => (string?)item!["type"] == "record"),
                item => Assert.Contains((string?)item!["payloadType"], (string[])["thread_name_updated", "thread_goal_updated"])
            );
        }
    }

    [Theory, MemberData(nameof(Homes)), Guarantee("LOCL-10")]
    public async Task Show_with_turns_agrees_with_the_codex_that_wrote_the_home(string name)
    {
        using var spool = new RealCommandLine(FixtureHomes.PathOf(name));

        foreach (var (id, answer) in FixtureHomes.ExpectedOf(name)["threads"]!.AsObject())
        {
            var expected = answer!["thread"]!;
            var shown = await spool.JsonAsync("show", id, "--turns", "--view", "codex", "--limit", "1000");
            var thread = shown["thread"]!;

            AssertContains(expected["turns"]!, shown["turns"]!, $"{name} {id} turns");
            Assert.Null(shown["nextCursor"]);
            Assert.Equal((string?)expected["forkedFromId"], (string?)thread["forkedFromId"]);
            if (expected.AsObject().ContainsKey("parentThreadId"))
                Assert.Equal(
                    ((string?)expected["parentThreadId"], (string?)expected["threadSource"]),
                    ((string?)thread["parentThreadId"], (string?)thread["threadSource"])
                );
        }
    }

    [Theory, MemberData(nameof(Homes))]
    public async Task Turns_are_the_same_a_page_at_a_time(string name)
    {
        using var spool = new RealCommandLine(FixtureHomes.PathOf(name));

        foreach (var (id, _) in FixtureHomes.ExpectedOf(name)["threads"]!.AsObject())
        {
            var whole = (await spool.JsonAsync("show", id, "--turns", "--limit", "1000"))["turns"]!.AsArray();
            var paged = new List<string>();
            for (string? cursor = null; ; )
            {
                var page = await spool.JsonAsync([
                    "show",
                    id,
                    "--turns",
                    "--limit",
                    "1",
                    .. cursor is null ? Array.Empty<string>() : ["--cursor", cursor],
                ]);
                paged.AddRange(page["turns"]!.AsArray().Select(turn => turn!.ToJsonString()));
                if ((cursor = (string?)page["nextCursor"]) is null)
                    break;
            }

            Assert.Equal(whole.Select(turn => turn!.ToJsonString()), paged);
        }
    }

    [Theory, MemberData(nameof(Homes)), Guarantee("LOCL-11")]
    public async Task Export_as_jsonl_gives_the_files_back_byte_for_byte(string name)
    {
        var home = FixtureHomes.PathOf(name);
        using var spool = new RealCommandLine(home);

        foreach (var (id, answer) in FixtureHomes.ExpectedOf(name)["threads"]!.AsObject())
        {
            var path = ((string)answer!["thread"]!["path"]!).Replace("$CODEX_HOME", home, StringComparison.Ordinal);

            Assert.Equal(LineageBytes(home, path), await spool.RunAsync("export", id, "--format", "jsonl"));
        }
    }

    [Theory, MemberData(nameof(Homes)), Guarantee("LOCL-01")]
    public async Task No_command_leaves_a_trace_in_the_home(string name)
    {
        var home = FixtureHomes.PathOf(name);
        using var spool = new RealCommandLine(home);
        var before = HomeSnapshot.Of(home);

        foreach (
            var options in (string[][])
                [
                    [],
                    ["--json"],
                    ["--all"],
                    ["--archived"],
                    ["--search", "o"],
                    ["--sort", "updated", "--asc"],
                    ["--source", "vscode"],
                ]
        )
            await spool.RunAsync(["list", .. options]);
        foreach (var (id, _) in FixtureHomes.ExpectedOf(name)["threads"]!.AsObject())
        {
            foreach (
                var options in (string[][])
                    [
                        [],
                        ["--turns"],
                        ["--items"],
                        ["--turns", "--json"],
                        ["--items", "--json"],
                    ]
            )
                await spool.RunAsync(["show", id, .. options]);
            foreach (var format in (string[])["jsonl", "json", "md", "html"])
                await spool.RunAsync("export", id, "--format", format);
        }
        await spool.RunAsync("index", "status");
        await spool.RunAsync("index", "rebuild");
        await spool.RunAsync("list", "--limit", "1");

        Assert.Equal(before, HomeSnapshot.Of(home));
    }

    // The rollouts that a history continues, up to where it leaves them, and then its own.
    static byte[] LineageBytes(string home, string path)
    {
        var own = File.ReadAllBytes(path);
        var meta = JsonNode.Parse(own.AsSpan(0, own.AsSpan().IndexOf((byte)'\n')))!["payload"]!;
        if (meta["history_base"] is not { } @base)
            return own;
        var parent = Directory
            .EnumerateFiles(home, $"rollout-*{(string)@base["thread_id"]!}.jsonl", SearchOption.AllDirectories)
            .Single(file => file != path);
        return [.. LineageBytes(home, parent)[..^(int)(new FileInfo(parent).Length - (long)@base["end_byte_offset"]!)], .. own];
    }

    // Newer versions answer with more members; everything this one answered has to be there.
    static void AssertContains(JsonNode? expected, JsonNode? actual, string where)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach (var (key, value) in members)
                {
                    Assert.True(actual is JsonObject ours && ours.ContainsKey(key), $"{where} has no {key}");
                    AssertContains(value, actual![key], $"{where}.{key}");
                }
                break;
            case JsonArray elements:
                Assert.Equal((where, elements.Count), (where, (actual as JsonArray)?.Count ?? -1));
                for (var i = 0; i < elements.Count; i++)
                    AssertContains(elements[i], actual![i], $"{where}[{i}]");
                break;
            default:
                Assert.Equal((where, expected?.ToJsonString()), (where, actual?.ToJsonString()));
                break;
        }
    }
}
