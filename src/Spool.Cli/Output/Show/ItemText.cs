using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Shows items of turns as text for a terminal, each as a block with an empty line behind it. Items are stored data: no text of
/// one is outside of its block, and any member may be missing.</summary>
/// <param name="page">Where to.</param>
/// <param name="detail">How much of what may be long is shown.</param>
/// <param name="links">The names of other threads.</param>
/// <param name="clock">The clock.</param>
sealed class ItemText(TextPage page, ShownDetail detail, ThreadLinks links, TimeProvider clock)
{
    const int LongestTitle = 1000;

    readonly LongText _long = new(page, detail);
    readonly DiffText _diff = new(page, detail);
    readonly SettingsText _settings = new(detail);
    readonly CommandText _commands = new(page, new LongText(page, detail));

    bool _isAfterContext;

    /// <summary>Shows one item. Context that follows context stands close to it, because there may be much of it.</summary>
    public void Write(ThreadItem item)
    {
        if (item.Type != "context")
            End();
        var time = ItemTime.Of(item, clock);
        switch (item.Type)
        {
            case "userMessage":
                WriteUser(item, time);
                break;
            case "agentMessage":
                WriteWords("assistant", item, time, null);
                break;
            case "plan":
                WriteWords("plan", item, time, null);
                break;
            case "reasoning":
                WriteReasoning(item, time);
                break;
            case "commandExecution":
                _commands.Write(item, time, _settings.Folder);
                page.Gap();
                break;
            case "commandInput":
                _commands.WriteInput(item, time);
                page.Gap();
                break;
            case "fileChange":
                WriteChanges(item, time);
                break;
            case "checklist":
                WriteChecklist(item, time);
                break;
            case "context":
                WriteContext(item, time);
                break;
            case "settings":
                if (_settings.Next(item) is { } settings)
                    Paragraph($"settings: {settings}", page.Ink.Dim);
                break;
            case "tokenUsage":
                if (TokenText.Of(item) is { } tokens)
                    Paragraph(tokens, page.Ink.Dim);
                break;
            case "error" or "warning":
                WriteProblem(item, time);
                break;
            case "contextCompaction":
                WriteCompaction(item, time);
                break;
            case "rolledBack":
                WriteRolledBack(item, time);
                break;
            case "inherited":
                WriteInherited(
                    ItemView.Number(item.Json["turns"]) ?? 0,
                    ItemView.Number(item.Json["records"]) ?? 0,
                    ItemView.Text(item, "fromThreadId") ?? links.Source
                );
                break;
            default:
                WriteDetail(item, time);
                break;
        }
    }

    /// <summary>Ends the last block.</summary>
    public void End()
    {
        if (_isAfterContext)
            page.Gap();
        _isAfterContext = false;
    }

    /// <summary>Says that history of another thread is folded away, and how to see it.</summary>
    public void WriteInherited(long turns, long records, string? from)
    {
        var what =
            turns > 0 ? ThreadLinks.Count(turns, "turn", "turns")
            : records > 0 ? ThreadLinks.Count(records, "record", "records")
            : "history";
        page.Title($"{what} from {(from is null ? "another thread" : links.Name(from))}", page.Ink.Cyan);
        if (from is not null && links.Command(from) is { } command)
            page.Text(command, Margin.Indent, page.Ink.Dim);
        page.Gap();
    }

    void WriteUser(ThreadItem item, string? time)
    {
        Label("user", time);
        var parts = MessagePart.Of(item).Select(part => part.IsAttachment ? $"[{part.Text}]" : part.Text).DefaultIfEmpty("(no text)");
        var mark = page.Ink.Cyan(">") + " ";
        page.Text(string.Join('\n', parts), new Margin(mark, mark, 2));
        page.Gap();
    }

    void WriteWords(string label, ThreadItem item, string? time, Func<string, string>? ink)
    {
        var text = SafeText.Block(item.Text).Trim('\n');
        if (text.Length == 0)
            return;
        Label(label, time);
        page.Text(text, Margin.Indent, ink);
        page.Gap();
    }

    void WriteReasoning(ThreadItem item, string? time)
    {
        if (item.Text.Length > 0 || detail == ShownDetail.Folded)
            WriteWords("reasoning", item, time, page.Ink.Dim);
        else
            Paragraph($"reasoning{Parts(time)} (there is no text of it)", page.Ink.Dim);
    }

    void WriteChanges(ThreadItem item, string? time)
    {
        foreach (var change in ItemView.Changes(item))
            _diff.Write(change);
        var status = ItemView.Text(item, "status") is { Length: > 0 } text && text != "completed" ? SafeText.OneLine(text, 40) : null;
        if (status is not null || detail == ShownDetail.Full)
            _long.End(ItemView.Text(item, "output") ?? "");
        CommandText.Ending(page, status, Parts(time));
        page.Gap();
    }

