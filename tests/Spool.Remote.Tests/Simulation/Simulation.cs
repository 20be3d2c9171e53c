namespace Spool.Remote.Tests;

/// <summary>One writer, a network and a server, everything that can happen to them by chance from a seed, and the plain meaning that must
/// hold in the end.</summary>
sealed class Simulation
{
    readonly Random _random;
    readonly SimClock _clock = new();
    readonly SimStore _store;
    readonly SimServer _server;
    readonly SimNetwork _network;
    readonly SimClient _client = null!;
    readonly SimOther? _other;
    readonly List<WriterCall> _calls = [];
    readonly List<Guid> _batches = [];
    readonly List<Awaited> _awaited = [];
    readonly bool _isCalm;
    readonly int _badItems;
    readonly int _seed;
    readonly IReadOnlySet<int> _without;
    int _planned;
    int _number;
    int _fullTimes;

    /// <param name="seed">What decides everything.</param>
    /// <param name="without">The numbers of planned calls and troubles that do not happen, by which a failing seed is made smaller.</param>
    /// <param name="trace">Is told what happens, or null.</param>
    public Simulation(int seed, IReadOnlySet<int> without, Action<string>? trace = null)
    {
        (_seed, _without) = (seed, without);
        _random = new Random(seed);
        _clock.Trace = trace;
        _store = new SimStore(_random);
        _server = new SimServer(_clock, _random, _store);
        _network = new SimNetwork(_clock, _random);
        if (_random.Next(6) == 0)
            _other = new SimOther(_clock, _network, _server);
        else
            _client = new SimClient(_clock, _random, _network, _server);
        _server.Restarted = since => _client?.CheckGivenUp(since);
        _server.Happens = Happens;
        _server.IsComplete = () => !_calls.OfType<ControlCall>().Any() && _client!.Acknowledged <= _store.Log.Count + 1;
        _badItems = _random.Next(4) == 0 ? 6 : 60;
        _isCalm = _random.Next(4) == 0;
    }

    /// <summary>Runs a seed. One that fails is run again with ever less, and told with what happened.</summary>
    /// <returns>What failed, or null.</returns>
    public static string? Run(int seed)
    {
        if (Failure(seed, [], null, out var planned) is not { } failure)
            return null;
        var without = new HashSet<int>();
        for (var i = planned - 1; i >= 0; i--)
        {
            without.Add(i);
            if (Failure(seed, without, null, out _) is { } smaller)
                failure = smaller;
            else
                without.Remove(i);
        }
        var trace = new List<string>();
        Failure(seed, without, trace.Add, out _);
        return $"seed {seed}: {failure.Message}\n{string.Join('\n', trace)}";
    }

    static Exception? Failure(int seed, HashSet<int> without, Action<string>? trace, out int planned)
    {
        var simulation = new Simulation(seed, without, trace);
        try
        {
            simulation.Run();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            planned = simulation._planned;
        }
    }

    void Run()
    {
        if (_other is null)
            PlanCalls();
        else
            PlanOthers(_other);
        if (!_isCalm)
            PlanTrouble();
        for (var steps = 0; _clock.Step(); steps++)
            Assert.True(steps < 10_000, "it does not come to an end");
        if (_other is null)
            SimCheck.All(_calls, _client, _store, _server, _fullTimes);
        else if (!_other.IsUnsure)
        {
            Assert.True(_other.IsDone, "a call was never answered");
            Assert.Equal(_other.Stored, _store.Log);
        }
    }

    void PlanOthers(SimOther other)
    {
        var at = TimeSpan.Zero;
        for (var i = 1 + _random.Next(30); i > 0; i--)
        {
            if (_random.Next(3) == 0)
                at += TimeSpan.FromMilliseconds(_random.Next(_random.Next(6) == 0 ? 400 : 6));
            var number = i;
            Plan(at, "append", random => other.Append(random.Next(8) == 0 ? -number : number));
        }
    }

    void PlanCalls()
    {
        var at = TimeSpan.Zero;
        var count = 1 + _random.Next(_random.Next(5) == 0 ? 60 : 14);
        for (var i = 0; i < count; i++)
        {
            if (_random.Next(3) == 0)
                at += TimeSpan.FromMilliseconds(_random.Next(_random.Next(6) == 0 ? 4000 : 6));
            Plan(at, "call", Call);
        }
        _clock.At(
            at + TimeSpan.FromMilliseconds(_random.Next(50)),
            () => Add(new ControlCall(_random.Next(6) == 0 ? ControlKind.Discard : ControlKind.ShutDown, null, _clock.Now))
        );
    }

    // Each has a chance of its own, so that without one the others are as before.
    void Plan(TimeSpan at, string what, Action<Random> action)
    {
        var number = _planned++;
        if (_without.Contains(number))
            return;
        _clock.At(at, () => Do(number, what, action));
    }

    void Do(int number, string what, Action<Random> action)
    {
        _clock.Trace?.Invoke($"{_clock.Now.TotalMilliseconds} {what}");
        action(new Random(_seed * 1000 + number));
    }

