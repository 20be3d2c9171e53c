namespace Spool;

/// <summary>The threads of a store that write and wait for the disk. They come when there is work for them and go when there is
/// none.</summary>
/// <remarks>Not the thread pool: a thread that waits for the disk would be missing there, and 64 disk writes at once would starve
/// it.</remarks>
sealed class RecorderThreads
{
    const int Most = 64;
    const int StackBytes = 256 * 1024;

    static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    readonly Lock _gate = new();
    readonly Queue<RolloutRecorder> _waiting = [];
    readonly Stack<Worker> _idle = []; // the last one to become idle is the first to be used, so that the others can go
    int _count;

    /// <summary>Gets the calls that wait for appends.</summary>
    public AppendWaiters Waiters { get; } = new();

    /// <summary>Has a recorder write what it has, on a thread of its own if there is one.</summary>
    public void Schedule(RolloutRecorder recorder)
    {
        Worker? worker;
        lock (_gate)
        {
            if (!_idle.TryPop(out worker))
            {
                if (_count == Most)
                {
                    _waiting.Enqueue(recorder);
                    return;
                }
                _count++;
            }
        }
        if (worker is not null)
            worker.Give(recorder);
        else
            new Thread(new Worker(this, recorder).Run, StackBytes) { IsBackground = true, Name = "Spool writing" }.Start();
    }

    // What a worker does next: work, or null when it is to wait for some.
    RolloutRecorder? Next(Worker worker)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var recorder))
                return recorder;
            _idle.Push(worker);
            return null;
        }
    }

    // Whether a worker that waited for long may end; not when it was given work at this very moment.
    bool TryRetire(Worker worker)
    {
        lock (_gate)
        {
            if (!_idle.Contains(worker))
                return false;
            var others = _idle.Where(other => other != worker).Reverse().ToList();
            _idle.Clear();
            others.ForEach(_idle.Push);
            _count--;
            return true;
        }
    }

    sealed class Worker(RecorderThreads threads, RolloutRecorder first)
    {
        readonly object _monitor = new();
        RolloutRecorder? _given;

        public void Give(RolloutRecorder recorder)
        {
            lock (_monitor)
            {
                _given = recorder;
                Monitor.Pulse(_monitor);
            }
        }

        public void Run()
        {
            for (var work = first; work is not null; work = threads.Next(this) ?? Wait())
                work.Drain();
        }

        // A monitor, because everything else looks for work in a loop for a while before it waits, and 64 threads that do so are all the
        // processor does.
        RolloutRecorder? Wait()
        {
            lock (_monitor)
            {
                while (_given is null)
                {
                    if (!Monitor.Wait(_monitor, IdleTime) && _given is null && threads.TryRetire(this))
                        return null;
                }
                (var work, _given) = (_given, null);
                return work;
            }
        }
    }
}
