using System.Diagnostics;
using System.Text;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class RecoveredRecordTests
{
    const string Time = "2026-04-30T09:15:00.120Z";

    static readonly string[] Records =
    [
        Record(
            "event_msg",
            """{"type":"user_message","message":"a {\"timestamp\":\"no\",\"type\":\"x\",\"payload\":{}} }{ in a string"}"""
        ),
        Record("response_item", """{"type":"message","content":[{"type":"x","text":"}}"}]}"""),
        """{ "type" : "event_msg", "payload" : {"type":"agent_message","message":"spaced"} }""",
        """{"payload":{"type":"x"},"ordinal":12,"type":"compacted"}""",
    ];

    [Fact]
    public void Whole_records_on_one_line_are_found_whatever_is_between_them() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 4], Choice.Of("", " ", "\t", "garbage", "\0\0", "}", "}}", "]", ",", "\""))
            .Sample(
                (chosen, between) =>
                {
                    var line = string.Join(between, chosen.Select(number => Records[number]));
                    var item = new RolloutItem(Encoding.UTF8.GetBytes(line), 5);
                    if (chosen.Length == 1)
                        Assert.Empty(item.Recovered);
                    else
                        Assert.Equal(chosen.Select(number => Records[number]), Texts(item));
                }
            );

    [Fact]
    public void A_whole_record_behind_a_cut_one_is_found_wherever_it_was_cut()
    {
        foreach (var cut in Records)
        {
            for (var length = 1; length < cut.Length; length++)
            {
                foreach (var end in new[] { "", "}", "}}", "{\"timestamp\":\"" })
                {
                    var item = new RolloutItem(Encoding.UTF8.GetBytes(cut[..length] + Records[0] + end), 5);
                    Assert.True(item.Kind == RolloutItemKind.Unreadable || end.Length > 0, cut[..length]);
                    // Cut behind the colon of its payload and closed again, it is a whole one that carries the other.
                    if (item.Kind == RolloutItemKind.Unreadable && !cut[..length].TrimEnd().EndsWith(':'))
                        Assert.Equal([Records[0]], Texts(item));
                }
            }
        }
    }

    [Fact]
    public void A_recovered_record_says_what_it_would_say_on_a_line_of_its_own()
    {
        var first = Record("event_msg", """{"type":"user_message","message":"x"}""", 5);
        var second = Record("event_msg", """{"type":"agent_message","message":"y"}""", 6);
        var item = new RolloutItem(Encoding.UTF8.GetBytes(first + second), 3);

        Assert.Equal((RolloutItemKind.Unreadable, 5, null, null), (item.Kind, item.Ordinal, item.Type, item.Timestamp));
        Assert.True(item.Payload.IsEmpty);
        Assert.Equal(
            [(first, 0, 5L, "user_message"), (second, first.Length, 6L, "agent_message")],
            item.Recovered.Select(record => (Text(record.Item), record.Offset, record.Item.Ordinal, record.Item.PayloadType!))
        );
        Assert.Equal(
            new RolloutItem(Encoding.UTF8.GetBytes(second), 0).Payload,
            item.Recovered[1].Item.Payload.ToArray(),
            (x, y) => x.Span.SequenceEqual(y.Span)
        );
    }

    [Fact]
    public void A_byte_order_mark_costs_nothing()
    {
        foreach (var record in Records)
        {
            var plain = new RolloutItem(Encoding.UTF8.GetBytes(record), 1);
            var marked = new RolloutItem(Encoding.UTF8.GetBytes("\uFEFF" + record + "\r"), 1);
            Assert.Equal(
                (plain.Kind, plain.Type, plain.PayloadType, plain.Timestamp, plain.Ordinal),
                (marked.Kind, marked.Type, marked.PayloadType, marked.Timestamp, marked.Ordinal)
            );
            Assert.True(plain.Payload.Span.SequenceEqual(marked.Payload.Span));
        }
    }

    [Theory]
    [InlineData("{\"type\":[1,1,1,", 1_000_000)]
    [InlineData("{\"type\":{", 1_000_000)]
    [InlineData("{\"type\":\"x\",", 1_000_000)]
    [InlineData("{\"type\":\"x\",\"payload\":1}", 1_000_000)]
    [InlineData("{", 8_000_000)]
    [InlineData("{\"timestamp\":\"", 1_000_000)]
    public void A_line_made_to_be_slow_is_not(string part, int count)
    {
        var line = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, count / 4)) + "}");
        var watch = Stopwatch.StartNew();
        Assert.Empty(new RolloutItem(line, 0).Recovered);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Arbitrary_lines_never_throw() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 3], Gen.Byte.Array[0, 10], Gen.Int[0, 3])
            .Sample(
                (head, first, middle, second) =>
                {
                    var item = new RolloutItem(
                        (byte[])[.. head, .. Encoding.UTF8.GetBytes(Records[first]), .. middle, .. Encoding.UTF8.GetBytes(Records[second])],
                        0
                    );
                    foreach (var (record, offset) in item.Recovered)
                        Assert.True(item.Bytes.Span.Slice(offset, record.Bytes.Length).SequenceEqual(record.Bytes.Span));
                }
            );

    static string Record(string type, string payload, int? ordinal = null) =>
        $$"""{"timestamp":"{{Time}}",{{(ordinal is null ? "" : $"\"ordinal\":{ordinal},")}}"type":"{{type}}","payload":{{payload}}}""";

    static IEnumerable<string> Texts(RolloutItem item) => item.Recovered.Select(record => Text(record.Item));

    static string Text(RolloutItem item) => Encoding.UTF8.GetString(item.Bytes.Span);
}
