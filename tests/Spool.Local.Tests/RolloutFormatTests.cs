using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>The files that the local store writes, byte for byte.</summary>
public sealed class RolloutFormatTests : IDisposable
{
    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    [Guarantee("LOCW-12")]
    public async Task A_legacy_rollout_has_the_name_and_the_lines_that_Codex_gives_it()
    {
        await WriteAsync(HistoryModes.Legacy);

        var id = HomeBuilding.Id(1);
        Assert.Equal([$"sessions/2026/11/22/rollout-2026-11-22T18-48-43-{id}.jsonl"], _home.Rollouts());
        Assert.Equal(
            $$$"""
            {"timestamp":"2026-11-22T16:48:43.120Z","type":"session_meta","payload":{{{Encoding.UTF8.GetString(
                Meta(1).ToItem().Payload.Span
            )}}}}
            {"timestamp":"2026-11-22T16:48:43.120Z","type":"event_msg","payload":{"type":"user_message","message":"hello"}}
            {"timestamp":"2001-02-03T04:05:06.789Z","type":"response_item","payload":{"type":"message"},"metadata":{"a":1}}

            """,
            _home.Text(_home.Rollouts().Single())
        );
    }

    [Fact]
    [Guarantee("LOCW-13")]
    public async Task A_paginated_rollout_has_an_ordinal_on_every_line()
    {
        await WriteAsync(HistoryModes.Paginated);

        Assert.Equal(
            $$$"""
            {"timestamp":"2026-11-22T16:48:43.120Z","ordinal":0,"type":"session_meta","payload":{{{Encoding.UTF8.GetString(
                Meta(1, HistoryModes.Paginated).ToItem().Payload.Span
            )}}}}
            {"timestamp":"2026-11-22T16:48:43.120Z","ordinal":1,"type":"event_msg","payload":{"type":"user_message","message":"hello"}}
            {"timestamp":"2001-02-03T04:05:06.789Z","ordinal":2,"type":"response_item","payload":{"type":"message"},"metadata":{"a":1}}

            """,
            _home.Text(_home.Rollouts().Single())
        );
    }

    [Fact]
    [Guarantee("LOCW-14")]
    public async Task A_history_that_continues_another_rollout_goes_on_with_its_ordinals()
    {
        await using var store = _home.Open();
        var meta = Meta(1, HistoryModes.Paginated) with { HistoryBase = new HistoryBase(HomeBuilding.Id(2), 17, 4000) };
        await using var writer = await store.CreateAsync(new CreateRequest(HomeBuilding.Id(1), meta.ToItem()), Stop);

        Assert.Equal(new AppendReceipt(18, 1), await writer.AppendAsync(Items("hello"), Stop));
        Assert.Equal(
            [17, 18],
            _home
                .Text(_home.Rollouts().Single())
                .Trim()
                .Split('\n')
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("ordinal").GetInt32())
        );
    }

    [Fact]
    [Guarantee("LOCW-15")]
    public async Task The_first_item_gets_the_state_of_the_repository_it_is_about_where_that_is_asked_for()
    {
        var folder = Path.Combine(_home.Cache, "repository");
        Directory.CreateDirectory(Path.Combine(folder, "below"));
        Git(folder, "init", "-q", "-b", "trunk");
        Git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "first");
        Git(folder, "remote", "add", "origin", "https://example.com/x.git");

        await using var store = _home.Open(options => options with { RepositoryState = RepositoryState.FromWorkingFolder });
        await using (
            var writer = await store.CreateAsync(
                new CreateRequest(HomeBuilding.Id(1), (Meta(1) with { Cwd = Path.Combine(folder, "below") }).ToItem()),
                Stop
            )
        )
            await writer.PersistAsync(Stop);
        await using (
            var writer = await store.CreateAsync(
                new CreateRequest(HomeBuilding.Id(2), (Meta(2) with { Cwd = folder, Git = new GitInfo("abc", null, null) }).ToItem()),
                Stop
            )
        )
            await writer.PersistAsync(Stop);

        Assert.Equal(
            new GitInfo(Git(folder, "rev-parse", "HEAD"), "trunk", "https://example.com/x.git"),
            (await store.FindAsync(HomeBuilding.Id(1), Stop))!.GitInfo
        );
        Assert.Equal(new GitInfo("abc", null, null), (await store.FindAsync(HomeBuilding.Id(2), Stop))!.GitInfo);

        // The folder is the caller's word, and the address of a repository may have a password in it.
        await using var another = _home.Open();
        await using (
            var writer = await another.CreateAsync(new CreateRequest(HomeBuilding.Id(3), (Meta(3) with { Cwd = folder }).ToItem()), Stop)
        )
            await writer.PersistAsync(Stop);
        Assert.Null((await another.FindAsync(HomeBuilding.Id(3), Stop))!.GitInfo);
    }

    async Task WriteAsync(string historyMode)
    {
        await using var store = _home.Open(options => options with { Time = new FixedTime() });
        await using var writer = await store.CreateAsync(1, historyMode);
        var dated = new NewItem("response_item", "{\"type\":\"message\"}"u8.ToArray())
        {
            Metadata = "{\"a\":1}"u8.ToArray(),
            Timestamp = new DateTimeOffset(2001, 2, 3, 4, 5, 6, 789, TimeSpan.Zero),
        };
        await writer.AppendAsync(new AppendRequest([Message("hello"), dated]), Stop);
    }

    static string Git(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var answer = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return answer.Trim();
    }

    /// <summary>A clock that stands, in a zone two hours ahead.</summary>
    sealed class FixedTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("two", TimeSpan.FromHours(2), "two", "two");

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 16, 48, 43, 120, TimeSpan.Zero);
    }
}
