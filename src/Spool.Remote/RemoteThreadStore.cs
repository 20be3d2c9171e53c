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
    /// <summary>The name of the activity source and of the meter of all remote stores: what they do beside the calls of a store, such as
    /// connecting and attempts that are repeated. <c>docs/hosting.md</c> has a table of it.</summary>
    public const string TelemetryName = "Spool.Remote";

    readonly RemoteConnection _connection;
    readonly Lock _gate = new();
    Task? _disposing;

    /// <summary>Makes a store. Nothing is sent: the first call connects, or <see cref="ConnectAsync"/>.</summary>
    /// <param name="options">Where the server is.</param>
    /// <exception cref="ArgumentException">An option is malformed or out of range; the message says which.</exception>
    /// <remarks>
    /// Before anything else goes to the server, it is asked what it can do. Calls that come at once share this one attempt; the
    /// cancellation of one of them ends its own waiting and nothing else. When it fails, all of them fail as <see cref="ConnectAsync"/>
    /// says, nothing of them was sent, and the next call tries again. A store that is disposed before has sent nothing; when it is disposed
    /// during the attempt, calls that wait for it end as misuse.
    /// </remarks>
    public RemoteThreadStore(RemoteThreadStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _connection = new RemoteConnection(options);
    }

    Wire.ThreadStore.ThreadStoreClient Client => _connection.Client;

    /// <summary>Connects now, to know at the start of a program whether the server can be used. A store that has connected does
    /// nothing.</summary>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: the server's certificate is not trusted,
    /// or it speaks no TLS; <see cref="ThreadStoreErrorCode.Unauthenticated"/>: it refuses the token;
    /// <see cref="ThreadStoreErrorCode.Unavailable"/>: it cannot be reached; <see cref="ThreadStoreErrorCode.Unsupported"/>: it is no Spool
    /// server. The store can be used all the same: its next call tries again.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        await _connection.Calls.ReadAsync(_connection.Contact.MadeAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Which abilities the server's store has is known when the store has connected (<see cref="ConnectAsync"/>, or any call).
    /// Before that it gives all that a server may have; a call of one that this server has not is
    /// <see cref="ThreadStoreErrorCode.Unsupported"/>.</remarks>
    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceType.IsInstanceOfType(this))
            return this;
        if (
            StoreAbility.For(serviceType) is not { } ability
            || _connection.Contact.Answer is { } server && !WireAbilities.IsIn(server, ability)
        )
            return null;
        return serviceType == typeof(IStoredBytes) ? new RemoteStoredBytes(_connection)
            : serviceType == typeof(IRolloutPaths) ? new RemoteRolloutPaths(_connection)
            : serviceType == typeof(IThreadCounts) ? new RemoteThreadCounts(_connection)
            : serviceType == typeof(IDeletionCheck) ? new RemoteDeletionCheck(_connection)
            : null; // a later server can do more than this client
    }

    /// <summary>Shuts down the writers that are open, waits for changes that were sent, and closes the connection. Reads, and changes of
    /// which no attempt has begun, end as misuse at once. A server that has not answered after <see cref="RemoteThreadStoreOptions.CloseFor"/> is
    /// waited for no longer: what was sent to it ends with <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>, and items that no call
    /// waits for may be lost.</summary>
    /// <remarks>What a writer could not store then is lost without an error; <see cref="IThreadWriter.ShutDownAsync"/> throws. A second
    /// call waits for the same.</remarks>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
            return new ValueTask(_disposing ??= Task.Run(_connection.CloseAsync));
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks until it is done.</summary>
    public void Dispose() => BlockingDisposal.Dispose(this);
}