    void WriteChecklist(ThreadItem item, string? time)
    {
        Label("plan", time);
        if (SafeText.Block(ItemView.Text(item, "explanation") ?? "").Trim('\n') is { Length: > 0 } why)
            page.Text(why, Margin.Indent);
        foreach (var step in (item.Json["steps"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var (mark, ink) = ItemView.Text(step["status"]) switch
            {
                "completed" => ("[x] ", (Func<string, string>?)page.Ink.Dim),
                "in_progress" or "inProgress" => ("[>] ", page.Ink.Bold),
                _ => ("[ ] ", null),
            };
            page.Text(SafeText.Block(ItemView.Text(step["step"]) ?? "").Trim('\n'), new Margin($"  {mark}", "      ", 6), ink);
        }
        page.Gap();
    }

    void WriteContext(ThreadItem item, string? time)
    {
        var text = ItemView.Text(item, "text") ?? (item.Json["payload"] is { } payload ? ReadableJson.Of(payload) : "");
        var kind = SafeText.OneLine(ItemView.Text(item, "kind") ?? "other", 40);
        var images = (item.Json["images"] as JsonArray)?.Count ?? 0;
        var parts = Parts(
            SafeText.OneLine(ItemView.Text(item, "role") ?? "", 40),
            text.Length > 0 ? ThreadLinks.Count(text.Length, "character", "characters") : null,
            images > 0 ? ThreadLinks.Count(images, "image", "images") : null,
            time
        );
        // what a person did, or what became of something, is short and part of the story
        var isEvent = kind is "turnAborted" or "userShellCommand" or "subagentNotification";
        var hint = detail == ShownDetail.Folded && !isEvent && text.Length > 0 ? " (--full shows it)" : "";
        page.Title($"context: {kind}{parts}{hint}", page.Ink.Dim);
        if (detail == ShownDetail.Full || isEvent)
            _long.Beginning(text);
        _isAfterContext = true;
    }

    void WriteProblem(ThreadItem item, string? time)
    {
        var ink = item.Type == "error" ? (Func<string, string>)page.Ink.Red : page.Ink.Yellow;
        var message = SafeText.Block(ItemView.Text(item, "message") ?? item.Text).Trim('\n');
        page.Title(item.Type + Parts(time), ink);
        page.Text(message, Margin.Indent, ink);
        if (item.Json["codexErrorInfo"] is { } info)
            _long.Beginning(ReadableJson.Of(info));
        if (ItemView.Text(item, "additionalDetails") is { } more)
            _long.Beginning(more);
        page.Gap();
    }

    void WriteCompaction(ThreadItem item, string? time)
    {
        var isHidden = item.Json["isEncrypted"] is JsonValue value && value.TryGetValue<bool>(out var encrypted) && encrypted;
        page.Title($"the context was compacted{Parts(time)}{(isHidden ? " (the summary is encrypted)" : "")}", page.Ink.Cyan);
        _long.Beginning(ItemView.Text(item, "summary") ?? "");
        page.Gap();
    }

    void WriteRolledBack(ThreadItem item, string? time)
    {
        var turns = ItemView.Number(item.Json["turns"]) ?? 0;
        var items = item.Json["items"] as JsonArray;
        page.Title(
            $"{(turns > 0 ? ThreadLinks.Count(turns, "turn was", "turns were") : "turns were")} rolled back{Parts(time)}{(items is null ? " (--rolled-back shows them)" : "")}",
            page.Ink.Yellow
        );
        if (items is not null)
        {
            var bar = page.Ink.Yellow("|") + " ";
            page.Push(new Margin(bar, bar, 2));
            foreach (var inner in items.OfType<JsonObject>())
                Write(new ThreadItem(ItemView.Text(inner["id"]) ?? "", ItemView.Text(inner["type"]) ?? "record", inner));
            End();
            page.Pop();
        }
        page.Gap();
    }

    void WriteDetail(ThreadItem item, string? time)
    {
        var shown = ItemDetail.Of(item);
        var type =
            item.Type == "record" && ItemView.Text(item, "recordType") is { } record
                ? $"record {record}{(ItemView.Text(item, "payloadType") is { } payload ? $"/{payload}" : "")}"
                : item.Type;
        page.Title($"[{SafeText.OneLine(type, 80)}] {SafeText.OneLine(shown.Title, LongestTitle)}".TrimEnd() + Parts(time), page.Ink.Bold);
        foreach (var block in shown.Blocks)
            WriteBlock(block);
        foreach (var id in ThreadLinks.Of(item))
        {
            page.Text($"thread {links.Name(id)}", Margin.Indent);
            if (links.Command(id) is { } command)
                page.Text(command, new Margin("    ", "    ", 4), page.Ink.Dim);
        }
        page.Gap();
    }

    void WriteBlock(DetailBlock block)
    {
        var text = SafeText.Block(block.Text).Trim('\n');
        if (block.Form == BlockForm.Prose)
            page.Text(text, Margin.Indent);
        else if (block.Form == BlockForm.Bad)
            page.Text($"{block.Label}: {text}", Margin.Indent, page.Ink.Yellow);
        else
        {
            if (block.Label.Length > 0)
                page.Text($"{block.Label}:", Margin.Indent);
            _long.Beginning(text);
        }
    }

    void Label(string word, string? time) => page.Title(word + Parts(time), page.Ink.Dim);

    void Paragraph(string text, Func<string, string> ink)
    {
        page.Title(text, ink);
        page.Gap();
    }

    static string Parts(params string?[] parts) =>
        string.Concat(parts.Where(part => !string.IsNullOrEmpty(part)).Select(part => $" · {part}"));
}
