using System.Text;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class ItemEnvelopeTests
{
    const string Time = "2026-04-30T09:15:00.120Z";
    static readonly Gen<string> Types = Choice.Of("event_msg", "response_item", "turn_context", "session_meta", "compacted", "world_state");
    static readonly Gen<string> Payloads = Choice.Of(
        """{"type":"user_message","message":"a\"b"}""",
        """{"message":"x","type":"late"}""",
        """{"a":{"type":"inner"}}""",
        "{}",
        """{"type":"x","t":"},\"metadata\":{"}"""
    );

    [Fact]
    public void Arbitrary_bytes_never_throw()
    {
        Gen.Byte.Array.Sample(bytes => ItemEnvelope.Read(bytes));
        Gen.Byte.Array.Sample(bytes => ItemEnvelope.Read(bytes, LineEnd.Cut));
        Gen.Select(Gen.Byte.Array, Gen.Byte.Array)
            .Sample(
                (head, tail) =>
                    ItemEnvelope.Read([.. head, .. "{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\""u8, .. tail, (byte)'}'])
            );
    }

    [Fact]
    public void A_changed_or_cut_line_never_throws_and_its_ranges_are_inside_of_it()
    {
        var line = Encoding.UTF8.GetBytes(Usual("event_msg", """{"type":"user_message","message":"x"}""", 7));
        Gen.Select(Gen.Int[0, line.Length - 1], Gen.Byte, Gen.Int[0, line.Length], Gen.Enum<LineEnd>())
            .Sample(
                (at, value, length, end) =>
                {
                    var changed = line.ToArray();
                    changed[at] = value;
                    var cut = changed.AsSpan(0, length);
                    var envelope = ItemEnvelope.Read(cut, end);
                    _ = cut[envelope.Type];
                    _ = envelope.Payload is { } payload ? cut[payload] : default;
                    _ = envelope.PayloadType is { } type ? cut[type] : default;
                }
            );
    }

    [Fact]
    public void A_line_in_the_usual_form_and_one_with_other_spacing_say_the_same() =>
        Gen.Select(Types, Payloads, Gen.Long[0, long.MaxValue].Nullable())
            .Sample(
                (type, payload, ordinal) =>
                {
                    var usual = Encoding.UTF8.GetBytes(Usual(type, payload, ordinal));
                    var spaced = Encoding.UTF8.GetBytes(
                        Usual(type, payload, ordinal).Replace("{\"timestamp\":", "{ \"timestamp\" : ", StringComparison.Ordinal)
                    );
                    Assert.Equal(Said(usual), Said(spaced));
                }
            );

    [Fact]
    public void The_order_of_members_does_not_matter() =>
        Gen.Select(Types, Payloads, Gen.Long[0, long.MaxValue])
            .Sample(
                (type, payload, ordinal) =>
                {
                    var usual = Encoding.UTF8.GetBytes(Usual(type, payload, ordinal));
                    var turned = Encoding.UTF8.GetBytes(
                        $$"""{"payload":{{payload}},"extra":[{"type":"no"}],"type":"{{type}}","ordinal":{{ordinal}},"timestamp":"{{Time}}"}"""
                    );
                    Assert.Equal(Said(usual), Said(turned));
                }
            );

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":1}")]
    [InlineData("{\"type\":\"event_msg\"")]
    [InlineData("{\"timestamp\":\"2026-04-30T09:15:00.120Z\",\"type\":\"event_msg\",\"payload\":{\"type\":\"x\"")]
    public void What_is_not_an_item_is_unreadable(string line) =>
        Assert.Equal(RolloutItemKind.Unreadable, ItemEnvelope.Read(Encoding.UTF8.GetBytes(line)).Kind);

    [Theory]
    [InlineData("2026-04-30T09:15:00.120Z", 1777540500120)]
    [InlineData("2026-04-30T09:15:00Z", 1777540500000)]
    [InlineData("2026-04-30T11:15:00.120+02:00", 1777540500120)]
    [InlineData("2026-04-30T09-15-00", 1777540500000)]
    [InlineData("2026-02-30T09:15:00.120Z", null)]
    [InlineData("yesterday", null)]
    public void Times_are_read_in_every_form_that_logs_use(string text, long? milliseconds) =>
        Assert.Equal(milliseconds, ItemEnvelope.ParseTimestamp(Encoding.UTF8.GetBytes(text))?.ToUnixTimeMilliseconds());

    static string Usual(string type, string payload, long? ordinal) =>
        $$"""{"timestamp":"{{Time}}",{{(ordinal is null ? "" : $"\"ordinal\":{ordinal},")}}"type":"{{type}}","payload":{{payload}}}""";

    static (RolloutItemKind, DateTimeOffset?, long, string?, string?, string) Said(byte[] line)
    {
        var item = new RolloutItem(line, -1);
        // The payloads of other kinds have no type that anybody acts on; the quick way does not look for one behind the first member.
        var payloadType = item.Kind is RolloutItemKind.Event or RolloutItemKind.ResponseItem ? item.PayloadType : null;
        return (item.Kind, item.Timestamp, item.Ordinal, item.Type, payloadType, Encoding.UTF8.GetString(item.Payload.Span));
    }
}
