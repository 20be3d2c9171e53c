namespace Spool.Cli;

/// <summary>Writes cards as text for a terminal, each as a block with an empty line behind it. No text of one is outside of its
/// block.</summary>
/// <param name="page">Where to.</param>
/// <param name="detail">How much of what may be long is shown.</param>
/// <param name="clock">The clock.</param>
sealed class CardText(TextPage page, ShownDetail detail, TimeProvider clock)
{
    const int CommandLines = 20;

    readonly LongText _long = new(page, detail);
    readonly BlockText _blocks = new(page, detail);

    bool _isAfterContext;

    /// <summary>Writes a card. Context that follows context stands close to it, because there may be much of it.</summary>
    public void Write(ItemCard card)
    {
        if (card.Kind != CardKind.Context)
            End();
        switch (card.Kind)
        {
            case CardKind.User:
                Title(card);
                Quote(card);
                break;
            case CardKind.Command:
                Command(card);
                break;
            case CardKind.Change:
                Change(card);
                break;
            default:
                Title(card);
                if (!IsFolded(card))
                    Blocks(card, card.Blocks);
                break;
        }
        _isAfterContext = card.Kind == CardKind.Context;
        if (!_isAfterContext)
            page.Gap();
    }

    /// <summary>Ends the last block.</summary>
    public void End()
    {
        if (_isAfterContext)
            page.Gap();
        _isAfterContext = false;
    }

    bool IsFolded(ItemCard card) =>
        detail == ShownDetail.Folded
        && (card.Kind is CardKind.Settings or CardKind.Usage || card is { Kind: CardKind.Context, IsEvent: false, Blocks.Count: > 0 });

    void Title(ItemCard card)
    {
        // the title of reasoning is how it begins
        var title = card.Title.Length > 0 && card.Kind != CardKind.Reasoning ? $"{card.Role}: {card.Title}" : card.Role;
        // the arguments of a call stand below
        var hint = card.Kind == CardKind.Call ? "" : card.Hint;
        var fold = card.Kind == CardKind.Context && IsFolded(card) ? " (--full shows it)" : "";
        page.Title(string.Join(" · ", [title, .. Ending(card, hint)]) + fold, Ink(card));
    }

    Func<string, string>? Ink(ItemCard card) =>
        card.Kind switch
        {
            CardKind.Problem => page.Ink.Red,
            CardKind.Warning => page.Ink.Yellow,
            CardKind.Note or CardKind.History => page.Ink.Cyan,
            CardKind.Call or CardKind.Input or CardKind.Other => page.Ink.Bold,
            _ => page.Ink.Dim,
        };

    void Quote(ItemCard card)
    {
        var parts = card.Blocks.Select(block =>
            block switch
            {
                WordsBlock words => SafeText.Block(words.Text).Trim('\n'),
                MediaBlock media => $"[{media.Name}]",
                CodeBlock code => SafeText.Block(code.Text).Trim('\n'),
                _ => "",
            }
        );
        var mark = page.Ink.Cyan(">") + " ";
        page.Text(string.Join('\n', parts.Where(part => part.Length > 0).DefaultIfEmpty("(no text)")), new Margin(mark, mark, 2));
    }

    void Command(ItemCard card)
    {
        var whole = card.Blocks is [CodeBlock { Label: "" } code, ..] ? code : null;
        var text = whole?.Text ?? card.Title;
        var (command, rest) = _long.Cut(SafeText.Block(text).Trim('\n'), CommandLines);
        page.Text(command, new Margin(page.Ink.Cyan("$") + " ", "  ", 2), page.Ink.Bold);
        if (rest is not null)
            page.Text(rest, Margin.Indent, page.Ink.Yellow);
        Blocks(card, whole is null ? card.Blocks : [.. card.Blocks.Skip(1)]);
        End(card);
    }

    void Change(ItemCard card)
    {
        var isOutputShown = card.IsBad || detail == ShownDetail.Full;
        Blocks(card, [.. card.Blocks.Where(block => isOutputShown || block is not CodeBlock { Label: "Output" })]);
        End(card with { Hint = "" }); // each file has its own count
    }

    void Blocks(ItemCard card, IReadOnlyList<CardBlock> blocks)
    {
        foreach (var block in blocks)
        {
            if (block is not ItemsBlock items)
            {
                _blocks.Write(block, card.Kind);
                continue;
            }
            var bar = page.Ink.Yellow("|") + " ";
            page.Push(new Margin(bar, bar, 2));
            foreach (var inner in items.Items)
                Write(inner);
            End();
            page.Pop();
        }
    }

    // What went wrong comes first.
    void End(ItemCard card)
    {
        if (string.Join(" · ", Ending(card, card.Hint)) is { Length: > 0 } ending)
            page.Text(ending, Margin.Indent, card.Outcome is null ? page.Ink.Dim : page.Ink.Yellow);
    }

    IEnumerable<string> Ending(ItemCard card, string hint)
    {
        if (card.Outcome is { } outcome)
            yield return outcome;
        if (hint.Length > 0)
            yield return hint;
        if (card.Duration is { } duration && duration > TimeSpan.Zero)
            yield return Times.Duration(duration);
        if (card.At is { } at)
            yield return Times.OfDay(at, clock);
    }
}
