using System.Text.Json;

namespace Spool;

/// <summary>What a <c>session_meta</c> says about the part of a paginated history that follows it.</summary>
/// <param name="IsContinuation">Whether a log that continues another one begins here.</param>
/// <param name="FirstOrdinal">The ordinal before which items were copied from elsewhere and make no turns, or null.</param>
readonly record struct SegmentStart(bool IsContinuation, long? FirstOrdinal)
{
    public static SegmentStart Read(RolloutItem item)
    {
        try
        {
            using var document = JsonDocument.Parse(item.Json, PayloadJson.Options);
            var meta = document.RootElement;
            // The same line may be written again later to change the memory mode; only the first has the ordinal at which the base ends.
            return new SegmentStart(
                meta.Member("history_base").Number("end_ordinal_exclusive") == item.Ordinal,
                meta.Number("subagent_history_start_ordinal")
            );
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
