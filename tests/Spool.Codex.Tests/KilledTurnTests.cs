using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Kills in the middle of a turn, while the threads of Codex are with <c>spool serve</c>.</summary>
/// <remarks>A turn here is a question and several commands, each of which ends when the test says so. So the moments of the kills are known
/// and not guessed.</remarks>
public sealed class KilledTurnTests : CodexTests
{
    /// <summary>Gets the releases that can have a remote store.</summary>
    public static TheoryData<string> Releases => [CodexRelease.V125, CodexRelease.V128, CodexRelease.V129];

    [Theory, MemberData(nameof(Releases)), Guarantee("REMO-80")]
    public async Task What_was_acknowledged_is_kept_once_and_in_order_whenever_in_a_turn_the_server_is_killed(string release)
    {
        await using var session = await RemoteSession.StartAsync(
            new RemoteClient(release, SharesHome: false),
            NewHome(),
            NewHome(),
            hasWire: true
        );
        await session.EndServerAsync(ServerEnd.Killed);
        await session.StepAsync(
            "no thread begins without its server",
            async () =>
                Assert.Contains(
                    "failed to initialize session",
                    await session.Codex.RefusalAsync("thread/start", []),
                    StringComparison.OrdinalIgnoreCase
                )
        );
        await session.Server.StartAgainAsync();
        var dialogue = await Dialogue.BeginAsync(session, commands: 4);
        var turn = session.TurnAsync(dialogue.ThreadId, dialogue.Question);

        await session.StepAsync(
            "killed between appends, and started again",
            async () =>
            {
                await dialogue.WaitsInAsync(0);
                await session.EndServerAsync(ServerEnd.Killed);
                await session.Server.StartAgainAsync();
                dialogue.EndCommand(0);
            }
        );
        await session.StepAsync(
            "killed when an item is stored, before its answer",
            async () =>
            {
                await dialogue.WaitsInAsync(1);
                await session.Wire.HoldAsync();
                dialogue.EndCommand(1);
                await session.Wire.AnswerAsync();
                while (!dialogue.Stored.Contains("output 1"))
                {
                    await session.Wire.PassAsync();
                    await session.Wire.AnswerAsync();
                }
                await session.EndServerAsync(ServerEnd.Killed);
                await session.Wire.CutAsync();
            }
        );
        await session.StepAsync(
            "started again when Codex has gone on without it",
            async () =>
            {
                await dialogue.RunsAsync(2);
                await session.Server.StartAgainAsync();
                dialogue.EndCommand(2);
                await dialogue.WaitsInAsync(3);
                dialogue.EndCommand(3);
            }
        );
        await turn;

        // Codex sends nothing twice: what it could not send is with the model and nowhere else.
        Assert.Equal(["user", "call 0", "output 0", "call 1", "output 1", "output 2", "call 3", "output 3", "assistant"], dialogue.Stored);
        await session.Codex.EndAsync();
        await dialogue.GoOnAsync(Talk.Answered(dialogue.Question));
    }

    [Theory]
    [
        InlineData(CodexRelease.V125, true, true),
        InlineData(CodexRelease.V128, false, false),
        InlineData(CodexRelease.V128, true, true),
        InlineData(CodexRelease.V129, true, false)
    ]
    [Guarantee("REMO-81")]
    public async Task What_a_killed_codex_had_acknowledged_is_kept_and_the_next_one_goes_on(
        string release,
        bool killsServer,
        bool sharesHome
    )
    {
        var home = NewHome();
        await using var session = await RemoteSession.StartAsync(
            new RemoteClient(release, sharesHome),
            home,
            sharesHome ? home : NewHome()
        );
        var dialogue = await Dialogue.BeginAsync(session, commands: 2);
        await session.Codex.BeginTurnAsync(dialogue.ThreadId, dialogue.Question);
        await dialogue.WaitsInAsync(0);
        dialogue.EndCommand(0);
        await dialogue.WaitsInAsync(1);

        if (killsServer)
            await session.EndServerAsync(ServerEnd.Killed);
        await session.KillCodexAsync();
        dialogue.EndCommand(1);
        if (killsServer)
            await session.Server.StartAgainAsync();

        Assert.Equal(["user", "call 0", "output 0", "call 1"], dialogue.Stored);
        await dialogue.GoOnAsync([$"userMessage: {dialogue.Question}"]);
    }
}
