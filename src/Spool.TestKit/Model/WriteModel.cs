namespace Spool.TestKit;

/// <summary>What the plainest store would hold after random changes: for each thread the texts of its history, its turns, its name, its
/// side of the archive.</summary>
/// <remarks>A text is the payload of a note or the kind of any other item; the items of a turn are written as one text for each.</remarks>
sealed class WriteModel
{
    public SortedDictionary<int, WrittenThread> Threads { get; } = [];

    /// <summary>Makes the fork of a thread before one of its turns, or of all of it.</summary>
    public void Fork(int source, int fork, int? beforeTurn)
    {
        var from = Threads[source];
        var turns = beforeTurn is { } index ? from.Turns.GetRange(0, index) : [.. from.Turns];
        var history = beforeTurn is { } cut ? from.History.GetRange(0, from.Turns[cut].Start) : [.. from.History];
        if (from.IsPaginated)
            history.Add("session_meta");
        else
        {
            // A copy has its own head first, so everything lies one line further.
            history.Insert(0, "session_meta");
            turns = turns.ConvertAll(turn => turn with { Start = turn.Start + 1 });
        }
        Threads[fork] = new WrittenThread(from.IsPaginated)
        {
            History = history,
            Turns = turns,
            Name = from.Name,
            Memory = from.Memory,
            NeedsLogOf = from.IsPaginated ? [source, .. from.NeedsLogOf] : [],
        };
    }

    /// <summary>Takes a thread back to the point before one of its turns.</summary>
    public void Revert(int thread, int beforeTurn)
    {
        var reverted = Threads[thread];
        if (reverted.IsPaginated)
            reverted.History.RemoveRange(reverted.Turns[beforeTurn].Start, reverted.History.Count - reverted.Turns[beforeTurn].Start);
        reverted.History.Add(reverted.IsPaginated ? "session_meta" : "thread_rolled_back");
        reverted.Turns.RemoveRange(beforeTurn, reverted.Turns.Count - beforeTurn);
    }

    /// <summary>Changes the memory mode: a legacy log says so in a line.</summary>
    public void Remember(int thread, string memory)
    {
        var changed = Threads[thread];
        if (changed.Memory != memory && !changed.IsPaginated)
            changed.History.Add("session_meta");
        changed.Memory = memory;
    }
}

/// <summary>A thread as the model knows it.</summary>
/// <param name="IsPaginated">Its history mode.</param>
sealed record WrittenThread(bool IsPaginated)
{
    public List<string> History { get; init; } = ["session_meta"];

    public List<(string Id, int Start)> Turns { get; init; } = [];

    public string? Name { get; set; }

    public string Memory { get; set; } = "enabled";

    public bool IsArchived { get; set; }

    /// <summary>Gets the threads whose logs may be needed for the history of this one.</summary>
    public IReadOnlyList<int> NeedsLogOf { get; init; } = [];
}
