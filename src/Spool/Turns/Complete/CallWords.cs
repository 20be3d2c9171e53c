using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Spool;

/// <summary>Says whether the item of a call that the model made says something that the item of what came of the call does not.</summary>
/// <remarks>An event says more than a call: which shell ran a command, where a file is. What it leaves out of the call is in the other
/// item all the same when both are joined (<see cref="DetailJoin"/>).</remarks>
static partial class CallWords
{
    // What Windows' shells are given in front of a command.
    const string InUtf8 = "[Console]::OutputEncoding=[System.Text.Encoding]::UTF8;\n";
    const int LongName = 48;
    const int CutName = 16;

    /// <summary>Says whether all that the call says is in the other item, or will be.</summary>
    /// <param name="call">The item of the call.</param>
    /// <param name="said">The call in its own words (<see cref="ModelCall"/>).</param>
    /// <param name="item">The item of Codex's view that shows it.</param>
    public static bool AreIn(JsonObject call, JsonObject said, JsonObject item) =>
        (Text(call["type"]), Text(item["type"])) switch
        {
            ("commandExecution", "commandExecution") => IsCommand(Text(call["command"]) ?? "", Text(item["command"]) ?? "")
                && IsPath(Text(call["cwd"]), Text(item["cwd"]))
                && (call["other"] as JsonObject ?? []).All(member => IsIn(member.Value, item["other"]?[member.Key])),
            ("commandExecution", "fileChange") => PatchOf(ScriptOf(said)) is var (folder, changes)
                && AreChanges(changes, item)
                && IsAbove(folder, item)
                && IsAbove(Text(call["cwd"]), item),
            ("fileChange", "commandExecution") => PatchText.Changes(Text(item["command"]) ?? "") is { } run
                && AreChanges(call["changes"] as JsonArray, new JsonObject { ["changes"] = run }),
            ("fileChange", "fileChange") => DetailJoin.IsEmpty(item["changes"]) || AreChanges(call["changes"] as JsonArray, item),
            ("mcpToolCall", "mcpToolCall") => IsName(NameOf(call), NameOf(item)) && AreMembers(call["arguments"], item["arguments"]),
            ("dynamicToolCall", "dynamicToolCall") => AreMembers(call["tool"], item["tool"])
                && IsIn(call["namespace"], item["namespace"])
                && IsIn(call["arguments"], item["arguments"]),
            ("dynamicToolCall", { } shown) => IsOfTool(Text(call["tool"]) ?? "", shown, item) && IsIn(call["arguments"], item["arguments"]),
            ("imageView", "imageView") => IsPath(Text(call["path"]), Text(item["path"])),
            ("webSearch", "webSearch") => IsIn(call["action"], item["action"]),
            ("imageGeneration", "imageGeneration") => IsIn(call["revisedPrompt"], item["revisedPrompt"])
                && IsIn(call["result"], item["result"])
                && IsIn(call["failure"], item["failure"]),
            var (type, other) => type == other, // neither is of an event
        };

    // The same words, or those of a script that the event says which shell ran.
    static bool IsCommand(string said, string line)
    {
        if (line == said)
            return true;
        string[] scripts =
        [
            CommandLine.Join([said]),
            CommandLine.Join([InUtf8 + said]),
            .. Shell().Match(said) is { Success: true } shell ? (string[])[said[shell.Length..]] : [],
        ];
        return Array.Exists(
            scripts,
            script =>
                line.EndsWith(script, StringComparison.Ordinal)
                && (
                    line.Length == script.Length
                    || Shell().Match(line) is { Success: true } shell && shell.Length + script.Length == line.Length
                )
        );
    }

    // A path as it is, or the end of it.
    static bool IsPath(string? said, string? whole)
    {
        if (said is null || whole is null)
            return true;
        var (end, path) = (Slashed(said), Slashed(whole));
        if (path == end || said.StartsWith('/'))
            return path == end;
        end = WithoutSteps(end);
        return end.Length == 0 || path == end || path.EndsWith("/" + end, StringComparison.Ordinal);
    }

    // The files that were changed are in the folder.
    static bool IsAbove(string? folder, JsonObject item)
    {
        if (folder is null)
            return true;
        var isWhole = folder.StartsWith('/');
        var end = isWhole ? Slashed(folder) : WithoutSteps(Slashed(folder));
        return end.Length == 0
            || Changes(item)
                .Select(change => Slashed(Text(change["path"]) ?? ""))
                .Any(path =>
                    isWhole
                        ? path.StartsWith(end + "/", StringComparison.Ordinal)
                        : $"/{path}".Contains($"/{end}/", StringComparison.Ordinal)
                );
    }

    static string Slashed(string path) => path.Replace('\\', '/').TrimEnd('/');

    // Without what leads from one folder to another at the beginning.
    static string WithoutSteps(string path)
    {
        var rest = path.AsSpan();
        while (rest is ['.', '/', ..] or ['~', '/', ..] or ['.', '.', '/', ..])
            rest = rest[(rest.IndexOf('/') + 1)..];
        return rest is "." or ".." or "~" ? "" : rest.ToString();
    }

