using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Asks once a second whether the tokens have changed, so that one can be added and another taken away while the server runs.</summary>
sealed class TokenRefresh : IAsyncDisposable
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    readonly ValidTokens _tokens;
    readonly Func<CancellationToken, ValueTask<TokenTable?>> _read;
    readonly ILogger _logger;
    readonly PeriodicTimer _timer;
    readonly CancellationTokenSource _stopping = new();
    readonly Task _running;

    /// <summary>Begins to ask.</summary>
    /// <param name="tokens">The tokens that are valid.</param>
    /// <param name="read">Gives new ones, or null when nothing changed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public TokenRefresh(ValidTokens tokens, Func<CancellationToken, ValueTask<TokenTable?>> read, TimeProvider time, ILogger logger)
    {
        (_tokens, _read, _logger) = (tokens, read, logger);
        _timer = new PeriodicTimer(Period, time);
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();
#pragma warning disable VSTHRD003 // begun by the constructor, and it waits for nobody
        await _running.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _stopping.Dispose();
    }

    async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
            await RefreshAsync().ConfigureAwait(false);
    }

    async Task RefreshAsync()
    {
        try
        {
            if (await _read(_stopping.Token).ConfigureAwait(false) is not { } table)
                return;
            _tokens.Replace(table);
            Log.TokensReplaced(_logger, table.Rows.Count);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return; // the timer has ended too
        }
        catch (ThreadStoreException e)
        {
            Log.TokensRefused(_logger, e.Message);
        }
        catch (Exception e)
        {
            Log.TokensFailed(_logger, e); // the loop's boundary: the next tick asks again
        }
    }
}
