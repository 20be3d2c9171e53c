using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Follows the blocks of a Markdown text as CommonMark does, as far as it takes to say where it is code and what is open at its
/// end.</summary>
/// <remarks>
/// A text may neither put HTML into a document nor take in what comes after it, nor define what other texts mean. So a fence that is left
/// open is closed, and a <c>&lt;</c> that could begin HTML and a <c>[</c> that could begin a definition (<see cref="MarkdownInline"/>) get
/// a backslash, or what does the same behind an address; code stays as it is. A picture is named, as a renderer would load it. What stands
/// in a quote or in an item of a list ends with that. A text that begins with blanks, or with an item of a list, would belong to a list
/// that ends before it; a definition of nothing, which is not shown, keeps them apart. A text that is nested deeper than people write is
/// shown as it was written.
/// </remarks>
sealed partial class MarkdownBlocks
{
    const int CodeIndent = 4;
    const int TabWidth = 4;
    const int MostContainers = 32; // each line is compared with all that are open
    const string Apart = "[//]: #\n\n";

    readonly List<int> _containers = []; // 0 is a quote, anything else the width of an item of a list
    readonly MarkdownInline _paragraph = new();
    Leaf _leaf;
    bool _isItemEmpty;
    bool _hasHadContainers;
    bool _isTooDeep;
    char _fence;
    int _fenceLength;

    enum Leaf
    {
        None,
        Paragraph,
        Fence,
    }

    /// <summary>Gives a text as a part of a document: without HTML and pictures, and with everything closed that it left open. What a
    /// reader sees is what it was.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isQuoted">Whether it is going to be quoted: then the tabs that lines begin with would be of another width, and become
    /// blanks.</param>
    public static string Enclose(string text, bool isQuoted = false)
    {
        text = isQuoted ? WithoutTabsBefore(text) : text;
        var blocks = new MarkdownBlocks();
        var mark = 0;
        foreach (var line in text.Split('\n'))
        {
            blocks.Add(WithoutTabs(line), mark);
            if (blocks._isTooDeep)
                return MarkdownText.Fence(text, "text");
            mark += MarkdownInline.MarksIn(line);
        }
        var ending = blocks.Ending(text);
        return (GoesOn().IsMatch(text) ? Apart : "") + Marked(text, blocks._paragraph.Marks) + ending;
    }

