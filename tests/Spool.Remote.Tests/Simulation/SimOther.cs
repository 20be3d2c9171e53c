namespace Spool.Remote.Tests;

/// <summary>A client of another make: it appends numbers without ordinals, several at a time on one stream, and when it lost its connection
/// it opens the writer again and takes it from the next ordinal how much was stored. That is right only if the server takes nothing behind
/// what it refused, and nothing late.</summary>
sealed class SimOther
{
    const int Window = 6;

    readonly SimClock _clock;
    readonly SimWire _wire;
    readonly SimServer _server;
    readonly Guid _lease = Guid.CreateVersion7();
    readonly Queue<int> _left = new();
    readonly Queue<int> _underWay = new();
    readonly List<int> _stored = [];
    SimWire.Stream? _stream;
    int _streams;
    bool _isAsking;

    public SimOther(SimClock clock, SimNetwork network, SimServer server)
    {
        (_clock, _server, _wire) = (clock, server, new SimWire(network, server));
        server.Open(_lease, OpenAgain.Create, 0);
    }

    /// <summary>Gets what has to be stored, in order.</summary>
    public IReadOnlyList<int> Stored => _stored;

    /// <summary>Gets whether it was told that the outcome is unknown.</summary>
    public bool IsUnsure { get; private set; }

    /// <summary>Gets whether it has nothing left to do.</summary>
    public bool IsDone => _left.Count == 0 && _underWay.Count == 0;

    public void Append(int number)
    {
        _left.Enqueue(number);
        Go();
    }

    void Go()
    {
        while (!_isAsking && !IsUnsure && _underWay.Count < Window && _left.TryDequeue(out var number))
        {
            if (_stream is null)
            {
                var begun = ++_streams;
                _stream = _wire.Begin(_lease, begun, (receipt, _) => Answered(begun, receipt), failure => Failed(begun, failure));
            }
            _underWay.Enqueue(number);
            _stream.Send(new WriterMessage(null, Durability.Fsynced, [SimItems.Of(number)], 1));
        }
    }

    void Answered(int stream, AppendReceipt receipt)
    {
        if (_stream?.Number != stream)
            return;
        _stored.Add(_underWay.Dequeue());
        Assert.Equal(_stored.Count, receipt.FirstOrdinal);
        Go();
    }

    void Failed(int stream, WriterFailure failure)
    {
        if (_stream?.Number != stream)
            return;
        _clock.Trace?.Invoke(
            $"{_clock.Now.TotalMilliseconds} other: stream {stream} {failure.Kind} {failure.Error.Code}, under way {string.Join(' ', _underWay)}"
        );
        _stream = null;
        if (failure.Kind == WriterFailureKind.OutcomeUnknown)
            IsUnsure = true;
        else if (failure.Kind == WriterFailureKind.Refused)
        {
            _underWay.Dequeue();
            SendAgain();
        }
        else
        {
            _isAsking = true;
            Again(failure);
        }
    }

    void Open()
    {
        _wire.Ask<(long Next, bool IsStored, WriterFailure? Failure)>(
            SimMoment.Opening,
            answer => _server.Open(_lease, OpenAgain.CreateOrResume, _streams, answer),
            answer =>
            {
                if (answer.Failure is { } failure)
                    Again(failure);
                else
                    Opened(answer.Next);
            },
            Again
        );
    }

    void Again(WriterFailure failure)
    {
        if (failure.Kind == WriterFailureKind.OutcomeUnknown)
            IsUnsure = true;
        else
            _clock.In(TimeSpan.FromSeconds(1), Open);
    }

    void Opened(long next)
    {
        _isAsking = false;
        while (_stored.Count < next - 1)
            _stored.Add(_underWay.Dequeue());
        SendAgain();
    }

    void SendAgain()
    {
        var behind = _left.ToList();
        _left.Clear();
        foreach (var number in _underWay.Concat(behind))
            _left.Enqueue(number);
        _underWay.Clear();
        Go();
    }
}
