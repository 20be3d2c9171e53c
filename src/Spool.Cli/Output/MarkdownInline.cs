using System.Text;
using System.Text.RegularExpressions;

namespace Spool.Cli;

/// <summary>The text of a paragraph or a heading of Markdown, line by line, in which a renderer would look for HTML outside of code, and
/// for definitions at the beginning of lines, and for pictures.</summary>
/// <remarks>
/// A definition (<c>[Task]: fix-login</c>, <c>[^1]: note</c>) would not be seen, and make links of what stands in square brackets anywhere
/// in the document; so the bracket that it begins with is no mark. Neither is one that would refer to what keeps texts apart
/// (<see cref="MarkdownBlocks"/>), or make a box of a quote (<c>[!NOTE]</c>). Only <c>&lt;</c> before a letter, <c>/</c>, <c>!</c> or
/// <c>?</c> can begin HTML, whatever comes then; but not one that begins a link to the web or to a mail address
/// (<c>&lt;https://…&gt;</c>). What CommonMark knows as a link and begins HTML for any renderer (<c>&lt;!--a@b.c&gt;</c>) is no link here.
/// Code goes from one line or cell of a table to the next for a renderer that knows no tables, and not for one that does; and some that do
/// let no code go on with a line that begins with a bar, in a table or not: what would be HTML for any is marked.
/// Many renderers make a link of a bare address, which goes on to the next blank or <c>&lt;</c>: a backslash there escapes nothing, and a
/// backtick begins no code, for them. For others they do.
/// </remarks>
sealed partial class MarkdownInline
{
    readonly StringBuilder _text = new();
    readonly List<(int Number, int Blanks)> _marks = []; // of each '<' and '[' in _text

    /// <summary>Gets which <c>&lt;</c> and <c>[</c> of the whole text (the first is 0) would be HTML, or begin a definition or a picture:
    /// what is done to them, and how many blanks before the line would keep it from beginning a block.</summary>
    public Dictionary<int, (MarkdownMark Mark, int Blanks)> Marks { get; } = [];

    /// <summary>Counts the letters that may have to be marked.</summary>
    public static int MarksIn(ReadOnlySpan<char> text) => text.Count('<') + text.Count('[');

    /// <summary>Says whether a letter is one of those.</summary>
    public static bool IsMark(char c) => c is '<' or '[';

    /// <summary>Adds a line.</summary>
    /// <param name="line">The end of a line, after the marks of quotes and lists.</param>
    /// <param name="mark">How many <c>&lt;</c> and <c>[</c> stand before the line in the whole text.</param>
    /// <param name="blanks">With how many blanks before it the line would begin no block.</param>
    public void Add(string line, int mark, int blanks)
    {
        if (_text.Length > 0)
            _text.Append('\n');
        _text.Append(line.AsSpan().TrimStart(' '));
        _marks.AddRange(Enumerable.Range(mark, MarksIn(line)).Select(number => (number, blanks)));
    }

    /// <summary>Ends the text, and looks through it.</summary>
    public void End()
    {
        if (_marks.Count > 0)
        {
            var text = _text.ToString();
            LookThrough(text, 0, text, 0);
            // Not every renderer knows tables: what would be HTML with or without them is marked.
            if (DelimiterRow().IsMatch(text))
                LookThroughParts(text, Cells());
            else if (RowStart().IsMatch(text))
                LookThroughParts(text, RowStart());
        }
        _text.Clear();
        _marks.Clear();
    }

    void LookThroughParts(string text, Regex separator)
    {
        var (marks, start) = (0, 0);
        foreach (var part in separator.Split(text))
        {
            LookThrough(text, start, part, marks);
            marks += MarksIn(part);
            start += part.Length + 1;
        }
    }

