using System.Text;
using Xunit;

namespace Spool.Tests;

public sealed class BareRecordTests
{
    const string Id = "d7e0b7f3-0000-4000-8000-000000000006";

    [Theory]
    [InlineData(
        """{"id":"d7e0b7f3-0000-4000-8000-000000000006","timestamp":"2025-09-07T06:02:51.440Z","instructions":null}""",
        RolloutItemKind.SessionMeta,
        "session_meta",
        null
    )]
    [InlineData(
        """{"timestamp":"2025-09-07T06:02:51.440Z","git":{"branch":"main"},"id":"d7e0b7f3-0000-4000-8000-000000000006"}""",
        RolloutItemKind.SessionMeta,
        "session_meta",
        null
    )]
    [InlineData(
        """{ "id" : "d7e0b7f3-0000-4000-8000-000000000006" , "timestamp" : "long ago" }""",
        RolloutItemKind.SessionMeta,
        "session_meta",
        null
    )]
    [InlineData("""{"type":"message","id":null,"role":"user","content":[]}""", RolloutItemKind.ResponseItem, "response_item", "message")]
    [InlineData("""{"role":"user","content":[],"type":"message"}""", RolloutItemKind.ResponseItem, "response_item", "message")]
    [InlineData("""{"type":"hologram","id":"h"}""", RolloutItemKind.ResponseItem, "response_item", "hologram")]
    [InlineData("""{"record_type":"state"}""", RolloutItemKind.Other, "state", null)]
    public void A_line_without_an_envelope_is_what_its_members_say(string line, RolloutItemKind kind, string type, string? payloadType)
    {
        foreach (var text in new[] { line, "  " + line + " \t\r" })
        {
            var item = new RolloutItem(Encoding.UTF8.GetBytes(text), 3);
            Assert.Equal((true, kind, type, payloadType, 3L), (item.IsBare, item.Kind, item.Type, item.PayloadType, item.Ordinal));
            Assert.Equal(kind == RolloutItemKind.Other ? "" : line, Encoding.UTF8.GetString(item.Payload.Span));
            Assert.True(item.Metadata.IsEmpty);
        }
    }

    [Theory]
    [InlineData("""{"timestamp":"2025-10-07T06:02:51.440Z","type":"event_msg","payload":{"type":"user_message"}}""", RolloutItemKind.Event)]
    [InlineData(
        """{"type":"response_item","payload":{"type":"message"},"id":"d7e0b7f3-0000-4000-8000-000000000006"}""",
        RolloutItemKind.ResponseItem
    )]
    [InlineData("""{"timestamp":"2025-10-07T06:02:51.440Z","type":"hologram"}""", RolloutItemKind.Other)]
    [InlineData("""{"type":"event_msg"}""", RolloutItemKind.Event)]
    [InlineData("""{"type":"x","payload":null}""", RolloutItemKind.Other)]
    [InlineData("""{"id":"d7e0b7f3-0000-4000-8000-000000000006"}""", RolloutItemKind.Unreadable)]
    [InlineData("""{"id":"no id","timestamp":"2025-09-07T06:02:51.440Z"}""", RolloutItemKind.Unreadable)]
    [InlineData(
        """{"id":"d7e0b7f3-0000-4000-8000-000000000006","thread_name":"n","updated_at":"2025-09-07T06:02:51.440Z"}""",
        RolloutItemKind.Unreadable
    )]
    [InlineData("""{"record_type":7}""", RolloutItemKind.Unreadable)]
    [InlineData("""{"type":"message","role":"user","content":[""", RolloutItemKind.Unreadable)]
    public void Any_other_line_is_not_taken_for_one(string line, RolloutItemKind kind)
    {
        var item = new RolloutItem(Encoding.UTF8.GetBytes(line), 0);

        Assert.Equal((false, kind), (item.IsBare, item.Kind));
    }

    [Theory]
    [InlineData("<environment_context>\n  <cwd>/w/app</cwd>\n  <approval_policy>never</approval_policy>\n</environment_context>", "/w/app")]
    [InlineData(
        "\n<environment_context>\nCurrent working directory: /w/my app\nApproval policy: never\n</environment_context>",
        "/w/my app"
    )]
    [InlineData("<ENVIRONMENT_CONTEXT><cwd>C:\\w</cwd></ENVIRONMENT_CONTEXT>", "C:\\w")]
    [InlineData("<environment_context><cwd></cwd></environment_context>", null)]
    [InlineData("Where is <cwd>/w/app</cwd>?", null)]
    public void The_folder_is_the_one_that_the_model_was_told(string text, string? cwd)
    {
        var observer = new MetadataObserver();
        observer.Observe(Message("user", text));
        observer.Observe(Message("user", "<environment_context><cwd>/later</cwd></environment_context>"));

        Assert.Equal(cwd ?? "/later", observer.Facts.Cwd);
    }

    [Theory]
    [InlineData("user", "<user_instructions>\nBe brief.\n</user_instructions>", null)]
    [InlineData("user", "# AGENTS.md instructions for /w\n", null)]
    [InlineData("user", "   ", null)]
    [InlineData("assistant", "Hello", null)]
    [InlineData("system", "Hello", null)]
    [InlineData("user", "# Context\n## My request for Codex:\nFix it\n", "Fix it")]
    [InlineData("user", "Fix it", "Fix it")]
    public void The_preview_is_what_a_person_asked_first(string role, string text, string? preview)
    {
        var observer = new MetadataObserver();
        observer.Observe(new RolloutItem(Encoding.UTF8.GetBytes($$"""{"id":"{{Id}}","timestamp":"2025-09-07T06:02:51.440Z"}"""), 0));
        observer.Observe(Message(role, text));

        Assert.Equal((preview, preview, true), (observer.Facts.Preview, observer.Facts.FirstUserMessage, observer.Facts.IsBare));
    }

    [Fact]
    public void A_log_that_a_later_release_goes_on_with_is_one_of_today()
    {
        var observer = new MetadataObserver();
        observer.Observe(new RolloutItem(Encoding.UTF8.GetBytes($$"""{"id":"{{Id}}","timestamp":"2025-09-07T06:02:51.440Z"}"""), 0));
        Assert.True(observer.Facts.IsBare);
        observer.Observe(
            new RolloutItem(
                Encoding.UTF8.GetBytes(
                    $$$"""{"timestamp":"2025-10-07T06:02:51.440Z","type":"session_meta","payload":{"id":"{{{Id}}}","timestamp":"2025-10-07T06:02:51.440Z","cwd":"/w","cli_version":"0.46.0"}}"""
                ),
                1
            )
        );

        Assert.Equal(
            (false, "0.46.0", DateTimeOffset.FromUnixTimeMilliseconds(1757224971440)),
            (observer.Facts.IsBare, observer.Facts.CliVersion, observer.Facts.CreatedAt)
        );
    }

    static RolloutItem Message(string role, string text) =>
        new(
            Encoding.UTF8.GetBytes(
                $$"""{"type":"message","role":"{{role}}","content":[{"type":"input_text","text":{{System.Text.Json.JsonSerializer.Serialize(text)}}}]}"""
            ),
            0
        );
}
