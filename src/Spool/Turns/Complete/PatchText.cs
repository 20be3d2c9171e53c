using System.Text;
using System.Text.Json.Nodes;

namespace Spool;

/// <summary>Reads the patches that models write: files to add, to delete and to update, in one text.</summary>
static class PatchText
{
    /// <summary>What a patch ends with.</summary>
    public const string End = "*** End Patch";

    const string Begin = "*** Begin Patch",
        Add = "*** Add File: ",
        Delete = "*** Delete File: ",
        Update = "*** Update File: ",
        Move = "*** Move to: ";

    // What clients and people say of a patch that was not applied.
    static readonly string[] Refusals =
    [
        "apply_patch verification failed",
        "patch rejected",
        "failed",
        "error",
        "execution error",
        "invalid patch",
        "aborted",
        "rejected",
        "denied",
    ];

    /// <summary>Says whether what came of a patch is that it was not applied.</summary>
    public static bool HasFailed(string output) =>
        Array.Exists(Refusals, refusal => output.AsSpan().TrimStart().StartsWith(refusal, StringComparison.OrdinalIgnoreCase));

    /// <summary>Gives the changes in the shape of a file change, in their order, or null when the text is no patch.</summary>
    public static JsonArray? Changes(string text)
    {
        var from = text.IndexOf(Begin, StringComparison.Ordinal);
        if (from < 0)
            return null;
        var changes = new JsonArray();
        Change? change = null;
        foreach (var line in text[from..].Split('\n').Skip(1).Select(line => line.TrimEnd('\r')))
        {
            if (line.StartsWith(End, StringComparison.Ordinal))
                break;
            if (Head(line) is { } next)
            {
                Close(changes, change);
                change = next;
            }
            else if (change is null)
            {
                if (line.Trim().Length > 0)
                    return null; // a text before the first file belongs to none
            }
            else if (change.Type == "update" && line.StartsWith(Move, StringComparison.Ordinal))
                change.Target = line[Move.Length..];
            else
                change.Lines.Add(change.Type == "add" && line.StartsWith('+') ? line[1..] : line);
        }
        Close(changes, change);
        return changes.Count > 0 ? changes : null;
    }

    static Change? Head(string line) =>
        line.StartsWith(Add, StringComparison.Ordinal) ? new Change("add", line[Add.Length..])
        : line.StartsWith(Delete, StringComparison.Ordinal) ? new Change("delete", line[Delete.Length..])
        : line.StartsWith(Update, StringComparison.Ordinal) ? new Change("update", line[Update.Length..])
        : null;

    static void Close(JsonArray changes, Change? change)
    {
        if (change is null)
            return;
        var diff = new StringBuilder();
        foreach (var line in change.Lines)
            diff.Append(line).Append('\n');
        var kind = new JsonObject { ["type"] = change.Type };
        if (change.Type == "update")
            kind["move_path"] = change.Target;
        if (change.Target is { } target)
            diff.Append("\n\nMoved to: ").Append(target);
        changes.Add(
            (JsonNode)
                new JsonObject
                {
                    ["path"] = change.Path,
                    ["kind"] = kind,
                    ["diff"] = diff.ToString(),
                }
        );
    }

    sealed class Change(string type, string path)
    {
        public string Type { get; } = type;
        public string Path { get; } = path;
        public string? Target { get; set; }
        public List<string> Lines { get; } = [];
    }
}
