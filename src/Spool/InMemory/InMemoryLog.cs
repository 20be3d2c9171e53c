namespace Spool;

/// <summary>One thread of the in-memory store: its lines, what they say, and how many of them can be read.</summary>
sealed class InMemoryLog
{
    public InMemoryLog(InMemoryThread thread)
    {
        Lines = [.. thread.Lines];
        ArchivedAt = thread.ArchivedAt;
        var observer = new MetadataObserver();
        foreach (var item in ItemsFrom(0))
        {
            observer.Observe(item);
            FirstItemAt ??= item.Timestamp;
            LastIsUnreadable = item.Kind == RolloutItemKind.Unreadable;
            UnreadableCount += LastIsUnreadable ? 1 : 0;
        }
        Facts = observer.Facts;
        Id = Facts.Id ?? thread.Id ?? throw new ArgumentException("A log without a readable session_meta needs an id beside it.", nameof(thread));
        Name = NonEmpty(thread.Name) ?? NonEmpty(Facts.Name);
    }

    public ThreadId Id { get; }

    public ReadOnlyMemory<byte>[] Lines { get; }

    public ThreadFacts Facts { get; }

    public string? Name { get; }

    public DateTimeOffset? ArchivedAt { get; }

    public DateTimeOffset? FirstItemAt { get; }

    public int UnreadableCount { get; }

    public bool LastIsUnreadable { get; }

    public string HistoryMode => Facts.HistoryMode ?? HistoryModes.Legacy;

    public bool HasKnownMode => HistoryMode is HistoryModes.Legacy or HistoryModes.Paginated;

    /// <summary>Makes the items of the lines; a line that carries no ordinal gets its position in the history.</summary>
    /// <param name="position">How many items of other logs come before the first line.</param>
    public IEnumerable<RolloutItem> ItemsFrom(int position) => Lines.Select((line, index) => new RolloutItem(line, position + index));

    static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
