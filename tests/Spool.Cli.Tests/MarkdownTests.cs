using System.Text.RegularExpressions;
using CsCheck;
using Markdig;
using Markdig.Extensions.Footnotes;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Spool.Cli.Tests;

/// <summary>A text of a thread in Markdown puts no HTML into the document, takes in nothing that comes after it, and is read as it was
/// written.</summary>
public sealed partial class MarkdownTests
{
    static readonly MarkdownPipeline Usual = new MarkdownPipelineBuilder().Build();
    static readonly MarkdownPipeline Tables = new MarkdownPipelineBuilder().UsePipeTables().Build();
    static readonly MarkdownPipeline Footnotes = new MarkdownPipelineBuilder().UseFootnotes().Build();
    static readonly MarkdownPipeline WithoutHtml = new MarkdownPipelineBuilder().DisableHtml().Build();

    static readonly string[] Parts =
    [
        "<script>",
        "</script>",
        "<!-- ",
        "-->",
        "<details>",
        "<img src=x onerror=y>",
        "<b",
        "<a href=\"",
        "\">",
        "</div>",
        "<?php",
        "<![CDATA[",
        "<!DOCTYPE",
        "<div>",
        "< ",
        "<3",
        "<https://a.b/c>",
        "<x@y.z>",
        "`",
        "``",
        "```",
        "~~~",
        "\\",
        "*",
        "text ",
        "x",
        "List<string>",
        " ",
        "    ",
        "  ",
        "\t",
        "\n",
        "\n",
        "\n\n",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n2. ",
        "\n# ",
        "\n---\n",
        "\n===\n",
        "> ",
        "- ",
        "#",
        "=",
        "&lt;",
        "\n    ",
        "\n  ",
    ];

    // What a renderer may take for a link to an address, or for the beginning of HTML.
    static readonly string[] Links =
    [
        "<?a@b.c>",
        "<!--a@b.c>",
        "<!a@b.c>",
        "<![CDATA[@b.c>",
        "</div@b.c>",
        "<div@b.c>",
        "<div/a@b.c>",
        "<style@b.c>",
        "<textarea@b.c>",
        "<script:x>",
        "<pre:x/y=z>",
        "<?a:b>",
        "<#`@b.c>",
        "@b.c>",
        "<mailto:a@b.c>",
        "?>",
    ];

    static readonly string[] Brackets =
    [
        "[a]",
        "[a]: b",
        "[a]:",
        "[",
        "]",
        "[^1]",
        "[^1]: c",
        "[//]",
        "[ // ]",
        "[b\nc]: d",
        ": ",
        "(u)",
        " 'title'",
        "\\[",
        "!",
        "1. ",
        "|",
        "\n--|--\n",
    ];

