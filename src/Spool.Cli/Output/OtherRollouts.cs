using System.Text.Json;

namespace Spool.Cli;

/// <summary>Says that other rollouts claim a thread, which a usual list does not show.</summary>
/// <param name="spares">They.</param>
sealed class OtherRollouts(IReadOnlyList<SpareRollout> spares)
{
    const int MostNamed = 3;

    /// <summary>Says how many there are, whether one has more than the thread, and how to see them; null when there are none.</summary>
    public string? Words(Hints hints)
    {
        if (spares.Count == 0)
            return null;
        var isOne = spares.Count == 1;
        List<string> more =
        [
            .. spares.Any(spare => spare.IsNewer) ? ["newer"] : Array.Empty<string>(),
            .. spares.Any(spare => spare.IsLonger) ? ["longer"] : Array.Empty<string>(),
        ];
        var what =
            more.Count == 0 ? ""
            : isOne ? $", and is {string.Join(" and ", more)}"
            : $", and one of them is {string.Join(", one ", more)}";
        var ids = string.Join(", ", spares.Take(MostNamed).Select(spare => spare.Id)) + (spares.Count > MostNamed ? ", …" : "");
        return $"{(isOne ? "Another rollout says it is" : $"{spares.Count} other rollouts say they are")} this thread{what}; '{hints.Command("list --all")}' shows {(isOne ? "it" : "them")} (or with --archived), and so does '{hints.Command("show ID")}': {ids}.";
    }

    /// <summary>Writes them as a member of the object that is open.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("otherRollouts"u8);
        foreach (var spare in spares)
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, spare.Id.ToString());
            writer.WriteBoolean("isNewer"u8, spare.IsNewer);
            writer.WriteBoolean("isLonger"u8, spare.IsLonger);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
