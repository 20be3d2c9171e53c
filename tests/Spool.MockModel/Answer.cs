using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Spool.MockModel;

/// <summary>What the model says. The last message of the user decides: <c>[[shell: COMMAND]]</c> asks for a command first (several for one
/// after the other), <c>[[hang]]</c> begins an answer that never ends, <c>[[big: N]]</c> gets N letters, and otherwise the answer is
/// <c>Answer to: </c> and the message.</summary>
static partial class Answer
{
    /// <summary>Gives the events of the answer to a request.</summary>
    public static IEnumerable<(string Type, JsonObject Data)> To(JsonObject request)
    {
        var (message, after) = LastMessage(request["input"]!.AsArray());
        var id = NewId("resp");
        yield return ("response.created", new() { ["response"] = new JsonObject { ["id"] = id } });
        if (NeverEnds(request))
            yield break;

        var item = Shell().Matches(message).ElementAtOrDefault(after.Count(IsOutput)) is { } shell
            ? Call(ToolNames(request), shell.Groups[1].Value)
            : Message(
                Big().Match(message) is { Success: true } big
                    ? new string('x', int.Parse(big.Groups[1].Value, CultureInfo.InvariantCulture))
                    : $"Answer to: {message}"
            );
        var begun = item.DeepClone().AsObject();
        if (begun.ContainsKey("content"))
            begun["content"] = new JsonArray();
        yield return ("response.output_item.added", new() { ["output_index"] = 0, ["item"] = begun });
        if ((string?)item["content"]?[0]?["text"] is { } text)
            yield return (
                "response.output_text.delta",
                new()
                {
                    ["output_index"] = 0,
                    ["content_index"] = 0,
                    ["item_id"] = (string)item["id"]!,
                    ["delta"] = text,
                }
            );
        yield return ("response.output_item.done", new() { ["output_index"] = 0, ["item"] = item });
        yield return (
            "response.completed",
            new()
            {
                ["response"] = new JsonObject { ["id"] = id, ["usage"] = Usage() },
            }
        );
    }

    /// <summary>Says whether the answer to a request is to stay open.</summary>
    public static bool NeverEnds(JsonObject request) =>
        LastMessage(request["input"]!.AsArray()).Text.Contains("[[hang]]", StringComparison.Ordinal);

    // The last message that a user wrote, and what follows it. Codex sends what it says about itself as messages of the user, too.
    static (string Text, IReadOnlyList<JsonNode?> After) LastMessage(JsonArray input)
    {
        for (var i = input.Count - 1; i >= 0; i--)
        {
            if ((string?)input[i]!["role"] == "user" && TextOf(input[i]!) is var text && !text.TrimStart().StartsWith('<'))
                return (text, [.. input.Skip(i + 1)]);
        }
        return ("", []);
    }

    static string TextOf(JsonNode item) =>
        item["content"] switch
        {
            JsonArray parts => string.Join('\n', parts.Select(part => (string?)part!["text"]).Where(text => text is not null)),
            JsonValue text => (string)text!,
            _ => "",
        };

    static bool IsOutput(JsonNode? item) => ((string?)item!["type"])?.EndsWith("_output", StringComparison.Ordinal) == true;

    static JsonObject Message(string text) =>
        new()
        {
            ["type"] = "message",
            ["role"] = "assistant",
            ["id"] = NewId("msg"),
            ["content"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "output_text",
                    ["text"] = text,
                    ["annotations"] = new JsonArray(),
                }
            ),
        };

    // Which tool runs a command differs from release to release.
    static JsonObject Call(HashSet<string> tools, string command)
    {
        var (name, arguments) =
            tools.Contains("exec_command") ? ("exec_command", new JsonObject { ["cmd"] = command })
            : tools.Contains("shell_command") ? ("shell_command", new JsonObject { ["command"] = command })
            : ("shell", new JsonObject { ["command"] = new JsonArray("bash", "-lc", command) });
        return new()
        {
            ["type"] = "function_call",
            ["id"] = NewId("fc"),
            ["name"] = name,
            ["call_id"] = NewId("call"),
            ["arguments"] = arguments.ToJsonString(),
        };
    }

    static HashSet<string> ToolNames(JsonObject request)
    {
        var names = new HashSet<string>();
        foreach (var tool in request["tools"]?.AsArray() ?? [])
        {
            foreach (var named in (tool!["tools"] as JsonArray ?? []).Append(tool))
            {
                if ((string?)named!["name"] is { } name)
                    names.Add(name);
            }
        }
        return names;
    }

    static JsonObject Usage() =>
        new()
        {
            ["input_tokens"] = 100,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
            ["output_tokens"] = 10,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
            ["total_tokens"] = 110,
        };

    static string NewId(string kind) => $"{kind}_{Guid.CreateVersion7():N}";

    [GeneratedRegex(@"\[\[shell:\s*(.*?)\]\]", RegexOptions.Singleline)]
    private static partial Regex Shell();

    [GeneratedRegex(@"\[\[big:\s*(\d+)\]\]")]
    private static partial Regex Big();
}
