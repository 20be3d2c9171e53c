namespace Spool;

/// <summary>A turn while it is recorded: the question is stored, and what comes of it is appended as it happens, until the turn is
/// answered, failed or interrupted.</summary>
/// <remarks>
/// <para>Each member appends what it records at once, as safe on return as <see cref="LiveThreadOptions.Durability"/> says, and sets ids
/// and times itself. Its failures are those of <see cref="IThreadWriter.AppendAsync"/>; one of which nothing was kept may be called
/// again.</para>
/// <para>Members may be called concurrently, as calls of tools that run side by side do; what is appended follows the order of the calls.
/// Behind the end of the turn every call is refused with an <see cref="InvalidOperationException"/>. Calls of tools that have not ended
/// when the turn does are recorded as failed.</para>
/// </remarks>
public sealed class LiveTurn : IAsyncDisposable
{
    /// <summary>What the model is given back for a call that did not end.</summary>
    public const string BrokenOff = "The call was broken off before it ended.";

    readonly LiveThread _thread;
    readonly DateTimeOffset _startedAt;
    readonly Lock _gate = new();
    readonly List<CallEntry> _running = [];
    State _state;

    LiveTurn(LiveThread thread, string id, DateTimeOffset startedAt)
    {
        _thread = thread;
        Id = id;
        _startedAt = startedAt;
    }

    enum State
    {
        Open,
        Ending,
        Ended,
    }

    /// <summary>Gets the id of the turn, as <see cref="Turn.Id"/> has it.</summary>
    public string Id { get; }

