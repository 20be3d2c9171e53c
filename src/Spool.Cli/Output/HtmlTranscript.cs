using System.Globalization;
using System.Net;

namespace Spool.Cli;

/// <summary>A thread as one HTML page that needs nothing else. Stored text is encoded everywhere: nothing of it is markup, and the page
/// runs no script.</summary>
/// <param name="output">Where to.</param>
/// <param name="clock">The clock.</param>
/// <param name="leftOut">The commands that have what is not shown.</param>
sealed class HtmlTranscript(TextWriter output, TimeProvider clock, LeftOut leftOut) : ITranscript
{
    const string Style = """
        :root{color-scheme:light dark}
        body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
        table{border-collapse:collapse}th{text-align:left;padding-right:1.5rem;font-weight:600}
        h2{font-size:1rem;border-top:1px solid #8884;padding-top:1rem;margin-top:2rem}
        .text{white-space:pre-wrap;overflow-wrap:anywhere}
        .user{border-left:4px solid #48f;padding-left:1rem}
        details{opacity:.75}pre{background:#8882;padding:.75rem;overflow:auto;border-radius:6px}
        .bad{color:#c33;font-weight:600}
        .note{opacity:.75;font-style:italic}
        """;

    int _turns;

    public void Begin(StoredThread thread, string? path)
    {
        var title = Encode(CellText.Fit(ThreadTable.TitleOf(thread), 120));
        output.WriteLine("<!doctype html>");
        output.WriteLine("<html lang=\"en\"><head><meta charset=\"utf-8\">");
        output.WriteLine("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        output.WriteLine("<meta name=\"viewport\" content=\"width=device-width\">");
        output.WriteLine($"<title>{title}</title>");
        output.WriteLine($"<style>\n{Style}\n</style></head><body>");
        output.WriteLine($"<h1>{title}</h1>");
        output.WriteLine("<table>");
        foreach (var (label, text) in ThreadFields.Of(thread, path: null, clock, TimeForm.Absolute))
            output.WriteLine($"<tr><th>{label}</th><td>{Encode(text)}</td></tr>");
        output.WriteLine("</table>");
    }

    public void Add(Turn turn)
    {
        _turns++;
        var heading = string.Create(CultureInfo.InvariantCulture, $"Turn {_turns}");
        if (turn.StartedAt is { } started)
            heading += " · " + Times.Local(started, clock);
        if (turn.Duration is { } duration)
            heading += " · " + Times.Duration(duration);
        output.WriteLine($"<section><h2>{Encode(heading)}</h2>");
        foreach (var item in turn.Items)
            Write(item);
        if (LeftOut.Calls(turn) is { } calls)
            output.WriteLine($"<p class=\"note\">{calls}; <code>{Encode(leftOut.LogCommand)}</code> has all of them.</p>");
        if (turn.Status == TurnStatus.Failed)
            output.WriteLine($"<p class=\"bad\">Failed: {Encode(ItemView.ErrorMessage(turn))}</p>");
        else if (turn.Status == TurnStatus.Interrupted)
            output.WriteLine("<p class=\"bad\">Interrupted.</p>");
        output.WriteLine("</section>");
        output.Flush();
    }

    public void End()
    {
        output.WriteLine("</body></html>");
        output.Flush();
    }

    void Write(ThreadItem item)
    {
        var text = Encode(item.Text.Trim('\n'));
        switch (item.Type)
        {
            case "userMessage":
                var parts = MessagePart
                    .Of(item)
                    .Select(part => part.IsAttachment ? $"<em>[{Encode(part.Text)}]</em>" : Encode(part.Text))
                    .DefaultIfEmpty("(no text)");
                output.WriteLine($"<div class=\"text user\">{string.Join('\n', parts)}</div>");
                break;
            case "agentMessage" or "plan":
                output.WriteLine($"<div class=\"text\"><p>{text}</p></div>");
                break;
            case "reasoning":
                if (text.Length > 0)
                    output.WriteLine($"<details><summary>Reasoning</summary><div class=\"text\">{text}</div></details>");
                break;
            case "commandExecution":
                output.WriteLine($"<pre>$ {text}</pre>");
                if (ItemView.Text(item, "aggregatedOutput") is { Length: > 0 } result)
                    output.WriteLine($"<details open><summary>Output</summary><pre>{Encode(result)}</pre></details>");
                if (ItemView.Outcome(item) is { } outcome)
                    output.WriteLine($"<p class=\"bad\">{Encode(outcome)}</p>");
                break;
            case "fileChange":
                foreach (var change in ItemView.Changes(item))
                    output.WriteLine(
                        $"<details><summary>{Encode(change.Kind)} {Encode(change.Path)}</summary><pre>{Encode(change.Diff)}</pre></details>"
                    );
                break;
            default:
                WriteDetail(item);
                break;
        }
    }

    void WriteDetail(ThreadItem item)
    {
        var detail = ItemDetail.Of(item);
        output.WriteLine($"<p class=\"text\"><em>{Encode(item.Type)}</em> {Encode(detail.Title)}</p>");
        foreach (var block in detail.Blocks)
        {
            var text = block.Text.Trim('\n');
            if (block.Form == BlockForm.Prose)
                output.WriteLine($"<div class=\"text\">{Encode(text)}</div>");
            else if (block.Form == BlockForm.Bad)
                output.WriteLine($"<p class=\"bad\">{Encode(block.Label)}: {Encode(text)}</p>");
            else
            {
                var (shown, rest) = LeftOut.Cut(text, LeftOut.LongestBlock);
                output.WriteLine(
                    block.Label.Length > 0
                        ? $"<details open><summary>{Encode(block.Label)}</summary><pre>{Encode(shown)}</pre></details>"
                        : $"<pre>{Encode(shown)}</pre>"
                );
                if (rest is not null)
                    output.WriteLine($"<p class=\"note\">{Encode(rest)}; <code>{Encode(leftOut.JsonCommand)}</code> has all of them.</p>");
            }
        }
    }

    static string Encode(string text) => WebUtility.HtmlEncode(SafeText.Block(text));
}
