namespace Spool.Server;

/// <summary>Decides what may be done with a writer that a client holds by a lease: who uses it, which stream may append, and when it is
/// given up. It has no clock, no threads and no connection.</summary>
/// <remarks>A stream's messages are stored in their order. After the first that was refused nothing more of that stream is taken, and
/// nothing of a stream that another one of the same lease has followed, by the numbers that the client gave them: one that arrives late by
/// a connection that was given up is not taken for a new one. The later stream takes its first message when all that the earlier one began
/// has come to its end. A message with an ordinal may be begun while earlier ones of its stream are not stored yet, because the store
/// refuses it unless they are; one without waits for them. Behind a question, whose ordinal is one that the log has passed already,
/// everything waits: the log may go on with what others wrote.</remarks>
/// <param name="idle">How long it is kept without a use.</param>
/// <param name="now">The time.</param>
sealed class LeaseMachine(TimeSpan idle, TimeSpan now)
{
    LeaseState _state = LeaseStates.Table.First;
    LeaseStreamState _streamState = LeaseStreamStates.Table.First;
    int _uses;
    long _stream;
    int _underWay;
    TimeSpan _lastUse = now;

    /// <summary>Gets whether it was given up.</summary>
    public bool IsClosed => _state is LeaseState.GivenUp or LeaseState.GivenUpInDoubt;

    /// <summary>Gets whether the outcome of a write is unknown, so that the writer can only be discarded.</summary>
    public bool IsInDoubt => _state is LeaseState.HeldInDoubt or LeaseState.GivenUpInDoubt;

    /// <summary>Takes it that the outcome of a write is unknown.</summary>
    public void Doubt() => On(LeaseEvent.Doubted);

    /// <summary>Begins a use, unless it was given up.</summary>
    public bool TryUse()
    {
        if (IsClosed)
            return false;
        _uses++;
        return true;
    }

    /// <summary>Ends a use, and so renews it.</summary>
    public void EndUse(TimeSpan now)
    {
        _uses--;
        _lastUse = now;
    }

    /// <summary>Renews it without a use.</summary>
    public void Renew(TimeSpan now) => _lastUse = now;

    /// <summary>Says how long it is held if it is not used any more.</summary>
    public TimeSpan Left(TimeSpan now) =>
        _uses > 0 ? idle
        : now - _lastUse < idle ? idle - (now - _lastUse)
        : TimeSpan.Zero;

    /// <summary>Gives it up if it was not used for long enough, or says that it is given up and its writer still to be closed.</summary>
    public bool TryExpire(TimeSpan now)
    {
        if (_uses > 0 || !IsClosed && now - _lastUse < idle)
            return false;
        Close();
        return true;
    }

    /// <summary>Gives it up, in use or not.</summary>
    public void Close() => On(LeaseEvent.Closed);

    /// <summary>Gets whether nothing of a stream is under way.</summary>
    public bool IsQuiet => _underWay == 0;

    /// <summary>Begins a stream of appends and so ends the one before: what may still arrive by a connection that was given up must not be
    /// stored.</summary>
    /// <param name="number">The number that the client gave it, or 0 where it gives none.</param>
    /// <returns>Its number, or null when it comes too late.</returns>
    public long? BeginStream(long number)
    {
        if (number == 0)
            number = _stream + 1;
        if (number <= _stream)
            return null;
        _stream = number;
        On(IsQuiet ? LeaseStreamEvent.Opened : LeaseStreamEvent.OpenedBehind);
        return number;
    }

    /// <summary>Ends all streams up to a number.</summary>
    public void Follow(long number)
    {
        if (number < _stream)
            return;
        _stream = number;
        On(LeaseStreamEvent.Followed);
    }

    /// <summary>Says what to do with the next message of a stream.</summary>
    /// <param name="stream">The number of the stream.</param>
    /// <param name="mayFollow">Whether the store itself refuses it unless all before it is stored.</param>
    public StreamTurn Next(long stream, bool mayFollow)
    {
        if (IsClosed || stream != _stream)
            return StreamTurn.Never;
        return _streamState switch
        {
            LeaseStreamState.Over => StreamTurn.Never,
            LeaseStreamState.Ready => StreamTurn.Now,
            LeaseStreamState.Following when mayFollow => StreamTurn.Now,
            _ => StreamTurn.Later,
        };
    }

    /// <summary>Takes it that a message of the last stream was begun.</summary>
    /// <param name="isQuestion">Whether it only asks if its items are in the log already.</param>
    public void Begun(bool isQuestion)
    {
        On(isQuestion ? LeaseStreamEvent.Asked : LeaseStreamEvent.Began);
        _underWay++;
    }

    /// <summary>Takes it that a message came to its end.</summary>
    public void Ended(long stream, bool wasRefused)
    {
        _underWay--;
        if (wasRefused && stream == _stream)
            On(LeaseStreamEvent.Refused);
        if (IsQuiet)
            On(LeaseStreamEvent.Settled);
    }

    void On(LeaseEvent happened) => _state = LeaseStates.Table.Next(_state, happened);

    void On(LeaseStreamEvent happened) => _streamState = LeaseStreamStates.Table.Next(_streamState, happened);
}

/// <summary>When a message may be begun.</summary>
enum StreamTurn
{
    /// <summary>Now.</summary>
    Now,

    /// <summary>When what is under way has come to its end.</summary>
    Later,

    /// <summary>Never.</summary>
    Never,
}
