namespace Spool.Cli;

/// <summary>Writes items as HTML: what people said and read is open, what was done is a line that opens.</summary>
/// <param name="html">Where to.</param>
/// <param name="clock">The clock.</param>
/// <param name="pictures">Where pictures are.</param>
sealed class HtmlItems(HtmlText html, TimeProvider clock, IPictures pictures)
{
    HtmlBlocks? _blocks;

    /// <summary>Writes an item.</summary>
    /// <param name="card">The item.</param>
    /// <param name="anchor">The id of its element, or null.</param>
    public void Write(ItemCard card, string? anchor)
    {
        _blocks ??= new HtmlBlocks(html, pictures, inner => Write(inner, null));
        if (IsOpen(card))
            WriteOpen(card, anchor);
        else
            WriteFolded(card);
    }

    static bool IsOpen(ItemCard card) =>
        card.Kind is CardKind.User or CardKind.Agent or CardKind.Plan or CardKind.Problem
        || card.Kind is CardKind.Note or CardKind.Warning
            && card.Blocks.Count > 0
            && card.Blocks.All(block => block is WordsBlock or ProblemBlock);

    void WriteOpen(ItemCard card, string? anchor)
    {
        html.Markup("<div").Attribute("class", "item " + Class(card));
        if (anchor is not null)
            html.Attribute("id", anchor);
        html.Markup("><h3>");
        Role(card);
        if (card.Title.Length > 0)
            html.Markup(" <span class=\"title\">").Text(card.Title).Markup("</span>");
        How(card);
        html.Markup("</h3>\n");
        if (card is { Kind: CardKind.User, Blocks: [] })
            html.Markup("<p class=\"note\">(no text)</p>\n");
        foreach (var block in card.Blocks)
        {
            if (card.Kind == CardKind.User && block is WordsBlock words)
                _blocks!.Question(words.Text);
            else
                _blocks!.Write(block);
        }
        html.Markup("</div>\n");
    }

    void WriteFolded(ItemCard card)
    {
        var isEmpty = card.Blocks.Count == 0;
        html.Markup(isEmpty ? "<div" : "<details").Attribute("class", "item row " + Class(card));
        html.Markup(!isEmpty && IsShown(card) ? " open=\"\">" : ">");
        html.Markup(isEmpty ? "<div class=\"line\">" : "<summary class=\"line\">");
        Role(card);
        html.Markup(" <span class=\"title\">");
        if (card.Title.Length > 0)
            html.Markup("<span>").Text(card.Title).Markup("</span>");
        if (card.Hint.Length > 0)
            html.Markup(" <small>").Text(card.Hint).Markup("</small>");
        html.Markup("</span>");
        How(card);
        html.Markup(isEmpty ? "</div>" : "</summary><div class=\"inside\">\n");
        foreach (var block in card.Blocks)
            _blocks!.Write(block);
        html.Markup(isEmpty ? "</div>\n" : "</div></details>\n");
    }

    // Small changes, pictures and settings are seen without opening anything.
    static bool IsShown(ItemCard card) =>
        card.Kind switch
        {
            CardKind.Change => card.Blocks.OfType<DiffBlock>().Count() <= 3
                && card.Blocks.OfType<DiffBlock>().All(block => !TextSize.IsLong(block.Change.Diff)),
            CardKind.Call => card.Blocks.Any(block => block is MediaBlock { Picture: not null }),
            _ => false,
        };

    void Role(ItemCard card)
    {
        html.Markup("<span class=\"role\"");
        if (card.Origin is { } origin)
            html.Attribute("title", "from " + origin);
        html.Markup(">").Text(card.Role).Markup("</span>");
    }

    void How(ItemCard card)
    {
        html.Markup(" <span class=\"how\">");
        if (card.Outcome is { } outcome)
            html.Markup(card.IsBad ? "<b class=\"bad\">" : "<b>").Text(outcome).Markup("</b> ");
        if (card.Duration is { } duration)
            html.Markup("<span>").Text(Times.Duration(duration)).Markup("</span> ");
        if (card.At is { } at)
            html.Markup("<time").Attribute("datetime", Times.Rfc3339(at)).Markup(">").Text(Times.OfDay(at, clock)).Markup("</time>");
        html.Markup("</span>");
    }

    static string Class(ItemCard card) =>
        (
            card.Kind switch
            {
                CardKind.User => "user",
                CardKind.Agent => "agent",
                CardKind.Plan => "plan",
                CardKind.Reasoning => "reasoning",
                CardKind.Command => "command",
                CardKind.Input => "input",
                CardKind.Change => "change",
                CardKind.Call => "call",
                CardKind.Context => "context",
                CardKind.Settings => "settings",
                CardKind.Usage => "usage",
                CardKind.History => "history",
                CardKind.Problem => "problem",
                CardKind.Note or CardKind.Warning => "remark",
                _ => "other",
            }
        ) + (card.IsBad ? " failed" : "");
}
