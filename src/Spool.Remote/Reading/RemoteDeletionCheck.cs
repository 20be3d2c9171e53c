using Wire = Spool.Contracts.SpoolV1;

namespace Spool.Remote;

/// <summary>Asks the server whether it would delete a thread.</summary>
sealed class RemoteDeletionCheck(RemoteConnection connection) : IDeletionCheck
{
    public async ValueTask RequireDeletableAsync(ThreadId threadId, CancellationToken cancellationToken = default)
    {
        await connection.Calls.ReadAsync(connection.RequireAsync<IDeletionCheck>, cancellationToken).ConfigureAwait(false);
        await connection
            .AskAsync(connection.Client.CheckDeletionAsync, new Wire.ThreadRequest { ThreadId = threadId.ToString() }, cancellationToken)
            .ConfigureAwait(false);
    }
}
