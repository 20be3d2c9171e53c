using System.Threading.Channels;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Server;

/// <summary>Appends what comes in a stream, and answers in the order in which it came. Reading goes on while earlier appends are
/// stored.</summary>
/// <param name="leases">The writers.</param>
/// <param name="end">Says when the call has to end.</param>
/// <param name="body">The body of the request. To cancel the reading of a message through its token would cut the call off before its
/// status is sent.</param>
sealed class AppendStream(LeasedWriters leases, CallEnd end, RequestBody body)
{
    const int MaxWaiting = 64; // appends that are not answered yet; the client waits beyond that

    /// <summary>Runs the stream to its end, or to its first error.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<Wire.AppendRequest> requests,
        IServerStreamWriter<Wire.AppendResponse> responses,
        CancellationToken cancellationToken
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        using var beforeTheFirst = ending.Token.UnsafeRegister(static state => StreamBody.EndReading((RequestBody)state!), body);
        if (!await StreamBody.MoveNextAsync(requests, end, ending.Token).ConfigureAwait(false))
            return;
        var first = requests.Current;
        if (first.Stream is < 0 or > int.MaxValue)
            throw ThreadStoreException.InvalidRequest("The number of a stream of appends is from 1 to 2147483647, or 0 for the next one.");
        using var use = leases.Take(ThreadIds.Read(first.ThreadId), WireWrites.ParseId(first.LeaseId, "lease"));
        if (use.Lease.BeginStream(first.Stream, out var followed) is not { } stream)
            throw Followed();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, followed);
        using var stopping = stop.Token.UnsafeRegister(static state => StreamBody.EndReading((RequestBody)state!), body);
        var waiting = Channel.CreateBounded<Task<Wire.AppendResponse>>(
            new BoundedChannelOptions(MaxWaiting) { SingleReader = true, SingleWriter = true }
        );
        var reading = ReadAsync(requests, use, stream, waiting.Writer, stop.Token);
        try
        {
            await foreach (var append in waiting.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                await responses.WriteAsync(await append.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // No append may outlive the use of its writer.
            await stop.CancelAsync().ConfigureAwait(false);
            while (
                waiting.Reader.TryRead(out var left) || await waiting.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false)
            )
            {
                if (left is not null)
                    await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (followed.IsCancellationRequested && !ending.IsCancellationRequested)
        {
            throw Followed();
        }
    }

    async Task ReadAsync(
        IAsyncStreamReader<Wire.AppendRequest> requests,
        LeasedWriters.Use use,
        long stream,
        ChannelWriter<Task<Wire.AppendResponse>> waiting,
        CancellationToken stop
    )
    {
        try
        {
            var (thread, lease) = (requests.Current.ThreadId, requests.Current.LeaseId);
            do
            {
                var request = requests.Current;
                if (request.ThreadId.Length > 0 && request.ThreadId != thread || request.LeaseId.Length > 0 && request.LeaseId != lease)
                    throw ThreadStoreException.InvalidRequest("A stream of appends belongs to one thread and one lease.");
                if (
                    !await use
                        .Lease.TryBeginAsync(
                            stream,
                            request.HasExpectedOrdinal && !IsControl(request) ? request.ExpectedOrdinal : null,
                            stop
                        )
                        .ConfigureAwait(false)
                )
                    return; // it was followed by another stream, or refused something
                // What is begun comes to its end and is answered, whatever ends the stream: its client takes what is not answered before a
                // refusal for not kept.
                await waiting.WriteAsync(DoAsync(use, stream, request, body.Room.TakeOver()), CancellationToken.None).ConfigureAwait(false);
            } while (await StreamBody.MoveNextAsync(requests, end, stop).ConfigureAwait(false));
        }
        finally
        {
            waiting.Complete();
        }
    }

    async Task<Wire.AppendResponse> DoAsync(LeasedWriters.Use use, long stream, Wire.AppendRequest request, MessageRoom.Held held)
    {
        var wasRefused = true;
        try
        {
            var answer = await AnswerAsync(use, request).ConfigureAwait(false);
            wasRefused = false;
            return answer;
        }
        finally
        {
            held.Dispose();
            use.Lease.EndMessage(stream, wasRefused);
        }
    }

    async Task<Wire.AppendResponse> AnswerAsync(LeasedWriters.Use use, Wire.AppendRequest request)
    {
        if (!IsControl(request))
            return WireWrites.ToWire(
                await leases.AppendAsync(use, WireWrites.ToStore(request), CancellationToken.None).ConfigureAwait(false)
            );
        if (request.Items.Count > 0 || request.Persist && request.Update is not null)
            throw ThreadStoreException.InvalidRequest("A message of a stream appends, persists or updates, and does one of them.");
        // Nothing is under way beside it, so what its client expects is exact.
        if (request.HasExpectedOrdinal && request.ExpectedOrdinal != use.Writer.NextOrdinal)
            throw ThreadStoreException.WrongOrdinal(use.Writer.ThreadId, request.ExpectedOrdinal, use.Writer.NextOrdinal);
        Wire.ChangedThread? changed = null;
        if (request.Update is { } update)
        {
            var patch = WireThreads.ToStore(update);
            await LeasedWriters
                .RunAsync(
                    use,
                    async writer =>
                        changed = WireThreads.ToWire(await writer.UpdateAsync(patch, CancellationToken.None).ConfigureAwait(false))
                )
                .ConfigureAwait(false);
        }
        else
            await LeasedWriters.RunAsync(use, writer => writer.PersistAsync(CancellationToken.None)).ConfigureAwait(false);
        var next = use.Writer.NextOrdinal;
        return new Wire.AppendResponse
        {
            FirstOrdinal = next,
            NextOrdinal = next,
            IsStored = use.Writer.IsStored,
            Changed = changed,
        };
    }

    // Its client has begun another, and hears nothing of this one.
    static ThreadStoreException Followed() => ThreadStoreException.WriterLost("A later stream of this writer has begun.");

    static bool IsControl(Wire.AppendRequest request) => request.Persist || request.Update is not null;
}
