namespace Spool;

/// <summary>The rollouts that this process changed and the index has not taken in. They are followed in the background, and before a
/// question is answered.</summary>
/// <param name="time">The clock.</param>
/// <param name="follow">Takes in what is noted.</param>
sealed class WrittenRollouts(TimeProvider time, Func<CancellationToken, Task> follow) : IAsyncDisposable
{
    const int IdleShare = 4; // of the time, so that following costs the appends little

    static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);

    readonly Lock _gate = new();
    readonly Dictionary<string, long> _noted = new(StringComparer.Ordinal);
    readonly CancellationTokenSource _stop = new();
    Task _following = Task.CompletedTask;
    bool _isFollowing;
    long _version;

    /// <summary>Gets whether nothing is noted.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _noted.Count == 0;
        }
    }

    /// <summary>Notes a change.</summary>
    public void Note(string path)
    {
        lock (_gate)
        {
            _noted[path] = ++_version;
            if (_isFollowing || _stop.IsCancellationRequested)
                return;
            _isFollowing = true;
            _following = Task.Run(FollowAsync);
        }
    }

    /// <summary>Gives what is noted, with what tells one change from the next.</summary>
    public Dictionary<string, long> Noted()
    {
        lock (_gate)
            return new Dictionary<string, long>(_noted, StringComparer.Ordinal);
    }

    /// <summary>Gives what is noted of one thread: the rollouts that have its id in their names.</summary>
    public IReadOnlyList<string> Of(ThreadId threadId)
    {
        lock (_gate)
        {
            if (_noted.Count == 0)
                return [];
            var id = threadId.ToString();
            return [.. _noted.Keys.Where(path => path.Contains(id, StringComparison.OrdinalIgnoreCase))];
        }
    }

    /// <summary>Forgets what was taken in, unless it was changed again since.</summary>
    public void Settle(Dictionary<string, long> takenIn)
    {
        lock (_gate)
        {
            foreach (var (path, version) in takenIn)
            {
                if (_noted.TryGetValue(path, out var now) && now == version)
                    _noted.Remove(path);
            }
        }
    }

    /// <summary>Stops following.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task following;
        lock (_gate)
            following = _following;
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task FollowAsync()
    {
        var pause = ShortestPause;
        while (true)
        {
            await Task.Delay(pause, time, _stop.Token).ConfigureAwait(false);
            var started = time.GetTimestamp();
            try
            {
                await follow(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ThreadStoreException)
            {
                // It stays noted; the next call tries again, and sees what is wrong.
            }
            var elapsed = time.GetElapsedTime(started);
            pause = elapsed * IdleShare > ShortestPause ? elapsed * IdleShare : ShortestPause;
            lock (_gate)
            {
                if (_noted.Count > 0)
                    continue;
                _isFollowing = false;
                return;
            }
        }
    }
}
