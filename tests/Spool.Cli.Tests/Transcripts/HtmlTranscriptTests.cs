using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CsCheck;

namespace Spool.Cli.Tests;

public sealed class HtmlTranscriptTests
{
    /// <summary>What texts are made of that break pages which are not careful.</summary>
    internal static readonly string[] Parts =
    [
        "</pre>",
        "</details>",
        "</section></main>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!-- ",
        "-->",
        "<![CDATA[",
        "]]>",
        "\"",
        "'",
        "&",
        "&#x202e;",
        "&#27;",
        "&lt;",
        "<",
        ">",
        "\u001b[31m",
        "\u001b]0;title\a",
        "\0",
        "\u202e",
        "\ufffe",
        "\uffff",
        "\ud800",
        "😀",
        "é",
        "[a](javascript:alert(1))",
        "[a](https://example.org \"t\")",
        "![a](https://example.org/a.png)",
        "<https://example.org/?a=1&b=<x>>",
        "[x]: https://example.org 'y'",
        "www.example.org",
        "`",
        "```",
        "~~~diff\n",
        "*",
        "**",
        "_",
        "~~",
        "[",
        "]",
        "(",
        ")",
        "!",
        "|",
        "\n|-|:-:|\n",
        "\n> ",
        "\n- ",
        "\n- [ ] ",
        "\n3. ",
        "\n# ",
        "\n---\n",
        "\n    ",
        "\t",
        "\r\n",
        "\n",
        "\n\n",
        " ",
        "word",
        "+a",
        "-b",
        "@@",
        "data:image/png;base64," + Gallery.Png,
        "data:image/svg+xml;base64,PHN2Zy8+",
        Gallery.Png,
    ];

    static readonly string[] Types =
    [
        .. "userMessage agentMessage reasoning plan commandExecution commandInput fileChange checklist imageView dynamicToolCall mcpToolCall".Split(
            ' '
        ),
        .. "webSearch context settings tokenUsage error warning contextCompaction rolledBack inherited record hookPrompt sleep other".Split(
            ' '
        ),
        .. "enteredReviewMode exitedReviewMode collabAgentToolCall subAgentActivity imageGeneration".Split(' '),
    ];

    static readonly string[] Members =
    [
        .. "text content summary command cwd status aggregatedOutput exitCode durationMs sessionId timedOut modelOutput modelCall input output".Split(
            ' '
        ),
        .. "changes path kind diff move_path explanation steps step images tool namespace arguments contentItems success server result".Split(
            ' '
        ),
        .. "structuredContent error message query action url queries results role model reasoningEffort sandboxPolicy other turn total".Split(
            ' '
        ),
        .. "inputTokens modelContextWindow codexErrorInfo additionalDetails isEncrypted turns items fromThreadId records recordType".Split(
            ' '
        ),
        .. "payloadType payload fragments review prompt agentsStates receiverThreadIds revisedPrompt savedPath failure at origin data".Split(
            ' '
        ),
        .. "imageUrl mimeType name type id novelty".Split(' '),
    ];

    static readonly Gen<string> Texts = OneOf(Parts).List[0, 8].Select(parts => string.Concat(parts));

    static readonly Gen<JsonNode?> Nodes = Gen.Recursive<JsonNode?>(
        (depth, node) =>
            depth > 4
                ? Texts.Select(text => (JsonNode?)JsonValue.Create(text))
                : Gen.Frequency(
                    (6, Texts.Select(text => (JsonNode?)JsonValue.Create(text))),
                    (1, Gen.Long[-5, 100_000].Select(number => (JsonNode?)JsonValue.Create(number))),
                    (1, Gen.Bool.Select(flag => (JsonNode?)JsonValue.Create(flag))),
                    (1, Gen.Const((JsonNode?)null)),
                    (2, node.List[0, 3].Select(nodes => (JsonNode?)new JsonArray([.. nodes.Select(n => n?.DeepClone())]))),
                    (4, Objects(node))
                )
    );

    static readonly Gen<ThreadItem> Items = Gen.Select(
        OneOf(Types),
        Gen.Select(OneOf(Members), Nodes).List[0, 8],
        (type, members) =>
        {
            var json = new JsonObject { ["type"] = type, ["id"] = "i" };
            foreach (var (name, value) in members)
            {
                if (name is not ("type" or "id"))
                    json[name] = value?.DeepClone();
            }
            return new ThreadItem("i", type, json);
        }
    );