    void LookThrough(string whole, int start, string text, int mark)
    {
        var last = LastRuns(text);
        var lastPlace = text.LastIndexOf("](", StringComparison.Ordinal);
        var address = Address().Match(text);
        var (word, escaped, isInAddress, isDoubtful) = (0, -1, false, false);
        for (var at = 0; at < text.Length; )
        {
            isInAddress &= text[at] is not (' ' or '\n') && at > word;
            word = text[at] is ' ' or '\n' ? at : word;
            for (; address.Success && address.Index + address.Length <= at; address = address.NextMatch())
                isInAddress |= address.Index >= word;
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                // Renderers do not agree on whether code may begin behind a backtick that is escaped: then none does.
                isDoubtful |= text.AsSpan(at + 1).StartsWith("``");
                at++;
                if (!isInAddress)
                {
                    escaped = at;
                    mark += IsMark(text[at++]) ? 1 : 0;
                }
                else if (text[at] == '<')
                    Note(mark++, whole, start + at++, MarkdownMark.Reference);
                continue;
            }
            if (text[at] == '`')
                isDoubtful |= isInAddress;
            if (text[at] == '`' && !isDoubtful)
            {
                var length = RunAt(text, at);
                var end = last.GetValueOrDefault(length, -1) >= at + length ? FindRun(text, at + length, length) : at;
                for (at += length; at < end; at++)
                {
                    if (IsMark(text[at]))
                        Note(mark++, whole, start + at, MarkdownMark.Blanks);
                }
                if (at == end)
                    word = at = end + length;
            }
            else if (!IsMark(text[at]))
                at++;
            else if (Link().Match(text, at) is { Success: true } link)
            {
                mark += MarksIn(link.ValueSpan);
                word = at += link.Length;
            }
            else if (text[at] == '[' && at > 0 && text[at - 1] == '!' && at - 1 != escaped && at < lastPlace)
            {
                Set(mark++, MarkdownMark.Picture);
                at++;
            }
            else
                Note(mark++, whole, start + at++, isInAddress ? MarkdownMark.Reference : MarkdownMark.Backslash);
        }
    }

    void Note(int mark, string text, int at, MarkdownMark how)
    {
        var isAtBeginning = at == 0 || text[at - 1] == '\n';
        var isCode = how == MarkdownMark.Blanks;
        var mayBegin =
            text[at] == '['
                ? isAtBeginning && Definition().IsMatch(text, at) || !isCode && Reference().IsMatch(text, at)
                : at + 1 < text.Length && (char.IsAsciiLetter(text[at + 1]) || text[at + 1] is '/' or '!' or '?');
        if (mayBegin && (!isCode || isAtBeginning))
            Set(mark, how);
    }

    void Set(int mark, MarkdownMark how)
    {
        var (number, blanks) = _marks[mark];
        if (!Marks.TryGetValue(number, out var before) || before.Mark < how)
            Marks[number] = (how, blanks);
    }

    static int RunAt(string text, int at)
    {
        var rest = text.AsSpan(at);
        return rest.IndexOfAnyExcept('`') is >= 0 and var length ? length : rest.Length;
    }

    // Where the next run of so many backticks begins. There is one.
    static int FindRun(string text, int at, int length)
    {
        while (true)
        {
            at = text.IndexOf('`', at);
            var run = RunAt(text, at);
            if (run == length)
                return at;
            at += run;
        }
    }

    // Where the last run of each length begins, so that no search is in vain.
    static Dictionary<int, int> LastRuns(string text)
    {
        var last = new Dictionary<int, int>();
        for (var at = text.IndexOf('`', StringComparison.Ordinal); at >= 0; at = text.IndexOf('`', at))
        {
            var run = RunAt(text, at);
            last[run] = at;
            at += run;
            if (at == text.Length)
                break;
        }
        return last;
    }

    // Of what CommonMark knows as a link only what no renderer takes for HTML: for one that knows only links to the web and to mail
    // addresses <x:/onclick=y> is a tag with an attribute.
    [GeneratedRegex(
        @"\G<(?:(?i:https?|ftp|mailto):[^\x00-\x20\x7f<>]*|(?![!?/]|[A-Za-z][^@>]*/)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)>",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Link();

    [GeneratedRegex(@"^(?=.*\|) *(?:\| *)?:?-+:? *(?:\| *:?-+:? *)*(?:\| *)?$", RegexOptions.Multiline)]
    private static partial Regex DelimiterRow();

    // By what renderers know an address.
    [GeneratedRegex(@"://|(?<![a-z0-9])(?:www\.|(?:mailto|tel|xmpp):)|\w@\w", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<!\\)\||\n")]
    private static partial Regex Cells();

    [GeneratedRegex(@"\n(?=\|)")]
    private static partial Regex RowStart();

    // A bracket within ends no label here: it may get a backslash. No renderer takes a label that is longer.
    [GeneratedRegex(@"\G\[(?:(?:[^\]\\]|\\.){1,999}\]:|\^[^\]\s]+\]:|![A-Za-z]+\])", RegexOptions.Singleline)]
    private static partial Regex Definition();

    [GeneratedRegex(@"\G\[\s*//\s*\]")]
    private static partial Regex Reference();
}
