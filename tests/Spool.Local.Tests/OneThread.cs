using System.Collections.Concurrent;

namespace Spool.Local.Tests;

/// <summary>Runs calls as a program with a thread for its window does: what goes on after an await goes on on that thread.</summary>
static class OneThread
{
    /// <summary>Runs a call to its end on a thread of its own.</summary>
    /// <returns>The number of the thread.</returns>
    public static int Run(Func<Task> call)
    {
        var id = 0;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            id = Environment.CurrentManagedThreadId;
            using var queue = new Queue();
            SynchronizationContext.SetSynchronizationContext(queue);
            var task = call();
            _ = task.ContinueWith(_ => queue.End(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            queue.Work();
            error = task.Exception?.InnerException;
        });
        thread.Start();
        thread.Join();
        return error is null ? id : throw new InvalidOperationException("The call failed.", error);
    }

    sealed class Queue : SynchronizationContext, IDisposable
    {
        readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

        public override void Post(SendOrPostCallback d, object? state) => _posted.Add((d, state));

        public void End() => _posted.CompleteAdding();

        public void Work()
        {
            foreach (var (callback, state) in _posted.GetConsumingEnumerable())
                callback(state);
        }

        public void Dispose() => _posted.Dispose();
    }
}
