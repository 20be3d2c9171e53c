namespace Spool.Storage;

/// <summary>A part of a log that is read to build a turn.</summary>
/// <param name="Start">Where it begins, in bytes.</param>
/// <param name="End">Where it ends.</param>
/// <param name="HasRecords">Whether records of the turn itself are in it; they count for both views.</param>
/// <param name="Details">Which of the other records in it the complete view shows with the turn.</param>
public readonly record struct TurnSpan(long Start, long End, bool HasRecords, DetailZone Details);

/// <summary>Which records that belong to no turn by themselves are shown with a turn.</summary>
public enum DetailZone
{
    /// <summary>None.</summary>
    None,

    /// <summary>Between the turn before and this one: those that lead to this one, which are the last ones, without a break, that only
    /// tell the model something: messages in the user's or the developer's name, and settings.</summary>
    Before,

    /// <summary>All.</summary>
    Own,

    /// <summary>Between this turn and the next: all but those that lead to the next.</summary>
    Behind,
}

/// <summary>Says which parts of a log are read for a turn.</summary>
/// <remarks>The log is cut into turns: before the first record of each, or before the records directly in front of it that lead to it. So
/// every record is shown with one turn, and the order of the log is kept.</remarks>
public static class TurnSpans
{
    /// <summary>Gives the parts, in the order of their offsets.</summary>
    /// <param name="view">The view.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="previous">Of the turns of the log that begin before it the last, or null when there is none.</param>
    /// <param name="next">The first turn of the log that begins behind it, or null when there is none.</param>
    /// <param name="outlying">Where the outlying records of the turn are, in the order of their offsets.</param>
    /// <param name="end">Where the log ends.</param>
    public static IReadOnlyList<TurnSpan> Of(
        TurnView view,
        TurnBoundary turn,
        TurnBoundary? previous,
        TurnBoundary? next,
        IEnumerable<(long Start, long End)> outlying,
        long end
    )
    {
        DefinedValues.Check(view);
        ArgumentNullException.ThrowIfNull(outlying);
        var spans = new List<TurnSpan>();
        if (view == TurnView.Codex)
        {
            Add(turn.Start, turn.End, true, DetailZone.None);
            foreach (var (from, to) in outlying)
                Add(from, to, true, DetailZone.None);
            return spans;
        }
        Add(previous?.End ?? 0, turn.Start, false, previous is null ? DetailZone.Own : DetailZone.Before);
        // The ranges of a paginated log may overlap: what lies behind the beginning of the next turn is shown with that one.
        var own = Math.Max(turn.Start, Math.Min(next?.Start ?? end, end));
        Add(turn.Start, Math.Min(turn.End, own), true, DetailZone.Own);
        Add(Math.Max(own, turn.Start), turn.End, true, DetailZone.None);
        var (at, behind) = (turn.End, next is null ? DetailZone.Own : DetailZone.Behind);
        foreach (var (from, to) in outlying)
        {
            Add(at, Math.Min(from, own), false, behind);
            Add(Math.Max(from, at), Math.Min(to, own), true, behind);
            Add(Math.Max(Math.Max(from, at), own), to, true, DetailZone.None);
            at = Math.Max(at, to);
        }
        Add(at, own, false, behind);
        return spans;

        void Add(long from, long to, bool hasRecords, DetailZone details)
        {
            if (from < to)
                spans.Add(new TurnSpan(from, to, hasRecords, details));
        }
    }
}
