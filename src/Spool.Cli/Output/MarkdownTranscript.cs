using System.Globalization;

namespace Spool.Cli;

/// <summary>A thread as Markdown that a person wants to read: what was asked is quoted, what was answered is text, what was thought is
/// folded away, what was done is code.</summary>
/// <param name="output">Where to.</param>
/// <param name="clock">The clock.</param>
/// <param name="leftOut">The commands that have what is not shown.</param>
sealed class MarkdownTranscript(TextWriter output, TimeProvider clock, LeftOut leftOut) : ITranscript
{
    int _turns;

    public void Begin(StoredThread thread, string? path)
    {
        Block("# " + MarkdownText.Inline(CellText.Fit(ThreadTable.TitleOf(thread), 120)));
        output.WriteLine("| | |");
        output.WriteLine("| --- | --- |");
        foreach (var (label, text) in ThreadFields.Of(thread, path: null, clock, TimeForm.Absolute))
            output.WriteLine($"| {label} | {MarkdownText.Inline(text)} |");
        output.WriteLine();
    }

    public void Add(Turn turn)
    {
        _turns++;
        var heading = new List<string> { string.Create(CultureInfo.InvariantCulture, $"## Turn {_turns}") };
        if (turn.StartedAt is { } started)
            heading.Add(Times.Local(started, clock));
        if (turn.Duration is { } duration)
            heading.Add(Times.Duration(duration));
        Block(string.Join(" · ", heading));
        foreach (var item in turn.Items)
            Write(item);
        if (LeftOut.Calls(turn) is { } calls)
            Block($"*{calls}; {MarkdownText.Code(leftOut.LogCommand)} has all of them.*");
        if (turn.Status == TurnStatus.Failed)
            Block("**Failed:** " + MarkdownText.Inline(ItemView.ErrorMessage(turn)));
        else if (turn.Status == TurnStatus.Interrupted)
            Block("**Interrupted.**");
        output.Flush();
    }

    public void End() => output.Flush();

    void Write(ThreadItem item)
    {
        var text = SafeText.Block(item.Text).Trim('\n');
        switch (item.Type)
        {
            case "userMessage":
                var parts = MessagePart
                    .Of(item)
                    .Select(part => part.IsAttachment ? MarkdownText.Code(part.Text) : MarkdownBlocks.Enclose(part.Text, isQuoted: true))
                    .DefaultIfEmpty("*(no text)*");
                Block(MarkdownText.Quote(string.Join("\n\n", parts)));
                break;
            case "agentMessage" or "plan":
                Block(MarkdownBlocks.Enclose(text));
                break;
            case "reasoning":
                if (text.Length > 0)
                    Block($"<details><summary>Reasoning</summary>\n\n{MarkdownBlocks.Enclose(text)}\n\n</details>");
                break;
            case "commandExecution":
                WriteCommand(item, text);
                break;
            case "fileChange":
                foreach (var change in ItemView.Changes(item))
                {
                    Block($"**{MarkdownText.Inline(change.Kind)}** {MarkdownText.Inline(change.Path)}");
                    if (change.Diff.Length > 0)
                        Block(MarkdownText.Fence(SafeText.Block(change.Diff), change.Kind == "update" ? "diff" : ""));
                }
                break;
            default:
                WriteDetail(item);
                break;
        }
    }

    void WriteCommand(ThreadItem item, string command)
    {
        Block(MarkdownText.Fence(command, "sh"));
        var code = ItemView.ExitCode(item);
        var ending = code is { } known ? string.Create(CultureInfo.InvariantCulture, $"Exit code {known}") : ItemView.Outcome(item);
        if (ItemView.Text(item, "aggregatedOutput") is { Length: > 0 } result)
        {
            Block(MarkdownText.Inline(ending ?? "Output") + ":");
            Block(MarkdownText.Fence(SafeText.Block(result), "text"));
        }
        else if (ending is not null)
            Block(MarkdownText.Inline(ending) + ".");
    }

    void WriteDetail(ThreadItem item)
    {
        var detail = ItemDetail.Of(item);
        Block(
            detail.Title.Length > 0
                ? $"*{MarkdownText.Inline(item.Type)}:* {MarkdownText.Inline(detail.Title)}"
                : $"*{MarkdownText.Inline(item.Type)}*"
        );
        foreach (var block in detail.Blocks)
        {
            var text = SafeText.Block(block.Text).Trim('\n');
            if (block.Form == BlockForm.Prose)
                Block(MarkdownBlocks.Enclose(text));
            else if (block.Form == BlockForm.Bad)
                Block($"**{block.Label}:** {MarkdownText.Inline(text)}");
            else
            {
                var (shown, rest) = LeftOut.Cut(text, LeftOut.LongestBlock);
                Block(block.Label.Length > 0 ? block.Label + ":" : "");
                Block(MarkdownText.Fence(shown, rest is null && ReadableJson.IsDocument(text) ? "json" : "text"));
                Block(rest is null ? "" : $"*{rest}; {MarkdownText.Code(leftOut.JsonCommand)} has all of them.*");
            }
        }
    }

    void Block(string text)
    {
        if (text.Length == 0)
            return;
        output.WriteLine(text);
        output.WriteLine();
    }
}
