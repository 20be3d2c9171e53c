using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Codex's databases are found wherever its settings and its environment put them: the real Codex says where that is.</summary>
public sealed class CodexDatabasesTests : CodexTests
{
    /// <summary>Gets each release with settings and a variable of the environment (@ is the folder of the test's user), and where the
    /// databases are then.</summary>
    public static TheoryData<string, string?, string?, string> Places
    {
        get
        {
            var places = new TheoryData<string, string?, string?, string>();
            foreach (var release in Modes.All.Select(row => row.Data.Item1).Distinct())
            {
                places.Add(release, "~/set", "@/env", "@/set");
                places.Add(release, "in/home", null, "home/in/home");
                places.Add(release, null, "@/env", "@/env");
            }
            return places;
        }
    }

    [Theory, MemberData(nameof(Places)), Guarantee("CDEX-31")]
    public async Task Names_go_both_ways_wherever_the_databases_are(string release, string? settings, string? environment, string expected)
    {
        var home = NewHome();
        if (settings is not null)
            home.Configure($"sqlite_home = \"{settings}\"");
        home.SqliteHome = environment is null ? home.Path : environment.Replace("@", home.User, StringComparison.Ordinal);
        var folder = expected.StartsWith('@') ? home.User + expected[1..] : Path.Combine(Path.GetDirectoryName(home.Path)!, expected);
        await using var store = home.Open();
        ThreadId threadId;
        await using (var codex = await home.StartAsync(release))
        {
            threadId = await codex.StartThreadAsync();
            await codex.TurnAsync(threadId, "first question");
            await codex.NameAsync(threadId, "Named by Codex");
        }
        Assert.True(File.Exists(Path.Combine(folder, "state_5.sqlite")));
        Assert.False(File.Exists(Path.Combine(home.Path, "state_5.sqlite")));
        // Without the list only the row has the name.
        if (release is not (CodexRelease.V125 or CodexRelease.V128))
        {
            File.Delete(Path.Combine(home.Path, "session_index.jsonl"));
            Assert.Equal("Named by Codex", (await store.FindAsync(threadId, Cancellation))!.Name);
        }

        Assert.Empty((await store.UpdateAsync(threadId, new ThreadPatch { Name = Change.To("Named by Spool") }, Cancellation)).Warnings);
        Assert.Empty((await store.ArchiveAsync(threadId, Cancellation)).Warnings);

        await using (var codex = await home.StartAsync(release))
            Assert.Equal("Named by Spool", (string?)Assert.Single(await codex.ListAsync(archived: true))["name"]);
        Assert.False(File.Exists(Path.Combine(home.Path, "state_5.sqlite")));
    }
}
