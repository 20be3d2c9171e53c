namespace Spool.Cli;

/// <summary>Writes the blocks of cards as text for a terminal, below the title that they belong to.</summary>
/// <param name="page">Where to.</param>
/// <param name="detail">How much of what may be long is shown.</param>
sealed class BlockText(TextPage page, ShownDetail detail)
{
    static readonly Margin Deeper = new("  ", "    ", 4);
    static readonly Margin Below = new("    ", "    ", 4);

    readonly LongText _long = new(page, detail);
    readonly DiffText _diff = new(page, detail);

    /// <summary>Writes a block.</summary>
    /// <param name="block">The block, which has no items in it.</param>
    /// <param name="kind">The kind of the card that it is of.</param>
    public void Write(CardBlock block, CardKind kind)
    {
        switch (block)
        {
            case ProseBlock prose when kind == CardKind.Note: // a summary for the model
                _long.Beginning(prose.Text);
                break;
            case ProseBlock prose:
                Words(prose.Text, kind);
                break;
            case WordsBlock words when kind == CardKind.Context:
                _long.Beginning(words.Text);
                break;
            case WordsBlock words:
                Words(words.Text, kind);
                break;
            case CodeBlock code:
                Code(code, kind);
                break;
            case DiffBlock diff:
                _diff.Write(diff.Change);
                break;
            case StepsBlock steps:
                Steps(steps);
                break;
            case MediaBlock media:
                page.Text($"[{media.Name}]", Margin.Indent);
                break;
            case ProblemBlock problem:
                var label = problem.Label.Length > 0 ? problem.Label + ": " : "";
                page.Text(
                    label + SafeText.Block(problem.Text).Trim('\n'),
                    Margin.Indent,
                    kind == CardKind.Problem ? page.Ink.Red : page.Ink.Yellow
                );
                break;
            case FieldsBlock fields:
                foreach (var (name, value) in fields.Fields)
                    page.Text($"{SafeText.OneLine(name, int.MaxValue)}: {SafeText.Block(value).Trim('\n')}", Deeper);
                break;
            case ThreadBlock thread:
                Thread(thread);
                break;
        }
    }

    void Words(string text, CardKind kind)
    {
        var ink =
            kind == CardKind.Reasoning ? page.Ink.Dim
            : kind == CardKind.Warning ? page.Ink.Yellow
            : (Func<string, string>?)null;
        if (SafeText.Block(text).Trim('\n') is { Length: > 0 } safe)
            page.Text(safe, Margin.Indent, ink);
    }

    // The end of an output says how a command went.
    void Code(CodeBlock code, CardKind kind)
    {
        var isOutput = code.Label == "Output" && kind is CardKind.Command or CardKind.Input or CardKind.Change;
        if (code.Label.Length > 0 && !isOutput)
            page.Text($"{code.Label}:", Margin.Indent);
        if (kind is CardKind.Command or CardKind.Input && code.Label.Length > 0 || isOutput)
            _long.End(code.Text);
        else
            _long.Beginning(code.Text);
    }

    void Steps(StepsBlock steps)
    {
        foreach (var (step, status) in steps.Steps)
        {
            var (mark, ink) = status switch
            {
                "completed" => ("[x] ", (Func<string, string>?)page.Ink.Dim),
                "in_progress" or "inProgress" => ("[>] ", page.Ink.Bold),
                _ => ("[ ] ", null),
            };
            var other = status is "completed" or "in_progress" or "inProgress" or "pending" or ""
                ? ""
                : $" ({SafeText.OneLine(status, int.MaxValue)})";
            page.Text(SafeText.Block(step).Trim('\n') + other, new Margin($"  {mark}", "      ", 6), ink);
        }
    }

    void Thread(ThreadBlock thread)
    {
        var said =
            thread.State.Length == 0 ? thread.Name
            : thread.Name.Length == 0 ? thread.State
            : $"{thread.Name}: {thread.State}";
        if (said.Length > 0)
            page.Text(SafeText.Block(said).Trim('\n'), Deeper);
        if (thread.Command is not null)
            page.Text(thread.Command, thread.Name.Length > 0 ? Below : Margin.Indent, page.Ink.Dim);
    }
}
