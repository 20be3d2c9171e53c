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

    ValueTask<IThreadWriter> OpenAsync(WriterLease lease, CancellationToken cancellationToken) =>
        _connection.Calls.ReadAsync(token => OpenOnceAsync(lease, token), cancellationToken);

    // Nothing is stored by it, so a store that is disposed does not wait for an answer; it gives back what it may have got.
    async ValueTask<IThreadWriter> OpenOnceAsync(WriterLease lease, CancellationToken cancellationToken)
    {
        // Before anything is sent of which the outcome could be unknown.
        var server = await _connection.Contact.MadeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var state = await lease.OpenAsync(cancellationToken).ConfigureAwait(false);
            var writer = new RemoteThreadWriter(_connection, lease, state, server.MaxRequestBytes);
            try
            {
                return _connection.Writers.Add(writer);
            }
            catch (ObjectDisposedException)
            {
                await writer.DiscardAsync(CancellationToken.None).ConfigureAwait(false);
                await writer.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch (Exception e)
            when (e
                    is OperationCanceledException
                        or ThreadStoreException { Code: ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.OutcomeUnknown }
            )
        {
            // The server may have opened it, and it would never be used.
            var givingBack = GiveBackAsync(lease);
            if (_connection.Calls.IsEnding)
                await givingBack.ConfigureAwait(false); // while there is a connection
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
