using System.Text;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server.Tests;

/// <summary>Spool's contract gives what the store gives.</summary>
public sealed class ReadingTests
{
    [Fact]
    public async Task A_history_its_pages_its_turns_and_its_log_arrive_as_they_are_stored()
    {
        await using var store = new InMemoryThreadStore();
        var threadId = await WriteAsync(store, items: 2500);
        await using var server = await RunningServer.StartAsync(store);
        var expected = new List<RolloutItem>();
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId), Given.Cancellation))
            expected.Add(item);

        var history = await server.Spool.HistoryAsync(threadId.ToString());
        var (items, next) = await PageAsync(server, new ListItemsRequest(threadId) { Limit = 2000 });
        var (rest, end) = await PageAsync(server, new ListItemsRequest(threadId) { Limit = 2000, Cursor = next });
        using var copy = server.Spool.CopyLog(
            new Wire.CopyLogRequest { ThreadId = threadId.ToString() },
            cancellationToken: Given.Cancellation
        );
        using var log = new MemoryStream();
        await foreach (var part in copy.ResponseStream.ReadAllAsync(Given.Cancellation))
            part.Bytes.WriteTo(log);
        using var storedLog = new MemoryStream();
        await store.CopyLogAsync(threadId, storedLog, Given.Cancellation);

        Assert.Equal(expected.Select(Text), history.Select(Text));
        Assert.Equal(expected.Select(Text), items.Concat(rest).Select(Text));
        Assert.Null(end);
        Assert.Equal(storedLog.ToArray(), log.ToArray());

        static string Text(RolloutItem item) => $"{item.Ordinal} {Encoding.UTF8.GetString(item.Bytes.Span)}";
    }

    [Fact]
    public async Task Turns_arrive_as_they_are_made()
    {
        await using var store = new InMemoryThreadStore();
        var threadId = await WriteAsync(store, items: 6);
        await using var server = await RunningServer.StartAsync(store);
        var expected = await store.ListTurnsAsync(new ListTurnsRequest(threadId), Given.Cancellation);

        using var call = server.Spool.ListTurns(WireWrites.ToWire(new ListTurnsRequest(threadId)), cancellationToken: Given.Cancellation);
        var turns = new List<Turn>();
        await foreach (var batch in call.ResponseStream.ReadAllAsync(Given.Cancellation))
            turns.AddRange(batch.Turns.Select(WireItems.ToStore));

        Assert.NotEmpty(turns);
        Assert.Equal(expected.Items.Select(Text), turns.Select(Text));

        static string Text(Turn turn) =>
            $"{turn with { Items = [] }} {string.Join('\n', turn.Items.Select(item => $"{item.Id} {item.Type} {item.Json.ToJsonString()}"))}";
    }

    [Fact]
    public async Task Threads_are_found_listed_forked_reverted_archived_and_deleted()
    {
        await using var store = new InMemoryThreadStore();
        var threadId = await WriteAsync(store, items: 2);
        await using var server = await RunningServer.StartAsync(store);
        var id = threadId.ToString();

        var found = await server.Spool.FindThreadAsync(new Wire.FindThreadRequest { ThreadId = id });
        var fork = await server.Spool.ForkThreadAsync(WireWrites.ToWire(new ForkRequest(threadId, ThreadId.New(TimeProvider.System))));
        var renamed = await server.Spool.UpdateThreadAsync(
            new Wire.UpdateThreadRequest { ThreadId = id, Patch = WireThreads.ToWire(new ThreadPatch { Name = Change.To("n") }) }
        );
        var archived = await server.Spool.ArchiveThreadAsync(new Wire.ThreadRequest { ThreadId = id });
        var back = await server.Spool.UnarchiveThreadAsync(new Wire.ThreadRequest { ThreadId = id });
        var listed = await ListAsync(server);
        var deleted = await server.Spool.DeleteThreadAsync(new Wire.ThreadRequest { ThreadId = fork.Thread.Id });

        Assert.Equal(await store.FindAsync(threadId, Given.Cancellation), WireThreads.ToStore(back.Thread));
        Assert.Equal(id, found.Thread.Id);
        Assert.Equal(id, fork.Thread.ForkedFromId);
        Assert.Equal("n", renamed.Thread.Name);
        Assert.NotNull(archived.Thread.ArchivedAt);
        Assert.Equal(new[] { id, fork.Thread.Id }.Order(), listed.Order());
        Assert.Equal(fork.Thread.Id, deleted.ThreadId);
        Assert.Equal([id], await ListAsync(server));
    }

    static async Task<List<string>> ListAsync(RunningServer server)
    {
        using var call = server.Spool.ListThreads(WireThreads.ToWire(new ThreadQuery()), cancellationToken: Given.Cancellation);
        var threads = new List<string>();
        await foreach (var batch in call.ResponseStream.ReadAllAsync(Given.Cancellation))
            threads.AddRange(batch.Threads.Select(thread => thread.Id));
        return threads;
    }

    static async Task<(List<RolloutItem> Items, string? Next)> PageAsync(RunningServer server, ListItemsRequest request)
    {
        using var call = server.Spool.ListItems(WireWrites.ToWire(request), cancellationToken: Given.Cancellation);
        var items = new List<RolloutItem>();
        string? next = null;
        await foreach (var batch in call.ResponseStream.ReadAllAsync(Given.Cancellation))
        {
            items.AddRange(batch.Items.Select(WireItems.ToStore));
            next = batch.HasNextCursor ? batch.NextCursor : null;
        }
        return (items, next);
    }

    static async Task<ThreadId> WriteAsync(InMemoryThreadStore store, int items)
    {
        var threadId = ThreadId.New(TimeProvider.System);
        await using var writer = await store.CreateAsync(new CreateRequest(threadId, Given.Meta(threadId).ToItem()), Given.Cancellation);
        await writer.AppendAsync(
            new AppendRequest([.. Enumerable.Range(0, items).Select(i => NewItem.FromJson("event_msg", Payload(i)))]),
            Given.Cancellation
        );
        return threadId;

        static string Payload(int i) =>
            (i % 2) switch
            {
                0 => $$"""{"type":"user_message","message":"question {{i}} {{new string('x', 300)}}"}""",
                _ => $$"""{"type":"agent_message","message":"answer {{i}}"}""",
            };
    }
}
