namespace Spool.Cli;

/// <summary>Shows turns as text for a terminal: what was asked, what was answered, and what was done.</summary>
/// <param name="leftOut">The commands that have what is not shown.</param>
/// <param name="page">Where to.</param>
/// <param name="links">The thread whose turns they are, and the names of others.</param>
/// <param name="detail">Whether turns that were taken over from another thread are folded away.</param>
/// <param name="clock">The clock.</param>
sealed class TurnText(LeftOut leftOut, TextPage page, ThreadLinks links, ShownDetail detail, TimeProvider clock)
{
    readonly TranscriptCards _cards = new(links);
    readonly CardText _writer = new(page, detail, clock);

    /// <summary>Shows turns that follow each other.</summary>
    /// <param name="turns">The turns, oldest first.</param>
    /// <param name="open">The last of them when it may still be running, or null.</param>
    /// <param name="isPart">Whether there are turns before them, or behind them while all of them were taken over.</param>
    /// <param name="isSummary">Whether they are all that is shown: then they are shown though all of them were taken over.</param>
    public void Write(IReadOnlyList<Turn> turns, OpenTurn? open, bool isPart = false, bool isSummary = false)
    {
        // of some among them the log does not say when they began
        var last = turns.Index().LastOrDefault(turn => turn.Item.InheritedFrom(links.Thread) is not null, (Index: -1, Item: null!));
        var inherited = detail == ShownDetail.Full ? 0 : last.Index + 1;
        if (inherited > 0)
        {
            var card = TurnCards.Inherited(inherited, records: null, last.Item.InheritedFrom(links.Thread)!.Value.ToString(), links);
            var hasOwn = inherited < turns.Count;
            var hint = isSummary
                ? hasOwn
                    ? isPart
                        ? "among the last turns, which are all that is shown here"
                        : ""
                    : "no turn of this thread itself yet; the last of them:"
                : isPart
                    ? "on this page; other pages have more"
                    : hasOwn
                        ? ""
                        : "no turn of this thread itself yet";
            _writer.Write(card with { Hint = hint });
            if (isSummary && !hasOwn)
                inherited = 0;
        }
        foreach (var turn in turns.Skip(inherited))
            Write(turn, open?.Turn == turn ? open : null);
    }

    void Write(Turn turn, OpenTurn? open)
    {
        page.Title("── " + string.Join(" · ", Heading(turn, open)), page.Ink.Bold);
        page.Gap();
        foreach (var card in _cards.Of(turn))
            _writer.Write(card);
        _writer.End();
        foreach (var (text, command) in TurnEnding.Notes(turn, _cards.Silent, leftOut))
            Paragraph(command is null ? text : $"{text} {command}", command is null ? page.Ink.Dim : page.Ink.Yellow);
        if (open is not null)
            Paragraph(
                $"Not ended: the log was written {Times.Relative(open.WrittenAt, clock)}, so the turn may be running.",
                page.Ink.Yellow
            );
        else if (TurnEnding.Problem(turn, isOpen: false) is { } problem)
            End(
                problem.Text.Length > 0 ? $"{problem.Word}: {problem.Text}" : $"{problem.Word}.",
                turn.Status == TurnStatus.Failed ? page.Ink.Red : page.Ink.Yellow
            );
    }

    IEnumerable<string> Heading(Turn turn, OpenTurn? open)
    {
        yield return turn.Id == TurnBuilder.WithoutTurns
            ? "records without a turn"
            : $"{(IsUnnamed(turn) ? "unnamed " : "")}turn {SafeText.OneLine(turn.Id, 80)}";
        if (TurnEnding.Heading(turn, clock, open is not null) is { Length: > 0 } when)
            yield return when;
    }

    // Old logs begin turns without an id; the one that such a turn has here is the number of its line.
    static bool IsUnnamed(Turn turn) =>
        turn.Id.StartsWith("rollout-", StringComparison.Ordinal)
        && turn.Id.Length > "rollout-".Length
        && turn.Id.AsSpan("rollout-".Length).IndexOfAnyExceptInRange('0', '9') < 0;

    // Of a text of several lines only the first is one of the page's own.
    void End(string text, Func<string, string> ink)
    {
        var lines = SafeText.Block(text).Trim('\n').Split('\n', 2);
        page.Title(lines[0], ink);
        if (lines.Length > 1)
            page.Text(lines[1], Margin.Indent, ink);
        page.Gap();
    }

    void Paragraph(string text, Func<string, string> ink)
    {
        page.Title(text, ink);
        page.Gap();
    }
}
