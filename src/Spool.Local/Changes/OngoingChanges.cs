namespace Spool;

/// <summary>The changes of a store that are under way, and what is opened for writing. When the store is disposed, those that have begun to
/// store are waited for and end as what they became; the others end as misuse, and have stored nothing.</summary>
sealed class OngoingChanges : IAsyncDisposable
{
    readonly Lock _gate = new();
    readonly CancellationTokenSource _ending = new();
    readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _count;
    bool _isEnding;

    /// <summary>Makes a change.</summary>
    /// <param name="make">Makes it. What it does before <see cref="OngoingChange.Begin"/> it does with <see cref="OngoingChange.Token"/>,
    /// and what it does afterwards without any.</param>
    /// <param name="cancellationToken">Cancels it until it has begun to store.</param>
    /// <exception cref="ObjectDisposedException">The store was disposed before the change had begun to store.</exception>
    public async ValueTask<T> RunAsync<T>(Func<OngoingChange, ValueTask<T>> make, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
            return await make(new OngoingChange(this, either.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RequireGoingOn();
            throw;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Lets no change begin any more, neither a new one nor one that has stored nothing yet, and waits for all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isEnding = true;
            if (_count == 0)
                _allEnded.TrySetResult();
        }
        await _ending.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // a change does not wait for a disposal
        await _allEnded.Task.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _ending.Dispose();
    }

    /// <summary>Refuses what is about to store when the store is being disposed: what is refused here is never stored, and what is not is
    /// waited for.</summary>
    internal void RequireGoingOn()
    {
        lock (_gate)
            ObjectDisposedException.ThrowIf(_isEnding, typeof(LocalThreadStore));
    }

    void Enter()
    {
        lock (_gate)
        {
            RequireGoingOn();
            _count++;
        }
    }

    void Leave()
    {
        lock (_gate)
        {
            if (--_count == 0 && _isEnding)
                _allEnded.TrySetResult();
        }
    }
}

/// <summary>One change that is under way.</summary>
/// <param name="all">All of them.</param>
/// <param name="token">Is cancelled by the caller, and when the store is disposed.</param>
sealed class OngoingChange(OngoingChanges all, CancellationToken token)
{
    /// <summary>Gets what cancels it until it has begun to store.</summary>
    public CancellationToken Token => token;

    /// <summary>Comes before anything is stored: from here on the change is made, cancelled or not, and whatever becomes of the
    /// store.</summary>
    /// <exception cref="OperationCanceledException">Its caller cancelled it.</exception>
    /// <exception cref="ObjectDisposedException">The store is being disposed.</exception>
    public void Begin()
    {
        all.RequireGoingOn();
        token.ThrowIfCancellationRequested();
    }
}
