using System.Text;

namespace Spool.Remote.Tests;

/// <summary>Everything that can be seen of threads, as text. What the contract leaves to a store is left out: the exact time of archiving,
/// what is removed beside a log, and which files are left that may still hold some of it.</summary>
static class Seen
{
    public static string Of(StoredThread thread) =>
        $"{(thread with { ArchivedAt = null, StateReason = null, Revision = "" }).ToString()} archived={thread.ArchivedAt is not null} reason={thread.StateReason is not null} at={thread.CreatedAt:O},{thread.UpdatedAt:O},{thread.RecencyAt:O}";

    public static string Of(RolloutItem item) =>
        $"{item.Ordinal} {item.Type}/{item.PayloadType} {item.Timestamp:O} {Encoding.Latin1.GetString(item.Bytes.Span)}";

    public static string Of(Turn turn) =>
        $"{turn.Ordinal} {turn.Id} {turn.RootTurnId} {turn.Status} {turn.StartedAt:O} {turn.CompletedAt:O} {turn.Duration} {turn.CallsLeftOut} {turn.Error?.ToJsonString()} [{string.Join(",", turn.Items.Select(item => item.Json.ToJsonString()))}]";

    public static string Of(ChangedThread changed) => Of(changed.Thread);

    public static string Of(DeletionReceipt receipt, bool hasBytes) =>
        $"{receipt.ThreadId} rollouts={receipt.Rollouts}{(hasBytes ? $" bytes={receipt.Bytes}" : "")}";

    public static string Of<T>(IEnumerable<T> entries, Func<T, string> text) =>
        string.Concat(entries.Select(entry => "\n    " + text(entry)));

    public static async Task<string> HistoryAsync(IThreadStore store, ThreadId threadId)
    {
        var text = new StringBuilder();
        await foreach (var item in store.ReadHistoryAsync(new ReadHistoryRequest(threadId), TestContext.Current.CancellationToken))
            text.Append("\n    ").Append(Of(item));
        return text.ToString();
    }

    public static async Task<string> LogAsync(IThreadStore store, ThreadId threadId)
    {
        using var copy = new MemoryStream();
        var end = "";
        try
        {
            await store.GetService<IStoredBytes>()!.CopyLogAsync(threadId, copy, TestContext.Current.CancellationToken);
        }
        catch (ThreadStoreException e)
        {
            end = $"! {e.Code}";
        }
        // Whether a line end follows the last line is a matter of the store.
        return Encoding.Latin1.GetString(copy.ToArray()).TrimEnd('\n') + end;
    }

    /// <summary>Gives all threads, and what some of the looks at each one show: which, is a matter of its place in the list and of a
    /// number, so that a program costs a fraction and all programs together leave out nothing.</summary>
    /// <param name="store">The store.</param>
    /// <param name="always">How many of the looks are made at every thread: the bytes of its log, then its turns.</param>
    /// <param name="turn">The number that decides which one of the others is made.</param>
    public static async Task<string> EverythingAsync(IThreadStore store, int always, int turn)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var text = new StringBuilder();
        var page = await store.ListAsync(
            new ThreadQuery
            {
                Archive = ArchiveFilter.Any,
                Visibility = ThreadVisibility.All,
                Limit = 1000,
            },
            cancellation
        );
        foreach (var thread in page.Items)
        {
            text.Append("\n  ").Append(Of(thread));
            Func<Task<string>>[] looks =
            [
                () => LogAsync(store, thread.Id),
                async () => Of((await store.ListTurnsAsync(new ListTurnsRequest(thread.Id) { Limit = 1000 }, cancellation)).Items, Of),
                () => HistoryAsync(store, thread.Id),
                async () => Of((await store.ListItemsAsync(new ListItemsRequest(thread.Id) { Limit = 10_000 }, cancellation)).Items, Of),
                async () =>
                    await store.FindAsync(thread.Id, cancellation) is { } found && Of(found) == Of(thread)
                        ? ""
                        : " and is found as another one",
            ];
            foreach (var read in looks[..always].Append(looks[always + turn++ % (looks.Length - always)]))
            {
                try
                {
                    text.Append("\n   ").Append(await read());
                }
                catch (ThreadStoreException e)
                {
                    text.Append(" ! ").Append(e.Code);
                }
            }
        }
        return text.ToString();
    }
}
