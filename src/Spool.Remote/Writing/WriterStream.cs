using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>One stream of a writer's messages to the server, and of the answers.</summary>
/// <param name="number">Its number.</param>
/// <param name="lease">The lease.</param>
/// <param name="pump">Gets the answers.</param>
/// <param name="time">The clock.</param>
sealed class WriterStream(int number, WriterLease lease, WriterPump pump, TimeProvider time) : IDisposable
{
    static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    readonly CancellationTokenSource _dropping = new();
    AsyncDuplexStreamingCall<Wire.AppendRequest, Wire.AppendResponse>? _call;
    Task _receiving = Task.CompletedTask;

    /// <summary>Gets its number.</summary>
    public int Number => number;

    /// <summary>Sends a message. The pump gets what comes of it.</summary>
    public async Task SendAsync(WriterMessage message)
    {
        var wire = AppendMessage.Of(message);
        try
        {
            if (_call is null)
            {
                lease.Name(wire, number);
                _call = lease.StreamAppends(_dropping.Token);
                _receiving = ReceiveAsync(_call);
            }
            await _call.RequestStream.WriteAsync(wire, _dropping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (RemoteErrors.IsOfConnection(e))
        {
            // The stream is over. Its own end says why, and is waited for; but not for ever.
            if (_dropping.IsCancellationRequested)
                return;
            await Task.WhenAny(ReceivedAsync(), Task.Delay(LastWord, time)).ConfigureAwait(false);
            pump.StreamFailed(number, RemoteErrors.OfConnection(e));
        }
    }

    /// <summary>Says that nothing more comes.</summary>
    public async Task EndAsync()
    {
        try
        {
            if (_call is not null)
                await _call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (RemoteErrors.IsOfConnection(e))
        {
            return; // nothing was under way
        }
    }

    /// <summary>Gives it up, whatever is under way.</summary>
    public void Drop() => _ = _dropping.CancelAsync();

    /// <summary>Waits until nothing of it is read any more; what is being read may not be disposed.</summary>
    public async Task DoneAsync()
    {
        await ReceivedAsync().ConfigureAwait(false);
        Dispose();
    }

    public void Dispose()
    {
        _call?.Dispose();
        _dropping.Dispose();
    }

#pragma warning disable VSTHRD003 // it runs beside the sending and never waits for it
    Task ReceivedAsync() => _receiving;
#pragma warning restore VSTHRD003

    async Task ReceiveAsync(AsyncDuplexStreamingCall<Wire.AppendRequest, Wire.AppendResponse> call)
    {
        try
        {
            while (await call.ResponseStream.MoveNext(_dropping.Token).ConfigureAwait(false))
                pump.Answered(number, call.ResponseStream.Current);
            pump.StreamFailed(number, new RpcException(new Status(StatusCode.Unavailable, "The stream ended.")));
        }
        catch (RpcException e)
        {
            pump.StreamFailed(number, e);
        }
        catch (Exception e) when (RemoteErrors.IsOfConnection(e))
        {
            pump.StreamFailed(number, RemoteErrors.OfConnection(e));
        }
    }
}
