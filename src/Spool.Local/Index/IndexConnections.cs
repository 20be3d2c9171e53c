using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Lends connections to the index, a bounded number at a time, and replaces an index that turns out to be unusable.</summary>
/// <param name="database">The index.</param>
/// <param name="presence">Whether the home is there.</param>
/// <param name="disposing">Is cancelled when the store is disposed.</param>
sealed class IndexConnections(IndexDatabase database, HomePresence presence, CancellationToken disposing) : IDisposable
{
    const int MostUses = 16; // each has a connection: three open files, and memory for what was read

    readonly ConcurrentBag<RentedConnection> _idle = [];
    readonly SemaphoreSlim _uses = new(MostUses, MostUses);

    /// <summary>Lends a connection, on a thread of the pool. An index that turns out to be unusable is set aside, and the use begins again
    /// with a new one.</summary>
    public async ValueTask<T> UseAsync<T>(Func<RentedConnection, ValueTask<T>> use, CancellationToken cancellationToken)
    {
        await _uses.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var held = new Permit(_uses);
        await OffCaller.Hop();
        for (var attempts = new IndexUse(); ; )
        {
            ObjectDisposedException.ThrowIf(disposing.IsCancellationRequested, typeof(LocalThreadStore));
            cancellationToken.ThrowIfCancellationRequested();
            presence.Require(); // before anything is made in a cache folder that may be in it
            var rented = Rent();
            try
            {
                presence.Note(() => rented.Connection.InTurn(new RolloutTable(rented.Connection).CountThreads));
                var answer = await use(rented).ConfigureAwait(false);
                Return(rented);
                return answer;
            }
            catch (SqliteException e)
            {
                rented.Connection.Dispose();
                var failure =
                    rented.FileId != database.FileId ? IndexFailure.Replaced
                    : IndexDatabase.IsUnusable(e) ? IndexFailure.Unusable
                    : IndexFailure.Other;
                var remedy = attempts.After(failure, rented.Connection.IsInMemory);
                if (remedy == IndexRemedy.SetAside)
                    SetAside(IndexDatabase.Damaged(e));
                else if (
                    remedy == IndexRemedy.GiveUp
                    || remedy == IndexRemedy.KeepInMemory && !database.TryKeepInMemory(e, failure == IndexFailure.Replaced)
                )
                    throw database.Translate(e);
            }
            catch (OperationCanceledException) when (disposing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                rented.Connection.Dispose();
                throw new ObjectDisposedException(nameof(LocalThreadStore));
            }
            catch (Exception e) when (DiskErrors.IsOutOfFiles(e))
            {
                rented.Connection.Dispose();
                throw DiskErrors.OutOfFiles(e);
            }
            catch
            {
                rented.Connection.Dispose();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>A use that is under way goes on, and closes its connection.</remarks>
    public void Dispose() => DropIdle();

    /// <summary>Closes those that are not in use.</summary>
    public void DropIdle()
    {
        while (_idle.TryTake(out var idle))
            idle.Connection.Dispose();
    }

    void Return(RentedConnection rented)
    {
        _idle.Add(rented);
        Interlocked.MemoryBarrier(); // either this sees that the store is disposed, or the disposal sees the connection
        if (disposing.IsCancellationRequested)
            DropIdle();
    }

    RentedConnection Rent()
    {
        database.ReturnToFile();
        var current = database.FileId;
        while (_idle.TryTake(out var idle))
        {
            if (idle.FileId == current)
                return idle;
            idle.Connection.Dispose();
        }
        var connection = database.Connect();
        return new RentedConnection(connection, connection.FileId);
    }

    void SetAside(string why)
    {
        DropIdle();
        try
        {
            database.SetAside(why);
        }
        catch (Exception e) when (database.TryKeepInMemory(e))
        {
            // The cache folder cannot be written, so a file that is no index stays there.
        }
    }
}

/// <summary>A connection that is lent.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="FileId">What identifies the index file.</param>
sealed record RentedConnection(IndexConnection Connection, long FileId);
