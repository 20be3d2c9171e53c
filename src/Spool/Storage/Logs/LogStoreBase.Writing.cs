namespace Spool.Storage;

public abstract partial class LogStoreBase
{
    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> CreateAsync(CreateRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await _calls.ChangeAsync(change => CreateOnceAsync(request, change), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<IThreadWriter> CreateOnceAsync(CreateRequest request, OngoingChange change)
    {
        var head = NewLog.Check(request.ThreadId, request.SessionMeta, _options.MaxItemBytes);
        if (!_home.IsLoaded)
            await LookAsync(change.Token).ConfigureAwait(false);
        using var entered = await _home.EnterAsync(request.ThreadId, change.Token).ConfigureAwait(false);
        var thread = entered.Thread;
        await RefreshAsync(thread, change.Token).ConfigureAwait(false);
        change.Begin();
        lock (_home.Sync)
        {
            thread.CheckNotWritten();
            if (_home.IsTaken(thread.Id))
                throw ThreadStoreException.AlreadyExists(thread.Id);
            return thread.Writer = new LogStoreWriter(this, thread, head.Facts, request.SessionMeta);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IThreadWriter> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DefinedValues.Check(request.OnDamage);
        return await _calls.ChangeAsync(change => ResumeOnceAsync(request, change), cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<IThreadWriter> ResumeOnceAsync(ResumeRequest request, OngoingChange change)
    {
        using var entered = await EnterRefreshedAsync(request.ThreadId, change.Token).ConfigureAwait(false);
        var thread = entered.Thread;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            change.Begin();
            lock (_home.Sync)
            {
                thread.CheckNotWritten(); // also while it is being created
                thread.CheckActive();
                thread.CheckAppendable();
                if (
                    request.OnDamage == DamagedLog.Refuse
                    && (!thread.Log.WholeTotals.IsWhole || _home.LineageOf(thread).BrokenBecause is not null)
                )
                    throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, $"The log of thread {thread.Id} is damaged.");
                if (!thread.Log.EndsTorn)
                    return thread.Writer = new LogStoreWriter(this, thread, thread.Log.Facts, null);
            }
            if (!await TryAppendAsync(thread.Log, AsideLines(thread.Log), Durability.Flushed).ConfigureAwait(false))
                await RefreshAsync(thread, change.Token).ConfigureAwait(false);
        }
        throw ThreadStoreException.HasWriter(thread.Id, new WriterOwner(null, null, null, null));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        lock (_life)
#pragma warning disable VSTHRD003 // begun here
            return new ValueTask(_disposal ??= DisposeOnceAsync());
#pragma warning restore VSTHRD003
    }

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks until it is done.</summary>
#pragma warning disable CA1063 // a store gives back what it holds in DisposeLogsAsync
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        BlockingDisposal.Dispose(this);
    }
#pragma warning restore CA1063

    async Task DisposeOnceAsync()
    {
        await Task.Yield(); // nothing may run inside the caller's lock
        await _calls.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_home.WritersOf(this).Select(writer => writer.DisposeAsync().AsTask())).ConfigureAwait(false);
        await DisposeLogsAsync().ConfigureAwait(false);
    }

    internal LogHome Home => _home;

    internal bool IsEnding => _calls.IsEnding;

    internal LogReading Reading => _reading;

    internal LogStoreOptions Options => _options;

    internal DateTimeOffset Now => _options.Time.GetUtcNow();

    /// <summary>Appends lines to a log that is known. The caller holds the gate of its thread.</summary>
    /// <returns>False when another process appended meanwhile; nothing was appended then.</returns>
    /// <exception cref="ThreadStoreException">What the log refuses with; <see cref="ThreadStoreErrorCode.OutcomeUnknown"/> for everything
    /// else.</exception>
    internal async ValueTask<bool> TryAppendAsync(KnownLog log, IReadOnlyList<ReadOnlyMemory<byte>> lines, Durability durability)
    {
        try
        {
            // A log that was deleted and made again may be as long as it was, and is another one.
            if (!await IsSameLifeAsync(log, CancellationToken.None).ConfigureAwait(false))
                return false;
            if (!await AppendLinesAsync(log.Id, log.Lines, lines, durability, CancellationToken.None).ConfigureAwait(false))
                return false;
        }
        catch (Exception e) when (!SaysThatNothingWasStored(e) && e is not OutOfMemoryException)
        {
            throw Unknown(e);
        }
        lock (_home.Sync)
        {
            foreach (var line in lines)
                log.Take(line);
        }
        return true;
    }

    /// <summary>Stores the first log of a thread. The caller holds the gate.</summary>
    /// <returns>False when there is one already.</returns>
    internal async ValueTask<bool> CreateLogAsync(
        KnownThread thread,
        KnownLog log,
        IReadOnlyList<ReadOnlyMemory<byte>> lines,
        Durability durability
    )
    {
        if (!await TryAppendAsync(log, lines, durability).ConfigureAwait(false))
            return false;
        lock (_home.Sync)
        {
            _home.Add(log);
            thread.Logs = [log];
        }
        return true;
    }

    /// <summary>The ordinal that the next item of a log records, or null where items carry none.</summary>
    internal static long? OrdinalIn(KnownLog log) => log.HistoryMode == HistoryModes.Legacy ? null : log.NextOrdinal;

    // What an append begins with that comes behind a torn last line.
    static ReadOnlyMemory<byte>[] AsideLines(KnownLog log) => log.EndsTorn ? [(log.Note with { IsSetAside = true }).ToLine()] : [];

    static bool SaysThatNothingWasStored(Exception failure) =>
        failure is ThreadStoreException { Code: ThreadStoreErrorCode.Unavailable or ThreadStoreErrorCode.ResourceExhausted };

    // What fails in another way than the contract says may have been stored.
    static ThreadStoreException Unknown(Exception cause) =>
        ThreadStoreException.OutcomeUnknown("The store failed, and it is not known whether it stored; look before you try again.", cause);

    internal void CheckUsable(CancellationToken cancellationToken)
    {
        _calls.ThrowIfEnded(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
