using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Converts records of which Codex's view has no item.</summary>
static class DetailRecords
{
    /// <summary>Says whether a record only leads to what comes behind it: a message in the user's or the developer's name, or
    /// settings.</summary>
    public static bool Leads(RolloutItem record, JsonElement payload) =>
        record.Kind == RolloutItemKind.TurnContext
        || (
            record.Kind == RolloutItemKind.ResponseItem
            && record.IsPayload("message"u8)
            && payload.Text("role") is "user" or "developer" or "system"
        );

    /// <summary>Converts a message.</summary>
    public static IEnumerable<Detail> Message(JsonElement payload)
    {
        var id = Id(payload.Text("id"));
        if (payload.Text("role") == "assistant")
        {
            var text =
                payload.Text("content")
                ?? string.Concat(payload.Array("content").Select(part => part.Text("text") ?? part.Text("refusal")));
            if (text.Length > 0)
                yield return new Detail(
                    DetailKind.AgentMessage,
                    new JsonObject
                    {
                        ["type"] = "agentMessage",
                        ["id"] = payload.Text("id") ?? "",
                        ["text"] = text,
                        ["phase"] = payload.Text("phase"),
                    },
                    id
                );
            yield break;
        }
        var role = payload.Text("role");
        var said = new JsonArray();
        foreach (var part in Parts(payload))
        {
            if (part.Text("image_url") is { } image)
            {
                said.Add(
                    (JsonNode)
                        new JsonObject
                        {
                            ["type"] = "image",
                            ["url"] = image,
                            ["detail"] = part.Node("detail"),
                        }
                );
                continue;
            }
            if (part.Text("text") is not { } text)
            {
                said.Add((JsonNode)GenericItem.Part(part));
                continue;
            }
            var kind = ContextText.KindOf(text) ?? (role == "user" ? null : "other");
            if (kind is not null)
                yield return new Detail(DetailKind.Plain, Context(kind, role, text));
            else if (!string.IsNullOrWhiteSpace(text) && !ContextText.IsImageMark(text))
                said.Add(
                    (JsonNode)
                        new JsonObject
                        {
                            ["type"] = "text",
                            ["text"] = text,
                            ["text_elements"] = new JsonArray(),
                        }
                );
        }
        if (said.Count > 0)
            yield return new Detail(
                DetailKind.UserMessage,
                new JsonObject
                {
                    ["type"] = "userMessage",
                    ["id"] = payload.Text("id") ?? "",
                    ["clientId"] = null,
                    ["content"] = said,
                },
                id
            );
    }

    /// <summary>Converts reasoning; none when only its encrypted form was kept.</summary>
    public static Detail? Reasoning(JsonElement payload)
    {
        var (summary, content) = (Texts("summary"), Texts("content"));
        return summary.Count + content.Count == 0
            ? null
            : new Detail(DetailKind.Reasoning, MessageItems.Reasoning(payload.Text("id") ?? "", summary, content), Id(payload.Text("id")));

        JsonArray Texts(string member) => new([.. BareItems.Texts(payload, member).Select(text => (JsonNode)text)]);
    }

    /// <summary>Converts the settings of a turn.</summary>
    public static JsonObject Settings(JsonElement payload)
    {
        var other = WireNames.CamelDeep(payload) as JsonObject ?? [];
        foreach (var known in (string[])["turnId", "rootTurnId", "traceId", "cwd", "model", "effort", "approvalPolicy", "sandboxPolicy"])
            other.Remove(known);
        return new JsonObject
        {
            ["type"] = "settings",
            ["id"] = "",
            ["model"] = payload.Text("model"),
            ["reasoningEffort"] = payload.Node("effort"),
            ["cwd"] = payload.Text("cwd"),
            ["approvalPolicy"] = payload.Node("approval_policy"),
            ["sandboxPolicy"] = payload.Node("sandbox_policy"),
            ["other"] = other,
        };
    }

    /// <summary>Makes the item of a compaction.</summary>
    public static JsonObject Compaction(JsonElement payload, bool isEncrypted)
    {
        var item = MessageItems.Mark("contextCompaction", "");
        item["summary"] = payload.Text("message") is { Length: > 0 } summary ? summary : null;
        item["isEncrypted"] = isEncrypted;
        return item;
    }

    /// <summary>Makes the item of an error or a warning.</summary>
    public static JsonObject Notice(string type, JsonElement payload) =>
        new()
        {
            ["type"] = type,
            ["id"] = "",
            ["message"] = payload.Text("message") ?? payload.Text("summary") ?? "",
            ["codexErrorInfo"] = WireNames.CamelDeep(payload.Member("codex_error_info")),
            ["additionalDetails"] = payload.Text("additional_details") ?? payload.Text("details"),
        };

    /// <summary>Makes the item of a record with which a client keeps its own state.</summary>
    public static JsonObject State(string kind, JsonElement payload) =>
        new()
        {
            ["type"] = "context",
            ["id"] = "",
            ["kind"] = kind,
            ["role"] = null,
            ["text"] = null,
            ["payload"] = payload.AsNode(),
        };

    /// <summary>Makes the item of a record that Spool has no shape for.</summary>
    public static JsonObject Unknown(RolloutItem record, JsonElement payload) =>
        new()
        {
            ["type"] = "record",
            ["id"] = "",
            ["recordType"] = record.IsBare ? null : record.Type,
            ["payloadType"] = record.PayloadType,
            ["payload"] = payload.AsNode(),
        };

    /// <summary>Hashes an id; 0 for none.</summary>
    public static ulong Id(string? id) => string.IsNullOrEmpty(id) ? 0 : ItemHash.Of(Encoding.UTF8.GetBytes(id));

    static JsonObject Context(string kind, string? role, string text) =>
        new()
        {
            ["type"] = "context",
            ["id"] = "",
            ["kind"] = kind,
            ["role"] = role,
            ["text"] = text,
        };

    static IEnumerable<JsonElement> Parts(JsonElement payload)
    {
        var content = payload.Member("content");
        if (content.ValueKind != JsonValueKind.String)
            return payload.Array("content");
        using var part = JsonDocument.Parse($$"""{"type":"input_text","text":{{content.GetRawText()}}}""", PayloadJson.Options);
        return [part.RootElement.Clone()];
    }
}
