using System.Globalization;

namespace Spool.CrashHost;

/// <summary>One writer at work: it sends items and reports, line by line, what it is about to send and what was promised of it.</summary>
/// <remarks>
/// The lines, of words between single spaces: <c>open SESSION THREAD ORDINAL</c> · <c>send SESSION NUMBER COUNT</c> before an append ·
/// <c>kept SESSION NUMBER COUNT ORDINAL</c> for a receipt of stored items · <c>waits SESSION NUMBER COUNT ORDINAL</c> for one of items that
/// wait · <c>refused SESSION NUMBER COUNT</c> when none of the items may be stored · <c>unknown SESSION NUMBER COUNT</c> when nobody knows
/// · <c>safe SESSION COUNT</c> when the first items, so many, are stored. A line is written only after what it says was awaited.
/// </remarks>
public sealed class WorkSession
{
    readonly Action<string> _report;
    int _sent;

    WorkSession(IThreadWriter writer, string name, Action<string> report)
    {
        Writer = writer;
        Name = name;
        _report = report;
        Report($"open {Name} {writer.ThreadId} {writer.NextOrdinal}");
    }

    /// <summary>Gets the name, which is in every item.</summary>
    public string Name { get; }

    /// <summary>Gets the writer.</summary>
    public IThreadWriter Writer { get; }

    /// <summary>Begins a thread.</summary>
    public static async Task<WorkSession> CreateAsync(
        IThreadStore store,
        ThreadId threadId,
        string mode,
        string name,
        Action<string> report
    )
    {
        var meta = new SessionMeta(threadId, new DateTimeOffset(2026, 4, 30, 9, 15, 0, TimeSpan.Zero))
        {
            Cwd = "/work/crash",
            Originator = "spool_tests",
            CliVersion = "0.0.0",
            HistoryMode = mode,
        };
        return new WorkSession(await store.CreateAsync(new CreateRequest(threadId, meta.ToItem())), name, report);
    }

    /// <summary>Goes on with a thread.</summary>
    public static async Task<WorkSession> ResumeAsync(IThreadStore store, ThreadId threadId, string name, Action<string> report) =>
        new(await store.ResumeAsync(new ResumeRequest(threadId)), name, report);

    /// <summary>Appends the next items.</summary>
    /// <returns>Null, or the code with which it was refused.</returns>
    public Task<ThreadStoreErrorCode?> AppendAsync(int count, Durability durability) =>
        AppendAsync(count, request => request with { Durability = durability });

    /// <summary>Appends the next items.</summary>
    /// <param name="count">How many.</param>
    /// <param name="with">Sets what else belongs to the request.</param>
    /// <param name="times">How often the same request is sent, one behind the other.</param>
    /// <returns>Null, or the code with which it was refused.</returns>
    public async Task<ThreadStoreErrorCode?> AppendAsync(int count, Func<AppendRequest, AppendRequest> with, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(with);
        var first = _sent;
        _sent += count;
        Report($"send {Name} {first} {count}");
        var request = with(new AppendRequest([.. Enumerable.Range(first, count).Select(number => WorkItem.Make(Name, number))]));
        try
        {
            for (; times > 0; times--)
            {
                var receipt = await Writer.AppendAsync(request);
                if (receipt.Count != count)
                    throw new InvalidOperationException($"The receipt is of {receipt.Count} items and {count} were appended.");
                Report($"{(receipt.IsStored ? "kept" : "waits")} {Name} {first} {count} {receipt.FirstOrdinal}");
            }
            return null;
        }
        catch (ThreadStoreException e)
        {
            Report($"{(e.Code == ThreadStoreErrorCode.OutcomeUnknown ? "unknown" : "refused")} {Name} {first} {count}");
            return e.Code;
        }
    }

    /// <summary>Stores the thread.</summary>
    public Task PersistAsync() => PromiseAsync(() => Writer.PersistAsync());

    /// <summary>Waits until everything is stored.</summary>
    public async Task FlushAsync(Durability durability)
    {
        // A flush stores a thread that has items to store; without any there is nothing to promise.
        await PromiseAsync(() => Writer.FlushAsync(durability));
    }

    /// <summary>Stores everything and ends.</summary>
    public Task ShutDownAsync() => PromiseAsync(() => Writer.ShutDownAsync());

    async Task PromiseAsync(Func<ValueTask> barrier)
    {
        var sent = _sent;
        await barrier();
        Report($"safe {Name} {sent}");
    }

    void Report(FormattableString line) => _report(line.ToString(CultureInfo.InvariantCulture));
}
