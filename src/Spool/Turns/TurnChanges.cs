namespace Spool.Storage;

/// <summary>What a pass over a log changed. Apply it in the order of the members.</summary>
/// <param name="RemovedFrom">Remove every turn whose <see cref="TurnBoundary.Start"/> is this or greater, and its outlying records; null
/// when none is removed.</param>
/// <param name="Count">How many boundaries changed.</param>
/// <param name="Upserted">The boundaries that are new or changed, keyed by <see cref="TurnBoundary.Start"/>, in no order. Made while it is
/// enumerated.</param>
/// <param name="OutlyingRecords">The outlying records that are new or longer, keyed by turn and offset.</param>
public sealed record TurnChanges(
    long? RemovedFrom,
    int Count,
    IEnumerable<TurnBoundary> Upserted,
    IReadOnlyList<OutlyingRecord> OutlyingRecords
);
