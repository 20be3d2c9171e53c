namespace Spool.Cli;

/// <summary>Threads that the process may start besides those that it has. A pool of threads that the system refuses one ends the process,
/// or waits for it for ever.</summary>
static class SpareThreads
{
    /// <summary>Checks that there are some, by starting them for a moment; each costs about 0.1 ms.</summary>
    /// <param name="count">How many there must be.</param>
    /// <exception cref="OutOfMemoryException">There are fewer.</exception>
    public static void Require(int count)
    {
        using var end = new ManualResetEventSlim();
        var threads = new List<Thread>(count);
        try
        {
            while (threads.Count < count)
            {
                var thread = new Thread(end.Wait);
                thread.Start();
                threads.Add(thread);
            }
        }
        finally
        {
            end.Set();
            threads.ForEach(thread => thread.Join());
        }
    }
}