    [Fact]
    public void A_page_is_well_formed_and_has_nothing_but_what_Spool_writes_whatever_a_thread_holds() =>
        Items
            .List[0, 6]
            .Select(Texts, Texts, (items, name, cwd) => (items, name, cwd))
            .Sample(
                (items, name, cwd) =>
                {
                    var turn = Samples.Turn("t", [.. items]) with
                    {
                        Status = TurnStatus.Failed,
                        Error = new JsonObject { ["message"] = name },
                    };
                    var page = Transcripts.Html(Gallery.Thread with { Name = name, Cwd = cwd, Model = cwd }, [turn], new InlinePictures());
                    var root = PageRules.Check(page);
                    Assert.Single(root.Descendants("section"));
                    Assert.Single(root.Descendants("main"));
                },
                iter: 2000
            );

    [Fact]
    public void Every_kind_of_item_has_a_block_with_a_label()
    {
        var root = PageRules.Check(Transcripts.Html(Gallery.Turns));

        string[] roles = [.. PageRules.Blocks(root).Select(item => item.Descendants("span").First().Value).Distinct()];
        Assert.Equal(
            "Inherited, Settings, Context, You, Reasoning, Checklist, Command, Input, Tool, Search, Changes, Agent, Tokens, Compaction, Image, Sub-agent, Warning, Taken back, Record, Other, Error, Interrupted",
            string.Join(", ", roles)
        );
    }

    [Fact]
    public void The_contents_lead_to_each_question()
    {
        var root = PageRules.Check(
            Transcripts.Html(
                Samples.Turn("t1", Samples.User("first question\nand more"), Samples.Agent("x"), Samples.User("steered")),
                Samples.Turn("t2", Samples.Agent("nobody asked")),
                Samples.Turn("t3", Samples.User("third"))
            )
        );

        Assert.Equal(
            [("#turn-1", "first question"), ("#question-2", "steered"), ("#turn-3", "third")],
            root.Descendants("nav").Descendants("a").Select(a => ((string)a.Attribute("href")!, a.Value))
        );
    }

    [Theory]
    [InlineData(
        "[a](javascript:alert(1))",
        "<span class=\"ref\" title=\"javascript:alert(1)\">a</span> <span class=\"place\">(javascript:alert(1))</span>"
    )]
    [InlineData("[Schema.cs:13](/w/src/Schema.cs:13)", "<span class=\"ref\" title=\"/w/src/Schema.cs:13\">Schema.cs:13</span>")]
    [InlineData("[a](https://b.c \"d\")", "<a href=\"https://b.c\" title=\"d\" rel=\"noopener noreferrer nofollow\">a</a>")]
    [InlineData(
        "![a](https://b.c/d.png)",
        "<span class=\"media\">image: a <a href=\"https://b.c/d.png\" rel=\"noopener noreferrer nofollow\">https://b.c/d.png</a></span>"
    )]
    [InlineData("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>")]
    [InlineData("[NOTE]: fix login", "<p>[NOTE]: fix login</p>")]
    [InlineData("# A\n\n#### B", "<h4>A</h4>\n<h6>B</h6>")]
    [InlineData("a **b** _c_ ~~d~~ `e`", "<p>a <strong>b</strong> <em>c</em> <del>d</del> <code>e</code></p>")]
    [InlineData("- [x] a\n- b", "<ul><li class=\"task\">☑ a</li>\n<li>b</li>\n</ul>")]
    [InlineData("- [x](javascript:alert(1))", "<ul><li><span class=\"ref\" title=\"javascript:alert(1)\">x</span> ")]
    [InlineData(
        "- [ ](https://a.b)\n- [X]y",
        "<ul><li><a href=\"https://a.b\" rel=\"noopener noreferrer nofollow\"> https://a.b</a></li>\n<li>[X]y</li>"
    )]
    [InlineData("[](http://e/x)", "<a href=\"http://e/x\" rel=\"noopener noreferrer nofollow\">http://e/x</a>")]
    [InlineData("[&shy;\u200d`` ` ``](http://e/x)", "`</code></a>")]
    [InlineData("[&shy; \u200d](http://e/x \"t\")", "http://e/x</a>")]
    [InlineData("[*&amp;*](http://e/x)", "<em>&amp;</em></a>")]
    [InlineData("[![](http://e/x)](http://e/y)", "http://e/x</a></span></a>")]
    [InlineData("[<b>](http://e/x)", ">&lt;b&gt;</a>")]
    [InlineData("- [x](https://b.c)", "<ul><li><a href=\"https://b.c\" rel=\"noopener noreferrer nofollow\">x</a></li>\n</ul>")]
    [InlineData("3. a\n4. b", "<ol start=\"3\"><li>a</li>\n<li>b</li>\n</ol>")]
    [InlineData("|a|b|\n|-|-:|\n|c|d|", "<td>c</td><td class=\"right\">d</td>")]
    [InlineData(
        "```diff\n+a\n-b\n c\n```",
        "<pre class=\"diff\"><span class=\"add\">+a</span><span class=\"del\">-b</span><span> c</span></pre>"
    )]
    [InlineData("&#x202e;a&#27;b", "<p>\ufffda\ufffdb</p>")]
    [InlineData("a\\\nb", "a<br/>\nb")]
    public void An_answer_is_rendered_as_Markdown_and_loads_and_runs_nothing(string markdown, string html)
    {
        var page = Transcripts.Html(Samples.Turn("t", Samples.Agent(markdown)));

        PageRules.Check(page);
        Assert.Contains(html, page, StringComparison.Ordinal);
    }

