namespace Spool;

/// <summary>A boundary in as few bytes as possible. Mutable: it is changed in place in the ledger.</summary>
struct TurnRecord
{
    public TurnKey Key;
    public long Ordinal,
        Start,
        End;
    public int FirstNumber,
        Items,
        Next;

    /// <summary>Whether an earlier pass reported the turn.</summary>
    public bool IsKnown;

    public TurnOpening Opening;

    public static TurnRecord Of(in TurnBoundary boundary) =>
        new()
        {
            Key = TurnKey.Of(boundary.TurnId),
            Ordinal = boundary.Ordinal,
            Start = boundary.Start,
            End = boundary.End,
            FirstNumber = (int)boundary.FirstItemNumber,
            Items = boundary.ItemCount,
            IsKnown = true,
            Opening = boundary.Opening,
        };

    public readonly TurnBoundary ToBoundary() => new(Key.ToString(), Ordinal, Start, End, FirstNumber, Items, Opening);

    public readonly void Save(BinaryWriter state)
    {
        state.Write(Key.ToString());
        state.Write(Ordinal);
        state.Write(Start);
        state.Write(End);
        state.Write(FirstNumber);
        state.Write(Items);
        state.Write((byte)Opening);
    }

    public static TurnRecord Restore(BinaryReader state) =>
        new()
        {
            Key = TurnKey.Of(state.ReadString()),
            Ordinal = state.ReadInt64(),
            Start = state.ReadInt64(),
            End = state.ReadInt64(),
            FirstNumber = state.ReadInt32(),
            Items = state.ReadInt32(),
            Opening = (TurnOpening)state.ReadByte(),
            IsKnown = true,
        };
}
