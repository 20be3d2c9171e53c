using System.Diagnostics;

namespace Spool.CrashHost;

/// <summary>Writes on a disk that is full, that fails or that may not be written, and checks what it is told.</summary>
/// <param name="store">The store.</param>
/// <param name="run">The name of this process, the beginning of its sessions' names.</param>
/// <param name="report">Takes the lines of <see cref="WorkSession"/>.</param>
sealed class Filler(IThreadStore store, string run, Action<string> report)
{
    /// <summary>Fills the disk with every durability until it is full, makes room and goes on with the same writers.</summary>
    /// <param name="ballast">A file on the same disk that is deleted to make room.</param>
    public async Task RunAsync(string ballast)
    {
        var sessions = new List<WorkSession>();
        foreach (var mode in (string[])[HistoryModes.Legacy, HistoryModes.Paginated])
            sessions.Add(await WorkSession.CreateAsync(store, ThreadId.New(TimeProvider.System), mode, $"{run}.{sessions.Count}", report));
        foreach (var session in sessions)
        {
            for (var durability = Durability.Buffered; durability <= Durability.Fsynced; durability++)
                Expect(null, await session.AppendAsync(3, durability));
        }
        foreach (var session in sessions)
        {
            ThreadStoreErrorCode? code = null;
            for (var number = 0; code is null; number++)
                code = await session.AppendAsync(1 + number % 5, (Durability)(number % 3));
            Expect(ThreadStoreErrorCode.ResourceExhausted, code);
            Expect(ThreadStoreErrorCode.ResourceExhausted, await session.AppendAsync(200, Durability.Flushed));
        }
        // Nobody can begin either: the folder of the day is there, so the create succeeds and the items find no space.
        report("full");
        File.Delete(ballast);
        foreach (var session in sessions)
        {
            Expect(null, await session.AppendAsync(2, Durability.Flushed));
            Expect(null, await session.AppendAsync(2, Durability.Fsynced));
            await session.ShutDownAsync();
        }
    }

    /// <summary>Appends until the disk fails an fsync; the writer is lost, and after the disk is mended the thread goes on with a new
    /// one.</summary>
    /// <param name="breaking">The command that breaks the disk.</param>
    /// <param name="mending">The command that mends it.</param>
    public async Task LoseTheDiskAsync(string breaking, string mending)
    {
        var threadId = ThreadId.New(TimeProvider.System);
        var session = await WorkSession.CreateAsync(store, threadId, HistoryModes.Paginated, $"{run}.0", report);
        for (var number = 0; number < 10; number++)
            Expect(null, await session.AppendAsync(3, Durability.Fsynced));
        await ShellAsync(breaking);
        ThreadStoreErrorCode? code = null;
        for (var number = 0; number < 100 && code is null; number++)
            code = await session.AppendAsync(3, Durability.Fsynced);
        Expect(ThreadStoreErrorCode.OutcomeUnknown, code);
        Expect(ThreadStoreErrorCode.OutcomeUnknown, await session.AppendAsync(1, Durability.Buffered));
        Expect(ThreadStoreErrorCode.OutcomeUnknown, await session.AppendAsync(1, Durability.Fsynced));
        await ShellAsync(mending);
        // it does not come back by itself: nobody knows what the disk has
        Expect(ThreadStoreErrorCode.OutcomeUnknown, await session.AppendAsync(1, Durability.Fsynced));
        await session.Writer.DiscardAsync();
        await session.Writer.DisposeAsync();
        var next = await WorkSession.ResumeAsync(store, threadId, $"{run}.1", report);
        Expect(null, await next.AppendAsync(3, Durability.Fsynced));
        await next.ShutDownAsync();
    }

    /// <summary>Begins and resumes threads of a home that may not be written.</summary>
    public async Task BeRefusedAsync()
    {
        var threads = (await store.ListAsync(new ThreadQuery { Visibility = ThreadVisibility.All })).Items;
        foreach (var thread in threads)
            Expect(
                ThreadStoreErrorCode.Unavailable,
                await CodeOfAsync(async () => await (await store.ResumeAsync(new ResumeRequest(thread.Id))).DisposeAsync())
            );
        foreach (var mode in (string[])[HistoryModes.Legacy, HistoryModes.Paginated])
        {
            Expect(
                ThreadStoreErrorCode.Unavailable,
                await CodeOfAsync(async () =>
                {
                    // Where the right to write is, a create may still work; what it is for may not.
                    var session = await WorkSession.CreateAsync(store, ThreadId.New(TimeProvider.System), mode, $"{run}.{mode}", report);
                    await session.PersistAsync();
                })
            );
        }
        report($"listed {threads.Count}");
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
            return e.Code;
        }
    }

    static void Expect(ThreadStoreErrorCode? expected, ThreadStoreErrorCode? actual)
    {
        if (expected != actual)
            throw new InvalidOperationException(
                $"{expected?.ToString() ?? "success"} was expected, and it was {actual?.ToString() ?? "success"}."
            );
    }

    static async Task ShellAsync(string command)
    {
        using var shell = Process.Start("sh", ["-c", command]);
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
            throw new InvalidOperationException("A command of the test failed.");
    }
}
