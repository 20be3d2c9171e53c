using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads the members of items that people look at. An item is stored data: any member may be missing or of another kind.</summary>
static class ItemView
{
    /// <summary>Gives a text member, or null.</summary>
    public static string? Text(ThreadItem item, string member) => Text(item.Json[member]);

    /// <summary>Gives when the first record of an item was written, or null when the log does not say.</summary>
    public static DateTimeOffset? At(ThreadItem item) =>
        DateTimeOffset.TryParse(Text(item, "at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Gives an item that is stored in another one.</summary>
    public static ThreadItem Item(JsonObject json) => new(Text(json["id"]) ?? "", Text(json["type"]) ?? "unknown", json);

    /// <summary>Gives the message of a failed turn.</summary>
    public static string ErrorMessage(Turn turn) => Text(turn.Error?["message"]) ?? "the log does not say why.";

    /// <summary>Gives a text, or null for anything else.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Gives a whole number, or null for anything else.</summary>
    public static long? Number(JsonNode? node) =>
        node is JsonValue value
            ? value.TryGetValue<long>(out var number)
                ? number
                : value.TryGetValue<int>(out var small)
                    ? small
                    : null
            : null;
}

/// <summary>One file of a file change.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">What happened: <c>add</c>, <c>delete</c>, <c>update</c>.</param>
/// <param name="Diff">The diff, or the whole text of a file that was added or deleted.</param>
readonly record struct FileChangeView(string Path, string Kind, string Diff)
{
    /// <summary>Gets where the file was moved, or null.</summary>
    public string? MovedTo { get; init; }

    /// <summary>Gets the path, and where the file was moved.</summary>
    public string Places => MovedTo is null ? Path : $"{Path} → {MovedTo}";
}
