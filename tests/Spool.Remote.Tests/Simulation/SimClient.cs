namespace Spool.Remote.Tests;

/// <summary>The surroundings of a writer's machine: it does what the machine says, through the network, to the server.</summary>
sealed class SimClient
{
    // Its limit, a pause, and what the network takes.
    static readonly TimeSpan Patience = new WriterLimits().ResolveFor + TimeSpan.FromSeconds(4);

    readonly SimClock _clock;
    readonly Random _random;
    readonly SimNetwork _network;
    readonly SimWire _wire;
    readonly SimServer _server;
    readonly Guid _lease = Guid.CreateVersion7();
    SimWire.Stream? _stream;
    readonly List<WriterCall> _called = [];
    bool _isBusy;
    bool _isDiscarded;
    bool _isUnsure;

    public SimClient(SimClock clock, Random random, SimNetwork network, SimServer server)
    {
        (_clock, _random, _network, _server, _wire) = (clock, random, network, server, new SimWire(network, server));
        var (next, isStored, _) = server.Open(_lease, OpenAgain.Create, 0);
        var limits = new WriterLimits
        {
            MaxBytesUnderWay = random.Next(3) == 0 ? 300 : 8 * 1024 * 1024,
            MaxBatchedItems = random.Next(3) == 0 ? 3 : 4096,
            StreamIdle = TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 5 : 5000),
            Pause = attempt => TimeSpan.FromMilliseconds(attempt == 0 ? 0 : Math.Min(2000, 20 << Math.Min(attempt, 10))),
        };
        Machine = new WriterMachine(ThreadId.Parse("01a20429-47e7-79e3-b1f6-b2ac9f1be601"), limits, next, isStored, clock.Now);
    }

    public WriterMachine Machine { get; }

    /// <summary>Gets what became of the calls.</summary>
    public Dictionary<WriterCall, WriterResult> Results { get; } = [];

    /// <summary>Gets the ordinal behind everything that was acknowledged, as far as appends tell.</summary>
    public long Acknowledged => Results.Values.Select(result => result.Receipt.NextOrdinal).DefaultIfEmpty().Max();

    /// <summary>Gets whether the right to write was said to be lost.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Gets whether it was opened again while it was not known whether an update had added lines.</summary>
    public bool HadLostUpdate { get; private set; }

    public void Call(WriterCall call)
    {
        _isDiscarded |=
            call is ControlCall { Kind: ControlKind.Discard }
            && !_called.Any(earlier => earlier is ControlCall { Kind: ControlKind.ShutDown });
        _called.Add(call);
        Feed(() => Machine.Add(call));
    }

    public void Cancel(WriterCall call) => Feed(() => Machine.Cancel(call));

    /// <summary>The server says that it does not know the lease; it may be late.</summary>
    public void Watch() =>
        _clock.In(
            _network.Delay(),
            () =>
            {
                if (_server.IsUp && _server.Renew(_lease) is { Kind: not WriterFailureKind.NotAllowed } failure)
                    Feed(() => Machine.WatchFailed(failure, _clock.Now));
            }
        );

    void Feed(Action input, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(input))] string what = "")
    {
        if (!what.Contains("Tick", StringComparison.Ordinal))
            _clock.Trace?.Invoke($"{_clock.Now.TotalMilliseconds} client: {what}");
        input();
        Go();
    }

    void Go()
    {
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 10_000, "the machine does not come to rest");
            Tell();
            if (_isBusy || !Machine.MayHaveStep || !Machine.TryTakeStep(out var step)) // what the shell is not woken for is not done
                break;
            Tell();
            Do(step);
        }
        Tell();
        if (Machine.WakeAt is { } at)
            _clock.At(at, () => Feed(() => Machine.Tick(_clock.Now)));
    }

    /// <summary>Checks that what was called before a time has been answered, if the server was away since then for longer than anybody
    /// waits.</summary>
    public void CheckGivenUp(TimeSpan since)
    {
        if (_clock.Now - since <= Patience)
            return;
        Assert.All(
            _called.Where(call => call.CalledAt < since),
            call => Assert.True(Results.ContainsKey(call), "a call waits for longer than the writer's patience")
        );
    }

    void Tell()
    {
        while (Machine.TryTakeSignal(out var signal))
        {
            if (signal.Kind == WriterStepKind.Lose)
                IsLost = true;
            else if (_stream?.Number == signal.Number)
                _stream = null;
        }
        while (Machine.TryTakeResult(out var result))
        {
            _clock.Trace?.Invoke($"{_clock.Now.TotalMilliseconds} client: answered {result}");
            Assert.True(Results.TryAdd(result.Call, result), "a call was answered twice");
        }
    }

    void Do(WriterStep step)
    {
        _clock.Trace?.Invoke(
            $"{_clock.Now.TotalMilliseconds} client: {step.Kind} {step.Number} {step.Message?.FirstOrdinal} [{string.Join(' ', step.Message?.Items.Select(SimItems.NumberOf) ?? [])}] {step.Message?.Durability} {step.How}"
        );
        switch (step.Kind)
        {
            case WriterStepKind.Send:
                Assert.False(_isDiscarded, "a writer that is discarded sends something");
                if (_stream?.Number != step.Number)
                {
                    _stream = _wire.Begin(
                        _lease,
                        step.Number,
                        (receipt, next) => Feed(() => Machine.Answered(step.Number, receipt, null, next, _clock.Now)),
                        failure =>
                        {
                            _isUnsure |= failure.Kind == WriterFailureKind.OutcomeUnknown && _stream?.Number == step.Number;
                            Feed(() => Machine.StreamFailed(step.Number, failure, _clock.Now));
                        }
                    );
                }
                _stream.Send(step.Message!);
                // Sending takes a moment sometimes; what is called meanwhile is sent together.
                if (_random.Next(4) == 0)
                {
                    _isBusy = true;
                    _clock.In(
                        _network.Delay(),
                        () =>
                        {
                            _isBusy = false;
                            Go();
                        }
                    );
                }
                break;
            case WriterStepKind.Open:
                Assert.False(_isUnsure, "the store does not know what became of something, and it is tried again");
                Ask<(long Next, bool IsStored, WriterFailure? Failure)>(
                    SimMoment.Opening,
                    end => _server.Open(_lease, step.How, step.AfterStream, end),
                    answer =>
                        Feed(() =>
                        {
                            HadLostUpdate |= _called.Any(call =>
                                call is ControlCall { Kind: ControlKind.Update, IsInDoubt: true } && !Results.ContainsKey(call)
                            );
                            if (answer.Failure is { } failure)
                                Machine.OpenFailed(step.Number, failure, _clock.Now);
                            else
                                Machine.Opened(step.Number, answer.Next, answer.IsStored, _clock.Now);
                        }),
                    failure => Feed(() => Machine.OpenFailed(step.Number, failure, _clock.Now))
                );
                break;
            case WriterStepKind.Release:
                Ask<WriterFailure?>(
                    SimMoment.Releasing,
                    end => _server.Release(_lease, step.Call!.Kind, end),
                    failure => Feed(() => Machine.Released(step.Number, failure, _clock.Now)),
                    failure => Feed(() => Machine.Released(step.Number, failure, _clock.Now))
                );
                break;
        }
    }

    // Nothing else is done until it is answered.
    void Ask<T>(SimMoment moment, Action<Action<T>> ask, Action<T> answered, Action<WriterFailure> failed)
    {
        _isBusy = true;
        _wire.Ask(
            moment,
            ask,
            answer =>
            {
                _isBusy = false;
                answered(answer);
            },
            failure =>
            {
                _isBusy = false;
                failed(failure);
            }
        );
    }
}
