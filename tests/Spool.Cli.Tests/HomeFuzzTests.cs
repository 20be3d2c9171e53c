using System.Diagnostics;
using System.Text.Json;

namespace Spool.Cli.Tests;

/// <summary>Random homes: every command ends with an exit code of <c>docs/cli.md</c> that is no bug, JSON is JSON, everything on the disk
/// is listed or named as unreadable, with the state that it has to have where that is known, and nothing changes a healthy thread that was
/// not named.</summary>
/// <remarks>
/// A home and what is done with it depend on its number alone. <c>SPOOL_FUZZ_HOME</c> is the number of the first one,
/// <c>SPOOL_FUZZ_HOMES</c> how many are tried, and <c>SPOOL_FUZZ_MINUTES</c> for how long instead; <c>./fuzz</c> sets them.
/// </remarks>
public sealed class HomeFuzzTests
{
    const int CommandsForEachHome = 14;

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Every_command_on_any_home_ends_as_documented_and_hides_nothing()
    {
        var (first, homes, minutes) = (Setting("SPOOL_FUZZ_HOME") ?? 1, Setting("SPOOL_FUZZ_HOMES") ?? 20, Setting("SPOOL_FUZZ_MINUTES"));
        var (number, files, lines, commands, since) = (first, 0L, 0L, 0L, Stopwatch.StartNew());
        for (; minutes is null ? number - first < homes : since.Elapsed.TotalMinutes < minutes; number++)
        {
            var home = await CheckAsync((int)number);
            (files, lines, commands) = (files + home.Files, lines + home.Lines, commands + home.Commands);
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"homes {first} to {number - 1}: {number - first} homes with {files} files and {lines} lines, {commands} commands in {since.Elapsed.TotalSeconds:F0} s"
        );
    }

