using System.IO.Pipelines;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server;

/// <summary>Keeps the leases that a client names, and tells it of those whose right to write is lost.</summary>
/// <param name="leases">The writers.</param>
/// <param name="end">Says when the call has to end.</param>
/// <param name="body">The body of the request. To cancel the reading of a message through its token would cut the call off before its
/// status is sent.</param>
sealed class LeaseStream(LeasedWriters leases, CallEnd end, PipeReader body)
{
    readonly Dictionary<Guid, Kept> _kept = [];
    readonly Channel<Wire.WatchEvent> _events = Channel.CreateUnbounded<Wire.WatchEvent>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    /// <summary>Runs until the client says that nothing more comes, or the call has to end.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<Wire.WatchRequest> requests,
        IServerStreamWriter<Wire.WatchEvent> responses,
        CancellationToken cancellationToken
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        using var stopping = ending.Token.UnsafeRegister(static state => StreamBody.EndReading((PipeReader)state!), body);
        var reading = ReadAsync(requests, ending.Token);
        try
        {
            await foreach (var told in _events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                await responses.WriteAsync(told, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var kept in _kept.Values)
                kept.Dispose();
        }
        await reading.ConfigureAwait(false);
        end.ThrowIfEnding();
    }

    async Task ReadAsync(IAsyncStreamReader<Wire.WatchRequest> requests, CancellationToken stop)
    {
        try
        {
            while (await StreamBody.MoveNextAsync(requests, end, stop).ConfigureAwait(false))
                Take(requests.Current);
        }
        finally
        {
            _events.Writer.Complete();
        }
    }

    void Take(Wire.WatchRequest request)
    {
        var threadId = ThreadIds.Read(request.ThreadId);
        var id = WireWrites.ParseId(request.LeaseId, "lease");
        if (_kept.Remove(id, out var before))
            before.Dispose();
        if (request.Ends)
            return;
        try
        {
            var use = leases.Take(threadId, id);
            _kept[id] = new Kept(
                use,
                use.Writer.LostToken.UnsafeRegister(_ => Tell(id, WireErrors.ToRpc(LeasedWriters.Lost(threadId))), null)
            );
        }
        catch (RpcException e)
        {
            Tell(id, e);
        }
    }

    // The client may have left: then the answer is lost.
    void Tell(Guid lease, RpcException error) =>
        _events.Writer.TryWrite(new Wire.WatchEvent { LeaseId = lease.ToString(), Status = error.GetRpcStatus()!.ToByteString() });

    readonly record struct Kept(LeasedWriters.Use Use, CancellationTokenRegistration Loss) : IDisposable
    {
        public void Dispose()
        {
            Loss.Dispose();
            Use.Dispose();
        }
    }
}
