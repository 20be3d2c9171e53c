using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Spool.Server;

/// <summary>The room that the answers of one call take, one message after the other.</summary>
/// <param name="answers">The memory that there is.</param>
/// <param name="caller">Who is answered.</param>
sealed class AnswerRoom(Answers answers, string caller) : IReadingRoom, IDisposable
{
    const int Copies = 2; // the message, and its bytes in the buffers of the connection
    const int LeastCounted = 8192; // what is less is counted as a part of the call
    const int Around = 4096; // what a message has beside one large item

    long _taken;
    LinkedListNode<(TimeSpan Since, Action End)>? _answering;

    /// <summary>Gives the room of a call.</summary>
    public static AnswerRoom Of(ServerCallContext context) => context.GetHttpContext().Features.Get<AnswerRoom>()!;

    /// <inheritdoc/>
    public long PageBytes => Batches.MaxBytes;

    /// <inheritdoc/>
    public long TurnBytes => answers.Largest / Copies;

    /// <summary>Asks a store for something, and takes room for it. What a batch takes is taken before; for what is larger the store asks
    /// when it meets it, so that only large reads wait for each other.</summary>
    /// <param name="read">Asks.</param>
    /// <param name="sizeOf">Says how many bytes it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="most">How many bytes it may be that the store does not ask for.</param>
    public async ValueTask<T> ReadAsync<T>(
        Func<ValueTask<T>> read,
        Func<T, long> sizeOf,
        CancellationToken cancellationToken,
        long most = Batches.MaxBytes
    )
    {
        await HoldAsync(most, cancellationToken).ConfigureAwait(false);
        var result = await read().ConfigureAwait(false);
        var size = SizeOf(sizeOf(result) + Around);
        await TakeUpToAsync(size, cancellationToken).ConfigureAwait(false);
        GiveDownTo(size);
        return result;
    }

    /// <summary>Takes room for what is sent piece by piece, until the call ends.</summary>
    /// <param name="bytes">How large a piece may be.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public ValueTask HoldAsync(long bytes, CancellationToken cancellationToken) =>
        TakeUpToAsync(Math.Min(Copies * bytes, answers.Largest), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The store may ask for more than there is, because it does not know yet how much it will be: then it has all of
    /// it.</remarks>
    public ValueTask TakeAsync(long bytes, CancellationToken cancellationToken) =>
        TakeUpToAsync(Math.Min(Answers.OfRead + Copies * bytes, answers.Largest), cancellationToken);

    static long SizeOf(long bytes) => bytes < LeastCounted ? 0 : Copies * bytes;

    async ValueTask TakeUpToAsync(long room, CancellationToken cancellationToken)
    {
        if (room <= _taken)
            return;
        var more = room - _taken;
        if (!answers.TryTake(caller, more))
        {
            GiveDownTo(0);
            await answers.TakeAsync(caller, room, cancellationToken).ConfigureAwait(false);
        }
        _taken = room;
        await LargeGarbage.ReadyAsync(more).ConfigureAwait(false); // of the message that had the room before, too
    }

    /// <summary>Sends a message, in the room that it takes.</summary>
    public async Task SendAsync<T>(IServerStreamWriter<T> stream, T message, HttpContext call, CancellationToken cancellationToken)
        where T : class
    {
        var before = _taken;
        await TakeUpToAsync(SizeOf(((IMessage)message).CalculateSize()), cancellationToken).ConfigureAwait(false);
        var sending = _taken > 0 ? answers.Sending(call.Abort) : null;
        try
        {
            await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (sending is not null)
                answers.Sent(sending);
            GiveDownTo(before);
        }
    }

    /// <summary>Takes room for the one answer of a call, which is sent when the call is over.</summary>
    public async ValueTask AnswerAsync(object message, HttpContext call, CancellationToken cancellationToken)
    {
        await TakeUpToAsync(SizeOf(((IMessage)message).CalculateSize()), cancellationToken).ConfigureAwait(false);
        if (_taken > 0)
            _answering = answers.Sending(call.Abort);
    }

    /// <summary>Gives all room back: what was read was sent.</summary>
    public void Dispose()
    {
        if (_answering is not null)
            answers.Sent(_answering);
        _answering = null;
        GiveDownTo(0);
    }

    void GiveDownTo(long left)
    {
        if (_taken == left)
            return;
        answers.Give(caller, _taken - left);
        _taken = left;
    }
}

/// <summary>A stream of answers that takes room for each.</summary>
/// <param name="stream">The stream.</param>
/// <param name="room">The room.</param>
/// <param name="call">The call.</param>
/// <param name="end">Says when no more is answered, or null where the reading of the call ends it.</param>
sealed class AnswerStream<T>(IServerStreamWriter<T> stream, AnswerRoom room, HttpContext call, CallEnd? end) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions
    {
        get => stream.WriteOptions;
        set => stream.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        end?.ThrowIfRevoked();
        return room.SendAsync(stream, message, call, cancellationToken);
    }
}
