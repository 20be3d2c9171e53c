namespace Spool.Storage;

/// <summary>A turn at the gate of a thread: until it is disposed no other call of this process opens or closes the thread.</summary>
/// <remarks>It is used by one caller, one call at a time. A copy is the same turn; disposing of it again does nothing, and any other use
/// after that is an <see cref="ObjectDisposedException"/>.</remarks>
public readonly struct ThreadHold : IDisposable, IEquatable<ThreadHold>
{
    readonly OpenThreads _threads;
    readonly OpenThreadEntry _entry;
    readonly long _turn;

    internal ThreadHold(OpenThreads threads, OpenThreadEntry entry) => (_threads, _entry, _turn) = (threads, entry, entry.Turn);

    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId => _entry.ThreadId;

    /// <summary>Gets the holder that has the thread open, or null for none.</summary>
    public IThreadHolder? Holder => Entry.Holder;

    OpenThreadEntry Entry => _entry is not null && _entry.Turn == _turn ? _entry : throw new ObjectDisposedException(nameof(ThreadHold));

    /// <summary>Takes it that the thread is used, so that its idle time begins anew. Does nothing for one that is not open.</summary>
    public void Use() => _threads.Use(Entry);

    /// <summary>Opens the thread. A holder that it has, of any kind, is closed first if it is of no more use, or was idle for the time of
    /// its kind.</summary>
    /// <typeparam name="T">The holder.</typeparam>
    /// <param name="kind">The kind of the holder.</param>
    /// <param name="open">Opens the writer of any store and makes its holder. It is called once there is a place, and at most once.</param>
    /// <param name="cancellationToken">Cancels the wait for a place.</param>
    /// <returns>The holder.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.HasWriter"/>: another holder keeps the thread, and is named;
    /// <see cref="ThreadStoreErrorCode.Busy"/>: there is no place, and none could be made; otherwise what <paramref name="open"/> or the
    /// closing of the holder before says.</exception>
    /// <remarks>When it fails the thread is not open, or its holder is the one of before.</remarks>
    public ValueTask<T> OpenAsync<T>(ThreadHolderKind kind, Func<ValueTask<T>> open, CancellationToken cancellationToken = default)
        where T : class, IThreadHolder => _threads.OpenAsync(Entry, kind, open, cancellationToken);

    /// <summary>Closes the thread: its holder gives it up, pending items are stored, or discarded where nothing can be stored any more.
    /// Does nothing when it is not open.</summary>
    /// <exception cref="ThreadStoreException">As <see cref="IThreadWriter.ShutDownAsync"/>; then the thread is still open.</exception>
    public ValueTask CloseAsync() => _threads.CloseAsync(Entry);

    /// <summary>Closes the thread in another way. Its holder goes on until the writer was given back, and keeps the thread when that
    /// fails.</summary>
    /// <param name="giveBack">Gives the writer back: shuts it down or discards it.</param>
    public ValueTask CloseAsync(Func<IThreadWriter, ValueTask> giveBack) => _threads.CloseAsync(Entry, giveBack);

    /// <summary>Ends the turn.</summary>
    public void Dispose()
    {
        if (_entry is not null && _entry.Turn == _turn)
            _threads.Leave(_entry);
    }

    /// <inheritdoc/>
    public bool Equals(ThreadHold other) => _entry == other._entry && _turn == other._turn;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ThreadHold other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_entry, _turn);

    /// <summary>Says whether two are the same turn.</summary>
    public static bool operator ==(ThreadHold left, ThreadHold right) => left.Equals(right);

    /// <summary>Says whether two are different turns.</summary>
    public static bool operator !=(ThreadHold left, ThreadHold right) => !left.Equals(right);
}
