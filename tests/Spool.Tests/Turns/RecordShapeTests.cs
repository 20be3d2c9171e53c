using System.Text;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace Spool.Tests;

/// <summary>Whether Codex can decode a record is found out without making its texts.</summary>
public sealed class RecordShapeTests
{
    [Fact]
    public void A_text_of_any_length_is_looked_at_and_not_made()
    {
        var text = string.Concat(Enumerable.Repeat("A line of \\\"text\\\"\\n with \\u00e4, \\ud83d\\ude00 and \u00e4.", 100_000));
        var json = Encoding.UTF8.GetBytes(
            $$$"""{"timestamp":"2026-01-01T00:00:00.000Z","type":"event_msg","payload":{"type":"user_message","message":"{{{text}}}","more":["{{{text}}}"]}}"""
        );
        var item = new RolloutItem(json, 0);
        Assert.True(CodexRecords.Decodes(item));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var decodes = CodexRecords.Decodes(item);
        var made = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(decodes);
        Assert.InRange(made, 0, 10_000);
    }

    [Fact]
    public void A_string_is_text_when_a_reader_can_make_it()
    {
        string[] parts = ["a", "\\\\", "\\\"", "\\n", "\\u0041", "\\ud83d", "\\ude00", "\\uD83D\\uDE00", "\u00ef", "\\/", "u", "d83d"];
        Gen.Int[0, parts.Length - 1]
            .Array[0, 8]
            .Sample(
                chosen =>
                {
                    var json = Encoding.UTF8.GetBytes($$"""{"a":"{{string.Concat(chosen.Select(at => parts[at]))}}"}""");
                    var isText = CanMake(json);
                    foreach (
                        var shape in (RecordShape[])
                            [
                                RecordShape.Any,
                                RecordShape.Record(new RecordMember("a", RecordShape.Text, IsNeeded: true)),
                                RecordShape.Record(new RecordMember("b", RecordShape.Text, IsNeeded: false)),
                            ]
                    )
                        Assert.Equal(isText, shape.Fits(json));
                },
                iter: 20_000
            );
    }

    static bool CanMake(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("a").GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