    static async Task<(long Files, long Lines, long Commands)> CheckAsync(int number)
    {
        var root = Directory.CreateTempSubdirectory("spool-fuzz-").FullName; // a link out of the home leads here
        var folder = Directory.CreateDirectory(Path.Join(root, "home")).FullName;
        var random = new Random(number);
        var home = new RandomHome(random, folder);
        var done = new List<string>();
        try
        {
            home.Build();
            using var spool = new RealCommandLine(folder);
            var unchanged = new HashSet<string>(home.Healthy.Keys.Select(id => id.ToString()), StringComparer.Ordinal);
            await CheckListsAsync(spool, home, unchanged, done);
            await CheckProblemsAsync(spool, home, done);
            for (var i = 0; i < CommandsForEachHome; i++)
            {
                var command = AnyCommand(random, home);
                if (command[0] is "rename" or "archive" or "unarchive" or "delete")
                    unchanged.ExceptWith(command);
                var result = await RunAsync(spool, done, command);
                if (command[0] is "list" or "index")
                    Assert.True(result.Code is 0, $"code {result.Code}: {result.Error}");
            }
            var grown = await CheckListsAsync(spool, home, unchanged, done);
            await RunAsync(spool, done, "index", "rebuild");
            var rebuilt = await CheckListsAsync(spool, home, unchanged, done);
            Assert.True(
                rebuilt.SequenceEqual(grown),
                $"the index says now\n{string.Join('\n', rebuilt.Except(grown))}\nand said before its rebuild\n{string.Join('\n', grown.Except(rebuilt))}"
            );
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"Home {number} failed; it is left in {folder}, and this tries it again: ./eng/fuzz --home {number} --rounds 1\nspool {string.Join("\nspool ", done)}\n{e.Message}",
                e
            );
        }
        RandomHome.Delete(root);
        return (home.Files, home.Lines, done.Count);
    }

    // Gives everything that is listed.
    static async Task<string[]> CheckListsAsync(RealCommandLine spool, RandomHome home, HashSet<string> unchanged, List<string> done)
    {
        JsonElement[] everything = [.. await ListAsync(spool, done, "--all"), .. await ListAsync(spool, done, "--all", "--archived")];
        var listed = new ListedHome(home.Folder, everything);
        listed.Check(home.Planted.All, home.IsContinued);
        var usual = await ListAsync(spool, done);
        Assert.Equal(listed.Usual.Order(), usual.Concat(await ListAsync(spool, done, "--archived")).Select(IdOf).Order());
        await CheckPagesAsync(spool, done, usual);
        var states = everything.ToLookup(IdOf, thread => thread.GetProperty("state").GetString());
        foreach (var (id, log) in home.Healthy.Where(thread => unchanged.Contains(thread.Key.ToString())))
        {
            Assert.Equal(["ok"], states[id.ToString()]);
            Assert.Equal(log, (await RunAsync(spool, done, "export", id.ToString(), "--format", "jsonl")).Bytes);
            var turns = await RunAsync(spool, done, "show", id.ToString(), "--turns", "--json");
            Assert.True(turns.Code == 0, turns.Error);
            using var shown = JsonDocument.Parse(turns.Bytes);
            Assert.Equal(2, shown.RootElement.GetProperty("turns").GetArrayLength());
        }
        return [.. everything.Select(thread => thread.GetRawText())];
    }

    // Several pages have what one has, in its order, and every page names the places that could not be read.
    static async Task CheckPagesAsync(RealCommandLine spool, List<string> done, JsonElement[] whole)
    {
        var threads = new List<string>();
        string[] next = [];
        do
        {
            using var page = JsonDocument.Parse(
                (await RunAsync(spool, done, ["list", "--agents", "--limit", "4", "--json", .. next])).Bytes
            );
            threads.AddRange(page.RootElement.GetProperty("threads").EnumerateArray().Select(IdOf));
            next = page.RootElement.GetProperty("nextCursor").GetString() is { } cursor ? ["--cursor", cursor] : [];
        } while (next.Length > 0);
        Assert.Equal(whole.Select(IdOf), threads);
    }

    static async Task CheckProblemsAsync(RealCommandLine spool, RandomHome home, List<string> done)
    {
        var list = await RunAsync(spool, done, "list", "--json");
        using var json = JsonDocument.Parse(list.Bytes);
        string[] places = json.RootElement.TryGetProperty("problems", out var problems)
            ? [.. problems.EnumerateArray().Select(problem => problem.GetProperty("place").GetString()!)]
            : [];
        var isCut =
            problems.ValueKind == JsonValueKind.Array
            && problems
                .EnumerateArray()
                .Any(problem =>
                    problem.GetProperty("reason").GetString()!.EndsWith("more rollouts cannot be read.", StringComparison.Ordinal)
                );
        foreach (var place in home.Planted.Problems.Where(place => !isCut || !place.EndsWith(".jsonl", StringComparison.Ordinal)))
            Assert.True(
                places.Any(named => named.StartsWith(place, StringComparison.Ordinal)),
                $"{place} cannot be read, and the list does not say so"
            );
    }

    static async Task<JsonElement[]> ListAsync(RealCommandLine spool, List<string> done, params string[] options)
    {
        var list = await RunAsync(spool, done, ["list", "--agents", "--limit", "1000", "--json", .. options]);
        Assert.True(list.Code == 0, list.Error);
        using var json = JsonDocument.Parse(list.Bytes);
        return [.. json.RootElement.GetProperty("threads").EnumerateArray().Select(thread => thread.Clone())];
    }

    static string IdOf(JsonElement thread) => thread.GetProperty("id").GetString()!;

    static async Task<Result> RunAsync(RealCommandLine spool, List<string> done, params string[] command)
    {
        done.Add(string.Join(' ', command));
        var result = await spool.TryAsync(command).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(result.Code is 0 or >= 2 and <= 8, $"code {result.Code}: {result.Error}");
        if (result.Code == 0 && (command.Contains("--json") || command is ["export", _, _, "json"]))
        {
            foreach (var line in command[0] == "export" ? [result.Bytes.AsMemory()] : Lines(result.Bytes))
                JsonDocument.Parse(line).Dispose();
        }
        if (result.Code != 0)
            Assert.Contains("error: ", result.Error, StringComparison.Ordinal);
        if (result.Code != 0 && command.Contains("--json"))
        {
            var error = result.Error.Split('\n').Last(line => line.StartsWith("{\"error\":", StringComparison.Ordinal));
            JsonDocument.Parse(error).Dispose();
        }
        return result;
    }

    static IEnumerable<ReadOnlyMemory<byte>> Lines(byte[] bytes)
    {
        for (int start = 0, end; start < bytes.Length; start = end + 1)
        {
            end = Array.IndexOf(bytes, (byte)'\n', start);
            Assert.NotEqual(-1, end);
            yield return bytes.AsMemory(start, end - start);
        }
    }

    static string[] AnyCommand(Random random, RandomHome home)
    {
        var which = random.Next(20);
        // what may be any thread is only read
        var id = which is >= 5 and <= 12 && random.Next(10) == 0 ? Pick("last", "last~2", "01a2") : home.AnyId();
        string[] command = which switch
        {
            0 => ["list", "--sort", Pick("created", "updated", "recency"), "--limit", Pick("1", "3", "1000")],
            1 => ["list", "--archived", "--asc", "--all"],
            2 => ["list", "--search", Pick("question", "", "\0", "%", "\"")],
            3 => ["list", "--source", Pick("cli", "subAgent", "unknown", "x"), "--provider", Pick("openai", "")],
            4 => ["list", "--cwd", Pick("/home/dev/app", "c:\\x", ".", "~")],
            5 => ["show", id],
            6 or 7 => ["show", id, "--turns", "--limit", Pick("1", "2", "1000")],
            8 or 9 => ["show", id, "--items", "--limit", Pick("1", "3", "10000")],
            10 => ["export", id, "--format", "jsonl"],
            11 => ["export", id, "--format", "json"],
            12 => ["export", id, "--format", Pick("md", "html")],
            13 => ["rename", id, Pick("a name", "é\U0001F600", "--clear", " ")],
            14 => ["archive", id],
            15 => ["unarchive", id],
            16 => ["fork", id],
            17 => ["fork", id, "--before-turn", Pick("t", "rollout-1", "")],
            18 => ["delete", id, "--yes"],
            _ => ["index", Pick("status", "rebuild")],
        };
        return random.Next(2) == 0 && command[0] != "export" ? [.. command, "--json"] : command;

        string Pick(params string[] from) => from[random.Next(from.Length)];
    }

    static long? Setting(string variable) => long.TryParse(Environment.GetEnvironmentVariable(variable), out var value) ? value : null;
}
