using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Spool.Server;

/// <summary>Listens for connections as the framework does, but while the process may open no more files those who come wait and nothing is
/// asked: the framework asks again at once, for as long as a connection waits, which keeps a core busy.</summary>
sealed class ConnectionListeners(
    IOptions<SocketTransportOptions> options,
    ILoggerFactory loggers,
    ILogger<SpoolServer> logger,
    TimeProvider time
) : IConnectionListenerFactory
{
    readonly SocketTransportFactory _sockets = new(options, loggers);

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await _sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), logger, time);

    sealed class Listener : IConnectionListener
    {
        static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(0.5);
        static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

        readonly IConnectionListener _inner;
        readonly ILogger<SpoolServer> _logger;
        readonly TimeProvider _time;
        readonly OncePerMinute _saying;
        readonly CancellationTokenSource _unbound = new();
        readonly ITimer _looking;
        CancellationTokenSource? _accepting;

        public Listener(IConnectionListener inner, ILogger<SpoolServer> logger, TimeProvider time)
        {
            (_inner, _logger, _time) = (inner, logger, time);
            _saying = new OncePerMinute(time);
            _looking = time.CreateTimer(_ => Look(), null, LookPeriod, LookPeriod);
        }

        public EndPoint EndPoint => _inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                using var accepting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                try
                {
                    while (!HasFiles())
                        await PauseAsync(cancellationToken).ConfigureAwait(false);
                    Volatile.Write(ref _accepting, accepting);
                    return await _inner.AcceptAsync(accepting.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (_unbound.IsCancellationRequested)
                {
                    return null;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // There are no files for a connection.
                }
                finally
                {
                    Volatile.Write(ref _accepting, null);
                }
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await _inner.UnbindAsync(cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await _unbound.CancelAsync().ConfigureAwait(false);
            await _looking.DisposeAsync().ConfigureAwait(false);
            await _inner.DisposeAsync().ConfigureAwait(false);
        }

        // Ends the asking, if it has begun.
        void Look()
        {
            if (Volatile.Read(ref _accepting) is not { } accepting || HasFiles())
                return;
            try
            {
                accepting.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The connection was taken at this moment.
            }
        }

        async Task PauseAsync(CancellationToken cancellationToken)
        {
            if (_saying.Try())
                Log.CannotAccept(_logger);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
            await Task.Delay(Pause, _time, either.Token).ConfigureAwait(false);
        }

        static bool HasFiles()
        {
            try
            {
                new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose();
                return true;
            }
            catch (SocketException e)
            {
                return e.SocketErrorCode is not (SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable);
            }
        }
    }
}
