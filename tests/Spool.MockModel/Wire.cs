using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Spool.MockModel;

/// <summary>Stands between clients and a server of gRPC, and can hold its answers back. It reads its orders from standard input, one in
/// each line, and writes to standard output what it did.</summary>
/// <remarks>
/// <c>hold</c>: from now on no answer passes, and each is told with <c>answer</c> when it is held. <c>pass</c>: those that are held go on.
/// <c>cut</c>: every connection ends, whatever it held is lost, and later answers pass. Each order is repeated when it is carried out.
/// </remarks>
sealed class Wire
{
    const int FrameHeader = 9;
    const byte Headers = 1; // the kind of frame with which an answer begins; those before it belong to the connection

    readonly TcpListener _listener;
    readonly int _target;
    readonly ConcurrentDictionary<TcpClient, byte> _open = new();
    readonly Lock _state = new();
    TaskCompletionSource? _gate;

    public Wire(int port, int target) => (_listener, _target) = (new TcpListener(IPAddress.Loopback, port), target);

    /// <summary>Carries out orders until there are no more.</summary>
    public async Task RunAsync()
    {
        _listener.Start();
        _ = AcceptAsync();
        Say("listening");
        while (await Console.In.ReadLineAsync() is { } order)
        {
            TaskCompletionSource? held;
            lock (_state)
            {
                held = _gate;
                _gate = order == "cut" ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            if (order == "cut")
            {
                foreach (var side in _open.Keys)
                    Reset(side);
            }
            held?.SetResult();
            Say(order);
        }
    }

    async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync());
    }

    async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            _open.TryAdd(client, 0);
            _open.TryAdd(server, 0);
            await server.ConnectAsync(IPAddress.Loopback, _target);
            var there = client.GetStream().CopyToAsync(server.GetStream());
            await Task.WhenAny(there, AnswerAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // a side is gone, and so is the other
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            Reset(client);
            Reset(server);
        }
    }

    async Task AnswerAsync(NetworkStream server, NetworkStream client)
    {
        var header = new byte[FrameHeader];
        var isAnswer = false;
        while (await server.ReadAtLeastAsync(header, FrameHeader, throwOnEndOfStream: false) == FrameHeader)
        {
            var frame = new byte[FrameHeader + (BinaryPrimitives.ReadInt32BigEndian(header) >> 8)];
            header.CopyTo(frame, 0);
            await server.ReadExactlyAsync(frame.AsMemory(FrameHeader));
            if (header[3] == Headers && !isAnswer)
            {
                isAnswer = true;
                await HeldAsync();
            }
            await client.WriteAsync(frame);
        }
    }

    async Task HeldAsync()
    {
        Task gate;
        lock (_state)
        {
            if (_gate is null)
                return;
            gate = _gate.Task;
            Say("answer");
        }
        await gate;
    }

    // Without lingering: the other side sees a reset and not an orderly end.
    static void Reset(TcpClient side)
    {
        if (side.Client is { } socket)
            socket.LingerState = new LingerOption(true, 0);
        side.Dispose();
    }

    static void Say(string what)
    {
        Console.Out.WriteLine(what);
        Console.Out.Flush();
    }
}
