namespace Spool.Cli;

/// <summary>The items of a thread as people read them, one after the other: of settings what has changed, of commands the folder where it
/// is another one, of history that is elsewhere how to see it.</summary>
/// <param name="links">The thread, and the names of others.</param>
sealed class TranscriptCards(ThreadLinks links)
{
    readonly SettingsCards _settings = new();

    /// <summary>Gets how many items of the last turn were about reasoning of which the log has no words.</summary>
    public int Silent { get; private set; }

    /// <summary>Gives the items of the next turn.</summary>
    public IEnumerable<ItemCard> Of(Turn turn)
    {
        Silent = 0;
        foreach (var item in turn.Items)
        {
            var card = ItemCards.Of(item, links);
            switch (card)
            {
                case { Kind: CardKind.Reasoning, Blocks: [] }:
                    Silent++;
                    break;
                case { Kind: CardKind.Agent, Blocks: [] }:
                    break; // an answer of no words
                case { Kind: CardKind.Settings }:
                    if (_settings.Next(item.Json, card) is { } changed)
                        yield return changed;
                    break;
                case { Kind: CardKind.Command }:
                    yield return WithoutUsualFolder(card);
                    break;
                default:
                    yield return card;
                    break;
            }
        }
    }

    ItemCard WithoutUsualFolder(ItemCard card)
    {
        var usual = _settings.Folder ?? links.Thread.Cwd;
        return card with
        {
            Blocks = [.. card.Blocks.Where(block => block is not FieldsBlock { Fields: [("Folder", var folder)] } || folder != usual)],
        };
    }
}
