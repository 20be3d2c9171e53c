using System.Text;
using System.Text.Json;
using Xunit;

namespace Spool.Tests;

/// <summary>What is read of a line of which only the beginning is there.</summary>
public sealed class CutJsonTests
{
    [Theory]
    [InlineData("""{"a":"one tw""", """{"a":"one tw…"}""")]
    [InlineData("""{"a":[{"b":"x""", """{"a":[{"b":"x…"}]}""")]
    [InlineData("""{"a":1,"b":{"c":[true,fal""", """{"a":1,"b":{"c":[true]}}""")]
    [InlineData("""{"a":1,"b":12""", """{"a":1}""")]
    [InlineData("""{"a":1,"b":nul""", """{"a":1}""")]
    [InlineData("""{"a":1,"b""", """{"a":1}""")]
    [InlineData("""{"a":1,"b":""", """{"a":1}""")]
    [InlineData("""{"a":1,""", """{"a":1}""")]
    [InlineData("""{"a":[""", """{"a":[]}""")]
    [InlineData("""{""", """{}""")]
    [InlineData("""{"a":"x\""", """{"a":"x…"}""")]
    [InlineData("""{"a":"x\\""", """{"a":"x\\…"}""")]
    [InlineData("""{"a":"x\u00e""", """{"a":"x…"}""")]
    [InlineData("""{"a":"x\u00e9""", """{"a":"x\u00e9…"}""")]
    [InlineData("""{"a":"x\ud83d""", """{"a":"x…"}""")]
    [InlineData("""{"a":"x\uD83D\uDE0""", """{"a":"x…"}""")]
    [InlineData("""{"a":"x\uD83D\uDE00""", """{"a":"x\uD83D\uDE00…"}""")]
    [InlineData("""{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"a":1}{"b":"x""", """{"a":1}""")]
    [InlineData("""{"a":1 "b":2""", """{"a":1}""")]
    [InlineData("""{"a":1,}""", """{"a":1}""")]
    [InlineData("""{,"a":1""", """{}""")]
    [InlineData("""{"a":"x\q","b""", """{}""")]
    [InlineData("""{"a":[1,2}""", """{"a":[1,2]}""")]
    public void The_beginning_of_an_object_is_an_object(string beginning, string whole) =>
        Assert.Equal(whole, Encoding.UTF8.GetString(CutJson.Close(Encoding.UTF8.GetBytes(beginning)).Span));

    [Fact]
    public void Wherever_an_object_is_cut_its_beginning_can_be_read_and_says_what_it_said()
    {
        var json = Encoding.UTF8.GetBytes(
            """{"type":"user_message","n":-1.5e3,"a":[],"o":{"p":[1,{"q":"é€😀\n\ud83d\ude00"}],"r":null},"text":"Größe 😀"}"""
        );

        for (var length = 1; length <= json.Length; length++)
        {
            using var document = JsonDocument.Parse(JsonRepair.Mend(CutJson.Close(json.AsMemory(0, length))));
            var root = document.RootElement;
            Assert.DoesNotContain('\uFFFD', root.Text("text") ?? "");
            if (root.Text("text") is { } text && length < json.Length)
                Assert.StartsWith(text.TrimEnd('…'), "Größe 😀", StringComparison.Ordinal);
            Assert.True(root.Number("n") is null && (length < 40 || root.Member("n").GetDouble() == -1500));
        }
    }

    [Theory]
    [InlineData(
        """{"timestamp":"2026-05-01T10:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"asked fi""",
        "asked fi…"
    )]
    [InlineData(
        """{"timestamp":"2026-05-01T10:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"","images":["data:image/png;base64,AAAA""",
        "[Image]"
    )]
    [InlineData(
        """{"timestamp":"2026-05-01T10:00:00.000Z","type":"event_msg","payload":{"type":"item_completed","turn_id":"t","item":{"type":"UserMessage","id":"u","content":[{"type":"text","text":"asked fi""",
        "asked fi…"
    )]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_text","text":"asked fi""", "asked fi…")]
    [InlineData("""{"role":"user","content":[{"type":"input_text","text":"asked fi""", "asked fi…")]
    [InlineData(
        """garbage {"timestamp":"2026-05-01T10:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"asked first"}} xxxxxxxx""",
        "asked first"
    )]
    public void The_beginning_of_a_line_gives_the_preview(string beginning, string? preview)
    {
        var observer = new MetadataObserver();
        observer.Observe(new RolloutItem(Encoding.UTF8.GetBytes(beginning), 0, 70_000_000));

        Assert.Equal(preview, observer.Facts.Preview);
    }

    [Theory]
    [InlineData("", HistoryModes.Legacy)]
    [InlineData("\"ordinal\":0,", HistoryModes.Paginated)]
    public void A_head_that_is_cut_before_its_history_mode_has_the_one_that_its_ordinal_tells(string ordinal, string mode)
    {
        var observer = new MetadataObserver();
        observer.Observe(
            new RolloutItem(
                Encoding.UTF8.GetBytes(
                    $$$"""{"timestamp":"2026-05-01T10:00:00.000Z",{{{ordinal}}}"type":"session_meta","payload":{"id":"01a20429-47e7-79e3-b1f6-b2ac9f1be601","cwd":"/w","base_instructions":{"text":"xx"""
                ),
                0,
                70_000_000
            )
        );

        Assert.Equal((mode, "/w"), (observer.Facts.HistoryMode, observer.Facts.Cwd));
    }
}
