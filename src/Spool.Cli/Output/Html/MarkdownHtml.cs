using System.Globalization;
using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Spool.Cli;

/// <summary>Writes the Markdown of a model as HTML. Every text of it is there: where a link leads that is not followed, the words for a
/// picture that is not loaded.</summary>
/// <param name="html">Where to.</param>
/// <param name="code">Writes a block of code in the page's way: the text and its language.</param>
sealed class MarkdownHtml(HtmlText html, Action<string, string> code)
{
    const int HeadingsAbove = 3; // title, turn, role

    /// <summary>Writes a text, or gives false and writes nothing when it is to be shown as it is.</summary>
    public bool TryWrite(string text)
    {
        if (MarkdownPipelines.Parse(SafeText.Block(text)) is not { } document)
            return false;
        html.Markup("<div class=\"prose\">");
        Blocks(document, isTight: false);
        html.Markup("</div>\n");
        return true;
    }

    void Blocks(ContainerBlock container, bool isTight)
    {
        foreach (var block in container)
            Write(block, isTight);
    }

    void Write(Block block, bool isTight)
    {
        switch (block)
        {
            case ParagraphBlock paragraph when isTight:
                Leaf(paragraph);
                break;
            case ParagraphBlock paragraph:
                html.Markup("<p>");
                Leaf(paragraph);
                html.Markup("</p>\n");
                break;
            case HeadingBlock heading:
                var level = Math.Min(6, heading.Level + HeadingsAbove).ToString(CultureInfo.InvariantCulture);
                html.Markup("<h" + level + ">");
                Leaf(heading);
                html.Markup("</h" + level + ">\n");
                break;
            case Markdig.Syntax.CodeBlock lines:
                var fence = lines as FencedCodeBlock;
                code(lines.Lines.ToString(), $"{fence?.Info} {fence?.Arguments}".Trim());
                break;
            case QuoteBlock quote:
                html.Markup("<blockquote>");
                Blocks(quote, isTight: false);
                html.Markup("</blockquote>\n");
                break;
            case ListBlock list:
                List(list);
                break;
            case ThematicBreakBlock:
                html.Markup("<hr/>\n");
                break;
            case Table table:
                Rows(table);
                break;
            case LeafBlock leaf:
                html.Markup("<p>");
                Leaf(leaf);
                html.Markup("</p>\n");
                break;
            case ContainerBlock container:
                Blocks(container, isTight);
                break;
        }
    }

