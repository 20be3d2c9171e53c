namespace Spool.Cli.Tests;

/// <summary>Where the home and the cache are, in whatever surroundings a command is started.</summary>
public sealed class UserPlacesTests
{
    const string NoFolder =
        "The user's own folder is not known, because HOME is not set to an absolute path and the system does not know it either; ";

    readonly CommandLine _spool = new();

    [Fact]
    public async Task Where_the_current_folder_was_deleted_absolute_paths_and_defaults_work()
    {
        _spool.Places = new UserPlaces { UserFolder = "/home/ann" };

        Assert.Equal((0, "/home/ann/.codex"), ((await _spool.RunAsync("list", "--cwd", "/srv")).Code, _spool.Opened!.Home));
        Assert.Equal(
            (0, "/x", "/home/ann/y"),
            ((await _spool.RunAsync("list", "--home", "/x/../x", "--cache", "~/y")).Code, _spool.Opened.Home, _spool.Opened.CacheDirectory)
        );
    }

    [Theory]
    [InlineData("old", "list", "--home", "old")]
    [InlineData("old", "list", "--cache=old")]
    [InlineData(".", "list", "--cwd", ".")]
    [InlineData("token", "list", "--remote", "http://127.0.0.1:1", "--remote-token-file", "token")]
    [InlineData("here.md", "export", Samples.Id1, "-f", "md", "-o", "here.md")]
    [InlineData("tokens", "serve", "--store", "memory", "--token-file", "tokens")]
    public async Task Where_the_current_folder_was_deleted_a_relative_path_is_refused_in_words(string path, params string[] args)
    {
        _spool.Places = new UserPlaces { UserFolder = "/home/ann" };
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.Zero, "x"));

        var result = await _spool.RunAsync(args);

        Assert.Equal(
            (
                2,
                "",
                $"error: The current folder does not exist any more, so the relative path {path} leads nowhere; give an absolute path.\n"
            ),
            (result.Code, result.Out, result.Error)
        );
    }

    [Fact]
    public async Task A_variable_with_a_relative_path_is_refused_only_where_it_is_needed()
    {
        _spool.Places = new UserPlaces { UserFolder = "/home/ann", CodexHome = "old" };

        Assert.Equal(2, (await _spool.RunAsync("list")).Code);
        Assert.Equal(0, (await _spool.RunAsync("list", "--home", "/x")).Code);
        Assert.Equal(0, (await _spool.RunAsync("--help")).Code);
    }

    [Fact]
    public async Task Without_a_folder_of_the_user_nothing_falls_back_on_the_current_one()
    {
        _spool.Places = new UserPlaces { WorkingDirectory = "/w" };

        Assert.Equal($"error: {NoFolder}name the folder with --home or CODEX_HOME.\n", (await _spool.RunAsync("list")).Error);
        Assert.Equal(
            $"error: {NoFolder}name the folder with --cache or XDG_CACHE_HOME.\n",
            (await _spool.RunAsync("list", "--home", "x")).Error
        );
        Assert.Equal(
            $"error: {NoFolder}give an absolute path instead of ~/x.\n",
            (await _spool.RunAsync("list", "--home=~/x", "--cache", "c")).Error
        );
        Assert.Equal((2, null), ((await _spool.RunAsync("list")).Code, _spool.Opened));
        Assert.Equal(
            (0, new StoreLocation("/w/x", "/w/c")),
            ((await _spool.RunAsync("list", "--home", "x", "--cache", "c")).Code, _spool.Opened)
        );
    }

    [Fact]
    public void The_databases_of_Codex_are_where_its_variable_says()
    {
        var places = new UserPlaces { UserFolder = "/home/ann", WorkingDirectory = "/w" };

        Assert.Equal("/w/db", (places with { CodexSqliteHome = " db " }).Locate(null, null).CodexSqliteHome);
        Assert.Equal("/home/ann/db", (places with { CodexSqliteHome = "~/db" }).Locate(null, null).CodexSqliteHome);
        Assert.Null((places with { CodexSqliteHome = "  " }).Locate(null, null).CodexSqliteHome);
    }
}
