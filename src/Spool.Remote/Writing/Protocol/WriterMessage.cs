namespace Spool.Remote;

/// <summary>What travels as one message on a stream of appends, and is stored wholly or not at all.</summary>
/// <param name="FirstOrdinal">The ordinal that the first item has to get, or that is the next one for a call that is no append; null for a
/// barrier.</param>
/// <param name="Durability">How safe everything before and in it is to be.</param>
/// <param name="Items">What to append.</param>
/// <param name="Bytes">How many bytes they take, at most.</param>
sealed record WriterMessage(long? FirstOrdinal, Durability Durability, IReadOnlyList<NewItem> Items, long Bytes)
{
    /// <summary>Gets the calls that it answers, in order; none for what is sent again because the server lost it.</summary>
    public IReadOnlyList<WriterCall> Calls { get; init; } = [];

    /// <summary>Gets the receipt of the batch that is sent once more, where it is one.</summary>
    public AppendReceipt? Repeats { get; init; }

    /// <summary>Gets whether nothing may be under way beside it.</summary>
    public bool TravelsAlone { get; init; }

    /// <summary>Gets the call that is no append, where it is one.</summary>
    public ControlCall? Control => Calls is [ControlCall control] ? control : null;
}
