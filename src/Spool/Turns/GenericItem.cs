using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts what Spool has no shape for: the names of the outermost members change, their values stay, so nothing is
/// lost.</summary>
static class GenericItem
{
    public static JsonObject Convert(string type, string id, JsonElement item)
    {
        var copy = new JsonObject { ["type"] = type, ["id"] = id };
        CopyMembers(item, copy);
        return copy;
    }

    /// <summary>Converts a part of an item that names its type.</summary>
    public static JsonObject Part(JsonElement part)
    {
        var copy = new JsonObject { ["type"] = WireNames.CamelOrNull(part.Text("type")) };
        CopyMembers(part, copy);
        return copy;
    }

    /// <summary>Copies the members that the target does not have yet.</summary>
    public static void CopyMembers(JsonElement source, JsonObject target)
    {
        foreach (var (name, value) in source.Members())
        {
            var camel = WireNames.Camel(name);
            if (!target.ContainsKey(camel))
                target[camel] = camel == "status" && value.AsText() is { } status ? WireNames.Camel(status) : value.AsNode();
        }
    }
}
