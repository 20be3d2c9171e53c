using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Turns the names of a log (<c>snake_case</c>, <c>PascalCase</c>) into those of the app server (<c>camelCase</c>).</summary>
static class WireNames
{
    public static string Camel(string name)
    {
        if (name.Length > 0 && !char.IsUpper(name[0]) && !name.Contains('_', StringComparison.Ordinal))
            return name;
        var camel = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && i > 0 && i + 1 < name.Length)
                camel.Append(char.ToUpperInvariant(name[++i]));
            else
                camel.Append(i == 0 ? char.ToLowerInvariant(name[i]) : name[i]);
        }
        return camel.ToString();
    }

    public static string? CamelOrNull(string? name) => name is null ? null : Camel(name);

    /// <summary>Copies an element with the names of all its members turned, however deep.</summary>
    public static JsonNode? CamelDeep(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
            return new JsonArray([.. element.EnumerateArray().Select(CamelDeep)]);
        if (element.ValueKind != JsonValueKind.Object)
            return element.AsNode();
        var copy = new JsonObject();
        foreach (var (name, value) in element.Members())
            copy[Camel(name)] = CamelDeep(value);
        return copy;
    }
}
