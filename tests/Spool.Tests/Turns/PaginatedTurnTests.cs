using Xunit;
using static Spool.Tests.RolloutText;

namespace Spool.Tests;

public sealed class PaginatedTurnTests
{
    [Fact]
    public void A_turn_has_the_place_of_the_record_that_opened_it() =>
        AssertTurns(
            """[{"id":"sub","rootTurnId":"review","items":[]},{"id":"review","rootTurnId":null,"status":"completed","items":[{"id":"i","text":"first"}]},{"id":"bare","status":"interrupted","items":[{"id":"j"}]}]""",
            Turns(
                HistoryModes.Paginated,
                Numbered(
                    Message("review", "i", "first"),
                    Event("task_started", "\"turn_id\":\"sub\",\"root_turn_id\":\"review\""),
                    Event("task_complete", "\"turn_id\":\"review\""),
                    Message("bare", "j", "x")
                )
            )
        );

    [Fact]
    public void Completing_an_item_again_replaces_it_in_place() =>
        AssertTurns(
            """[{"items":[{"type":"agentMessage","moderation":null,"id":"i","text":"new","delivery":null,"questions":null,"startedAtMs":5,"completedAtMs":6},{"id":"j"}]}]""",
            Turns(HistoryModes.Paginated, Numbered(Message("t", "i", "old"), Message("t", "j", "x"), Message("t", "i", "new")))
        );

    [Fact]
    public void An_ended_turn_keeps_its_end() =>
        AssertTurns(
            """[{"id":"t","status":"failed","error":{"message":"m","codexErrorInfo":{"httpConnectionFailed":{"httpStatusCode":500}}},"completedAt":7}]""",
            Turns(
                HistoryModes.Paginated,
                Numbered(
                    Event("task_started", "\"turn_id\":\"t\""),
                    Event(
                        "task_complete",
                        "\"turn_id\":\"t\",\"error\":{\"message\":\"m\",\"codex_error_info\":{\"http_connection_failed\":{\"http_status_code\":500}}},\"completed_at\":7"
                    ),
                    Event("task_complete", "\"turn_id\":\"t\",\"completed_at\":9")
                )
            )
        );

    [Fact]
    public void An_item_of_an_unknown_kind_keeps_all_its_members() =>
        AssertTurns(
            """[{"items":[{"type":"newThing","id":"n","someMember":{"kept_as":1},"status":"inProgress"}]}]""",
            Turns(
                HistoryModes.Paginated,
                Numbered(
                    Event(
                        "item_completed",
                        "\"turn_id\":\"t\",\"item\":{\"type\":\"NewThing\",\"id\":\"n\",\"some_member\":{\"kept_as\":1},\"status\":\"in_progress\"}"
                    )
                )
            )
        );

    [Fact]
    public void A_continued_history_hides_the_older_state_of_a_turn_and_keeps_its_items() =>
        AssertTurns(
            """[{"id":"u"},{"id":"t","status":"interrupted","items":[{"id":"i"}]}]""",
            Turns(
                HistoryModes.Paginated,
                Numbered(
                    Event("task_started", "\"turn_id\":\"t\""),
                    Message("t", "i", "x"),
                    Event("task_complete", "\"turn_id\":\"t\""),
                    Line("session_meta", """{"history_mode":"paginated","history_base":{"end_ordinal_exclusive":3}}"""),
                    Event("task_started", "\"turn_id\":\"u\""),
                    Event("turn_aborted", "\"turn_id\":\"t\"")
                )
            )
        );

    [Fact]
    public void Items_copied_for_a_sub_agent_make_no_turns() =>
        AssertTurns(
            """[{"id":"own"}]""",
            Turns(
                HistoryModes.Paginated,
                Numbered(
                    Line("session_meta", """{"subagent_history_start_ordinal":2}"""),
                    Event("task_started", "\"turn_id\":\"copied\""),
                    Event("task_started", "\"turn_id\":\"own\"")
                )
            )
        );

    [Theory]
    [InlineData("\"type\":\"userMessage\",\"content\":[5,null,[],{\"text\":\"read\"},{\"text\":7}]")]
    [InlineData("\"type\":\"fileChange\",\"changes\":[5,{\"path\":\"read\"}]")]
    [InlineData("\"type\":\"reasoning\",\"summary\":[5,{},\"read\"]")]
    public void The_text_of_an_item_of_another_shape_is_what_can_be_read_of_it(string members) =>
        Assert.Equal(
            "read",
            Assert
                .Single(
                    Assert
                        .Single(
                            Turns(HistoryModes.Paginated, Numbered(Event("item_completed", $"\"turn_id\":\"t\",\"item\":{{{members}}}")))
                        )
                        .Items
                )
                .Text
        );

    static string Message(string turn, string id, string text) =>
        Event(
            "item_completed",
            $"\"turn_id\":\"{turn}\",\"item\":{{\"type\":\"AgentMessage\",\"id\":\"{id}\",\"content\":[{{\"type\":\"Text\",\"text\":\"{text}\"}}]}},\"started_at_ms\":5,\"completed_at_ms\":6"
        );
}
