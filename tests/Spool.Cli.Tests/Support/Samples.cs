using System.Text.Json.Nodes;

namespace Spool.Cli.Tests;

/// <summary>Threads and turns for tests.</summary>
static class Samples
{
    public const string Id1 = "01a20428-d3ad-73a1-92e6-c2af64741e31";
    public const string Id2 = "01a20428-d3ad-73a1-92e6-c2af64741e32";
    public const string Id3 = "01a20428-d3ad-73a1-92e6-c2af64741e33";

    public static StoredThread Thread(string id, TimeSpan age, string preview) =>
        new()
        {
            Id = ThreadId.Parse(id),
            CreatedAt = CommandLine.Now - age,
            UpdatedAt = CommandLine.Now - age + TimeSpan.FromSeconds(30.125),
            RecencyAt = CommandLine.Now - age,
            Preview = preview,
            Cwd = "/home/ann/work/spool",
            Source = new SessionSource("\"cli\""),
            ModelProvider = "openai",
            CliVersion = "0.128.0",
        };

    public static ThreadItem Item(string json)
    {
        var item = JsonNode.Parse(json)!.AsObject();
        return new ThreadItem((string)item["id"]!, (string)item["type"]!, item);
    }

    public static ThreadItem User(string text) =>
        new(
            "item-1",
            "userMessage",
            new JsonObject
            {
                ["type"] = "userMessage",
                ["id"] = "item-1",
                ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
            }
        );

    public static ThreadItem Agent(string text) =>
        new(
            "item-2",
            "agentMessage",
            new JsonObject
            {
                ["type"] = "agentMessage",
                ["id"] = "item-2",
                ["text"] = text,
            }
        );

    public static Turn Turn(string id, params ThreadItem[] items) =>
        new()
        {
            Id = id,
            RootTurnId = id,
            Items = items,
            Status = TurnStatus.Completed,
            StartedAt = CommandLine.Now - TimeSpan.FromHours(2),
            CompletedAt = CommandLine.Now - TimeSpan.FromHours(2) + TimeSpan.FromSeconds(12),
            Duration = TimeSpan.FromSeconds(12),
            Ordinal = 0,
        };
}
