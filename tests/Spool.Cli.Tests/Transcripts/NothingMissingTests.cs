using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Spool.Cli.Tests;

/// <summary>No text that people read is missing from a transcript, whatever stands around it.</summary>
public sealed class NothingMissingTests
{
    // Words for programs: what something is, and not what it says.
    static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "type",
        "id",
        "at",
        "origin",
        "status",
        "kind",
        "role",
        "encryptedContent",
        "url",
        "fromThreadId",
        "codexErrorInfo",
    };

    static readonly string[] Around =
    [
        "",
        " ",
        "\n",
        "\n\n",
        "**",
        "*",
        "_",
        "`",
        "```\n",
        "<b>",
        "</pre>",
        "<!-- ",
        "[",
        "](",
        "](https://example.org) ",
        "]: ",
        "> ",
        "\n- ",
        "\n# ",
        "|",
        "\n|-|\n",
        "    ",
        "\t",
        "&amp;",
        "&",
        "\\",
        "\u001b[1m",
        "é",
        "😀",
        "~~~\n",
        "![",
        "\" ",
        "<https://example.org/",
        "+",
        "-",
        "@@ ",
    ];

    [Fact]
    public void Every_text_of_every_kind_of_item_is_in_html_markdown_and_json() =>
        OneOf(Around)
            .Array[6000]
            .Sample(
                around =>
                {
                    var marks = new List<string>();
                    var at = 0;
                    List<Turn> turns =
                    [
                        .. Gallery.Turns.Select(turn =>
                            turn with
                            {
                                Items = [.. turn.Items.Select(item => item with { Json = Marked(item.Json, Mark) })],
                            }
                        ),
                    ];
                    var html = Transcripts.Html(turns);
                    PageRules.Check(html);
                    var markdown = Transcripts.Markdown(turns);
                    var json = Json(turns);
                    Assert.True(marks.Count > 80);
                    Assert.DoesNotContain(marks, mark => !html.Contains(mark, StringComparison.Ordinal));
                    Assert.DoesNotContain(marks, mark => !markdown.Contains(mark, StringComparison.Ordinal));
                    Assert.DoesNotContain(marks, mark => !json.Contains(mark, StringComparison.Ordinal));

                    string Mark()
                    {
                        var text = new StringBuilder();
                        for (var n = 0; n < 5; n++)
                        {
                            var mark = string.Create(CultureInfo.InvariantCulture, $"q{marks.Count}z");
                            marks.Add(mark);
                            text.Append(around[at++ % around.Length]).Append(mark).Append(around[at++ % around.Length]);
                        }
                        return text.ToString();
                    }
                },
                iter: 150
            );

    static JsonObject Marked(JsonObject json, Func<string> mark)
    {
        var copy = new JsonObject();
        foreach (var (name, value) in json)
            copy[name] = Words.Contains(name) && value is JsonValue ? value.DeepClone() : Marked(value, mark);
        return copy;
    }

    static JsonNode? Marked(JsonNode? node, Func<string> mark) =>
        node switch
        {
            JsonObject json => Marked(json, mark),
            JsonArray array => new JsonArray([.. array.Select(element => Marked(element, mark))]),
            JsonValue value when value.TryGetValue<string>(out var text) && !text.StartsWith("data:", StringComparison.Ordinal) =>
                JsonValue.Create(mark()),
            _ => node?.DeepClone(),
        };

    static string Json(List<Turn> turns)
    {
        using var output = new MemoryStream();
        using var writer = new System.Text.Json.Utf8JsonWriter(output, JsonOutput.Options);
        var transcript = new JsonTranscript(writer, output);
        transcript.Begin(Gallery.Thread, path: null);
        foreach (var turn in turns)
            transcript.Add(turn, isOpen: false);
        transcript.End();
        return Encoding.UTF8.GetString(output.ToArray());
    }

    static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
