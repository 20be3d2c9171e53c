using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

/// <summary>The page about items says what is so.</summary>
public sealed partial class ItemsPageTests
{
    const string None = "–";

    static readonly JsonSerializerOptions AsInTheLog = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "items.md"));

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Guarantee("RECD-07")]
    public async Task Each_example_of_the_page_about_items_is_written_and_read_back_as_it_says()
    {
        var source = WithoutSpace(File.ReadAllText(Path.Combine(Root(), "tests", "Spool.Tests", "Recording", "EntrySamples.cs")));
        foreach (var (name, entry) in EntrySamples.All)
        {
            var section = Section($"### `{name}`");
            var (legacy, paginated) = (
                await Written.ByAsync(entry, HistoryModes.Legacy),
                await Written.ByAsync(entry, HistoryModes.Paginated)
            );

            Assert.Contains(WithoutSpace(Assert.Single(Blocks(section, "csharp"))), source, StringComparison.Ordinal);
            Assert.Equal(Distinct(legacy.Lines, paginated.Lines).Concat(Distinct(legacy.Shown, paginated.Shown)), Blocks(section, "json"));
        }
        Assert.Equal(EntrySamples.All.Count, Regex.Count(Page, "^### `", RegexOptions.Multiline));
    }

    [Fact, Guarantee("RECD-08")]
    public async Task The_table_of_entries_has_a_row_for_each_and_every_kind_has_an_example()
    {
        var rows = new List<string>();
        foreach (var (name, entry) in EntrySamples.All)
        {
            var (legacy, paginated) = (
                await Written.ByAsync(entry, HistoryModes.Legacy),
                await Written.ByAsync(entry, HistoryModes.Paginated)
            );
            var isInBoth = EntrySamples.CodexShows(entry, HistoryModes.Legacy);
            var codex =
                legacy.ShownType == None ? None
                : isInBoth ? "the same"
                : "only in paginated threads";
            var shown = Both(legacy.ShownType, paginated.ShownType);
            var records = $"{legacy.Model} | {legacy.Records} | {paginated.Records}";
            rows.Add($"| [`{name}`](#{name.ToLowerInvariant()}) | {records} | {shown} | {codex} |");
        }

        Assert.Equal(rows, Page.Split('\n').Where(line => line.StartsWith("| [`", StringComparison.Ordinal)));
        Assert.Equal(
            typeof(ThreadEntry)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(ThreadEntry)) && !type.IsAbstract)
                .Select(type => type.Name)
                .Order(),
            EntrySamples.All.Select(sample => sample.Entry.GetType().Name).Order()
        );
    }

    [Fact, Guarantee("RECD-09")]
    public void The_table_of_what_is_left_out_says_what_the_policy_does()
    {
        var rows = Row().Matches(Section("## Items of your own")).Select(match => match.Groups).ToList();

        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            foreach (var type in Regex.Matches(row[2].Value, "`([^`]+)`").Select(match => match.Groups[1].Value))
            {
                var item = NewItem.FromJson(row[1].Value, $$$"""{"type":"{{{type}}}","item":{"type":"AgentMessage"}}""");
                Assert.Equal(
                    (type, row[3].Value),
                    (type, PersistencePolicy.Apply(item, PersistenceMode.Legacy) is null ? "left out" : "stored")
                );
                Assert.Equal(
                    (type, row[4].Value),
                    (type, PersistencePolicy.Apply(item, PersistenceMode.Paginated) is null ? "left out" : "stored")
                );
            }
        }
    }

    static IEnumerable<string> Distinct(string legacy, string paginated) =>
        ((string[])[legacy, paginated]).Distinct().Where(text => text.Length > 0);

    static string Both(string legacy, string paginated) => legacy == paginated ? legacy : $"{legacy} / {paginated}";

    static string Section(string heading)
    {
        var start = Page.IndexOf(heading + "\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"The page has no {heading}.");
        var end = Page.IndexOf("\n##", start + heading.Length, StringComparison.Ordinal);
        return Page[start..(end < 0 ? Page.Length : end + 1)];
    }

    static List<string> Blocks(string section, string language) =>
        [
            .. Regex
                .Matches(section, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)
                .Select(match => match.Groups[1].Value),
        ];

    static string WithoutSpace(string text) => Regex.Replace(text, @"\s", "");

    static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Spool.slnx")))
            directory = directory.Parent ?? throw new InvalidOperationException("The root of the repository was not found.");
        return directory.FullName;
    }

    [GeneratedRegex(@"^\| `(event_msg|response_item)` \| (.+) \| (stored|left out) \| (stored|left out) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    /// <summary>What a thread has of an entry that was written to it.</summary>
    sealed record Written(string Lines, string Shown, string Model, string Records, string ShownType)
    {
        public static async Task<Written> ByAsync(ThreadEntry entry, string mode)
        {
            await using var store = new InMemoryThreadStore();
            var meta = new SessionMeta(EntrySamples.ThreadId, EntrySamples.Time)
            {
                Cwd = "/work",
                Originator = "tests",
                CliVersion = "1.0",
                HistoryMode = mode,
            };
            var items = entry.ToItems(EntrySamples.Place(mode));
            await using (var writer = await store.CreateAsync(new CreateRequest(meta.Id, meta.ToItem()), Cancellation))
            {
                if (entry is not TurnStartedEntry)
                    await writer.AppendAsync(new AppendRequest(new TurnStartedEntry().ToItems(EntrySamples.Place(mode))), Cancellation);
                await writer.AppendAsync(new AppendRequest(items), Cancellation);
                await writer.ShutDownAsync(Cancellation);
            }

            var request = new ListItemsRequest(meta.Id) { Direction = SortDirection.Descending, Limit = items.Count };
            var stored = (await store.ListItemsAsync(request, Cancellation)).Items.Reverse().ToList();
            var turn = Assert.Single((await store.ListTurnsAsync(new ListTurnsRequest(meta.Id), Cancellation)).Items);
            return new Written(
                string.Concat(stored.Select(LineOf)),
                ShownOf(entry, turn),
                Names(stored.Where(IsForModel)),
                Names(stored.Where(item => !IsForModel(item))),
                entry is TurnStartedEntry or TurnEndedEntry or TurnInterruptedEntry ? "the turn"
                    : turn.Items is [var item] ? $"`{item.Type}`"
                    : None
            );
        }

        static bool IsForModel(RolloutItem item) => item.Kind is RolloutItemKind.ResponseItem or RolloutItemKind.Compacted;

        static string Names(IEnumerable<RolloutItem> items) =>
            string.Join(", ", items.Select(item => $"`{NameOf(item)}`").Distinct()) is { Length: > 0 } names ? names : None;

        static string NameOf(RolloutItem item) =>
            item.IsPayload("item_completed"u8)
                ? (string)JsonNode.Parse(item.Payload.Span)!["item"]!["type"]!
                : item.PayloadType ?? item.Type!;

        static string LineOf(RolloutItem item) =>
            $"{{\"type\":\"{item.Type}\",\"payload\":{Encoding.UTF8.GetString(item.Payload.Span)}}}\n";

        static string ShownOf(ThreadEntry entry, Turn turn)
        {
            if (turn.Items is [var item])
                return item.Json.ToJsonString(AsInTheLog) + "\n";
            if (entry is not (TurnStartedEntry or TurnEndedEntry or TurnInterruptedEntry))
                return "";
            var whole = RolloutText.Json(turn);
            whole.Remove("items");
            return whole.ToJsonString(AsInTheLog) + "\n";
        }
    }
}
