namespace Spool.Cli.Tests;

/// <summary>What an export is asked for: a view of the turns, and where pictures are.</summary>
public sealed class ExportOptionTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("spool-cli-").FullName;
    readonly CommandLine _spool = new();

    public ExportOptionTests()
    {
        _spool.Places = _spool.Places with { WorkingDirectory = _folder };
        _spool.Store.Threads.Add(Gallery.Thread);
        _spool.Store.Turns[Gallery.Thread.Id] = Gallery.Turns;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("md")]
    [InlineData("html")]
    [InlineData("json")]
    public async Task An_export_has_everything_that_happened_unless_it_is_to_be_as_Codex_shows_it(string format)
    {
        await _spool.RunAsync("export", "last", "--format", format);
        Assert.Equal((TurnView.Complete, false), (_spool.Store.LastTurns!.View, _spool.Store.LastTurns.WithRolledBack));

        await _spool.RunAsync("export", "last", "--format", format, "--view", "CODEX");
        Assert.Equal((TurnView.Codex, false), (_spool.Store.LastTurns!.View, _spool.Store.LastTurns.WithRolledBack));

        await _spool.RunAsync("export", "last", "--format", format, "--rolled-back");
        Assert.Equal((TurnView.Complete, true), (_spool.Store.LastTurns!.View, _spool.Store.LastTurns.WithRolledBack));
    }

    [Theory]
    [InlineData(
        "jsonl is the stored lines, all of them; --view and --rolled-back are for json, md and html.",
        "--format",
        "jsonl",
        "--view",
        "complete"
    )]
    [InlineData(
        "jsonl is the stored lines, all of them; --view and --rolled-back are for json, md and html.",
        "-f",
        "jsonl",
        "--rolled-back"
    )]
    [InlineData(
        "Codex's view has no turns that were taken back; --rolled-back is for the complete view.",
        "-f",
        "md",
        "--rolled-back",
        "--view",
        "codex"
    )]
    [InlineData("--images is for md and html; json and jsonl hold what the log holds.", "--format", "json", "--images", "inline")]
    [InlineData("--images files writes them beside a file: give --output FILE.", "--format", "html", "--images", "files")]
    public async Task What_a_format_cannot_have_is_refused(string said, params string[] options)
    {
        var result = await _spool.RunAsync(["export", "last", .. options]);

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("html", null, 2, 0)]
    [InlineData("html", "inline", 2, 0)]
    [InlineData("html", "none", 0, 0)]
    [InlineData("html", "files", 0, 1)]
    [InlineData("md", null, 0, 0)]
    [InlineData("md", "inline", 2, 0)]
    [InlineData("md", "files", 0, 1)]
    public async Task Pictures_are_in_the_document_beside_it_or_only_named(string format, string? images, int inside, int files)
    {
        string[] options = images is null ? [] : ["--images", images];

        Assert.Equal(0, (await _spool.RunAsync(["export", "last", "--output", $"my thread.{format}", .. options])).Code);

        var text = await File.ReadAllTextAsync(Path.Join(_folder, $"my thread.{format}"), TestContext.Current.CancellationToken);
        Assert.Equal(inside, text.Split(Gallery.Png).Length - 1);
        Assert.Contains("image, 185 bytes", text, StringComparison.Ordinal);
        var folder = Path.Join(_folder, "my thread.files");
        Assert.Equal(files, Directory.Exists(folder) ? Directory.GetFiles(folder).Length : 0);
        if (files == 0)
            return;
        var picture = Assert.Single(Directory.GetFiles(folder));
        Assert.Equal(Gallery.Png, Convert.ToBase64String(await File.ReadAllBytesAsync(picture, TestContext.Current.CancellationToken)));
        Assert.Equal(2, text.Split($"my%20thread.files/{Path.GetFileName(picture)}").Length - 1);
        if (format == "html")
            PageRules.Check(text);
    }

    [Theory]
    [InlineData("html", "inline", ", 2 pictures in it")]
    [InlineData("html", "files", ", 1 picture in my thread.files beside it")]
    [InlineData("html", "none", "")]
    [InlineData("md", null, "")]
    public async Task A_person_learns_how_many_pictures_are_where(string format, string? images, string said)
    {
        _spool.Error = CommandLine.Terminal(1000);
        string[] options = images is null ? [] : ["--images", images];

        var words = (await _spool.RunAsync(["export", "last", "--output", $"my thread.{format}", .. options])).Error;

        Assert.EndsWith($" turns{said}.\n", words, StringComparison.Ordinal);
        Assert.Equal(said.Length > 0, words.Contains("picture", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pictures_of_an_export_that_fails_are_not_left_behind()
    {
        var fails = Gallery.Turns.ToList();
        fails.Add(Samples.Turn("broken", new ThreadItem("x", "agentMessage", null!)));
        _spool.Store.Turns[Gallery.Thread.Id] = fails;

        Assert.NotEqual(0, (await _spool.RunAsync("export", "last", "--output", "a.html", "--images", "files")).Code);

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_folder_for_pictures_is_left_alone()
    {
        await File.WriteAllTextAsync(Path.Join(_folder, "a.files"), "mine", TestContext.Current.CancellationToken);

        var result = await _spool.RunAsync("export", "last", "--output", "a.html", "--images", "files");

        Assert.Equal(2, result.Code);
        Assert.Contains(
            $"The pictures cannot be written to {_folder}/a.files; remove what is there, or choose --images inline.",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(["a.files"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Turns_of_the_source_of_a_fork_are_folded_and_nothing_of_them_is_missing()
    {
        _spool.Store.Threads.Add(Samples.Thread(Samples.Id2, TimeSpan.FromHours(3), "x") with { Name = "The <first> try" });
        _spool.Store.Threads[0] = _spool.Store.Threads[0] with
        {
            ForkedFromId = ThreadId.Parse(Samples.Id2),
            CreatedAt = CommandLine.Now - TimeSpan.FromHours(1),
        };
        _spool.Store.Turns[ThreadId.Parse(Samples.Id1)] =
        [
            Samples.Turn("t1", Samples.Agent("first of the source")),
            Samples.Turn("t2", Samples.Agent("without a time")) with
            {
                StartedAt = null,
            },
            Samples.Turn("t3", Samples.Agent("last of the source")),
            Samples.Turn("t4", Samples.Agent("of its own")) with
            {
                StartedAt = null,
                Id = "019e4555-0000-7000-8000-000000000001", // which says when it began
            },
        ];

        var html = (await _spool.RunAsync("export", Samples.Id1, "--format", "html")).Out;
        var md = (await _spool.RunAsync("export", Samples.Id1, "--format", "md")).Out;

        foreach (var page in (string[])[html, md])
        {
            string[] order =
            [
                "<details",
                "what was said before, in The ",
                "first of the source",
                "without a time",
                "last of the source",
                "</details>",
                "3 turns from The ",
                $"spool show {Samples.Id2}",
                "of its own",
            ];
            var at = page.IndexOf("Inherited", StringComparison.Ordinal) - 100;
            foreach (var text in order)
            {
                at = page.IndexOf(text, at, StringComparison.Ordinal);
                Assert.True(at >= 0, text);
            }
        }
        Assert.Contains("in The &lt;first&gt; try</span>", html, StringComparison.Ordinal);
        Assert.Contains(
            $"<th>Forked from</th><td>The &lt;first&gt; try <code>spool show {Samples.Id2}</code>",
            html,
            StringComparison.Ordinal
        );
    }
}
