using System.Net;
using System.Net.Sockets;

namespace Spool.Remote.Tests;

/// <summary>One connection through the proxy, with its fault.</summary>
sealed class ProxiedConnection : IDisposable
{
    static readonly TimeSpan Late = TimeSpan.FromMilliseconds(300);

    readonly TcpClient _client;
    readonly Fault _fault;
    readonly TcpClient _server = new();
    readonly CancellationTokenSource _end;
    volatile bool _swallows;
    volatile bool _isOvertaken;
    volatile TaskCompletionSource? _held;

    public ProxiedConnection(TcpClient client, Fault fault, CancellationToken stop)
    {
        (_client, _fault) = (client, fault);
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public async Task RunAsync(IPEndPoint target)
    {
        if (_fault.Kind == FaultKind.Refuse)
            return;
        try
        {
            await _server.ConnectAsync(target, _end.Token);
            var there = PumpAsync(_client.GetStream(), _server.GetStream(), isBack: false);
            var back = PumpAsync(_server.GetStream(), _client.GetStream(), isBack: true);
            await Task.WhenAny(there, back);
            if (!_swallows && !_isOvertaken)
                await _end.CancelAsync();
            await Task.WhenAll(there, back);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // a side is gone, or the proxy is
        }
    }

    /// <summary>Lets nothing more pass on the way to the server.</summary>
    public void Hold(TaskCompletionSource held) => _held = held;

    /// <summary>Ends the connection.</summary>
    public void Cut()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // it has ended already
        }
    }

    public void Dispose()
    {
        Reset(_client);
        Reset(_server);
        _end.Dispose();
    }

    // Without lingering: the other side sees a reset and not an orderly end.
    static void Reset(TcpClient side)
    {
        if (side.Client is { } socket)
            socket.LingerState = new LingerOption(true, 0);
        side.Dispose();
    }

    async Task PumpAsync(NetworkStream from, NetworkStream to, bool isBack)
    {
        var buffer = new byte[16 * 1024];
        long passed = 0;
        var counts = isBack == _fault.OnTheWayBack && _fault.Kind is not FaultKind.None;
        try
        {
            while (true)
            {
                var read = await from.ReadAsync(buffer, _end.Token);
                if (read == 0)
                    return;
                if (!isBack && _held is { } held)
                {
                    held.TrySetResult();
                    await Task.Delay(Timeout.Infinite, _end.Token);
                }
                if (_swallows)
                    continue;
                var whole = counts ? (int)Math.Clamp(_fault.After - passed, 0, read) : read;
                await to.WriteAsync(buffer.AsMemory(0, whole), _end.Token);
                passed += whole;
                if (whole == read)
                    continue;
                switch (_fault.Kind)
                {
                    case FaultKind.Cut:
                        return;
                    case FaultKind.Swallow:
                        _swallows = true;
                        break;
                    case FaultKind.Overtake:
                        _isOvertaken = true;
                        Reset(isBack ? _server : _client);
                        await Task.Delay(Late, TimeProvider.System, _end.Token);
                        await to.WriteAsync(buffer.AsMemory(whole, read - whole), _end.Token);
                        // the server has to have read it before it hears of the end
                        await Task.Delay(Late, TimeProvider.System, _end.Token);
                        await _end.CancelAsync();
                        return;
                    default:
                        await Task.Delay(Late, TimeProvider.System, _end.Token);
                        await to.WriteAsync(buffer.AsMemory(whole, read - whole), _end.Token);
                        counts = false;
                        break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // a side is gone, or the proxy is
        }
    }
}
