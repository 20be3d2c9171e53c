namespace Spool;

/// <summary>The records that a call of a tool has in a log.</summary>
[Flags]
public enum CallRecords
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The call as the model made it.</summary>
    Call = 1,

    /// <summary>What the model was given back.</summary>
    Output = 2,

    /// <summary>What turns show of it.</summary>
    Shown = 4,

    /// <summary>What the model needs, and nothing that turns show.</summary>
    Model = Call | Output,

    /// <summary>All of them.</summary>
    All = Model | Shown,
}

/// <summary>How a call of a tool ended.</summary>
public enum CallStatus
{
    /// <summary>It did what it was asked to do.</summary>
    Completed,

    /// <summary>It failed, or was broken off.</summary>
    Failed,
}

/// <summary>A call of a tool: what the model asked for, what it was given back, and what turns show of it.</summary>
public abstract record CallEntry : ThreadEntry
{
    private protected CallEntry() { }

    /// <summary>Gets the id of the call as the model gave it, or null to make one. The call, its output and what turns show have the
    /// same.</summary>
    public string? CallId { get; init; }

    /// <summary>Gets what the tool gave back, for the model and for people; for a call that failed, why.</summary>
    public string Output { get; init; } = "";

    /// <summary>Gets how the call ended.</summary>
    public CallStatus Status { get; init; }

    /// <summary>Gets how long the call took; not negative.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Gets which records are written.</summary>
    /// <value>The default value is <see cref="CallRecords.All"/>. A program that records a call before it runs writes
    /// <see cref="CallRecords.Call"/> first, and the others with the same
    /// <see cref="CallId"/> when it is done.</value>
    public CallRecords Records { get; init; } = CallRecords.All;

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Output);
        DefinedValues.Check(Status);
        ArgumentOutOfRangeException.ThrowIfLessThan(Duration, TimeSpan.Zero);
        if ((Records & ~CallRecords.All) != 0)
            throw new ArgumentOutOfRangeException(nameof(Records), Records, $"{nameof(CallRecords)} has no such value.");
    }

    private protected sealed override void Write(EntryItems items)
    {
        var id = CallId ?? Id ?? "call_" + items.NewId().Replace("-", "", StringComparison.Ordinal);
        if (Records.HasFlag(CallRecords.Call))
            WriteCall(items, id);
        if (Records.HasFlag(CallRecords.Output))
            WriteOutput(items, id);
        if (Records.HasFlag(CallRecords.Shown))
            WriteShown(items, id);
    }

    private protected abstract void WriteCall(EntryItems items, string id);

    private protected virtual void WriteOutput(EntryItems items, string id) => WriteOutput(items, "function_call_output", id);

    private protected void WriteOutput(EntryItems items, string type, string id) =>
        items.Response(
            type,
            json =>
            {
                json.WriteString("call_id"u8, id);
                json.WriteString("output"u8, Output);
            }
        );

    private protected abstract void WriteShown(EntryItems items, string id);

    private protected static void WriteFunctionCall(EntryItems items, string id, string name, string arguments) =>
        items.Response(
            "function_call",
            json =>
            {
                json.WriteString("name"u8, name);
                json.WriteString("arguments"u8, arguments);
                json.WriteString("call_id"u8, id);
            }
        );

    private protected static void WriteCustomCall(EntryItems items, string id, string name, string input) =>
        items.Response(
            "custom_tool_call",
            json =>
            {
                json.WriteString("status"u8, "completed"u8);
                json.WriteString("call_id"u8, id);
                json.WriteString("name"u8, name);
                json.WriteString("input"u8, input);
            }
        );

    private protected string StatusName => Status == CallStatus.Completed ? "completed" : "failed";
}