    [Theory]
    [InlineData("<script>alert(1)</script>", "\\<script>alert(1)\\</script>")]
    [InlineData("a List<string> of <!-- it", "a List\\<string> of \\<!-- it")]
    [InlineData("1 < 2, x <3, a<=b, <>", "1 < 2, x <3, a<=b, <>")]
    [InlineData("see <https://a.b/c?d=e> or <ann@home.org>", "see <https://a.b/c?d=e> or <ann@home.org>")]
    [InlineData("a `<div>` and ``<!-- ` `` stay", "a `<div>` and ``<!-- ` `` stay")]
    [InlineData("a `<div> that is open", "a `\\<div> that is open")]
    [InlineData("a `code that\ngoes on <b>` <b>", "a `code that\ngoes on <b>` \\<b>")]
    [InlineData("a `code that\n<div> goes on`", "a `code that\n     <div> goes on`")]
    [InlineData("- a `code that\n<div> goes on`", "[//]: #\n\n- a `code that\n       <div> goes on`")]
    [InlineData("|``a\n|<b>`` and\n<b>", "|``a\n|\\<b>`` and\n\\<b>")]
    [InlineData("a `code\n\n<b>`", "a `code\n\n\\<b>`")]
    [InlineData("```\n<b>\n```\n<b>", "```\n<b>\n```\n\\<b>")]
    [InlineData("```html\n<b>", "```html\n<b>\n```")]
    [InlineData("text\n\n    <b>", "text\n\n    <b>")]
    [InlineData("text\n    <b>", "text\n    \\<b>")]
    [InlineData("\\<b> \\\\<b> \\`<b>`", "\\<b> \\\\\\<b> \\`\\<b>`")]
    [InlineData("    <b>", "[//]: #\n\n    <b>")]
    [InlineData("a | b\n--- | ---\n` | <b> `", "a | b\n--- | ---\n` | \\<b> `")]
    [InlineData("a `\nx\n|---|\n`<b>c</b>`", "a `\nx\n|---|\n`\\<b>c\\</b>`")]
    [InlineData("[a]: b \"`\"\n<b>`", "\\[a]: b \"`\"\n     <b>`")]
    [InlineData("[Task]: fix-login", "\\[Task]: fix-login")]
    [InlineData("> - [a\nb]: c", "> - \\[a\nb]: c")]
    [InlineData("- [a b]: c 'd'\n- [x] done\n  [^1]: e", "[//]: #\n\n- \\[a b]: c 'd'\n- [x] done\n  \\[^1]: e")]
    [InlineData("[a|b]: c\n--|--", "\\[a|b]: c\n--|--")]
    [InlineData("see [^1] and [a] and [b](c)\n[^1]: d", "see [^1] and [a] and [b](c)\n\\[^1]: d")]
    [InlineData("a `code\n[^1]: d`", "a `code\n     [^1]: d`")]
    [InlineData("[a](b): c, [d] : e, [f]", "[a](b): c, [d] : e, [f]")]
    [InlineData("    [a]: b\n", "[//]: #\n\n    [a]: b\n")]
    [InlineData("```\n[a]: b\n```", "```\n[a]: b\n```")]
    [InlineData("a [//] b [c][ // ] `[//]`", "a \\[//] b [c]\\[ // ] `[//]`")]
    [InlineData("[!NOTE]\na", "\\[!NOTE]\na")]
    [InlineData("<https://a.b/[c]:> <b> [d]", "<https://a.b/[c]:> \\<b> [d]")]
    [InlineData("<?a@b.c> <!--a@b.c> <!a@b.c> </div@b.c>", "\\<?a@b.c> \\<!--a@b.c> \\<!a@b.c> \\</div@b.c>")]
    [InlineData("<img/src=x/onerror=y@b.c> <a:/onclick=b>", "\\<img/src=x/onerror=y@b.c> \\<a:/onclick=b>")]
    [InlineData(
        "<script:x> <x@b.c> <HTTP://a.b/c> <mailto:a@b.c> <#/`@b.c> <b>`",
        "\\<script:x> <x@b.c> <HTTP://a.b/c> <mailto:a@b.c> <#/`@b.c> \\<b>`"
    )]
    [InlineData("https://a.b/<?a@b.c>", "https://a.b/<&#63;a@b.c>")]
    [InlineData("1. a", "[//]: #\n\n1. a")]
    [InlineData("- a\n\n      <b>\n\n  <b>", "[//]: #\n\n- a\n\n      \\<b>\n\n  \\<b>")]
    [InlineData("- \n    a\n\n    <b>", "[//]: #\n\n- \n    a\n\n    \\<b>")]
    public void What_would_be_HTML_is_escaped_and_code_and_all_else_is_not(string text, string expected) =>
        Assert.Equal(expected, MarkdownBlocks.Enclose(text));

