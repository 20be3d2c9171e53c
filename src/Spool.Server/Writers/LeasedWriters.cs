using Microsoft.Extensions.Logging;

namespace Spool.Server;

/// <summary>The writers of Spool's own contract: each is held by a lease, which a client that was cut off takes up again by its
/// id.</summary>
sealed class LeasedWriters(IThreadStore store, OpenThreads threads, SpoolServiceOptions options, ServerTelemetry telemetry, ILogger logger)
{
    // A lease is kept by its client for as long as it likes, so leases leave an eighth of the writers to clients of Codex.
    readonly ThreadHolderKind _kind = new("lease")
    {
        Idle = options.WriterIdle,
        MaxOpen = options.Limits.MaxWriters - options.Limits.MaxWriters / 8,
    };

    /// <summary>Opens a writer, or gives the one that is open under the same id.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.HasWriter"/>: another client or program holds it;
    /// <see cref="ThreadStoreErrorCode.OutcomeUnknown"/>: it is open under this id, and what became of a write is unknown; otherwise as the
    /// store refuses.</exception>
    public async ValueTask<IThreadWriter> OpenAsync(
        ThreadId threadId,
        LeaseClient client,
        long afterStream,
        Func<ValueTask<IThreadWriter>> open,
        CancellationToken cancellationToken
    )
    {
        using var hold = await threads.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (hold.Holder is LeasedWriter held && held.Id == client.Lease)
        {
            // Its client may not have heard of it. A new writer would find the items in the log and call them safe.
            if (held.IsInDoubt)
                throw ThreadStoreException.OutcomeUnknown(
                    $"It is not known what became of the last write to thread {threadId}; resume it under another lease."
                );
            if (!held.IsFaulted && held.TryUse())
            {
                try
                {
                    await held.FollowAsync(afterStream, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    held.EndUse();
                }
                if (!held.IsFaulted)
                    return held.Writer;
            }
            await hold.CloseAsync().ConfigureAwait(false);
        }
        var opened = await hold.OpenAsync(
                _kind,
                async () =>
                {
                    var writer = await open().ConfigureAwait(false);
                    var lease = new LeasedWriter(
                        client with
                        {
                            Owner = (client.Owner ?? new WriterOwner(null, null, null, null)) with
                            {
                                Since = client.Owner?.Since ?? options.Time.GetUtcNow(),
                            },
                        },
                        writer,
                        options.WriterIdle,
                        threads.Clock
                    );
                    await lease.FollowAsync(afterStream, cancellationToken).ConfigureAwait(false);
                    return lease;
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        Log.WriterOpened(logger, threadId);
        return opened.Writer;
    }

    /// <summary>Begins a new thread under a lease.</summary>
    public ValueTask<IThreadWriter> CreateAsync(
        CreateRequest request,
        LeaseClient client,
        long afterStream,
        CancellationToken cancellationToken
    )
    {
        NewLog.Check(request.ThreadId, request.SessionMeta, long.MaxValue); // a request that is wrong is so with or without a writer
        return OpenAsync(request.ThreadId, client, afterStream, () => store.CreateAsync(request, cancellationToken), cancellationToken);
    }

    /// <summary>Goes on with a thread under a lease.</summary>
    public ValueTask<IThreadWriter> ResumeAsync(
        ResumeRequest request,
        LeaseClient client,
        long afterStream,
        CancellationToken cancellationToken
    ) => OpenAsync(request.ThreadId, client, afterStream, () => store.ResumeAsync(request, cancellationToken), cancellationToken);

    /// <summary>Takes a writer for the time of a call.</summary>
    /// <exception cref="Grpc.Core.RpcException">The lease is not known.</exception>
    public Use Take(ThreadId threadId, Guid id) =>
        threads.Find(threadId) is LeasedWriter lease && lease.Id == id && lease.TryUse()
            ? new Use(lease)
            : throw WireErrors.UnknownLease(threadId);

    /// <summary>Appends.</summary>
    public async Task<AppendReceipt> AppendAsync(Use use, AppendRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var receipt = await use.Writer.AppendAsync(request, cancellationToken).ConfigureAwait(false);
            telemetry.Appended(request.Items);
            return receipt;
        }
        catch (ThreadStoreException e) when (EndsWriter(use.Lease, e))
        {
            use.Lease.Doubt();
            throw;
        }
    }

    /// <summary>Does something else with a writer that may leave its outcome unknown.</summary>
    public static async Task RunAsync(Use use, Func<IThreadWriter, ValueTask> action)
    {
        try
        {
            await action(use.Writer).ConfigureAwait(false);
        }
        catch (ThreadStoreException e) when (EndsWriter(use.Lease, e))
        {
            use.Lease.Doubt();
            throw;
        }
    }

    // A client that does not know what is unknown from what was not kept ends its writer in either case, and wants to open another.
    static bool EndsWriter(LeasedWriter lease, ThreadStoreException error) =>
        error.Code == ThreadStoreErrorCode.OutcomeUnknown || error.Code == ThreadStoreErrorCode.Unavailable && !lease.KnowsCodes;

    /// <summary>Gives a writer back, storing pending items or not.</summary>
    /// <exception cref="Grpc.Core.RpcException">The lease is not known.</exception>
    public async ValueTask ReleaseAsync(
        ThreadId threadId,
        Guid id,
        Func<IThreadWriter, ValueTask> release,
        CancellationToken cancellationToken
    )
    {
        using var hold = await threads.EnterAsync(threadId, cancellationToken).ConfigureAwait(false);
        if (hold.Holder is not LeasedWriter lease || lease.Id != id)
            throw WireErrors.UnknownLease(threadId);
        lease.Renew();
        await hold.CloseAsync(release).ConfigureAwait(false);
    }

    /// <summary>Makes the error of a writer that lost the right to write while its lease is held.</summary>
    public static ThreadStoreException Lost(ThreadId threadId) =>
        ThreadStoreException.WriterLost($"The right to write thread {threadId} was lost: another program wrote, moved or deleted it.");

    /// <summary>A writer for the time of a call.</summary>
    internal readonly struct Use(LeasedWriter lease) : IDisposable
    {
        /// <summary>Gets the lease.</summary>
        public LeasedWriter Lease => lease;

        /// <summary>Gets the writer.</summary>
        public IThreadWriter Writer => lease.Writer;

        /// <summary>Renews the lease in the middle of a long call.</summary>
        public void Renew() => lease.Renew();

        /// <summary>Ends the call.</summary>
        public void Dispose() => lease.EndUse();
    }
}
