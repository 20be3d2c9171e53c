using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Codex's databases are read and changed where Codex has them: where its settings say, where the environment says, else in the
/// home.</summary>
public sealed class CodexSettingsTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string User => Path.Combine(_home.Cache, "user");

    string Settings => Path.Combine(_home.Path, "config.toml");

    public void Dispose() => _home.Dispose();

    // @ stands for the home, and at the beginning of what is expected ~ for the user's folder.
    [Theory, Guarantee("LOCD-01")]
    [InlineData(null, null, "@")]
    [InlineData("", null, "@")]
    [InlineData(null, "@/env", "@/env")]
    [InlineData("sqlite_home = '@/set'", null, "@/set")]
    [InlineData("sqlite_home = '@/set'", "@/env", "@/set")]
    [InlineData("model = 'x' # sqlite_home = 'no'\n\"sqlite_home\" = \"@/set\" # so", "@/env", "@/set")]
    [InlineData("sqlite_home = 'deep/er'", "@/env", "@/deep/er")]
    [InlineData("sqlite_home = './x/../y'", null, "@/y")]
    [InlineData("sqlite_home = '~'", null, "~")]
    [InlineData("sqlite_home = '~/databases'", "@/env", "~/databases")]
    [InlineData("sqlite_home = '~other/x'", null, "@/~other/x")]
    [InlineData("sqlite_home = '$HOME/x'", null, "@/$HOME/x")]
    [InlineData("sqlite_home = ''", "@/env", "@")]
    [InlineData("sqlite_home = '''\n@/set'''", null, "@/set")]
    [InlineData("[tools]\nsqlite_home = '@/no'", null, "@")]
    [InlineData("sqlite_home = '@/set'\n[a.b]\nx = 1\n[a]\ny = 2\n[[c]]\nz = 1\n[[c]]\nz = 2\n[c.d]\ne.f = 1\ne.g = 2", null, "@/set")]
    [InlineData("a = { sqlite_home = '@/no' }\nb = [ { sqlite_home = '@/no' } ]\nc.sqlite_home = '@/no'", "@/env", "@/env")]
    [InlineData("text = \"\"\"\nsqlite_home = '@/no'\n\"\"\"\nsqlite_home = '@/set'\n[sqlite]\nsqlite_home = 1", null, "@/set")]
    public async Task A_name_is_read_and_changed_in_the_database_that_codex_uses(string? settings, string? environment, string expected)
    {
        _home.Put(Paginated(1));
        if (settings is not null)
            File.WriteAllText(Settings, Placed(settings));
        var codex = CodexAt(expected.StartsWith('~') ? User + expected[1..] : Placed(expected), "before");
        await using var store = Open(environment);

        Assert.Equal("before", (await store.FindAsync(Id(1), Stop))!.Name);
        var changed = await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("after") }, Stop);

        Assert.Empty(changed.Warnings);
        Assert.Contains(" name=after", codex.Rows().Single(), StringComparison.Ordinal);
    }

    [Theory, Guarantee("LOCD-02")]
    [InlineData("sqlite_home = 3")]
    [InlineData("sqlite_home = ['@/set']")]
    [InlineData("sqlite_home.x = '@/set'")]
    [InlineData("[sqlite_home]\nx = '@/set'")]
    [InlineData("sqlite_home = '@/set'\nsqlite_home = '@/set'")]
    [InlineData("sqlite_home = '@/set'\n[unfinished")]
    [InlineData("sqlite_home = \"@/set\\u0000\"")]
    [InlineData("sqlite_home = '@/set'\n[a]\n[a]")]
    [InlineData("sqlite_home = '@/set'\n[a]\nx = 1\n[b]\n[a]")]
    [InlineData("sqlite_home = '@/set'\nx = 1\nx = 2")]
    [InlineData("sqlite_home = '@/set'\n[a.b]\n[a]\nb = 1")]
    public async Task Settings_that_codex_could_not_load_count_as_none_and_a_change_says_so(string settings)
    {
        _home.Put(Paginated(1));
        File.WriteAllText(Settings, Placed(settings));
        CodexAt(Placed("@/env"), "in the environment's");
        await using var store = Open("@/env");

        Assert.Equal("in the environment's", (await store.FindAsync(Id(1), Stop))!.Name);
        Assert.Contains(
            "config.toml",
            Assert.Single((await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("after") }, Stop)).Warnings),
            StringComparison.Ordinal
        );
    }

    [Fact, Guarantee("LOCD-03")]
    public async Task Settings_that_change_while_a_store_is_open_are_followed()
    {
        _home.Put(Paginated(1));
        CodexAt(_home.Path, "at home");
        CodexAt(Placed("@/set"), "elsewhere");
        await using var store = Open(null);

        Assert.Equal("at home", (await store.FindAsync(Id(1), Stop))!.Name);
        File.WriteAllText(Settings, "sqlite_home = 'set'");
        Assert.Equal("elsewhere", (await store.FindAsync(Id(1), Stop))!.Name);
        Directory.Delete(Placed("@/set"), recursive: true);
        Assert.Null((await store.FindAsync(Id(1), Stop))!.Name);
        File.Delete(Settings);
        Assert.Equal("at home", (await store.FindAsync(Id(1), Stop))!.Name);
    }

    [Theory, Guarantee("LOCD-04")]
    [InlineData("sqlite_home = 'elsewhere'", null, null)]
    [InlineData(null, "@/elsewhere", null)]
    [InlineData(null, null, ".personality_migration")]
    [InlineData(null, null, ".sandbox_migration")]
    [InlineData(null, null, "installation_id")]
    public async Task A_change_that_finds_no_database_where_one_is_expected_says_so(string? settings, string? environment, string? trace)
    {
        _home.Put(Paginated(1));
        _home.Put(Legacy(2));
        if (settings is not null)
            File.WriteAllText(Settings, settings);
        if (trace is not null)
            File.WriteAllText(Path.Combine(_home.Path, trace), "");
        await using var store = Open(environment);
        var turn = (await store.ListTurnsAsync(new ListTurnsRequest(Id(1)), Stop)).Items[0].Id;

        var renamed = await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop);
        var edited = await store.UpdateAsync(Id(1), new ThreadPatch { MemoryMode = "disabled", Branch = Change.To("main") }, Stop);
        var archived = await store.ArchiveAsync(Id(1), Stop);
        var back = await store.UnarchiveAsync(Id(1), Stop);
        var reverted = await store.RevertAsync(Id(1), turn, Stop);
        var deleted = await store.DeleteAsync(Id(2), Stop);

        Assert.Equal(("new", "disabled", "main"), (renamed.Thread.Name, edited.Thread.MemoryMode, edited.Thread.GitInfo?.Branch));
        Assert.All(
            [
                renamed.Warnings,
                edited.Warnings,
                archived.Warnings,
                back.Warnings,
                reverted.Warnings,
                [.. deleted.Left.Select(left => left.ToString())],
            ],
            warnings => Assert.Contains("not found", Assert.Single(warnings), StringComparison.Ordinal)
        );
        Assert.Empty(Directory.GetFiles(_home.Path, "*.sqlite*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("nowhere", "nowhere", false)]
    [InlineData("config.toml", "config.toml", false)]
    [InlineData("there", null, true)]
    public async Task A_named_folder_that_is_none_is_said_and_every_change_works(string named, string? place, bool isThere)
    {
        _home.Put(Paginated(1));
        if (isThere)
            Directory.CreateDirectory(Path.Combine(_home.Path, named));
        File.WriteAllText(Settings, $"sqlite_home = '{named}'");
        await using var store = Open(null);

        var problems = (await store.ListAsync(new ThreadQuery(), Stop)).Problems;

        Assert.Equal(place is null ? [] : [place], problems.Select(problem => problem.Place));
        await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("new") }, Stop);
        await store.ArchiveAsync(Id(1), Stop);
        await store.UnarchiveAsync(Id(1), Stop);
        await store.ForkAsync(new ForkRequest(Id(1), Id(3)), Stop);
        await store.DeleteAsync(Id(3), Stop);
        await store.DeleteAsync(Id(1), Stop);
        Assert.Empty(await store.EverythingAsync());
    }

    [Theory]
    [InlineData("relative", null)]
    [InlineData(null, "relative")]
    public void Folders_in_the_options_are_absolute(string? databases, string? user) =>
        Assert.Throws<ArgumentException>(() => _home.Open(options => options with { CodexSqliteHome = databases, UserFolder = user }));

    LocalThreadStore Open(string? environment) =>
        _home.Open(options => options with { CodexSqliteHome = environment is null ? null : Placed(environment), UserFolder = User });

    static CodexDatabase CodexAt(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        var codex = new CodexDatabase(folder).Create().Add(Id(1), "/before", historyMode: "paginated");
        codex.Execute($"UPDATE threads SET name = '{name.Replace("'", "''", StringComparison.Ordinal)}'");
        return codex;
    }

    string Placed(string text) => text.Replace("@", _home.Path, StringComparison.Ordinal);
}