    public static TheoryData<string, int> Hostile =>
        new()
        {
            { "[", 100_000 },
            { "![", 60_000 },
            { "[a](", 40_000 },
            { "[a](<b", 30_000 },
            { "*a_ ", 40_000 },
            { "**a ", 50_000 },
            { "_a", 90_000 },
            { "a**b", 40_000 },
            { "~~a ", 40_000 },
            { "`", 100_000 },
            { "> ", 100_000 },
            { "- ", 100_000 },
            { "1. ", 60_000 },
            { "<", 100_000 },
            { "<a:", 60_000 },
            { "&", 100_000 },
            { "&#", 100_000 },
            { "\\", 100_000 },
            { "|", 100_000 },
            { "a|", 100_000 },
            { "|a\n", 60_000 },
            { "http://", 30_000 },
            { "www.", 50_000 },
            { "https://a.b/(", 15_000 },
            { "\t", 100_000 },
            { " ", 100_000 },
            { "\n", 100_000 },
            { "> \n", 60_000 },
            { "- a\n", 50_000 },
            { " - a\n", 40_000 },
            { "# ", 100_000 },
            { "a\n=\n", 50_000 },
            { "```\n", 50_000 },
            { "~~~ a\n> ", 20_000 },
            { "[a]: b\n", 30_000 },
            { "|-|\n", 50_000 },
            { "|a|b|\n|-|-|\n", 15_000 },
            { "- [ ] ", 30_000 },
            { "<!-- ", 40_000 },
            { "a@b.", 50_000 },
            { "\u001b]", 100_000 },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_text_that_is_made_to_be_slow_is_not(string part, int times)
    {
        var text = string.Concat(Enumerable.Repeat(part, times));
        text = text[..Math.Min(text.Length, 90 * 1024)]; // a longer one is no Markdown
        Transcripts.Html(Samples.Turn("t", Samples.Agent("x")));
        var start = Worked();

        var page = Transcripts.Html(Samples.Turn("t", Samples.Agent(text)));

        var took = Worked() - start;
        PageRules.Check(page);
        Assert.True(took < TimeSpan.FromSeconds(2), $"It took {took.TotalSeconds:0.0} s.");
    }

    [Fact]
    public void Runs_of_backticks_of_every_length_are_not_slow()
    {
        var text = string.Concat(Enumerable.Range(1, 600).Select(length => new string('`', length) + " a "));
        var start = Worked();

        var page = Transcripts.Html(Samples.Turn("t", Samples.Agent(text)));

        Assert.True(Worked() - start < TimeSpan.FromSeconds(2));
        PageRules.Check(page);
    }

    [Fact]
    public void Settings_are_shown_where_they_change()
    {
        var root = PageRules.Check(Transcripts.Html(Gallery.Turns));

        Assert.Equal(
            [
                "model gpt-5.1-codex · effort high · folder /home/ann/work/import · approvals on-request · sandbox workspace-write",
                "model gpt-5.1-codex → gpt-5.1-codex-mini · effort high → low",
            ],
            PageRules
                .Blocks(root)
                .Where(item => item.Attribute("class")!.Value.Contains("settings", StringComparison.Ordinal))
                .Select(Title)
        );
    }

    // How long this thread has worked, which does not depend on what else the machine does; where the system does not say, the time.
    static TimeSpan Worked() =>
        OperatingSystem.IsLinux() && File.ReadAllText("/proc/thread-self/stat") is var stat
            ? TimeSpan.FromSeconds(long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11], CultureInfo.InvariantCulture) / 100.0)
            : Stopwatch.GetElapsedTime(0);

    static string Title(XElement item) => item.Descendants("span").First(span => (string?)span.Attribute("class") == "title").Value;

    // Objects whose members have names that renderers look for.
    static Gen<JsonNode?> Objects(Gen<JsonNode?> node) =>
        Gen.Select(OneOf(Members), node)
            .List[0, 4]
            .Select(members =>
            {
                var json = new JsonObject();
                foreach (var (name, value) in members)
                    json[name] = value?.DeepClone();
                return (JsonNode?)json;
            });

    static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
