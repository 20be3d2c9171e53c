namespace Spool;

/// <summary>Threads that a program records turn by turn: started, continued, and read for the next call of the model.</summary>
public static class ThreadRecording
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100),
        LongestPause = TimeSpan.FromSeconds(2);

    extension(IThreadStore store)
    {
        /// <summary>Starts a thread. It is stored with its first turn; until then it leaves nothing behind.</summary>
        /// <param name="request">What is known of the thread.</param>
        /// <param name="options">How it is stored, or null for the defaults.</param>
        /// <param name="cancellationToken">Cancels the call.</param>
        /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.CreateAsync"/>.</exception>
        public async ValueTask<LiveThread> StartThreadAsync(
            StartRequest request,
            LiveThreadOptions? options = null,
            CancellationToken cancellationToken = default
        )
        {
            ArgumentNullException.ThrowIfNull(store);
            ArgumentNullException.ThrowIfNull(request);
            options ??= new LiveThreadOptions();
            var meta = request.ToSessionMeta(options.Time);
            var create = new CreateRequest(meta.Id, meta.ToItem());
            return (await LiveThreadStart.CreateAsync(store, create, options, cancellationToken).ConfigureAwait(false)).Commit();
        }

        /// <summary>Goes on with a stored thread.</summary>
        /// <param name="threadId">The thread.</param>
        /// <param name="options">How it is stored, or null for the defaults.</param>
        /// <param name="cancellationToken">Cancels the call.</param>
        /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.ResumeAsync"/>.</exception>
        /// <remarks>See <see cref="ContinueThreadAsync(IThreadStore, ResumeRequest, LiveThreadOptions, CancellationToken)"/>.</remarks>
        public ValueTask<LiveThread> ContinueThreadAsync(
            ThreadId threadId,
            LiveThreadOptions? options = null,
            CancellationToken cancellationToken = default
        ) => store.ContinueThreadAsync(new ResumeRequest(threadId), options, cancellationToken);

        /// <summary>Goes on with a stored thread, also one whose writer died.</summary>
        /// <param name="request">The thread.</param>
        /// <param name="options">How it is stored, or null for the defaults.</param>
        /// <param name="cancellationToken">Cancels the call.</param>
        /// <exception cref="ThreadStoreException">As <see cref="IThreadStore.ResumeAsync"/>.</exception>
        /// <remarks>
        /// While another writer has the thread, the call waits, <see cref="LiveThreadOptions.WriterWait"/> at most: a program that died on
        /// this machine has lost it already, a client of a server loses it when its lease ends. A turn that was not ended is ended as
        /// interrupted, and the calls of tools in it as failed, so that the next turn is whole and the model gets what became of each
        /// call. Reads the items behind the beginning of the last turn, and no others; all of them where no turn says where it begins, as
        /// in logs of early Codex.
        /// </remarks>
        public async ValueTask<LiveThread> ContinueThreadAsync(
            ResumeRequest request,
            LiveThreadOptions? options = null,
            CancellationToken cancellationToken = default
        )
        {
            ArgumentNullException.ThrowIfNull(store);
            ArgumentNullException.ThrowIfNull(request);
            options ??= new LiveThreadOptions();
            var start = await ResumeAsync(store, request, options, cancellationToken).ConfigureAwait(false);
            await using (start.ConfigureAwait(false))
            {
                var thread = start.Thread;
                var left = await UnendedTurn.FindAsync(store, request.ThreadId, cancellationToken).ConfigureAwait(false);
                if (left is not null)
                    await thread.AppendRecordedAsync(left.End(thread, options.Time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
                return start.Commit();
            }
        }

        /// <summary>Reads what the next call of the model gets: the messages of a thread, and the calls of tools with what they
        /// gave back.</summary>
        /// <param name="threadId">The thread.</param>
        /// <param name="cancellationToken">Cancels the call.</param>
        /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.NotFound"/>: no such thread.</exception>
        /// <remarks>See <see cref="ModelMessage"/>. Reads the whole history, and keeps the messages that count.</remarks>
        public async ValueTask<IReadOnlyList<ModelMessage>> ReadMessagesAsync(
            ThreadId threadId,
            CancellationToken cancellationToken = default
        )
        {
            ArgumentNullException.ThrowIfNull(store);
            return await ModelHistory
                .ReadAsync(store.ReadHistoryAsync(new ReadHistoryRequest(threadId), cancellationToken))
                .ConfigureAwait(false);
        }
    }

    static async ValueTask<LiveThreadStart> ResumeAsync(
        IThreadStore store,
        ResumeRequest request,
        LiveThreadOptions options,
        CancellationToken cancellationToken
    )
    {
        var began = options.Time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            TimeSpan rest;
            try
            {
                return await LiveThreadStart.ResumeAsync(store, request, options, cancellationToken).ConfigureAwait(false);
            }
            catch (ThreadStoreException e)
                when (e.Code == ThreadStoreErrorCode.HasWriter
                    && (rest = options.WriterWait - options.Time.GetElapsedTime(began)) > TimeSpan.Zero
                )
            {
                await Task.Delay(pause < rest ? pause : rest, options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
