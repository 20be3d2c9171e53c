using Spool.TestKit;
using static Spool.Local.Tests.Writing;

namespace Spool.Local.Tests;

/// <summary>A writer of the local store: what is on the disk when, and what an append that is sent again does.</summary>
public sealed class WriterTests : IDisposable
{
    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [Guarantee("LOCW-01")]
    [InlineData(Durability.Buffered)]
    [InlineData(Durability.Flushed)]
    [InlineData(Durability.Fsynced)]
    public async Task What_was_appended_is_read_back_and_gone_on_with(Durability durability)
    {
        await using var store = _home.Open();
        await using (var writer = await store.CreateAsync(1))
        {
            await writer.PersistAsync(Stop);
            Assert.Equal(new AppendReceipt(1, 2), await writer.AppendAsync(Items("one", "two") with { Durability = durability }, Stop));
            Assert.Equal(["one", "two"], await store.StoredAsync(1));
            await writer.ShutDownAsync(Stop);
        }

        await using var again = await store.ResumeAsync(1);
        Assert.Equal(3, again.NextOrdinal);
        Assert.Equal(new AppendReceipt(3, 1), await again.AppendAsync(Items("three") with { Durability = durability }, Stop));

        Assert.Equal(["one", "two", "three"], await store.StoredAsync(1));
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(HomeBuilding.Id(1), Stop))!.State);
    }

    [Fact]
    [Guarantee("LOCW-02")]
    public async Task Many_appends_at_once_are_stored_in_the_order_of_their_receipts()
    {
        await using var store = _home.Open(options => options with { MaxQueuedBytes = 64 * 1024 });
        await using var writer = await store.CreateAsync(1, HistoryModes.Paginated);
        var appends = Enumerable
            .Range(1, 3000)
            .Select(number => writer.AppendAsync(Items($"{number}") with { Durability = (Durability)(number % 2) }, Stop).AsTask())
            .ToList();

        var receipts = await Task.WhenAll(appends);
        await writer.ShutDownAsync(Stop);

        Assert.Equal(Enumerable.Range(1, 3000).Select(number => (long)number), receipts.Select(receipt => receipt.FirstOrdinal));
        Assert.Equal(Enumerable.Range(1, 3000).Select(number => $"{number}"), await store.StoredAsync(1));
    }

    [Fact]
    [Guarantee("LOCW-26")]
    public async Task A_shut_down_stores_what_waits_for_room_and_a_cancelled_append_leaves_nothing()
    {
        var disk = new PretendDisk();
        await using var store = disk.Open(_home, 64 * 1024);
        var writer = await store.CreateAsync(1);
        disk.AppendsGoOn.Reset();
        using var cancel = new CancellationTokenSource();
        var text = new string('x', 3000);
        var kept = new List<Task>();
        var cancelled = new List<Task>();
        for (var number = 0; number < 400; number++)
        {
            kept.Add(writer.AppendAsync(Items($"{number}", text), Stop).AsTask());
            cancelled.Add(writer.AppendAsync(Items($"cancelled {number}"), cancel.Token).AsTask());
        }
        await cancel.CancelAsync();
        var shutDown = writer.ShutDownAsync(Stop);
        disk.AppendsGoOn.Set();

        await shutDown;
        await Task.WhenAll(kept);
        var stored = await store.StoredAsync(1);
        Assert.Equal(Enumerable.Range(0, 400).Select(number => $"{number}"), stored.Where(item => item != text && !item.StartsWith('c')));
        for (var number = 0; number < 400; number++)
            Assert.Equal(cancelled[number].IsCanceled, !stored.Contains($"cancelled {number}"));
        Assert.InRange(cancelled.Count(task => task.IsCanceled), 300, 399);
        await writer.DisposeAsync();
    }

    [Fact]
    [Guarantee("LOCW-03")]
    public async Task A_thread_without_items_leaves_nothing_behind()
    {
        await using var store = _home.Open();
        await using (var discarded = await store.CreateAsync(1))
        {
            Assert.False((await discarded.AppendAsync(Items("waits") with { Durability = Durability.Buffered }, Stop)).IsStored);
            await discarded.DiscardAsync(Stop);
        }
        await using (var shut = await store.CreateAsync(2))
        {
            await shut.FlushAsync(Durability.Fsynced, Stop);
            await shut.ShutDownAsync(Stop);
        }

        Assert.Equal(["thread-writer-locks/.coordination.lock"], _home.Files());
        Assert.Empty(await store.EverythingAsync());
    }

    [Fact]
    [Guarantee("LOCW-04")]
    public async Task What_waits_goes_on_waiting_when_the_thread_cannot_be_stored()
    {
        await using var store = _home.Open();
        await using var writer = await store.CreateAsync(1);
        await writer.AppendAsync(Items("kept") with { Durability = Durability.Buffered }, Stop);
        var blocked = _home.Write("sessions", "a file where a folder should be"u8);

        await RefusedAsync(ThreadStoreErrorCode.Unavailable, async () => await writer.AppendAsync(Items("not kept"), Stop));
        await RefusedAsync(ThreadStoreErrorCode.Unavailable, async () => await writer.PersistAsync(Stop));
        File.Delete(blocked);

        Assert.False(writer.IsStored);
        Assert.Equal(new AppendReceipt(2, 1), await writer.AppendAsync(Items("later"), Stop));
        Assert.Equal(["kept", "later"], await store.StoredAsync(1));
    }

    [Fact]
    [Guarantee("LOCW-05")]
    public async Task Of_an_append_that_did_not_fit_nothing_is_kept_and_the_writer_goes_on()
    {
        var disk = new PretendDisk();
        await using var store = disk.Open(_home);
        await using var writer = await store.CreateAsync(1);
        await writer.AppendAsync(Items("before"), Stop);

        (disk.AppendFails, disk.BytesBeforeFailure) = (PretendDisk.Full, 40);
        await RefusedAsync(ThreadStoreErrorCode.ResourceExhausted, async () => await writer.AppendAsync(Items("too much"), Stop));
        disk.AppendFails = null;

        Assert.Equal(2, writer.NextOrdinal);
        await writer.AppendAsync(Items("after"), Stop);
        Assert.Equal(["before", "after"], await store.StoredAsync(1));
        Assert.Equal(ThreadCondition.Ok, (await store.FindAsync(HomeBuilding.Id(1), Stop))!.State);
    }

    [Fact]
    [Guarantee("LOCW-06")]
    public async Task After_a_barrier_that_failed_the_writer_does_nothing_more()
    {
        var disk = new PretendDisk();
        await using var store = disk.Open(_home);
        var writer = await store.CreateAsync(1);
        await writer.PersistAsync(Stop);

        disk.SyncFails = PretendDisk.Broken;
        await RefusedAsync(
            ThreadStoreErrorCode.OutcomeUnknown,
            async () => await writer.AppendAsync(Items("perhaps") with { Durability = Durability.Fsynced }, Stop)
        );
        disk.SyncFails = null;

        await RefusedAsync(ThreadStoreErrorCode.OutcomeUnknown, async () => await writer.AppendAsync(Items("no"), Stop));
        await RefusedAsync(ThreadStoreErrorCode.OutcomeUnknown, async () => await writer.FlushAsync(Durability.Fsynced, Stop));
        await RefusedAsync(ThreadStoreErrorCode.OutcomeUnknown, async () => await writer.ShutDownAsync(Stop));
        await writer.DiscardAsync(Stop);
        await using var resumed = await store.ResumeAsync(1);
        Assert.Equal(2, resumed.NextOrdinal);
    }

    [Fact]
    [Guarantee("LOCW-07")]
    public async Task An_append_that_another_process_sends_again_is_stored_once()
    {
        await using (var first = _home.Open())
        await using (var writer = await first.CreateAsync(1))
            await writer.AppendAsync(Items("one", "two", "three") with { ExpectedOrdinal = 1 }, Stop);

        await using var second = _home.Open();
        await using var again = await second.ResumeAsync(1);
        Assert.Equal(
            new AppendReceipt(2, 2),
            await again.AppendAsync(Items("two", "three") with { ExpectedOrdinal = 2, Durability = Durability.Fsynced }, Stop)
        );
        var error = await RefusedAsync(
            ThreadStoreErrorCode.WrongOrdinal,
            async () => await again.AppendAsync(Items("two", "other") with { ExpectedOrdinal = 2 }, Stop)
        );
        Assert.Equal(new AppendReceipt(3, 2), await again.AppendAsync(Items("three", "four") with { ExpectedOrdinal = 3 }, Stop));
        var beyond = await RefusedAsync(
            ThreadStoreErrorCode.WrongOrdinal,
            async () => await again.AppendAsync(Items("six") with { ExpectedOrdinal = 6 }, Stop)
        );

        Assert.EndsWith(
            "ordinal 2, but the next one of thread " + again.ThreadId + " is 4, and the items there are others.",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith("is 5, and the items between them are missing.", beyond.Message, StringComparison.Ordinal);
        Assert.Equal(["one", "two", "three", "four"], await second.StoredAsync(1));
    }

    [Fact]
    [Guarantee("LOCW-08")]
    public async Task An_append_that_is_sent_again_before_the_thread_is_stored_waits_once()
    {
        await using var store = _home.Open();
        await using var writer = await store.CreateAsync(1, HistoryModes.Paginated);
        var append = Items("one") with { ExpectedOrdinal = 1, Durability = Durability.Buffered };
        var batch = Items("two") with { BatchId = new Guid(1, 2, 3, new byte[8]), Durability = Durability.Buffered };

        var receipts = new[]
        {
            await writer.AppendAsync(append, Stop),
            await writer.AppendAsync(append, Stop),
            await writer.AppendAsync(batch, Stop),
            await writer.AppendAsync(batch, Stop),
        };
        await RefusedAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await writer.AppendAsync(batch with { Items = Items("other").Items }, Stop)
        );

        Assert.False(writer.IsStored);
        Assert.All(receipts, receipt => Assert.False(receipt.IsStored));
        Assert.Equal([1, 1, 2, 2], receipts.Select(receipt => receipt.FirstOrdinal));
        await writer.FlushAsync(cancellationToken: Stop);
        Assert.Equal(["one", "two"], await store.StoredAsync(1));
    }

    [Theory]
    [Guarantee("LOCW-09")]
    [InlineData("append")]
    [InlineData("move")]
    [InlineData("delete")]
    [InlineData("replace")]
    public async Task A_writer_whose_log_another_program_touches_is_told_and_writes_nothing_more(string how)
    {
        await using var store = _home.Open();
        var writer = await store.CreateAsync(1);
        await writer.AppendAsync(Items("ours"), Stop);
        var path = Path.Combine(_home.Path, _home.Rollouts().Single());
        var bytes = File.ReadAllBytes(path);
        switch (how)
        {
            case "append":
                File.AppendAllText(path, "{\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"type\":\"other\",\"payload\":{}}\n");
                break;
            case "replace":
                File.Delete(path + ".x");
                File.WriteAllBytes(path + ".x", bytes);
                File.Move(path + ".x", path, overwrite: true);
                break;
            case "move":
                File.Move(path, path + ".moved");
                break;
            default:
                File.Delete(path);
                break;
        }
        var before = _home.Files().Where(file => file.StartsWith("sessions/", StringComparison.Ordinal)).Select(_home.Text).ToList();
        var lost = new TaskCompletionSource();
        await using var told = writer.LostToken.Register(lost.SetResult);

        await RefusedAsync(ThreadStoreErrorCode.WriterLost, async () => await writer.AppendAsync(Items("lost"), Stop));
        await RefusedAsync(ThreadStoreErrorCode.WriterLost, async () => await writer.ShutDownAsync(Stop));
        // Whatever it is given: a writer that is lost says only that.
        await RefusedAsync(
            ThreadStoreErrorCode.WriterLost,
            async () => await writer.AppendAsync(new AppendRequest([Message("x") with { Type = "no type" }]), Stop)
        );
        await RefusedAsync(
            ThreadStoreErrorCode.WriterLost,
            async () => await writer.UpdateAsync(new ThreadPatch { Name = Change.To("") }, Stop)
        );
        await lost.Task.WaitAsync(Stop);
        await writer.DisposeAsync();

        Assert.Equal(before, _home.Files().Where(file => file.StartsWith("sessions/", StringComparison.Ordinal)).Select(_home.Text));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await writer.FlushAsync(cancellationToken: Stop));
    }

    [Fact]
    [Guarantee("LOCW-10")]
    public async Task With_a_background_look_every_answer_shows_what_was_acknowledged()
    {
        await using var store = _home.Open(options => options with { ReconcileInterval = TimeSpan.FromHours(1) });
        Assert.Empty(await store.EverythingAsync());
        await using var writer = await store.CreateAsync(1);
        for (var number = 1; number <= 30; number++)
        {
            await writer.AppendAsync(Items($"{number}"), Stop);
            Assert.Equal("1", (await store.ListAsync(new ThreadQuery(), Stop)).Items.Single().Preview);
            Assert.Equal(number, (await store.AllTurnsAsync(new ListTurnsRequest(HomeBuilding.Id(1)), Stop)).Sum(turn => turn.Items.Count));
        }
    }

    [Fact]
    [Guarantee("LOCW-11")]
    public async Task A_large_item_is_no_damage()
    {
        await using var store = _home.Open();
        await using (var writer = await store.CreateAsync(1))
        {
            await writer.AppendAsync(Items(new string('x', 20 * 1024 * 1024)), Stop);
            await RefusedAsync(
                ThreadStoreErrorCode.TooLarge,
                async () => await writer.AppendAsync(Items("small", new string('x', 65 * 1024 * 1024)), Stop)
            );
        }

        await using var again = await store.ResumeAsync(1);
        Assert.Equal(new AppendReceipt(2, 1), await again.AppendAsync(Items("next"), Stop));
    }
}
