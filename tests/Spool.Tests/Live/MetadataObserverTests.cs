using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Spool.TestKit;
using Xunit;

namespace Spool.Tests;

public sealed class MetadataObserverTests
{
    static readonly RolloutHead Head = new(SeedIds.Id(1), SeedIds.Epoch) { Git = new GitInfo("0123", "main", "https://example.com/r.git") };

    [Fact]
    public void The_first_head_gives_identity_and_origin()
    {
        var facts = Observe(
            RolloutLines.From(Head with { HistoryMode = HistoryModes.Paginated, ForkedFrom = SeedIds.Id(2), Parent = SeedIds.Id(3) })
        );

        Assert.Equal((Head.Id, SeedIds.Epoch, HistoryModes.Paginated), (facts.Id, facts.CreatedAt, facts.HistoryMode));
        Assert.Equal(
            (SeedIds.Id(2), SeedIds.Id(3), "\"cli\"", Head.Git),
            (facts.ForkedFromId, facts.ParentThreadId, facts.Source, facts.GitInfo)
        );
    }

    [Fact]
    public void A_head_without_a_history_mode_is_legacy() =>
        Assert.Equal(HistoryModes.Legacy, Observe(RolloutLines.From(Head)).HistoryMode);

    [Fact]
    public void A_later_head_of_the_same_thread_changes_only_what_it_names()
    {
        var facts = Observe(
            RolloutLines
                .From(Head)
                .Item(
                    "session_meta",
                    $$$"""{"id":"{{{Head.Id}}}","timestamp":"2027-01-01T00:00:00.000Z","cwd":"","cli_version":"1.0","source":"exec","memory_mode":"disabled","git":{"branch":"next"}}"""
                )
        );

        Assert.Equal((SeedIds.Epoch, "\"cli\"", Head.Cwd), (facts.CreatedAt, facts.Source, facts.Cwd));
        Assert.Equal(("1.0", "disabled", new GitInfo(null, "next", null)), (facts.CliVersion, facts.MemoryMode, facts.GitInfo));
    }

    [Fact]
    public void The_guardian_is_named_for_what_it_does_and_not_for_the_messages_it_reviews()
    {
        var head = Head with { Source = """{"subagent":{"other":"guardian"}}""" };

        var facts = Observe(
            RolloutLines
                .From(head)
                .Item("event_msg", """{"type":"user_message","message":"Assess this. ## My request for Codex: fix it"}""")
        );
        Assert.Equal(("Guardian review", "Approval review", "fix it"), (facts.Name, facts.Preview, facts.FirstUserMessage));
        var named = Observe(RolloutLines.From(head).Item("event_msg", """{"type":"thread_name_updated","thread_name":"mine"}"""));
        Assert.Equal(("mine", "Approval review"), (named.Name, named.Preview));
        var other = Observe(
            RolloutLines
                .From(head with { Source = """{"subagent":{"other":"Guardian"}}""" })
                .Item("event_msg", """{"type":"user_message","message":"x"}""")
        );
        Assert.Equal((null, "x"), (other.Name, other.Preview));
    }

