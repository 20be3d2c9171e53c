using Grpc.Core;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;

namespace Spool.Server.Tests;

/// <summary>A time of day that is set forward or back while the server runs.</summary>
public sealed class ClockTests
{
    static readonly Guid Mine = new("11111111-1111-1111-1111-111111111111");
    static readonly Guid Theirs = new("22222222-2222-2222-2222-222222222222");

    public static TheoryData<int> Hours => [-2, 2];

    [Theory, MemberData(nameof(Hours)), Guarantee("REMO-31")]
    public async Task A_clock_that_is_set_neither_ends_leases_and_idle_writers_nor_keeps_them(int hours)
    {
        var time = new ManualTime();
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store, options => options with { Time = time });
        var (leased, named, announced) = (Given.NewId(), Given.NewId(), Given.NewId());
        await server.Spool.OpenWriterAsync(Given.Create(leased, Mine));
        await server.Spool.AppendAsync(Given.Append(leased, Mine, "one"));
        await server.Codex.AppendItemsAsync(Given.Items(named, Given.UserMessage("one")));
        await server.Codex.CreateThreadAsync(Given.Announcement(announced));

        time.Step(TimeSpan.FromHours(hours));
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(StatusCode.Aborted, (await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(leased, Theirs)))).StatusCode);
        Assert.Equal(StatusCode.Aborted, (await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(named, Theirs)))).StatusCode);
        await server.Codex.AppendItemsAsync(Given.Items(announced, Given.UserMessage("one")));

        time.Step(TimeSpan.FromHours(-2 * hours));
        time.Advance(TimeSpan.FromSeconds(40));

        await server.Spool.OpenWriterAsync(Given.Resume(leased, Theirs));
        await server.Spool.OpenWriterAsync(Given.Resume(named, Theirs));
    }

    [Theory, MemberData(nameof(Hours)), Guarantee("REMO-32")]
    public async Task A_clock_that_is_set_changes_no_limit_of_calls_and_does_not_hold_up_new_tokens(int hours)
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource();
        await using var server = await RunningServer.StartInMemoryAsync(options =>
            options with
            {
                Time = time,
                Limits = options.Limits with { CallsPerSecond = 3 },
                Tokens = TokenTable.Parse("token-of-ann-0123456789 ann"),
                RereadTokens = _ =>
                {
                    asked.TrySetResult();
                    return ValueTask.FromResult<TokenTable?>(null);
                },
            }
        );
        var ann = new Codex.ThreadStore.ThreadStoreClient(server.Connect("token-of-ann-0123456789"));
        for (var i = 0; i < 6; i++)
            await ann.ListThreadsAsync(new Codex.ListThreadsRequest());

        time.Step(TimeSpan.FromHours(hours));

        Assert.Equal(
            StatusCode.ResourceExhausted,
            (await Given.RefusalOf(ann.ListThreadsAsync(new Codex.ListThreadsRequest()))).StatusCode
        );
        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
            await ann.ListThreadsAsync(new Codex.ListThreadsRequest());
        Assert.Equal(
            StatusCode.ResourceExhausted,
            (await Given.RefusalOf(ann.ListThreadsAsync(new Codex.ListThreadsRequest()))).StatusCode
        );
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), Given.Cancellation);
    }
}
