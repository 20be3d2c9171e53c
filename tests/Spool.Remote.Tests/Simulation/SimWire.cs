namespace Spool.Remote.Tests;

/// <summary>What a simulated client has of the server: calls and streams, through the network.</summary>
sealed class SimWire(SimNetwork network, SimServer server)
{
    public static WriterFailure Broken() =>
        new(WriterFailureKind.Passing, new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the connection broke"));

    // Nobody listens.
    static WriterFailure Unsent() => Broken() with { IsUnsent = true };

    /// <summary>Makes one call, of which either way may be lost with the connection.</summary>
    public void Ask<T>(SimMoment moment, Action<Action<T>> ask, Action<T> answered, Action<WriterFailure> failed)
    {
        var connection = network.Current;
        var (there, back) = (new SimNetwork.Lane(), new SimNetwork.Lane());
        var isOver = false;
        connection.Users.Add(() => End(() => failed(Broken())));
        network.ToServer(
            connection,
            there,
            () =>
            {
                server.Happens(moment);
                if (!server.IsUp)
                    network.ToClient(connection, back, () => End(() => failed(Unsent())));
                else
                    ask(answer => network.ToClient(connection, back, () => End(() => answered(answer))));
            }
        );

        void End(Action action)
        {
            if (isOver)
                return;
            isOver = true;
            action();
        }
    }

    /// <summary>Begins a stream, which the server hears of with its first message.</summary>
    public Stream Begin(Guid lease, int number, Action<AppendReceipt, long?> answered, Action<WriterFailure> failed) =>
        new(network, server, lease, number, answered, failed);

    /// <summary>The client's end of a stream.</summary>
    public sealed class Stream
    {
        readonly SimNetwork _network;
        readonly SimServer _server;
        readonly Guid _lease;
        readonly Action<AppendReceipt, long?> _answered;
        readonly Action<WriterFailure> _failed;
        readonly SimNetwork.Connection _connection;
        readonly SimNetwork.Lane _there = new();
        readonly SimNetwork.Lane _back = new();
        SimServer.Stream? _stream;
        bool _hasBegun;
        bool _isOver;

        public Stream(
            SimNetwork network,
            SimServer server,
            Guid lease,
            int number,
            Action<AppendReceipt, long?> answered,
            Action<WriterFailure> failed
        )
        {
            (_network, _server, _lease, Number, _answered, _failed, _connection) = (
                network,
                server,
                lease,
                number,
                answered,
                failed,
                network.Current
            );
            _connection.Users.Add(() => failed(Broken()));
        }

        public int Number { get; }

        public void Send(WriterMessage message) => _network.ToServer(_connection, _there, () => Arrive(message));

        void Arrive(WriterMessage message)
        {
            _server.Happens(SimMoment.Sending);
            if (_isOver)
                return;
            if (!_server.IsUp)
            {
                _isOver = true;
                var failure = _hasBegun ? Broken() : Unsent();
                ToClient(() => _failed(failure));
                return;
            }
            if (!_hasBegun)
            {
                _hasBegun = true;
                _stream = _server.Begin(
                    _lease,
                    Number,
                    (receipt, next) => ToClient(() => _answered(receipt, next)),
                    failure => ToClient(() => _failed(failure))
                );
            }
            if (_stream is not null)
                _server.Arrive(_stream, message);
        }

        void ToClient(Action deliver) => _network.ToClient(_connection, _back, deliver);
    }
}
