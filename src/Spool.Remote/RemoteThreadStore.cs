using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Keeps threads behind a Spool server.</summary>
/// <remarks>
/// All calls share one channel. What only reads, and what does the same when it is done twice, is repeated while the server cannot be
/// reached (<see cref="RemoteThreadStoreOptions.RetryFor"/>); a page or a history whose stream broke goes on where it was. Reverting a
/// thread is not repeated. A writer finds its way back by itself, see <see cref="RemoteThreadStoreOptions.ResolveFor"/>.
/// </remarks>
public sealed partial class RemoteThreadStore : IThreadStore
{
    // A server that never let this client in is more often misunderstood than being started again.
    static readonly TimeSpan FirstContact = TimeSpan.FromSeconds(1);

    readonly RemoteConnection _connection;
    readonly Wire.Capabilities _capabilities;

    RemoteThreadStore(RemoteConnection connection, Wire.Capabilities capabilities)
    {
        _connection = connection;
        _capabilities = capabilities;
    }

    Wire.ThreadStore.ThreadStoreClient Client => _connection.Client;

    /// <summary>Connects to a server and asks what it can do.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: an option is malformed, its certificate is
    /// not trusted, or it speaks no TLS; <see cref="ThreadStoreErrorCode.Unauthenticated"/>: the server refuses the token;
    /// <see cref="ThreadStoreErrorCode.Unavailable"/>: it cannot be reached; <see cref="ThreadStoreErrorCode.Unsupported"/>: it is no Spool
    /// server.</exception>
    public static async ValueTask<RemoteThreadStore> ConnectAsync(
        RemoteThreadStoreOptions options,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        var connection = new RemoteConnection(options);
        try
        {
            var capabilities = await connection
                .AskAsync(
                    connection.Client.GetCapabilitiesAsync,
                    new Wire.GetCapabilitiesRequest(),
                    options.CallTimeout,
                    new Retry(connection, FirstContact),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return new RemoteThreadStore(connection, capabilities);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceType.IsInstanceOfType(this))
            return this;
        if (StoreAbility.For(serviceType) is not { } ability || !WireAbilities.IsIn(_capabilities, ability))
            return null;
        return serviceType == typeof(IStoredBytes) ? new RemoteStoredBytes(_connection)
            : serviceType == typeof(IRolloutPaths) ? new RemoteRolloutPaths(_connection)
            : serviceType == typeof(IDeletionCheck) ? new RemoteDeletionCheck(_connection)
            : null; // a later server can do more than this client
    }

    /// <summary>Closes the connection. Writers that are still open lose it at once; shut them down first. A change that was sent ends with
    /// <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>; every other call ends as misuse.</summary>
    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks until it is done.</summary>
#pragma warning disable VSTHRD002 // to block is its purpose; on another thread, whatever context the caller has
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
