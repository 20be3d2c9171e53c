using System.Text;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>Follows the blocks of a Markdown text as CommonMark does, as far as it takes to say what is open at its end, and closes it.</summary>
/// <remarks>
/// What a text leaves open (a fence, a comment, raw HTML) would take in whatever comes after it. What stands in a quote or in an item of a list ends with that, and what was opened there is closed there.
/// </remarks>
sealed partial class MarkdownBlocks
{
    const int CodeIndent = 4;

    // Elements that end where their end tag is and nowhere else; of others a renderer finds the end by itself.
    static readonly HashSet<string> Closable = new(
        ["a", "abbr", "article", "aside", "audio", "b", "big", "blockquote", "button", "center", "code", "del", "details", "dialog", "div", "dl", "em", "fieldset", "figure", "font", "footer", "form", "header", "h1", "h2", "h3", "h4", "h5",
            "h6", "i", "iframe", "ins", "kbd", "main", "map", "mark", "math", "nav", "noembed", "noframes", "noscript", "object", "ol", "pre", "q", "s", "samp", "script", "section", "select", "small", "span", "strike", "strong", "style", "sub",
            "summary", "sup", "svg", "table", "template", "textarea", "title", "tt", "u", "ul", "var", "video", "xmp"],
        StringComparer.OrdinalIgnoreCase);

    readonly List<int> _containers = []; // 0 is a quote, anything else the width of an item of a list
    readonly List<string> _elements = [];
    Leaf _leaf;
    char _fence;
    int _fenceLength;
    string _end = "";

    enum Leaf
    {
        None,
        Paragraph,
        Fence,
        Html,
    }

    /// <summary>Gives a text with everything closed that it left open.</summary>
    public static string Close(string text)
    {
        var blocks = new MarkdownBlocks();
        foreach (var line in text.EnumerateLines())
            blocks.Add(line.ToString().Replace("\t", "    ", StringComparison.Ordinal));
        return text + blocks.Ending();
    }

    string Ending()
    {
        var ending = new StringBuilder();
        var prefix = string.Concat(_containers.Select(width => width == 0 ? "> " : new string(' ', width)));
        if (_leaf == Leaf.Fence)
            ending.Append('\n').Append(prefix).Append(_fence, _fenceLength);
        else if (_leaf == Leaf.Html && _end.Length > 0)
            ending.Append('\n').Append(prefix).Append(_end);
        // A blank line ends every other block of HTML, and the tags are then a block of their own.
        if (_elements.Count > 0)
            ending.Append("\n\n").AppendJoin("", Enumerable.Reverse(_elements).Select(name => $"</{name}>"));
        return ending.ToString();
    }