    [Theory]
    [InlineData("see https://a.b/<script>x</script>", "see https://a.b/<&#115;cript>x<&#47;script>")]
    [InlineData("https://b/</details> </details>", "https://b/<&#47;details> \\</details>")]
    [InlineData("WWW.a.b/<b> ftp://a/<!-- mailto:x<?a a@b.c<b>", "WWW.a.b/<&#98;> ftp://a/<&#33;-- mailto:x<&#63;a a@b.c<&#98;>")]
    [InlineData("https://a.b/\\<b> https://a.b/\\\\<b>", "https://a.b/\\<&#98;> https://a.b/\\\\<&#98;>")]
    [InlineData("https://a.b/`<b>` `<i>`", "https://a.b/`<&#98;>` `\\<i>`")]
    [InlineData("https://a.b/\\`<b>` `<i>`", "https://a.b/\\`<&#98;>` `\\<i>`")]
    [InlineData("`https://a.b/`<b> `<i>`", "`https://a.b/`\\<b> `<i>`")]
    [InlineData("<https://a.b/><b>`<i>`", "<https://a.b/>\\<b>`<i>`")]
    [InlineData("https://a.b/<https://a.b/><b>", "https://a.b/<https://a.b/>\\<b>")]
    [InlineData("https://a.b/\\<https://a.b/><b>", "https://a.b/\\<&#104;ttps://a.b/><&#98;>")]
    [InlineData("https://a.b/[//] [//]", "https://a.b/[&#32;//] \\[//]")]
    [InlineData("std::vector<int> and key:<b>", "std::vector\\<int> and key:\\<b>")]
    public void Behind_an_address_that_a_renderer_takes_for_a_link_nothing_depends_on_a_backslash(string text, string expected) =>
        Assert.Equal(expected, MarkdownBlocks.Enclose(text));

    [Theory]
    [InlineData("see ![i](http://e/x_y.png) and ![](x.png)", "see image i: <http://e/x_y.png> and image: x.png")]
    [InlineData("a![b]( data:image/png;base64,aGVsbG8= )", "a image b, 5 bytes")]
    [InlineData("![a](http://e/x 'title')", "!\\[a](http://e/x 'title')")]
    [InlineData("![a [b] `c`\nd](<http://e/x>)", "!\\[a [b] `c`\nd](<http://e/x>)")]
    [InlineData("[![a](http://e/x)](http://e/y)", "[image a: http://e/x](http://e/y)")]
    [InlineData("https://a.b/\\![a](http://e/x)", "https://a.b/\\image a: http://e/x")]
    [InlineData("a|b\n-|-\n![a|b](http://e/x)|c", "a|b\n-|-\n!\\[a|b](http://e/x)|c")]
    [InlineData("`![a](b)` \\![a](b)", "`![a](b)` \\![a](b)")]
    [InlineData("[a](b)! vec![1, 2]", "[a](b)! vec![1, 2]")]
    [InlineData("    ![a](b)", "[//]: #\n\n    ![a](b)")]
    public void A_picture_is_named_and_not_loaded(string text, string expected) => Assert.Equal(expected, MarkdownBlocks.Enclose(text));

    [Theory]
    [InlineData("see https://a.b/c_d*e#f~g&h.", "see <https://a.b/c_d*e#f~g&h>.")]
    [InlineData("https://a.b/<b>", "<https://a.b/>&lt;b&gt;")]
    [InlineData("(https://a.b/c_(d)), https://a.b/c, x_y", "(<https://a.b/c_(d)>), https://a.b/c, x\\_y")]
    [InlineData("https://a.b/c_|d", "<https://a.b/c>\\_\\|d")]
    public void An_address_in_a_line_leads_where_it_did(string text, string expected) => Assert.Equal(expected, MarkdownText.Inline(text));

    public static TheoryData<string, string, int, string> Deep =>
        new()
        {
            { "", ">", 4_000_000, "" },
            { "", "> ", 2_000_000, "a" },
            { "", "1. ", 1_000_000, "a" },
            { "a\n", "1. ", 1_000_000, "a" },
            {
                "- a\n\n",
                "  - a\n\n",
                1,
                string.Concat(Enumerable.Range(0, 2_000).Select(depth => new string(' ', 2 * depth) + "- a\n\n"))
            },
        };

