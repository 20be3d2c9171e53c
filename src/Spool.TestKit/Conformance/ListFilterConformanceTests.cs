using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of the filters of <see cref="ThreadQuery"/>.</summary>
public class ListFilterConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    /// <summary>FILT-01.</summary>
    [Fact, Guarantee("FILT-01")]
    public async Task Sources_choose_threads_by_the_kind_of_their_source()
    {
        var store = await OpenSourcesAsync();

        await AssertFoundAsync(store, new ThreadQuery { Sources = ["cli"] }, 1);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["appServer"] }, 2);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["subAgentReview"] }, 5);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["vscode", "cli"] }, 1, 3);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["atlas"] }, 4);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["CLI"] });
    }

    /// <summary>FILT-02.</summary>
    [Fact, Guarantee("FILT-02")]
    public async Task The_source_subAgent_stands_for_every_kind_of_sub_agent()
    {
        var store = await OpenSourcesAsync();

        await AssertFoundAsync(store, new ThreadQuery { Sources = ["subAgent"] }, 5, 6, 7, 8);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["subAgent", "cli"] }, 1, 5, 6, 7, 8);
    }

    /// <summary>FILT-03.</summary>
    [Fact, Guarantee("FILT-03")]
    public async Task Model_providers_choose_threads_by_their_exact_id()
    {
        var store = await OpenAsync([
            Thread(1, head => head with { ModelProvider = "openai" }),
            Thread(2, head => head with { ModelProvider = "OpenAI" }),
            Thread(3, head => head with { ModelProvider = null }),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { ModelProviders = ["openai"] }, 1);
        await AssertFoundAsync(store, new ThreadQuery { ModelProviders = ["OpenAI", "openai", "other"] }, 1, 2);
    }

    /// <summary>FILT-04.</summary>
    [Fact, Guarantee("FILT-04")]
    public async Task Working_folders_are_compared_as_text_without_a_trailing_slash()
    {
        var store = await OpenAsync([
            Thread(1, head => head with { Cwd = "/work/a" }),
            Thread(2, head => head with { Cwd = "/work/a/" }),
            Thread(3, head => head with { Cwd = "/work/a/b" }),
            Thread(4, head => head with { Cwd = "/Work/A" }),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { Cwds = ["/work/a"] }, 1, 2);
        await AssertFoundAsync(store, new ThreadQuery { Cwds = ["/work/a/"] }, 1, 2);
        await AssertFoundAsync(store, new ThreadQuery { Cwds = ["/work/a/b", "/work/a"] }, 1, 2, 3);
    }

    /// <summary>FILT-10.</summary>
    [Fact, Guarantee("FILT-10")]
    public async Task A_folder_of_Windows_is_one_folder_in_all_its_spellings_and_is_shown_as_recorded()
    {
        string[] drive = [@"c:\work\App", @"C:\Work\app\", "c:/work/app", "/mnt/c/work/app/", @"\\?\C:\work/app"];
        string[] share = [@"\\server\share\x", @"\\SERVER/share/X/", @"\\?\UNC\server\share\x"];
        string[] root = [@"C:\", "c:", "c:/", "/mnt/c", "/mnt/c/"];
        string[] others =
        [
            "/mnt/c/work",
            "/mnt/data/work/app",
            "/c/work/app",
            @"d:\work\app",
            @"c:\work\.\app",
            @"c:\work\app\x\..",
            @"c:work\app",
            @"\\server\share",
            "/",
        ];
        var folders = (string[])[.. drive, .. share, .. root, .. others];
        var store = await OpenAsync([.. folders.Select((folder, index) => Thread(index + 1, head => head with { Cwd = folder }))]);

        foreach (var group in (string[][])[drive, share, root, .. others.Select(one => (string[])[one])])
        {
            foreach (var folder in group)
            {
                var page = await store.ListAsync(new ThreadQuery { Cwds = [folder], Limit = ThreadQuery.MaxLimit }, Cancellation);
                Assert.Equal(group.Order(StringComparer.Ordinal), page.Items.Select(thread => thread.Cwd).Order(StringComparer.Ordinal));
            }
        }
    }

    /// <summary>REMO-60.</summary>
    [Fact, Guarantee("REMO-60")]
    public async Task A_filter_of_more_values_than_the_limit_is_refused()
    {
        var store = await OpenAsync([Thread(1, head => head with { Cwd = "/work/v1", ModelProvider = "v1" })]);
        var most = Enumerable.Range(1, ThreadQuery.MaxFilterValues).Select(number => $"v{number}").ToList();
        var folders = most.Select(name => "/work/" + name).ToList();

        await AssertFoundAsync(store, new ThreadQuery { Cwds = folders, ModelProviders = most }, 1);
        await AssertFoundAsync(store, new ThreadQuery { Sources = most });
        foreach (
            var query in (ThreadQuery[])
                [new() { Sources = [.. most, "cli"] }, new() { ModelProviders = [.. most, "x"] }, new() { Cwds = [.. folders, "/x"] }]
        )
            await StoreReading.RefusesAsync(ThreadStoreErrorCode.InvalidRequest, async () => await store.ListAsync(query, Cancellation));
    }

    /// <summary>FILT-05.</summary>
    [Fact, Guarantee("FILT-05")]
    public async Task A_search_finds_the_term_in_name_or_preview_in_either_case()
    {
        var store = await OpenAsync([
            Asking(2, "Fix the Parser"),
            Asking(4, "Something else") with
            {
                Name = "PARSER work",
            },
            Asking(6, "Neither"),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "parser" }, 2, 4);
        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "R WORK" }, 4);
        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "thing" }, 4);
        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "" }, 2, 4, 6);
    }

    /// <summary>FILT-06.</summary>
    [Fact, Guarantee("FILT-06")]
    public async Task A_search_takes_every_character_literally()
    {
        var store = await OpenAsync([
            Asking(2, "100% of a_b"),
            Asking(4, "100 of axb"),
            Asking(6, "it's \"quoted\" [a-z]* \\ AND NOT (x)"),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "%" }, 2);
        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "a_b" }, 2);
        foreach (var term in new[] { "'", "\"", "\"quoted\"", "[a-z]*", "\\", "AND NOT", "(x)", "it's \"quoted\" [a-z]* \\ AND NOT (x)" })
            await AssertFoundAsync(store, new ThreadQuery { SearchTerm = term }, 6);
        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "quoted AND z" });
    }

    /// <summary>FILT-07.</summary>
    [Fact, Guarantee("FILT-07")]
    public async Task A_search_knows_the_two_cases_of_letters_beyond_ascii()
    {
        var store = await OpenAsync([Asking(2, "Ärger mit Größe"), Asking(4, "Привет"), Asking(6, "日本語")]);

        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "äRGER MIT GRÖ" }, 2);
        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "пРИВЕТ" }, 4);
        await AssertFoundAsync(store, new ThreadQuery { SearchTerm = "本" }, 6);
    }

    /// <summary>FILT-08.</summary>
    [Fact, Guarantee("FILT-08")]
    public async Task Parent_chooses_the_direct_sub_agents()
    {
        var store = await OpenAsync([
            Thread(1, head => head),
            Thread(2, head => head with { Parent = SeedIds.Id(1) }),
            Thread(3, head => head with { Parent = SeedIds.Id(2) }),
            Thread(4, head => head with { Parent = SeedIds.Id(1) }),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { Parent = SeedIds.Id(1) }, 2, 4);
        await AssertFoundAsync(store, new ThreadQuery { Parent = SeedIds.Id(9) });
    }

    /// <summary>FILT-09.</summary>
    [Fact, Guarantee("FILT-09")]
    public async Task Filters_combine_and_page_like_any_list()
    {
        var store = await OpenAsync(
            Enumerable
                .Range(1, 12)
                .Select(number =>
                    Thread(
                        number,
                        head =>
                            head with
                            {
                                ModelProvider = number % 2 == 0 ? "a" : "b",
                                Cwd = number % 3 == 0 ? "/x" : "/y",
                                CreatedAt = SeedIds.Epoch.AddMinutes(number / 6),
                            }
                    )
                )
        );
        var query = new ThreadQuery
        {
            ModelProviders = ["a"],
            Cwds = ["/y"],
            Sources = ["cli"],
            SearchTerm = "question",
        };

        for (var limit = 1; limit <= 5; limit++)
            await AssertFoundAsync(store, query with { Limit = limit }, 2, 4, 8, 10);
    }

    /// <summary>FILT-11: the name of a custom source may be any; it makes no other source of it.</summary>
    [Fact, Guarantee("FILT-11")]
    public async Task A_custom_source_that_is_named_like_another_kind_is_a_custom_source()
    {
        string[] names = ["cli", "subAgent", "subAgentThreadSpawn", "subAgentOther", "subAgentX", "custom:cli", "unknown", "", "atlas"];
        await using var store = await OpenAsync([
            .. names.Select((name, index) => Thread(index + 1, head => head with { Source = $$"""{"custom":"{{name}}"}""" })),
            Thread(20, head => head with { Source = "\"cli\"" }),
            Thread(21, head => head with { Source = "{\"subagent\":\"review\"}" }),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { Sources = ["cli"] }, 20);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["subAgent"] }, 21);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["subAgentThreadSpawn", "subAgentOther", "subAgentX", "unknown"] });
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["custom:cli"] }, 1);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["custom:custom:cli"] }, 6);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["atlas", "custom:subAgentX"] }, 5, 9);
        var threads = await store.ListAllAsync(new ThreadQuery { Direction = SortDirection.Ascending }, Cancellation);
        Assert.Equal([.. names, null, null], threads.Select(thread => thread.Source.CustomName));
        Assert.All(
            threads,
            thread => Assert.Equal((null, thread.Source.Kind == "subAgentReview"), (thread.ParentThreadId, thread.Source.IsSubAgent))
        );
    }

    /// <summary>CORE-07.</summary>
    [Fact, Guarantee("CORE-07")]
    public async Task A_thread_without_a_model_provider_has_none_not_even_the_empty_one()
    {
        var store = await OpenAsync([
            Thread(1, head => head with { ModelProvider = null }),
            Thread(2, head => head with { ModelProvider = "" }),
            Thread(3, head => head),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { ModelProviders = [""] });
        await AssertFoundAsync(store, new ThreadQuery { ModelProviders = ["", "openai"] }, 3);
    }

    /// <summary>CORE-08.</summary>
    [Fact, Guarantee("CORE-08")]
    public async Task Half_a_character_in_a_filter_is_the_replacement_character_and_every_other_one_is_itself()
    {
        var store = await OpenAsync([
            Thread(1, head => head with { Cwd = "/a", ModelProvider = "p", Source = """{"custom":"s"}""" }),
            Thread(2, head => head with { Cwd = "/a\uFFFDb", ModelProvider = "p\uFFFDq", Source = """{"custom":"s\uFFFDt"}""" }),
            Thread(3, head => head with { Cwd = "/a\0b", ModelProvider = "p\0q", Source = """{"custom":"s\u0000t"}""" }),
            Asking(4, "begin\0middle"),
            Asking(5, "begin\uFFFDmiddle"),
        ]);

        foreach (var odd in new[] { "\ud800", "\udc00", "\uFFFD", "\0" })
        {
            await AssertFoundAsync(store, new ThreadQuery { Cwds = [$"/a{odd}b/"] }, odd == "\0" ? 3 : 2);
            await AssertFoundAsync(store, new ThreadQuery { ModelProviders = [$"p{odd}q"] }, odd == "\0" ? 3 : 2);
            await AssertFoundAsync(store, new ThreadQuery { Sources = [$"s{odd}t"] }, odd == "\0" ? 3 : 2);
            await AssertFoundAsync(store, new ThreadQuery { SearchTerm = $"{odd}MIDDLE" }, odd == "\0" ? 4 : 5);
        }
        await AssertFoundAsync(store, new ThreadQuery { Cwds = ["/a"] }, 1);
        await AssertFoundAsync(store, new ThreadQuery { ModelProviders = ["p"] }, 1);
        await AssertFoundAsync(store, new ThreadQuery { Sources = ["s"] }, 1);
    }

    /// <summary>FILT-12.</summary>
    [Fact, Guarantee("FILT-12")]
    public async Task A_list_finds_threads_by_the_beginning_of_their_ids()
    {
        var ids = new[]
        {
            "01a20428-d3ad-73a1-92e6-c2af64741e01",
            "01a20428-d3ad-73a1-92e6-c2af64741e02",
            "01a20428-d3ae-73a1-92e6-c2af64741e03",
            "F1a20428-d3ad-43a1-92e6-c2af64741e04",
        };
        var store = await OpenAsync(
            ids.Select((id, index) => RolloutLines.Legacy(ThreadId.Parse(id), SeedIds.Epoch.AddMinutes(index)).Turn("What?").ToSeed())
        );

        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "" }, 1, 2, 3, 4);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "0" }, 1, 2, 3);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "01A20428-D3AD" }, 1, 2);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "01a20428d3ad", Limit = 1 }, 1, 2);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "01a20428-" }, 1, 2, 3);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "f1a2" }, 4);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = ids[2] }, 3);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = ids[1].Replace("-", "", StringComparison.Ordinal) }, 2);
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "2" });
        await AssertFoundAsync(store, new ThreadQuery { IdPrefix = "01a2", SearchTerm = "nothing" });
        foreach (
            var prefix in new[] { "x", "01a20428--", "-", "01a2-", "01a20428-d3ad73", "01a20428d3ad-73", " 01", ids[0] + "0", "01a20428 " }
        )
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidRequest,
                async () => await store.ListAsync(new ThreadQuery { IdPrefix = prefix }, Cancellation)
            );
    }

    static ThreadSeed Thread(int number, Func<RolloutHead, RolloutHead> change) =>
        RolloutLines
            .From(change(new RolloutHead(SeedIds.Id(number), SeedIds.Epoch.AddMinutes(number))))
            .Turn($"Question {number}")
            .ToSeed();

    static ThreadSeed Asking(int number, string question) =>
        SampleHome.Log(number, SeedIds.Epoch.AddMinutes(number)).Turn(question).ToSeed();

    static async Task AssertFoundAsync(IThreadStore store, ThreadQuery query, params int[] expected)
    {
        var threads = await store.ListAllAsync(query with { Direction = SortDirection.Ascending }, Cancellation);
        Assert.Equal(expected, threads.Select(thread => (int)thread.Id.Value.ToByteArray(bigEndian: true)[^1]));
    }

    ValueTask<IThreadStore> OpenSourcesAsync()
    {
        var spawn =
            $$$$"""{"subagent":{"thread_spawn":{"parent_thread_id":"{{{{SeedIds.Id(1)}}}}","depth":1,"agent_path":null,"agent_nickname":null,"agent_role":null}}}""";
        string[] sources =
        [
            "\"cli\"",
            "\"mcp\"",
            "\"vscode\"",
            "{\"custom\":\"atlas\"}",
            "{\"subagent\":\"review\"}",
            "{\"subagent\":\"compact\"}",
            spawn,
            "{\"subagent\":{\"other\":\"x\"}}",
        ];
        return OpenAsync(sources.Select((source, index) => Thread(index + 1, head => head with { Source = source })));
    }
}
