using System.Text.Json.Nodes;
using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>What Codex keeps in a home through <c>spool serve</c>: who else finds it, and what faults do to it.</summary>
public sealed class ServedHomeTests : CodexTests
{
    // What Codex's own store keeps of such a conversation. Codex sends a remote store everything that happens.
    static readonly HashSet<string> Kept =
    [
        "session_meta",
        "turn_context",
        "compacted",
        "response_item",
        "user_message",
        "agent_message",
        "token_count",
        "thread_name_updated",
        "context_compacted",
        "thread_rolled_back",
        "turn_aborted",
        "task_started",
        "task_complete",
    ];

    /// <summary>Gets the releases that can have a remote store.</summary>
    public static TheoryData<string> Releases => [CodexRelease.V125, CodexRelease.V128, CodexRelease.V129];

    [Theory, MemberData(nameof(Releases)), Guarantee("CDEX-25")]
    public async Task What_codex_keeps_with_a_server_is_found_by_spool_list_and_by_a_codex_on_the_home_itself(string release)
    {
        await using var session = await StartAsync(release);
        var conversation = new Conversation(session);
        await conversation.HoldAsync();
        await session.EndServerAsync(ServerEnd.Stopped);

        var listed = (await SpoolProgram.ListAsync(session.Served)).ToDictionary(thread => (string)thread["id"]!);
        Assert.Equal(conversation.All.Select(talk => talk.Id).Order(), listed.Keys.Order());
        var main = listed[conversation.Main.Id];
        Assert.Equal(
            (Conversation.Name, Conversation.First, session.Home.Work, "mock", "vscode", "ok"),
            (
                (string?)main["name"],
                (string?)main["preview"],
                (string?)main["cwd"],
                (string?)main["modelProvider"],
                (string?)main["source"],
                (string?)main["state"]
            )
        );
        Assert.Subset(Kept, session.Served.Rollouts.SelectMany(File.ReadLines).Select(KindOf).ToHashSet());
        await new OnTheHomeItself(session, conversation).CheckAsync(release);
        await new OnTheHomeItself(session, conversation).CheckAsync(CodexRelease.V169);
        await new OnTheHomeItself(session, conversation).CheckAsync(CodexRelease.V171);
    }

    [Theory, MemberData(nameof(Releases)), Guarantee("CDEX-26")]
    public async Task A_codex_that_runs_on_while_its_server_is_killed_and_started_again_loses_nothing(string release)
    {
        await using var session = await StartAsync(release);
        var threadId = await session.Codex.StartThreadAsync();
        await session.TurnAsync(threadId, "first question");

        await session.EndServerAsync(ServerEnd.Killed);
        await session.Server.StartAgainAsync();
        await session.TurnAsync(threadId, "second question");

        var said = Talk.Answered("first question", "second question");
        Assert.Equal(said, Talk.MessagesIn(session.SaidIn(await session.Codex.ReadAsync(threadId))));
        await session.EndCodexAsync();
        await session.StartCodexAsync();
        Assert.Equal(said, Talk.MessagesIn(session.SaidIn(await session.Codex.ReadAsync(threadId))));
    }

    [Theory, MemberData(nameof(Releases)), Guarantee("CDEX-27")]
    public async Task Large_answers_are_kept_whole(string release)
    {
        await using var session = await StartAsync(release);
        var large = await session.Codex.StartThreadAsync();
        for (var i = 0; i < 3; i++)
            await session.TurnAsync(large, "[[big: 250000]]");
        var huge = await session.Codex.StartThreadAsync();
        await session.TurnAsync(huge, "[[big: 5000000]]");
        await session.TurnAsync(huge, "after the huge one");

        Assert.Equal([250_000, 250_000, 250_000], AnswerLengths(session.SaidIn(await session.Codex.ReadAsync(large))));
        // One such answer is more than this client can read at once.
        Assert.Equal(huge.ToString(), (string?)(await session.Codex.SummaryAsync(huge))["id"]);
        await session.EndCodexAsync();
        await session.EndServerAsync(ServerEnd.Stopped);
        await using var store = session.Served.Open();
        var turns = (await store.ListTurnsAsync(new ListTurnsRequest(huge), Cancellation)).Items;
        Assert.Equal([5_000_000, "Answer to: after the huge one".Length], turns.Select(turn => Turns.AnswerOf(turn).Length));
    }

    [Theory, MemberData(nameof(Releases)), Guarantee("CDEX-28")]
    public async Task A_thread_whose_start_fails_leaves_nothing(string release)
    {
        await using var session = await StartAsync(release, logsCalls: true);
        await session.EndCodexAsync();
        RemoteSession.UseServer(session.Home, "[mcp_servers.broken]\ncommand = \"/bin/false\"\nrequired = true\nstartup_timeout_sec = 5");
        await session.StartCodexAsync();

        Assert.Contains("required MCP", await session.Codex.RefusalAsync("thread/start", []), StringComparison.Ordinal);

        await session.EndCodexAsync();
        await session.Server.AnsweredAsync("DiscardThread", 1);
        await session.EndServerAsync(ServerEnd.Stopped);
        Assert.Empty(session.Served.Rollouts);
        Assert.Empty(await SpoolProgram.ListAsync(session.Served, "--all"));
    }

    Task<RemoteSession> StartAsync(string release, bool logsCalls = false) =>
        RemoteSession.StartAsync(new RemoteClient(release, SharesHome: false), NewHome(), NewHome(), logsCalls);

    static string KindOf(string line)
    {
        var item = JsonNode.Parse(line)!;
        var inside = (string?)item["type"] == "event_msg" ? item["payload"]! : item;
        return (string)inside["type"]!;
    }

    static IEnumerable<int> AnswerLengths(IEnumerable<string> said) =>
        said.Where(text => text.StartsWith("agentMessage: ", StringComparison.Ordinal))
            .Select(text => text.Length - "agentMessage: ".Length);
}
