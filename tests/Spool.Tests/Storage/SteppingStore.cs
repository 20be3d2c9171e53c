namespace Spool.Tests;

/// <summary>A store in memory whose openings and shut-downs go on only when a test lets them: each comes to a step and waits
/// there.</summary>
sealed class SteppingStore() : DelegatingThreadStore(new InMemoryThreadStore())
{
    readonly Lock _lock = new();
    readonly List<TaskCompletionSource<bool>> _waiting = [];

    /// <summary>Gets or sets whether anything waits at all.</summary>
    public bool IsStepping { get; set; }

    /// <summary>Gets how many wait at a step.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>Gets the most that ever waited at a time.</summary>
    public int MostWaiting { get; private set; }

    /// <summary>Lets one go on that waits.</summary>
    /// <param name="which">Which of them, in the order in which they came.</param>
    /// <param name="fails">Whether it fails.</param>
    public void Go(int which = 0, bool fails = false)
    {
        TaskCompletionSource<bool> next;
        lock (_lock)
        {
            next = _waiting[which];
            _waiting.RemoveAt(which);
        }
        next.SetResult(fails);
    }

    public override async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        await StepAsync();
        return new Writer(this, await base.CreateAsync(request, cancellationToken));
    }

    async Task StepAsync()
    {
        if (!IsStepping)
            return;
        var step = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(step);
            MostWaiting = Math.Max(MostWaiting, _waiting.Count);
        }
        if (await step.Task)
            throw new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "The store cannot be used now.");
    }

    sealed class Writer(SteppingStore store, IThreadWriter inner) : DelegatingThreadWriter(inner)
    {
        public override async ValueTask ShutDownAsync(CancellationToken cancellationToken = default)
        {
            await store.StepAsync();
            await base.ShutDownAsync(cancellationToken);
        }
    }
}
