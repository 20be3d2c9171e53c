using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Whatever of Codex's own files was looked at before, for one thread or for all and with whichever settings, an answer is the one
/// of an index made anew.</summary>
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

    [Theory]
    [InlineData("{\"id\":\"\n")]
    [InlineData("{\"id\":\"")]
    [InlineData("no names at all\n\nnone here\n")]
    [InlineData("{\"id\":\"OF 1\",\"thread_name\":\"na")]
    [InlineData(null)]
    public async Task A_look_at_one_thread_keeps_what_was_known_while_the_file_of_names_holds_none(string? instead)
    {
        _home.Put(Paginated(1));
        _home.Put(Paginated(2));
        await File.WriteAllTextAsync(Names, NameOf(Id(1), "one") + NameOf(Id(2), "two"), Stop);
        var expected = await ListAsync(null);
        File.Delete(Names);
        if (instead is null)
            Directory.CreateDirectory(Names);
        else
            await File.WriteAllTextAsync(Names, instead.Replace("OF 1", Id(1).ToString(), StringComparison.Ordinal), Stop);

        Assert.Equal("one", await FindAsync(null, Id(1)));
        Assert.Equal(expected, await ListAsync(null));
        Assert.Equal("two", await FindAsync(null, Id(2)));
        Assert.Equal(expected, await ListAsync(null));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    [InlineData("OF 2")]
    public async Task A_look_at_one_thread_takes_a_name_away_when_the_file_of_names_is_one_without_it(string instead)
    {
        _home.Put(Paginated(1));
        _home.Put(Paginated(2));
        await File.WriteAllTextAsync(Names, NameOf(Id(1), "one"), Stop);
        Assert.Equal("one", await ListAsync(null));

        await File.WriteAllTextAsync(Names, instead.Replace("OF 2", "cut {\n" + NameOf(Id(2), "two"), StringComparison.Ordinal), Stop);

        Assert.Equal("", await FindAsync(null, Id(1)));
    }

    [Fact]
    public async Task A_look_at_one_thread_finds_its_id_however_it_is_written()
    {
        foreach (var n in (int[])[1, 2, 3, 4])
            _home.Put(Paginated(n));
        var other = NameOf(Id(9), "other");
        string Line(int n, string id) => $$"""{"id":"{{id}}","thread_name":"{{n}}"}""" + "\n";
        var mixed = string.Concat(Id(2).ToString().Select((letter, i) => i % 2 == 0 ? char.ToUpperInvariant(letter) : letter));
        Database(_home.Path, "of the database", id => id.ToString().ToUpperInvariant());
        await ListAsync(null);

        await File.WriteAllTextAsync(
            Names,
            other
                + Line(1, Id(1).ToString().ToUpperInvariant())
                + Line(2, mixed)
                + Line(3, Id(3).ToString().Replace("-", "\\u002d", StringComparison.Ordinal)),
            Stop
        );

        foreach (var (n, name) in ((int, string)[])[(1, "1"), (2, "2"), (3, "3"), (4, "of the database")])
            Assert.Equal(name, await FindAsync(null, Id(n)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_of_a_thread_has_the_name_that_the_thread_has_now(bool isRenamed)
    {
        var path = _home.Put(Paginated(1));
        var copy = Path.Combine(_home.Path, "sessions", "2020", Path.GetFileName(path));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(path, copy);
        await File.WriteAllTextAsync(Names, NameOf(Id(1), "first"), Stop);
        await using var store = Open(null);
        var duplicate = (await store.EverythingAsync()).Single(thread => thread.State == ThreadCondition.Duplicate).Id;
        if (isRenamed)
        {
            await store.UpdateAsync(Id(1), new ThreadPatch { Name = Change.To("second") }, Stop);
            Assert.Equal("second", await FindAsync(null, duplicate));
        }

        await File.AppendAllTextAsync(Names, NameOf(Id(1), "third"), Stop);

        Assert.Equal("third", await FindAsync(null, duplicate));
        Assert.Equal("third", await FindAsync(null, Id(1)));
        Assert.Equal("thirdthird", await ListAsync(null));
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
        LocalThreadStore[] stores =
        [
            .. settings.Select(setting => Open(setting, home)),
            .. settings.Select(setting => Open(setting, home)),
        ];
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
                    await File.WriteAllTextAsync(Path.Combine(home.Path, "session_index.jsonl"), NameOf(id, $"line {step}"), Stop);
                    break;
                case 3:
                    File.Delete(Path.Combine(home.Path, "session_index.jsonl"));
                    break;
                case 4 when made < 6:
                    home.Put(Paginated(++made));
                    break;
                case 5 or 6:
                    Assert.True(
                        await FreshAsync(home, setting, id) == Shown(await stores[which].FindAsync(id, Stop)),
                        $"seed {seed}: {string.Join("; ", told)}"
                    );
                    break;
                default:
                    Assert.True(
                        await FreshAsync(home, setting, null) == string.Join(' ', (await stores[which].EverythingAsync()).Select(Shown)),
                        $"seed {seed}: {string.Join("; ", told)}"
                    );
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

    static string NameOf(ThreadId threadId, string name) => $$"""{"id":"{{threadId}}","thread_name":"{{name}}"}""" + "\n";

    static string Shown(StoredThread? thread) => $"{thread!.Id}:{thread.Name}:{thread.GitInfo?.Branch}";

    async Task<string> ListAsync(string? setting)
    {
        await using var store = Open(setting);
        return string.Concat((await store.EverythingAsync()).Select(thread => thread.Name));
    }

    async Task<string> FindAsync(string? setting, ThreadId threadId)
    {
        await using var store = Open(setting);
        return (await store.FindAsync(threadId, Stop))!.Name ?? "";
    }

    LocalThreadStore Open(string? setting) => Open(setting, _home);

    static LocalThreadStore Open(string? setting, TempHome home, string? cache = null) =>
        home.Open(options =>
            options with
            {
                CodexSqliteHome = setting is null ? null : Path.Combine(home.Path, setting),
                CacheDirectory = cache ?? options.CacheDirectory,
            }
        );

    static void Database(string folder, string name, Func<ThreadId, string>? spelled = null)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "state_5.sqlite");
        File.Delete(path);
        using var codex = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=False");
        codex.Open();
        using var command = codex.CreateCommand();
        command.CommandText =
            "CREATE TABLE threads (id TEXT PRIMARY KEY, rollout_path TEXT, title TEXT, first_user_message TEXT, name TEXT, git_branch TEXT, archived_at INTEGER);"
            + string.Concat(
                Enumerable
                    .Range(1, 6)
                    .Select(n =>
                        $"INSERT INTO threads (id, name, git_branch) VALUES ('{spelled?.Invoke(Id(n)) ?? Id(n).ToString()}', '{name}', 'of {name}');"
                    )
            );
        command.ExecuteNonQuery();
    }
}
