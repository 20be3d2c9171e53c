using System.Globalization;

namespace Spool.Cli;

/// <summary>Shows turns as text for a terminal: what was asked, what was answered, and in short what was done.</summary>
/// <param name="leftOut">The commands that have what is not shown.</param>
/// <param name="output">Where to.</param>
/// <param name="screen">What it can show.</param>
/// <param name="clock">The clock.</param>
sealed class TurnText(LeftOut leftOut, TextWriter output, Screen screen, TimeProvider clock)
{
    const int MaxOutputLines = 8;
    const int MaxOutputColumns = 1000;

    readonly Ink _ink = new(screen.Colour);

    public void Write(IReadOnlyList<Turn> turns)
    {
        foreach (var turn in turns)
            Write(turn);
    }

    void Write(Turn turn)
    {
        output.WriteLine(_ink.Bold("── " + string.Join(" · ", Heading(turn))));
        output.WriteLine();
        foreach (var item in turn.Items)
            Write(item);
        if (LeftOut.Calls(turn) is { } calls)
            Paragraph(_ink.Yellow($"{calls}; for all of them: {leftOut.LogCommand}"));
        if (turn.Status == TurnStatus.Failed)
            Paragraph(_ink.Red("Failed: " + SafeText.Block(ItemView.ErrorMessage(turn))));
        else if (turn.Status == TurnStatus.Interrupted)
            Paragraph(_ink.Yellow("Interrupted."));
    }

    IEnumerable<string> Heading(Turn turn)
    {
        yield return "turn " + SafeText.OneLine(turn.Id, 80);
        if (turn.StartedAt is { } started)
            yield return Times.Local(started, clock);
        if (turn.Duration is { } duration)
            yield return Times.Duration(duration);
        if (turn.Status != TurnStatus.Completed)
            yield return EnumNames.Camel(turn.Status);
    }

    void Write(ThreadItem item)
    {
        var text = SafeText.Block(item.Text).Trim('\n');
        switch (item.Type)
        {
            case "userMessage":
                var parts = MessagePart
                    .Of(item)
                    .Select(part => part.IsAttachment ? $"[{part.Text}]" : part.Text)
                    .DefaultIfEmpty("(no text)");
                Paragraph(Prefixed(string.Join('\n', parts), _ink.Cyan("> ")));
                break;
            case "agentMessage" or "plan":
                Paragraph(text);
                break;
            case "reasoning":
                if (text.Length > 0)
                    Paragraph(_ink.Dim(text));
                break;
            case "commandExecution":
                WriteCommand(item, text);
                break;
            case "fileChange":
                foreach (var change in ItemView.Changes(item))
                    output.WriteLine(_ink.Dim($"{change.Kind} ") + SafeText.OneLine(change.Path, 1000));
                output.WriteLine();
                break;
            default:
                WriteDetail(item);
                break;
        }
    }

    void WriteCommand(ThreadItem item, string command)
    {
        output.WriteLine(Prefixed(command, _ink.Dim("$ ")));
        if (ItemView.Text(item, "aggregatedOutput") is { Length: > 0 } result)
            WriteOutput(SafeText.Block(result).TrimEnd('\n'));
        if (ItemView.Outcome(item) is { } outcome)
            output.WriteLine("  " + _ink.Yellow(outcome));
        output.WriteLine();
    }

    void WriteDetail(ThreadItem item)
    {
        var detail = ItemDetail.Of(item);
        output.WriteLine(_ink.Dim($"[{SafeText.OneLine(item.Type, 60)}] {SafeText.OneLine(detail.Title, 1000)}".TrimEnd()));
        foreach (var block in detail.Blocks)
        {
            var text = SafeText.Block(block.Text).Trim('\n');
            if (block.Form == BlockForm.Prose)
                output.WriteLine(text);
            else if (block.Form == BlockForm.Bad)
                output.WriteLine("  " + _ink.Yellow($"{block.Label}: {text}"));
            else
            {
                if (block.Label.Length > 0)
                    output.WriteLine($"  {block.Label}:");
                WriteOutput(text);
            }
        }
        output.WriteLine();
    }

    // The beginning of what may be long.
    void WriteOutput(string text)
    {
        var lines = text.Split('\n');
        var isCut = false;
        foreach (var line in lines.Take(MaxOutputLines))
        {
            var (shown, rest) = LeftOut.Cut(line, MaxOutputColumns);
            isCut |= rest is not null;
            output.WriteLine("  " + _ink.Dim(rest is null ? shown : $"{shown} {rest}"));
        }
        var more = lines.Length - MaxOutputLines;
        if (more > 0)
            output.WriteLine(
                _ink.Dim(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"  … {more:N0} more {(more == 1 ? "line" : "lines")}; all of it: {leftOut.JsonCommand}"
                    )
                )
            );
        else if (isCut)
            output.WriteLine(_ink.Dim($"  all of it: {leftOut.JsonCommand}"));
    }

    void Paragraph(string text)
    {
        if (text.Length == 0)
            return;
        output.WriteLine(text);
        output.WriteLine();
    }

    static string Prefixed(string text, string prefix) => prefix + text.Replace("\n", "\n" + prefix, StringComparison.Ordinal);
}
