using Spool.CrashHost;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>Everything a writer does, once, on a store whose disk may fail at any step. What fails is left, and the next thing is
/// tried.</summary>
/// <param name="home">The home.</param>
/// <param name="files">The disk.</param>
sealed class WriteScenario(TempHome home, FaultyFileSystem files)
{
    readonly List<WorkSession> _open = [];
    int _sessions;

    /// <summary>Gets what was sent and promised.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>Gets the codes of all failures.</summary>
    public List<ThreadStoreErrorCode> Codes { get; } = [];

    /// <summary>Runs it, and ends what was left open once the disk is well again.</summary>
    public async Task RunAsync()
    {
        await using var store = LocalThreadStore.Open(new LocalThreadStoreOptions { Home = home.Path, CacheDirectory = home.Cache }, files);
        await WriteAsync(store);
        files.Heal();
        foreach (var session in _open)
        {
            if (await CodeOfAsync(session.ShutDownAsync) is { } code)
            {
                Assert.Contains(code, (ThreadStoreErrorCode[])[ThreadStoreErrorCode.OutcomeUnknown, ThreadStoreErrorCode.WriterLost]);
                await session.Writer.DiscardAsync();
            }
            await session.Writer.DisposeAsync();
        }
    }

    async Task WriteAsync(LocalThreadStore store)
    {
        // A legacy thread whose first items wait until it is stored.
        if (await CreateAsync(store, 1, HistoryModes.Legacy) is { } first)
        {
            await AppendAsync(first, 2, Durability.Buffered);
            await TryAsync(first.PersistAsync);
            await AppendAsync(first, 3, Durability.Fsynced);
            await AppendAsync(first, 2, Durability.Buffered);
            await AppendAsync(first, 2, Durability.Flushed);
            await TryAsync(() => first.FlushAsync(Durability.Fsynced));
            await ShutDownAsync(first);
        }
        // The same again, and the end of its file is torn before the third time.
        if (await ResumeAsync(store, 1) is { } second)
        {
            await AppendAsync(second, 2, Durability.Buffered);
            await AppendAsync(second, 1, Durability.Fsynced);
            await ShutDownAsync(second);
        }
        Tear(1);
        if (await ResumeAsync(store, 1) is { } third)
        {
            await AppendAsync(third, 1, Durability.Fsynced);
            await ShutDownAsync(third);
        }
        // A paginated thread that its first append stores, and whose writer is given up.
        if (await CreateAsync(store, 2, HistoryModes.Paginated) is { } fourth)
        {
            await AppendAsync(fourth, 2, Durability.Flushed);
            await AppendAsync(fourth, 2, Durability.Buffered);
            await DiscardAsync(fourth);
        }
        if (await ResumeAsync(store, 2) is { } fifth)
        {
            await AppendAsync(fifth, 1, Durability.Flushed);
            await ShutDownAsync(fifth);
        }
        // A thread that is never stored.
        if (await CreateAsync(store, 3, HistoryModes.Legacy) is { } sixth)
        {
            await AppendAsync(sixth, 2, Durability.Buffered);
            await DiscardAsync(sixth);
        }
    }

    async Task<WorkSession?> CreateAsync(LocalThreadStore store, int number, string mode)
    {
        WorkSession? session = null;
        await TryAsync(async () =>
            session = await WorkSession.CreateAsync(store, Id(number), mode, $"s{_sessions++}", line => Ledger.Read(line))
        );
        return Opened(session);
    }

    async Task<WorkSession?> ResumeAsync(LocalThreadStore store, int number)
    {
        WorkSession? session = null;
        await TryAsync(async () =>
            session = await WorkSession.ResumeAsync(store, Id(number), $"s{_sessions++}", line => Ledger.Read(line))
        );
        return Opened(session);
    }

    WorkSession? Opened(WorkSession? session)
    {
        if (session is not null)
            _open.Add(session);
        return session;
    }

    async Task AppendAsync(WorkSession session, int count, Durability durability)
    {
        var code = await session.AppendAsync(count, durability);
        if (code is { } refusal)
            Codes.Add(refusal);
        // A disk that was full for a moment costs one append; a writer is lost only with an outcome that nobody knows.
        if (code == ThreadStoreErrorCode.ResourceExhausted && !files.IsBroken)
            Assert.Null(await session.AppendAsync(count, durability));
    }

    async Task ShutDownAsync(WorkSession session)
    {
        await TryAsync(async () =>
        {
            await session.ShutDownAsync();
            await session.Writer.DisposeAsync();
            _open.Remove(session);
        });
    }

    async Task DiscardAsync(WorkSession session)
    {
        await session.Writer.DiscardAsync(); // never fails because of the disk
        await session.Writer.DisposeAsync();
        _open.Remove(session);
    }

    async Task TryAsync(Func<Task> action)
    {
        if (await CodeOfAsync(action) is { } code)
            Codes.Add(code);
    }

    static async Task<ThreadStoreErrorCode?> CodeOfAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (ThreadStoreException e)
        {
            if (e.Code == ThreadStoreErrorCode.Internal)
                throw;
            return e.Code;
        }
    }

    // As a process leaves it that dies in the middle of a write. Only when nobody writes the thread.
    void Tear(int number)
    {
        if (_open.All(session => session.Writer.ThreadId != Id(number)) && Directory.Exists(Path.Combine(home.Path, "sessions")))
        {
            foreach (
                var file in Directory.EnumerateFiles(
                    Path.Combine(home.Path, "sessions"),
                    $"*{Id(number)}*.jsonl",
                    SearchOption.AllDirectories
                )
            )
                File.AppendAllText(file, """{"timestamp":"2026-04-30T09:15:00.120Z","type":"event_msg","payl""");
        }
    }
}
