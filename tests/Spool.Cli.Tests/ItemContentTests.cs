namespace Spool.Cli.Tests;

/// <summary>What people read of the items of a turn: on a terminal, as Markdown and as HTML nothing is left out in silence.</summary>
public sealed class ItemContentTests
{
    const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    static readonly ThreadId Id = ThreadId.Parse(Samples.Id1);

    readonly CommandLine _spool = new();

    public ItemContentTests() => _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "x"));

    [Fact]
    public async Task What_came_with_a_message_is_named_in_its_place_and_never_shown_as_bytes()
    {
        var message = Samples.Item(
            $$"""
            {"type":"userMessage","id":"i","content":[{"type":"text","text":"Look"},{"type":"localImage","path":"C:\\Users\\ann\\photo.jpg"},{"type":"image","url":"https://example.org/a.png"},
             {"type":"image","url":"data:image/png;base64,{{Png}}"},{"type":"text","text":"and"},{"type":"text","text":"this"},{"type":"localAudio","path":"/w/a`b.wav"},{"type":"audio","url":"data:audio/wav,ab%20"},
             {"type":"skill","name":"deploy","path":"/w/SKILL.md"},{"type":"image","fileId":"file_7"},{"type":"novelty"}]}
            """
        );
        string[] names =
        [
            "image: C:\\Users\\ann\\photo.jpg",
            "image: https://example.org/a.png",
            "image, 70 bytes",
            "audio: /w/a`b.wav",
            "audio, 3 bytes",
            "skill deploy: /w/SKILL.md",
            "image: file_7",
            "novelty",
        ];

        var (show, md, html) = await TextsAsync(message);

        Assert.Contains(
            "> Look\n> [image: C:\\Users\\ann\\photo.jpg]\n> [image: https://example.org/a.png]\n> [image, 70 bytes]\n> and\n> this\n> [audio: /w/a`b.wav]\n",
            show,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "> Look\n>\n> `image: C:\\Users\\ann\\photo.jpg`\n>\n> `image: https://example.org/a.png`\n>\n> `image, 70 bytes`\n>\n> and\n> this\n>\n> ``audio: /w/a`b.wav``\n",
            md,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "<div class=\"words\">Look</div>\n<p class=\"media\">image: C:\\Users\\ann\\photo.jpg</p>\n",
            html,
            StringComparison.Ordinal
        );
        foreach (var text in new[] { show, md, html })
            Assert.All(names, name => Assert.Contains(name, text, StringComparison.Ordinal));
        Assert.All([show, md], text => Assert.DoesNotContain(Png[..20], text, StringComparison.Ordinal));
        Assert.Equal(2, html.Split(Png).Length); // only the image itself
    }

    [Fact]
    public async Task A_picture_that_a_client_sent_as_a_file_is_in_the_page_under_the_name_of_the_file()
    {
        var message = Samples.Item(
            $$"""
            {"type":"userMessage","id":"i","content":[{"type":"text","text":"Look"},{"type":"localImage","path":"/tmp/a.png","url":"data:image/png;base64,{{Png}}"},
             {"type":"localImage","path":"/tmp/b.svg","url":"data:image/svg+xml;base64,PHN2Zy8+"}]}
            """
        );

        var (show, md, html) = await TextsAsync(message);

        Assert.Contains($"src=\"data:image/png;base64,{Png}\"", html, StringComparison.Ordinal);
        Assert.All([show, md, html], text => Assert.Contains("/tmp/a.png", text, StringComparison.Ordinal));
        Assert.All([md, html], text => Assert.Equal(2, text.Split("url").Length)); // that of the drawing, which no page shows
    }

    [Fact]
    public async Task Pictures_that_any_call_gave_are_in_the_page()
    {
        foreach (var type in (string[])["mcpToolCall", "commandExecution", "commandInput", "fileChange", "checklist", "imageView"])
        {
            var call = Samples.Item(
                $$$"""{"type":"{{{type}}}","id":"i","images":["data:image/png;base64,{{{Png}}}"],"result":{"content":[],"_meta":{"a":"of the server"} } }"""
            );

            var (show, md, html) = await TextsAsync(call);

            Assert.Equal(2, html.Split($"src=\"data:image/png;base64,{Png}\"").Length);
            Assert.All([show, md], text => Assert.Contains("image, 70 bytes", text, StringComparison.Ordinal));
            Assert.All([show, md, html], text => Assert.Contains("of the server", text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Of_a_turn_that_took_nothing_the_tokens_of_the_thread_are_not_those_of_the_turn()
    {
        var use = Samples.Item(
            """{"type":"tokenUsage","id":"i","turn":null,"total":{"inputTokens":9492,"outputTokens":10,"totalTokens":9502}}"""
        );

        var (show, md, html) = await TextsAsync(use);

        Assert.Contains("Tokens: 9,502 so far", show, StringComparison.Ordinal);
        Assert.All([md, html], text => Assert.Contains("9,502 so far", text, StringComparison.Ordinal));
        Assert.All([md, html], text => Assert.Contains("The thread so far", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_of_nothing_but_an_image_is_not_without_text()
    {
        var (show, md, html) = await TextsAsync(
            Samples.Item(
                $$"""{"type":"userMessage","id":"i","content":[{"type":"text","text":"\n"},{"type":"image","url":"data:image/png;base64,{{Png}}"}]}"""
            )
        );

        Assert.Contains("\n> [image, 70 bytes]\n\n", show, StringComparison.Ordinal);
        Assert.Contains("\n> `image, 70 bytes`\n\n", md, StringComparison.Ordinal);
        Assert.All([show, md, html], text => Assert.DoesNotContain("(no text)", text, StringComparison.Ordinal));
        var (none, noneMd, _) = await TextsAsync(
            Samples.Item("""{"type":"userMessage","id":"i","content":[{"type":"text","text":"\n"}]}""")
        );
        Assert.All([none, noneMd], text => Assert.Contains("(no text)", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[12:00] started", "text")]
    [InlineData("{a", "text")]
    [InlineData("[1,2] and more", "text")]
    [InlineData("[1,2]", "json")]
    [InlineData("{\\n}", "json")]
    public async Task Only_JSON_is_fenced_as_such(string result, string language)
    {
        var (_, md, _) = await TextsAsync(
            Samples.Item(
                $$"""{"type":"dynamicToolCall","id":"c","tool":"t","status":"completed","contentItems":[{"type":"inputText","text":"{{result}}"}]}"""
            )
        );

        Assert.Contains($"```{language}\n{result.Replace("\\n", "\n", StringComparison.Ordinal)}\n```", md, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_shows_its_arguments_its_result_and_its_error()
    {
        var (show, md, html) = await TextsAsync(
            Samples.Item(
                $$$$"""
                {"type":"mcpToolCall","id":"c1","server":"srv","tool":"search","status":"completed","arguments":{"q":"<x>"},"durationMs":1000,"error":null,
                 "result":{"content":[{"type":"text","text":"the\nresult"},{"type":"image","data":"{{{{Png}}}}","mimeType":"image/png"},{"type":"resource_link","uri":"file:///a"}],"structuredContent":{"n":7}}}
                """
            ),
            Samples.Item(
                """{"type":"mcpToolCall","id":"c2","server":"srv","tool":"broken","status":"failed","arguments":null,"result":null,"error":{"message":"No such *table*."}}"""
            ),
            Samples.Item(
                $$"""
                {"type":"dynamicToolCall","id":"c3","namespace":"app","tool":"look","status":"completed","arguments":"plain words","contentItems":[{"type":"inputText","text":"seen"},{"type":"inputImage","imageUrl":"data:image/png;base64,{{Png}}"}]}
                """
            )
        );

        Assert.Equal(
            """
            ── turn t1 · 2026-05-20 10:00 · 12 s

            Tool: srv.search · 1 s
              Arguments:
              {"q":"<x>"}
              Result:
              the
              result
              [image, 70 bytes]
              [resource_link: file:///a]
              Structured result:
              {"n":7}

            Tool: srv.broken · failed
              Error: No such *table*.

            Tool: app.look
              Arguments:
              plain words
              Result:
              seen
              [image, 70 bytes]


            """,
            show
        );
        Assert.Contains(
            "<details><summary><b>Tool</b> <code>srv.search</code> {&#34;q&#34;:&#34;&#60;x&#62;&#34;} · 1 s</summary>\n\nArguments:\n\n```json\n{\"q\":\"<x>\"}\n```\n\nResult:\n\n```text\nthe\nresult\n",
            md,
            StringComparison.Ordinal
        );
        Assert.Contains("**Error:** No such \\*table\\*.\n", md, StringComparison.Ordinal);
        Assert.Contains(
            "<p class=\"label\">Arguments</p><pre>{&quot;q&quot;:&quot;&lt;x&gt;&quot;}</pre>\n<p class=\"label\">Result</p><pre>the\nresult</pre>\n<figure>",
            html,
            StringComparison.Ordinal
        );
        Assert.All([show, md], text => Assert.DoesNotContain(Png[..20], text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_result_is_cut_on_a_terminal_with_a_word_that_says_so_and_is_whole_in_what_is_exported()
    {
        var lines = string.Join("\\n", Enumerable.Range(1, 5000).Select(n => $"line {n}"));
        var (show, md, html) = await TextsAsync(
            Samples.Item(
                $$$"""{"type":"mcpToolCall","id":"c","server":"s","tool":"t","arguments":{"long":"{{{new string('a', 20_000)}}}"},"result":{"content":[{"type":"text","text":"{{{lines}}}"}]}}"""
            )
        );

        Assert.Contains("  line 8\n  … 4,992 more lines; --full shows all\n", show, StringComparison.Ordinal);
        Assert.Contains("aaa … 19,612 more characters are not shown here\n", show, StringComparison.Ordinal);
        var whole = lines.Replace("\\n", "\n", StringComparison.Ordinal);
        Assert.Contains($"```text\n{whole}\n```\n", md, StringComparison.Ordinal);
        Assert.Contains(
            $"<details class=\"long\"><summary>Result <small>5,000 lines, 47.7 KiB</small></summary><pre>{whole}</pre>\n</details>",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "line 4999\\nline 5000",
            (await _spool.RunAsync("export", Samples.Id1, "--format", "json")).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_review_keeps_its_lines()
    {
        const string Review = "Two problems.\\n\\n- [P1] One — /w/a.py:1-2\\n  First body.\\n\\n- [P2] Two — /w/b.py:3-4";

        foreach (var text in await AllTextsAsync(Samples.Item($$"""{"type":"exitedReviewMode","id":"r","review":"{{Review}}"}""")))
            Assert.Contains(
                WithoutIndents(Review.Replace("\\n", "\n", StringComparison.Ordinal)),
                WithoutIndents(text),
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData(
        """{"type":"hookPrompt","id":"h","fragments":[{"text":"from a hook","hookRunId":"1"},{"text":"and another"}]}""",
        "from a hook",
        "and another"
    )]
    [InlineData(
        """{"type":"webSearch","id":"w","query":"","action":{"type":"openPage","url":"https://example.org/page"},"results":[{"title":"Found it","url":"https://example.org/1"}]}""",
        "https://example.org/page",
        "Found it"
    )]
    [InlineData(
        """{"type":"collabAgentToolCall","id":"a","tool":"spawnAgent","status":"failed","prompt":"Do it\nwell","agentsStates":{"thread-7":{"status":"errored","message":"out of tokens"}}}""",
        "Do it\nwell",
        "errored out of tokens"
    )]
    [InlineData(
        """{"type":"imageGeneration","id":"g","status":"completed","revisedPrompt":"a red fox","result":"AAAA","savedPath":"/w/fox.png"}""",
        "image: /w/fox.png",
        "a red fox"
    )]
    [InlineData(
        """{"type":"imageGeneration","id":"g","status":"failed","result":"AAAA","failure":{"code":"policy"}}""",
        "image, 3 bytes",
        "policy"
    )]
    [InlineData("""{"type":"imageView","id":"v","path":"/w/seen.png"}""", "/w/seen.png", "seen.png")]
    [InlineData(
        """{"type":"subAgentActivity","id":"s","kind":"started","agentPath":"/root/helper","model":null}""",
        "started",
        "/root/helper"
    )]
    [InlineData("""{"type":"thingOfTomorrow","id":"t","text":"words","more":{"kept":[1,2]}}""", "words", "kept")]
    public async Task Every_kind_of_item_shows_what_it_holds(string item, string one, string other)
    {
        foreach (var text in await AllTextsAsync(Samples.Item(item)))
        {
            Assert.Contains(one, WithoutIndents(text), StringComparison.Ordinal);
            Assert.Contains(other, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"type":"userMessage","id":"i","content":{"a":1}}""")]
    [InlineData(
        """{"type":"userMessage","id":"i","content":[null,5,"x",{"type":7},{"type":"image","url":{}},{"type":"image","url":"data:"}]}"""
    )]
    [InlineData(
        """{"type":"mcpToolCall","id":"i","server":5,"tool":null,"arguments":[1],"result":"text","error":"plain","status":7,"durationMs":"x"}"""
    )]
    [InlineData(
        """{"type":"mcpToolCall","id":"i","result":{"content":[null,[],{"type":"image","data":"not base64!"},{"type":"text","text":5}]},"error":{}}"""
    )]
    [InlineData("""{"type":"collabAgentToolCall","id":"i","agentsStates":{"a":null,"b":[1],"c":{"status":{}}}}""")]
    [InlineData("""{"type":"webSearch","id":"i","action":[],"results":{}}""")]
    [InlineData("""{"type":"hookPrompt","id":"i","fragments":[5,null,{"text":[]}]}""")]
    [InlineData("""{"type":"thing","id":"i","text":[1]}""")]
    public async Task An_item_of_another_shape_is_shown_as_far_as_it_can_be_read(string item) =>
        Assert.Equal(3, (await AllTextsAsync(Samples.Item(item))).Count);

    [Theory]
    [InlineData("bash -lc 'git log --since=friday'", "git log --since=friday")]
    [InlineData("/bin/bash -lc 'exit 3'", "exit 3")]
    [InlineData("zsh -c \"echo 'a b' \\\"c\\\" \\$x\"", "echo 'a b' \"c\" $x")]
    [InlineData("sh -c 'echo '\"'\"'a'\"'\"", "echo 'a'")]
    [InlineData("bash -lc ls", "ls")]
    [InlineData("bash run.sh 'a b'", "bash run.sh 'a b'")]
    [InlineData("bash -lc 'ls' && rm 'x'", "bash -lc 'ls' && rm 'x'")]
    [InlineData("bash -lc 'ls", "bash -lc 'ls")]
    [InlineData("bash -lc ''", "bash -lc ''")]
    public async Task Of_a_command_of_a_shell_the_script_is_shown(string command, string script)
    {
        var (show, md, html) = await TextsAsync(Command(command));

        Assert.Contains($"\n$ {script}\n\n", show, StringComparison.Ordinal);
        Assert.Contains($"**Command** {MarkdownText.Code(script)}\n", md, StringComparison.Ordinal);
        Assert.Contains($"<span class=\"title\"><span>{Html(script)}</span>", html, StringComparison.Ordinal);
        Assert.All([show, md, html], text => Assert.DoesNotContain("Shell", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fish -c 'ls | head'", "ls | head", "fish -c")]
    [InlineData(
        "'C:\\\\Program Files\\\\PowerShell\\\\7\\\\pwsh.exe' -NoProfile -Command 'Get-Item .'",
        "Get-Item .",
        "pwsh.exe -NoProfile -Command"
    )]
    public async Task A_shell_that_is_not_one_of_the_usual_is_named(string command, string script, string shell)
    {
        var (show, md, html) = await TextsAsync(Command(command));

        Assert.Contains($"$ {script}\n  Shell: ", show, StringComparison.Ordinal);
        Assert.All([show, md, html], text => Assert.Contains(shell, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Paths_below_the_folder_of_the_thread_are_those_from_there_and_nothing_is_said_twice()
    {
        const string Folder = "/home/ann/work/spool";
        var change = Samples.Item(
            $$"""
            {"type":"fileChange","id":"f","status":"completed","output":"Success. Updated the following files:\nM {{Folder}}/src/a.py\n",
             "changes":[{"path":"{{Folder}}/src/a.py","kind":{"type":"update"},"diff":"@@\n-x\n+y\n"}]}
            """
        );
        var (show, md, html) = await TextsAsync(
            change,
            Samples.Item("""{"type":"checklist","id":"p","steps":[{"step":"look","status":"pending"}],"output":"Plan updated"}"""),
            Samples.Item(
                $$"""
                {"type":"fileChange","id":"g","status":"completed","output":"Success. Updated the following files:\nM /home/ann/work/spool-2/b.py",
                 "changes":[{"path":"{{Folder}}","kind":"add","diff":""},{"path":"/home/ann/work/spool-2/c.py","kind":"add","diff":""}]}
                """
            )
        );

        Assert.Contains("update src/a.py (+1 −1)\n", show, StringComparison.Ordinal);
        Assert.Equal(2, md.Split("src/a.py").Length);
        Assert.Equal(2, html.Split("src/a.py").Length);
        Assert.Equal(2, md.Split("Success.").Length); // b.py is in no change
        Assert.All([show, md, html], text => Assert.DoesNotContain("Plan updated", text, StringComparison.Ordinal));
        Assert.All([show, md, html], text => Assert.Contains("/home/ann/work/spool-2/c.py", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_turn_that_went_wrong_says_so_once()
    {
        var error = System.Text.Json.Nodes.JsonNode.Parse("""{"message":"Gone."}""")!.AsObject();
        _spool.Store.Turns[Id] =
        [
            Samples.Turn("t1", Samples.Item("""{"type":"error","id":"e","message":"Gone.","codexErrorInfo":"other"}""")) with
            {
                Status = TurnStatus.Failed,
                Error = error,
            },
            Samples.Turn("t2", Samples.Item("""{"type":"rolledBack","id":"r","turns":1,"items":[]}""")) with
            {
                Status = TurnStatus.Interrupted,
            },
        ];

        foreach (var text in await AllTextsAsync())
        {
            Assert.Equal(2, text.Split("Gone.").Length);
            Assert.DoesNotContain("The turn", text, StringComparison.Ordinal);
            Assert.DoesNotContain("1 turn taken back", text, StringComparison.Ordinal);
            Assert.DoesNotContain("other", text[text.IndexOf("Gone.", StringComparison.Ordinal)..], StringComparison.Ordinal);
            Assert.Contains("12 s · failed", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_sub_agent_is_named_with_the_command_that_shows_it()
    {
        _spool.Store.Threads.Add(
            Samples.Thread(Samples.Id2, TimeSpan.FromHours(1), "Look") with
            {
                ParentThreadId = Id,
                AgentNickname = "Kepler",
                AgentRole = "explorer",
            }
        );
        var (show, md, html) = await TextsAsync(
            Samples.Item(Spawned(Samples.Id2, "Kepler", "explorer")),
            Samples.Item(Spawned(Samples.Id3, "Euler", "reviewer"))
        );

        Assert.Contains("Sub-agent: start Kepler · explorer\n", show, StringComparison.Ordinal);
        Assert.Contains("Sub-agent: start Euler · reviewer\n", show, StringComparison.Ordinal);
        Assert.Contains("<b>Sub-agent</b> <code>start Kepler · explorer</code>", md, StringComparison.Ordinal);
        Assert.Contains("<span>start Euler · reviewer</span>", html, StringComparison.Ordinal);
        foreach (var text in (string[])[show, md, html])
        {
            Assert.Contains($"spool show {Samples.Id2}", text, StringComparison.Ordinal);
            Assert.Contains($"spool show {Samples.Id3}", text, StringComparison.Ordinal);
            Assert.DoesNotContain("agent_id", text, StringComparison.Ordinal);
            Assert.Contains("was running", text, StringComparison.Ordinal); // at that moment
            Assert.DoesNotContain("More", text, StringComparison.Ordinal);
        }
        Assert.Contains($"<th>Sub-agents</th><td>Kepler · explorer <code>spool show {Samples.Id2}</code>", html, StringComparison.Ordinal);
        Assert.Contains($"| Sub-agents | Kepler · explorer `spool show {Samples.Id2}` |\n", md, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_that_does_not_say_when_it_began_has_the_time_of_its_first_record()
    {
        _spool.Store.Turns[Id] =
        [
            Samples.Turn(
                "t1",
                Samples.Agent("without a time"),
                Samples.Item("""{"type":"agentMessage","id":"a","at":"2025-08-04T17:30:00Z","text":"x"}""")
            ) with
            {
                StartedAt = null,
            },
        ];

        foreach (var text in await AllTextsAsync())
            Assert.Contains("2025-08-04 17:30", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_no_unknown_record() =>
        Assert.All(
            await AllTextsAsync(
                Samples.Item(
                    $$$"""{"type":"record","id":"r","recordType":"event_msg","payloadType":"thread_name_updated","payload":{"type":"thread_name_updated","thread_id":"{{{Samples.Id1}}}","thread_name":"Fast again"}}"""
                )
            ),
            text =>
            {
                Assert.Matches("Name\\W.*Fast again", text);
                Assert.DoesNotContain("thread_name", text, StringComparison.Ordinal);
            }
        );

    [Fact]
    public async Task Of_a_very_long_message_the_beginning_is_open()
    {
        var text = string.Join("\\n", Enumerable.Range(1, 69).Select(n => $"line {n}"));
        var (show, md, html) = await TextsAsync(Message(text));

        Assert.Contains("> line 69\n", show, StringComparison.Ordinal);
        Assert.Contains(
            "line 20</div>\n<details class=\"long\"><summary>The rest <small>49 lines, 391 bytes</small></summary>",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains("line 69</div>\n</details>", html, StringComparison.Ordinal);
        Assert.Contains(
            "> line 20\n>\n> <details><summary>The rest · 49 lines, 391 bytes</summary>\n>\n> line 21\n",
            md,
            StringComparison.Ordinal
        );
        (_, _, html) = await TextsAsync(
            Message(text.Replace("line 15", "```", StringComparison.Ordinal).Replace("line 25", "```", StringComparison.Ordinal))
        );
        Assert.Contains("line 14</div>\n<details class=\"long\">", html, StringComparison.Ordinal);
        (_, _, html) = await TextsAsync(Message(string.Concat(Enumerable.Repeat("word ", 900))));
        Assert.Contains(
            "word </div>\n<details class=\"long\"><summary>The rest <small>1 line, 2.4 KiB</small>",
            html,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Code_between_fences_in_a_message_is_code()
    {
        var (_, _, html) = await TextsAsync(Message("Look:\\n```sh\\nls *\\n```\\nand **this**\\n~~~\\nleft open"));

        Assert.Contains(
            "<div class=\"words\">Look:</div>\n<p class=\"label\">sh</p><pre class=\"sh\">ls *</pre>\n<div class=\"words\">and **this**\n~~~\nleft open</div>\n",
            html,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_title_is_cut_at_a_word_and_longer_on_the_page_than_in_its_tab()
    {
        const string Question =
            "The nightly import is slow since Monday (took 12 min, now 3 h). Find out why, and make it fast again, please.";
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Preview = Question };

        var (_, md, html) = await TextsAsync(Message("x"));

        Assert.Contains(
            "<title>The nightly import is slow since Monday (took 12 min, now 3 h). Find out why…</title>",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains($"<h1>{Question}</h1>", html, StringComparison.Ordinal);
        Assert.StartsWith($"# {Question}\n", md, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "\n Mend this:\n```\nx\n```\nand more", "Mend this:")]
    [InlineData(null, "```cs\nint x;\n```\nWhat is it?", "int x;")]
    [InlineData(null, "# Task", "# Task")]
    [InlineData(null, "```\n```", "``` ```")]
    [InlineData("A name\nof two lines", "x", "A name of two lines")]
    public async Task The_heading_of_a_thread_without_a_name_is_the_first_line_of_words(string? name, string preview, string heading)
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Name = name, Preview = preview };

        var (_, md, html) = await TextsAsync(Message("x"));

        Assert.StartsWith(heading + "\n", await RunAsync("show", Samples.Id1), StringComparison.Ordinal);
        Assert.StartsWith($"# {MarkdownText.Inline(heading)}\n", md, StringComparison.Ordinal);
        Assert.Contains($"<title>{heading}</title>", html, StringComparison.Ordinal);
        Assert.Contains($"<h1>{heading}</h1>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heading_is_cut_where_it_would_be_a_screen_of_text()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Preview = string.Join(' ', Enumerable.Repeat("word", 100)) };

        var (_, md, html) = await TextsAsync(Message("x"));

        var heading = string.Join(' ', Enumerable.Repeat("word", 24)) + "…";
        Assert.StartsWith(heading + "\n", await RunAsync("show", Samples.Id1), StringComparison.Ordinal);
        Assert.StartsWith($"# {heading}\n", md, StringComparison.Ordinal);
        Assert.Contains($"<h1>{heading}</h1>", html, StringComparison.Ordinal);
    }

    static string Spawned(string id, string name, string role) =>
        $$$"""
            {"type":"collabAgentToolCall","id":"a","tool":"spawnAgent","status":"completed","senderThreadId":"{{{Samples.Id1}}}","receiverThreadIds":["{{{id}}}"],"prompt":"Look",
             "agentsStates":{"{{{id}}}":{"status":"running","message":null}},"arguments":{"message":"Look","agent_type":"{{{role}}}"},"output":"{\"agent_id\":\"{{{id}}}\",\"nickname\":\"{{{name}}}\"}"}
            """;

    static ThreadItem Message(string text) =>
        Samples.Item($$"""{"type":"userMessage","id":"u","content":[{"type":"text","text":"{{text}}"}]}""");

    static ThreadItem Command(string command) =>
        Samples.Item(
            new System.Text.Json.Nodes.JsonObject
            {
                ["type"] = "commandExecution",
                ["id"] = "c",
                ["command"] = command,
                ["status"] = "completed",
            }.ToJsonString()
        );

    static string Html(string text)
    {
        using var output = new StringWriter();
        new HtmlText(output).Text(text);
        return output.ToString();
    }

    // On a terminal the lines of a block are indented.
    static string WithoutIndents(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimStart(' ')));

    [Theory]
    [InlineData("""{"type":"webSearch","query":"TEXT"}""")]
    [InlineData("""{"type":"webSearch","query":"","action":{"type":"openPage","url":"TEXT"}}""")]
    [InlineData("""{"type":"webSearch","query":"TEXT","action":{"type":"search","query":"TEXT"}}""")]
    [InlineData("""{"type":"imageView","path":"TEXT"}""")]
    [InlineData("""{"type":"imageGeneration","savedPath":"TEXT"}""")]
    [InlineData("""{"type":"mcpToolCall","server":"TEXT","tool":"t"}""")]
    [InlineData("""{"type":"mcpToolCall","server":"s","tool":"TEXT","status":"completed"}""")]
    [InlineData("""{"type":"dynamicToolCall","namespace":"TEXT","tool":"t"}""")]
    [InlineData("""{"type":"dynamicToolCall","tool":"TEXT"}""")]
    [InlineData("""{"type":"dynamicToolCall","tool":"t","status":"TEXT"}""")]
    [InlineData("""{"type":"record","recordType":"event_msg","payloadType":"thread_name_updated","payload":{"thread_name":"TEXT"}}""")]
    [InlineData("""{"type":"record","recordType":"event_msg","payloadType":"TEXT","payload":{}}""")]
    [InlineData("""{"type":"context","kind":"TEXT","role":"user","text":"t"}""")]
    [InlineData("""{"type":"subAgentActivity","kind":"TEXT","agentThreadId":"a"}""")]
    [InlineData("""{"type":"collabAgentToolCall","tool":"wait","receiverThreadIds":["TEXT"]}""")]
    [InlineData("""{"type":"commandExecution","command":"ls","status":"completed","sessionId":"TEXT"}""")]
    [InlineData("""{"type":"fileChange","changes":[{"path":"TEXT","kind":{"type":"add"},"diff":"x"}]}""")]
    [InlineData("""{"type":"fileChange","changes":[{"path":"p","kind":{"type":"TEXT"},"diff":"x"}]}""")]
    [InlineData("""{"type":"userMessage","content":[{"type":"image","url":"TEXT"},{"type":"text","text":"t"}]}""")]
    [InlineData("""{"type":"userMessage","content":[{"type":"localImage","path":"TEXT"}]}""")]
    [InlineData("""{"type":"userMessage","content":[{"type":"skill","name":"TEXT","path":"p"}]}""")]
    [InlineData("""{"type":"userMessage","content":[{"type":"TEXT"}]}""")]
    [InlineData("""{"type":"checklist","steps":[{"step":"s","status":"TEXT"}]}""")]
    [InlineData("""{"type":"settings","other":{"TEXT":"x"}}""")]
    [InlineData("""{"type":"TEXT"}""")]
    [InlineData("""{"type":"plan","text":"t","origin":"TEXT"}""")]
    public async Task What_is_cut_in_a_title_is_whole_below_it(string json)
    {
        var text = string.Concat(Enumerable.Repeat("Word/", 1000)) + "END";
        var item = System.Text.Json.Nodes.JsonNode.Parse(json)!.AsObject();
        item["id"] = "i";
        _spool.Store.Turns[Id] = [Samples.Turn("t1", Samples.Item(item.ToJsonString().Replace("TEXT", text, StringComparison.Ordinal)))];

        var texts = (string[])[await RunAsync("show", Samples.Id1, "--turns", "--full"), .. (await AllTextsAsync()).Skip(1)];

        Assert.All(texts, shown => Assert.Contains(text, shown, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task What_is_known_of_a_thread_is_whole()
    {
        var text = string.Concat(Enumerable.Repeat("word/", 1000)) + "END";
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Cwd = "/f/" + text, GitInfo = new GitInfo(null, "b/" + text, null) };
        _spool.Store.Turns[Id] = [Samples.Turn("t1")];

        var texts = (string[])[await RunAsync("show", Samples.Id1), .. (await AllTextsAsync()).Skip(1)];

        Assert.All(
            texts,
            shown => Assert.All(["/f/" + text, "b/" + text], whole => Assert.Contains(whole, shown, StringComparison.Ordinal))
        );
    }

    async Task<IReadOnlyList<string>> AllTextsAsync(params ThreadItem[] items)
    {
        var (show, md, html) = await TextsAsync(items);
        return [show, md, html];
    }

    async Task<(string Show, string Md, string Html)> TextsAsync(params ThreadItem[] items)
    {
        if (items.Length > 0)
            _spool.Store.Turns[Id] = [Samples.Turn("t1", items)];
        return (
            await RunAsync("show", Samples.Id1, "--turns"),
            await RunAsync("export", Samples.Id1, "--format", "md"),
            await RunAsync("export", Samples.Id1, "--format", "html")
        );
    }

    async Task<string> RunAsync(params string[] words)
    {
        var result = await _spool.RunAsync(words);
        Assert.Equal((0, ""), (result.Code, result.Error));
        return result.Out;
    }
}
