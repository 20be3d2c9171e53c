using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Whatever of Codex's own files was looked at before, for one thread or for all and with whichever settings, an answer is the one of an index made anew.</summary>
public sealed class OverlayStateTests : IDisposable
{
    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    string Names => Path.Combine(_home.Path, "session_index.jsonl");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task What_a_look_at_one_thread_took_over_goes_when_its_source_does()
    {
        _home.Put(Paginated(1));
        await ListAsync(null);
        await using (var store = Open(null))
            await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("renamed") }, Stop);

        File.Delete(Names);

        Assert.Equal("", await ListAsync(null));
        Database(_home.Path, "of the database");
        await FindAsync(null, Id(1));
        File.Delete(Path.Combine(_home.Path, "state_5.sqlite"));
        Assert.Equal("", await ListAsync(null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_look_with_other_settings_leaves_nothing_to_those_with_these(bool isNamedElsewhere)
    {
        _home.Put(Paginated(1));
        Database(isNamedElsewhere ? Path.Combine(_home.Path, "alt") : _home.Path, "a name");
        var expected = await ListAsync(null);

        await using (var store = Open("alt"))
        {
            await store.ArchiveAsync(Id(1), Stop);
            await store.UnarchiveAsync(Id(1), Stop);
        }
        Assert.Equal(expected, await ListAsync(null));
        await FindAsync("alt", Id(1));
        Assert.Equal(expected, await FindAsync(null, Id(1)));
    }

    [Fact]
    public async Task A_thread_that_a_look_with_other_settings_found_first_is_shown_with_these_as_they_say()
    {
        _home.Put(Paginated(1));
        Database(Path.Combine(_home.Path, "alt"), "elsewhere");
        await using var store = Open(null);
        await store.EverythingAsync();
        foreach (var n in (int[])[2, 3])
            _home.Put(Paginated(n));

        Assert.Equal("elsewhere", await FindAsync("alt", Id(2)));
        Assert.Equal("elsewhere", await FindAsync("alt", Id(3)));

        Assert.Null((await store.FindAsync(Id(2), Stop))!.Name);
        Assert.Equal("", string.Concat((await store.EverythingAsync()).Select(thread => thread.Name)));
    }

    [Fact]
    public async Task Looks_in_any_order_and_with_any_settings_answer_as_an_index_made_anew()
    {
        for (var seed = 1; seed <= 5; seed++)
            await LookInAnyOrderAsync(seed);
    }

    static async Task LookInAnyOrderAsync(int seed)
    {
        using var home = new TempHome();
        var random = new Random(seed);
        home.Put(Paginated(1));
        home.Put(Legacy(2));
        Directory.CreateDirectory(Path.Combine(home.Path, "alt"));
        string?[] settings = [null, "alt"];
        LocalThreadStore[] stores = [.. settings.Select(setting => Open(setting, home)), .. settings.Select(setting => Open(setting, home))];
        var made = 2;
        var told = new List<string>();
        for (var step = 0; step < 24; step++)
        {
            var which = random.Next(stores.Length);
            var (setting, id) = (settings[which % 2], Id(random.Next(1, made + 1)));
            var folder = Path.Combine(home.Path, random.Next(2) == 0 ? "" : "alt");
            var action = random.Next(9);
            told.Add($"{action} {which} {id.ToString()[^2..]} {folder[home.Path.Length..]}");
            switch (action)
            {
                case 0:
                    Database(folder, $"name {step}");
                    break;
                case 1:
                    File.Delete(Path.Combine(folder, "state_5.sqlite"));
                    break;
                case 2:
                    await File.WriteAllTextAsync(Path.Combine(home.Path, "session_index.jsonl"), $$"""{"id":"{{id}}","thread_name":"line {{step}}"}""" + "\n", Stop);
                    break;
                case 3:
                    File.Delete(Path.Combine(home.Path, "session_index.jsonl"));
                    break;
                case 4 when made < 6:
                    home.Put(Paginated(++made));
                    break;
                case 5 or 6:
                    Assert.True(await FreshAsync(home, setting, id) == Shown(await stores[which].FindAsync(id, Stop)), $"seed {seed}: {string.Join("; ", told)}");
                    break;
                default:
                    Assert.True(await FreshAsync(home, setting, null) == string.Join(' ', (await stores[which].EverythingAsync()).Select(Shown)), $"seed {seed}: {string.Join("; ", told)}");
                    break;
            }
        }
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    static async Task<string> FreshAsync(TempHome home, string? setting, ThreadId? one)
    {
        var cache = home.Cache + "-fresh";
        try
        {
            await using var store = Open(setting, home, cache);
            var all = await store.EverythingAsync();
            return one is { } id ? Shown(all.Single(thread => thread.Id == id)) : string.Join(' ', all.Select(Shown));
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    static string Shown(StoredThread? thread) => $"{thread!.Id}:{thread.Name}:{thread.GitInfo?.Branch}";

    async Task<string> ListAsync(string? setting)
    {
        await using var store = Open(setting);
        return string.Concat((await store.EverythingAsync()).Select(thread => thread.Name));
    }

    async Task<string> FindAsync(string? setting, ThreadId thread)
    {
        await using var store = Open(setting);
        return (await store.FindAsync(thread, Stop))!.Name ?? "";
    }

    LocalThreadStore Open(string? setting) => Open(setting, _home);

    static LocalThreadStore Open(string? setting, TempHome home, string? cache = null) => home.Open(options => options with
    {
        CodexSqliteHome = setting is null ? null : Path.Combine(home.Path, setting),
        CacheDirectory = cache ?? options.CacheDirectory,
    });

    static void Database(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "state_5.sqlite");
        File.Delete(path);
        using var codex = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False");
        codex.Open();
        using var command = codex.CreateCommand();
        command.CommandText = "CREATE TABLE threads (id TEXT PRIMARY KEY, rollout_path TEXT, title TEXT, first_user_message TEXT, name TEXT, git_branch TEXT, archived_at INTEGER);"
            + string.Concat(Enumerable.Range(1, 6).Select(n => $"INSERT INTO threads (id, name, git_branch) VALUES ('{Id(n)}', '{name}', 'of {name}');"));
        command.ExecuteNonQuery();
    }
}
