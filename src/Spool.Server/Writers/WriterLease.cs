namespace Spool.Server;

/// <summary>A writer that a client holds by an id. It may be used by several calls at a time, and is given up only while none uses it.</summary>
/// <param name="id">The id, made by the client.</param>
/// <param name="writer">The writer.</param>
/// <param name="owner">Who the client says it is.</param>
/// <param name="now">The time.</param>
sealed class WriterLease(Guid id, IThreadWriter writer, WriterOwner owner, DateTimeOffset now)
{
    readonly Lock _lock = new();
    CancellationTokenSource? _stream;
    int _uses;
    bool _closed;
    DateTimeOffset _lastUse = now;

    /// <summary>Gets the id.</summary>
    public Guid Id { get; } = id;

    /// <summary>Gets the writer.</summary>
    public IThreadWriter Writer { get; } = writer;

    /// <summary>Gets who holds it.</summary>
    public WriterOwner Owner { get; } = owner;

    /// <summary>Gets or sets whether the outcome of a write is unknown, so that the writer can only be discarded.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Gets whether the writer is of no more use.</summary>
    public bool IsUseless => IsBroken || Writer.LostToken.IsCancellationRequested;

    /// <summary>Begins a stream of appends and ends the one before: a client has one at a time, and what may still arrive by a connection that it gave up must not be appended.</summary>
    /// <returns>The token that is cancelled when another stream begins.</returns>
    public CancellationToken BeginStream()
    {
        var stream = new CancellationTokenSource();
        CancellationTokenSource? before;
        lock (_lock)
            (before, _stream) = (_stream, stream);
        before?.Cancel();
        return stream.Token;
    }

    /// <summary>Begins a use, unless the lease was closed.</summary>
    public bool TryUse()
    {
        lock (_lock)
        {
            if (_closed)
                return false;
            _uses++;
            return true;
        }
    }

    /// <summary>Ends a use and so renews the lease.</summary>
    public void EndUse(DateTimeOffset now)
    {
        lock (_lock)
        {
            _uses--;
            _lastUse = now;
        }
    }

    /// <summary>Renews the lease without a use.</summary>
    public void Renew(DateTimeOffset now)
    {
        lock (_lock)
            _lastUse = now;
    }

    /// <summary>Closes the lease if nobody has used it since a time, or says that it is closed already and its writer still to be given back.</summary>
    public bool TryClose(DateTimeOffset unusedSince)
    {
        lock (_lock)
        {
            if (_uses > 0 || !_closed && _lastUse > unusedSince)
                return false;
            return _closed = true;
        }
    }

    /// <summary>Closes the lease, whoever uses it.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
    }
}