    [Theory]
    [MemberData(nameof(Deep))]
    public void What_is_nested_deeper_than_people_write_is_shown_as_it_was_written(string before, string part, int times, string after)
    {
        var text = before + string.Concat(Enumerable.Repeat(part, times)) + after;

        Assert.Equal(MarkdownText.Fence(text, "text"), MarkdownBlocks.Enclose(text));
    }

    [Theory]
    [InlineData("> ")]
    [InlineData("1. ")]
    public void What_is_nested_as_people_write_is_not_fenced(string part)
    {
        var text = "a\n\n" + string.Concat(Enumerable.Repeat(part, 32)) + "a <b>\n";

        Assert.Equal(text.Replace("<", "\\<", StringComparison.Ordinal), MarkdownBlocks.Enclose(text));
    }

    [Theory]
    [InlineData("|-", " ", 1_000_000, "x <b>")]
    [InlineData("|", " ", 1_000_000, "x <b>")]
    [InlineData("|-", "|  -", 300_000, "x <b>")]
    [InlineData("", "http://a\"", 200_000, "<b>")]
    [InlineData("", "<http://a>`b`", 200_000, "<b>")]
    [InlineData("", "![a](b ", 200_000, "<b>")]
    [InlineData("", "![a", 200_000, "](b)")]
    public void A_long_line_is_looked_through_at_once(string before, string part, int times, string after)
    {
        var text = before + string.Concat(Enumerable.Repeat(part, times)) + after;

        Assert.StartsWith(before, MarkdownBlocks.Enclose(text), StringComparison.Ordinal);
        Assert.NotEmpty(MarkdownText.Inline(text));
    }

    [Fact]
    public void A_renderer_finds_no_HTML() =>
        Text.Sample(
            text =>
            {
                var enclosed = MarkdownBlocks.Enclose(text);
                Assert.Empty(HtmlIn(Markdown.Parse(enclosed, Usual)));
                Assert.Empty(HtmlIn(Markdown.Parse(enclosed, Tables)));
            },
            iter: 20_000
        );

    [Fact]
    public void A_renderer_shows_what_was_written() =>
        TextWithoutLinks
            .Where(IsReadAlikeByAll)
            .Sample(
                text => Assert.Equal(Markdown.ToHtml(text, WithoutHtml), Markdown.ToHtml(MarkdownBlocks.Enclose(text), Usual)),
                iter: 20_000
            );

    // Whether a line is code is not read alike where it is indented in or behind an item that begins without text (CommonMark: it belongs
    // to the item; Markdig: the list is over); Markdig differs on a line of '=' that goes on with a paragraph outside of its item of a
    // list; whether code begins behind a backtick that is escaped, or that an address may go on with, is not agreed on; and not all know
    // tables, in which code ends with its cell. See decision 18.
    static bool IsReadAlikeByAll(string text) =>
        !text.Contains('=', StringComparison.Ordinal)
        && !text.Contains("\\``", StringComparison.Ordinal)
        && !CodeInAddress().IsMatch(text)
        && !(text.Contains('|', StringComparison.Ordinal) && text.Contains('`', StringComparison.Ordinal))
        && !(Container().IsMatch(text) && Indented().IsMatch(text));

    [Fact]
    public void Texts_one_after_the_other_keep_apart_and_have_no_HTML() =>
        Gen.Select(Text, Text, Text)
            .Sample(
                (first, second, third) =>
                {
                    var document = Markdown.Parse(
                        string.Join("\n\n", ((string[])[first, second, third]).Select(text => MarkdownBlocks.Enclose(text))),
                        Usual
                    );
                    Assert.Empty(HtmlIn(document));
                },
                iter: 10_000
            );

