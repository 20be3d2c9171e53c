using System.Globalization;

namespace Spool.Cli;

/// <summary>A thread as one HTML page that needs nothing else: no script, no font, no file but the pictures where they are files. Stored
/// text is never markup.</summary>
/// <param name="output">Where to.</param>
/// <param name="clock">The clock.</param>
/// <param name="links">The thread, and the names of others.</param>
/// <param name="leftOut">The commands that have what is not shown.</param>
/// <param name="pictures">Where pictures are.</param>
sealed class HtmlTranscript(TextWriter output, TimeProvider clock, ThreadLinks links, LeftOut leftOut, IPictures pictures) : ITranscript
{
    const int LongestTitle = 80; // cells

    readonly HtmlText _html = new(output);
    readonly HtmlContents _contents = new();
    readonly TranscriptCards _cards = new(links);
    HtmlItems? _items;
    bool _isInherited;
    int _turns;

    public void Begin(StoredThread thread, string? path)
    {
        var title = ThreadTable.HeadingOf(thread);
        _items = new HtmlItems(_html, clock, pictures);
        _html
            .Markup("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n")
            .Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src ")
            .Markup(pictures.Sources)
            .Markup("\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
            .Markup("<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>")
            .Text(CellText.FitWords(title, LongestTitle))
            .Markup("</title>\n<style>\n")
            .Markup(HtmlStyle.Text)
            .Markup("\n</style></head><body>\n<header><h1>")
            .Text(title)
            .Markup("</h1>\n<p class=\"by\">")
            .Text(ByLine(thread))
            .Markup(
                "</p>\n<p class=\"skip\"><a href=\"#contents\">Contents</a></p>\n<details class=\"about\"><summary>About this thread</summary>"
            )
            .Markup("<table>\n");
        foreach (var (label, text, command) in links.Fields(ThreadFields.Of(thread, path: null, clock, TimeForm.Absolute)))
        {
            _html.Markup("<tr><th>").Text(label).Markup("</th><td>").Text(text);
            if (command is not null)
                _html.Markup(" <code>").Text(command).Markup("</code>");
            _html.Markup("</td></tr>\n");
        }
        _html.Markup("</table></details></header>\n<main>\n");
    }

    public void BeginInherited(ThreadId from)
    {
        _isInherited = true;
        _html
            .Markup("<details class=\"item row history taken\"><summary class=\"line\"><span class=\"role\">Inherited</span> ")
            .Markup("<span class=\"title\"><span>")
            .Text($"what was said before, in {NameOf(from)}")
            .Markup("</span></span></summary>\n");
    }

    public void EndInherited(ThreadId from, int turns)
    {
        _isInherited = false;
        _html
            .Markup("</details>\n<p class=\"note\">")
            .Text(InheritedTurns.Count(turns, NameOf(from)))
            .Markup(" stand folded above. To see that thread: <code>")
            .Text(links.Command(from))
            .Markup("</code></p>\n");
        _html.Flush();
    }

    public void Add(Turn turn, bool isOpen)
    {
        _turns++;
        var number = _turns.ToString(CultureInfo.InvariantCulture);
        _html.Markup("<section").Attribute("id", "turn-" + number).Markup("><h2><a").Attribute("href", "#turn-" + number);
        _html.Markup(">Turn ").Markup(number).Markup("</a>");
        _html.Markup(" <small>").Text(TurnEnding.Heading(turn, clock, isOpen)).Markup("</small></h2>\n");
        var isFirst = true;
        foreach (var card in _cards.Of(turn))
            _items!.Write(card, card.Kind == CardKind.User && !_isInherited ? Question(card, ref isFirst) : null);
        foreach (var (text, command) in TurnEnding.Notes(turn, _cards.Silent, leftOut))
        {
            _html.Markup("<p class=\"note\">").Text(text);
            if (command is not null)
                _html.Markup(" <code>").Text(command).Markup("</code>");
            _html.Markup("</p>\n");
        }
        if (TurnEnding.Problem(turn, isOpen) is { } problem)
        {
            _html.Markup("<div class=\"item problem\"><h3><span class=\"role\">").Text(problem.Word).Markup("</span></h3>");
            if (problem.Text.Length > 0)
                _html.Markup("<div class=\"words\">").Text(problem.Text).Markup("</div>");
            _html.Markup("</div>\n");
        }
        _html.Markup("</section>\n");
        _html.Flush();
    }

    public void End()
    {
        _html.Markup("</main>\n");
        _contents.Write(_html);
        _html.Markup("<footer>Written by <code>spool export</code>.</footer>\n</body></html>\n");
        _html.Flush();
    }

    // The anchor of a question: that of the turn for its first, so that the heading is seen.
    string? Question(ItemCard card, ref bool isFirst)
    {
        var words = card.Blocks.OfType<WordsBlock>().FirstOrDefault()?.Text ?? card.Blocks.OfType<MediaBlock>().FirstOrDefault()?.Name;
        return _contents.Add(ItemCards.FirstLine(words ?? ""), _turns, ref isFirst);
    }

    string NameOf(ThreadId from) => links.NameOf(from.ToString()) ?? from.ToString();

    string ByLine(StoredThread thread) =>
        string.Join(
            " · ",
            (
                (string?[])
                    [
                        $"{Times.Local(thread.CreatedAt, clock)} {Times.ZoneAt(thread.CreatedAt, clock)}", // the zone of every time on the page
                        thread.Cwd,
                        thread.Model,
                        thread.GitInfo?.Branch,
                        thread.State == ThreadCondition.Ok ? null : EnumNames.Camel(thread.State),
                    ]
            )
                .Where(part => !string.IsNullOrEmpty(part))
                .Select(part => SafeText.OneLine(part!, 200))
        );
}
