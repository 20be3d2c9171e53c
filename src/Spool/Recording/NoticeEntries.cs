namespace Spool;

/// <summary>Something that went wrong while a turn went on. The turn may still end well: one that failed ends with a
/// <see cref="TurnEndedEntry"/> that has an error.</summary>
/// <param name="Message">What went wrong.</param>
/// <remarks>It is in the items of the thread. Turns do not show it; in a legacy thread Spool, and Codex up to 0.128, take it for the end of
/// a turn that failed, unless that turn ends otherwise
/// with an error of its own.</remarks>
public sealed record ErrorEntry(string Message) : ThreadEntry
{
    /// <summary>Gets what kind of error it is, such as <c>usage_limit_exceeded</c>, or null. A Codex that does not know the code takes it
    /// for <c>other</c>.</summary>
    public string? Code { get; init; }

    private protected override void Check() => ArgumentNullException.ThrowIfNull(Message);

    private protected override void Write(EntryItems items) =>
        items.Event(
            "error",
            json =>
            {
                json.WriteString("message"u8, Message);
                json.WriteString("codex_error_info"u8, Code);
            }
        );
}

/// <summary>Something that a person should know and that ends nothing.</summary>
/// <param name="Message">What a person should know.</param>
/// <remarks>It is in the items of the thread; turns do not show it.</remarks>
public sealed record WarningEntry(string Message) : ThreadEntry
{
    private protected override void Check() => ArgumentNullException.ThrowIfNull(Message);

    private protected override void Write(EntryItems items) => items.Event("warning", json => json.WriteString("message"u8, Message));
}
