using CsCheck;
using Spool.TestKit;
using static Spool.Local.Tests.HomeBuilding;

namespace Spool.Local.Tests;

/// <summary>What the index finds with SQL is what <see cref="NormalQuery"/> says: the rows, their order, their pages.</summary>
public sealed class ListingAgreementTests : IDisposable
{
    static readonly string[] Sources =
    [
        "\"cli\"",
        "\"vscode\"",
        "\"mcp\"",
        "{\"custom\":\"cli\"}",
        "{\"custom\":\"subAgentX\"}",
        "{\"custom\":\"atlas\"}",
        "{\"custom\":\"\"}",
        "{\"subagent\":\"review\"}",
        "{\"subagent\":{\"other\":\"x\"}}",
        "{\"subagent\":{\"thread_spawn\":{\"depth\":3}}}",
        "7",
    ];
    static readonly string[] Kinds =
    [
        "cli",
        "vscode",
        "appServer",
        "custom:cli",
        "custom:subAgentX",
        "subAgentX",
        "atlas",
        "",
        "subAgent",
        "subAgentReview",
        "subAgentThreadSpawn",
        "unknown",
        "CLI",
        "custom",
    ];
    static readonly string?[] Providers = [null, "", "openai", "OpenAI", "\uFFFD", "a\uFFFDb", "a\0b", "a", "'; --"];
    static readonly string[] Folders =
    [
        "",
        "/",
        "/a",
        "/a/",
        "/A",
        "/a\uFFFDb",
        "/a\0b",
        @"c:\work",
        "C:/work/",
        "/mnt/c/work",
        @"\\server\share",
        "%",
        "é",
    ];
    static readonly string[] Texts =
    [
        "",
        "x",
        "Parser",
        "PARSER 50%",
        "a_b",
        "Größe",
        "GRÖSSE",
        "\uFFFD",
        "x\0y",
        "\0",
        "İi",
        "\U0001F9F5",
    ];
    static readonly string[] Terms =
    [
        "",
        "x",
        "parser",
        "%",
        "_",
        "größe",
        "\ud800",
        "\0",
        "\0Y",
        "\uFFFD",
        "i",
        "\U0001F9F5",
        "\U0001F9F5"[..1],
    ];

    static readonly Gen<Row> Rows = Gen.Select(
        Gen.Int[0, 5],
        Gen.Int[0, 5],
        Gen.Int[0, Sources.Length - 1],
        Gen.Int[0, Providers.Length - 1],
        Gen.Int[0, Folders.Length - 1],
        Gen.Int[0, Texts.Length - 1],
        Gen.Int[0, 4 * Texts.Length],
        Gen.Int[0, 31],
        (created, later, source, provider, folder, preview, name, flags) =>
            new Row(
                created,
                later,
                Sources[source],
                Providers[provider],
                Folders[folder],
                Texts[preview],
                name < Texts.Length ? Texts[name] : null,
                flags
            )
    );

    static readonly Gen<ThreadQuery> Queries = Gen.Select(
        Gen.Int[1, 7],
        Gen.Int[0, 2],
        Gen.Int[0, 11],
        Some(Kinds),
        Some([.. Providers.OfType<string>(), "p\ud800"]),
        Some([.. Folders, "/a\ud800b"]),
        Gen.Int[0, 3 * Terms.Length],
        Gen.Int[0, 20],
        (limit, sort, flags, sources, providers, folders, term, parent) =>
            new ThreadQuery
            {
                Limit = limit,
                Sort = (ThreadSort)sort,
                Direction = (SortDirection)(flags % 2),
                Visibility = (ThreadVisibility)(flags / 2 % 2),
                Archive = (ArchiveFilter)(flags / 4),
                Sources = sources,
                ModelProviders = providers,
                Cwds = folders,
                SearchTerm = term < Terms.Length ? Terms[term] : null,
                Parent = parent is > 0 and < 4 ? Id(parent) : null,
            }
    );

