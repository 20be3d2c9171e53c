using System.Diagnostics;
using System.Threading.Channels;
using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Does what the machine of a writer says, through as many connections as it takes, and tells it what comes of it.</summary>
// its source has no timer and no handle, and may be cancelled by the last caller; its timer is disposed when it is over
#pragma warning disable CA1001
sealed class WriterPump
#pragma warning restore CA1001
{
    readonly RemoteConnection _connection;
    readonly WriterLease _lease;
    readonly Action _lose;
    readonly Lock _gate = new();
    readonly WriterMachine _machine;
    readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );
    readonly CancellationTokenSource _stopping = new();
    readonly long _began;
    ITimer? _timer;
    TimeSpan? _timerAt; // what it is set for
    TimeSpan _answeredAt;
    Task _draining = Task.CompletedTask;
    WriterStream? _stream;
    readonly WriterTrouble _trouble;
    bool _isLost;
    int _unknown; // calls of which the outcome is

    public WriterPump(RemoteConnection connection, WriterLease lease, Wire.WriterState state, Action lose)
    {
        (_connection, _lease, _lose) = (connection, lease, lose);
        _began = Time.GetTimestamp();
        _trouble = new WriterTrouble(connection, lease.ThreadId);
        _machine = new WriterMachine(
            lease.ThreadId,
            new WriterLimits
            {
                MaxBytesUnderWay = connection.Options.MaxBytesUnderWay,
                MaxBatchedBytes = connection.Options.MaxBatchedBytes,
                ResolveFor = connection.Options.ResolveFor,
                Pause = attempt => Backoff.Before(attempt, connection.Options.MaxPause),
            },
            state.NextOrdinal,
            state.IsStored,
            TimeSpan.Zero
        );
    }

    public TimeSpan Now => Time.GetElapsedTime(_began);

    public long NextOrdinal
    {
        get
        {
            lock (_gate)
                return _machine.NextOrdinal;
        }
    }

    /// <summary>Gets when the server last answered anything on a stream.</summary>
    public TimeSpan AnsweredAt
    {
        get
        {
            lock (_gate)
                return _answeredAt;
        }
    }

    public bool IsStored
    {
        get
        {
            lock (_gate)
                return _machine.IsStored;
        }
    }

    /// <summary>Gets how many bytes of appends are not acknowledged.</summary>
    public long PendingBytes
    {
        get
        {
            lock (_gate)
                return _machine.PendingBytes;
        }
    }

    /// <summary>Throws the error of later calls, when the writer has ended or lost its right to write.</summary>
    public void ThrowIfEnded()
    {
        Exception? ended;
        lock (_gate)
            ended = _machine.Ended;
        if (ended is not null)
            throw ended;
    }

    TimeProvider Time => _connection.Options.Time;

    /// <summary>Takes a call. Where it has to wait for a place it can be cancelled until it is sent.</summary>
    public void Add<TCall>(TCall call, CancellationToken cancellationToken)
        where TCall : WriterCall, IPendingCall
    {
        lock (_gate)
        {
            var waits = _machine.IsFull || call is ControlCall;
            _machine.Add(call);
            if (waits && cancellationToken.CanBeCanceled && call.Place is not null)
                call.Cancellation = cancellationToken.UnsafeRegister(_ => Feed(machine => machine.Cancel(call)), null);
            Told();
        }
    }

    /// <summary>Takes an answer of a stream.</summary>
    public void Answered(int stream, Wire.AppendResponse answer)
    {
        var changed = answer.Changed is { } thread ? WireThreads.ToStore(thread) : null;
        Feed(machine =>
        {
            var now = Now;
            machine.Answered(stream, WireWrites.ToStore(answer), changed, answer.HasNextOrdinal ? answer.NextOrdinal : null, now);
            _answeredAt = now;
        });
    }

    /// <summary>Takes the end of a stream.</summary>
    public void StreamFailed(int stream, RpcException error)
    {
        var failure = RemoteErrors.ToFailure(error);
        _trouble.Failed(failure.Error);
        Feed(machine => machine.StreamFailed(stream, failure, Now));
    }

    /// <summary>Takes it that the server no longer keeps the lease.</summary>
    public void WatchFailed(RpcException error)
    {
        var failure = RemoteErrors.ToFailure(error);
        _trouble.Failed(failure.Error);
        Feed(machine => machine.WatchFailed(failure, Now));
    }

    /// <summary>Works until the writer is over.</summary>
    public async Task RunAsync()
    {
        using var closed = _connection.Closed.UnsafeRegister(
            static state => ((WriterPump)state!).Feed(machine => machine.StoreDisposed()),
            this
        );
        _connection.Leases.Add(_lease, this);
        try
        {
            while (Next(out var step))
            {
                if (step is { } todo)
                    await DoAsync(todo).ConfigureAwait(false);
                else
                    await _wake.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Feed(machine =>
                machine.Close(() =>
                    new ThreadStoreException(ThreadStoreErrorCode.Internal, "The writer failed; this is a bug in Spool.", e)
                )
            );
            throw;
        }
        finally
        {
            _connection.Leases.Remove(_lease);
            if (_timer is { } timer)
                await timer.DisposeAsync().ConfigureAwait(false);
            await DoneAsync().ConfigureAwait(false);
            _trouble.End(Volatile.Read(ref _unknown), Volatile.Read(ref _isLost));
        }
    }

    /// <summary>Makes misuse of every call after the end of the writer.</summary>
    public void Dispose() => Feed(machine => machine.IsDisposed = true);

    /// <summary>Stops, whatever is under way.</summary>
    public void Stop() => Feed(machine => machine.Stop());

    // Whether it goes on, and with what; without a step there is nothing to do until it is woken.
    bool Next(out WriterStep? step)
    {
        lock (_gate)
        {
            step = _machine.TryTakeStep(out var todo) ? todo : null;
            Tell();
            return step is not { Kind: WriterStepKind.End };
        }
    }

    async Task DoAsync(WriterStep step)
    {
        switch (step.Kind)
        {
            case WriterStepKind.Send:
                await StreamOf(step.Number).SendAsync(step.Message!).ConfigureAwait(false);
                break;
            case WriterStepKind.EndStream:
                if (_stream is { } stream && stream.Number == step.Number)
                    await stream.EndAsync().ConfigureAwait(false);
                break;
            case WriterStepKind.Open:
                _trouble.Begin();
                await DoneAsync().ConfigureAwait(false);
                await TryAsync(
                        async () =>
                        {
                            var state = await _lease.OpenAgainAsync(step.How, step.AfterStream, _stopping.Token).ConfigureAwait(false);
                            _connection.Leases.Add(_lease, this);
                            Feed(machine => machine.Opened(step.Number, state.NextOrdinal, state.IsStored, Now));
                            _trouble.Over();
                        },
                        (machine, failure) => machine.OpenFailed(step.Number, failure!, Now)
                    )
                    .ConfigureAwait(false);
                break;
            case WriterStepKind.Release:
                _connection.Leases.Remove(_lease);
                await TryAsync(
                        async () =>
                        {
                            await _lease.ReleaseAsync(step.Call!.Kind, _stopping.Token).ConfigureAwait(false);
                            Feed(machine => machine.Released(step.Number, null, Now));
                        },
                        (machine, failure) => machine.Released(step.Number, failure, Now)
                    )
                    .ConfigureAwait(false);
                break;
        }
    }

    async Task TryAsync(Func<Task> attempt, Action<WriterMachine, WriterFailure> failed)
    {
        try
        {
            await attempt().ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            Feed(machine => failed(machine, RemoteErrors.ToFailure(e)));
        }
        catch (Exception e) when (RemoteErrors.IsOfConnection(e))
        {
            Feed(machine => failed(machine, RemoteErrors.ToFailure(RemoteErrors.OfConnection(e))));
        }
    }

    WriterStream StreamOf(int number)
    {
        if (_stream is { } stream && stream.Number == number)
            return stream;
        Leave();
        var began = new WriterStream(number, _lease, this, Time);
        lock (_gate)
            _stream = began;
        return began;
    }

    // A stream that came to its end is disposed when nothing of it is read any more.
    void Leave()
    {
        WriterStream? stream;
        lock (_gate)
            (stream, _stream) = (_stream, null);
        if (stream is null)
            return;
        stream.Drop();
        _draining = Task.WhenAll(_draining, stream.DoneAsync());
    }

    async Task DoneAsync()
    {
        Leave();
#pragma warning disable VSTHRD003 // begun here
        await _draining.ConfigureAwait(false);
#pragma warning restore VSTHRD003
        _draining = Task.CompletedTask;
    }

    void Feed(Action<WriterMachine> input)
    {
        lock (_gate)
        {
            input(_machine);
            Told();
        }
    }

    // Tells what cannot wait, and wakes the loop if there is something for it. The caller holds the lock.
    void Told()
    {
        Tell();
        if (_machine.WakeAt is { } at && !_machine.IsOver && (_timerAt is not { } set || at < set))
            SetTimer(at);
        if (_machine.MayHaveStep)
            _wake.Writer.TryWrite(true);
    }

    // One that is set too early asks again when it is there, so that it is not set for each message. The caller holds the lock.
    void SetTimer(TimeSpan at)
    {
        _timerAt = at;
        _timer ??= Time.CreateTimer(
            static state => ((WriterPump)state!).TimeCame(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        var left = at - Now;
        _timer.Change(
            left > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan
        );
    }

    void TimeCame() =>
        Feed(machine =>
        {
            _timerAt = null;
            machine.Tick(Now);
        });

    // What cannot wait: what became of calls, streams that are given up, and the loss of the right to write. Nothing here runs code of a
    // caller. The caller holds the lock.
    void Tell()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread);
        // When a call ends with WriterLost, the token is cancelled already.
        while (_machine.TryTakeSignal(out var signal))
        {
            if (signal.Kind == WriterStepKind.Lose)
            {
                _isLost = true;
                _lose();
            }
            else if (_stream is { } stream && stream.Number == signal.Number)
                stream.Drop();
        }
        while (_machine.TryTakeResult(out var result))
        {
            var call = (IPendingCall)result.Call;
            call.Cancellation.Unregister();
            if (result.Error is ThreadStoreException { Code: ThreadStoreErrorCode.OutcomeUnknown })
                _unknown++;
            call.End(result);
        }
        if (_machine.IsOver)
            _ = _stopping.CancelAsync();
    }
}