    [Fact]
    public void A_text_defines_nothing() =>
        WithBrackets.Sample(
            text =>
            {
                foreach (
                    var enclosed in (string[])
                        [MarkdownBlocks.Enclose(text), MarkdownText.Quote(MarkdownBlocks.Enclose(text, isQuoted: true))]
                )
                {
                    foreach (var pipeline in (MarkdownPipeline[])[Usual, Tables, Footnotes])
                    {
                        var document = Markdown.Parse(enclosed, pipeline);
                        Assert.DoesNotContain(
                            document.Descendants<LinkReferenceDefinition>(),
                            definition => definition.Label != "//" && definition is not FootnoteLinkReferenceDefinition
                        );
                        Assert.Empty(document.Descendants<Footnote>());
                        Assert.Empty(HtmlIn(document));
                        Assert.DoesNotContain(document.Descendants<LinkInline>(), link => link.Url == "#");
                    }
                }
            },
            iter: 20_000
        );

    [Fact]
    public void A_text_is_rendered_alike_whatever_text_comes_before_and_after_it() =>
        Gen.Select(WithBrackets, WithBrackets)
            .Sample(
                (first, second) =>
                {
                    var (one, other) = (MarkdownBlocks.Enclose(first), MarkdownBlocks.Enclose(second));
                    Assert.Equal(
                        $"{Markdown.ToHtml(one, Usual)}<h2>Turn</h2>\n{Markdown.ToHtml(other, Usual)}".Trim('\n'),
                        Markdown.ToHtml($"{one}\n\n## Turn\n\n{other}", Usual).Trim('\n')
                    );
                },
                iter: 10_000
            );

    [Fact]
    public void A_numbered_list_behind_another_keeps_its_numbers() =>
        Assert.Equal(
            "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n<ol>\n<li>c</li>\n</ol>\n",
            Markdown.ToHtml(MarkdownBlocks.Enclose("1. a\n2. b") + "\n\n" + MarkdownBlocks.Enclose("1. c"), Usual)
        );

    [Fact]
    public void A_quoted_text_has_no_HTML() =>
        Text.Sample(
            text => Assert.Empty(HtmlIn(Markdown.Parse(MarkdownText.Quote(MarkdownBlocks.Enclose(text, isQuoted: true)), Usual))),
            iter: 10_000
        );

    [Fact]
    public void A_long_text_of_backticks_is_looked_through_at_once()
    {
        var text = string.Concat(Enumerable.Range(1, 1500).Select(length => new string('`', length) + "<b>"));

        Assert.Equal(text.Replace("<b>", "\\<b>", StringComparison.Ordinal), MarkdownBlocks.Enclose("x" + text)[1..]);
    }

    static Gen<string> Text => Of([.. Parts, .. Links]);

    // What begins as HTML does is text, where a renderer would make a link of it.
    static Gen<string> TextWithoutLinks => Of(Parts);

    static Gen<string> Of(string[] parts) => Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[1, 16].Select(string.Concat);

    static Gen<string> WithBrackets =>
        Gen.Int[0, Parts.Length + 2 * Brackets.Length - 1]
            .Select(i => i < Parts.Length ? Parts[i] : Brackets[(i - Parts.Length) % Brackets.Length])
            .Array[1, 12]
            .Select(string.Concat);

    static IEnumerable<MarkdownObject> HtmlIn(MarkdownDocument document) =>
        document.Descendants().Where(node => node is HtmlBlock or HtmlInline);

    [GeneratedRegex(@"^ *(?:>|(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$))", RegexOptions.Multiline)]
    private static partial Regex Container();

    [GeneratedRegex(@"(?:://|@)[^ \t\n]*`")]
    private static partial Regex CodeInAddress();

    [GeneratedRegex(@"^[-+*>.)\d \t]*(?:\t| {4})", RegexOptions.Multiline)]
    private static partial Regex Indented();
}
