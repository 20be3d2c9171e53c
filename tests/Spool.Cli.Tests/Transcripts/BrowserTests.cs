namespace Spool.Cli.Tests;

/// <summary>A page in a real browser: at the widths of a phone and of a wide screen, light and dark.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    // Elements that reach beyond the page, unless something around them scrolls or cuts.
    const string TooWide = """
        [...document.querySelectorAll('body *')].filter(e => {
          const r = e.getBoundingClientRect();
          if (r.width === 0 || r.right <= innerWidth + 0.5 && r.left >= -0.5) return false;
          for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== 'visible') return false;
          return !e.closest('.skip');
        }).map(e => e.outerHTML.slice(0, 200))
        """;

    const string OpenAll = "document.querySelectorAll('details').forEach(d => d.open = true)";

    readonly string _folder = Directory.CreateTempSubdirectory("spool-pages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(390, false)]
    [InlineData(390, true)]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    public async Task Nothing_is_wider_than_the_page_every_block_has_a_label_and_nothing_is_asked_for(int width, bool isDark)
    {
        await using var page = await browser.OpenAsync(
            Write(Transcripts.Html(Gallery.Turns)),
            width,
            height: width < 600 ? 1500 : 1100,
            isDark
        );
        await KeepAsync(page, $"{width}-{(isDark ? "dark" : "light")}");

        foreach (var step in (string[])["0", OpenAll])
        {
            await page.EvaluateAsync(step);
            Assert.Equal(width, (int)(await page.EvaluateAsync("document.documentElement.scrollWidth"))!);
            Assert.Equal("[]", (await page.EvaluateAsync(TooWide))!.ToJsonString());
        }
        await KeepAsync(page, $"{width}-{(isDark ? "dark" : "light")}-open");
        Assert.Equal(
            "[]",
            (
                await page.EvaluateAsync(
                    "[...document.querySelectorAll('.item')].filter(i => !(i.querySelector('.role').getBoundingClientRect().width > 10)).map(i => i.outerHTML)"
                )
            )!.ToJsonString()
        );
        var background = (string)(await page.EvaluateAsync("getComputedStyle(document.body).backgroundColor"))!;
        Assert.Equal(isDark ? "rgb(21, 23, 27)" : "rgb(255, 255, 255)", background);
        Assert.Equal(0, (int)(await page.EvaluateAsync("document.querySelectorAll('script, iframe, object, embed, link').length"))!);
        Assert.All(
            browser.Requests,
            address =>
                Assert.True(
                    address.StartsWith("file:", StringComparison.Ordinal)
                        || address.StartsWith("data:image/png;base64,", StringComparison.Ordinal),
                    address
                )
        );
    }

    [Fact]
    public async Task Pictures_are_seen_whether_they_are_in_the_page_or_beside_it()
    {
        var file = Path.Join(_folder, "my thread (1).html");
        foreach (var pictures in (IPictures[])[new InlinePictures(), new FilePictures(file)])
        {
            await File.WriteAllTextAsync(
                file,
                Transcripts.Html(Gallery.Thread, Gallery.Turns, pictures),
                TestContext.Current.CancellationToken
            );
            await using var page = await browser.OpenAsync(file, 1440, 1800);

            Assert.Equal(
                "[96,96]",
                (
                    await page.EvaluateAsync(
                        "Promise.all([...document.images].map(async i => { i.loading = 'eager'; await i.decode(); return i.naturalWidth; }))"
                    )
                )!.ToJsonString()
            );
        }
        Assert.Single(Directory.GetFiles(Path.Join(_folder, "my thread (1).files")));
    }

    [Fact]
    public async Task The_contents_stand_above_the_turns_on_a_phone_and_beside_them_on_a_wide_screen()
    {
        const string Places = """
            [document.querySelector('nav').getBoundingClientRect(), document.querySelector('section').getBoundingClientRect()].map(r => [r.left, r.top, r.right, r.bottom])
            """;
        var file = Write(Transcripts.Html(Gallery.Turns));

        await using (var phone = await browser.OpenAsync(file, 390, 800))
        {
            var places = (await phone.EvaluateAsync(Places))!;
            Assert.True((double)places[0]![3]! <= (double)places[1]![1]!, places.ToJsonString());
        }
        await using var wide = await browser.OpenAsync(file, 1440, 800);
        var beside = (await wide.EvaluateAsync(Places))!;
        Assert.True((double)beside[0]![2]! <= (double)beside[1]![0]!, beside.ToJsonString());
    }

    [Fact]
    public async Task A_text_that_is_made_to_break_out_stays_in_its_block_in_a_browser_too()
    {
        const string Hostile =
            "</pre></details></div></section></main></body><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\"><style>*{display:none}</style><!-- <![CDATA[ \" ' `";
        var page = Transcripts.Html(
            Gallery.Thread with
            {
                Name = Hostile,
                Cwd = Hostile,
            },
            [
                Samples.Turn(
                    "t",
                    Samples.User(Hostile),
                    Samples.Agent(Hostile),
                    new ThreadItem(
                        "c",
                        "commandExecution",
                        new()
                        {
                            ["type"] = "commandExecution",
                            ["id"] = "c",
                            ["command"] = Hostile,
                            ["aggregatedOutput"] = Hostile,
                        }
                    )
                ),
            ],
            new InlinePictures()
        );

        await using var opened = await browser.OpenAsync(Write(page), 390, 800);

        Assert.NotEqual("broken", (string?)await opened.EvaluateAsync("document.title"));
        Assert.Equal(
            "[3,3,1,0]",
            (
                await opened.EvaluateAsync(
                    "[document.querySelectorAll('.item').length, document.querySelectorAll('main > section > .item').length, document.querySelectorAll('style').length, document.querySelectorAll('script, img').length]"
                )
            )!.ToJsonString()
        );
    }

    [Fact]
    public async Task A_long_word_in_a_table_leaves_room_for_the_words_beside_it_and_the_language_of_code_stands_above_it()
    {
        const string Table =
            "| name | what it is |\n| --- | --- |\n| `{0}` | a sentence of some words that goes on and on |\n\n```cs\nx\n```\n\n- [x] done";
        var answer = string.Format(System.Globalization.CultureInfo.InvariantCulture, Table, new string('a', 90));
        await using var page = await browser.OpenAsync(Write(Transcripts.Html(Samples.Turn("t", Samples.Agent(answer)))), 390, 800);

        Assert.True((int)(await page.EvaluateAsync("document.querySelectorAll('.wide td')[1].clientWidth"))! > 150);
        Assert.True(
            (double)
                (
                    await page.EvaluateAsync(
                        "document.querySelector('.prose pre').getBoundingClientRect().top - document.querySelector('.prose .label').getBoundingClientRect().bottom"
                    )
                )! < 6
        );
        Assert.Equal("none", (string?)await page.EvaluateAsync("getComputedStyle(document.querySelector('.prose li')).listStyleType"));
    }

    string Write(string html)
    {
        var file = Path.Join(_folder, "page.html");
        File.WriteAllText(file, html);
        return file;
    }

    // For people to look at.
    static async Task KeepAsync(BrowserPage page, string name)
    {
        var png = await page.ScreenshotAsync();
        Assert.True(png.Length > 10_000);
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;
        await File.WriteAllBytesAsync(Path.Join(folder, $"transcript-{name}.png"), png, TestContext.Current.CancellationToken);
    }
}
