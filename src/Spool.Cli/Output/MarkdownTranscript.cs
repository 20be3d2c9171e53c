using System.Globalization;

namespace Spool.Cli;

/// <summary>A thread as Markdown that a person wants to read: what was asked is quoted, what was answered is text, what was done is folded
/// away under a line that says what it was and how it ended.</summary>
/// <param name="output">Where to.</param>
/// <param name="clock">The clock.</param>
/// <param name="leftOut">The commands that have what is not shown.</param>
/// <param name="pictures">Where pictures are.</param>
sealed class MarkdownTranscript(TextWriter output, TimeProvider clock, LeftOut leftOut, IPictures pictures) : ITranscript
{
    readonly TranscriptCards _cards = new(leftOut);
    readonly MarkdownCards _writer = new(output, clock, pictures);
    ThreadSources? _sources;
    int _turns;

    public void Begin(StoredThread thread, string? path, ThreadSources sources)
    {
        (_cards.Cwd, _cards.Source, _sources) = (thread.Cwd, sources.Source, sources);
        _writer.Block("# " + MarkdownText.Inline(CellText.Fit(ThreadTable.TitleOf(thread), 80)));
        output.WriteLine("| | |");
        output.WriteLine("| --- | --- |");
        foreach (var (label, text) in ThreadFields.Of(thread, path: null, clock, TimeForm.Absolute))
            output.WriteLine($"| {label} | {MarkdownText.Inline(sources.Named(label, text))} |");
        output.WriteLine($"| Times | {MarkdownText.Inline(Times.ZoneAt(thread.CreatedAt, clock))} |");
        output.WriteLine();
    }

    public void BeginInherited(ThreadId from) =>
        _writer.Block($"<details><summary><b>Inherited</b> what was said before, in {MarkdownText.Html(_sources!.NameOf(from))}</summary>");

    public void EndInherited(ThreadId from, int turns)
    {
        _writer.Block("</details>");
        var count = MarkdownText.Inline(InheritedTurns.Count(turns, _sources!.NameOf(from)));
        _writer.Block($"*{count} stand folded above. To see that thread:* {MarkdownText.Code(leftOut.ShowCommand(from))}");
    }

    public void Add(Turn turn)
    {
        _turns++;
        var heading = string.Create(CultureInfo.InvariantCulture, $"## Turn {_turns}");
        if (TurnEnding.Heading(turn, clock) is { Length: > 0 } when)
            heading += " · " + when;
        _writer.Block(heading);
        foreach (var card in _cards.Of(turn))
            _writer.Write(card);
        foreach (var (text, command) in TurnEnding.Notes(turn, _cards.Silent, leftOut))
            _writer.Block(command is null ? $"*{text}*" : $"*{text}* {MarkdownText.Code(command)}");
        if (TurnEnding.Problem(turn) is { } problem)
            _writer.Block($"**{problem.Word}:** {MarkdownText.Inline(problem.Text)}");
        output.Flush();
    }

    public void End() => output.Flush();
}
