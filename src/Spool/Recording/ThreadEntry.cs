namespace Spool;

/// <summary>One thing that happens in a thread, as the program that records it knows it: a question, an answer, a call of a tool, the end
/// of a turn.</summary>
/// <remarks>
/// An entry becomes the items that a log of the thread's history mode has for it: those that the next call of the model needs
/// (<c>response_item</c>), and those that turns are made of
/// (<c>event_msg</c>). <c>docs/items.md</c> has both for each kind, and says who shows it. The set of kinds is closed; anything else is
/// appended as a <see cref="NewItem"/>.
/// </remarks>
public abstract record ThreadEntry
{
    private protected ThreadEntry() { }

    /// <summary>Gets the id that the item has in the turns of a paginated thread, or null to make one. A call of a tool has that of the
    /// call.</summary>
    public string? Id { get; init; }

    /// <summary>Makes the items to append, in order.</summary>
    /// <param name="place">Where and when it is recorded.</param>
    /// <returns>The items, each with its time.</returns>
    /// <exception cref="ArgumentException">Something of the entry is null, or a number that is no value of its kind.</exception>
    public IReadOnlyList<NewItem> ToItems(EntryPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        Check();
        var items = new EntryItems(place);
        Write(items);
        return items.All;
    }

    private protected virtual void Check() { }

    private protected abstract void Write(EntryItems items);
}
