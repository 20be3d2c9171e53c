namespace Spool.Cli;

/// <summary>The items of a thread as a transcript shows them, one after the other: of settings what has changed, of commands the
/// folder where it is another one, of history that is elsewhere how to see it.</summary>
/// <param name="leftOut">The commands that may be named.</param>
sealed class TranscriptCards(LeftOut leftOut)
{
    readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);

    /// <summary>Gets how many items of the last turn were about reasoning of which the log has no words.</summary>
    public int Silent { get; private set; }

    /// <summary>Gets or sets the folder in which commands run that name no other.</summary>
    public string? Cwd { get; set; }

    /// <summary>Gets or sets the thread that history is of where an item does not say so.</summary>
    public ThreadId? Source { get; set; }

    /// <summary>Gives the items of the next turn.</summary>
    public IEnumerable<ItemCard> Of(Turn turn)
    {
        Silent = 0;
        foreach (var item in turn.Items)
        {
            var card = ItemCards.Of(item);
            if (card is { Kind: CardKind.Reasoning, Blocks: [] })
                Silent++;
            else if (card.Kind == CardKind.Settings)
            {
                if (Changed(card) is { } changed)
                    yield return changed;
            }
            else if (item.Type == "inherited")
                yield return Inherited(item, card);
            else
                yield return card.Kind == CardKind.Command ? WithoutUsualFolder(card) : card;
        }
    }

    ItemCard Inherited(ThreadItem item, ItemCard card)
    {
        if (!ThreadId.TryParse(ItemView.Text(item, "fromThreadId"), out var from))
        {
            if (Source is not { } source)
                return card;
            (from, card) = (source, card with { Title = $"{card.Title} from {source}" });
        }
        return card with { Blocks = [new FieldsBlock([("To see it", leftOut.ShowCommand(from))]), .. card.Blocks] };
    }

    ItemCard WithoutUsualFolder(ItemCard card) =>
        card with
        {
            Blocks = [.. card.Blocks.Where(block => block is not FieldsBlock { Fields: [("Folder", var folder)] } || folder != Cwd)],
        };

    ItemCard? Changed(ItemCard card)
    {
        var blocks = new List<CardBlock>();
        var title = new List<string>();
        foreach (var block in card.Blocks)
        {
            if (block is not FieldsBlock fields)
                blocks.Add(block);
            else if (
                fields.Fields.Where(field => _settings.GetValueOrDefault(field.Name) != field.Value).ToList() is { Count: > 0 } changed
            )
            {
                blocks.Add(new FieldsBlock(changed));
                title.AddRange(changed.Select(field => SafeText.OneLine($"{field.Name}: {field.Value}", 80)));
            }
        }
        foreach (var (name, value) in card.Blocks.OfType<FieldsBlock>().SelectMany(fields => fields.Fields))
            _settings[name] = value;
        Cwd = _settings.GetValueOrDefault("Folder") ?? Cwd;
        return blocks.Count == 0 ? null : card with { Blocks = blocks, Title = string.Join(" · ", title) };
    }
}
