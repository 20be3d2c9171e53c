using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool.Storage;

/// <summary>Puts what early Codex recorded into the form that every release reads today. The log itself stays as it is; a fork of it is
/// made in this form.</summary>
public static class TodaysForm
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the items that say what an item without an envelope says.</summary>
    /// <param name="item">The item; see <see cref="RolloutItem.IsBare"/>.</param>
    /// <param name="source">The thread it belongs to. Items carry no time of their own; they get that of the thread's creation.</param>
    /// <returns>The item in its envelope, and for a message or readable reasoning the event that lists and turns are made of. None for a
    /// mark of the session, which means nothing outside of it.</returns>
    public static IEnumerable<NewItem> Of(RolloutItem item, StoredThread source)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(source);
        return Items(item, source).Select(made => made with { Timestamp = source.CreatedAt });
    }

    /// <summary>Makes the error of a thread that no release goes on with.</summary>
    /// <param name="threadId">The thread.</param>
    public static ThreadStoreException IsNeeded(ThreadId threadId) =>
        new(
            ThreadStoreErrorCode.Unsupported,
            $"Thread {threadId} was recorded by an early Codex in a form that is only read now; fork it and go on with the fork."
        );

    /// <summary>Gives the members of the first item, with those that are needed today.</summary>
    internal static JsonMembers Head(RolloutItem head, StoredThread source)
    {
        var members =
            JsonMembers.Parse(head.Payload)
            ?? throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, "The log does not say which thread it belongs to.");
        members.Set("cwd", source.Cwd, after: "timestamp");
        members.Set("originator", source.Originator ?? "", after: "cwd");
        members.Set("cli_version", source.CliVersion, after: "originator");
        members.Set("source", json => json.WriteRawValue(source.Source.Json, skipInputValidation: true), after: "cli_version");
        members.Set("model_provider", json => json.WriteStringValue(source.ModelProvider), after: "source");
        return members;
    }

    static IEnumerable<NewItem> Items(RolloutItem item, StoredThread source)
    {
        if (item.Kind == RolloutItemKind.SessionMeta)
            return [new NewItem("session_meta", Head(item, source).ToArray())];
        return item.Kind == RolloutItemKind.ResponseItem ? [new NewItem("response_item", item.Payload), .. Events(item)] : [];
    }

    static IEnumerable<NewItem> Events(RolloutItem item)
    {
        if (BareMessage.Read(item) is { } message)
            return message.IsFromUser ? [UserMessage(message)]
                : message.IsFromAgent ? [Event("agent_message", json => json.WriteString("message"u8, message.Text))]
                : [];
        return item.IsPayload("reasoning"u8) ? Reasoning(item) : [];
    }

    static NewItem UserMessage(BareMessage message) =>
        Event(
            "user_message",
            json =>
            {
                json.WriteString("message"u8, message.Text);
                json.WriteStartArray("images"u8);
                foreach (var image in message.Images)
                    json.WriteStringValue(image);
                json.WriteEndArray();
                json.WriteStartArray("local_images"u8);
                json.WriteEndArray();
                json.WriteStartArray("text_elements"u8);
                json.WriteEndArray();
            }
        );

    static IEnumerable<NewItem> Reasoning(RolloutItem item)
    {
        try
        {
            using var document = JsonDocument.Parse(item.Payload, PayloadJson.Options);
            return
            [
                .. BareItems
                    .Texts(document.RootElement, "summary")
                    .Select(text => Event("agent_reasoning", json => json.WriteString("text"u8, text))),
                .. BareItems
                    .Texts(document.RootElement, "content")
                    .Select(text => Event("agent_reasoning_raw_content", json => json.WriteString("text"u8, text))),
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    static NewItem Event(string type, Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            members(json);
            json.WriteEndObject();
        }
        return new NewItem("event_msg", bytes.ToArray());
    }
}
