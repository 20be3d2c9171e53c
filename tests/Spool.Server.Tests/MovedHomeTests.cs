using Grpc.Core;
using Grpc.Net.Client;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>The real program over a home that goes away and comes back.</summary>
public sealed class MovedHomeTests
{
    [Fact, Guarantee("REMO-65")]
    public async Task A_served_home_that_was_moved_away_is_unavailable_and_not_made_again_and_served_as_before_when_it_is_back()
    {
        await using var home = new ServedHome();
        await using var program = await home.ServeAsync();
        using var channel = GrpcChannel.ForAddress(program.Address);
        var (codex, spool) = (new Codex.ThreadStore.ThreadStoreClient(channel), new Wire.ThreadStore.ThreadStoreClient(channel));
        var (here, away) = (Path.Join(home.Folder, "home"), Path.Join(home.Folder, "away"));
        var (first, second, third, lease) = (Given.NewId(), Given.NewId(), Given.NewId(), Guid.NewGuid());
        await codex.AppendItemsAsync(Given.Items(first, Given.UserMessage("first"))); // makes the home
        await codex.ShutdownThreadAsync(Given.Thread(first));

        Directory.Move(here, away);
        Func<Task>[] calls =
        [
            async () => await spool.OpenWriterAsync(Given.Create(second, lease)),
            async () => await codex.AppendItemsAsync(Given.Items(third, Given.UserMessage("third"))),
            async () => await codex.AppendItemsAsync(Given.Items(first, Given.UserMessage("more"))),
            async () => await codex.LoadHistoryAsync(new Codex.LoadThreadHistoryRequest { ThreadId = first }),
            async () => await spool.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = first }),
            async () => await spool.HistoryAsync(first),
        ];
        foreach (var call in calls)
        {
            var status = (await Assert.ThrowsAsync<RpcException>(call)).Status;
            Assert.Equal(StatusCode.Unavailable, status.StatusCode);
            Assert.Contains("The home is no longer there", status.Detail, StringComparison.Ordinal);
        }
        Assert.False(Path.Exists(here));

        Directory.Move(away, here);
        await spool.OpenWriterAsync(Given.Create(second, lease));
        await spool.AppendAsync(Given.Append(second, lease, "second"));
        await codex.AppendItemsAsync(Given.Items(first, Given.UserMessage("more")));
        Assert.Equal(3, (await spool.HistoryAsync(first)).Count);
        Assert.Equal(2, (await spool.HistoryAsync(second)).Count);
    }

    [Fact]
    public async Task A_server_of_a_known_home_that_is_not_there_says_so_and_promises_no_other_one()
    {
        await using var home = new ServedHome();
        await using (var program = await home.ServeAsync())
        {
            using var channel = GrpcChannel.ForAddress(program.Address);
            var thread = Given.NewId();
            await new Codex.ThreadStore.ThreadStoreClient(channel).AppendItemsAsync(Given.Items(thread, Given.UserMessage("first")));
            await new Codex.ThreadStore.ThreadStoreClient(channel).ShutdownThreadAsync(Given.Thread(thread));
            // is in the index now
            await new Wire.ThreadStore.ThreadStoreClient(channel).FindThreadAsync(new Wire.FindThreadRequest { ThreadId = thread });
        }
        Directory.Move(Path.Join(home.Folder, "home"), Path.Join(home.Folder, "away"));

        await using var again = await home.ServeAsync();

        Assert.Equal(
            $"serving the home {home.Folder}/home (its threads are known, but it is not there: every call is refused until it is back)",
            again.Greeting[1]
        );
    }
}
