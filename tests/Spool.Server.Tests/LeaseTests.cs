using Grpc.Core;
using Spool.TestKit;
using Codex = Spool.Contracts.CodexV1;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Writers of Spool's contract: one at a time, held by a lease that outlives a connection.</summary>
public sealed class LeaseTests
{
    static readonly Guid Mine = new("11111111-1111-1111-1111-111111111111");
    static readonly Guid Theirs = new("22222222-2222-2222-2222-222222222222");

    [Fact]
    [Guarantee("SRV-20")]
    public async Task A_writer_is_opened_used_and_given_back()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();

        var opened = await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        var receipt = await server.Spool.AppendAsync(Given.Append(thread, Mine, "one", "two"));
        var closed = await server.Spool.ShutDownWriterAsync(Given.Writer(thread, Mine));

        Assert.Equal((1, false), (opened.NextOrdinal, opened.IsStored));
        Assert.Equal((1, 2, true), (receipt.FirstOrdinal, receipt.Count, receipt.IsStored));
        Assert.Equal((3, true), (closed.NextOrdinal, closed.IsStored));
        Assert.Equal(3, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    [Guarantee("SRV-21")]
    public async Task A_client_that_was_cut_off_takes_its_writer_up_again()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        await server.Spool.AppendAsync(Given.Append(thread, Mine, "one"));
        var client = new Wire.ThreadStore.ThreadStoreClient(server.Connect());

        var state = await client.OpenWriterAsync(Given.Create(thread, Mine));
        var receipt = await client.AppendAsync(Given.Append(thread, Mine, "two"));

        Assert.Equal((2, true), (state.NextOrdinal, state.IsStored));
        Assert.Equal(2, receipt.FirstOrdinal);
    }

