using System.Text;

namespace Spool.Benchmarks;

/// <summary>Threads and items that benchmarks write.</summary>
static class NewThreads
{
    static readonly DateTimeOffset Created = new(2026, 4, 30, 9, 15, 0, TimeSpan.Zero);

    /// <summary>Opens a writer of a new thread, whose folder is in no repository.</summary>
    public static async Task<IThreadWriter> CreateAsync(IThreadStore store, string mode = HistoryModes.Legacy)
    {
        var threadId = ThreadId.New(TimeProvider.System);
        var meta = new SessionMeta(threadId, Created)
        {
            Cwd = "/",
            Originator = "spool_benchmarks",
            CliVersion = "0.0.0",
            HistoryMode = mode,
        };
        var writer = await store.CreateAsync(new CreateRequest(threadId, meta.ToItem()));
        await writer.PersistAsync();
        return writer;
    }

    /// <summary>Makes an item whose line, with its line end, has so many bytes in a legacy log.</summary>
    public static NewItem Item(int bytes)
    {
        var empty = Make(0);
        return Make(bytes - 1 - RolloutLine.ToArray(empty, DateTimeOffset.UnixEpoch, null).Length);

        static NewItem Make(int text) =>
            new("event_msg", Encoding.UTF8.GetBytes($$"""{"type":"agent_message","message":"{{new string('x', text)}}"}"""));
    }

    /// <summary>Makes the line of an item, with its line end.</summary>
    public static byte[] Line(NewItem item) => [.. RolloutLine.ToArray(item, Created, null), (byte)'\n'];
}
