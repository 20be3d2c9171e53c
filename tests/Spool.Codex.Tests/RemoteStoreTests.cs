using Spool.TestKit;

namespace Spool.Codex.Tests;

/// <summary>Codex with <c>spool serve</c> as its remote thread store, from the first thread to a new process that goes on with
/// it.</summary>
public sealed class RemoteStoreTests : CodexTests
{
    [Theory]
    [
        InlineData(CodexRelease.V125, ServerEnd.Stopped, false),
        InlineData(CodexRelease.V125, ServerEnd.Killed, false),
        InlineData(CodexRelease.V125, ServerEnd.Killed, true)
    ]
    [
        InlineData(CodexRelease.V128, ServerEnd.Stopped, false),
        InlineData(CodexRelease.V128, ServerEnd.Killed, false),
        InlineData(CodexRelease.V128, ServerEnd.Killed, true)
    ]
    [InlineData(CodexRelease.V129, ServerEnd.Stopped, false), InlineData(CodexRelease.V129, ServerEnd.Killed, false)]
    [Guarantee("CDEX-24")]
    public async Task Everything_that_codex_does_with_a_served_home_is_kept_over_the_end_of_the_server_and_of_codex(
        string release,
        ServerEnd end,
        bool sharesHome
    )
    {
        var home = NewHome();
        await using var session = await RemoteSession.StartAsync(
            new RemoteClient(release, sharesHome),
            home,
            sharesHome ? home : NewHome()
        );
        var conversation = new Conversation(session);

        await conversation.HoldAsync();
        await session.EndServerAsync(end);
        await session.Server.StartAgainAsync();
        await new Afterwards(session, conversation).CheckAsync();
    }
}
