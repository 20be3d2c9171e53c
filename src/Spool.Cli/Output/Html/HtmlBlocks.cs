namespace Spool.Cli;

/// <summary>Writes the blocks of cards as HTML.</summary>
/// <param name="html">Where to.</param>
/// <param name="pictures">Where pictures are.</param>
/// <param name="item">Writes an item that belongs to another one.</param>
sealed class HtmlBlocks(HtmlText html, IPictures pictures, Action<ItemCard> item)
{
    const int LongestWords = 12_000; // UTF-16 units; a longer text scrolls in its block

    MarkdownHtml? _markdown;

    /// <summary>Writes one block.</summary>
    public void Write(CardBlock block)
    {
        switch (block)
        {
            case ProseBlock prose:
                _markdown ??= new MarkdownHtml(html, (text, language) => Fence(text, language));
                if (!_markdown.TryWrite(prose.Text))
                    Words(prose.Text);
                break;
            case WordsBlock words:
                Words(words.Text);
                break;
            case CodeBlock code:
                Code(code);
                break;
            case DiffBlock diff:
                Diff(diff);
                break;
            case StepsBlock steps:
                Steps(steps);
                break;
            case MediaBlock media:
                Show(media);
                break;
            case ProblemBlock problem:
                html.Markup("<p class=\"problem\">");
                if (problem.Label.Length > 0)
                    html.Markup("<b>").Text(problem.Label).Markup("</b> ");
                html.Text(problem.Text).Markup("</p>\n");
                break;
            case FieldsBlock fields:
                Fields(fields);
                break;
            case ThreadBlock thread:
                Thread(thread);
                break;
            case ItemsBlock items:
                html.Markup("<div class=\"items\">\n");
                foreach (var inner in items.Items)
                    item(inner);
                html.Markup("</div>\n");
                break;
        }
    }

    /// <summary>Writes the words of a question: of a long text the beginning, and the rest folded.</summary>
    public void Question(string text)
    {
        text = text.Trim('\n');
        var at = MessageText.FoldAt(text);
        Words(text[..at]);
        if (at == text.Length)
            return;
        html.Markup("<details class=\"long\"><summary>The rest <small>").Text(TextSize.Of(text[at..])).Markup("</small></summary>");
        Words(text[at..]);
        html.Markup("</details>\n");
    }

    void Words(string text)
    {
        foreach (var (part, language) in MessageText.Parts(text))
        {
            if (language is not null)
                Fence(part.TrimEnd('\n'), language);
            else if (!string.IsNullOrWhiteSpace(part))
                html.Markup(part.Length > LongestWords ? "<div class=\"words tall\">" : "<div class=\"words\">")
                    .Text(part.Trim('\n'))
                    .Markup("</div>\n");
        }
    }

    void Code(CodeBlock code)
    {
        var text = code.Text.Trim('\n');
        if (TextSize.IsLong(text))
        {
            var label = code.Label.Length > 0 ? code.Label : "Text";
            html.Markup("<details class=\"long\"><summary>")
                .Text(label)
                .Markup(" <small>")
                .Text(TextSize.Of(text))
                .Markup("</small></summary>");
            Pre(text, code.Language);
            html.Markup("</details>\n");
            return;
        }
        if (code.Label.Length > 0)
            html.Markup("<p class=\"label\">").Text(code.Label).Markup("</p>");
        Pre(text, code.Language);
    }

    // Code in an answer: its language is said, because it may say more than that.
    void Fence(string text, string language)
    {
        if (language.Length > 0)
            html.Markup("<p class=\"label\">").Text(language).Markup("</p>");
        Pre(text, language);
    }

    void Pre(string text, string language)
    {
        if (language is "diff" or "patch")
            Lines(text);
        else
            html.Markup(language == "sh" ? "<pre class=\"sh\">" : "<pre>").Text(text).Markup("</pre>\n");
    }

    void Lines(string text)
    {
        html.Markup("<pre class=\"diff\">");
        foreach (var (kind, lines) in DiffLines.Runs(text))
        {
            html.Markup(
                kind switch
                {
                    DiffLine.Added => "<span class=\"add\">",
                    DiffLine.Removed => "<span class=\"del\">",
                    DiffLine.Place => "<span class=\"at\">",
                    _ => "<span>",
                }
            );
            html.Text(lines).Markup("</span>");
        }
        html.Markup("</pre>\n");
    }

    void Diff(DiffBlock diff)
    {
        var change = diff.Change;
        if (!diff.IsAlone)
            html.Markup("<p class=\"label\"><b>")
                .Text(change.Kind)
                .Markup("</b> <code>")
                .Text(SafeText.OneLine(change.Places, int.MaxValue))
                .Markup("</code> <span class=\"count\">")
                .Text(DiffLines.Count(change))
                .Markup("</span></p>");
        if (change.Diff.Length == 0)
            return;
        var isLong = TextSize.IsLong(change.Diff);
        if (isLong)
            html.Markup("<details class=\"long\"><summary>Diff <small>").Text(TextSize.Of(change.Diff)).Markup("</small></summary>");
        if (change.Kind is "add" or "delete")
            html.Markup(change.Kind == "add" ? "<pre class=\"diff\"><span class=\"add\">" : "<pre class=\"diff\"><span class=\"del\">")
                .Text(change.Diff.TrimEnd('\n'))
                .Markup("</span></pre>\n");
        else
            Lines(change.Diff);
        if (isLong)
            html.Markup("</details>\n");
    }

    void Steps(StepsBlock steps)
    {
        html.Markup("<ul class=\"steps\">");
        foreach (var (step, status) in steps.Steps)
        {
            html.Markup(
                status switch
                {
                    "completed" => "<li class=\"done\"><span>☑</span> ",
                    "in_progress" or "inProgress" => "<li class=\"now\"><span>▶</span> ",
                    _ => "<li><span>☐</span> ",
                }
            );
            html.Markup("<div>").Text(step);
            if (status is not ("completed" or "in_progress" or "inProgress" or "pending" or ""))
                html.Markup(" <small>").Text(status).Markup("</small>");
            html.Markup("</div></li>\n");
        }
        html.Markup("</ul>\n");
    }

    void Show(MediaBlock media)
    {
        if (media.Picture is { } picture && pictures.AddressOf(picture) is { } address)
            html.Markup("<figure><img loading=\"lazy\"")
                .Attribute("alt", media.Name)
                .PlainAttribute("src", address)
                .Markup("/><figcaption>")
                .Text(media.Name)
                .Markup("</figcaption></figure>\n");
        else
            html.Markup("<p class=\"media\">").Text(media.Name).Markup("</p>\n");
    }

    void Fields(FieldsBlock fields)
    {
        html.Markup("<dl>");
        foreach (var (name, value) in fields.Fields)
            html.Markup("<div><dt>").Text(SafeText.OneLine(name, int.MaxValue)).Markup("</dt><dd>").Text(value).Markup("</dd></div>");
        html.Markup("</dl>\n");
    }

    void Thread(ThreadBlock thread)
    {
        html.Markup("<p class=\"thread\">");
        if (thread.Name.Length > 0)
            html.Markup("<b>").Text(thread.Name).Markup("</b> ");
        if (thread.State.Length > 0)
            html.Text(thread.State).Markup(" ");
        if (thread.Command is not null)
            html.Markup("<code>").Text(thread.Command).Markup("</code>");
        html.Markup("</p>\n");
    }
}