    [Fact]
    public void A_long_message_says_what_it_would_say_if_it_were_read_whole()
    {
        const string Marker = "## My request for Codex:";
        var text = Gen.Select(
                Gen.Int[0, 11]
                    .Select(i =>
                        ((string[])["a", " ", "\n", "\"", "\\", "é", "…", "\U0001F600", "\u0001", Marker, Marker[..9], Marker[9..]])[i]
                    ),
                Gen.OneOf(Gen.Int[1, 3], Gen.Int[1, 20_000])
            )
            .Array[0, 8]
            .Select(parts => string.Concat(parts.Select(part => string.Concat(Enumerable.Repeat(part.Item1, part.Item2)))));
        Gen.Select(text, Gen.Bool, Gen.Bool)
            .Sample(
                (message, isEscaped, isItem) =>
                {
                    var encoder = isEscaped ? JavaScriptEncoder.Default : JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
                    var json = '"' + JsonEncodedText.Encode(message, encoder).ToString() + '"';
                    var payload = isItem
                        ? $$$"""{"type":"item_completed","item":{"type":"UserMessage","content":[{"type":"text","text":{{{json}}}}]}}"""
                        : $$$"""{"type":"user_message","message":{{{json}}}}""";
                    var marker = message.IndexOf(Marker, StringComparison.Ordinal);
                    var request = (marker < 0 ? message : message[(marker + Marker.Length)..]).Trim();

                    Assert.Equal(
                        request.Length == 0 ? null : BoundedText.Of(request),
                        Observe(RolloutLines.From(Head).Item("event_msg", payload)).FirstUserMessage
                    );
                },
                iter: 60
            );
    }

    [Fact]
    public void A_head_of_another_thread_changes_nothing()
    {
        var own = Observe(RolloutLines.From(Head));
        var facts = Observe(
            RolloutLines.From(Head).Item("session_meta", (Head with { Id = SeedIds.Id(9), Cwd = "/other", Git = null }).ToPayload())
        );

        Assert.Equal(own with { LastItemAt = own.LastItemAt?.AddMilliseconds(1) }, facts);
    }

    [Theory]
    [InlineData("Hello", "Hello")]
    [InlineData("  spaced \\n", "spaced")]
    [InlineData("files\\n## My request for Codex:\\nDo it", "Do it")]
    [InlineData("## My request for Codex:\\na ## My request for Codex: b", "a ## My request for Codex: b")]
    [InlineData("", null)]
    public void The_preview_is_what_the_user_asked_for(string message, string? preview) =>
        Assert.Equal(preview, Observe(RolloutLines.From(Head).Event("user_message", $"\"message\":\"{message}\"")).Preview);

    [Theory]
    [InlineData("\"message\":\"\",\"images\":[\"data:\"]", "[Image]")]
    [InlineData("\"message\":\" \",\"local_images\":[\"/a.png\"]", "[Image]")]
    [InlineData("\"message\":\"\",\"audio\":[{}]", "[Audio]")]
    [InlineData("\"message\":\"Look\",\"images\":[\"data:\"]", "Look")]
    public void A_message_without_words_shows_what_it_carries(string members, string preview) =>
        Assert.Equal(preview, Observe(RolloutLines.From(Head).Event("user_message", members)).Preview);

    [Fact]
    public void Only_the_first_message_is_the_preview() =>
        Assert.Equal("One", Observe(RolloutLines.From(Head).Turn("One").Turn("Two")).Preview);

    [Fact]
    public void A_goal_is_the_preview_until_there_is_a_message()
    {
        var log = RolloutLines.From(Head).Event("thread_goal_updated", "\"goal\":{\"objective\":\"Ship it\"}");

        Assert.Equal(("Ship it", null), (Observe(log).Preview, Observe(log).FirstUserMessage));
        Assert.Equal("First", Observe(log.Turn("First")).Preview);
        Assert.Equal("First", Observe(log.Event("thread_goal_updated", "\"goal\":{\"objective\":\"Later\"}")).Preview);
    }

    [Fact]
    public void A_completed_message_that_names_another_thread_is_the_preview_as_for_Codex() =>
        Assert.Equal(
            "Copied",
            Observe(
                RolloutLines
                    .From(Head)
                    .Event(
                        "item_completed",
                        $$$""" "thread_id":"{{{SeedIds.Id(9)}}}","item":{"type":"UserMessage","id":"u","content":[{"type":"text","text":"Copied"}]}"""
                    )
            ).Preview
        );