    void List(ListBlock list)
    {
        html.Markup(list.IsOrdered ? "<ol" : "<ul");
        if (list.IsOrdered && int.TryParse(list.OrderedStart, NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start != 1)
            html.Attribute("start", start.ToString(CultureInfo.InvariantCulture));
        html.Markup(">");
        foreach (var item in list.OfType<ListItemBlock>())
        {
            html.Markup(IsTask(item) ? "<li class=\"task\">" : "<li>");
            Blocks(item, isTight: !list.IsLoose);
            html.Markup("</li>\n");
        }
        html.Markup(list.IsOrdered ? "</ol>\n" : "</ul>\n");
    }

    static bool IsTask(ListItemBlock item) => item is [ParagraphBlock { Inline.FirstChild: TaskList }, ..];

    void Rows(Table table)
    {
        html.Markup("<div class=\"wide\"><table>\n");
        foreach (var row in table.OfType<TableRow>())
        {
            html.Markup("<tr>");
            for (var column = 0; column < row.Count; column++)
            {
                var align = column < table.ColumnDefinitions.Count ? table.ColumnDefinitions[column].Alignment : null;
                var name = row.IsHeader ? "th" : "td";
                html.Markup("<" + name);
                if (align is TableColumnAlign.Right or TableColumnAlign.Center)
                    html.Attribute("class", align == TableColumnAlign.Right ? "right" : "middle");
                html.Markup(">");
                if (row[column] is ContainerBlock cell)
                    Blocks(cell, isTight: true);
                html.Markup("</" + name + ">");
            }
            html.Markup("</tr>\n");
        }
        html.Markup("</table></div>\n");
    }

    void Leaf(LeafBlock leaf)
    {
        if (leaf.Inline is null)
            html.Text(leaf.Lines.ToString());
        else
            Inlines(leaf.Inline);
    }

    void Inlines(ContainerInline container)
    {
        for (var inline = container.FirstChild; inline is not null; inline = inline.NextSibling)
            Write(inline);
    }

    void Write(Inline inline)
    {
        switch (inline)
        {
            case LiteralInline literal:
                html.Text(literal.Content.ToString());
                break;
            case CodeInline span:
                html.Markup("<code>").Text(span.Content).Markup("</code>");
                break;
            case HtmlEntityInline entity:
                html.Text(entity.Transcoded.ToString());
                break;
            case LineBreakInline line:
                html.Markup(line.IsHard ? "<br/>\n" : "\n");
                break;
            case TaskList task:
                html.Markup(task.Checked ? "☑" : "☐");
                break;
            case EmphasisInline emphasis:
                Emphasis(emphasis);
                break;
            case AutolinkInline link:
                Anchor(link.IsEmail ? $"mailto:{link.Url}" : link.Url, title: null, () => html.Text(link.Url), link.Url);
                break;
            case LinkInline link:
                Link(link);
                break;
            case DelimiterInline delimiter:
                html.Text(delimiter.ToLiteral());
                Inlines(delimiter);
                break;
            case ContainerInline container:
                Inlines(container);
                break;
            case HtmlInline tag:
                html.Text(tag.Tag);
                break;
        }
    }

    void Emphasis(EmphasisInline emphasis)
    {
        var name =
            emphasis.DelimiterChar == '~' ? "del"
            : emphasis.DelimiterCount == 2 ? "strong"
            : "em";
        html.Markup("<" + name + ">");
        Inlines(emphasis);
        html.Markup("</" + name + ">");
    }

    void Link(LinkInline link)
    {
        var url = link.GetDynamicUrl?.Invoke() ?? link.Url ?? "";
        if (link.IsImage)
        {
            html.Markup("<span class=\"media\">image: ");
            Inlines(link);
            html.Markup(" ");
            var place = Media.DataSize(url) is null ? url : Media.Name("", url).TrimStart(',', ' ');
            Anchor(place, link.Title, () => html.Text(place), place);
            html.Markup("</span>");
        }
        else
        {
            var label = PlainText(link);
            Anchor(url, link.Title, () => Label(link, IsVisible(label) ? "" : url), label);
        }
    }

    void Label(LinkInline link, string place)
    {
        Inlines(link);
        html.Text(place);
    }

    // Only addresses of the web and of mail are links. Of any other, a path of the agent's machine say, the page says what it is.
    void Anchor(string url, string? title, Action label, string plainLabel)
    {
        if (IsSafe(url))
        {
            html.Markup("<a").Attribute("href", url);
            if (!string.IsNullOrEmpty(title))
                html.Attribute("title", title);
            html.Markup(" rel=\"noopener noreferrer nofollow\">");
            label();
            html.Markup("</a>");
            return;
        }
        html.Markup("<span class=\"ref\"").Attribute("title", url).Markup(">");
        label();
        html.Markup("</span>");
        if (!IsSaid(url, plainLabel))
            html.Markup(" <span class=\"place\">(").Text(url).Markup(")</span>");
        if (!string.IsNullOrEmpty(title))
            html.Markup(" <span class=\"place\">(").Text(title).Markup(")</span>");
    }

    static bool IsSafe(string url) =>
        url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || url.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase);

    // A label such as Program.cs:12 says enough of /w/src/Program.cs:12.
    static bool IsSaid(string url, string label) =>
        url.Length == 0
        || label.Contains(url, StringComparison.Ordinal)
        || label.Length > 3 && url.Contains(label, StringComparison.Ordinal);

    // Marks, joiners and fillers show nothing by themselves.
    static bool IsVisible(string label) =>
        label
            .EnumerateRunes()
            .Any(rune =>
                !Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.NonSpacingMark)
                && rune.Value is not (0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0)
            );

    static string PlainText(ContainerInline container) =>
        string.Concat(
            container
                .Descendants<Inline>()
                .Select(inline =>
                    inline switch
                    {
                        LiteralInline literal => literal.Content.ToString(),
                        CodeInline span => span.Content,
                        HtmlEntityInline entity => entity.Transcoded.ToString(),
                        AutolinkInline link => link.Url,
                        HtmlInline tag => tag.Tag,
                        LinkInline { IsImage: true } picture => $"image: {picture.Url}",
                        DelimiterInline delimiter => delimiter.ToLiteral(),
                        _ => "",
                    }
                )
        );
}
