using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Reads members of a payload without ever throwing, whatever a log holds.</summary>
static class PayloadJson
{
    extension(JsonElement element)
    {
        /// <summary>Gets a member, or an undefined element when it is absent or the element is no object.</summary>
        public JsonElement Member(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

        /// <summary>Gets a string member, or null.</summary>
        public string? Text(string name) => element.Member(name).AsText();

        /// <summary>Gets an integer member, or null.</summary>
        public long? Number(string name) => element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

        /// <summary>Gets a member as a node of its own, or null when it is null or absent.</summary>
        public JsonNode? Node(string name) => element.Member(name).AsNode();

        /// <summary>Gets the elements of an array member; none when it is absent.</summary>
        public IEnumerable<JsonElement> Array(string name) => element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

        /// <summary>Gets the members of an object with their names; none when it is no object.</summary>
        public IEnumerable<(string Name, JsonElement Value)> Members()
        {
            if (element.ValueKind != JsonValueKind.Object)
                yield break;
            foreach (var property in element.EnumerateObject())
                yield return (NameOf(property), property.Value);
        }

        /// <summary>Gets the text of a string, or null for anything else. What is not valid text becomes replacement characters.</summary>
        public string? AsText()
        {
            if (element.ValueKind != JsonValueKind.String)
                return null;
            try
            {
                return element.GetString();
            }
            catch (InvalidOperationException)
            {
                return LoneSurrogates.Replace(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element)[1..^1]));
            }
        }

        /// <summary>Copies an element to a node. Of members with the same name the last one holds.</summary>
        public JsonNode? AsNode()
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    return JsonValue.Create(element.AsText());
                case JsonValueKind.Object:
                    var copy = new JsonObject();
                    foreach (var (name, value) in element.Members())
                        copy[name] = value.AsNode();
                    return copy;
                case JsonValueKind.Array:
                    return new JsonArray([.. element.EnumerateArray().Select(value => value.AsNode())]);
                case JsonValueKind.Null or JsonValueKind.Undefined:
                    return null;
                default:
                    return JsonValue.Create(element.Clone());
            }
        }
    }

    static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>Undoes the escapes of a JSON string that names half of a surrogate pair or holds bytes that are not UTF-8.</summary>
    static class LoneSurrogates
    {
        public static string Replace(string raw)
        {
            var text = new StringBuilder(raw.Length);
            for (var i = 0; i < raw.Length; i++)
            {
                if (raw[i] != '\\' || i + 1 >= raw.Length)
                {
                    text.Append(raw[i]);
                    continue;
                }
                var escape = raw[++i];
                if (escape == 'u' && i + 4 < raw.Length && ushort.TryParse(raw.AsSpan(i + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var unit))
                {
                    text.Append((char)unit);
                    i += 4;
                }
                else
                    text.Append(escape switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', _ => escape });
            }
            return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }
}
