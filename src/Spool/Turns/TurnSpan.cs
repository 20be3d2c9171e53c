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
/// <remarks>The log is cut into turns, so that every record is shown with one turn and the order of the log is kept. Where turns are open
/// it is that of the one that began last; between turns, that of the one that ended last, but for the records directly in front of the
/// next that lead to it. Turns of a paginated log may lie in one another, as a review does in the turn that asked for it. Only the last
/// <see cref="TurnsBefore"/> turns that began count.</remarks>
public static class TurnSpans
{
    /// <summary>How many of the turns that began last a record between or in turns may belong to.</summary>
    public const int TurnsBefore = 8;

    /// <summary>Gives the parts, in the order of their offsets.</summary>
    /// <param name="view">The view.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="around">For the complete view the turns of the log around it, in the order in which they begin: the last
    /// <see cref="TurnsBefore"/> that begin before it, or all that there are; those that begin behind it and before its end; and the first
    /// behind that, if there is one.</param>
    /// <param name="outlying">Where the outlying records of the turn are, in the order of their offsets.</param>
    /// <param name="end">Where the log ends.</param>
    public static IReadOnlyList<TurnSpan> Of(
        TurnView view,
        TurnBoundary turn,
        IReadOnlyList<TurnBoundary> around,
        IEnumerable<(long Start, long End)> outlying,
        long end
    )
    {
        DefinedValues.Check(view);
        ArgumentNullException.ThrowIfNull(around);
        ArgumentNullException.ThrowIfNull(outlying);
        (long Start, long End)[] records = [(turn.Start, turn.End), .. outlying];
        if (view == TurnView.Codex)
            return
            [
                .. records
                    .Where(range => range.Start < range.End)
                    .Select(range => new TurnSpan(range.Start, range.End, HasRecords: true, DetailZone.None)),
            ];
        TurnBoundary[] turns =
        [
            .. around.TakeWhile(other => other.Start < turn.Start),
            turn,
            .. around.Where(other => other.Start > turn.Start),
        ];
        end = Math.Max(end, records.Max(range => range.End));
        var spans = new List<TurnSpan>();
        long at = 0;
        foreach (var cut in CutsOf(turns, records, end))
        {
            var (from, to) = (at, at = cut);
            if (from == to)
                continue;
            var hasRecords = Array.Exists(records, range => range.Start <= from && to <= range.End);
            var zone = ZoneOf(turn.Start, turns, from);
            if (!hasRecords && zone == DetailZone.None)
                continue;
            if (spans is [.., var last] && last.End == from && last.HasRecords == hasRecords && last.Details == zone)
                spans[^1] = last with { End = to };
            else
                spans.Add(new TurnSpan(from, to, hasRecords, zone));
        }
        return spans;
    }

    /// <summary>Gives what of some parts lies behind an offset.</summary>
    public static IReadOnlyList<TurnSpan> Behind(IReadOnlyList<TurnSpan> spans, long from)
    {
        ArgumentNullException.ThrowIfNull(spans);
        return from == 0
            ? spans
            : [.. spans.Where(span => span.End > from).Select(span => span with { Start = Math.Max(span.Start, from) })];
    }

    static long[] CutsOf(TurnBoundary[] turns, (long Start, long End)[] records, long end)
    {
        var cuts = new List<long> { end };
        foreach (var turn in turns)
            cuts.AddRange([turn.Start, turn.End]);
        foreach (var (from, to) in records)
            cuts.AddRange([from, to]);
        cuts.RemoveAll(cut => cut > end);
        cuts.Sort();
        return [.. cuts];
    }

    // The zone, for a turn, of what begins at an offset and ends before any other turn begins or ends.
    static DetailZone ZoneOf(long turn, TurnBoundary[] turns, long offset)
    {
        var begun = Array.FindIndex(turns, other => other.Start > offset) is >= 0 and var behind ? behind : turns.Length;
        TurnBoundary? next = begun < turns.Length ? turns[begun] : null;
        TurnBoundary? open = null,
            ended = null;
        foreach (var other in turns.AsSpan(Math.Max(0, begun - TurnsBefore), begun - Math.Max(0, begun - TurnsBefore)))
        {
            if (other.End > offset)
                open = other;
            else if (ended is null || other.End >= ended.Value.End)
                ended = other;
        }
        if (open is not null)
            return open.Value.Start == turn ? DetailZone.Own : DetailZone.None;
        if (ended?.Start == turn)
            return next is null ? DetailZone.Own : DetailZone.Behind;
        if (next?.Start == turn)
            return ended is null ? DetailZone.Own : DetailZone.Before;
        return DetailZone.None;
    }
}
