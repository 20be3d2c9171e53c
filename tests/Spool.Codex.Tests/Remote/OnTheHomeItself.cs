namespace Spool.Codex.Tests;

/// <summary>What a Codex that opens the served home itself, without any server, finds of a conversation and can go on with, as steps of a
/// session whose server has ended.</summary>
sealed class OnTheHomeItself(RemoteSession session, Conversation conversation)
{
    /// <summary>Does everything.</summary>
    /// <param name="release">The release that opens the home.</param>
    public async Task CheckAsync(string release)
    {
        session.Served.Configure();
        await using var codex = await session.Served.StartAsync(release);
        await using var store = session.Served.Open();
        string Name(string step) => $"{step} in Codex {release} on the home itself";

        await session.StepAsync(
            Name("list"),
            async () => Assert.Superset(conversation.All.Select(talk => talk.Id).ToHashSet(), (await codex.ListIdsAsync()).ToHashSet())
        );
        await session.StepAsync(
            Name("read"),
            async () =>
            {
                foreach (var talk in conversation.All)
                    Assert.Equal(talk.Messages, Talk.MessagesIn(Turns.Texts(await codex.ReadAsync(talk.ThreadId))));
            }
        );
        foreach (var talk in (Talk[])[conversation.Main, conversation.Compacted])
        {
            await session.StepAsync(
                Name("resume, and a turn"),
                async () =>
                {
                    var question = $"question of {release}";
                    await codex.ResumeAsync(talk.ThreadId);
                    await codex.TurnAsync(talk.ThreadId, question);
                    var read = await codex.ReadAsync(talk.ThreadId);
                    await Turns.AssertSameAsync(store, read);
                    var said = Turns.Texts(read);
                    Assert.Equal([.. talk.Messages, .. Talk.Answered(question)], Talk.MessagesIn(said));
                    Assert.Equal([.. talk.Context, question], session.Served.LastConversation());
                    talk.Said = said;
                }
            );
        }
    }
}