    void PlanTrouble()
    {
        for (var i = _random.Next(6); i > 0; i--)
        {
            switch (_random.Next(12))
            {
                case 0 or 1:
                    PlanTrouble(
                        "crash",
                        random =>
                        {
                            var down = TimeSpan.FromMilliseconds(
                                random.Next(
                                    random.Next(8) switch
                                    {
                                        0 => 120_000,
                                        1 or 2 => 8,
                                        _ => 800,
                                    }
                                )
                            );
                            _server.Crash(down);
                            _network.Break();
                            if (random.Next(3) == 0)
                                Fill(random, 1000);
                            if (_other is null && random.Next(4) == 0)
                                _server.Hold(TimeSpan.FromMilliseconds(random.Next(4000)));
                            if (_other is null && random.Next(4) == 0)
                                _clock.In(down, () => _server.Take(Held(random)));
                        }
                    );
                    break;
                case 2:
                    PlanTrouble("expire", random => _server.Expire(another: _other is null && random.Next(3) == 0, Held(random)));
                    break;
                case 3:
                    PlanTrouble("full disk", random => Fill(random, 100));
                    break;
                case 4:
                    PlanTrouble("watch", _ => _client?.Watch());
                    break;
                case 5 when _other is null:
                    PlanTrouble("take", random => _server.Take(Held(random)));
                    break;
                case 6 when _other is null:
                    PlanTrouble(
                        "token",
                        random => _server.RefuseToken(TimeSpan.FromMilliseconds(1 + random.Next(random.Next(3) == 0 ? 20_000 : 500)))
                    );
                    break;
                case 7:
                    PlanTrouble(
                        "busy",
                        random =>
                            _server.BeBusy(
                                TimeSpan.FromMilliseconds(
                                    random.Next(
                                        random.Next(4) > 0 ? 20
                                        : random.Next(4) > 0 ? 3000
                                        : 120_000
                                    )
                                ),
                                TimeSpan.FromMilliseconds(random.Next(4) == 0 ? 1500 : 0),
                                isWithStreams: random.Next(2) == 0
                            )
                    );
                    break;
                default:
                    PlanTrouble("break", _ => _network.Break());
                    break;
            }
        }
        _clock.At(TimeSpan.FromSeconds(6), () => _network.IsHealed = true);
    }

    // Trouble waits for a time or for a moment; what is behind a moment is as near to it as the network is quick.
    void PlanTrouble(string what, Action<Random> action)
    {
        if (_random.Next(2) == 0)
        {
            Plan(TimeSpan.FromMilliseconds(_random.Next(_random.Next(3) == 0 ? 5000 : 60)), what, action);
            return;
        }
        var (moment, left, behind) = ((SimMoment)_random.Next(6), _random.Next(3), _random.Next(3) == 0 ? -1 : _random.Next(8));
        var number = _planned++;
        if (!_without.Contains(number))
        {
            _awaited.Add(
                new Awaited(
                    moment,
                    () =>
                    {
                        if (behind < 0)
                            Do(number, what, action);
                        else
                            _clock.In(TimeSpan.FromMilliseconds(behind), () => Do(number, what, action));
                    }
                )
                {
                    Left = left,
                }
            );
        }
    }

    void Happens(SimMoment moment)
    {
        foreach (var awaited in _awaited.Where(awaited => awaited.Moment == moment && awaited.Left-- == 0).ToList())
            awaited.Do();
    }

    static TimeSpan Held(Random random) => TimeSpan.FromMilliseconds(random.Next(2) == 0 ? 0 : random.Next(6000));

    void Fill(Random random, int longest)
    {
        (_store.IsFull, _fullTimes) = (true, _fullTimes + 1);
        _clock.In(TimeSpan.FromMilliseconds(random.Next(longest)), () => _store.IsFull = false);
    }

    void Call(Random random)
    {
        switch (random.Next(16))
        {
            case 0:
                Add(new ControlCall(random.Next(2) == 0 ? ControlKind.Update : ControlKind.Persist, null, _clock.Now));
                break;
            case 1 when _calls.Count > 0:
                _client.Cancel(_calls[random.Next(_calls.Count)]);
                break;
            case 2 when _calls.OfType<AppendCall>().LastOrDefault(call => call.Request.BatchId is not null) is { } earlier:
                Add(new AppendCall(earlier.Request with { ExpectedOrdinal = null }, _clock.Now));
                break;
            default:
                Add(new AppendCall(Request(random), _clock.Now));
                break;
        }
    }

    AppendRequest Request(Random random)
    {
        var request = new AppendRequest([
            .. Enumerable
                .Range(0, random.Next(8) == 0 ? 0 : 1 + random.Next(3))
                .Select(_ => SimItems.Of(random.Next(_badItems) == 0 ? -++_number : ++_number)),
        ])
        {
            Durability = (Durability)random.Next(3),
        };
        var next = _client.Machine.NextOrdinal;
        return random.Next(10) switch
        {
            0 => request with { ExpectedOrdinal = next },
            1 => request with { ExpectedOrdinal = next + 1 + random.Next(4) },
            2 => request with { ExpectedOrdinal = Math.Max(0, next - 1 - random.Next(4)) },
            // Sent again by its caller, in the right place or not.
            3 when _calls.OfType<AppendCall>().LastOrDefault() is { } last => last.Request with
            {
                BatchId = null,
                ExpectedOrdinal = next - last.Count,
            },
            4 => request with { BatchId = NewBatch() },
            5 => request with { BatchId = NewBatch(), ExpectedOrdinal = next },
            _ => request,
        };
    }

    Guid NewBatch()
    {
        _batches.Add(new Guid(_batches.Count + 1, 0, 0, new byte[8]));
        return _batches[^1];
    }

    void Add(WriterCall call)
    {
        _calls.Add(call);
        _clock.Trace?.Invoke($"{_clock.Now.TotalMilliseconds} {Describe(call)}");
        _client.Call(call);
    }

    static string Describe(WriterCall call) =>
        call switch
        {
            AppendCall append =>
                $"append [{string.Join(' ', append.Request.Items.Select(SimItems.NumberOf))}] {append.Request.Durability} expects {append.Request.ExpectedOrdinal} batch {append.Request.BatchId}",
            ControlCall control => control.Kind.ToString(),
            _ => "",
        };

    sealed record Awaited(SimMoment Moment, Action Do)
    {
        public int Left { get; set; }
    }
}
