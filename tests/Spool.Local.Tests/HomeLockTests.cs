using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>The lock of all lock files, for which those of one process queue, and which another program may keep.</summary>
public sealed class HomeLockTests : IDisposable
{
    const int Many = 50;

    static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(200);

    readonly TempHome _home = new();
    readonly HomeLayout _layout;
    readonly WriterLocks _locks;

    public HomeLockTests()
    {
        Directory.CreateDirectory(_home.Path);
        _layout = new HomeLayout(_home.Path);
        var options = new LocalThreadStoreOptions { Home = _home.Path, CacheDirectory = _home.Path + "-cache" };
        _locks = new WriterLocks(_layout, new HomePresence(_layout), new PhysicalFileSystem(_home.Path), options, Wait);
    }

    public void Dispose() => _home.Dispose();

    [Fact, Guarantee("LOCW-27")]
    public async Task Those_of_one_process_wait_for_each_other_for_as_long_as_it_takes()
    {
        var first = await _locks.AcquireHomeAsync(TestContext.Current.CancellationToken);
        var waiting = Enumerable
            .Range(0, Many)
            .Select(number => _locks.AcquireAsync(HomeBuilding.Id(number), TestContext.Current.CancellationToken))
            .ToList();
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < 2 * Wait)
            await Task.Yield(); // longer than another program would be waited for

        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        first.Dispose();

        foreach (var held in await Task.WhenAll(waiting))
            held.Dispose();
    }

    [Fact, Guarantee("LOCW-28")]
    public async Task Where_another_program_keeps_the_lock_nobody_waits_for_longer_than_for_one()
    {
        Directory.CreateDirectory(_layout.Absolute("thread-writer-locks"));
        var kept = LockFile.TryTake(_layout.Absolute("thread-writer-locks/.coordination.lock"), new PrivateFiles(_home.Path))!;
        var started = TimeProvider.System.GetTimestamp();

        var refusals = await Task.WhenAll(
            Enumerable
                .Range(0, Many)
                .Select(number =>
                    Assert.ThrowsAsync<ThreadStoreException>(() =>
                        _locks.AcquireAsync(HomeBuilding.Id(number), TestContext.Current.CancellationToken)
                    )
                )
        );
        var took = TimeProvider.System.GetElapsedTime(started);
        kept.Dispose();
        using var held = await _locks.AcquireAsync(HomeBuilding.Id(1), TestContext.Current.CancellationToken);

        Assert.All(refusals, refusal => Assert.Equal(ThreadStoreErrorCode.Unavailable, refusal.Code));
        Assert.True(took < Many / 2 * Wait, $"It took {took}.");
    }

    [Fact, Guarantee("LOCW-29")]
    public async Task Whoever_stops_waiting_leaves_the_turn_to_the_next()
    {
        using var cancelling = new CancellationTokenSource();
        var first = await _locks.AcquireHomeAsync(TestContext.Current.CancellationToken);
        var cancelled = _locks.AcquireHomeAsync(cancelling.Token);
        var next = _locks.AcquireHomeAsync(TestContext.Current.CancellationToken);

        await cancelling.CancelAsync();
        Assert.Same(cancelled, await Task.WhenAny(cancelled, Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)));
        Assert.True(cancelled.IsCanceled);
        first.Dispose();

        (await next).Dispose();
    }

    [Fact, Guarantee("REMO-63")]
    public async Task Writers_that_end_at_the_same_time_give_their_locks_back_under_a_few_holds()
    {
        var held = new List<WriterLock>();
        for (var number = 0; number < Many; number++)
            held.Add(await _locks.AcquireAsync(HomeBuilding.Id(number), TestContext.Current.CancellationToken));
        var turn = await _locks.AcquireHomeAsync(TestContext.Current.CancellationToken);
        var before = _locks.Holds;

        var leaving = held.ConvertAll(one => one.ReleaseAsync());
        Assert.All(leaving, task => Assert.False(task.IsCompleted));
        turn.Dispose();
        await Task.WhenAll(leaving);

        Assert.InRange(_locks.Holds - before, 1, 2);
        Assert.Equal([".coordination.lock"], Directory.GetFiles(_layout.Absolute("thread-writer-locks")).Select(Path.GetFileName));
        for (var number = 0; number < Many; number++)
            (await _locks.AcquireAsync(HomeBuilding.Id(number), TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task More_writers_than_one_hold_is_for_end_under_several()
    {
        var held = new List<WriterLock>();
        for (var number = 0; number < 5 * Many; number++)
            held.Add(await _locks.AcquireAsync(HomeBuilding.Id(number), TestContext.Current.CancellationToken));
        var turn = await _locks.AcquireHomeAsync(TestContext.Current.CancellationToken);
        var before = _locks.Holds;

        var leaving = held.ConvertAll(one => one.ReleaseAsync());
        turn.Dispose();
        await Task.WhenAll(leaving);

        Assert.InRange(_locks.Holds - before, 4, 8);
        Assert.Equal([".coordination.lock"], Directory.GetFiles(_layout.Absolute("thread-writer-locks")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Locks_that_cannot_be_removed_together_are_given_back_all_the_same()
    {
        var held = new List<WriterLock>();
        for (var number = 0; number < 3; number++)
            held.Add(await _locks.AcquireAsync(HomeBuilding.Id(number), TestContext.Current.CancellationToken));
        var kept = LockFile.TryTake(_layout.Absolute("thread-writer-locks/.coordination.lock"), new PrivateFiles(_home.Path))!;

        await Task.WhenAll(held.ConvertAll(one => one.ReleaseAsync()));
        kept.Dispose();

        for (var number = 0; number < 3; number++)
            (await _locks.AcquireAsync(HomeBuilding.Id(number), TestContext.Current.CancellationToken)).Dispose();
    }
}