    /// <summary>Gets whether the turn has ended.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
                return _state == State.Ended;
        }
    }

    /// <summary>Begins a turn, and appends the first entries of it.</summary>
    internal static async ValueTask<LiveTurn> BeginAsync(
        LiveThread thread,
        IEnumerable<ThreadEntry> first,
        CancellationToken cancellationToken
    )
    {
        List<ThreadEntry> entries = [new TurnStartedEntry()];
        foreach (var entry in first)
        {
            RefuseBoundary(entry, nameof(first));
            entries.Add(entry);
        }
        var now = thread.Time.GetUtcNow();
        var turn = new LiveTurn(thread, TimeIds.New(now).ToString(), now);
        if (!thread.TryBegin(turn))
            throw new InvalidOperationException("The thread has a turn that has not ended: answer, fail, interrupt or dispose it first.");
        try
        {
            await thread.AppendRecordedAsync(turn.ItemsOf(entries, now), cancellationToken).ConfigureAwait(false);
            return turn;
        }
        catch
        {
            thread.End(turn);
            throw;
        }
    }

    /// <summary>Records anything that belongs to the turn.</summary>
    /// <param name="entry">What happened. A beginning or an end of a turn is refused: that is said by the other members.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    /// <exception cref="ArgumentException">The entry begins or ends a turn.</exception>
    public async ValueTask AppendAsync(ThreadEntry entry, CancellationToken cancellationToken = default)
    {
        RefuseBoundary(entry, nameof(entry));
        ValueTask<AppendReceipt> append;
        lock (_gate)
        {
            RefuseUnlessOpen();
            append = _thread.AppendRecordedAsync(ItemsOf([entry], _thread.Time.GetUtcNow()), cancellationToken);
        }
        await append.ConfigureAwait(false);
    }

    /// <summary>Records what the model thought.</summary>
    /// <param name="summary">The summary of it.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    public async ValueTask ReasoningAsync(string summary, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(summary);
        await AppendAsync(new ReasoningEntry(summary), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records a call of a tool that has ended.</summary>
    /// <param name="name">The name of the tool.</param>
    /// <param name="arguments">What the model gave it, as JSON.</param>
    /// <param name="output">What it gave back.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    /// <remarks>For anything else about a call, such as its id or that it failed, append a <see cref="ToolCallEntry"/>.</remarks>
    public async ValueTask ToolCallAsync(string name, string arguments, string output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        await AppendAsync(new ToolCallEntry(name, arguments) { Output = output }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a tool and records its call: before it runs that it was called, and then what came of it.</summary>
    /// <param name="name">The name of the tool.</param>
    /// <param name="arguments">What the model gave it, as JSON.</param>
    /// <param name="tool">Runs the tool and gives what the model gets back.</param>
    /// <param name="cancellationToken">Cancels the tool, and the appends until they are queued.</param>
    /// <returns>What the tool gave back.</returns>
    /// <remarks>What the tool throws comes through, and the call is recorded as failed with its message.</remarks>
    public async ValueTask<string> ToolCallAsync(
        string name,
        string arguments,
        Func<CancellationToken, ValueTask<string>> tool,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(arguments);
        return await ToolCallAsync(new ToolCallEntry(name, arguments), tool, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a tool and records its call, of any kind: before it runs that it was called, and then what came of it.</summary>
    /// <param name="call">The call, without what came of it.</param>
    /// <param name="tool">Runs the tool and gives what the model gets back.</param>
    /// <param name="cancellationToken">Cancels the tool, and the appends until they are queued.</param>
    /// <returns>What the tool gave back.</returns>
    /// <remarks>What the tool throws comes through, and the call is recorded as failed with its message.</remarks>
    public async ValueTask<string> ToolCallAsync(
        CallEntry call,
        Func<CancellationToken, ValueTask<string>> tool,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(tool);
        call = call with { CallId = call.CallId ?? "call_" + TimeIds.New(_startedAt).ToString("N") };
        await BeginCallAsync(call, cancellationToken).ConfigureAwait(false);
        var began = _thread.Time.GetTimestamp();
        string output;
        try
        {
            output = await tool(cancellationToken).ConfigureAwait(false) ?? ""; // what gives nothing back
        }
        catch (Exception e)
        {
            var duration = _thread.Time.GetElapsedTime(began);
            await FailCallAsync(call, e, duration).ConfigureAwait(false);
            throw;
        }
        await EndCallAsync(call, call with { Output = output, Duration = _thread.Time.GetElapsedTime(began) }).ConfigureAwait(false);
        return output;
    }

    /// <summary>Records the answer, and ends the turn with it.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    public async ValueTask AnswerAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        await EndAsync(
                [new AssistantMessageEntry(text) { Phase = MessagePhase.FinalAnswer }, new TurnEndedEntry(_startedAt) { Answer = text }],
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Ends the turn as failed.</summary>
    /// <param name="message">Why.</param>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    public async ValueTask FailAsync(string message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        await EndAsync([new TurnEndedEntry(_startedAt) { Error = message }], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the turn as interrupted.</summary>
    /// <param name="cancellationToken">Cancels the append until it is queued.</param>
    public ValueTask InterruptAsync(CancellationToken cancellationToken = default) =>
        EndAsync([new TurnInterruptedEntry { StartedAt = _startedAt }], cancellationToken);

    /// <summary>Interrupts the turn when it has not ended, if the store still takes that. Never fails: a turn that could not be interrupted
    /// is shown so all the same.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!HasEnded)
                await InterruptAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is ThreadStoreException or InvalidOperationException) { }
        finally
        {
            lock (_gate)
                _state = State.Ended;
            _thread.End(this);
        }
    }

    async ValueTask BeginCallAsync(CallEntry call, CancellationToken cancellationToken)
    {
        ValueTask<AppendReceipt> append;
        lock (_gate)
        {
            RefuseUnlessOpen();
            append = _thread.AppendRecordedAsync(
                ItemsOf([call with { Records = call.Records & CallRecords.Call }], _thread.Time.GetUtcNow()),
                cancellationToken
            );
            _running.Add(call);
        }
        try
        {
            await append.ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
                _running.Remove(call);
            throw;
        }
    }

    // What came of the call is recorded although its caller is no longer interested. Until it is, the end of the turn says that the call
    // failed.
    async ValueTask EndCallAsync(CallEntry call, CallEntry ended)
    {
        ValueTask<AppendReceipt> append;
        lock (_gate)
        {
            RefuseUnlessOpen();
            var rest = ended with { Records = ended.Records & ~CallRecords.Call };
            append = _thread.AppendRecordedAsync(ItemsOf([rest], _thread.Time.GetUtcNow()), CancellationToken.None);
            _running.Remove(call);
        }
        try
        {
            await append.ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
                _running.Add(call);
            throw;
        }
    }

    // The caller gets the failure of the tool, whatever becomes of its record: one that no item holds ends with the turn.
    async ValueTask FailCallAsync(CallEntry call, Exception failure, TimeSpan duration)
    {
        try
        {
            var ended = call with { Output = failure.Message ?? "", Status = CallStatus.Failed, Duration = duration };
            await EndCallAsync(call, ended).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ThreadStoreException or InvalidOperationException or ArgumentException) { }
    }

    async ValueTask EndAsync(IEnumerable<ThreadEntry> last, CancellationToken cancellationToken)
    {
        ValueTask<AppendReceipt> append;
        lock (_gate)
        {
            RefuseUnlessOpen();
            var broken = _running.Select(call =>
                call with
                {
                    Output = BrokenOff,
                    Status = CallStatus.Failed,
                    Records = call.Records & ~CallRecords.Call,
                }
            );
            append = _thread.AppendRecordedAsync(ItemsOf([.. broken, .. last], _thread.Time.GetUtcNow()), cancellationToken);
            _state = State.Ending;
        }
        try
        {
            await append.ConfigureAwait(false);
        }
        catch
        {
            lock (_gate)
                _state = State.Open; // nothing of it was kept, or the writer is of no use any more and says so
            throw;
        }
        lock (_gate)
        {
            _state = State.Ended;
            _running.Clear();
        }
        _thread.End(this);
    }

    static void RefuseBoundary(ThreadEntry entry, string name)
    {
        ArgumentNullException.ThrowIfNull(entry, name);
        if (entry is TurnStartedEntry or TurnEndedEntry or TurnInterruptedEntry)
            throw new ArgumentException("A turn begins with BeginTurnAsync, and ends with AnswerAsync, FailAsync or InterruptAsync.", name);
    }

    void RefuseUnlessOpen()
    {
        if (_state != State.Open)
            throw new InvalidOperationException("The turn has ended.");
    }

    List<NewItem> ItemsOf(IEnumerable<ThreadEntry> entries, DateTimeOffset time)
    {
        var place = new EntryPlace(_thread.ThreadId, _thread.HistoryMode, Id, time);
        return [.. entries.SelectMany(entry => entry.ToItems(place))];
    }
}
