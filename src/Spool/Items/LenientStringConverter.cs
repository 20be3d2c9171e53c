using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>Reads a string, and null for a value of any other kind, so that one odd member does not cost the whole payload.</summary>
sealed class LenientStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
