using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>Room for connections, of all addresses together: each is an open file, and the stores need files too
/// (<see cref="FileRoom"/>).</summary>
/// <remarks>One that finds no room is ended at once, before anything is read of it, so that its client knows and can come again; the log
/// says so once a minute.</remarks>
sealed class ConnectionRoom(ServerLimits limits, FileRoom files, ILogger<SpoolServer> logger, TimeProvider time)
{
    const string EveryCaller = "";

    readonly Budget _connections = new(limits.MaxConnections, limits.MaxConnections, time);
    readonly OncePerMinute _saying = new(time);

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
            files.All.Give(EveryCaller, 1);
            _connections.Give(EveryCaller, 1);
        }
    }

    bool TryTake()
    {
        if (_connections.TryTake(EveryCaller, 1))
        {
            if (files.All.TryTake(EveryCaller, 1))
                return true;
            _connections.Give(EveryCaller, 1);
        }
        if (_saying.Try())
            Log.NoRoomForConnection(logger, _connections.Taken);
        return false;
    }
}
