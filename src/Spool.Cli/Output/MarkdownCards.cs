namespace Spool.Cli;

/// <summary>Writes items as Markdown that is valid whatever they hold.</summary>
/// <param name="output">Where to.</param>
/// <param name="clock">The clock.</param>
/// <param name="pictures">Where pictures are.</param>
sealed class MarkdownCards(TextWriter output, TimeProvider clock, IPictures pictures)
{
    /// <summary>Writes a block, or nothing when it is empty.</summary>
    public void Block(string text)
    {
        if (text.Length == 0)
            return;
        output.WriteLine(text);
        output.WriteLine();
    }

    /// <summary>Writes an item.</summary>
    public void Write(ItemCard card)
    {
        switch (card.Kind)
        {
            case CardKind.User:
                Block(Line(card));
                Block(MarkdownText.Quote(string.Join("\n\n", card.Blocks.Select(Quoted).DefaultIfEmpty("*(no text)*"))));
                break;
            case CardKind.Agent or CardKind.Plan or CardKind.Problem:
                Block(Line(card));
                Write(card.Blocks);
                break;
            case CardKind.Note or CardKind.Warning when card.Blocks.All(block => block is WordsBlock or ProblemBlock):
                Block(Line(card));
                Write(card.Blocks);
                break;
            default:
                if (card.Blocks.Count == 0)
                    Block(Line(card));
                else
                {
                    Block($"<details><summary>{Summary(card)}</summary>");
                    // What a program wrote is no Markdown, and often something like XML.
                    Write(card.Blocks, isAsGiven: card.Kind == CardKind.Context);
                    Block("</details>");
                }
                break;
        }
    }

    string Line(ItemCard card)
    {
        var title = card.Title.Length > 0 ? " " + Title(card) : "";
        var how = How(card);
        return $"**{MarkdownText.Inline(card.Role)}**{title}{(how.Length > 0 ? " · " + MarkdownText.Inline(how) : "")}";
    }

    // A summary is HTML, in which Markdown means nothing to some.
    string Summary(ItemCard card)
    {
        var title = card.Title.Length > 0 ? $" <code>{MarkdownText.Html(card.Title)}</code>" : "";
        var hint = card.Hint.Length > 0 ? " " + MarkdownText.Html(card.Hint) : "";
        var how = How(card);
        return $"<b>{MarkdownText.Html(card.Role)}</b>{title}{hint}{(how.Length > 0 ? " · " + MarkdownText.Html(how) : "")}";
    }

    static string Title(ItemCard card) =>
        card.Kind is CardKind.Command or CardKind.Input or CardKind.Call or CardKind.Change
            ? MarkdownText.Code(card.Title)
            : MarkdownText.Inline(card.Title);

    string How(ItemCard card) =>
        string.Join(
            " · ",
            (
                (string?[])
                    [
                        card.Outcome is { } outcome ? (card.IsBad ? $"✗ {outcome}" : outcome) : null,
                        card.Duration is { } duration ? Times.Duration(duration) : null,
                        card.At is { } at ? Times.OfDay(at, clock) : null,
                    ]
            ).OfType<string>()
        );

