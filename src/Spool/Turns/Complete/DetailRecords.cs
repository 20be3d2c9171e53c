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
            // No client shows what else a message of the model may hold: pictures, and where a text comes from.
            var others = payload.Array("content").Select(Other).OfType<JsonNode>().ToArray();
            if (others.Length > 0)
                yield return new Detail(
                    DetailKind.Plain,
                    new JsonObject
                    {
                        ["type"] = "record",
                        ["id"] = "",
                        ["recordType"] = "response_item",
                        ["payloadType"] = "message",
                        ["payload"] = new JsonArray(others),
                    }
                );
            yield break;
        }
        var role = payload.Text("role");
        var said = new JsonArray();
        foreach (var part in Parts(payload))
        {
            if (part.Text("image_url") is { } image)
            {
                if (role != "user")
                {
                    var shown = Context("other", role, "");
                    shown["images"] = new JsonArray(image);
                    yield return new Detail(DetailKind.Plain, shown);
                    continue;
                }
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
        if (!isEncrypted && WireNames.CamelDeep(payload) is JsonObject other)
        {
            other.Remove("message");
            other.Remove("replacementHistory"); // messages that the log has above
            if (other.Any(member => member.Value is not null))
                item["other"] = other;
        }
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
    public static JsonObject Unknown(RolloutItem record, JsonElement payload)
    {
        var item = Record(record, payload.AsNode());
        if (!record.IsBare && Members(record) is { } members)
            item["members"] = members;
        return item;
    }

    /// <summary>Makes the item of a record of which only the text can be given, or what it has instead of a payload.</summary>
    public static JsonObject Unread(RolloutItem record) =>
        Record(
            record,
            (JsonNode?)Members(record) ?? Encoding.UTF8.GetString((record.Payload.IsEmpty ? record.Bytes : record.Payload).Span)
        );

    static JsonObject Record(RolloutItem record, JsonNode? payload) =>
        new()
        {
            ["type"] = "record",
            ["id"] = "",
            ["recordType"] = record.IsBare ? null : record.Type,
            ["payloadType"] = record.PayloadType,
            ["payload"] = payload,
        };

    /// <summary>Gives what a record has beside a payload; null when there is nothing, or the line is no JSON that can be read.</summary>
    static JsonObject? Members(RolloutItem record)
    {
        try
        {
            var members = JsonNode.Parse(record.Bytes.Span, documentOptions: PayloadJson.Options) as JsonObject ?? [];
            foreach (var known in (string[])["timestamp", "ordinal", "type", "payload"])
                members.Remove(known);
            return members.Count > 0 ? members : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Hashes an id; 0 for none.</summary>
    public static ulong Id(string? id) => string.IsNullOrEmpty(id) ? 0 : ItemHash.Of(Encoding.UTF8.GetBytes(id));

    static JsonNode? Other(JsonElement part) =>
        part.Text("text") is null && part.Text("refusal") is null ? part.AsNode()
        : part.Array("annotations").Any() ? new JsonObject { ["annotations"] = part.Node("annotations") }
        : null;

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
