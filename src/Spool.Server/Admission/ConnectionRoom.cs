using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Room for connections, of all addresses together: each is an open file, and the stores need files too.</summary>
/// <remarks>One that finds no room is ended at once, before anything is read of it, so that its client knows and can come again; the log says so once a minute.</remarks>
sealed class ConnectionRoom(ServerLimits limits, ILogger<SpoolServer> logger, TimeProvider time)
{
    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    readonly Lock _lock = new();
    int _taken;
    long? _said;

    /// <summary>Serves a connection while there is room for it, and otherwise ends it.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="next">Serves it.</param>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!TryTake())
            return;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
                _taken--;
        }
    }

    bool TryTake()
    {
        lock (_lock)
        {
            if (_taken < limits.MaxConnections)
            {
                _taken++;
                return true;
            }
            if (_said is { } last && time.GetElapsedTime(last) < Quiet)
                return false;
            _said = time.GetTimestamp();
        }
        Log.NoRoomForConnection(logger, limits.MaxConnections);
        return false;
    }
}
