using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Spool.Server;

/// <summary>The room that the answers of one call take, one message after the other.</summary>
/// <param name="answers">The memory that there is.</param>
/// <param name="caller">Who is answered.</param>
sealed class AnswerRoom(Answers answers, string caller) : IDisposable
{
    const int Copies = 2; // the message, and its bytes in the buffers of the connection
    const int LeastCounted = 4096; // what is less is counted as a part of the call

    long _taken;
    LinkedListNode<(TimeSpan Since, Action End)>? _answering;

    /// <summary>Gives the room of a call.</summary>
    public static AnswerRoom Of(ServerCallContext context) => context.GetHttpContext().Features.Get<AnswerRoom>()!;

    /// <summary>Asks a store for something that may be large, and takes room for it.</summary>
    /// <param name="read">Asks.</param>
    /// <param name="sizeOf">Says how many bytes it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<T> ReadAsync<T>(Func<ValueTask<T>> read, Func<T, long> sizeOf, CancellationToken cancellationToken)
    {
        await answers.Reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var result = await read().ConfigureAwait(false);
            if (sizeOf(result) is > Answers.Small and var size)
                await TakeAsync(size, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            answers.Reading.Release();
        }
    }

    /// <summary>Takes room for a message, unless it has been taken.</summary>
    public async ValueTask TakeAsync(long size, CancellationToken cancellationToken)
    {
        var more = Copies * size - _taken;
        if (size < LeastCounted || more <= 0)
            return;
        await answers.TakeAsync(caller, more, cancellationToken).ConfigureAwait(false);
        _taken += more;
    }

    /// <summary>Sends a message, in the room that it takes.</summary>
    public async Task SendAsync<T>(IServerStreamWriter<T> stream, T message, HttpContext call, CancellationToken cancellationToken)
        where T : class
    {
        var before = _taken;
        await TakeAsync(((IMessage)message).CalculateSize(), cancellationToken).ConfigureAwait(false);
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
        await TakeAsync(((IMessage)message).CalculateSize(), cancellationToken).ConfigureAwait(false);
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
sealed class AnswerStream<T>(IServerStreamWriter<T> stream, AnswerRoom room, HttpContext call) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions
    {
        get => stream.WriteOptions;
        set => stream.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken) => room.SendAsync(stream, message, call, cancellationToken);
}
