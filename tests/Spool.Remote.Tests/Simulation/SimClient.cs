namespace Spool.Remote.Tests;

/// <summary>The surroundings of a writer's machine: it does what the machine says, through the network, to the server.</summary>
sealed class SimClient
{
    readonly SimClock _clock;
    readonly Random _random;
    readonly SimNetwork _network;
    readonly SimServer _server;
    readonly Guid _lease = Guid.NewGuid();
    SimStream? _stream;
    bool _isBusy;

    public SimClient(SimClock clock, Random random, SimNetwork network, SimServer server)
    {
        (_clock, _random, _network, _server) = (clock, random, network, server);
        var (next, isStored, _) = server.Open(_lease, OpenAgain.Create, 0);
        var limits = new WriterLimits
        {
            MaxBytesUnderWay = random.Next(3) == 0 ? 300 : 8 * 1024 * 1024,
            MaxGatheredItems = random.Next(3) == 0 ? 3 : 4096,
            StreamIdle = TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 5 : 5000),
            Pause = attempt => TimeSpan.FromMilliseconds(attempt == 0 ? 0 : Math.Min(2000, 20 << Math.Min(attempt, 10))),
        };
        Machine = new WriterMachine(ThreadId.Parse("01a20429-47e7-79e3-b1f6-b2ac9f1be601"), limits, next, isStored, clock.Now);
    }

    public WriterMachine Machine { get; }

    /// <summary>Gets what became of the calls.</summary>
    public Dictionary<WriterCall, WriterResult> Results { get; } = [];

    /// <summary>Gets whether the right to write was said to be lost.</summary>
    public bool IsLost { get; private set; }

    public void Call(WriterCall call) => Feed(() => Machine.Add(call));

    public void Cancel(WriterCall call) => Feed(() => Machine.Cancel(call));

    /// <summary>The server says that it does not know the lease; it may be late.</summary>
    public void Watch() => _clock.In(_network.Delay(), () =>
    {
        if (_server.IsUp && _server.Renew(_lease) is { } failure)
            Feed(() => Machine.WatchFailed(failure, _clock.Now));
    });

    void Feed(Action input, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(input))] string what = "")
    {
        if (!what.Contains("Tick", StringComparison.Ordinal))
            _clock.Trace?.Invoke($"{_clock.Now.TotalMilliseconds} client: {what}");
        input();
        Go();
    }

    void Go()
    {
        while (true)
        {
            Tell();
            if (_isBusy || !Machine.TryTakeStep(out var step))
                break;
            Tell();
            Do(step);
        }
        Tell();
        if (Machine.WakeAt is { } at)
            _clock.At(at, () => Feed(() => Machine.Tick(_clock.Now)));
    }

    void Tell()
    {
        while (Machine.TryTakeResult(out var result))
        {
            _clock.Trace?.Invoke($"{_clock.Now.TotalMilliseconds} client: answered {result}");
            Assert.True(Results.TryAdd(result.Call, result), "a call was answered twice");
        }
        while (Machine.TryTakeSignal(out var signal))
        {
            if (signal.Kind == WriterStepKind.Lose)
                IsLost = true;
            else if (_stream?.Number == signal.Number)
                _stream = null;
        }
    }

    void Do(WriterStep step)
    {
        _clock.Trace?.Invoke($"{_clock.Now.TotalMilliseconds} client: {step.Kind} {step.Number} {step.Message?.FirstOrdinal} [{string.Join(' ', step.Message?.Items.Select(SimItems.NumberOf) ?? [])}] {step.Message?.Durability} {step.How}");
        switch (step.Kind)
        {
            case WriterStepKind.Send:
                if (_stream?.Number != step.Number)
                    _stream = new SimStream(this, step.Number);
                _stream.Send(step.Message!);
                // Sending takes a moment sometimes; what is called meanwhile is gathered.
                if (_random.Next(4) == 0)
                {
                    _isBusy = true;
                    _clock.In(_network.Delay(), () => { _isBusy = false; Go(); });
                }
                break;
            case WriterStepKind.Open:
                Ask<(long Next, bool IsStored, WriterFailure? Failure)>(
                    end => _server.Open(_lease, step.How, step.AfterStream, end),
                    answer => Feed(() =>
                    {
                        if (answer.Failure is { } failure)
                            Machine.OpenFailed(step.Number, failure, _clock.Now);
                        else
                            Machine.Opened(step.Number, answer.Next, answer.IsStored, _clock.Now);
                    }),
                    failure => Feed(() => Machine.OpenFailed(step.Number, failure, _clock.Now)));
                break;
            case WriterStepKind.Ask:
                Ask<WriterFailure?>(end => end(_server.Renew(_lease)), failure => Feed(() => Machine.Asked(step.Number, failure, _clock.Now)), failure => Feed(() => Machine.Asked(step.Number, failure, _clock.Now)));
                break;
            case WriterStepKind.Release:
                Ask<WriterFailure?>(
                    end => end(_server.Release(_lease, step.Call!.Kind)),
                    failure => Feed(() => Machine.Released(step.Number, failure, _clock.Now)),
                    failure => Feed(() => Machine.Released(step.Number, failure, _clock.Now)));
                break;
        }
    }

    static WriterFailure Broken() => new(WriterFailureKind.Passing, new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the connection broke"));

    // One call and its answer, of which either may be lost with the connection.
    void Ask<T>(Action<Action<T>> ask, Action<T> answered, Action<WriterFailure> failed)
    {
        var connection = _network.Current;
        var (there, back) = (new SimNetwork.Lane(), new SimNetwork.Lane());
        var isOver = false;
        void End(Action action)
        {
            if (isOver)
                return;
            isOver = true;
            _isBusy = false;
            action();
        }
        _isBusy = true;
        connection.Users.Add(() => End(() => failed(Broken())));
        _network.ToServer(connection, there, () =>
        {
            if (!_server.IsUp)
            {
                _network.ToClient(connection, back, () => End(() => failed(Broken())));
                return;
            }
            ask(answer => _network.ToClient(connection, back, () => End(() => answered(answer))));
        });
    }

    sealed class SimStream
    {
        readonly SimClient _client;
        readonly SimNetwork.Connection _connection;
        readonly SimNetwork.Lane _there = new();
        readonly SimNetwork.Lane _back = new();
        SimServer.Stream? _stream;
        bool _hasBegun;

        public SimStream(SimClient client, int number)
        {
            (_client, Number, _connection) = (client, number, client._network.Current);
            _connection.Users.Add(() => Failed(Broken()));
        }

        public int Number { get; }

        public void Send(WriterMessage message) => _client._network.ToServer(_connection, _there, () => Arrive(message));

        void Arrive(WriterMessage message)
        {
            if (!_client._server.IsUp)
            {
                _client._network.ToClient(_connection, _back, () => Failed(Broken()));
                return;
            }
            if (!_hasBegun)
            {
                _hasBegun = true;
                _stream = _client._server.Begin(
                    _client._lease,
                    Number,
                    (receipt, next) => _client._network.ToClient(_connection, _back, () => _client.Feed(() => _client.Machine.Answered(Number, receipt, null, next, _client._clock.Now))),
                    failure => _client._network.ToClient(_connection, _back, () => Failed(failure)));
            }
            if (_stream is not null)
                _client._server.Arrive(_stream, message);
        }

        void Failed(WriterFailure failure) => _client.Feed(() => _client.Machine.StreamFailed(Number, failure, _client._clock.Now));
    }
}
