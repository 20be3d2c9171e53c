using System.Runtime.ExceptionServices;
using System.Text;
using Xunit;
using Xunit.v3;

namespace Spool.TestKit;

/// <summary>Reads whole lists, histories and logs through the pages of a store.</summary>
static class StoreReading
{
    public static async Task<List<StoredThread>> ListAllAsync(
        this IThreadStore store,
        ThreadQuery query,
        CancellationToken cancellationToken
    )
    {
        var all = new List<StoredThread>();
        await PageAsync(
            query.Limit,
            query.Cursor,
            async cursor =>
            {
                var page = await store.ListAsync(query with { Cursor = cursor }, cancellationToken);
                all.AddRange(page.Items);
                return (page.Items.Count, page.NextCursor);
            }
        );
        return all;
    }

    public static async Task<List<Turn>> AllTurnsAsync(
        this IThreadStore store,
        ListTurnsRequest request,
        CancellationToken cancellationToken
    )
    {
        var all = new List<Turn>();
        await PageAsync(
            request.Limit,
            request.Cursor,
            async cursor =>
            {
                var page = await store.ListTurnsAsync(request with { Cursor = cursor }, cancellationToken);
                all.AddRange(page.Items);
                return (page.Items.Count, page.NextCursor);
            }
        );
        return all;
    }

    public static async Task<List<RolloutItem>> AllItemsAsync(
        this IThreadStore store,
        ListItemsRequest request,
        CancellationToken cancellationToken
    )
    {
        var all = new List<RolloutItem>();
        await PageAsync(
            request.Limit,
            request.Cursor,
            async cursor =>
            {
                var page = await store.ListItemsAsync(request with { Cursor = cursor }, cancellationToken);
                all.AddRange(page.Items);
                return (page.Items.Count, page.NextCursor);
            }
        );
        return all;
    }

    public static async Task<List<RolloutItem>> HistoryAsync(
        this IThreadStore store,
        ThreadId threadId,
        CancellationToken cancellationToken
    )
    {
        var all = new List<RolloutItem>();
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId), cancellationToken))
            all.Add(item);
        return all;
    }

    /// <summary>Gives the ids of a list as text, which shows well when two lists differ.</summary>
    public static string[] Ids(this IEnumerable<StoredThread> threads) => [.. threads.Select(thread => thread.Id.ToString())];

    /// <summary>Gives a text for each line: equal texts are equal bytes, also where the bytes are not UTF-8.</summary>
    public static string[] Texts(this IEnumerable<ReadOnlyMemory<byte>> lines) =>
        [.. lines.Select(line => Encoding.Latin1.GetString(line.Span))];

    public static string[] Texts(this IEnumerable<RolloutItem> items) => items.Select(item => item.Bytes).Texts();

    /// <summary>Gives a text for each turn that holds everything the turn holds.</summary>
    public static string[] Texts(this IEnumerable<Turn> turns) =>
        [
            .. turns.Select(turn =>
                $"{turn.Ordinal} {turn.Id} {turn.RootTurnId} {turn.Status} {turn.StartedAt:O} {turn.CompletedAt:O} {turn.Duration} {turn.CallsLeftOut} {turn.HasEnd} {turn.Error?.ToJsonString()} [{string.Join(",", turn.Items.Select(item => item.Json.ToJsonString()))}]"
            ),
        ];

    /// <summary>Asserts that a call is refused with a code, and gives the error.</summary>
    public static async Task<ThreadStoreException> RefusesAsync(ThreadStoreErrorCode code, Func<Task> call)
    {
        var refused = await RefusedAsync(call);
        Assert.Equal(code, refused.Code);
        return refused;
    }

    /// <summary>Asserts that a call is refused; what skips the test skips it.</summary>
    public static async Task<ThreadStoreException> RefusedAsync(Func<Task> call)
    {
        var thrown = await Record.ExceptionAsync(call);
        if (thrown?.Message.StartsWith(DynamicSkipToken.Value, StringComparison.Ordinal) == true)
            ExceptionDispatchInfo.Throw(thrown);
        return Assert.IsType<ThreadStoreException>(thrown);
    }

    // A page is full unless it is the last; so a list ends, and no page is larger than was asked for.
    static async Task PageAsync(int limit, string? cursor, Func<string?, Task<(int Count, string? Next)>> page)
    {
        var seen = new HashSet<string>();
        do
        {
            (var count, var next) = await page(cursor);
            Assert.True(next is null ? count <= limit : count == limit, $"A page of {limit} held {count}, next cursor {next ?? "none"}.");
            Assert.True(next is null || seen.Add(next), "A cursor came twice, so the pages never end.");
            cursor = next;
        } while (cursor is not null);
    }
}
