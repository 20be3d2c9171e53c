using Xunit;

namespace Spool.TestKit;

/// <summary>Guarantees of the filters of <see cref="ThreadQuery"/> by which people look for their threads.</summary>
public class PeopleFilterConformanceTests<THarness> : ConformanceSuite<THarness>
    where THarness : ThreadStoreHarness, new()
{
    static DateTimeOffset At(int number) => SeedIds.Epoch.AddMinutes(number);

    /// <summary>FILT-13.</summary>
    [Fact, Guarantee("FILT-13")]
    public async Task A_list_of_roots_has_no_sub_agents_and_one_of_sub_agents_nothing_else()
    {
        var store = await OpenAsync([
            Thread(1, head => head),
            Thread(2, head => head with { Source = "{\"subagent\":\"review\"}" }),
            Thread(3, head => head with { Source = "\"exec\"" }),
            Thread(4, head => head with { Parent = SeedIds.Id(1) }),
            Thread(5, head => head with { Source = "{\"custom\":\"subAgentReview\"}" }),
            SampleHome.Log(6, At(6)).ToSeed(),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { Agents = AgentFilter.Roots }, 1, 3, 5);
        await AssertFoundAsync(store, new ThreadQuery { Agents = AgentFilter.SubAgents }, 2, 4);
        await AssertFoundAsync(store, new ThreadQuery { Agents = AgentFilter.Any }, 1, 2, 3, 4, 5);
        await AssertFoundAsync(store, new ThreadQuery { Agents = AgentFilter.Roots, Visibility = ThreadVisibility.All }, 1, 3, 5, 6);
        foreach (var sort in Enum.GetValues<ThreadSort>())
            await AssertFoundAsync(
                store,
                new ThreadQuery
                {
                    Agents = AgentFilter.Roots,
                    Sort = sort,
                    Limit = 1,
                },
                1,
                3,
                5
            );
    }

    /// <summary>FILT-14.</summary>
    [Fact, Guarantee("FILT-14")]
    public async Task A_folder_with_those_in_it_has_none_of_its_neighbours()
    {
        string[] folders =
        [
            "/work/a",
            "/work/a/b",
            "/work/a/b/c/",
            "/work/a-b",
            "/work/a0",
            "/work/A/b",
            "/work",
            @"c:\work",
            "/mnt/c/Work/x",
            @"C:\workshop",
            "relative/x",
            "",
        ];
        var store = await OpenAsync(folders.Select((folder, index) => Thread(index + 1, head => head with { Cwd = folder })));

        await AssertFoundAsync(store, Below("/work/a"), 1, 2, 3);
        await AssertFoundAsync(store, Below("/work/a/"), 1, 2, 3);
        await AssertFoundAsync(store, Below("/work/a/b", "/work/a"), 1, 2, 3);
        await AssertFoundAsync(store, Below("/work/a/b/c/d"));
        await AssertFoundAsync(store, Below("/work"), 1, 2, 3, 4, 5, 6, 7);
        await AssertFoundAsync(store, Below("/"), 1, 2, 3, 4, 5, 6, 7);
        await AssertFoundAsync(store, Below(@"C:\WORK"), 8, 9);
        await AssertFoundAsync(store, Below("c:"), 8, 9, 10);
        await AssertFoundAsync(store, Below("relative"), 11);
        await AssertFoundAsync(store, Below(""), 12);
        await AssertFoundAsync(store, Below("/work/a") with { CwdScope = FolderScope.Exact }, 1);
        await AssertFoundAsync(store, new ThreadQuery { CwdScope = FolderScope.Below }, [.. Enumerable.Range(1, folders.Length)]);

        static ThreadQuery Below(params string[] folders) => new() { Cwds = folders, CwdScope = FolderScope.Below };
    }

    /// <summary>FILT-15.</summary>
    [Fact, Guarantee("FILT-15")]
    public async Task Branches_choose_threads_by_their_exact_name()
    {
        var store = await OpenAsync([
            OnBranch(1, "main"),
            OnBranch(2, "Main"),
            OnBranch(3, "main/2"),
            OnBranch(4, null),
            Thread(5, head => head with { Git = new GitInfo("abc", null, null) }),
        ]);

        await AssertFoundAsync(store, new ThreadQuery { Branches = ["main"] }, 1);
        await AssertFoundAsync(store, new ThreadQuery { Branches = ["main/2", "Main", "other"] }, 2, 3);
        await AssertFoundAsync(store, new ThreadQuery { Branches = ["mai"] });
    }

    /// <summary>FILT-16.</summary>
    [Fact, Guarantee("FILT-16")]
    public async Task A_repository_is_one_in_all_spellings_and_is_named_by_the_end_of_its_address()
    {
        string?[] urls =
        [
            "https://github.com/openai/codex.git",
            "git@github.com:OpenAI/codex",
            "ssh://git@github.com:22/openai/codex/",
            "https://example.com/other/codex",
            "https://github.com/openai/codex-rs",
            "/srv/git/tool.git",
            null,
        ];
        var store = await OpenAsync(
            urls.Select((url, index) => Thread(index + 1, head => head with { Git = url is null ? null : new GitInfo("abc", "main", url) }))
        );

        foreach (var one in new[] { urls[0]!, urls[1]!, urls[2]!, "openai/codex", "OPENAI/Codex", "github.com/openai/codex/" })
            await AssertFoundAsync(store, new ThreadQuery { Repositories = [one] }, 1, 2, 3);
        await AssertFoundAsync(store, new ThreadQuery { Repositories = ["codex"] }, 1, 2, 3, 4);
        await AssertFoundAsync(store, new ThreadQuery { Repositories = ["tool", "other/codex"] }, 4, 6);
        await AssertFoundAsync(store, new ThreadQuery { Repositories = ["/srv/git/tool"] }, 6);
        await AssertFoundAsync(store, new ThreadQuery { Repositories = ["ai/codex"] });
        await AssertFoundAsync(store, new ThreadQuery { Repositories = ["github.com"] });
    }

    /// <summary>FILT-17.</summary>
    [Fact, Guarantee("FILT-17")]
    public async Task Since_and_until_bound_the_time_that_orders_the_list()
    {
        // the later a thread was created, the earlier was its last turn
        var store = await OpenAsync(
            Enumerable
                .Range(1, 5)
                .Select(number => SampleHome.Log(number, At(number)).Wait(TimeSpan.FromHours(10 - number)).Turn("What?").ToSeed())
        );

        await AssertFoundAsync(store, new ThreadQuery { Since = At(2), Until = At(4) }, 2, 3);
        await AssertFoundAsync(store, new ThreadQuery { Since = At(4) }, 4, 5);
        await AssertFoundAsync(store, new ThreadQuery { Until = At(2) }, 1);
        await AssertFoundAsync(store, new ThreadQuery { Since = At(2).AddMilliseconds(1), Until = At(3).AddMilliseconds(1) }, 3);
        await AssertFoundAsync(store, new ThreadQuery { Since = At(3).ToOffset(TimeSpan.FromHours(5)), Limit = 1 }, 3, 4, 5);
        await AssertFoundAsync(store, new ThreadQuery { Since = At(4), Until = At(2) });
        await AssertFoundAsync(store, new ThreadQuery { Since = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue }, 1, 2, 3, 4, 5);
        var threads = await store.EverythingAsync(Cancellation);
        foreach (var thread in threads)
        {
            foreach (var sort in new[] { ThreadSort.Updated, ThreadSort.Recency })
            {
                var time = sort == ThreadSort.Updated ? thread.UpdatedAt : thread.RecencyAt;
                var found = await store.ListAsync(
                    new ThreadQuery
                    {
                        Sort = sort,
                        Since = time,
                        Until = time.AddMilliseconds(1),
                    },
                    Cancellation
                );
                Assert.Equal(thread.Id, Assert.Single(found.Items).Id);
            }
        }
    }

    /// <summary>FILT-18.</summary>
    [Fact, Guarantee("FILT-18")]
    public async Task A_cursor_belongs_to_the_filters_it_was_made_with()
    {
        var store = await OpenAsync(Enumerable.Range(1, 4).Select(number => OnBranch(number, "main")));
        var query = new ThreadQuery
        {
            Limit = 2,
            Agents = AgentFilter.Roots,
            Branches = ["main"],
            Repositories = ["tool"],
            Cwds = ["/home"],
            CwdScope = FolderScope.Below,
            Since = At(0),
            Until = At(9),
        };
        var cursor = (await store.ListAsync(query, Cancellation)).NextCursor;

        Assert.Equal(2, (await store.ListAsync(query with { Cursor = cursor }, Cancellation)).Items.Count);
        foreach (
            var other in (ThreadQuery[])
                [
                    query with
                    {
                        Agents = AgentFilter.Any,
                    },
                    query with
                    {
                        Branches = ["main", "x"],
                    },
                    query with
                    {
                        Repositories = ["x/tool"],
                    },
                    query with
                    {
                        CwdScope = FolderScope.Exact,
                    },
                    query with
                    {
                        Since = null,
                    },
                    query with
                    {
                        Until = At(8),
                    },
                ]
        )
            await StoreReading.RefusesAsync(
                ThreadStoreErrorCode.InvalidCursor,
                async () => await store.ListAsync(other with { Cursor = cursor }, Cancellation)
            );
    }

    /// <summary>FILT-19.</summary>
    [Fact, Guarantee("FILT-19")]
    public async Task Counts_are_the_lengths_of_the_lists()
    {
        if (
            Harness.Capabilities.FirstOrDefault(capability => capability.Ability?.Service == typeof(IThreadCounts))?.MissingBecause is
            { } reason
        )
            Assert.Skip($"The store has no {nameof(IThreadCounts)}: {reason}");
        var store = await OpenAsync([
            .. Enumerable.Range(1, 7).Select(number => OnBranch(number, number % 2 == 0 ? "main" : "x")),
            Thread(8, head => head with { Source = "{\"subagent\":\"review\"}" }),
            Thread(9, head => head with { Cwd = "/other" }) with
            {
                Place = SeedPlace.Archived,
            },
            SampleHome.Log(10, At(10)).ToSeed(),
        ]);
        var counts = Assert.IsType<IThreadCounts>(store.GetService<IThreadCounts>(), exactMatch: false);
        ThreadQuery[] queries =
        [
            new(),
            new() { Limit = 1, Direction = SortDirection.Ascending },
            new() { Archive = ArchiveFilter.Archived },
            new() { Archive = ArchiveFilter.Any, Visibility = ThreadVisibility.All },
            new() { Visibility = ThreadVisibility.All },
            new() { Agents = AgentFilter.Roots },
            new() { Agents = AgentFilter.SubAgents },
            new() { Branches = ["main"] },
            new()
            {
                Cwds = ["/home", "/other"],
                CwdScope = FolderScope.Below,
                Archive = ArchiveFilter.Any,
            },
            new() { SearchTerm = "QUESTION 8" },
            new() { Since = At(3), Until = At(6) },
            new() { Sources = ["none"] },
        ];

        var expected = new List<long>();
        foreach (var query in queries)
            expected.Add((await store.ListAllAsync(query, Cancellation)).Count);
        Assert.Equal(expected, await counts.CountAsync(queries, Cancellation));
        Assert.Empty(await counts.CountAsync([], Cancellation));
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await counts.CountAsync([new ThreadQuery { Limit = 0 }], Cancellation)
        );
        await StoreReading.RefusesAsync(
            ThreadStoreErrorCode.InvalidRequest,
            async () => await counts.CountAsync([.. Enumerable.Repeat(new ThreadQuery(), IThreadCounts.MaxQueries + 1)], Cancellation)
        );
    }

    static ThreadSeed OnBranch(int number, string? branch) =>
        Thread(number, head => head with { Git = new GitInfo("abc", branch, "https://example.com/x/tool") });

    static ThreadSeed Thread(int number, Func<RolloutHead, RolloutHead> change) =>
        RolloutLines.From(change(new RolloutHead(SeedIds.Id(number), At(number)))).Turn($"Question {number}").ToSeed();

    static async Task AssertFoundAsync(IThreadStore store, ThreadQuery query, params int[] expected)
    {
        var threads = await store.ListAllAsync(query with { Direction = SortDirection.Ascending }, Cancellation);
        Assert.Equal(expected, threads.Select(thread => (int)thread.Id.Value.ToByteArray(bigEndian: true)[^1]).Order());
    }
}
