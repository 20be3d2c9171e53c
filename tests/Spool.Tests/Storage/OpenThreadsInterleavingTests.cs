#pragma warning disable VSTHRD003 // what the tests wait for is begun by them
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Two operations on the same threads, of which the second begins at each step of the first.</summary>
public sealed class OpenThreadsInterleavingTests
{
    static readonly (string Name, Func<OpenWorld, CancellationToken, Task> Do)[] Operations =
    [
        ("open", async (world, _) => await world.OpenAsync(1, OpenWorld.Calls)),
        ("open for another kind", async (world, _) => await world.OpenAsync(1, OpenWorld.Leases)),
        ("open, if nobody stops it", async (world, stop) => await world.OpenAsync(1, OpenWorld.Calls, stop)),
        ("open another", async (world, _) => await world.OpenAsync(2, OpenWorld.Calls)),
        (
            "open two more",
            async (world, _) => await Task.WhenAll(world.OpenAsync(3, OpenWorld.Leases), world.OpenAsync(4, OpenWorld.Calls))
        ),
        ("close", async (world, _) => await world.CloseAsync(1)),
        (
            "give back",
            async (world, _) =>
            {
                using var hold = await world.Threads.EnterAsync(OpenWorld.Thread(1), CancellationToken.None);
                await hold.CloseAsync(writer => writer.ShutDownAsync());
            }
        ),
        ("make room", async (world, _) => await world.Threads.TryMakeRoomAsync()),
        (
            "let time pass",
            (world, _) =>
            {
                world.Time.Advance(TimeSpan.FromSeconds(35));
                return Task.CompletedTask;
            }
        ),
        ("close all", async (world, _) => await world.Threads.CloseAllAsync(Timeout.InfiniteTimeSpan)),
    ];

    [Fact, Guarantee("OPEN-08")]
    public async Task Whatever_begins_at_whichever_step_of_something_else_both_come_to_their_end()
    {
        foreach (var first in Operations)
        {
            foreach (var second in Operations)
            {
                var isOver = false;
                for (var step = 0; !isOver; step++)
                {
                    for (var choices = 0; choices < 16; choices++)
                        isOver |= await RunAsync(first, second, step, choices);
                }
            }
        }
    }

    // The bits of the choices: whether the thread is open at first, whether the last or the first who waits goes on, and which of the next
    // two steps fail. It says whether the first was over before the step.
    static async Task<bool> RunAsync(
        (string Name, Func<OpenWorld, CancellationToken, Task> Do) first,
        (string Name, Func<OpenWorld, CancellationToken, Task> Do) second,
        int step,
        int choices
    )
    {
        await using var world = new OpenWorld();
        using var stop = new CancellationTokenSource();
        if ((choices & 1) != 0)
            await world.OpenAsync(1, OpenWorld.Calls);
        await world.OpenAsync(5, OpenWorld.Calls);
        world.Store.IsStepping = true;
        var (one, two) = (first.Do(world, stop.Token), Task.CompletedTask);
        for (var i = 0; i < step && !await IsOverAsync(world, one); i++)
            Go(world, i: 0);
        var isOver = await IsOverAsync(world, one);
        if (!isOver)
        {
            two = second.Do(world, stop.Token);
            await stop.CancelAsync();
        }
        for (var i = 1; !await IsOverAsync(world, Task.WhenAll(one, two)); i++)
            Go(world, i);
        foreach (var task in (Task[])[one, two])
        {
            if (await Record.ExceptionAsync(() => OpenWorld.UntilDoneAsync(task)) is { } error)
                Assert.True(IsExpected(error), $"{first.Name}, {second.Name} at step {step}, choices {choices}: {error}");
        }
        return isOver;

        void Go(OpenWorld world, int i) =>
            world.Store.Go((choices & 2) != 0 ? world.Store.Waiting - 1 : 0, fails: i is 1 or 2 && (choices & (i << 1 << 1)) != 0);
    }

    // The store itself refuses a second writer without naming anybody; the registry must not let it come to that.
    static bool IsExpected(Exception error) =>
        error is OperationCanceledException or ObjectDisposedException
        || error is ThreadStoreException { Code: ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.Busy }
        || error is ThreadStoreException { Code: ThreadStoreErrorCode.HasWriter, Owner.Program: "a holder" };

    // Waits until it is over, or until somebody waits for the store. Who waits for a place only has a patience.
    static async Task<bool> IsOverAsync(OpenWorld world, Task task)
    {
        for (var i = 0; !task.IsCompleted && world.Store.Waiting == 0; i++)
        {
            if (i > 100)
                world.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(i < 1_000_000, "Something does not come to its end.");
            await Task.Yield();
        }
        return task.IsCompleted;
    }
}
