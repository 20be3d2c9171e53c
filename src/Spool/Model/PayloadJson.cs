using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Reads members of a payload without ever throwing, whatever a log holds. The payload is one of <see cref="RolloutItem.Json"/>:
/// its strings are valid.</summary>
static class PayloadJson
{
    /// <summary>How payloads are parsed: as deep as Codex writes them.</summary>
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = JsonText.MaxDepth };

    /// <summary>How payloads are read token by token.</summary>
    public static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = JsonText.MaxDepth };

    extension(JsonElement element)
    {
        /// <summary>Gets a member, or an undefined element when it is absent or the element is no object.</summary>
        public JsonElement Member(string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

        /// <summary>Gets a string member, or null.</summary>
        public string? Text(string name) => element.Member(name).AsText();

        /// <summary>Gets an integer member, or null.</summary>
        public long? Number(string name) =>
            element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

        /// <summary>Gets a member as a node of its own, or null when it is null or absent.</summary>
        public JsonNode? Node(string name) => element.Member(name).AsNode();

        /// <summary>Gets the elements of an array member; none when it is absent.</summary>
        public IEnumerable<JsonElement> Array(string name) =>
            element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

        /// <summary>Gets the members of an object with their names; none when it is no object.</summary>
        public IEnumerable<(string Name, JsonElement Value)> Members()
        {
            if (element.ValueKind != JsonValueKind.Object)
                yield break;
            foreach (var property in element.EnumerateObject())
                yield return (property.Name, property.Value);
        }

        /// <summary>Gets the text of a string, or null for anything else.</summary>
        public string? AsText() => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

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
}
