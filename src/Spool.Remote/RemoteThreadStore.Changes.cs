using Grpc.Core;
using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

public sealed partial class RemoteThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<ChangedThread> UpdateAsync(ThreadId threadId, ThreadPatch patch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(patch);
        // Checked here as well: what is not text would not arrive as it is.
        var request = new Wire.UpdateThreadRequest { ThreadId = threadId.ToString(), Patch = WireThreads.ToWire(patch.Checked()) };
        return await ChangeAsync(Client.UpdateThreadAsync, request, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<ChangedThread> ArchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        ChangeAsync(Client.ArchiveThreadAsync, new Wire.ThreadRequest { ThreadId = threadId.ToString() }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChangedThread> UnarchiveAsync(ThreadId threadId, CancellationToken cancellationToken = default) =>
        ChangeAsync(Client.UnarchiveThreadAsync, new Wire.ThreadRequest { ThreadId = threadId.ToString() }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ChangedThread> ForkAsync(ForkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var retry = new Retry(_connection) { Use = RetryUse.Change };
        return await _connection
            .ChangeAsync(retry, () => ForkOnceAsync(request, retry, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    async ValueTask<ChangedThread> ForkOnceAsync(ForkRequest request, Retry retry, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _connection
                .AskUncheckedAsync(
                    Client.ForkThreadAsync,
                    WireWrites.ToWire(request),
                    _connection.Options.ChangeTimeout,
                    retry,
                    cancellationToken
                )
                .ConfigureAwait(false);
            return WireThreads.ToStore(answer);
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.AlreadyExists && retry.HasUnknownOutcome)
        {
            // The id may be taken because an attempt that seemed to fail did not.
            var fork = await FindForkAsync(request.ThreadId, cancellationToken).ConfigureAwait(false);
            if (fork?.ForkedFromId != request.Source)
                throw;
            return new ChangedThread(fork);
        }
    }

    async ValueTask<StoredThread?> FindForkAsync(ThreadId threadId, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _connection
                .AskUncheckedAsync(
                    Client.FindThreadAsync,
                    new Wire.FindThreadRequest { ThreadId = threadId.ToString() },
                    _connection.Options.CallTimeout,
                    new Retry(_connection),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return answer.Thread is { } found ? WireThreads.ToStore(found) : null;
        }
        catch (Exception e) when (e is ThreadStoreException or ObjectDisposedException)
        {
            throw ThreadStoreException.OutcomeUnknown(
                $"There is a thread {threadId}, and it cannot be read whether it is the fork; look before it is made again.",
                e
            );
        }
    }

    /// <inheritdoc/>
    /// <remarks>Not repeated when its outcome is unknown: read the thread's last turns to learn it.</remarks>
    public async ValueTask<ChangedThread> RevertAsync(ThreadId threadId, string beforeTurn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(beforeTurn);
        var request = new Wire.RevertThreadRequest { ThreadId = threadId.ToString(), BeforeTurnId = beforeTurn };
        var retry = new Retry(_connection) { Use = RetryUse.ChangeOnce };
        return WireThreads.ToStore(
            await _connection.ChangeAsync(Client.RevertThreadAsync, request, retry, cancellationToken).ConfigureAwait(false)
        );
    }

    /// <inheritdoc/>
    public async ValueTask<DeletionReceipt> DeleteAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        var retry = new Retry(_connection) { Use = RetryUse.Change };
        var request = new Wire.ThreadRequest { ThreadId = threadId.ToString() };
        try
        {
            return WireThreads.ToStore(
                await _connection.ChangeAsync(Client.DeleteThreadAsync, request, retry, cancellationToken).ConfigureAwait(false)
            );
        }
        catch (ThreadStoreException e) when (e.Code == ThreadStoreErrorCode.NotFound && retry.HasUnknownOutcome)
        {
            // An attempt that seemed to fail did not, or there was nothing to delete; either way it is gone.
            return new DeletionReceipt(threadId)
            {
                Left =
                [
                    new LeftBehind(
                        "What may be left beside the thread, which is gone",
                        "the connection broke while it was deleted, and the server's receipt with it"
                    ),
                ],
            };
        }
    }

    async ValueTask<ChangedThread> ChangeAsync<TRequest>(
        Func<TRequest, CallOptions, AsyncUnaryCall<Wire.ChangedThread>> call,
        TRequest request,
        CancellationToken cancellationToken
    ) =>
        WireThreads.ToStore(
            await _connection
                .ChangeAsync(call, request, new Retry(_connection) { Use = RetryUse.Change }, cancellationToken)
                .ConfigureAwait(false)
        );
}