    void Write(IReadOnlyList<CardBlock> blocks, bool isAsGiven = false)
    {
        foreach (var block in blocks)
        {
            switch (block)
            {
                case ProseBlock prose:
                    Block(MarkdownBlocks.Enclose(SafeText.Block(prose.Text).Trim('\n')));
                    break;
                case WordsBlock words when isAsGiven:
                    Block(MarkdownText.Fence(SafeText.Block(words.Text).Trim('\n'), "text"));
                    break;
                case WordsBlock words:
                    Block(MarkdownBlocks.Enclose(SafeText.Block(words.Text).Trim('\n')));
                    break;
                case CodeBlock code:
                    Block(code.Label.Length > 0 ? MarkdownText.Inline(code.Label) + ":" : "");
                    Block(MarkdownText.Fence(SafeText.Block(code.Text).Trim('\n'), code.Language));
                    break;
                case DiffBlock diff:
                    Write(diff);
                    break;
                case StepsBlock steps:
                    Block(string.Join('\n', steps.Steps.Select(Step)));
                    break;
                case MediaBlock media:
                    Block(Media(media));
                    break;
                case ProblemBlock problem:
                    Write(problem);
                    break;
                case FieldsBlock fields:
                    Block(
                        string.Join(
                            '\n',
                            fields.Fields.Select(field => $"- {MarkdownText.Inline(field.Name)}: {MarkdownText.Inline(field.Value)}")
                        )
                    );
                    break;
                case ThreadBlock thread:
                    Block(Thread(thread));
                    break;
                case ItemsBlock items:
                    foreach (var item in items.Items)
                        Write(item);
                    break;
            }
        }
    }

    void Write(ProblemBlock problem)
    {
        var label = problem.Label.Length > 0 ? $"**{MarkdownText.Inline(problem.Label)}:** " : "";
        if (problem.Text.Trim('\n').Contains('\n', StringComparison.Ordinal))
        {
            Block(label.TrimEnd());
            Block(MarkdownText.Fence(SafeText.Block(problem.Text).Trim('\n'), "text"));
        }
        else
            Block(label + MarkdownText.Inline(problem.Text));
    }

    string Quoted(CardBlock block) =>
        block switch
        {
            WordsBlock words => Quoted(SafeText.Block(words.Text).Trim('\n')),
            MediaBlock media => Media(media),
            CodeBlock code => MarkdownText.Fence(SafeText.Block(code.Text).Trim('\n'), code.Language),
            _ => "",
        };

    static string Quoted(string words)
    {
        var at = MessageText.FoldAt(words);
        var shown = MarkdownBlocks.Enclose(words[..at].TrimEnd('\n'), isQuoted: true);
        if (at == words.Length)
            return shown;
        var rest = MarkdownBlocks.Enclose(words[at..].TrimStart('\n'), isQuoted: true);
        return $"{shown}\n\n<details><summary>The rest · {TextSize.Of(words[at..])}</summary>\n\n{rest}\n\n</details>";
    }

    static string Thread(ThreadBlock thread)
    {
        var name = thread.Name.Length > 0 ? $"**{MarkdownText.Inline(thread.Name)}**" : "";
        var command = thread.Command is null ? "" : MarkdownText.Code(thread.Command);
        return string.Join(" ", ((string[])[name, MarkdownText.Inline(thread.State), command]).Where(part => part.Length > 0));
    }

    void Write(DiffBlock diff)
    {
        if (!diff.IsAlone)
            Block(
                $"**{MarkdownText.Inline(diff.Change.Kind)}** {MarkdownText.Inline(diff.Change.Places)} {DiffLines.Count(diff.Change)}".TrimEnd()
            );
        if (diff.Change.Diff.Length > 0)
            Block(MarkdownText.Fence(SafeText.Block(diff.Change.Diff), diff.Change.Kind is "add" or "delete" ? "" : "diff"));
    }

    static string Step((string Step, string Status) step) =>
        step.Status switch
        {
            "completed" => $"- [x] {MarkdownText.Inline(step.Step)}",
            "pending" or "" => $"- [ ] {MarkdownText.Inline(step.Step)}",
            "in_progress" or "inProgress" => $"- [ ] **{MarkdownText.Inline(step.Step)}** (in progress)",
            _ => $"- [ ] {MarkdownText.Inline(step.Step)} ({MarkdownText.Inline(step.Status)})",
        };

    string Media(MediaBlock media) =>
        media.Picture is { } picture && pictures.AddressOf(picture) is { } address
            ? $"![{MarkdownText.Inline(media.Name)}]({address})"
            : MarkdownText.Code(media.Name);
}