    void Add(string line)
    {
        var at = 0;
        var matched = 0;
        while (matched < _containers.Count && TryContinue(line, _containers[matched], ref at))
            matched++;
        if (matched < _containers.Count)
        {
            if (_leaf == Leaf.Paragraph && IsOnlyText(line, at))
                return; // it goes on with the paragraph, whatever its container
            _containers.RemoveRange(matched, _containers.Count - matched);
            _leaf = Leaf.None;
        }
        if (_leaf == Leaf.Fence)
        {
            if (IsClosingFence(line, at))
                _leaf = Leaf.None;
        }
        else if (_leaf == Leaf.Html)
            AddHtml(line[at..]);
        else
            Begin(line, at);
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

    void Begin(string line, int at)
    {
        while (true)
        {
            var indent = Indent(line, at);
            if (at + indent >= line.Length)
            {
                _leaf = Leaf.None;
                return;
            }
            if (indent >= CodeIndent)
            {
                if (_leaf == Leaf.Paragraph)
                    Note(line[at..]);
                return;
            }
            var rest = line[(at + indent)..];
            if (rest[0] == '>')
            {
                _containers.Add(0);
                at = AfterQuote(line, at + indent);
                _leaf = Leaf.None;
            }
            else if (Break().IsMatch(rest) || Heading().IsMatch(rest))
            {
                _leaf = Leaf.None;
                Note(rest);
                return;
            }
            else if (Item().Match(rest) is { Success: true } item && (_leaf != Leaf.Paragraph || item.Length < rest.Length && item.Groups[1].Value is "" or "1"))
            {
                var width = item.Length == rest.Length ? item.Groups[2].Length + 1 : item.Groups[3].Length > CodeIndent ? item.Groups[2].Length + 1 : item.Length;
                _containers.Add(indent + width);
                at = Math.Min(line.Length, at + indent + width);
                _leaf = Leaf.None;
            }
            else
            {
                BeginLeaf(rest);
                return;
            }
        }
    }

    void BeginLeaf(string rest)
    {
        if (Fence().Match(rest) is { Success: true } fence)
        {
            (_leaf, _fence, _fenceLength) = (Leaf.Fence, rest[0], fence.Groups[1].Length + fence.Groups[2].Length);
            return;
        }
        if (EndOfHtml(rest) is { } end)
        {
            (_leaf, _end) = (Leaf.Html, end);
            AddHtml(rest);
            return;
        }
        _leaf = Leaf.Paragraph;
        Note(rest);
    }

    void AddHtml(string text)
    {
        if (_end.Length == 0)
        {
            if (string.IsNullOrWhiteSpace(text))
                _leaf = Leaf.None;
            else
                Note(text);
        }
        else if (text.Contains(_end, StringComparison.OrdinalIgnoreCase))
            _leaf = Leaf.None;
    }

    // How a block of HTML ends that begins here: with a text, or (empty) with a blank line; null when it is none.
    string? EndOfHtml(string rest)
    {
        if (rest[0] != '<')
            return null;
        if (RawElement().Match(rest) is { Success: true } raw)
            return $"</{raw.Groups[1].Value.ToLowerInvariant()}>";
        return rest.StartsWith("<!--", StringComparison.Ordinal) ? "-->"
            : rest.StartsWith("<?", StringComparison.Ordinal) ? "?>"
            : rest.StartsWith("<![CDATA[", StringComparison.Ordinal) ? "]]>"
            : rest.Length > 2 && rest[1] == '!' && char.IsAsciiLetter(rest[2]) ? ">"
            : BlockElement().IsMatch(rest) || _leaf != Leaf.Paragraph && LoneTag().IsMatch(rest) ? ""
            : null;
    }

    // Which elements a line opens and closes, outside of code.
    void Note(string text)
    {
        foreach (Match tag in Tag().Matches(CodeSpan().Replace(text, "")))
        {
            var name = tag.Groups[2].Value;
            if (!Closable.Contains(name) || tag.Value.EndsWith("/>", StringComparison.Ordinal))
                continue;
            if (tag.Groups[1].Length == 0)
                _elements.Add(name);
            else if (_elements.FindLastIndex(open => open.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var open)
                _elements.RemoveRange(open, _elements.Count - open);
        }
    }

    bool IsClosingFence(string line, int at)
    {
        var indent = Indent(line, at);
        var text = line.AsSpan(at + indent).TrimEnd(' ');
        return indent < CodeIndent && text.Length >= _fenceLength && !text.ContainsAnyExcept(_fence);
    }

    static bool IsOnlyText(string line, int at)
    {
        var rest = line[(at + Indent(line, at))..];
        return rest.Length > 0 && rest[0] != '>' && !Fence().IsMatch(rest) && !Break().IsMatch(rest) && !Heading().IsMatch(rest) && !BlockElement().IsMatch(rest) && !RawElement().IsMatch(rest)
            && !rest.StartsWith("<!", StringComparison.Ordinal) && !rest.StartsWith("<?", StringComparison.Ordinal)
            && !(Item().Match(rest) is { Success: true } item && item.Length < rest.Length && item.Groups[1].Value is "" or "1");
    }

    static int AfterQuote(string line, int mark) => mark + 1 < line.Length && line[mark + 1] == ' ' ? mark + 2 : mark + 1;

    static int Indent(string line, int at)
    {
        var indent = 0;
        while (at + indent < line.Length && line[at + indent] == ' ')
            indent++;
        return indent;
    }

    [GeneratedRegex(@"^(?:(`{3,})[^`]*|(~{3,}).*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^(?<2>[-+*]|(?<1>\d{1,9})[.)])(?<3> +|$)")]
    private static partial Regex Item();

    [GeneratedRegex(@"^(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$")]
    private static partial Regex Break();

    [GeneratedRegex("^#{1,6}(?: |$)")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^<(script|pre|style|textarea)(?:[\s>]|$)", RegexOptions.IgnoreCase)]
    private static partial Regex RawElement();

    [GeneratedRegex(
        @"^</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:[\s>]|/>|$)",
        RegexOptions.IgnoreCase)]
    private static partial Regex BlockElement();

    [GeneratedRegex(@"^</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>\s*$")]
    private static partial Regex LoneTag();

    [GeneratedRegex(@"<(/?)([a-zA-Z][a-zA-Z0-9-]*)(?:\s[^<>]*)?/?>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)")]
    private static partial Regex CodeSpan();
}
