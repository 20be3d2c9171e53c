#pragma warning disable VSTHRD003 // what the tests wait for is begun by them
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>The registry of open threads over a real store.</summary>
public sealed class OpenThreadsTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, InlineData(-5), InlineData(5), Guarantee("OPEN-02")]
    public async Task A_thread_has_one_holder_who_is_named_to_others_until_it_was_idle_for_its_time(int hours)
    {
        await using var world = new OpenWorld();
        var first = await world.OpenAsync(1, OpenWorld.Calls, Cancellation);
        world.Time.Advance(OpenWorld.Idle - TimeSpan.FromSeconds(1));
        world.Time.Step(TimeSpan.FromHours(hours));
        using (var hold = await world.Threads.EnterAsync(OpenWorld.Thread(1), Cancellation))
        {
            Assert.Same(first, hold.Holder);
            hold.Use();
        }

        world.Time.Advance(TimeSpan.FromSeconds(2));
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(() => world.OpenAsync(1, OpenWorld.Leases, Cancellation));
        first.IsUsed = true; // so that it is not closed by itself
        world.Time.Advance(OpenWorld.Idle);
        var used = await Assert.ThrowsAsync<ThreadStoreException>(() => world.OpenAsync(1, OpenWorld.Leases, Cancellation));
        first.IsUsed = false;
        var second = await world.OpenAsync(1, OpenWorld.Leases, Cancellation);

        Assert.Equal((ThreadStoreErrorCode.HasWriter, first.Owner), (refused.Code, refused.Owner));
        Assert.Equal((ThreadStoreErrorCode.HasWriter, first.Owner), (used.Code, used.Owner));
        Assert.Same(second, world.Threads.Find(OpenWorld.Thread(1)));
    }

    [Theory, InlineData(-5), InlineData(5), Guarantee("OPEN-03")]
    public async Task Threads_that_nobody_used_for_their_time_are_closed_and_no_others_whatever_the_time_of_day(int hours)
    {
        await using var world = new OpenWorld();
        await world.OpenAsync(1, OpenWorld.Leases, Cancellation);
        await world.OpenAsync(2, OpenWorld.Leases, Cancellation);
        (await world.OpenAsync(3, OpenWorld.Leases, Cancellation)).IsUsed = true;
        world.Time.Step(TimeSpan.FromHours(hours));
        world.Time.Advance(TimeSpan.FromSeconds(20));
        using (var hold = await world.Threads.EnterAsync(OpenWorld.Thread(2), Cancellation))
            hold.Use();

        world.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(3, world.Threads.Count);
        world.Time.Advance(TimeSpan.FromSeconds(2));

        await OpenWorld.UntilAsync(() => world.Expired.Count == 1);
        Assert.Equal([false, true, true], [world.IsOpen(1), world.IsOpen(2), world.IsOpen(3)]);
        Assert.Equal([OpenWorld.Thread(1)], world.Expired);
    }

    [Fact, Guarantee("OPEN-04")]
    public async Task Without_a_place_the_longest_idle_thread_is_closed_and_otherwise_an_opening_is_refused_or_waits()
    {
        await using var world = new OpenWorld(options => options with { MaxWaiting = 1 });
        foreach (var number in (int[])[1, 2, 3])
        {
            await world.OpenAsync(number, OpenWorld.Calls, Cancellation);
            world.Time.Advance(TimeSpan.FromSeconds(1));
        }
        using (var hold = await world.Threads.EnterAsync(OpenWorld.Thread(1), Cancellation))
            hold.Use();

        foreach (var number in (int[])[4, 5, 6])
            await world.OpenAsync(number, OpenWorld.Leases, Cancellation);
        Assert.Equal([false, false, false], [world.IsOpen(1), world.IsOpen(2), world.IsOpen(3)]);
        var refused = await Assert.ThrowsAsync<ThreadStoreException>(() => world.OpenAsync(7, OpenWorld.Leases, Cancellation));
        var waiting = world.OpenAsync(8, OpenWorld.Calls, Cancellation);
        var tooMany = await Assert.ThrowsAsync<ThreadStoreException>(() => world.OpenAsync(9, OpenWorld.Calls, Cancellation));
        Assert.False(waiting.IsCompleted);
        await world.CloseAsync(5);
        (await waiting).IsUsed = true;
        using var cancelled = new CancellationTokenSource();
        var left = world.OpenAsync(9, OpenWorld.Calls, cancelled.Token);
        var patient = OpenWorld.UntilDoneAsync(left);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => patient);

        Assert.Equal(ThreadStoreErrorCode.Busy, refused.Code);
        Assert.Equal(ThreadStoreErrorCode.Busy, tooMany.Code);
        Assert.Equal([true, false, true, true], [world.IsOpen(4), world.IsOpen(5), world.IsOpen(6), world.IsOpen(8)]);
    }

    [Fact, Guarantee("OPEN-05")]
    public async Task An_opening_waits_for_a_place_for_as_long_as_the_patience_lasts()
    {
        await using var world = new OpenWorld();
        foreach (var number in (int[])[1, 2, 3])
            (await world.OpenAsync(number, OpenWorld.Leases, Cancellation)).IsUsed = true;

        var waiting = world.OpenAsync(4, OpenWorld.Calls, Cancellation);
        world.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(
            ThreadStoreErrorCode.Busy,
            (await Assert.ThrowsAsync<ThreadStoreException>(() => OpenWorld.UntilDoneAsync(waiting))).Code
        );
        await world.CloseAsync(1);
        await world.OpenAsync(4, OpenWorld.Calls, Cancellation);
    }

    [Fact, Guarantee("OPEN-06")]
    public async Task All_are_closed_so_many_at_a_time_and_everybody_who_asks_waits_for_the_same_end()
    {
        await using var world = new OpenWorld(options => options with { ClosedAtOnce = 2 });
        foreach (var number in (int[])[1, 2, 3])
            (await world.OpenAsync(number, OpenWorld.Leases, Cancellation)).IsUsed = true;
        var hold = await world.Threads.EnterAsync(OpenWorld.Thread(4), Cancellation);
        var waiting = world.Threads.EnterAsync(OpenWorld.Thread(4), Cancellation).AsTask();
        world.Store.IsStepping = true;

        var late = world.Threads.CloseAllAsync(TimeSpan.FromSeconds(2)).AsTask();
        var first = world.Threads.DisposeAsync().AsTask();
        var second = world.Threads.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => OpenWorld.UntilDoneAsync(waiting));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => world.OpenAsync(5, OpenWorld.Leases, Cancellation));
        Assert.Null(world.Threads.TryEnter(OpenWorld.Thread(5)));
        await OpenWorld.UntilAsync(() => world.Store.Waiting == 2);
        while (!late.IsCompleted)
        {
            world.Time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Yield();
        }
        Assert.Equal(3, (await OpenWorld.UntilDoneAsync(late)).Count);
        world.Store.Go(fails: true);
        world.Store.Go();
        await OpenWorld.UntilAsync(() => world.Store.Waiting == 1);
        world.Store.Go();
        await OpenWorld.UntilAsync(() => world.Threads.Count == 0);
        Assert.False(first.IsCompleted || second.IsCompleted);
        hold.Dispose(); // a call that is under way comes to its end first
        await OpenWorld.UntilDoneAsync(first);
        await OpenWorld.UntilDoneAsync(second);

        Assert.Equal(2, world.Store.MostWaiting);
        Assert.Single(world.Failures);
        Assert.Empty(await world.Threads.CloseAllAsync(TimeSpan.Zero));
    }

    [Fact, Guarantee("OPEN-07")]
    public async Task A_thread_that_could_not_be_closed_stays_open_and_is_tried_again()
    {
        await using var world = new OpenWorld();
        var holder = await world.OpenAsync(1, OpenWorld.Calls, Cancellation);
        world.Store.IsStepping = true;

        world.Time.Advance(TimeSpan.FromSeconds(31));
        await OpenWorld.UntilAsync(() => world.Store.Waiting == 1);
        world.Store.Go(fails: true);
        await OpenWorld.UntilAsync(() => world.Failures.Count == 1);
        var closing = world.CloseAsync(1);
        await OpenWorld.UntilAsync(() => world.Store.Waiting == 1);
        world.Store.Go(fails: true);
        await Assert.ThrowsAsync<ThreadStoreException>(() => OpenWorld.UntilDoneAsync(closing));
        Assert.Same(holder, world.Threads.Find(OpenWorld.Thread(1)));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await OpenWorld.UntilAsync(() => world.Store.Waiting == 1);
        world.Store.Go();

        await OpenWorld.UntilAsync(() => !world.IsOpen(1));
    }

    [Fact]
    public async Task A_turn_that_is_over_says_so_and_ends_only_once()
    {
        await using var world = new OpenWorld();
        var hold = await world.Threads.EnterAsync(OpenWorld.Thread(1), Cancellation);
        var copy = hold;

        hold.Dispose();
        copy.Dispose();
        using var next = await world.Threads.EnterAsync(OpenWorld.Thread(1), Cancellation);
        hold.Dispose();

        Assert.Null(world.Threads.TryEnter(OpenWorld.Thread(1)));
        Assert.Throws<ObjectDisposedException>(() => hold.Holder);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await copy.CloseAsync());
    }

    [Fact]
    public async Task Who_stops_waiting_at_a_gate_leaves_nothing_there()
    {
        await using var world = new OpenWorld();
        var hold = await world.Threads.EnterAsync(OpenWorld.Thread(1), Cancellation);
        using var cancelled = new CancellationTokenSource();
        var leaving = world.Threads.EnterAsync(OpenWorld.Thread(1), cancelled.Token).AsTask();
        var staying = world.Threads.EnterAsync(OpenWorld.Thread(1), Cancellation).AsTask();

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OpenWorld.UntilDoneAsync(leaving));
        hold.Dispose();

        (await OpenWorld.UntilDoneAsync(staying)).Dispose();
        await world.OpenAsync(1, OpenWorld.Leases, Cancellation);
    }

    [Theory]
    [InlineData(0, 1, 5, 0, 1)]
    [InlineData(1, 0.001, 5, 0, 1)]
    [InlineData(1, 1, 0, 0, 1)]
    [InlineData(1, 1, 5, -1, 1)]
    [InlineData(1, 1, 5, 0, 0)]
    public void Numbers_out_of_range_are_refused(int places, double period, double patience, int waiting, int atOnce)
    {
        var options = new OpenThreadsOptions
        {
            Time = TimeProvider.System,
            MaxOpen = places,
            SweepPeriod = TimeSpan.FromSeconds(period),
            Patience = TimeSpan.FromSeconds(patience),
            MaxWaiting = waiting,
            ClosedAtOnce = atOnce,
        };

        Assert.Throws<ArgumentOutOfRangeException>(() => new OpenThreads(options));
    }
}
