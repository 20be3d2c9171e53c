using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Spool.Server;

/// <summary>Wakes connections while the server stops. They notice that their last stream has ended when something comes from the client, or
/// with the heartbeat of the web server; but that one ends when the stop begins, so that a quiet connection would last as long as a stop
/// may.</summary>
sealed class ConnectionPulse
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    readonly Lock _waking = new();
    readonly ConcurrentDictionary<Beat, bool> _beats = new();

    /// <summary>Serves a connection whose heart can be made to beat.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.Features.Get<IConnectionHeartbeatFeature>() is not { } heart)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }
        var beat = new Beat(heart);
        connection.Features.Set<IConnectionHeartbeatFeature>(beat);
        _beats[beat] = true;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _beats.TryRemove(beat, out _);
        }
    }

    /// <summary>Begins to wake all connections now and then.</summary>
    /// <returns>What ends it.</returns>
    public IDisposable Begin() =>
        // the web server's own time is that of the system
        TimeProvider.System.CreateTimer(static state => ((ConnectionPulse)state!).Wake(), this, Interval, Interval);

    void Wake()
    {
        if (!_waking.TryEnter())
            return;
        try
        {
            foreach (var (beat, _) in _beats)
                beat.Tick();
        }
        finally
        {
            _waking.Exit();
        }
    }

    sealed class Beat(IConnectionHeartbeatFeature heart) : IConnectionHeartbeatFeature
    {
        readonly ConcurrentQueue<(Action<object> Action, object State)> _actions = new();

        public void OnHeartbeat(Action<object> action, object state)
        {
            heart.OnHeartbeat(action, state);
            _actions.Enqueue((action, state));
        }

        public void Tick()
        {
            foreach (var (action, state) in _actions)
                action(state);
        }
    }
}
