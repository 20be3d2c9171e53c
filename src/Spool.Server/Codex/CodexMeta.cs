using System.Text.Json;
using Wire = Spool.Contracts.CodexV1;

namespace Spool.Server;

/// <summary>Makes the first item of a log of what Codex's clients announce. They never send it themselves.</summary>
static class CodexMeta
{
    const string Originator = "codex_remote_thread_store";

    // The line, its payload and the array of tools are around a tool.
    static readonly JsonDocumentOptions ToolOptions = new() { MaxDepth = RolloutLine.MaxDepth - 3 };
    static readonly JsonDocumentOptions Options = new() { MaxDepth = RolloutLine.MaxDepth };

    /// <summary>Maps an announcement.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static SessionMeta Of(Wire.CreateThreadRequest request, DateTimeOffset now)
    {
        var metadata = ReadObject(request.MetadataJson, "metadata");
        return new SessionMeta(ThreadIds.Read(request.ThreadId), now)
        {
            Cwd = Text(metadata, "cwd", "metadata") ?? "",
            Originator = Originator,
            CliVersion = "",
            Source = CodexSources.ToStore(request.Source),
            ModelProvider = Text(metadata, "model_provider", "metadata"),
            BaseInstructions = Text(ReadObject(request.BaseInstructionsJson, "base instructions"), "text", "base instructions"),
            DynamicToolsJson = [.. request.DynamicToolsJson.Select(Tool)],
            // Enabled is what a log without the member means.
            MemoryMode = Text(metadata, "memory_mode", "metadata") is { } mode and not "enabled" ? mode : null,
            ForkedFromId = request.HasForkedFromId ? ThreadIds.Read(request.ForkedFromId) : null,
        };
    }

    /// <summary>Makes the first item of a thread of which nothing was announced.</summary>
    public static SessionMeta Assumed(ThreadId threadId, DateTimeOffset now) =>
        new(threadId, now)
        {
            Cwd = "",
            Originator = Originator,
            CliVersion = "",
        };

    /// <summary>Refuses a mode that is not in the contract.</summary>
    public static PersistenceMode ModeOf(Wire.ThreadEventPersistenceMode mode) =>
        mode switch
        {
            Wire.ThreadEventPersistenceMode.Limited => PersistenceMode.Limited,
            Wire.ThreadEventPersistenceMode.Extended => PersistenceMode.Extended,
            _ => throw ThreadStoreException.InvalidRequest("The persistence mode is one that this version does not know."),
        };

    /// <summary>Checks what a client says of a thread that it resumes: the history that it was given before, and metadata. The log says all
    /// of it already.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it is malformed.</exception>
    public static void Check(Wire.ResumeThreadRequest request)
    {
        _ = ReadObject(request.MetadataJson, "metadata");
        _ = CodexItems.Parse(request.HistoryJson);
    }

    static string Tool(string json) =>
        ReadObject(json, "dynamic tool", ToolOptions) is not null ? json.ReplaceLineEndings(" ") : throw Malformed("dynamic tool");

    // Empty text is what a client that does not know the field sends.
    static JsonElement? ReadObject(string json, string what) => ReadObject(json, what, Options);

    static JsonElement? ReadObject(string json, string what, JsonDocumentOptions options)
    {
        if (json.Length == 0)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json, options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw Malformed(what);
        }
        catch (JsonException)
        {
            throw Malformed(what);
        }
    }

    static string? Text(JsonElement? json, string member, string what)
    {
        if (json is not { } element || !element.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw Malformed(what);
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Malformed(what); // half of a surrogate pair
        }
    }

    static ThreadStoreException Malformed(string what) =>
        ThreadStoreException.InvalidRequest($"The {what} of the thread is not the JSON object that it should be.");
}
