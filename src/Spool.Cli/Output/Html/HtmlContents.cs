using System.Globalization;

namespace Spool.Cli;

/// <summary>The questions of a thread with the places where they stand. It is written behind the turns, because they are written as they
/// are read; the style of the page shows it before them or beside them.</summary>
sealed class HtmlContents
{
    const int Most = 5000; // so that memory does not grow with the thread
    const int LongestQuestion = 90; // cells

    readonly List<(string Anchor, int Turn, string Question)> _questions = [];
    int _all;

    /// <summary>Adds a question, and gives the anchor that its item needs; null when the turn's own does.</summary>
    public string? Add(string question, int turn, ref bool isFirst)
    {
        _all++;
        var ofTurn = string.Create(CultureInfo.InvariantCulture, $"turn-{turn}");
        var anchor = isFirst ? ofTurn : string.Create(CultureInfo.InvariantCulture, $"question-{_all}");
        if (_all <= Most)
            _questions.Add((anchor, turn, question.Length > 0 ? CellText.FitWords(question, LongestQuestion) : "(no text)"));
        (var own, isFirst) = (isFirst ? null : anchor, false);
        return own;
    }

    /// <summary>Writes the table.</summary>
    public void Write(HtmlText html)
    {
        html.Markup(_all > 1 ? "<nav id=\"contents\"><h2>Contents</h2>\n" : "<nav id=\"contents\" class=\"one\"><h2>Contents</h2>\n");
        if (_all == 0)
            html.Markup("<p>No questions.</p>");
        else
        {
            html.Markup("<ol>\n");
            foreach (var (anchor, turn, question) in _questions)
                html.Markup("<li")
                    .Attribute("value", turn.ToString(CultureInfo.InvariantCulture))
                    .Markup("><a")
                    .Attribute("href", "#" + anchor)
                    .Markup(">")
                    .Text(question)
                    .Markup("</a></li>\n");
            html.Markup("</ol>\n");
        }
        if (_all > Most)
            html.Markup("<p>")
                .Text(string.Create(CultureInfo.InvariantCulture, $"{_all - Most:N0} more questions are not listed here."))
                .Markup("</p>\n");
        html.Markup("</nav>\n");
    }
}
