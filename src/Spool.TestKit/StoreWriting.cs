using System.Globalization;
using Xunit;

namespace Spool.TestKit;

/// <summary>Writes whole threads, whose logs are then the lines of a <see cref="RolloutLines"/> byte for byte: its items carry their times
/// with them.</summary>
static class StoreWriting
{
    /// <summary>Gets a thread number of each history mode: see <see cref="SampleHome.Log"/>.</summary>
    public static IReadOnlyList<int> BothModes { get; } = [2, 1];

    public static ThreadId Thread(this RolloutLines log) => log.ToSeed().Id;

    /// <summary>Gives what a thread is, whatever changes it took to become that.</summary>
    public static StoredThread? WithoutRevision(this StoredThread? thread) => thread is null ? null : thread with { Revision = "" };

    /// <summary>Gives the first line as an item.</summary>
    public static NewItem Head(this RolloutLines log) => NewItem.From(new RolloutItem(log.Lines[0], 0))!;

    /// <summary>Gives the lines from one on as items.</summary>
    public static NewItem[] Items(this RolloutLines log, int from = 1) =>
        [.. log.Lines.Skip(from).Select(line => NewItem.From(new RolloutItem(line, 0))!)];

    /// <summary>Makes items that differ from each other and from those of any other text.</summary>
    public static NewItem[] Notes(string text, int count = 1, int from = 0) =>
        [
            .. Enumerable
                .Range(from, count)
                .Select(number =>
                    NewItem.FromJson(
                        "event_msg",
                        string.Create(CultureInfo.InvariantCulture, $"{{\"type\":\"note\",\"text\":\"{text}\",\"number\":{number}}}")
                    )
                ),
        ];

    /// <summary>Takes the payloads of notes out of a history.</summary>
    public static string[] NoteTexts(this IEnumerable<RolloutItem> items) =>
        [.. items.Where(item => item.IsPayload("note"u8)).Select(item => System.Text.Encoding.UTF8.GetString(item.Payload.Span))];

    public static string[] NoteTexts(this IEnumerable<NewItem> items) =>
        [.. items.Select(item => System.Text.Encoding.UTF8.GetString(item.Payload.Span))];

    public static ValueTask<IThreadWriter> CreateAsync(this IThreadStore store, RolloutLines log, CancellationToken cancellationToken) =>
        store.CreateAsync(new CreateRequest(log.Thread(), log.Head()), cancellationToken);

    public static ValueTask<IThreadWriter> ResumeAsync(this IThreadStore store, ThreadId threadId, CancellationToken cancellationToken) =>
        store.ResumeAsync(new ResumeRequest(threadId), cancellationToken);

    public static ValueTask<AppendReceipt> AppendAsync(this IThreadWriter writer, NewItem[] items, CancellationToken cancellationToken) =>
        writer.AppendAsync(new AppendRequest(items), cancellationToken);

    public static ValueTask<AppendReceipt> AppendAsync(
        this IThreadWriter writer,
        NewItem[] items,
        Durability durability,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(new AppendRequest(items) { Durability = durability }, cancellationToken);

    /// <summary>Creates a thread, writes its log and gives the right to write back.</summary>
    public static async Task WriteAsync(this IThreadStore store, RolloutLines log, CancellationToken cancellationToken)
    {
        await using var writer = await store.CreateAsync(log, cancellationToken);
        await writer.AppendAsync(log.Items(), cancellationToken);
        await writer.ShutDownAsync(cancellationToken);
    }

    /// <summary>Goes on writing a thread and gives the right to write back.</summary>
    public static async Task ContinueAsync(this IThreadStore store, ThreadId threadId, NewItem[] items, CancellationToken cancellationToken)
    {
        await using var writer = await store.ResumeAsync(threadId, cancellationToken);
        await writer.AppendAsync(items, cancellationToken);
        await writer.ShutDownAsync(cancellationToken);
    }

    public static async Task<StoredThread> GetAsync(this IThreadStore store, ThreadId threadId, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(threadId, cancellationToken);
        Assert.NotNull(found);
        return found;
    }

    /// <summary>Gives everything of both sides of the archive, newest created first.</summary>
    public static Task<List<StoredThread>> EverythingAsync(this IThreadStore store, CancellationToken cancellationToken) =>
        store.ListAllAsync(
            new ThreadQuery
            {
                Archive = ArchiveFilter.Any,
                Visibility = ThreadVisibility.All,
                Limit = 100,
            },
            cancellationToken
        );

    /// <summary>Asserts that a call is refused because the thread has a writer, and says who that is.</summary>
    public static async Task IsBeingWrittenAsync(Func<Task> call)
    {
        var refused = await StoreReading.RefusedAsync(call);
        Assert.Equal(ThreadStoreErrorCode.HasWriter, refused.Code);
        Assert.NotNull(refused.Owner);
    }
}