    // The last word of a command, or its text.
    static string ScriptOf(JsonObject said)
    {
        var arguments = NestedJson.Read(Text(said["arguments"]) ?? "") ?? default;
        var command = arguments.Member("command") is { ValueKind: not JsonValueKind.Undefined } words ? words : arguments.Member("cmd");
        return command.AsText()
            ?? (command.ValueKind == JsonValueKind.Array ? command.EnumerateArray().LastOrDefault().AsText() : null)
            ?? "";
    }

    // A script that does nothing but apply a patch: where, and what it changes.
    static (string? Folder, JsonArray? Changes)? PatchOf(string command)
    {
        var script = Script().Match(command);
        return
            script.Success
            && script.Groups["patch"].Value is var patch
            && patch.IndexOf(PatchText.End, StringComparison.Ordinal) == patch.Length - PatchText.End.Length
            && PatchText.Changes(patch) is { } changes
            ? (script.Groups["folder"] is { Success: true } folder ? folder.Value.Trim('\'', '"') : null, changes)
            : null;
    }

    // Each file with each line that is added or taken away; how much around them is shown differs.
    static bool AreChanges(JsonArray? said, JsonObject item)
    {
        if (said is null)
            return false;
        var shown = Changes(item).ToList();
        return said.OfType<JsonObject>()
            .All(change =>
                shown.Exists(other =>
                    IsPath(Text(change["path"]), Text(other["path"]))
                    && IsPath(Text(change["kind"]?["move_path"]), Text(other["kind"]?["move_path"]) ?? "")
                    && Lines(change, isChangeOnly: true).All(Lines(other, isChangeOnly: false).Contains)
                )
            );
    }

    static HashSet<string> Lines(JsonObject change, bool isChangeOnly)
    {
        var isDiff = Text(change["kind"]?["type"]) == "update";
        return
        [
            .. (Text(change["diff"]) ?? "")
                .Split('\n')
                .Where(line => !isDiff || !isChangeOnly || line is ['+' or '-', ..])
                .Select(line => (isDiff && line.Length > 0 ? line[1..] : line).TrimEnd())
                .Where(line => line.Length > 0),
        ];
    }

    static IEnumerable<JsonObject> Changes(JsonObject item) => (item["changes"] as JsonArray ?? []).OfType<JsonObject>();

    // Models know tools by names of which clients changed what not every model takes, and cut what is long.
    static bool IsName(string said, string name) =>
        said == name || said.Length >= LongName && name.StartsWith(said[..CutName], StringComparison.Ordinal);

    static string NameOf(JsonObject call) => string.Concat($"{Text(call["server"])}{Text(call["tool"])}".Where(char.IsAsciiLetterOrDigit));

    // Some tools have items of a type of their own, and those of agents share one.
    static bool IsOfTool(string tool, string type, JsonObject item)
    {
        var name = tool.Replace("_", "", StringComparison.Ordinal);
        var isMessage = tool is "send_input" or "send_message" or "assign_task" or "followup_task";
        return type switch
        {
            "collabAgentToolCall" when Text(item["tool"]) is { Length: > 0 } shown => isMessage && shown == "sendInput"
                || name.StartsWith(shown.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase),
            "collabAgentToolCall" or "subAgentActivity" => isMessage
                || tool == "wait"
                || name.Contains("agent", StringComparison.OrdinalIgnoreCase),
            _ => name.Equals(type, StringComparison.OrdinalIgnoreCase),
        };
    }

    // What an item does not have is added to it.
    static bool IsIn(JsonNode? said, JsonNode? shown) => DetailJoin.IsEmpty(shown) || AreMembers(said, shown);

    static bool AreMembers(JsonNode? said, JsonNode? shown) =>
        DetailJoin.IsEmpty(said)
        || (
            said is JsonObject members
                ? members.All(member => AreMembers(member.Value, (shown as JsonObject)?[member.Key]))
                : JsonNode.DeepEquals(said, shown)
        );

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [GeneratedRegex(
        """^(?:'[^']*[/\\]|"[^"]*[/\\]|[^\s'"]*/)?(?:(?:ba|z|da|k|fi|pw)?sh|powershell)(?:\.exe)?['"]?(?: -[\w-]+)+ """,
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Shell();

    [GeneratedRegex(
        """^\s*(?:cd\s+(?<folder>'[^']*'|"[^"]*"|[^\s'"&;]+)\s*&&\s*)?apply_?patch\s*<<-?\s*(?<q>['"]?)(?<end>\w+)\k<q>\s*\n\s*(?<patch>\*\*\* Begin Patch\r?\n.*\n\*\*\* End Patch)\s*\n\k<end>\s*$""",
        RegexOptions.CultureInvariant | RegexOptions.Singleline
    )]
    private static partial Regex Script();
}
