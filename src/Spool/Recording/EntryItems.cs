using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spool;

/// <summary>Takes the items of an entry while they are written.</summary>
sealed class EntryItems(EntryPlace place)
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Deeper arguments of a tool would not fit into a line with what is around them.
    static readonly JsonDocumentOptions ForeignJson = new() { MaxDepth = 64 };

    readonly List<NewItem> _items = [];

    /// <summary>Gets the items so far.</summary>
    public IReadOnlyList<NewItem> All => _items;

    /// <summary>Gets where the entry is recorded.</summary>
    public EntryPlace Place => place;

    /// <summary>Gets whether turns are made of completed items and not of events.</summary>
    public bool IsPaginated => place.HistoryMode == HistoryModes.Paginated;

    /// <summary>Makes an id for something that has none.</summary>
    public string NewId() => TimeIds.New(place.Time).ToString();

    /// <summary>Adds an event.</summary>
    public void Event(string type, Action<Utf8JsonWriter> members) => Item("event_msg", type, members);

    /// <summary>Adds what is exchanged with the model.</summary>
    public void Response(string type, Action<Utf8JsonWriter> members) => Item("response_item", type, members);

    /// <summary>Adds a message of the kind that is exchanged with the model.</summary>
    public void Message(string role, MessagePhase? phase, Action<Utf8JsonWriter> content) =>
        Response(
            "message",
            json =>
            {
                json.WriteString("role"u8, role);
                json.WriteStartArray("content"u8);
                content(json);
                json.WriteEndArray();
                if (phase is { } known)
                    json.WriteString("phase"u8, MessagePhases.NameOf(known));
            }
        );

    /// <summary>Adds a completed item.</summary>
    /// <param name="type">The type of the item, such as <c>UserMessage</c>.</param>
    /// <param name="id">Its id, or null to make one.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="members">Writes its other members.</param>
    public void Completed(string type, string? id, TimeSpan duration, Action<Utf8JsonWriter> members) =>
        Event(
            "item_completed",
            json =>
            {
                json.WriteString("thread_id"u8, place.ThreadId.ToString());
                json.WriteString("turn_id"u8, place.TurnId);
                json.WriteStartObject("item"u8);
                json.WriteString("type"u8, type);
                json.WriteString("id"u8, id ?? NewId());
                members(json);
                json.WriteEndObject();
                json.WriteNumber("started_at_ms"u8, (place.Time - duration).ToUnixTimeMilliseconds());
                json.WriteNumber("completed_at_ms"u8, place.Time.ToUnixTimeMilliseconds());
            }
        );

    /// <summary>Adds an item whose payload has a type, or none.</summary>
    public void Item(string type, string? payloadType, Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            if (payloadType is not null)
                json.WriteString("type"u8, payloadType);
            members(json);
            json.WriteEndObject();
        }
        _items.Add(new NewItem(type, bytes.ToArray()) { Timestamp = place.Time });
    }

    /// <summary>Writes JSON that a model or a tool made; what is none is written as a text, so that nothing is lost because of
    /// it.</summary>
    public static void WriteJson(Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);
        if (AsJson(text) is { } value)
            json.WriteRawValue(value, skipInputValidation: true);
        else
            json.WriteStringValue(text);
    }

    /// <summary>Writes a duration.</summary>
    public static void WriteDuration(Utf8JsonWriter json, TimeSpan duration)
    {
        json.WriteStartObject("duration"u8);
        json.WriteNumber("secs"u8, duration.Ticks / TimeSpan.TicksPerSecond);
        json.WriteNumber("nanos"u8, duration.Ticks % TimeSpan.TicksPerSecond * 100);
        json.WriteEndObject();
    }

    // Without spaces and line breaks between its tokens; null for what is not JSON.
    static byte[]? AsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, ForeignJson);
            using var bytes = new MemoryStream();
            using (var copy = new Utf8JsonWriter(bytes, Options))
                document.RootElement.WriteTo(copy);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null; // no JSON, or half a surrogate pair
        }
    }
}
