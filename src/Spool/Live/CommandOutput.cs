using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool;

/// <summary>Shortens the output that the end of a command carries: its middle goes, and copies of it go altogether.</summary>
static class CommandOutput
{
    const int Budget = 10_000; // bytes

    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gives the item with its output shortened; one that is not as expected stays as it is.</summary>
    public static NewItem Shorten(NewItem item)
    {
        try
        {
            using var payload = JsonDocument.Parse(item.Payload, PayloadJson.Options);
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes, Options))
            {
                json.WriteStartObject();
                foreach (var member in payload.RootElement.EnumerateObject())
                    Write(json, member);
                json.WriteEndObject();
            }
            return item with { Payload = bytes.ToArray() };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return item;
        }
    }

    /// <summary>Gives a text of which, above the budget, only the beginning and the end are left.</summary>
    public static string Middle(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= Budget)
            return text;
        var start = Prefix(text, Budget / 2);
        var end = Suffix(text, Budget / 2);
        var left = text[start..end].EnumerateRunes().Count();
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, start)}…{left} chars truncated…{text.AsSpan(end)}");
    }

    static void Write(Utf8JsonWriter json, JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.String && member.Name is "stdout" or "stderr" or "formatted_output")
            json.WriteString(member.Name, "");
        else if (member.Value.ValueKind == JsonValueKind.String && member.Name == "aggregated_output")
            json.WriteString(member.Name, Middle(member.Value.GetString()!));
        else
            member.WriteTo(json);
    }

    static int Prefix(string text, int budget)
    {
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((budget -= rune.Utf8SequenceLength) < 0)
                break;
            at += rune.Utf16SequenceLength;
        }
        return at;
    }

    static int Suffix(string text, int budget)
    {
        var at = text.Length;
        while (at > 0)
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out var rune, out var length);
            if ((budget -= rune.Utf8SequenceLength) < 0)
                break;
            at -= length;
        }
        return at;
    }
}