    [Fact]
    [Guarantee("SRV-22")]
    public async Task A_second_writer_is_refused_and_told_who_writes()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        var owner = new WriterOwner("host", 42, "agent", DateTimeOffset.UnixEpoch);
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine, owner));
        await server.Spool.AppendAsync(Given.Append(thread, Mine, "one"));

        var refusals = new[]
        {
            await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(thread, Theirs))),
            await Given.RefusalOf(server.Spool.AppendAsync(Given.Append(thread, Theirs, "two"))),
            await Given.RefusalOf(server.Codex.AppendItemsAsync(Given.Items(thread, Given.UserMessage("two")))),
            await Given.RefusalOf(server.Spool.ArchiveThreadAsync(new Wire.ThreadRequest { ThreadId = thread })),
            await Given.RefusalOf(server.Spool.DeleteThreadAsync(new Wire.ThreadRequest { ThreadId = thread })),
            await Given.RefusalOf(
                server.Spool.UpdateThreadAsync(
                    new Wire.UpdateThreadRequest
                    {
                        ThreadId = thread,
                        Patch = new Wire.ThreadPatch { Name = new Wire.TextChange { Value = "n" } },
                    }
                )
            ),
            await Given.RefusalOf(server.Codex.ArchiveThreadAsync(new Codex.ArchiveThreadRequest { ThreadId = thread })),
            await Given.RefusalOf(
                server.Codex.UpdateThreadMetadataAsync(
                    new Codex.UpdateThreadMetadataRequest
                    {
                        ThreadId = thread,
                        Patch = new Codex.ThreadMetadataPatch { Name = "n" },
                    }
                )
            ),
        };

        Assert.Equal(ThreadStoreErrorCode.WriterLost, WireErrors.ToStore(refusals[1]).Code);
        foreach (var refusal in ((RpcException[])[refusals[0], .. refusals[2..]]).Select(WireErrors.ToStore))
        {
            Assert.Equal((ThreadStoreErrorCode.HasWriter, owner), (refusal.Code, refusal.Owner! with { LeaseLeft = null }));
            Assert.InRange(refusal.Owner.LeaseLeft!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(31));
        }
        Assert.True(WireErrors.IsUnknownLease(refusals[1]));
        Assert.False(WireErrors.IsUnknownLease(refusals[0]));
        Assert.Equal(2, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    [Guarantee("SRV-64")]
    public async Task A_conflict_says_since_when_a_client_writes_that_said_nothing_of_itself_and_when_it_loses_the_thread_if_it_has_died()
    {
        var time = new ManualTime();
        var began = time.GetUtcNow();
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Time = time });
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        await server.Spool.AppendAsync(Given.Append(thread, Mine, "one"));

        var first = WireErrors.ToStore(await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(thread, Theirs))));
        time.Advance(TimeSpan.FromSeconds(20));
        var later = WireErrors.ToStore(await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(thread, Theirs))));

        Assert.Equal(new WriterOwner(null, null, null, began) { LeaseLeft = TimeSpan.FromSeconds(31) }, first.Owner);
        Assert.Contains("wait 31 s if it has died", first.Message, StringComparison.Ordinal);
        Assert.Equal((began, TimeSpan.FromSeconds(11)), (later.Owner!.Since, later.Owner.LeaseLeft));
        time.Advance(TimeSpan.FromSeconds(11));
        await server.Spool.OpenWriterAsync(Given.Resume(thread, Theirs));
    }

    [Theory]
    [InlineData("plain 1.0", "plain 1.0")]
    [InlineData("two\nlines\r\n\u001b[31mred\0\u2028\u202e", "two lines   [31mred   ")]
    public async Task The_name_of_a_writer_is_one_line_of_text(string name, string shown) =>
        Assert.Equal(shown, await NameShownAsync(name));

    [Fact]
    public async Task A_long_name_of_a_writer_is_cut_between_characters()
    {
        const int Most = WriterOwner.MaxNameLength;

        Assert.Equal("half \ufffd", new WriterOwner(null, null, "half \ud83d", null).Program);
        Assert.Equal(new string('x', Most), await NameShownAsync(new string('x', Most)));
        Assert.Equal(new string('x', Most - 1) + "…", await NameShownAsync(new string('x', 100_000)));
        Assert.Equal(new string('x', Most - 2) + "…", await NameShownAsync(new string('x', Most - 2) + "😀😀"));
        Assert.Equal(new string('x', Most - 1) + "…", await NameShownAsync(new string('x', Most - 1) + "😀"));
        Assert.Equal(new string('x', Most - 2) + "😀", await NameShownAsync(new string('x', Most - 2) + "😀"));
    }

    static async Task<string?> NameShownAsync(string name)
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        var request = Given.Create(thread, Mine);
        request.Owner = new Wire.WriterOwner { Program = name, Host = name };
        await server.Spool.OpenWriterAsync(request);
        await server.Spool.AppendAsync(Given.Append(thread, Mine, "one"));

        var refusal = WireErrors.ToStore(await Given.RefusalOf(server.Spool.OpenWriterAsync(Given.Resume(thread, Theirs))));

        Assert.Equal(refusal.Owner?.Program, refusal.Owner?.Host);
        Assert.Contains($"by {refusal.Owner?.Program} on ", refusal.Message, StringComparison.Ordinal);
        return refusal.Owner?.Program;
    }

    [Fact]
    [Guarantee("SRV-23")]
    public async Task A_lease_runs_out_when_nobody_calls_and_what_waited_is_stored()
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartInMemoryAsync(options => options with { Time = time });
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        var append = Given.Append(thread, Mine, "one");
        append.Durability = Wire.Durability.Buffered;
        var receipt = await server.Spool.AppendAsync(append);

        time.Advance(TimeSpan.FromSeconds(20));
        await server.Spool.RenewWriterAsync(Given.Writer(thread, Mine));
        time.Advance(TimeSpan.FromSeconds(20));
        await server.Spool.RenewWriterAsync(Given.Writer(thread, Mine));
        time.Advance(TimeSpan.FromSeconds(60));
        var late = await Given.RefusalOf(server.Spool.AppendAsync(Given.Append(thread, Mine, "two")));
        var other = await server.Spool.OpenWriterAsync(Given.Resume(thread, Theirs));

        Assert.False(receipt.IsStored);
        Assert.True(WireErrors.IsUnknownLease(late));
        Assert.Equal(2, other.NextOrdinal);
    }

    [Fact]
    [Guarantee("SRV-24")]
    public async Task A_stream_answers_every_append_in_order()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        using var stream = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);

        var answers = new List<long>();
        var reading = Task.Run(
            async () =>
            {
                await foreach (var answer in stream.ResponseStream.ReadAllAsync(Given.Cancellation))
                    answers.Add(answer.FirstOrdinal);
            },
            Given.Cancellation
        );
        for (var i = 0; i < 500; i++)
        {
            var append = Given.Append(i == 0 ? thread : "", Mine, $"{2 * i}", $"{2 * i + 1}");
            append.LeaseId = i == 0 ? append.LeaseId : "";
            append.ExpectedOrdinal = 1 + 2 * i;
            await stream.RequestStream.WriteAsync(append, Given.Cancellation);
        }
        await stream.RequestStream.CompleteAsync();
        await reading;

        Assert.Equal(Enumerable.Range(0, 500).Select(i => 1L + 2 * i), answers);
        Assert.Equal(1001, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    [Guarantee("SRV-27")]
    public async Task A_stream_that_was_given_up_for_another_is_ended_and_what_still_comes_by_it_is_not_stored()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var (thread, lease) = (Given.NewId(), Guid.CreateVersion7());
        await server.Spool.OpenWriterAsync(Given.Create(thread, lease));
        using var first = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);
        await first.RequestStream.WriteAsync(Given.Append(thread, lease, "one"), Given.Cancellation);
        Assert.True(await first.ResponseStream.MoveNext(Given.Cancellation));

        using var second = server.Spool.StreamAppends(cancellationToken: Given.Cancellation);
        await second.RequestStream.WriteAsync(Given.Append(thread, lease, "two"), Given.Cancellation);
        Assert.True(await second.ResponseStream.MoveNext(Given.Cancellation));

        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await first.RequestStream.WriteAsync(Given.Append(thread, lease, "late"), Given.Cancellation);
            await first.ResponseStream.MoveNext(Given.Cancellation);
        });
        await second.RequestStream.WriteAsync(Given.Append(thread, lease, "three"), Given.Cancellation);
        Assert.True(await second.ResponseStream.MoveNext(Given.Cancellation));
        Assert.Equal(3, second.ResponseStream.Current.FirstOrdinal);
    }

    [Fact]
    [Guarantee("SRV-25")]
    public async Task The_same_append_sent_twice_is_stored_once()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        var append = Given.Append(thread, Mine, "one");
        append.ExpectedOrdinal = 1;
        append.BatchId = Guid.CreateVersion7().ToString();

        var first = await server.Spool.AppendAsync(append);
        var second = await server.Spool.AppendAsync(append);
        var other = Given.Append(thread, Mine, "other");
        other.ExpectedOrdinal = 1;
        var refusal = await Given.RefusalOf(server.Spool.AppendAsync(other));

        Assert.Equal(first, second);
        Assert.Equal(ThreadStoreErrorCode.WrongOrdinal, WireErrors.ToStore(refusal).Code);
        Assert.Equal(2, (await server.Spool.HistoryAsync(thread)).Count);
    }

    [Fact]
    [Guarantee("SRV-26")]
    public async Task Whoever_watches_a_writer_is_told_when_the_right_to_write_is_lost()
    {
        await using var store = new InMemoryThreadStore();
        await using var server = await RunningServer.StartAsync(store);
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        await server.Spool.AppendAsync(Given.Append(thread, Mine, "one"));
        using var watch = server.Spool.WatchWriter(Given.Writer(thread, Mine), cancellationToken: Given.Cancellation);
        Assert.True(await watch.ResponseStream.MoveNext(Given.Cancellation));

        var id = ThreadId.Parse(thread);
        store.Put(new InMemoryThread([RolloutLine.ToArray(Given.Meta(id).ToItem(), DateTimeOffset.UnixEpoch, null)]));
        var lost = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Given.Cancellation));
        var append = await Given.RefusalOf(server.Spool.AppendAsync(Given.Append(thread, Mine, "two")));
        var reopened = await server.Spool.OpenWriterAsync(Given.Resume(thread, Mine));

        Assert.Equal(ThreadStoreErrorCode.WriterLost, WireErrors.ToStore(lost).Code);
        Assert.Equal(ThreadStoreErrorCode.WriterLost, WireErrors.ToStore(append).Code);
        Assert.Equal(1, reopened.NextOrdinal);
    }

    [Fact]
    public async Task A_discarded_writer_leaves_nothing_that_was_not_stored()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        var append = Given.Append(thread, Mine, "one");
        append.Durability = Wire.Durability.Buffered;
        await server.Spool.AppendAsync(append);

        await server.Spool.DiscardWriterAsync(Given.Writer(thread, Mine));

        Assert.Null((await server.Spool.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = thread })).Thread);
        Assert.True(WireErrors.IsUnknownLease(await Given.RefusalOf(server.Spool.AppendAsync(append))));
    }

    [Fact]
    public async Task A_writer_changes_what_is_known_of_its_thread()
    {
        await using var server = await RunningServer.StartInMemoryAsync();
        var thread = Given.NewId();
        await server.Spool.OpenWriterAsync(Given.Create(thread, Mine));
        await server.Spool.PersistWriterAsync(Given.Writer(thread, Mine));
        await server.Spool.FlushWriterAsync(
            new Wire.FlushWriterRequest
            {
                ThreadId = thread,
                LeaseId = Mine.ToString(),
                Durability = Wire.Durability.Fsynced,
            }
        );

        var changed = await server.Spool.UpdateWriterAsync(
            new Wire.UpdateWriterRequest
            {
                ThreadId = thread,
                LeaseId = Mine.ToString(),
                Patch = WireThreads.ToWire(new ThreadPatch { Name = Change.To("A name"), Branch = Change.To("b") }),
            }
        );

        Assert.Equal(("A name", "b"), (changed.Thread.Name, changed.Thread.GitInfo.Branch));
    }
}
