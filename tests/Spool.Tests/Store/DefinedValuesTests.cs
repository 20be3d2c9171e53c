using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Numbers that were made values of an enum that has no such value, where no store takes them (those are WBAD-13).</summary>
public sealed class DefinedValuesTests
{
    static readonly ThreadId Id = SeedIds.Id(1);

    public static TheoryData<int> Numbers { get; } = [-1, 100, int.MinValue];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Numbers))]
    public async Task A_session_does_not_begin_with_options_that_there_are_not(int number)
    {
        await using var store = new InMemoryThreadStore();
        var request = new CreateRequest(
            Id,
            new SessionMeta(Id, SeedIds.Epoch)
            {
                Cwd = "/work/a",
                Originator = "tests",
                CliVersion = "1.0",
            }.ToItem()
        );
        foreach (
            var options in (LiveThreadOptions[])[new() { Durability = (Durability)number }, new() { Persistence = (PersistenceMode)number }]
        )
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
                await LiveThreadStart.CreateAsync(store, request, options, Cancellation)
            );
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
                await LiveThreadStart.ResumeAsync(store, new ResumeRequest(Id), options, Cancellation)
            );
        }
        await using var free = await store.CreateAsync(request, Cancellation); // nobody was left with the right to write it
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Nothing_is_stored_as_a_mode_says_that_there_is_not(int number)
    {
        foreach (var type in (string[])["event_msg", "response_item", "turn_context"])
            Assert.Throws<ArgumentOutOfRangeException>(() =>
                PersistencePolicy.Apply(NewItem.FromJson(type, """{"type":"item_completed"}"""), (PersistenceMode)number)
            );
    }

    [Theory, MemberData(nameof(Numbers))]
    public void An_error_has_a_code(int number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadStoreException((ThreadStoreErrorCode)number, "What happened."));

    [Theory, MemberData(nameof(Numbers))]
    public void A_line_is_whole_or_cut(int number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ItemEnvelope.Read("{}"u8, (LineEnd)number));
}
