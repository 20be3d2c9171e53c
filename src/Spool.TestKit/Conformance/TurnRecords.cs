using System.Text.Json.Nodes;

namespace Spool.TestKit;

/// <summary>Records of turns for the suites of the complete view.</summary>
static class TurnRecords
{
    /// <summary>Adds a call of a function with its output.</summary>
    public static RolloutLines Answered(this RolloutLines log, string id, string name, string arguments, string output) =>
        Output(log.Call(id, name, arguments), id, output);

    /// <summary>Adds a call of a function.</summary>
    public static RolloutLines Call(this RolloutLines log, string id, string name, string arguments) =>
        log.Item(
            "response_item",
            new JsonObject
            {
                ["type"] = "function_call",
                ["call_id"] = id,
                ["name"] = name,
                ["arguments"] = arguments,
            }.ToJsonString()
        );

    /// <summary>Adds what a call gave.</summary>
    public static RolloutLines Output(this RolloutLines log, string id, string output, string type = "function_call_output") =>
        log.Item(
            "response_item",
            new JsonObject
            {
                ["type"] = type,
                ["call_id"] = id,
                ["output"] = output,
            }.ToJsonString()
        );

    /// <summary>Gives the payload of a message of the agent in a turn that it names, with the message as its id.</summary>
    public static string Completed(string turn, string text) =>
        new JsonObject
        {
            ["type"] = "item_completed",
            ["thread_id"] = "t",
            ["turn_id"] = turn,
            ["item"] = new JsonObject
            {
                ["type"] = "AgentMessage",
                ["id"] = text,
                ["content"] = new JsonArray((JsonNode)new JsonObject { ["type"] = "Text", ["text"] = text }),
            },
        }.ToJsonString();
}
