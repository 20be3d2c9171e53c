using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Spool.Cli.Tests;

/// <summary>A whole Markdown document, for a renderer that makes links of bare addresses and takes HTML as it is: the HTML in it is
/// Spool's.</summary>
public sealed partial class MarkdownTranscriptTests
{
    static readonly MarkdownPipeline Linking = new MarkdownPipelineBuilder().UseAutoLinks().Build();
    static readonly MarkdownPipeline LinkingWithTables = new MarkdownPipelineBuilder().UseAutoLinks().UsePipeTables().Build();

    static readonly string[] Addresses =
    [
        "https://a.example/",
        " http://b.example/x",
        " ftp://c.example/",
        " www.d.example/",
        " mailto:e@f.example",
        " tel:1",
        " g@h.example",
        "\\",
        "<b>",
        "<details>",
        "<?a@b.example>",
        "<!--a@b.example>",
        "<!a@b.example>",
        "</div@b.example>",
        "<div/a@b.example>",
        "<script:x>",
        "`",
        " ",
    ];

    static readonly string[] Parts = [.. HtmlTranscriptTests.Parts, .. Addresses, .. Addresses, .. Addresses];

    static readonly Gen<string> Text = Gen.Int[0, Parts.Length - 1].Select(index => Parts[index]).List[1, 8].Select(string.Concat);

    [Fact]
    public void A_renderer_that_links_addresses_finds_no_HTML_but_what_Spool_writes_and_loads_nothing() =>
        Gen.Select(Text, Text, Text, Text)
            .Sample(
                (question, answer, summary, title) =>
                {
                    var turn = Samples.Turn(
                        "t",
                        Samples.User(question),
                        Reasoning(summary),
                        Samples.Agent(answer),
                        Command(title, summary)
                    ) with
                    {
                        Status = TurnStatus.Failed,
                        Error = new JsonObject { ["message"] = title },
                    };
                    var document = Transcripts.Markdown(Gallery.Thread with { Name = title, Cwd = summary }, [turn], new NoPictures());
                    foreach (var pipeline in (MarkdownPipeline[])[Linking, LinkingWithTables])
                        Check(Markdown.Parse(document, pipeline));
                },
                iter: 10_000
            );

    static void Check(MarkdownDocument document)
    {
        var open = 0;
        foreach (var node in document.Descendants())
        {
            Assert.False(node is LinkInline { IsImage: true });
            if (node is HtmlInline tag)
                Assert.Fail($"{tag.Tag} is HTML.");
            if (node is HtmlBlock block)
            {
                var html = block.Lines.ToString();
                open += html == "</details>" ? -1 : 1;
                Assert.True(open >= 0 && (html == "</details>" || Summary().IsMatch(html)), $"{html} is HTML.");
            }
        }
        Assert.Equal(0, open);
    }

    static ThreadItem Reasoning(string summary) =>
        new(
            "r",
            "reasoning",
            new JsonObject
            {
                ["type"] = "reasoning",
                ["id"] = "r",
                ["summary"] = new JsonArray(summary),
            }
        );

    static ThreadItem Command(string command, string output) =>
        new(
            "c",
            "commandExecution",
            new JsonObject
            {
                ["type"] = "commandExecution",
                ["id"] = "c",
                ["command"] = command,
                ["aggregatedOutput"] = output,
            }
        );

    [GeneratedRegex("^<details><summary><b>[^<]*</b>(?: <code>[^<]*</code>)?[^<]*</summary>$")]
    private static partial Regex Summary();
}
