namespace Spool;

/// <summary>Turns in the order in which they were opened, findable by id. It grows in chunks, so that a log of hundreds of thousands of
/// turns never has two copies in memory.</summary>
sealed class RecordTable
{
    const int ChunkLength = 1024;

    readonly List<TurnRecord[]> _chunks = [];
    int[] _heads = NewHeads(16);

    public int Count { get; private set; }

    public ref TurnRecord this[int index] => ref _chunks[index / ChunkLength][index % ChunkLength];

    public void Add(in TurnRecord turn)
    {
        if (Count == _chunks.Count * ChunkLength)
            _chunks.Add(new TurnRecord[ChunkLength]);
        this[Count] = turn;
        if (Count == _heads.Length)
        {
            _heads = NewHeads(_heads.Length * 2);
            for (var i = 0; i < Count; i++)
                Link(i);
        }
        Link(Count++);
    }

    /// <summary>Finds the newest turn with an id; negative when there is none.</summary>
    public int Find(TurnKey id)
    {
        var index = _heads[Slot(id)];
        while (index >= 0 && this[index].Key != id)
            index = this[index].Next;
        return index;
    }

    /// <summary>Removes the newest turn.</summary>
    public TurnRecord RemoveLast()
    {
        // The newest turn is the first of its chain: chains grow at the head.
        var last = this[--Count];
        _heads[Slot(last.Key)] = last.Next;
        return last;
    }

    public IEnumerable<TurnRecord> All()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    static int[] NewHeads(int length)
    {
        var heads = new int[length];
        Array.Fill(heads, -1);
        return heads;
    }

    void Link(int index)
    {
        ref var turn = ref this[index];
        ref var head = ref _heads[Slot(turn.Key)];
        turn.Next = head;
        head = index;
    }

    int Slot(TurnKey id) => id.GetHashCode() & (_heads.Length - 1);
}
