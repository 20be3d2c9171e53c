namespace Spool;

/// <summary>Gives what the complete view has of a log in which no turn begins.</summary>
sealed class LogWithoutTurns : Storage.TurnBuilder
{
    readonly TurnDraft _draft = new(TurnKey.Of(WithoutTurns), 0) { Status = TurnStatus.Completed };

    /// <summary>Gets the turn without items.</summary>
    public Turn Empty => _draft.ToTurn(Details) with { View = TurnView.Complete };

    public override IReadOnlyList<Turn> Build() => _draft.ToTurn(Details) is { Items.Count: > 0 } turn ? [turn] : [];

    private protected override TurnDraft? Draft => _draft;

    private protected override bool AddRecord(RolloutItem item, LinePart? part) => false;
}