    readonly TempHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void The_index_lists_what_the_rule_says_page_by_page()
    {
        using var database = new IndexDatabase(_home.Cache, _home.Path);
        using var connection = database.Connect();
        Gen.Select(Rows.Array[0, 14], Queries.Array[1, 4])
            .Sample(
                (rows, queries) =>
                {
                    connection.Execute("BEGIN"); // and never committed: nothing of a round reaches the disk
                    try
                    {
                        var threads = rows.Select((row, index) => Store(connection, row, index + 1)).ToList();
                        var parents = threads.ToDictionary(thread => thread.Id, thread => thread.ParentThreadId);
                        threads = threads.ConvertAll(thread =>
                            thread with
                            {
                                Depth = AgentDepth.Of(thread, id => parents.GetValueOrDefault(id)),
                            }
                        );
                        foreach (var query in queries)
                            Compare(new ThreadListing(connection), threads, query);
                    }
                    finally
                    {
                        connection.Execute("ROLLBACK");
                    }
                },
                iter: 2000,
                threads: 1
            );
    }

    static void Compare(ThreadListing listing, List<StoredThread> threads, ThreadQuery query)
    {
        for (var pages = 0; pages < 20; pages++)
        {
            var normal = NormalQuery.Of(query);
            var expected = threads
                .Where(thread => normal.Matches(thread) && normal.IsBehindCursor(thread))
                .Order(normal.Order)
                .Take(normal.Limit + 1)
                .ToList();
            var found = listing.List(normal);

            Assert.Equal(expected, found.Select(thread => thread.WithoutRevision()));
            if (normal.ToPage(found, []).NextCursor is not { } next)
                return;
            query = query with { Cursor = next };
        }
        Assert.Fail("The pages do not end.");
    }

    static StoredThread Store(IndexConnection connection, Row row, int number)
    {
        var id = Id(number);
        var created = 1_760_000_000_000 + row.Created;
        var facts = new ThreadFacts
        {
            Id = id,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(created),
            LastItemAt = DateTimeOffset.FromUnixTimeMilliseconds(created + row.Later),
            LastTurnAt = DateTimeOffset.FromUnixTimeMilliseconds(created + row.Later / 2),
            Cwd = row.Folder,
            Source = row.Source,
            HistoryMode = HistoryModes.Paginated,
            ModelProvider = row.Provider,
            Preview = row.Preview,
            ParentThreadId = (row.Flags & 3) == 0 ? Id(1 + row.Flags / 4 % 4) : null,
        };
        var table = new RolloutTable(connection);
        var rollout = new RolloutRow
        {
            Path = $"{((row.Flags & 16) == 0 ? HomeLayout.Sessions : HomeLayout.Archived)}/rollout-2026-01-01T00-00-00-{id}.jsonl",
            Stamp = new FileStamp(100, 1, number, 1),
            ClaimedThread = id,
            Rollout = id,
            Scan = new ScanState
            {
                Facts = facts,
                Length = 100,
                Totals = new LogTotals
                {
                    Lines = 2,
                    NextOrdinal = 2,
                    AppendOrdinal = 2,
                },
                Hash = 1,
            },
            State = (row.Flags & 12) == 12 ? ThreadCondition.Unreadable : ThreadCondition.Ok,
            Overlay = new CodexOverlay(null, row.Name),
        };
        rollout = rollout with { Key = table.Upsert(rollout) };
        var thread = StoredThreadComposer.Compose(rollout, id);
        table.WriteListing(new ListedThread(rollout.Key, NormalQuery.IsShown(thread) ? Listing.Default : Listing.OnlyAll, thread));
        return thread;
    }

    static Gen<string[]> Some(string[] values) =>
        Gen.Frequency((2, Gen.Const(Array.Empty<string>())), (1, Gen.Int[0, values.Length - 1].Select(index => values[index]).Array[1, 5]));

    sealed record Row(int Created, int Later, string Source, string? Provider, string Folder, string Preview, string? Name, int Flags);
}
