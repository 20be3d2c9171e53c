using Grpc.Core;

namespace Spool.Remote;

/// <summary>Brings what is called on a writer to the server, through as many connections as it takes.</summary>
/// <remarks>
/// Every message names the ordinal of its first item. So whatever was sent and not answered can be sent again: what the store has already it acknowledges, the rest it appends. When the
/// server lost the writer, because it was started again or the lease ran out, the thread is resumed, or created once more when it was not stored; then come the items that were acknowledged
/// but not stored, and then what was not acknowledged.
/// </remarks>
sealed class WriterPump
{
    // A server that was told to end may hold the thread a moment longer than its successor needs to start.
    static readonly TimeSpan ConflictGrace = TimeSpan.FromSeconds(2);
    static readonly TimeSpan LongSession = TimeSpan.FromSeconds(1);

    readonly RemoteConnection _connection;
    readonly WriterLease _lease;
    readonly WriterQueue _queue;
    readonly Action _lose;
    readonly CancellationTokenSource _stopping;
    readonly Backoff _backoff;
    long _troubleSince;
    long _answersThen = -1;

    public WriterPump(RemoteConnection connection, WriterLease lease, WriterQueue queue, Action lose)
    {
        (_connection, _lease, _queue, _lose) = (connection, lease, queue, lose);
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(connection.Closed);
        _backoff = new Backoff(connection.Options.MaxPause, connection.Options.Time);
    }

    TimeProvider Time => _connection.Options.Time;

