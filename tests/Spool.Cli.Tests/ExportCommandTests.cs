namespace Spool.Cli.Tests;

public sealed class ExportCommandTests : IDisposable
{
    static readonly ThreadId Id = ThreadId.Parse(Samples.Id1);

    readonly string _folder = Directory.CreateTempSubdirectory("spool-cli-").FullName;
    readonly CommandLine _spool = new();

    public ExportCommandTests()
    {
        _spool.Places = _spool.Places with { WorkingDirectory = _folder };
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id1, TimeSpan.FromHours(2), "Fix <the> *flaky* test"));
        _spool.Store.Logs[Id] = [.. "{\"a\":1}\r\n\0\xff"u8, 0xFF, (byte)'\n'];
        _spool.Store.Turns[Id] =
        [
            Samples.Turn("t1", Samples.User("Fix it\n\nplease"), Samples.Agent("**Done.**\n\n```cs\nx\n```")),
            Samples.Turn(
                "t2",
                Samples.Item("""{"type":"reasoning","id":"r","summary":["I think </details> so"],"content":[]}"""),
                Samples.Item(
                    """{"type":"commandExecution","id":"c","command":"cat README.md","aggregatedOutput":"```\n\u001b[31mred\u001b[0m <script>\n```\n","exitCode":1,"status":"failed"}"""
                ),
                Samples.Item(
                    """{"type":"fileChange","id":"f","changes":[{"path":"a_b.cs","kind":{"type":"update"},"diff":"@@\n-a\n+b\n"}],"status":"completed"}"""
                ),
                Samples.Item("""{"type":"contextCompaction","id":"x"}""")
            ) with
            {
                Status = TurnStatus.Failed,
                Error = System.Text.Json.Nodes.JsonNode.Parse("""{"message":"Out of tokens."}""")!.AsObject(),
            },
        ];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Jsonl_is_the_stored_log_byte_for_byte() =>
        Assert.Equal(_spool.Store.Logs[Id], (await _spool.RunAsync("export", Samples.Id1, "--format", "jsonl")).Bytes);

    [Theory]
    [InlineData("t.md", "# Fix")]
    [InlineData("t.HTML", "<!DOCTYPE html>")]
    [InlineData("t.json", "{")]
    [InlineData("t.jsonl", "{\"a\":1}\r\n")]
    public async Task The_format_is_what_the_name_of_the_file_ends_with_when_none_is_said(string name, string start)
    {
        Assert.Equal(0, (await _spool.RunAsync("export", "last", "--output", name)).Code);
        Assert.Equal(0, (await _spool.RunAsync("export", "last", "-o", "other.md", "-f", Path.GetExtension(name)[1..])).Code);

        Assert.StartsWith(start, File.ReadAllText(Path.Combine(_folder, name)), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, name)), File.ReadAllBytes(Path.Combine(_folder, "other.md")));
    }

    [Fact]
    public async Task Markdown_is_what_a_person_wants_to_read()
    {
        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "md");

        Assert.Equal(
            """"
            # Fix &lt;the&gt; \*flaky\* test

            | | |
            | --- | --- |
            | Id | 01a20428-d3ad-73a1-92e6-c2af64741e31 |
            | Created | 2026-05-20 10:00 |
            | Updated | 2026-05-20 10:00 |
            | Folder | /home/ann/work/spool |
            | Source | cli |
            | Provider | openai |
            | Version | 0.128.0 |
            | History | legacy |
            | Times | UTC |

            ## Turn 1 · 2026-05-20 10:00 · 12 s

            **You**

            > Fix it
            >
            > please

            **Agent**

            **Done.**

            ```cs
            x
            ```

            ## Turn 2 · 2026-05-20 10:00 · 12 s · failed

            <details><summary><b>Reasoning</b> <code>I think &#60;/details&#62; so</code></summary>

            I think \</details> so

            </details>

            <details><summary><b>Command</b> <code>cat README.md</code> · ✗ exit code 1</summary>

            Output:

            ````text
            ```
            red <script>
            ```
            ````

            </details>

            <details><summary><b>Changes</b> <code>update a&#95;b.cs</code> +1 −1</summary>

            ```diff
            @@
            -a
            +b
            ```

            </details>

            **Compaction** what came before was summarised for the model

            **Failed:** Out of tokens.


            """",
            result.Out
        );
    }

    [Fact]
    public async Task Html_encodes_all_stored_text()
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with { Name = "</title><script>alert(1)</script>", Cwd = "<img src=x>" };

        var page = (await _spool.RunAsync("export", Samples.Id1, "--format", "html")).Out;

        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        Assert.EndsWith("</body></html>\n", page, StringComparison.Ordinal);
        Assert.Contains("<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>", page, StringComparison.Ordinal);
        Assert.Contains("red &lt;script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_holds_every_turn_of_every_page()
    {
        _spool.Store.Turns[Id] = [.. Enumerable.Range(0, 57).Select(n => Samples.Turn($"t{n}", Samples.Agent("x")))];

        using var json = System.Text.Json.JsonDocument.Parse((await _spool.RunAsync("export", Samples.Id1, "--format", "json")).Out);

        Assert.Equal(Samples.Id1, json.RootElement.GetProperty("thread").GetProperty("id").GetString());
        Assert.Equal(
            Enumerable.Range(0, 57).Select(n => $"t{n}"),
            json.RootElement.GetProperty("turns").EnumerateArray().Select(turn => turn.GetProperty("id").GetString())
        );
    }

    [Theory]
    [InlineData("md", "\n*2 tool calls are not shown here. All of them:* `spool export " + Samples.Id1 + " --format jsonl`\n")]
    [InlineData(
        "html",
        "\n<p class=\"note\">2 tool calls are not shown here. All of them: <code>spool export "
            + Samples.Id1
            + " --format jsonl</code></p>\n"
    )]
    [InlineData("json", "\"callsLeftOut\":2,")]
    public async Task A_transcript_says_in_the_turn_how_many_tool_calls_it_leaves_out(string format, string note)
    {
        _spool.Store.Turns[Id] =
        [
            Samples.Turn("t1", Samples.Agent("one")),
            Samples.Turn("t2", Samples.Agent("two")) with
            {
                CallsLeftOut = 2,
            },
            Samples.Turn("t3", Samples.Agent("three")),
        ];

        var text = (await _spool.RunAsync("export", Samples.Id1, "--format", format)).Out;

        Assert.Equal(1, text.Split("not shown here").Length - 1 + text.Split("\"callsLeftOut\":2").Length - 1);
        Assert.InRange(
            text.IndexOf(note, StringComparison.Ordinal),
            text.IndexOf("two", StringComparison.Ordinal),
            text.IndexOf("three", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_output_file_appears_complete_and_alone()
    {
        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "jsonl", "--output", "log.jsonl");

        Assert.Equal((0, "", ""), (result.Code, result.Out, result.Error));
        Assert.Equal(_spool.Store.Logs[Id], await ReadAsync("log.jsonl"));
        Assert.Equal(["log.jsonl"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("log.jsonl", "14 bytes", "")]
    [InlineData("thread.json", "", ", 2 turns")]
    [InlineData("thread.md", "", ", 2 turns")]
    public async Task A_person_at_a_terminal_learns_what_was_written(string name, string size, string turns)
    {
        _spool.Error = CommandLine.Terminal(1000);

        var said = (await _spool.RunAsync("export", Samples.Id1, "-o", name)).Error;

        if (size.Length == 0)
            size = Sizes.Of(new FileInfo(Path.Join(_folder, name)).Length);
        Assert.Equal($"spool: Wrote {_folder}/{name}: {size}{turns}.\n", said);
        Assert.Equal("", (await _spool.RunAsync("export", Samples.Id1, "-o", name, "--force", "-q")).Error);
        _spool.Error = Screen.Piped;
        Assert.Equal("", (await _spool.RunAsync("export", Samples.Id1, "-o", name, "--force")).Error);
    }

    [Fact]
    public async Task An_existing_file_is_replaced_only_by_force()
    {
        var target = Path.Join(_folder, "log.jsonl");
        await File.WriteAllTextAsync(target, "mine", TestContext.Current.CancellationToken);

        var refused = await _spool.RunAsync("export", Samples.Id1, "--format", "jsonl", "--output", "log.jsonl");
        Assert.Equal(
            (2, $"error: {target} exists; give --force to replace it.\n", "mine"),
            (refused.Code, refused.Error, await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken))
        );

        Assert.Equal(0, (await _spool.RunAsync("export", Samples.Id1, "--format", "jsonl", "--output", "log.jsonl", "--force")).Code);
        Assert.Equal(_spool.Store.Logs[Id], await ReadAsync("log.jsonl"));
    }

    [Fact]
    public async Task A_damaged_log_leaves_what_could_be_read_under_a_name_that_says_so()
    {
        _spool.Store.Failure = new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "A part of the log is missing.");

        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "jsonl", "--output", "log.jsonl");

        Assert.Equal(
            (7, $"error: A part of the log is missing. What could be read is in {_folder}/log.jsonl.partial.\n"),
            (result.Code, result.Error)
        );
        Assert.Equal(["log.jsonl.partial"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("folder", "Cannot write {0}.partial: it is a folder; name a file in it.")]
    [InlineData("file", "{0}.partial exists; give --force to replace it.")]
    [InlineData("long", "Cannot write {0}.partial: its name has more than the 255 bytes that the name of a file may have.")]
    public async Task A_damaged_log_whose_part_finds_no_place_is_still_called_damaged(string inTheWay, string said)
    {
        _spool.Store.Failure = new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "A part of the log is missing.");
        var target = Path.Join(_folder, inTheWay == "long" ? new string('a', 250) : "log.jsonl");
        if (inTheWay == "folder")
            Directory.CreateDirectory(target + ".partial");
        if (inTheWay == "file")
            await File.WriteAllTextAsync(target + ".partial", "mine", TestContext.Current.CancellationToken);

        foreach (
            var force in (string[][])(
                inTheWay == "file"
                    ?
                    [
                        [],
                    ]
                    :
                    [
                        [],
                        ["--force"],
                    ]
            )
        )
        {
            var result = await _spool.RunAsync(["export", Samples.Id1, "--format", "jsonl", "--output", target, .. force]);

            Assert.Equal(
                (
                    7,
                    $"error: A part of the log is missing. What could be read was not kept. {string.Format(System.Globalization.CultureInfo.InvariantCulture, said, target)}\n"
                ),
                (result.Code, result.Error)
            );
        }
        Assert.Equal(inTheWay == "file" ? 1 : 0, Directory.GetFiles(_folder).Length);
    }

    [Theory]
    [InlineData("a", 239)]
    [InlineData("a", 245)]
    [InlineData("a", 255)]
    [InlineData("ä", 127)]
    [InlineData("😀", 63)]
    public async Task A_name_as_long_as_the_disk_allows_is_a_name_like_another(string letter, int count)
    {
        var name = string.Concat(Enumerable.Repeat(letter, count));
        foreach (
            var force in (string[][])
                [
                    [],
                    ["--force"],
                ]
        )
        {
            var result = await _spool.RunAsync(["export", Samples.Id1, "--format", "jsonl", "--output", name, .. force]);

            Assert.Equal((0, ""), (result.Code, result.Error));
            Assert.Equal([name], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
        }
    }

    [Theory]
    [InlineData("a", 256)]
    [InlineData("a", 5000)]
    [InlineData("ä", 128)]
    public async Task A_name_that_is_longer_than_the_disk_allows_is_refused_in_words(string letter, int count)
    {
        var target = Path.Join(_folder, string.Concat(Enumerable.Repeat(letter, count)));

        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "jsonl", "--output", target);

        Assert.Equal(
            (2, $"error: Cannot write {target}: its name has more than the 255 bytes that the name of a file may have.\n"),
            (result.Code, result.Error)
        );
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_path_that_is_longer_than_the_system_allows_is_refused_in_words()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Paths are limited otherwise here.");
        var target = Path.Join(_folder, string.Concat(Enumerable.Repeat("folder/", 700)), "t.md");

        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "md", "--output", target);

        Assert.Equal((2, $"error: Cannot write {target}: its path is longer than the system allows.\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task A_log_of_which_nothing_could_be_read_leaves_no_file_and_does_not_say_so()
    {
        _spool.Store.Failure = new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The rollout is a link that leads nowhere.");
        _spool.Store.Logs[Id] = [];

        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "jsonl", "--output", "log.jsonl");

        Assert.Equal((7, "error: The rollout is a link that leads nowhere.\n"), (result.Code, result.Error));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_disk_that_is_full_is_said_to_be_that_and_no_file_is_named_that_was_not_given()
    {
        var full = new FullDisk();

        var result = await _spool.RunOnAsync(full, ["export", Samples.Id1, "--format", "json"], TestContext.Current.CancellationToken);

        Assert.Equal((5, "error: The output is full: there is no space left where it is written.\n"), (result.Code, result.Error));
    }

    // As the framework has it of a file.
    sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw Error();

        public override void Write(byte[] buffer, int offset, int count) => throw Error();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw Error();

        static IOException Error() => new("No space left on device : '/out/.t4vwraa3.54v.tmp'", 28);
    }

    [Fact]
    public async Task A_failed_export_leaves_no_file()
    {
        _spool.Store.Failure = new ThreadStoreException(ThreadStoreErrorCode.Unsupported, "No turns here.");

        Assert.Equal(8, (await _spool.RunAsync("export", Samples.Id1, "--format", "md", "--output", "t.md")).Code);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("md")]
    [InlineData("html")]
    [InlineData("json")]
    public async Task A_thread_that_cannot_be_read_is_no_document(string format)
    {
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            State = ThreadCondition.Unreadable,
            StateReason = "The rollout is empty.",
        };
        _spool.Store.Turns.Clear();
        foreach (
            var output in (string[][])
                [
                    [],
                    ["-o", "t.out"],
                ]
        )
        {
            var result = await _spool.RunAsync(["export", Samples.Id1, "-f", format, .. output]);

            Assert.Equal(
                (
                    7,
                    "",
                    $"error: Thread {Samples.Id1} cannot be read: The rollout is empty. What bytes it has, if any, 'spool export {Samples.Id1} --format jsonl' gives; 'spool delete {Samples.Id1}' removes it.\n"
                ),
                (result.Code, result.Out, result.Error)
            );
        }
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("out")]
    [InlineData("out/")]
    [InlineData("new/")]
    public async Task A_folder_is_no_output_file_and_is_said_to_be_one(string name)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "out"));

        var result = await _spool.RunAsync("export", Samples.Id1, "-o", name);

        Assert.Equal(2, result.Code);
        Assert.Contains($"{name} is a folder; give a file, such as {name.TrimEnd('/')}/thread.md.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_named()
    {
        var result = await _spool.RunAsync("export", Samples.Id1, "--format", "md", "--output", "no/t.md");

        Assert.Equal((2, $"error: Cannot write {_folder}/no/t.md: its folder does not exist.\n"), (result.Code, result.Error));
    }

    Task<byte[]> ReadAsync(string name) => File.ReadAllBytesAsync(Path.Join(_folder, name), TestContext.Current.CancellationToken);

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_file_that_is_replaced_keeps_its_mode_and_a_new_one_has_that_of_any_new_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Files have no modes here.");
        var (secret, fresh, usual) = (
            Path.Combine(_folder, "secret.md"),
            Path.Combine(_folder, "fresh.md"),
            Path.Combine(_folder, "usual")
        );
        await File.WriteAllTextAsync(secret, "", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(usual, "", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await _spool.RunAsync("export", Samples.Id1, "--format", "md", "--output", secret, "--force")).Code);
        Assert.Equal(0, (await _spool.RunAsync("export", Samples.Id1, "--format", "md", "--output", fresh)).Code);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secret));
        Assert.Equal(File.GetUnixFileMode(usual), File.GetUnixFileMode(fresh));
        Assert.NotEqual(0, new FileInfo(secret).Length);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_file_of_somebody_else_that_root_replaces_stays_theirs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can give files away.");
        var path = Path.Combine(_folder, "theirs.md");
        await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        using (var process = System.Diagnostics.Process.Start("chown", ["65534:65534", path]))
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, (await _spool.RunAsync("export", Samples.Id1, "--format", "md", "--output", path, "--force")).Code);

        Assert.Equal(65534u, FileStat.RightsOf(path)!.Value.User);
    }

    [Fact]
    public async Task A_folder_of_the_system_in_which_no_file_can_be_made_is_wrong_usage_and_no_other_file_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is a folder of Linux.");

        var result = await _spool.RunAsync(["export", Samples.Id1, "--format", "md", "--output", "/proc/self/x"]);

        Assert.Equal((2, "error: Cannot write /proc/self/x: no file can be made in its folder.\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task What_is_no_file_and_what_is_a_rollout_are_not_replaced_by_force_either_and_a_link_stays_a_link()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Named pipes are made with mkfifo.");
        var (pipe, folder, link, plain) = (
            Path.Combine(_folder, "pipe"),
            Path.Combine(_folder, "folder"),
            Path.Combine(_folder, "link"),
            Path.Combine(_folder, "plain")
        );
        using (var process = System.Diagnostics.Process.Start("mkfifo", pipe))
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(plain, "old", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(link, plain);
        var rollout = Path.Combine(_folder, $"sessions/2026/05/01/rollout-2026-05-01T01-00-00-{Samples.Id1}.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(rollout)!);
        await File.WriteAllTextAsync(rollout, "a log", TestContext.Current.CancellationToken);

        foreach (
            var (target, word) in ((string, string)[])
                [
                    (pipe, "a pipe, a socket or a device"),
                    ("/dev/null", "a pipe, a socket or a device"),
                    (folder, "it is a folder"),
                    (rollout, "it is a rollout"),
                ]
        )
        {
            foreach (
                var force in (string[][])
                    [
                        [],
                        ["--force"],
                    ]
            )
            {
                var refused = await _spool.RunAsync(["export", Samples.Id1, "--format", "md", "--output", target, .. force]);
                Assert.Equal(2, refused.Code);
                Assert.StartsWith($"error: Cannot write {target}: ", refused.Error, StringComparison.Ordinal);
                Assert.Contains(word, refused.Error, StringComparison.Ordinal);
            }
        }
        Assert.Equal("a log", await File.ReadAllTextAsync(rollout, TestContext.Current.CancellationToken));
        Assert.Equal(0, (await _spool.RunAsync("export", Samples.Id1, "--format", "md", "--output", link, "--force")).Code);
        Assert.Equal(plain, new FileInfo(link).LinkTarget);
        Assert.NotEqual("old", await File.ReadAllTextAsync(plain, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("MD")]
    [InlineData("Html")]
    [InlineData("JSONL")]
    [InlineData("Json")]
    public async Task A_format_may_be_in_capitals(string format)
    {
        var result = await _spool.RunAsync("export", Samples.Id1, "-f", format);

        Assert.Equal((0, (await _spool.RunAsync("export", Samples.Id1, "-f", format.ToLowerInvariant())).Out), (result.Code, result.Out));
        Assert.NotEmpty(result.Out);
    }
}
