using System.Threading.Channels;
using Wire = Spool.Remote.SpoolV1;

namespace Spool.Remote;

/// <summary>What was called on a writer and is not answered yet, in the order of the calls. An operation stays until its answer is there, so that after a broken connection everything that is
/// left is sent again.</summary>
sealed class WriterQueue
{
    const int MaxGatheredItems = 4096;

    readonly Lock _gate = new();
    readonly LinkedList<WriterOperation> _operations = new();
    readonly UnstoredItems _unstored = new();
    readonly BatchOrdinals _batches = new();
    readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    readonly ThreadId _thread;
    readonly RemoteThreadStoreOptions _options;
    LinkedListNode<WriterOperation>? _unsent;
    Func<Exception>? _closed;
    long _bytes;
    long _acknowledged;
    long _next;
    long _furthest;
    bool _isStored;

    public WriterQueue(ThreadId thread, RemoteThreadStoreOptions options, Wire.WriterState state)
    {
        _thread = thread;
        _options = options;
        _acknowledged = _next = _furthest = state.NextOrdinal;
        _isStored = state.IsStored;
    }

    /// <summary>Gets the ordinal after everything that was called.</summary>
    public long NextOrdinal
    {
        get
        {
            lock (_gate)
                return _next;
        }
    }

    public bool IsStored
    {
        get
        {
            lock (_gate)
                return _isStored;
        }
    }

    /// <summary>Gets whether items are kept that only the memory of a server has.</summary>
    public bool HasUnstored
    {
        get
        {
            lock (_gate)
                return !_unstored.IsEmpty;
        }
    }

    /// <summary>Gets how many answers there were.</summary>
    public long Answers { get; private set; }

    /// <summary>Gets whether anything was ever sent for this writer.</summary>
    public bool HasSent { get; private set; }

    /// <summary>Gets the operation that waits the longest, or null.</summary>
    public WriterOperation? Oldest
    {
        get
        {
            lock (_gate)
                return _operations.First?.Value;
        }
    }

