using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads the members of items that people look at. An item is stored data: any member may be missing or of another kind.</summary>
static class ItemView
{
    /// <summary>Gives a text member, or null.</summary>
    public static string? Text(ThreadItem item, string member) => Text(item.Json[member]);

    /// <summary>Gives what is worth saying of how a command ended, or null when it simply worked.</summary>
    public static string? Outcome(ThreadItem item)
    {
        var status = Text(item, "status");
        if (Number(item.Json["exitCode"]) is { } code)
            return code == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"exit code {code}");
        return status is null or "completed" ? null : SafeText.OneLine(status, 40);
    }

    /// <summary>Gives the exit code of a command, or null.</summary>
    public static long? ExitCode(ThreadItem item) => Number(item.Json["exitCode"]);

    /// <summary>Gives the changes of a file change.</summary>
    public static IEnumerable<FileChangeView> Changes(ThreadItem item)
    {
        if (item.Json["changes"] is not JsonArray changes)
            yield break;
        foreach (var change in changes.OfType<JsonObject>())
        {
            var kindObject = change["kind"] as JsonObject;
            var kind = Text(kindObject is null ? change["kind"] : kindObject["type"]);
            yield return new FileChangeView(Text(change["path"]) ?? "", SafeText.OneLine(kind ?? "change", 20), Text(change["diff"]) ?? "")
            {
                MovedTo = Text(kindObject?["move_path"] ?? kindObject?["movePath"]),
            };
        }
    }

    /// <summary>Gives the texts of an array member.</summary>
    public static IEnumerable<string> Texts(ThreadItem item, string member) =>
        item.Json[member] is JsonArray array ? array.Select(Text).OfType<string>().Where(text => text.Length > 0) : [];

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
}
