using System.IO.Pipelines;
using System.Threading.Channels;
using Grpc.Core;
using Spool.Remote;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Server;

/// <summary>Appends what comes in a stream, and answers in the order in which it came. Reading goes on while earlier appends are stored.</summary>
/// <param name="leases">The writers.</param>
/// <param name="drain">Says when the server stops.</param>
/// <param name="body">The body of the request. To cancel the reading of a message through its token would cut the call off before its status is sent.</param>
sealed class AppendStream(LeasedWriters leases, ServerDrain drain, PipeReader body)
{
    const int MaxWaiting = 64; // appends that are not answered yet; the client waits beyond that

    /// <summary>Runs the stream to its end, or to its first error.</summary>
    public async Task RunAsync(IAsyncStreamReader<Wire.AppendRequest> requests, IServerStreamWriter<Wire.AppendResponse> responses, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, drain.Token);
        using var beforeTheFirst = ending.Token.UnsafeRegister(static state => EndReading((PipeReader)state!), body);
        if (!await MoveNextAsync(requests, ending.Token).ConfigureAwait(false))
            return;
        var first = requests.Current;
        using var use = leases.Take(ThreadId.Parse(first.ThreadId), WireWrites.ParseId(first.LeaseId, "lease"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, use.Lease.BeginStream());
        using var stopping = stop.Token.UnsafeRegister(static state => EndReading((PipeReader)state!), body);
        var waiting = Channel.CreateBounded<Task<AppendReceipt>>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(requests, use, waiting.Writer, stop.Token);
        try
        {
            await foreach (var append in waiting.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                await responses.WriteAsync(WireWrites.ToWire(await append.ConfigureAwait(false)), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // No append may outlive the use of its writer.
            await stop.CancelAsync().ConfigureAwait(false);
            while (waiting.Reader.TryRead(out var left) || await waiting.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (left is not null)
                    await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await reading.ConfigureAwait(false);
    }

    async Task ReadAsync(IAsyncStreamReader<Wire.AppendRequest> requests, LeasedWriters.Use use, ChannelWriter<Task<AppendReceipt>> waiting, CancellationToken stop)
    {
        try
        {
            var (thread, lease) = (requests.Current.ThreadId, requests.Current.LeaseId);
            do
            {
                var request = requests.Current;
                if (request.ThreadId.Length > 0 && request.ThreadId != thread || request.LeaseId.Length > 0 && request.LeaseId != lease)
                    throw ThreadStoreException.InvalidRequest("A stream of appends belongs to one thread and one lease.");
                await waiting.WriteAsync(leases.AppendAsync(use, WireWrites.ToStore(request), stop), stop).ConfigureAwait(false);
            }
            while (await MoveNextAsync(requests, stop).ConfigureAwait(false));
        }
        finally
        {
            waiting.Complete();
        }
    }

    static void EndReading(PipeReader body)
    {
        try
        {
            body.CancelPendingRead();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return; // the connection broke, so the reading has ended; whoever stops the server must not hear of it
        }
    }

    async Task<bool> MoveNextAsync(IAsyncStreamReader<Wire.AppendRequest> requests, CancellationToken stop)
    {
        try
        {
            return await requests.MoveNext(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is RpcException or OperationCanceledException or IOException)
        {
            drain.ThrowIfDraining();
            throw new OperationCanceledException(stop);
        }
    }
}
