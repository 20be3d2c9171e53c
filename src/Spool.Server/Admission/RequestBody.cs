using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http.Features;

namespace Spool.Server;

/// <summary>The body of a request, of which each message takes room before it is received, unpacked and made an object: its bytes, and what
/// it will weigh. A message that is larger than is allowed is refused by what its beginning says; one for which there is no room just now
/// waits, and then is refused as busy.</summary>
/// <remarks>A message is given as soon as it is there to its end. Until then it stays in the buffers of its connection, or in one piece of
/// memory of its own length if it is larger than those.</remarks>
/// <param name="body">The body.</param>
/// <param name="encoding">How messages are compressed that are, or null.</param>
/// <param name="type">What the messages are, or null where only small ones are taken.</param>
/// <param name="maxBytes">The largest message, unpacked.</param>
/// <param name="room">The room that messages take.</param>
/// <param name="ofStream">Whether any number of messages may come, or exactly one.</param>
sealed class RequestBody(PipeReader body, string? encoding, MessageDescriptor? type, int maxBytes, MessageRoom room, bool ofStream)
    : PipeReader,
        IRequestBodyPipeFeature,
        IDisposable
{
    const int Header = 5;
    const int Copies = 5; // of a large message: as it came, as an object, as a line, on its way through the store, and what they leave
    const int Buffered = 192 * 1024; // well below the window of a stream, so that a message that is left in the buffers comes to its end

    readonly CancellationTokenSource _cancelling = new();
    FrameMemory? _frame;
    long _frameLength;
    long _begun; // the room that was taken for a message when its beginning came
    Requests.Arrival? _arrival; // of a message that is not there to its end
    volatile bool _isTooSlow;
    bool _isGiven; // whether a part of the body itself was given
    bool _isMessageGiven; // whether a message was
    bool _isReceiving; // whether the rest of a large message is awaited

    /// <summary>Gets the room that the messages take.</summary>
    public MessageRoom Room => room;

    PipeReader IRequestBodyPipeFeature.Reader => this;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // it waits for each message of a stream
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Drop();
        room.Next();
        while (true)
        {
            var read = await ReadBodyAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            var isBegun = buffer.Length >= Header;
            var length = Header + (isBegun ? LengthOf(buffer) : 0);
            if (read.IsCanceled)
                return Give(read);
            Check(buffer, isLast: read.IsCompleted, isWhole: isBegun && buffer.Length >= length);
            if (read.IsCompleted && buffer.IsEmpty)
                return Give(read);
            if (length - Header > maxBytes)
                throw TooLarge();
            if (isBegun && buffer.Length >= length)
                return await GiveAsync(buffer.Slice(0, length), cancellationToken).ConfigureAwait(false);
            if (length > Buffered)
                return await ReceiveAsync(buffer, length, cancellationToken).ConfigureAwait(false);
            // What is there of it is memory as well, however long the rest takes.
            if (isBegun && _begun == 0)
            {
                await TakeAsync(length, cancellationToken).ConfigureAwait(false);
                _begun = length;
                Arrive();
            }
            _arrival?.Received = buffer.Length;
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    // Nothing here reads without waiting.
    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_isGiven)
            body.AdvanceTo(consumed, examined);
        _isGiven = false;
        Drop(); // a message of its own memory is read whole, or the call ends
    }

    public override void CancelPendingRead()
    {
        _cancelling.Cancel();
        body.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    /// <summary>Gives all room back that was not taken over.</summary>
    public void Dispose()
    {
        Drop();
        _arrival?.Dispose();
        room.Dispose();
        _cancelling.Dispose();
    }

    void Arrive() =>
        _arrival ??= room.Arrive(() =>
        {
            _isTooSlow = true;
            body.CancelPendingRead();
        });

    // From here on the client is not to blame if it takes long.
    void Arrived()
    {
        _arrival?.Dispose();
        _arrival = null;
        _isMessageGiven = true;
    }

    void Drop()
    {
        ((IDisposable?)_frame)?.Dispose();
        _frame = null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<ReadResult> ReadBodyAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (!read.IsCanceled || !_isTooSlow || _cancelling.IsCancellationRequested)
                    return read;
                body.AdvanceTo(read.Buffer.Start);
                if (_arrival is not null)
                    throw WireErrors.Busy("The request came too slowly while others waited for its room; send it again.");
                _isTooSlow = false; // it was there to its end at that moment
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The body of a request fails with its connection or its stream only, and that may be heard here before the token of the call
            // is cancelled.
            throw new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.Cancelled, "The connection was lost."));
        }
    }

    // Refuses what is no message, or not the right number of them.
    void Check(in ReadOnlySequence<byte> buffer, bool isLast, bool isWhole)
    {
        if (_isMessageGiven && !ofStream && !buffer.IsEmpty)
            throw Malformed("A request of this method is one message, and more came.");
        if (!_isReceiving && !buffer.IsEmpty && buffer.FirstSpan[0] > 1)
            throw Malformed("The request is not a message of this method.");
        if (!isLast || isWhole)
            return;
        if (!buffer.IsEmpty || _isReceiving)
            throw Malformed("The last message of the request did not come whole.");
        if (!_isMessageGiven && !ofStream)
            throw Malformed("A request of this method is one message, and none came.");
    }

    static Grpc.Core.RpcException Malformed(string message) => WireErrors.ToRpc(ThreadStoreException.InvalidRequest(message));

    ReadResult Give(ReadResult read)
    {
        _isGiven = true;
        return read;
    }

    // Where the whole message is in the buffers of the connection.
    async ValueTask<ReadResult> GiveAsync(ReadOnlySequence<byte> frame, CancellationToken cancellationToken)
    {
        Arrived();
        if (IsPacked(frame))
        {
            _begun = 0;
            var unpacked = await UnpackAsync(frame, cancellationToken).ConfigureAwait(false);
            body.AdvanceTo(frame.End);
            return unpacked;
        }
        await TakeAsync(frame.Length + WeightOf(frame) - _begun, cancellationToken).ConfigureAwait(false);
        _begun = 0;
        return Give(new ReadResult(frame, isCanceled: false, isCompleted: false));
    }

    // Where it is larger than the buffers: room is taken for all of it before it is received, so that of several large messages those are
    // refused that do not fit, and not all of them half received.
    async ValueTask<ReadResult> ReceiveAsync(ReadOnlySequence<byte> buffer, long length, CancellationToken cancellationToken)
    {
        var isPacked = IsPacked(buffer);
        var taken = isPacked ? length : RoomOf(length);
        await TakeAsync(taken, cancellationToken).ConfigureAwait(false);
        Arrive();
        var frame = new FrameMemory((int)length);
        (_frame, _frameLength, _isReceiving) = (frame, 0, true);
        while (true)
        {
            var part = buffer.Slice(0, Math.Min(buffer.Length, length - _frameLength));
            part.CopyTo(frame.GetSpan()[(int)_frameLength..]);
            _arrival!.Received = _frameLength += part.Length;
            body.AdvanceTo(part.End);
            if (_frameLength == length)
                break;
            var read = await ReadBodyAsync(cancellationToken).ConfigureAwait(false);
            if (read.IsCanceled)
                return Give(read);
            Check(read.Buffer, isLast: read.IsCompleted && read.Buffer.IsEmpty, isWhole: false);
            buffer = read.Buffer;
        }
        _isReceiving = false;
        Arrived();
        var whole = new ReadOnlySequence<byte>(frame.Memory);
        if (isPacked)
        {
            _frame = null;
            using (frame)
                return await UnpackAsync(whole, cancellationToken).ConfigureAwait(false);
        }
        return Weighed(whole, taken);
    }

    // What it weighs more than was taken for it is not waited for: a call that waits holds nothing.
    ReadResult Weighed(in ReadOnlySequence<byte> whole, long taken)
    {
        var weight = WeightOf(whole);
        var more = Math.Min(whole.Length + weight, room.Largest) - taken;
        if (weight > room.Largest || (more > 0 && !room.TryTake(more)))
            throw Busy(weight);
        return new ReadResult(whole, isCanceled: false, isCompleted: false);
    }

    // What is taken for a message of a length before it is received. A large one leaves some of the room to others.
    long RoomOf(long length)
    {
        var copies = length < LargeGarbage.Large ? 2 : Copies;
        return Math.Min(Math.Max(2 * length, Math.Min(copies * length, room.Largest - room.Largest / 8)), room.Largest);
    }

    async ValueTask<ReadResult> UnpackAsync(ReadOnlySequence<byte> packed, CancellationToken cancellationToken)
    {
        var content = packed.Slice(Header);
        long taken;
        try
        {
            var length = PackedFrame.LengthOf(content, encoding!, maxBytes);
            if (length > maxBytes)
                throw TooLarge();
            await TakeAsync(taken = RoomOf(Header + length), cancellationToken).ConfigureAwait(false);
            _frame = new FrameMemory(Header + (int)length);
            var message = _frame.GetSpan();
            message[0] = 0; // not packed any more
            BinaryPrimitives.WriteInt32BigEndian(message[1..], (int)length);
            PackedFrame.Unpack(content, encoding!, message[Header..]);
        }
        catch (InvalidDataException)
        {
            throw WireErrors.ToRpc(ThreadStoreException.InvalidRequest($"A message is not packed as {encoding}."));
        }
        return Weighed(new ReadOnlySequence<byte>(_frame.Memory), taken);
    }

    bool IsPacked(in ReadOnlySequence<byte> frame) => frame.FirstSpan[0] == 1 && PackedFrame.Knows(encoding);

    long WeightOf(in ReadOnlySequence<byte> frame) =>
        type is null ? frame.Length : MessageWeight.Of(type, frame.Slice(Header), room.Largest);

    async ValueTask TakeAsync(long weight, CancellationToken cancellationToken)
    {
        if (!room.TryTake(weight))
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cancelling.Token);
            if (!await room.TakeAsync(weight, either.Token).ConfigureAwait(false))
                throw Busy(weight);
        }
        await LargeGarbage.ReadyAsync(weight).ConfigureAwait(false); // of the message that had the room before, too
    }

    Grpc.Core.RpcException Busy(long weight) =>
        weight > room.Largest
            ? WireErrors.ToRpc(
                ThreadStoreException.TooLarge("The request has more parts than the server has memory for; send less at once.")
            )
            : WireErrors.Busy("Requests take all the memory that there is for them; try again later.");

    Grpc.Core.RpcException TooLarge() =>
        WireErrors.ToRpc(
            ThreadStoreException.TooLarge($"A request is larger than the {maxBytes / 1024} KiB that this server takes; send less at once.")
        );

    static long LengthOf(in ReadOnlySequence<byte> frame)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        frame.Slice(1, sizeof(uint)).CopyTo(length);
        return BinaryPrimitives.ReadUInt32BigEndian(length);
    }
}