    /// <summary>Adds an operation. Where it has to wait for a place it can be cancelled until it got one.</summary>
    public void Add(WriterOperation operation, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_closed is { } closed)
                throw closed();
            var node = _operations.AddLast(operation);
            _unsent ??= node;
            var waits = _bytes >= _options.MaxBytesUnderWay || operation is ControlOperation;
            if (operation is AppendOperation append)
            {
                _bytes += append.Bytes;
                Place(append);
            }
            if (waits && cancellationToken.CanBeCanceled)
                operation.Cancellation = cancellationToken.UnsafeRegister(_ => Cancel(operation, cancellationToken), null);
        }
        Wake();
    }

    /// <summary>Takes the appends that go into the next message; they stay in the queue until they are answered.</summary>
    /// <returns>The appends, or null when there is none or something else comes first.</returns>
    public List<AppendOperation>? TakeMessage()
    {
        lock (_gate)
        {
            if (_unsent?.Value is not AppendOperation first)
                return null;
            var message = new List<AppendOperation> { first };
            var (bytes, items) = (first.Bytes, first.Count);
            Take();
            while (first.CanBeGathered && _unsent?.Value is AppendOperation { CanBeGathered: true } next && next.Request.Durability == first.Request.Durability
                && (bytes += next.Bytes) <= _options.MaxGatheredBytes && (items += next.Count) <= MaxGatheredItems)
            {
                message.Add(next);
                Take();
            }
            return message;
        }
    }

    /// <summary>Takes the next operation when it is not an append. The caller makes sure that nothing is under way.</summary>
    public ControlOperation? TakeControl()
    {
        lock (_gate)
        {
            if (_unsent?.Value is not ControlOperation control)
                return null;
            Take();
            return control;
        }
    }

    /// <summary>Takes the answer to the first appends of the queue.</summary>
    public void Acknowledge(IReadOnlyList<AppendOperation> message, AppendReceipt receipt)
    {
        lock (_gate)
        {
            var ordinal = receipt.FirstOrdinal;
            foreach (var append in message)
            {
                if (!receipt.IsStored)
                    _unstored.Keep(ordinal, append.Request.Items);
                Remove(append);
                append.Acknowledge(new AppendReceipt(ordinal, append.Count) { IsStored = receipt.IsStored });
                ordinal += append.Count;
            }
            _acknowledged = Math.Max(_acknowledged, ordinal);
            if (receipt.IsStored)
                Stored();
            Answers++;
        }
        Wake();
    }

    /// <summary>Takes the answer to a call that is not an append.</summary>
    public void Complete(ControlOperation control, Wire.WriterState? state, ChangedThread? changed)
    {
        lock (_gate)
        {
            Remove(control);
            if (state is not null)
            {
                // A change of metadata may have added lines of its own.
                _acknowledged = Math.Max(_acknowledged, state.NextOrdinal);
                if (state.IsStored)
                    Stored();
                PlaceAll();
            }
            Answers++;
            control.Complete(changed);
        }
    }

    /// <summary>Takes it that the right to write was given back: what is called from now on is refused, and only then is the caller told.</summary>
    public void End(ControlOperation control)
    {
        lock (_gate)
        {
            Remove(control);
            Answers++;
            Close(() => ThreadStoreException.InvalidRequest($"The writer of thread {_thread} was shut down; resume the thread to go on."));
            control.Complete(null);
        }
    }

    /// <summary>Takes it that nothing of an operation was kept. What comes behind it moves up.</summary>
    public void Refuse(WriterOperation operation, Exception error)
    {
        lock (_gate)
        {
            Remove(operation);
            PlaceAll();
            Answers++;
            operation.Fail(error);
        }
    }

    /// <summary>Takes it that whatever was sent and is not answered has to be sent again.</summary>
    public void SendAgain()
    {
        lock (_gate)
            _unsent = _operations.First;
    }

    /// <summary>Says why the state of a writer that was opened again cannot be the one that was left, or null when it can.</summary>
    public ThreadStoreException? Disagrees(Wire.WriterState state)
    {
        lock (_gate)
        {
            var kept = _unstored.IsEmpty ? _acknowledged : _unstored.FirstOrdinal;
            if (state.NextOrdinal < kept)
                return new ThreadStoreException(ThreadStoreErrorCode.Conflict, $"Thread {_thread} has lost items that were acknowledged; resume it to go on with what is there.");
            var mayHaveGrown = _operations.First?.Value is ControlOperation { Kind: ControlKind.Update, WasSent: true };
            return state.NextOrdinal > _furthest && !mayHaveGrown
                ? new ThreadStoreException(ThreadStoreErrorCode.Conflict, $"Thread {_thread} was written by another program meanwhile; resume it to go on.")
                : null;
        }
    }

    /// <summary>Gives the items that only the memory of a server has, and of this client.</summary>
    public (long FirstOrdinal, NewItem[] Items) Unstored()
    {
        lock (_gate)
            return (_unstored.FirstOrdinal, _unstored.ToArray());
    }

    /// <summary>Takes it that the thread is stored, with all that waited.</summary>
    public void SetStored()
    {
        lock (_gate)
            Stored();
    }

    /// <summary>Ends the queue: what is in it fails, and so does whatever is called later.</summary>
    /// <param name="error">Makes the error.</param>
    public void Close(Func<Exception> error)
    {
        lock (_gate)
        {
            if (_closed is not null)
                return;
            _closed = error;
            foreach (var operation in _operations)
            {
                operation.Cancellation.Unregister();
                operation.Fail(error());
            }
            _operations.Clear();
            _unsent = null;
            _unstored.Clear();
        }
        Wake();
    }

    /// <summary>Lets whoever waits look again.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits until there may be something to do.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    void Cancel(WriterOperation operation, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (operation.WasSent || _operations.Find(operation) is null)
                return;
            Remove(operation);
            PlaceAll();
            operation.Cancel(cancellationToken);
        }
        Wake();
    }

    void Take()
    {
        var operation = _unsent!.Value;
        _unsent = _unsent.Next;
        operation.WasSent = true;
        operation.Cancellation.Unregister();
        HasSent = true;
        if (operation is AppendOperation { RepeatedFrom: null } append)
            _furthest = Math.Max(_furthest, append.FirstOrdinal + append.Count);
    }

    void Remove(WriterOperation operation)
    {
        var node = _operations.First?.Value == operation ? _operations.First : _operations.Find(operation);
        if (node is null)
            return;
        if (_unsent == node)
            _unsent = node.Next;
        _operations.Remove(node);
        if (operation is AppendOperation append)
            _bytes -= append.Bytes;
    }

    void PlaceAll()
    {
        _next = _acknowledged;
        foreach (var operation in _operations)
        {
            if (operation is AppendOperation { RepeatedFrom: null, Request.BatchId: { } batch })
                _batches.Remove(batch);
        }
        foreach (var operation in _operations)
        {
            if (operation is AppendOperation append)
                Place(append);
        }
        _furthest = Math.Max(_furthest, _acknowledged);
    }

    void Place(AppendOperation append)
    {
        append.RepeatedFrom = append.Request.BatchId is { } batch ? _batches.Find(batch) : null;
        append.FirstOrdinal = append.RepeatedFrom ?? append.Request.ExpectedOrdinal ?? _next;
        if (append.RepeatedFrom is not null || append.FirstOrdinal > _next)
            return; // adds nothing: it was sent before, or it will be refused
        _next = Math.Max(_next, append.FirstOrdinal + append.Count);
        if (append.Request.BatchId is { } id)
            _batches.Add(id, append.FirstOrdinal);
    }

    void Stored()
    {
        _isStored = true;
        _unstored.Clear();
    }
}
