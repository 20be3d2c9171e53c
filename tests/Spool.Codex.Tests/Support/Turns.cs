using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>Compares the turns of Codex and of Spool.</summary>
static class Turns
{
    const string User = "userMessage: ";

    /// <summary>Asserts that Spool gives for a thread every turn that Codex gave, with everything Codex said of it. Newer releases say more
    /// than older ones.</summary>
    public static async Task AssertSameAsync(IThreadStore store, JsonNode ofCodex)
    {
        var page = await store.ListTurnsAsync(
            new ListTurnsRequest(ThreadId.Parse(((string?)ofCodex["id"])!)) { Limit = ListTurnsRequest.MaxLimit }
        );

        Assert.Null(page.NextCursor);
        AssertContains(ofCodex["turns"]!, new JsonArray([.. page.Items.Select(ToJson)]), "turns");
    }

    /// <summary>Gives what a person reads of the turns: who said what, and how each ended.</summary>
    public static IReadOnlyList<string> Texts(JsonNode ofCodex) =>
        [
            .. ofCodex["turns"]!
                .AsArray()
                .SelectMany(turn => turn!["items"]!.AsArray().Select(TextOf).Append($"({(string)turn["status"]!})")),
        ];

    /// <summary>Gives what the user said.</summary>
    public static IReadOnlyList<string> Questions(JsonNode ofCodex) =>
        [.. Texts(ofCodex).Where(text => text.StartsWith(User, StringComparison.Ordinal)).Select(text => text[User.Length..])];

    /// <summary>Gives what the agent said in a turn of Spool's.</summary>
    public static string AnswerOf(Turn turn) =>
        string.Concat(
            ToJson(turn)["items"]!.AsArray().Where(item => (string?)item!["type"] == "agentMessage").Select(item => (string?)item!["text"])
        );

    /// <summary>Asserts that one JSON holds everything that another does.</summary>
    public static void AssertContains(JsonNode? expected, JsonNode? actual, string where)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach (var (key, value) in members)
                {
                    Assert.True(actual is JsonObject ours && ours.ContainsKey(key), $"{where} has no {key}: {actual?.ToJsonString()}");
                    AssertContains(value, actual![key], $"{where}.{key}");
                }
                break;
            case JsonArray elements:
                Assert.True(
                    elements.Count == (actual as JsonArray)?.Count,
                    $"{where}: {elements.Count} were expected: {expected.ToJsonString()}; there are: {actual?.ToJsonString()}"
                );
                for (var i = 0; i < elements.Count; i++)
                    AssertContains(elements[i], actual![i], $"{where}[{i}]");
                break;
            default:
                Assert.Equal((where, expected?.ToJsonString()), (where, actual?.ToJsonString()));
                break;
        }
    }

    static string TextOf(JsonNode? item) =>
        $"{item!["type"]}: {item["text"] ?? item["command"] ?? string.Join(' ', (item["content"] as JsonArray ?? []).Select(part => (string?)part!["text"]))}";

    /// <summary>Gives a turn of Spool's as it answers it.</summary>
    public static JsonNode ToJson(Turn turn)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            TurnJson.Write(writer, turn);
        return JsonNode.Parse(Encoding.UTF8.GetString(bytes.ToArray()))!;
    }
}