    static string Marked(string text, Dictionary<int, (MarkdownMark Mark, int Blanks)> marks)
    {
        if (marks.Count == 0)
            return text;
        var result = new StringBuilder(text.Length + marks.Count);
        var number = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (!MarkdownInline.IsMark(text[at]) || !marks.TryGetValue(number++, out var mark))
                result.Append(text[at]);
            else if (mark.Mark == MarkdownMark.Picture && Picture().Match(text, at - 1) is { Success: true } picture)
            {
                result.Length--;
                if (result.Length > 0 && char.IsLetterOrDigit(result[^1]))
                    result.Append(' ');
                result.Append(MarkdownText.Inline(Media.Name($"image {picture.Groups[1]}".TrimEnd(), picture.Groups[2].Value)));
                at += picture.Length - 2;
            }
            else if (mark.Mark == MarkdownMark.Reference && text[at] == '<')
                result.Append(CultureInfo.InvariantCulture, $"<&#{(int)text[++at]};");
            else if (mark.Mark == MarkdownMark.Reference)
                result.Append("[&#32;");
            else
                result
                    .Append(mark.Mark == MarkdownMark.Blanks ? ' ' : '\\', mark.Mark == MarkdownMark.Blanks ? mark.Blanks : 1)
                    .Append(text[at]);
        }
        return result.ToString();
    }

    static string WithoutTabsBefore(string text) =>
        !text.Contains('\t', StringComparison.Ordinal)
            ? text
            : string.Join(
                '\n',
                text.Split('\n')
                    .Select(line =>
                    {
                        var rest = line.AsSpan().TrimStart(" \t>-+*.)0123456789");
                        return string.Concat(WithoutTabs(line[..^rest.Length]), rest);
                    })
            );

    static string WithoutTabs(string line)
    {
        if (!line.Contains('\t', StringComparison.Ordinal))
            return line;
        var result = new StringBuilder(line.Length + 2 * TabWidth);
        foreach (var c in line)
            result.Append(c == '\t' ? ' ' : c, c == '\t' ? TabWidth - result.Length % TabWidth : 1);
        return result.ToString();
    }

    string Ending(string text)
    {
        var isFence = _leaf == Leaf.Fence;
        End();
        return isFence
            ? $"{(text.EndsWith('\n') ? "" : "\n")}{string.Concat(_containers.Select(width => width == 0 ? "> " : new string(' ', width)))}{new string(_fence, _fenceLength)}"
            : "";
    }

    // Ends the leaf that is open.
    void End()
    {
        _paragraph.End();
        _leaf = Leaf.None;
    }

    void Add(string line, int mark)
    {
        var at = 0;
        var matched = 0;
        while (matched < _containers.Count && TryContinue(line, _containers[matched], ref at))
            matched++;
        var isItemEmpty = _isItemEmpty;
        _isItemEmpty = false;
        if (matched < _containers.Count)
        {
            if (_leaf == Leaf.Paragraph && IsOnlyText(line, at))
            {
                AddText(line[at..], mark); // it goes on with the paragraph, whatever its container
                return;
            }
            _containers.RemoveRange(matched, _containers.Count - matched);
            End();
        }
        else if (isItemEmpty && at + Indent(line, at) >= line.Length)
            _containers.RemoveAt(matched - 1); // an item begins with one line without text at most
        if (_leaf != Leaf.Fence)
            Begin(line, at, mark);
        else if (IsClosingFence(line, at))
            _leaf = Leaf.None;
    }

    static bool TryContinue(string line, int container, ref int at)
    {
        var indent = Indent(line, at);
        if (container > 0)
        {
            if (at + indent < line.Length && indent < container)
                return false;
            at = Math.Min(line.Length, at + Math.Min(indent, container));
            return true;
        }
        if (indent >= CodeIndent || at + indent >= line.Length || line[at + indent] != '>')
            return false;
        at = AfterQuote(line, at + indent);
        return true;
    }

    void Begin(string line, int at, int mark)
    {
        while (true)
        {
            var indent = Indent(line, at);
            if (at + indent >= line.Length)
            {
                End();
                return;
            }
            if (_containers.Count > MostContainers)
            {
                _isTooDeep = true;
                return;
            }
            if (indent >= CodeIndent)
            {
                if (_leaf == Leaf.Paragraph)
                    AddText(line[at..], mark);
                else if (_hasHadContainers)
                {
                    // Renderers differ on whether this is code: nothing in it may be HTML for one that takes it for text.
                    AddText(line[at..], mark);
                    _paragraph.End();
                }
                return;
            }
            var rest = line[(at + indent)..];
            if (rest[0] == '>')
            {
                End();
                _containers.Add(0);
                _hasHadContainers = true;
                at = AfterQuote(line, at + indent);
            }
            else if (_leaf == Leaf.Paragraph && Underline().IsMatch(rest) || Break().IsMatch(rest))
            {
                End();
                return;
            }
            else if (Heading().IsMatch(rest))
            {
                End();
                AddText(rest, mark);
                _paragraph.End();
                return;
            }
            else if (
                Item().Match(rest) is { Success: true } item
                && (_leaf != Leaf.Paragraph || item.Length < rest.Length && item.Groups[1].Value.TrimStart('0') is "" or "1")
            )
            {
                End();
                _isItemEmpty = item.Length == rest.Length;
                var width = _isItemEmpty || item.Groups[3].Length > CodeIndent ? item.Groups[2].Length + 1 : item.Length;
                _containers.Add(indent + width);
                _hasHadContainers = true;
                at = Math.Min(line.Length, at + indent + width);
            }
            else
            {
                BeginLeaf(rest, mark);
                return;
            }
        }
    }

    // No block begins with four blanks more than the containers take; a quote takes one. A paragraph passes over blanks at the beginning of
    // its lines.
    void AddText(string text, int mark) => _paragraph.Add(text, mark, _containers.Sum() + CodeIndent + 1);

    void BeginLeaf(string rest, int mark)
    {
        if (Fence().Match(rest) is { Success: true } fence)
        {
            End();
            (_leaf, _fence, _fenceLength) = (Leaf.Fence, rest[0], fence.Groups[1].Length + fence.Groups[2].Length);
            return;
        }
        _leaf = Leaf.Paragraph;
        AddText(rest, mark);
    }

    bool IsClosingFence(string line, int at)
    {
        var indent = Indent(line, at);
        var text = line.AsSpan(at + indent).TrimEnd(' ');
        return indent < CodeIndent && text.Length >= _fenceLength && !text.ContainsAnyExcept(_fence);
    }

    // Outside of the container of the paragraph nothing that begins a block goes on with it.
    static bool IsOnlyText(string line, int at)
    {
        var indent = Indent(line, at);
        var rest = line[(at + indent)..];
        return rest.Length > 0
            && (
                indent >= CodeIndent
                || rest[0] != '>' && !Fence().IsMatch(rest) && !Break().IsMatch(rest) && !Heading().IsMatch(rest) && !Item().IsMatch(rest)
            );
    }

    static int AfterQuote(string line, int mark) => mark + 1 < line.Length && line[mark + 1] == ' ' ? mark + 2 : mark + 1;

    static int Indent(string line, int at)
    {
        var indent = 0;
        while (at + indent < line.Length && line[at + indent] == ' ')
            indent++;
        return indent;
    }

    // A picture that can be named by what is written: anything more, and it is shown as it is.
    [GeneratedRegex(@"\G!\[([^\[\]\\`<>|\n]*)\]\( *([^\s()<>\\`|\[\]]+) *\)")]
    private static partial Regex Picture();

    [GeneratedRegex(@"\A\n*(?:[ \t]|(?:[-+*]|\d{1,9}[.)])(?:[ \t\n]|\z))")]
    private static partial Regex GoesOn();

    [GeneratedRegex(@"^(?:(`{3,})[^`]*|(~{3,}).*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(?<2>[-+*]|(?<1>\d{1,9})[.)])(?<3> +|$)")]
    private static partial Regex Item();

    [GeneratedRegex(@"^(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$")]
    private static partial Regex Break();

    [GeneratedRegex("^(?:=+|-+) *$")]
    private static partial Regex Underline();

    [GeneratedRegex("^#{1,6}(?: |$)")]
    private static partial Regex Heading();
}
