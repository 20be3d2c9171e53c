using System.Text;
using System.Text.Json;
using CsCheck;
using Xunit;

namespace Spool.Tests;

public sealed class JsonStructureTests
{
    static readonly Gen<string> Strings = Gen.OneOf(
        Gen.String[Gen.Char["ab{}[],:\"\\\t\n é€"], 0, 90],
        Choice.Of(
            "",
            "\\",
            "\"",
            "\\\"",
            "}{",
            "{\"timestamp\":\"x\"}",
            "\u0001",
            "😀",
            new string('\\', 65),
            new string('x', 130),
            new string('"', 70)
        )
    );

    static readonly Gen<string> Objects = Gen.Recursive<string>(
        (depth, inner) =>
            Gen.Select(
                    Strings,
                    depth > 3 ? Scalars() : Gen.OneOf(Scalars(), inner, inner.Array[0, 3].Select(a => $"[{string.Join(',', a)}]"))
                )
                .Array[0, 4]
                .Select(members => $"{{{string.Join(',', members.Select(member => $"{Quoted(member.Item1)}:{member.Item2}"))}}}")
    );

    [Fact]
    public void Every_compact_object_is_one() =>
        Objects.Sample(json =>
        {
            Assert.True(JsonStructure.IsCompactObject(Encoding.UTF8.GetBytes(json)), json);
            Assert.Equal(Encoding.UTF8.GetByteCount(json), JsonText.EndOfValue(Encoding.UTF8.GetBytes(json), 0));
        });

    [Fact]
    public void What_has_nothing_but_plain_letters_is_known_by_the_same_look() =>
        Gen.Select(Objects, Gen.Int[0, 400], Gen.Int[0, 127], Choice.Of("", "é", "\u0001", "\u001f", "\\n", "\\ud83d", "\u007f", "\n", " "))
            .Sample(
                (json, before, behind, odd) =>
                {
                    // Wherever the odd one is in its block, the last and incomplete one included.
                    foreach (
                        var text in (byte[][])
                            [
                                Encoding.UTF8.GetBytes(json),
                                Encoding.UTF8.GetBytes($"{{\"{new string('x', before)}{odd}{new string('y', behind)}\":1}}"),
                            ]
                    )
                    {
                        Assert.True(JsonStructure.IsCompactObject(text, out var isPlain));

                        Assert.Equal(!Array.Exists(text, b => b is < 0x20 or > 0x7F or (byte)'\\'), isPlain);
                        Assert.True(!isPlain || JsonRepair.IsSound(text));
                    }
                }
            );

    [Fact]
    public void Two_objects_and_parts_of_them_are_not_one() =>
        Gen.Select(Objects, Objects, Gen.Int[1, 1000], Choice.Of("", " ", ",", "\0", "\n", "x", "\"", "}", "}}", "]"))
            .Sample(
                (first, second, at, between) =>
                {
                    var cut = first[..(at % first.Length)];
                    string[] lines =
                    [
                        first + between + second,
                        first + between + cut,
                        cut + second,
                        first + "}",
                        first + " x",
                        first + first + second,
                        cut + between + first + second,
                    ];
                    foreach (var line in lines)
                    {
                        var text = Encoding.UTF8.GetBytes(line);
                        if (!IsJson(text))
                            Assert.False(JsonStructure.IsCompactObject(text), line);
                    }
                }
            );

    [Fact]
    public void What_the_grammar_takes_is_what_a_strict_reader_takes() =>
        Gen.Select(Objects, Gen.Int[0, 1000], Gen.Byte, Gen.Int[0, 2])
            .Sample(
                (json, at, value, edit) =>
                {
                    var text = Encoding.UTF8.GetBytes(json).ToList();
                    if (edit == 0)
                        text[at % text.Count] = value;
                    else if (edit == 1)
                        text.Insert(at % text.Count, value);
                    else
                        text.RemoveAt(at % text.Count);
                    byte[] changed = [.. text];
                    var isJson = JsonText.IsOneValue(changed, 0);
                    if (IsJson(changed))
                        Assert.True(isJson || changed[0] == ' ' || changed[0] == '\t', Encoding.UTF8.GetString(changed));
                    else if (isJson)
                        // only what strings hold is taken as it comes
                        Assert.False(JsonRepair.IsSound(changed), Encoding.UTF8.GetString(changed));
                },
                iter: 20_000
            );

