using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Reads changes of files. Paths below the folder of the thread are those from there.</summary>
static class ChangeCards
{
    const int LongestTitle = 240;
    const int NamedFiles = 3;
    const string Success = "Success. Updated ";

    /// <summary>Reads an item.</summary>
    /// <param name="members">Its members.</param>
    /// <param name="folder">The folder of the thread.</param>
    public static ItemCard Of(ItemMembers members, string? folder)
    {
        var stored = (members.Elements("changes") ?? []).OfType<JsonObject>().Select(View).ToList();
        List<FileChangeView> changes =
        [
            .. stored.Select(change => change with { Path = Below(change.Path, folder), MovedTo = Below(change.MovedTo, folder) }),
        ];
        var title = SafeText.OneLine(
            changes is [var only] ? $"{only.Kind} {only.Places}"
                : changes.Count > NamedFiles ? string.Create(CultureInfo.InvariantCulture, $"{changes.Count:N0} files")
                : string.Join(", ", changes.Select(change => change.Path)),
            LongestTitle * NamedFiles
        );
        // what does not fit into the title stands above the diff, as it does where there are several
        var isAlone = changes.Count == 1 && !title.EndsWith('…');
        List<CardBlock> blocks = [.. changes.Select(change => new DiffBlock(change, isAlone))];
        if (members.Text("output") is { Length: > 0 } output && !IsSaid(output, stored, changes))
            blocks.Add(new CodeBlock("Output", output));
        var card = ItemCards.Card(CardKind.Change, "Changes", blocks) with
        {
            Title = title,
            Hint = DiffLines.Count(changes),
            Duration = members.Duration("durationMs"),
        };
        return ItemCards.Ended(card, members);
    }

    static FileChangeView View(JsonObject change)
    {
        var kinds = change["kind"] as JsonObject;
        var kind = ItemView.Text(kinds is null ? change["kind"] : kinds["type"]);
        return new FileChangeView(
            ItemView.Text(change["path"]) ?? "",
            SafeText.OneLine(kind ?? "change", int.MaxValue),
            ItemView.Text(change["diff"]) ?? ""
        )
        {
            MovedTo = ItemView.Text(kinds?["move_path"] ?? kinds?["movePath"]) is { Length: > 0 } moved ? moved : null,
        };
    }

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(path))]
    static string? Below(string? path, string? folder)
    {
        if (path is null || folder is not { Length: > 1 } || !path.StartsWith(folder, StringComparison.Ordinal))
            return path;
        var rest =
            folder[^1] is '/' or '\\' ? path[folder.Length..]
            : path[folder.Length..] is ['/' or '\\', .. var below] ? below
            : "";
        return rest.Length > 0 ? rest : path;
    }

    // The client's word for it that all went well, with the names of the files: the changes say the same.
    static bool IsSaid(string output, List<FileChangeView> stored, List<FileChangeView> changes)
    {
        output = output.Trim();
        if (output == "Done!")
            return true;
        if (!output.StartsWith(Success, StringComparison.Ordinal))
            return false;
        var names = output[Success.Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names is ["the following files:", .. var listed])
            names = [.. listed.Select(line => line is ['A' or 'M' or 'D', ' ', .. var name] ? name : line)];
        return names.All(name => stored.Concat(changes).Any(change => name == change.Path || name == change.MovedTo));
    }
}