    [Fact]
    public void Turns_move_the_model_and_the_recency_but_not_the_folder()
    {
        var facts = Observe(RolloutLines.From(Head).StartTurn().Item("turn_context", """{"cwd":"/elsewhere","model":"gpt-y"}"""));

        Assert.Equal(("gpt-y", null, Head.Cwd), (facts.Model, facts.ReasoningEffort, facts.Cwd));
        Assert.Equal(SeedIds.Epoch.AddMilliseconds(1), facts.LastTurnAt);
    }

    [Fact]
    public void Settings_and_tokens_follow_the_latest_and_missing_counts_change_nothing()
    {
        var facts = Observe(
            RolloutLines
                .From(Head)
                .Turn("Q")
                .Event("thread_settings_applied", "\"thread_settings\":{\"model\":\"m2\",\"model_provider_id\":\"p2\",\"cwd\":\"/new\"}")
                .Event("token_count", "\"info\":null")
        );

        Assert.Equal(("m2", "p2", "/new", 101L), (facts.Model, facts.ModelProvider, facts.Cwd, facts.TokensUsed));
        Assert.Equal(
            0,
            Observe(RolloutLines.From(Head).Event("token_count", "\"info\":{\"total_token_usage\":{\"total_tokens\":-5}}")).TokensUsed
        );
    }

    [Fact]
    public void A_name_that_a_fork_copied_from_its_source_is_not_its_own()
    {
        var log = RolloutLines
            .From(Head)
            .Event("thread_name_updated", $"\"thread_id\":\"{SeedIds.Id(99)}\",\"thread_name\":\"The other's\"");

        Assert.Null(Observe(log).Name);
        Assert.Equal("Mine", Observe(log.Event("thread_name_updated", $"\"thread_id\":\"{Head.Id}\",\"thread_name\":\"Mine\"")).Name);
    }

    [Fact]
    public void The_latest_name_holds_and_an_empty_one_clears_it()
    {
        var log = RolloutLines.From(Head).Event("thread_name_updated", "\"thread_name\":\" One \"");

        Assert.Equal("One", Observe(log).Name);
        Assert.Equal("", Observe(log.Event("thread_name_updated", "\"thread_name\":null")).Name);
    }

    [Fact]
    public void Observing_in_two_parts_says_the_same_as_in_one() =>
        Gen.Int[0, 40]
            .Sample(cut =>
            {
                var items = Items(RolloutLines.From(Head).Turn("One").Event("thread_name_updated", "\"thread_name\":\"N\"").Turn("Two"));
                var first = new MetadataObserver();
                foreach (var item in items.Take(cut))
                    first.Observe(item);
                var second = new MetadataObserver(first.Facts);
                foreach (var item in items.Skip(cut))
                    second.Observe(item);
                Assert.Equal(Observe(items), second.Facts);
            });

    [Fact]
    public void Payloads_of_any_shape_never_throw() =>
        Gen.Select(
                Choice.Of("session_meta", "turn_context", "event_msg"),
                Choice.Of(
                    "null",
                    "17",
                    "[]",
                    "\"x\"",
                    "{}",
                    "{\"type\":\"user_message\",\"message\":{}}",
                    "{\"type\":\"token_count\",\"info\":{\"total_token_usage\":{\"total_tokens\":1e99}}}",
                    "{\"id\":7,\"source\":null}",
                    "{\"type\":\"item_completed\",\"item\":\"UserMessage\"}",
                    "{\"type\":\"thread_goal_updated\",\"goal\":[]}",
                    "{\"type\":\"user_message\",\"message\":\"\\ud800\"}"
                )
            )
            .Sample((type, payload) => Observe(RolloutLines.From(Head).Item(type, payload)));

    static ThreadFacts Observe(RolloutLines log) => Observe(Items(log));

    static ThreadFacts Observe(IEnumerable<RolloutItem> items)
    {
        var observer = new MetadataObserver();
        foreach (var item in items)
            observer.Observe(item);
        return observer.Facts;
    }

    static List<RolloutItem> Items(RolloutLines log) =>
        [.. log.Lines.Select((line, index) => new RolloutItem(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line.Span)), index))];
}
