using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Storage;

/// <summary>Turns that a revert took back: the log that the thread goes on from still has them, behind the point where it goes
/// on.</summary>
public static class RevertedTurns
{
    /// <summary>Gets the turn of a history of which nothing but what was taken back is left.</summary>
    public static Turn Nothing => new LogWithoutTurns().Empty;

    /// <summary>Adds to the last turn before that point, or to the first behind it, the item that stands for them in the complete
    /// view.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="turns">They themselves, or null when their items are not asked for. Their items become part of the new one.</param>
    /// <param name="isFirst">Whether the item comes before the others.</param>
    public static Turn AddTo(Turn turn, int count, IReadOnlyList<Turn>? turns, bool isFirst)
    {
        ArgumentNullException.ThrowIfNull(turn);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var id = string.Create(CultureInfo.InvariantCulture, $"reverted-{turn.Id}");
        var json = new JsonObject
        {
            ["type"] = "rolledBack",
            ["id"] = id,
            ["turns"] = (long)count,
            ["items"] = turns is null
                ? null
                : new JsonArray([.. turns.SelectMany(reverted => reverted.Items).Select(item => (JsonNode)item.Json)]),
            ["origin"] = "history_base",
        };
        var item = new ThreadItem(id, "rolledBack", json);
        return turn with { Items = isFirst ? [item, .. turn.Items] : [.. turn.Items, item] };
    }
}
