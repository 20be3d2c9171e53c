using System.Text;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>Stores over the same log that know nothing of each other, as those of two processes, and logs that fail.</summary>
public sealed class LogStoreTests
{
    static readonly ThreadId Thread = SeedIds.Id(2);

    readonly ListedLogs _logs = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_processes_the_one_that_appends_too_late_loses_the_right_to_write_and_nothing_is_between()
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        await using var first = await StartAsync(one);
        await using var second = await two.ResumeAsync(new ResumeRequest(Thread), Cancellation);
        await first.AppendAsync(new AppendRequest([Note("first")]), Cancellation);

        foreach (var attempt in new[] { 1, 2 })
            Assert.Equal(
                ThreadStoreErrorCode.WriterLost,
                (
                    await Assert.ThrowsAsync<ThreadStoreException>(async () =>
                        await second.AppendAsync(new AppendRequest([Note($"late {attempt}")]), Cancellation)
                    )
                ).Code
            );
        Assert.True(second.LostToken.IsCancellationRequested);
        await second.DiscardAsync(Cancellation);
        await first.AppendAsync(new AppendRequest([Note("second")]), Cancellation);
        await first.ShutDownAsync(Cancellation);

        await using var again = await two.ResumeAsync(new ResumeRequest(Thread), Cancellation);
        await again.AppendAsync(new AppendRequest([Note("third")]) { ExpectedOrdinal = 3 }, Cancellation);
        foreach (var store in new[] { one, two })
            Assert.Equal(["first", "second", "third"], await TextsAsync(store));
    }

    [Fact]
    public async Task What_another_process_did_is_seen_by_the_next_call()
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        Assert.Empty((await two.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All }, Cancellation)).Items);
        await using (var writer = await StartAsync(one))
            await writer.AppendAsync(new AppendRequest([Note("kept")]), Cancellation);

        Assert.Equal(["kept"], await TextsAsync(two));
        await two.ArchiveAsync(Thread, Cancellation);
        Assert.NotNull((await one.FindAsync(Thread, Cancellation))?.ArchivedAt);
        await one.UpdateAsync(Thread, new ThreadPatch { Name = Change.To("Named") }, Cancellation);
        Assert.Equal(
            "Named",
            Assert.Single((await two.ListAsync(Everything, Cancellation)).Items) is { ArchivedAt: not null } thread ? thread.Name : ""
        );
        await two.DeleteAsync(Thread, Cancellation);
        Assert.Null(await one.FindAsync(Thread, Cancellation));
        Assert.Empty((await one.ListAsync(Everything, Cancellation)).Items);
        Assert.Empty(_logs.Lines);
    }

    [Fact]
    public async Task A_thread_that_is_created_in_two_processes_is_that_of_the_first_who_stores_it()
    {
        await using var one = new ListedStore(_logs);
        await using var two = new ListedStore(_logs);
        await using var second = await two.CreateAsync(new CreateRequest(Thread, Head), Cancellation);
        await using var first = await StartAsync(one);

        Assert.Equal(
            ThreadStoreErrorCode.WriterLost,
            (await Assert.ThrowsAsync<ThreadStoreException>(async () => await second.PersistAsync(Cancellation))).Code
        );
        Assert.Equal(1, first.NextOrdinal);
    }

    [Fact]
    public async Task An_append_that_the_log_refuses_leaves_nothing_and_the_writer_goes_on()
    {
        await using var store = new ListedStore(_logs);
        await using var writer = await StartAsync(store);
        _logs.Failure = new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "Not now.");
        await Assert.ThrowsAsync<ThreadStoreException>(async () => await writer.AppendAsync(new AppendRequest([Note("x")]), Cancellation));
        _logs.Failure = null;
        await writer.AppendAsync(new AppendRequest([Note("kept")]) { ExpectedOrdinal = 1 }, Cancellation);

        Assert.Equal(["kept"], await TextsAsync(store));
    }

    [Fact]
    public async Task After_a_failure_of_another_kind_it_is_not_known_and_the_append_that_is_sent_again_is_stored_once()
    {
        await using var store = new ListedStore(_logs);
        await using var writer = await StartAsync(store);
        _logs.Failure = new IOException("The connection broke.");
        var request = new AppendRequest([Note("once")]) { ExpectedOrdinal = 1 };
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var failure = await Assert.ThrowsAsync<ThreadStoreException>(async () => await writer.AppendAsync(request, Cancellation));
            Assert.Equal(ThreadStoreErrorCode.OutcomeUnknown, failure.Code);
            _logs.Failure = null;
        }
        await writer.DiscardAsync(Cancellation);
        await using var again = await store.ResumeAsync(new ResumeRequest(Thread), Cancellation);
        await again.AppendAsync(request, Cancellation);

        Assert.Equal(["once"], await TextsAsync(store));
    }

    [Fact]
    public async Task What_a_revert_left_half_done_is_no_thread_and_no_part_of_one()
    {
        await using var store = new ListedStore(_logs);
        await store.PutAsync(Thread, RolloutLines.Legacy(Thread, SeedIds.Epoch).Turn("Hello").Lines, cancellationToken: Cancellation);
        _logs.Lines[SeedIds.Id(70)] =
        [
            Encoding.UTF8.GetBytes($$"""#spool {"continues":"{{Thread}}"}"""),
            .. RolloutLines.Legacy(Thread, SeedIds.Epoch).Turn("Hello").Lines,
        ];

        Assert.Equal(Thread, Assert.Single((await store.ListAsync(Everything, Cancellation)).Items).Id);
        Assert.Null(await store.FindAsync(SeedIds.Id(70), Cancellation));
    }

    static ThreadQuery Everything => new() { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All };

    static NewItem Head =>
        new SessionMeta(Thread, SeedIds.Epoch)
        {
            Cwd = "/w",
            Originator = "me",
            CliVersion = "1",
        }.ToItem();

    static NewItem Note(string text) => NewItem.FromJson("event_msg", $"{{\"type\":\"note\",\"text\":\"{text}\"}}");

    static async Task<IThreadWriter> StartAsync(ListedStore store)
    {
        var writer = await store.CreateAsync(new CreateRequest(Thread, Head), Cancellation);
        await writer.PersistAsync(Cancellation);
        return writer;
    }

    static async Task<List<string>> TextsAsync(ListedStore store)
    {
        var texts = new List<string>();
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(Thread), Cancellation))
        {
            using var json = System.Text.Json.JsonDocument.Parse(item.Payload);
            if (json.RootElement.TryGetProperty("text", out var text))
                texts.Add(text.GetString()!);
        }
        return texts;
    }
}
