using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Spool;

/// <summary>The threads that read rollouts while one stores what they found.</summary>
sealed class ReaderThreads : IDisposable
{
    const int QueueLength = 256;

    // for each first batch: a transaction for each rollout of a slow disk would write far more than the index is large
    const int FirstBatchMs = 20;

    readonly BlockingCollection<(int Index, RolloutScan? Scan)> _scans = new(QueueLength);
    readonly CancellationTokenSource _stop;
    readonly Thread[] _threads;
    int _running;
    Exception? _failure;

    /// <summary>Starts the threads.</summary>
    public ReaderThreads(
        int count,
        PendingRollouts pending,
        Action<PendingRollouts, BlockingCollection<(int, RolloutScan?)>, CancellationToken> read,
        CancellationToken cancellationToken
    )
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _threads = new Thread[Math.Clamp(count, 1, Math.Min(64, pending.Count))];
        _running = _threads.Length;
        for (var i = 0; i < _threads.Length; i++)
        {
            var thread = new Thread(() => Run(() => read(pending, _scans, _stop.Token))) { IsBackground = true, Name = "Spool indexing" };
            if (!TryStart(thread))
            {
                // Fewer are slower, and none is an error.
                if (i == 0)
                    _failure = new ThreadStoreException(
                        ThreadStoreErrorCode.ResourceExhausted,
                        "The process may start no more threads; raise the limits (ulimit -u and ulimit -n, or those of its container) and try again."
                    );
                if (Interlocked.Add(ref _running, i - _threads.Length) == 0)
                    _scans.CompleteAdding();
                _threads = _threads[..i];
                return;
            }
            _threads[i] = thread;
        }
    }

    static bool TryStart(Thread thread)
    {
        try
        {
            thread.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false; // so the runtime says that the system refused
        }
    }

    /// <summary>Takes what has been read, and waits for it when there is nothing yet or only little.</summary>
    /// <returns>Whether there was anything; false when everything has been read.</returns>
    public bool TryTake(List<(int, RolloutScan?)> destination, int most)
    {
        if (_scans.TryTake(out var first, Timeout.Infinite, _stop.Token))
        {
            destination.Add(first);
            var since = Stopwatch.StartNew();
            while (
                destination.Count < most
                && _scans.TryTake(
                    out var next,
                    (int)Math.Max(0, FirstBatchMs * Math.Max(1, most / IndexUpdater.FirstBatch) - since.ElapsedMilliseconds),
                    _stop.Token
                )
            )
                destination.Add(next);
            return true;
        }
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        return false;
    }

    /// <summary>Stops the threads and waits for them.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (var thread in _threads)
            thread.Join();
        _stop.Dispose();
        _scans.Dispose();
    }

    void Run(Action read)
    {
        try
        {
            read();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The caller that cancelled knows.
        }
        catch (Exception e)
        {
            // The failure is thrown where the scans are taken.
            Interlocked.CompareExchange(ref _failure, e, null);
        }
        if (Interlocked.Decrement(ref _running) == 0)
            _scans.CompleteAdding();
    }
}
