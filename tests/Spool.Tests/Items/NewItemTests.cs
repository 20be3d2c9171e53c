using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class NewItemTests
{
    static readonly Gen<string> Types = Gen.String[Gen.Char["abcxyz019_"], 1, 64];
    static readonly Gen<string> Texts = Gen.String[Gen.OneOf(Gen.Char, Gen.Char["\"\\{}[]:, \n\r\té😀"]), 0, 20].Where(IsText);
    static readonly Gen<JsonNode?> Values = Gen.OneOf(
        Texts.Select(text => (JsonNode?)JsonValue.Create(text)),
        Gen.Int.Select(number => (JsonNode?)JsonValue.Create(number)),
        Texts.Select(text =>
            (JsonNode?)
                new JsonObject
                {
                    ["metadata"] = new JsonObject { [text] = new JsonArray(1, null) },
                    ["payload"] = text,
                }
        ),
        Gen.Const((JsonNode?)null)
    );
    static readonly Gen<JsonObject> Objects = Gen.Select(Types, Texts, Values)
        .Array[0, 5]
        .Select(members =>
        {
            var json = new JsonObject();
            foreach (var (type, text, value) in members)
                json[type + text] = value?.DeepClone();
            return json;
        });

    [Fact]
    public void An_item_that_is_written_as_a_line_reads_back_as_it_was() =>
        Gen.Select(
                Types,
                Objects,
                Gen.OneOf(Values, Gen.Const((JsonNode?)null)),
                Gen.Long[0, 253_402_300_799_999],
                Gen.Long[0, ItemEnvelope.MaxOrdinal],
                Gen.Bool
            )
            .Sample(
                (type, payload, metadata, time, ordinal, hasOrdinal) =>
                {
                    var item = new NewItem(type, Bytes(payload))
                    {
                        Metadata = metadata is null ? default : Bytes(metadata),
                        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(time),
                    };
                    RolloutLine.Check(item, long.MaxValue);
                    var line = RolloutLine.ToArray(item, DateTimeOffset.UnixEpoch, hasOrdinal ? ordinal : null);

                    Assert.True(line.Length <= RolloutLine.MaxLength(item));
                    using var parsed = JsonDocument.Parse(line);
                    var read = new RolloutItem(line, 7);
                    Assert.Equal(
                        (type, time, hasOrdinal ? ordinal : 7),
                        (read.Type, read.Timestamp!.Value.ToUnixTimeMilliseconds(), read.Ordinal)
                    );
                    Assert.Equal(Text(item.Payload), Text(read.Payload));
                    Assert.Equal(Text(item.Metadata), Text(read.Metadata));
                    Assert.Equal(parsed.RootElement.GetProperty("payload").GetRawText(), Text(read.Payload));
                    var again = NewItem.From(read)!;
                    Assert.Equal(
                        (item.Type, item.Timestamp, Text(item.Payload), Text(item.Metadata)),
                        (again.Type, again.Timestamp, Text(again.Payload), Text(again.Metadata))
                    );
                }
            );

    [Fact]
    public void The_members_of_a_line_come_in_the_order_in_which_Codex_writes_them()
    {
        var item = new NewItem("response_item", "{\"type\":\"message\"}"u8.ToArray())
        {
            Metadata = "{\"a\":1}"u8.ToArray(),
            Timestamp = new DateTimeOffset(2026, 4, 30, 9, 15, 0, 120, TimeSpan.Zero),
        };

        Assert.Equal(
            """{"timestamp":"2026-04-30T09:15:00.120Z","ordinal":12,"type":"response_item","payload":{"type":"message"},"metadata":{"a":1}}""",
            Text(RolloutLine.ToArray(item, DateTimeOffset.UnixEpoch, 12))
        );
        Assert.Equal(
            """{"timestamp":"1970-01-01T00:00:00.007Z","type":"response_item","payload":{"type":"message"}}""",
            Text(RolloutLine.ToArray(item with { Timestamp = null, Metadata = default }, DateTimeOffset.FromUnixTimeMilliseconds(7), null))
        );
    }

    [Fact]
    public void Json_that_is_spread_over_lines_becomes_one_line_that_says_the_same() =>
        Gen.Select(Objects, Gen.Bool)
            .Sample(
                (json, hasCarriageReturns) =>
                {
                    var pretty = json.ToJsonString(
                        new JsonSerializerOptions { WriteIndented = true, NewLine = hasCarriageReturns ? "\r\n" : "\n" }
                    );
                    var item = NewItem.FromJson("event_msg", $"\n {pretty}\r\n\t");

                    RolloutLine.Check(item, long.MaxValue);
                    Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(item.Payload.Span)));
                }
            );

    [Fact]
    public void Json_in_one_line_is_kept_byte_for_byte() =>
        Objects.Sample(json => Assert.Equal(json.ToJsonString(), Text(NewItem.FromJson("event_msg", json.ToJsonString()).Payload)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"a\":\"b\nc\"}")]
    [InlineData("{'a':1}")]
    public void What_is_not_one_object_is_refused(string json) =>
        Assert.Equal(
            ThreadStoreErrorCode.InvalidRequest,
            Assert.Throws<ThreadStoreException>(() => NewItem.FromJson("event_msg", json)).Code
        );

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        foreach (
            var json in (byte[][])
                [
                    [.. "{\"a\":\""u8, 0xFF, .. "\"}"u8],
                    [.. "{\""u8, 0xC0, 0x80, .. "\":1}"u8],
                ]
        )
            Assert.Equal(
                ThreadStoreErrorCode.InvalidRequest,
                Assert.Throws<ThreadStoreException>(() => NewItem.FromJson("event_msg", json)).Code
            );
    }

    [Fact]
    public void A_line_that_nobody_can_read_makes_no_item() => Assert.Null(NewItem.From(new RolloutItem("no item"u8.ToArray(), 0)));

    [Fact]
    public void The_size_of_an_item_is_that_of_its_whole_line()
    {
        var item = new NewItem("event_msg", "{\"a\":1}"u8.ToArray()) { Metadata = "{}"u8.ToArray() };
        RolloutLine.Check(item, RolloutLine.MaxLength(item));

        Assert.Equal(
            ThreadStoreErrorCode.TooLarge,
            Assert.Throws<ThreadStoreException>(() => RolloutLine.Check(item, RolloutLine.MaxLength(item) - 1)).Code
        );
    }

    static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    // Half a surrogate pair is no text that UTF-8 could hold.
    static bool IsText(string text) => text == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("{\"a\":", "}")]
    [InlineData("{ \"a\": ", " }")]
    [InlineData("{\"type\":\"x\",\"a\":", "}")]
    [InlineData("{\"type\":\"x\\u0061\",\"a\":", "}")]
    public void What_is_taken_for_an_item_makes_a_line_that_is_read_again(string start, string end)
    {
        var deepest = new NewItem("event_msg", Encoding.UTF8.GetBytes(start + Deep(RolloutLine.MaxDepth - 2) + end));
        var deeper = deepest with { Payload = Encoding.UTF8.GetBytes(start + Deep(RolloutLine.MaxDepth - 1) + end) };

        foreach (
            var item in (NewItem[])
                [
                    deepest,
                    deeper,
                    deepest with
                    {
                        Metadata = Encoding.UTF8.GetBytes(Deep(RolloutLine.MaxDepth - 1)),
                    },
                    deepest with
                    {
                        Metadata = Encoding.UTF8.GetBytes(Deep(RolloutLine.MaxDepth)),
                    },
                ]
        )
        {
            if (IsTaken(item))
                Assert.Equal(RolloutItemKind.Event, new RolloutItem(RolloutLine.ToArray(item, DateTimeOffset.UnixEpoch, null), 0).Kind);
        }
        Assert.True(IsTaken(deepest));

        static bool IsTaken(NewItem item)
        {
            try
            {
                RolloutLine.Check(item, long.MaxValue);
                return true;
            }
            catch (ThreadStoreException)
            {
                return false;
            }
        }

        static string Deep(int depth) => new string('[', depth) + new string(']', depth);
    }
}
