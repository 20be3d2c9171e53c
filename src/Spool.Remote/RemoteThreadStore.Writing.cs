namespace Spool.Remote;

public sealed partial class RemoteThreadStore
{
    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(request.SessionMeta, nameof(request));
        return await OpenAsync(new WriterLease(_connection, request), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.OnDamage);
        return await OpenAsync(new WriterLease(_connection, request), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<IThreadWriter> OpenAsync(WriterLease lease, CancellationToken cancellationToken)
    {
        // Before anything is sent of which the outcome could be unknown.
        var server = await _connection.Contact.MadeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var state = await lease.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new RemoteThreadWriter(_connection, lease, state, server.MaxRequestBytes);
        }
        catch (Exception e)
            when (e
                    is OperationCanceledException
                        or ThreadStoreException { Code: ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.OutcomeUnknown }
            )
        {
            // The server may have opened it, and it would never be used.
            _ = GiveBackAsync(lease);
            throw;
        }
    }

    static async Task GiveBackAsync(WriterLease lease)
    {
        try
        {
            await lease.DiscardAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Grpc.Core.RpcException or ObjectDisposedException)
        {
            // The lease runs out by itself.
        }
    }
}
