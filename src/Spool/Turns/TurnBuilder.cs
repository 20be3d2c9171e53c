namespace Spool;

/// <summary>Makes turns of the items of a history. Holds the place of the full builder: it opens a turn at each task start, without items.</summary>
public sealed class TurnBuilder
{
    readonly List<Turn> _turns = [];

    TurnBuilder()
    {
    }

    /// <summary>Starts at the beginning of a history.</summary>
    /// <param name="historyMode">How the history is recorded.</param>
    public static TurnBuilder Create(string historyMode) => historyMode.Length > 0 ? new TurnBuilder() : throw new ArgumentException("The mode is empty.", nameof(historyMode));

    /// <summary>Takes in the next item.</summary>
    /// <param name="item">The item.</param>
    public void Add(RolloutItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.IsPayload("task_started"u8))
        {
            using var payload = System.Text.Json.JsonDocument.Parse(item.Payload);
            var id = payload.RootElement.GetProperty("turn_id").GetString()!;
            _turns.Add(new Turn { Id = id, RootTurnId = id, Items = [], Status = TurnStatus.Interrupted, Ordinal = item.Ordinal });
        }
        else if (item.IsPayload("task_complete"u8) && _turns.Count > 0)
            _turns[^1] = _turns[^1] with { Status = TurnStatus.Completed };
    }

    /// <summary>Gives the turns so far.</summary>
    public IReadOnlyList<Turn> Build() => [.. _turns];
}