    [Fact]
    public void A_mended_text_is_one_that_a_strict_reader_takes() =>
        Gen.Select(Objects, Choice.Of("\t", "\0", "\u001f", "\\ud83d", "\\uDC00", "\\ud83d\\u0041", "\\ud83d\\ude00", "\\\\ud83d"))
            .Sample(
                (json, odd) =>
                {
                    var text = Encoding.UTF8.GetBytes($"{{\"a\":\"x{odd}\",\"{odd}\":{json}}}");
                    var mended = JsonRepair.Mend(text);
                    using var document = JsonDocument.Parse(mended);
                    foreach (var member in document.RootElement.EnumerateObject())
                        _ = (member.Name, member.Value.ToString());
                    Assert.True(JsonRepair.IsSound(mended.Span));
                    Assert.Equal(odd is "\\ud83d\\ude00" or "\\\\ud83d", mended.Span.SequenceEqual(text));
                }
            );

    [Theory]
    [InlineData("a\ttab", "a\ttab")]
    [InlineData("a\\ud83d half", "a\uFFFD half")]
    [InlineData("\\uDE00\\ud83d", "\uFFFD\uFFFD")]
    [InlineData("\\ud83d\\ude00", "😀")]
    [InlineData("a\0b", "a\0b")]
    public void What_is_mended_keeps_the_rest(string stored, string read)
    {
        using var document = JsonDocument.Parse(JsonRepair.Mend(Encoding.UTF8.GetBytes($"{{\"t\":\"{stored}\"}}")));
        Assert.Equal(read, document.RootElement.GetProperty("t").GetString());
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_become_replacement_characters()
    {
        using var document = JsonDocument.Parse(JsonRepair.Mend((byte[])[.. "{\"t\":\"caf"u8, 0xE9, .. " \\\""u8, 0xFF, .. "\"}"u8]));
        Assert.Equal("caf\uFFFD \"\uFFFD", document.RootElement.GetProperty("t").GetString());
    }

    [Theory]
    [InlineData("""{"a":"x"{"b":1}}""")]
    [InlineData("""{"a":1{"b":1}}""")]
    [InlineData("""{"a":{}{"b":1}}""")]
    [InlineData("""{"a":{"b":1},{"c":1}}}""")]
    [InlineData("""{},{}""")]
    [InlineData("""{"a":"x}""")]
    [InlineData("""{"a":{{"b":1}}}""")]
    public void What_cuts_leave_is_not_one_object(string line)
    {
        Assert.False(JsonStructure.IsCompactObject(Encoding.UTF8.GetBytes(line)));
        Assert.True(JsonText.EndOfValue(Encoding.UTF8.GetBytes(line), 0) is var end && end != line.Length);
    }

    [Fact]
    public void Nesting_is_taken_as_deep_as_Codex_takes_it()
    {
        foreach (var (depth, fits) in new[] { (JsonText.MaxDepth, true), (JsonText.MaxDepth + 1, false), (1_000_000, false) })
        {
            var text = Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth));
            Assert.Equal(fits, JsonText.EndOfValue(text, 0) == text.Length);
        }
    }

    static Gen<string> Scalars() =>
        Gen.OneOf(Strings.Select(Quoted), Choice.Of("null", "true", "false", "0", "-1", "12.5e+3", "[]", "{}", "[1,2]"));

    static string Quoted(string text) => JsonSerializer.Serialize(text, JsonSerializerOptions.Web);

    static bool IsJson(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1000 });
            return JsonRepair.IsSound(text);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
