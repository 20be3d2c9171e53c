namespace Spool.Remote;

/// <summary>Lets a few writers of a store be opened again at a time, the others in the order in which they came; and while the server does
/// not answer one only, with pauses that grow. When a server stops and comes back, thousands want to be opened at once: all of their
/// attempts before it is there are in vain, and so is most of what it does for calls that are no longer waited for.</summary>
/// <param name="patience">For how long to wait while no opening is answered.</param>
/// <param name="longestPause">The longest pause between two attempts while the server does not answer.</param>
/// <param name="time">The clock.</param>
sealed class OpeningGate(TimeSpan patience, TimeSpan longestPause, TimeProvider time)
{
    /// <summary>How many are opened at a time.</summary>
    public const int Width = 16;

    readonly Lock _lock = new();
    readonly LinkedList<TaskCompletionSource> _waiting = new();
    OpeningGateState _state = OpeningGateStates.Table.First;
    int _inside;
    int _failures; // pauses since the server answered last
    long _answered = time.GetTimestamp();

    /// <summary>Waits for a place.</summary>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>Whether there was one; otherwise no opening was answered for too long.</returns>
    public async ValueTask<bool> EnterAsync(CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        LinkedListNode<TaskCompletionSource> place;
        lock (_lock)
        {
            place = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            AdmitLocked();
        }
        while (true)
        {
            var left = patience - time.GetElapsedTime(Math.Max(asked, Volatile.Read(ref _answered)));
            try
            {
                await place
                    .Value.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken)
                    .ConfigureAwait(false);
                return true;
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                lock (_lock)
                {
                    if (place.List is null)
                        return true; // at the last moment
                    if (e is TimeoutException && time.GetElapsedTime(Math.Max(asked, _answered)) < patience)
                        continue;
                    _waiting.Remove(place);
                }
                if (e is OperationCanceledException)
                    throw;
                return false;
            }
        }
    }

    /// <summary>Gives the place back.</summary>
    /// <param name="outcome">What came of the opening.</param>
    public void Leave(OpeningOutcome outcome)
    {
        lock (_lock)
        {
            _inside--;
            switch (outcome)
            {
                case OpeningOutcome.Answered:
                    On(OpeningGateEvent.Answered);
                    _failures = 0;
                    Volatile.Write(ref _answered, time.GetTimestamp());
                    break;
                case OpeningOutcome.Unanswered when _state is OpeningGateState.Wide or OpeningGateState.Narrow:
                    On(OpeningGateEvent.Unanswered);
                    _ = PauseAsync(Backoff.Before(++_failures, longestPause));
                    break;
            }
            AdmitLocked();
        }
    }

    async Task PauseAsync(TimeSpan pause)
    {
        await Task.Delay(pause, time).ConfigureAwait(false);
        lock (_lock)
        {
            On(OpeningGateEvent.Rested);
            AdmitLocked();
        }
    }

    void AdmitLocked()
    {
        var width = _state switch
        {
            OpeningGateState.Wide => Width,
            OpeningGateState.Narrow => 1,
            _ => 0,
        };
        while (_inside < width && _waiting.First is { } next)
        {
            _waiting.Remove(next);
            _inside++;
            next.Value.SetResult();
        }
    }

    // The only place where the state changes. The caller holds the lock.
    void On(OpeningGateEvent happened) => _state = OpeningGateStates.Table.Next(_state, happened, _lock);
}

/// <summary>What came of an opening.</summary>
enum OpeningOutcome
{
    /// <summary>The server answered, whatever it was.</summary>
    Answered,

    /// <summary>It did not.</summary>
    Unanswered,

    /// <summary>The call was given up before an answer came, which says nothing of the server.</summary>
    GivenUp,
}
