using System.Globalization;

namespace Spool.Cli;

/// <summary>A thread as Markdown that a person wants to read: what was asked is quoted, what was answered is text, what was done is folded
/// away under a line that says what it was and how it ended.</summary>
/// <param name="output">Where to.</param>
/// <param name="clock">The clock.</param>
/// <param name="links">The thread, and the names of others.</param>
/// <param name="leftOut">The commands that have what is not shown.</param>
/// <param name="pictures">Where pictures are.</param>
sealed class MarkdownTranscript(TextWriter output, TimeProvider clock, ThreadLinks links, LeftOut leftOut, IPictures pictures) : ITranscript
{
    readonly TranscriptCards _cards = new(links);
    readonly MarkdownCards _writer = new(output, clock, pictures);
    int _turns;

    public void Begin(StoredThread thread, string? path)
    {
        _writer.Block("# " + MarkdownText.Inline(ThreadTable.HeadingOf(thread)));
        output.WriteLine("| | |");
        output.WriteLine("| --- | --- |");
        foreach (var (label, text, command) in links.Fields(ThreadFields.Of(thread, path: null, clock, TimeForm.Absolute)))
            output.WriteLine($"| {label} | {MarkdownText.Inline(text)}{(command is null ? "" : " " + MarkdownText.Code(command))} |");
        output.WriteLine($"| Times | {MarkdownText.Inline(Times.ZoneAt(thread.CreatedAt, clock))} |");
        output.WriteLine();
    }

    public void BeginInherited(ThreadId from) =>
        _writer.Block($"<details><summary><b>Inherited</b> what was said before, in {MarkdownText.Html(NameOf(from))}</summary>");

    public void EndInherited(ThreadId from, int turns)
    {
        _writer.Block("</details>");
        var count = MarkdownText.Inline(InheritedTurns.Count(turns, NameOf(from)));
        _writer.Block($"*{count} stand folded above. To see that thread:* {MarkdownText.Code(links.Command(from))}");
    }

    public void Add(Turn turn, bool isOpen)
    {
        _turns++;
        var heading = string.Create(CultureInfo.InvariantCulture, $"## Turn {_turns}");
        if (TurnEnding.Heading(turn, clock, isOpen) is { Length: > 0 } when)
            heading += " · " + when;
        _writer.Block(heading);
        foreach (var card in _cards.Of(turn))
            _writer.Write(card);
        foreach (var (text, command) in TurnEnding.Notes(turn, _cards.Silent, leftOut))
            _writer.Block(command is null ? $"*{text}*" : $"*{text}* {MarkdownText.Code(command)}");
        if (TurnEnding.Problem(turn, isOpen) is { } problem)
            _writer.Block(problem.Text.Length > 0 ? $"**{problem.Word}:** {MarkdownText.Inline(problem.Text)}" : $"**{problem.Word}**");
        output.Flush();
    }

    public void End() => output.Flush();

    string NameOf(ThreadId from) => links.NameOf(from.ToString()) ?? from.ToString();
}
