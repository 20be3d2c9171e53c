namespace Spool.Server;

/// <summary>Asks once a second whether something that the server was started with has changed, so that it can be replaced while the server
/// runs.</summary>
/// <typeparam name="T">What may change.</typeparam>
sealed class Rereading<T> : IAsyncDisposable
    where T : class
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    readonly Func<CancellationToken, ValueTask<T?>> _read;
    readonly Action<T> _use;
    readonly Action<Exception> _failed;
    readonly PeriodicTimer _timer;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _running;
    (Type, int)? _said; // the failure that was said last, while nothing else came

    /// <summary>Begins to ask.</summary>
    /// <param name="read">Gives what is new, or null when nothing changed.</param>
    /// <param name="use">Takes what is new, or throws.</param>
    /// <param name="failed">Gets what they throw: a <see cref="ThreadStoreException"/> for what cannot be used; anything else that is
    /// thrown again and again comes once.</param>
    /// <param name="time">The clock.</param>
    public Rereading(Func<CancellationToken, ValueTask<T?>> read, Action<T> use, Action<Exception> failed, TimeProvider time)
    {
        (_read, _use, _failed) = (read, use, failed);
        _timer = new PeriodicTimer(Period, time);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();
#pragma warning disable VSTHRD003 // begun by the constructor, and it waits for no other task
        await _running.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _stopping.Dispose();
    }

    async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
            await AskAsync().ConfigureAwait(false);
    }

    async Task AskAsync()
    {
        try
        {
            // Whatever is asked, and does not answer, does not keep the server from stopping.
            if (await _read(_stopping.Token).AsTask().WaitAsync(_stopping.Token).ConfigureAwait(false) is { } changed)
                _use(changed);
            _said = null;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // the timer has ended too
        }
        catch (Exception e)
        {
            // The loop's boundary: the next tick asks again.
            // a refusal of what was read is said once by its source
            (Type, int)? failure = e is ThreadStoreException ? null : (e.GetType(), e.HResult);
            if (failure is null || failure != _said)
                _failed(e);
            _said = failure;
        }
    }
}
