namespace Spool.Server;

/// <summary>The room that the messages of one request take. That of a message lasts until the call ends, or, in a stream, until the next
/// one is read, unless the call has taken it over.</summary>
/// <param name="requests">What there is.</param>
/// <param name="caller">Whose it is.</param>
/// <param name="ofStream">Whether the messages come in a stream.</param>
sealed class MessageRoom(Requests requests, string caller, bool ofStream) : IDisposable
{
    /// <summary>Gets how much is taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Gets the most that can be taken.</summary>
    public long Largest => requests.Largest;

    /// <summary>Takes room if it is free.</summary>
    public bool TryTake(long bytes)
    {
        if (!requests.TryTake(caller, bytes))
            return false;
        Taken += bytes;
        return true;
    }

    /// <summary>Takes room, and waits for it if it is not free.</summary>
    public async ValueTask<bool> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        if (!await requests.TakeAsync(caller, bytes, cancellationToken).ConfigureAwait(false))
            return false;
        Taken += bytes;
        return true;
    }

    /// <summary>Takes it that a message has begun to come, for which room was taken.</summary>
    /// <param name="end">Ends the call, where it comes too slowly and others wait for room.</param>
    public Requests.Arrival Arrive(Action end) => requests.Arrive(caller, Taken, end);

    /// <summary>Goes on to the next message.</summary>
    public void Next()
    {
        if (ofStream)
            Dispose();
    }

    /// <summary>Takes the room of the message over that was read last.</summary>
    /// <returns>What gives it back.</returns>
    public Held TakeOver()
    {
        var held = new Held(requests, caller, Taken);
        Taken = 0;
        return held;
    }

    /// <summary>Gives back what is taken.</summary>
    public void Dispose() => TakeOver().Dispose();

    /// <summary>Room that is given back when it is disposed, which happens once.</summary>
    internal readonly struct Held(Requests requests, string caller, long bytes) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => requests.Give(caller, bytes);
    }
}
