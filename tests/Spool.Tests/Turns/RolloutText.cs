using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Spool.Tests;

/// <summary>A rollout made of lines, and its turns read in the two ways there are: as a whole, and one by one from their
/// boundaries.</summary>
static class RolloutText
{
    public static string Event(string type, string members = "") =>
        Line("event_msg", $$"""{"type":"{{type}}"{{(members.Length > 0 ? "," + members : "")}}}""");

    public static string Line(string type, string payload) =>
        $$"""{"timestamp":"2026-04-30T09:15:00.120Z","type":"{{type}}","payload":{{payload}}}""";

    /// <summary>Gives each line the ordinal of its place, as a paginated log has it.</summary>
    public static string[] Numbered(params IEnumerable<string> lines) => [.. lines.Select((line, index) => Numbered(line, index))];

    public static string Numbered(string line, long ordinal) =>
        line.StartsWith("{\"timestamp\"", StringComparison.Ordinal)
            ? line.Insert(line.IndexOf("\"type\":", StringComparison.Ordinal), $"\"ordinal\":{ordinal},")
            : line;

    public static IReadOnlyList<Turn> Turns(string mode, params string[] lines)
    {
        var builder = TurnBuilder.Create(mode);
        for (var i = 0; i < lines.Length; i++)
            builder.Add(new RolloutItem(Encoding.UTF8.GetBytes(lines[i]), i));
        return builder.Build();
    }

    public static JsonObject Json(Turn turn)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            TurnJson.Write(writer, turn);
        return JsonNode.Parse(bytes.ToArray())!.AsObject();
    }

    public static string[] Texts(IEnumerable<Turn> turns) =>
        [.. turns.Select(turn => $"{turn.Ordinal} {turn.CallsLeftOut} {Json(turn).ToJsonString()}")];

    /// <summary>Asserts that every member that is expected is there with its value; more members may be there.</summary>
    public static void AssertTurns(string expected, IReadOnlyList<Turn> turns) =>
        AssertHolds(JsonNode.Parse(expected), new JsonArray([.. turns.Select(turn => (JsonNode)Json(turn))]), "turns");

    static void AssertHolds(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                var other = Assert.IsType<JsonObject>(actual);
                foreach (var (name, value) in members)
                {
                    Assert.True(other.ContainsKey(name), $"{path}.{name} is absent.");
                    AssertHolds(value, other[name], $"{path}.{name}");
                }
                break;
            case JsonArray values:
                var others = Assert.IsType<JsonArray>(actual);
                Assert.True(values.Count == others.Count, $"{path} has {others.Count} values, not {values.Count}: {others.ToJsonString()}");
                for (var i = 0; i < values.Count; i++)
                    AssertHolds(values[i], others[i], $"{path}[{i}]");
                break;
            default:
                Assert.True(
                    JsonNode.DeepEquals(expected, actual),
                    $"{path} is {actual?.ToJsonString() ?? "null"}, not {expected?.ToJsonString() ?? "null"}."
                );
                break;
        }
    }
}