    /// <summary>Works until the writer is over.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                _queue.SendAgain();
                var began = Time.GetTimestamp();
                using var session = new WriterSession(_lease, _queue, _connection.Options, _stopping.Token);
                if (await session.RunAsync().ConfigureAwait(false) is not { } trouble)
                    break;
                NoteTrouble(began);
                if (!await MendAsync(trouble).ConfigureAwait(false))
                    return;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // closed below
        }
        catch (Exception e)
        {
            _queue.Close(() => new ThreadStoreException(ThreadStoreErrorCode.Internal, "The writer failed; this is a bug in Spool.", e));
            throw;
        }
        finally
        {
            if (_connection.Closed.IsCancellationRequested)
            {
                _queue.Close(() => new ObjectDisposedException(nameof(RemoteThreadStore)));
                _lose();
            }
            else
                _queue.Close(() => Unknown(null));
        }
    }

    /// <summary>Stops, whatever is under way.</summary>
    public void Stop() => _stopping.Cancel();

    ThreadStoreException Unknown(RpcException? error) => new(
        ThreadStoreErrorCode.Unavailable,
        $"The server could not be reached in time; it is not known whether the last appends to thread {_lease.Thread} are stored. Resume it to go on.",
        error);

    void NoteTrouble(long sessionBegan)
    {
        if (_queue.Answers == _answersThen && Time.GetElapsedTime(sessionBegan) < LongSession)
            return;
        _answersThen = _queue.Answers;
        _troubleSince = Time.GetTimestamp();
        _backoff.Reset();
    }

    /// <summary>Does what can be done about a trouble.</summary>
    /// <returns>Whether the writer goes on.</returns>
    async Task<bool> MendAsync(Trouble trouble)
    {
        var error = trouble.Error;
        if (WireErrors.IsUnknownLease(error))
            return await OpenAgainAsync().ConfigureAwait(false);
        if (RemoteErrors.IsPassing(error))
        {
            // The store itself does not know what became of an append, after a failed fsync for one. To send it again would only hide that.
            if (WireErrors.IsFromStore(error) && !WireErrors.IsStopping(error) && !WireErrors.IsBusy(error))
                return Close(RemoteErrors.ToStore(error));
            return await OpenAgainAsync().ConfigureAwait(false);
        }
        if (trouble.Control is { } control)
            return await RefuseAsync(control, error).ConfigureAwait(false);
        if (trouble.Message.Count > 0)
            return await JudgeAsync(trouble.Message).ConfigureAwait(false);
        return Lose(RemoteErrors.ToStore(error));
    }

    /// <summary>Sends the appends of a refused message one by one, so that each gets the answer that it deserves.</summary>
    async Task<bool> JudgeAsync(IReadOnlyList<AppendOperation> message)
    {
        foreach (var append in message)
        {
            try
            {
                _queue.Acknowledge([append], await _lease.AppendAsync(AppendMessage.Of([append]), _stopping.Token).ConfigureAwait(false));
            }
            catch (RpcException e) when (WireErrors.IsUnknownLease(e) || RemoteErrors.IsPassing(e))
            {
                return await OpenAgainAsync().ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                if (!await RefuseAsync(append, e).ConfigureAwait(false))
                    return false;
            }
        }
        return true;
    }

    async Task<bool> RefuseAsync(WriterOperation operation, RpcException error)
    {
        var refusal = RemoteErrors.ToStore(error);
        // A conflict may be about this one call, or about the right to write.
        if (refusal.Code == ThreadStoreErrorCode.Conflict && await WhyLostAsync().ConfigureAwait(false) is { } loss)
            return Lose(loss);
        _queue.Refuse(operation, refusal);
        return true;
    }

    async Task<ThreadStoreException?> WhyLostAsync()
    {
        try
        {
            await _lease.RenewAsync(_stopping.Token).ConfigureAwait(false);
            return null;
        }
        catch (RpcException e)
        {
            return WireErrors.IsUnknownLease(e) || RemoteErrors.IsPassing(e) ? null : RemoteErrors.ToStore(e);
        }
    }

    async Task<bool> OpenAgainAsync()
    {
        long? conflictSince = null;
        RpcException? last = null;
        while (true)
        {
            _stopping.Token.ThrowIfCancellationRequested();
            if (_queue.Oldest is { } oldest && Time.GetElapsedTime(Math.Max(_troubleSince, oldest.CalledAt)) >= _connection.Options.ResolveFor)
                return Close(Unknown(last));
            await _backoff.PauseAsync(_stopping.Token).ConfigureAwait(false);
            try
            {
                var state = await _lease.OpenAgainAsync(_queue.IsStored, _queue.HasSent, _stopping.Token).ConfigureAwait(false);
                if (_queue.Disagrees(state) is { } loss)
                    return Lose(loss);
                await SendUnstoredAsync(state.IsStored).ConfigureAwait(false);
                return true;
            }
            catch (RpcException e) when (WireErrors.IsUnknownLease(e) || RemoteErrors.IsPassing(e))
            {
                last = e; // and again
            }
            catch (RpcException e)
            {
                var error = RemoteErrors.ToStore(e);
                if (error.Code != ThreadStoreErrorCode.Conflict || Time.GetElapsedTime(conflictSince ??= Time.GetTimestamp()) >= ConflictGrace)
                    return Lose(error);
            }
        }
    }

    async Task SendUnstoredAsync(bool isStored)
    {
        const int AtOnce = 256;
        var (ordinal, items) = _queue.Unstored();
        for (var i = 0; i < items.Length; i += AtOnce)
        {
            var part = items.AsMemory(i, Math.Min(AtOnce, items.Length - i));
            var receipt = await _lease.AppendAsync(AppendMessage.Of(ordinal + i, part.Span), _stopping.Token).ConfigureAwait(false);
            isStored |= receipt.IsStored;
        }
        if (isStored)
            _queue.SetStored();
    }

    bool Lose(ThreadStoreException error)
    {
        // Whoever wanted to give the right back has what they wanted.
        if (_queue.Oldest is ControlOperation { Ends: true, WasSent: true } end && !_queue.HasUnstored)
        {
            _queue.End(end);
            return false;
        }
        Close(error.Code == ThreadStoreErrorCode.Conflict
            ? error
            : new ThreadStoreException(ThreadStoreErrorCode.Conflict, $"The right to write thread {_lease.Thread} was lost. {error.Message}", error));
        _lose();
        return false;
    }

    bool Close(ThreadStoreException error)
    {
        _queue.Close(() => new ThreadStoreException(error.Code, error.Message, error.InnerException) { Owner = error.Owner });
        return false;
    }
}
