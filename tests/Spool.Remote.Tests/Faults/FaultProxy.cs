using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Spool.Remote.Tests;

/// <summary>Stands between clients and a server, and treats each new connection as the script says: the first one by the first fault, and
/// so on; behind the end of the script connections are whole.</summary>
sealed class FaultProxy : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentQueue<Fault> _script = new();
    readonly ConcurrentBag<Task> _connections = [];
    readonly ConcurrentDictionary<ProxiedConnection, byte> _open = new();
    readonly Task _accepting;
    IPEndPoint _target;
    int _accepted;

    public FaultProxy(Uri target)
    {
        _target = EndPointOf(target);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Gets how many connections came.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Says how the next connections are treated.</summary>
    public void Script(params IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
            _script.Enqueue(fault);
    }

    /// <summary>Sends later connections elsewhere.</summary>
    public void Retarget(Uri target) => _target = EndPointOf(target);

    /// <summary>Lets nothing more of what clients send on open connections pass; what servers send does.</summary>
    /// <returns>What is done when something was held.</returns>
    public Task Hold()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var connection in _open.Keys)
            connection.Hold(held);
        return held.Task;
    }

    /// <summary>Cuts every connection that is open, so that the script begins.</summary>
    public void Break()
    {
        foreach (var connection in _open.Keys)
            connection.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
#pragma warning disable VSTHRD003 // begun by the constructor
        await _accepting;
#pragma warning restore VSTHRD003
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    static IPEndPoint EndPointOf(Uri address) => new(IPAddress.Loopback, address.Port);

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _connections.Add(ServeAsync(client, _script.TryDequeue(out var fault) ? fault : Fault.None));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    async Task ServeAsync(TcpClient client, Fault fault)
    {
        using var connection = new ProxiedConnection(client, fault, _stop.Token);
        _open.TryAdd(connection, 0);
        await connection.RunAsync(_target);
        _open.TryRemove(connection, out _);
    }
}
