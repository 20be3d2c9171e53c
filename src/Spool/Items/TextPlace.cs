using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>Where a string stands in the bytes that are parsed, so that a long one is not copied. A value of any other kind is
/// null.</summary>
/// <param name="Start">Where it begins, behind its quote.</param>
/// <param name="Length">Its length in bytes.</param>
sealed record TextPlace(int Start, int Length)
{
    /// <summary>Gets the string as it stands between its quotes.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> json) => json.Slice(Start, Length);

    /// <summary>Reads one. What is parsed has to be one piece.</summary>
    internal sealed class Converter : JsonConverter<TextPlace>
    {
        public override TextPlace? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.String)
                return new TextPlace((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
            reader.Skip();
            return null;
        }

        public override void Write(Utf8JsonWriter writer, TextPlace value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}

/// <summary>An array of which only the length is wanted.</summary>
/// <param name="Count">How many elements it has.</param>
sealed record ElementCount(int Count)
{
    /// <summary>Counts them.</summary>
    internal sealed class Converter : JsonConverter<ElementCount>
    {
        public override ElementCount? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException();
            var count = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                reader.Skip();
                count++;
            }
            return new ElementCount(count);
        }

        public override void Write(Utf8JsonWriter writer, ElementCount value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
