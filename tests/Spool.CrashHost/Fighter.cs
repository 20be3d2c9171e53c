using System.Diagnostics;

namespace Spool.CrashHost;

/// <summary>Takes one thread again and again, against other processes that do the same.</summary>
/// <param name="store">The store.</param>
/// <param name="run">The name of this process, the beginning of its sessions' names.</param>
/// <param name="report">Takes the lines of <see cref="WorkSession"/>, and <c>busy</c> for each time that somebody else had the
/// thread.</param>
sealed class Fighter(IThreadStore store, string run, Action<string> report)
{
    // Nobody goes home without having had it once, however busy the machine is.
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    bool _hadIt;

    /// <summary>Fights for some time, and then until it has had the thread.</summary>
    public async Task RunAsync(ThreadId threadId, string mode, TimeSpan time, Random random)
    {
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; Stopwatch.GetElapsedTime(start) is var gone && (gone < time || !_hadIt && gone < Longest); round++)
        {
            try
            {
                await TakeAsync(threadId, mode, $"{run}.{round}", random);
            }
            catch (ThreadStoreException e) when (e.Code is ThreadStoreErrorCode.HasWriter or ThreadStoreErrorCode.AlreadyExists)
            {
                report($"busy {threadId}");
            }
            await Task.Delay(random.Next(4)); // so that it is not always the same one who is first
        }
    }

    async Task TakeAsync(ThreadId threadId, string mode, string name, Random random)
    {
        WorkSession session;
        try
        {
            session = await WorkSession.ResumeAsync(store, threadId, name, report);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound)
        {
            session = await WorkSession.CreateAsync(store, threadId, mode, name, report);
        }
        await using var writer = session.Writer;
        for (var left = 1 + random.Next(5); left > 0; left--)
        {
            if (await session.AppendAsync(1 + random.Next(4), (Durability)random.Next(3)) is { } code)
                throw new InvalidOperationException($"The one who had the thread was refused: {code}.");
        }
        await session.ShutDownAsync();
        _hadIt = true;
    }
}
