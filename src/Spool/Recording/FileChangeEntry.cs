using System.Text;
using System.Text.Json;

namespace Spool;

/// <summary>What became of a file.</summary>
public enum FileChangeKind
{
    /// <summary>It was made.</summary>
    Add,

    /// <summary>It was changed.</summary>
    Update,

    /// <summary>It was removed.</summary>
    Delete,
}

/// <summary>What became of one file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Text">The content of a file that was made or removed; of one that was changed the unified diff, from its first
/// <c>@@</c>.</param>
public sealed record FileChange(string Path, FileChangeKind Kind, string Text)
{
    /// <summary>Gets the path that a file which was changed got, or null when it kept its own.</summary>
    public string? MovedTo { get; init; }
}

/// <summary>A patch that was applied to files.</summary>
/// <param name="Changes">What became of each file; one at least, and each file once.</param>
/// <remarks>The model's call has the name <c>apply_patch</c>.</remarks>
public sealed record FileChangeEntry(IReadOnlyList<FileChange> Changes) : CallEntry
{
    /// <summary>Gets the patch as the model gave it, or null to make it from the changes.</summary>
    public string? Patch { get; init; }

    private protected override void Check()
    {
        base.Check();
        ArgumentNullException.ThrowIfNull(Changes);
        foreach (var change in Changes)
        {
            ArgumentNullException.ThrowIfNull(change, nameof(Changes));
            ArgumentNullException.ThrowIfNull(change.Path);
            ArgumentNullException.ThrowIfNull(change.Text);
            DefinedValues.Check(change.Kind);
        }
    }

    private protected override void WriteCall(EntryItems items, string id) =>
        WriteCustomCall(items, id, "apply_patch", Patch ?? PatchOf(Changes));

    private protected override void WriteOutput(EntryItems items, string id) => WriteOutput(items, "custom_tool_call_output", id);

    private protected override void WriteShown(EntryItems items, string id)
    {
        var failed = Status != CallStatus.Completed;
        if (items.IsPaginated)
        {
            items.Completed(
                "FileChange",
                id,
                Duration,
                json =>
                {
                    WriteChanges(json);
                    json.WriteString("status"u8, StatusName);
                    json.WriteString("stdout"u8, failed ? "" : Output);
                    json.WriteString("stderr"u8, failed ? Output : "");
                }
            );
            return;
        }
        items.Event(
            "patch_apply_end",
            json =>
            {
                json.WriteString("call_id"u8, id);
                json.WriteString("turn_id"u8, items.Place.TurnId);
                json.WriteString("stdout"u8, failed ? "" : Output);
                json.WriteString("stderr"u8, failed ? Output : "");
                json.WriteBoolean("success"u8, !failed);
                WriteChanges(json);
                json.WriteString("status"u8, StatusName);
            }
        );
    }

    void WriteChanges(Utf8JsonWriter json)
    {
        json.WriteStartObject("changes"u8);
        foreach (var change in Changes)
        {
            json.WriteStartObject(change.Path);
            json.WriteString(
                "type"u8,
                change.Kind switch
                {
                    FileChangeKind.Add => "add",
                    FileChangeKind.Delete => "delete",
                    _ => "update",
                }
            );
            json.WriteString(change.Kind == FileChangeKind.Update ? "unified_diff"u8 : "content"u8, change.Text);
            if (change.Kind == FileChangeKind.Update)
                json.WriteString("move_path"u8, change.MovedTo);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    static string PatchOf(IReadOnlyList<FileChange> changes)
    {
        var patch = new StringBuilder("*** Begin Patch\n");
        foreach (var change in changes)
        {
            patch.Append("*** ").Append(change.Kind).Append(" File: ").Append(change.Path).Append('\n');
            if (change.MovedTo is { } target)
                patch.Append("*** Move to: ").Append(target).Append('\n');
            if (change.Kind == FileChangeKind.Delete || change.Text.Length == 0)
                continue;
            var lines = change.Text.EndsWith('\n') ? change.Text[..^1] : change.Text;
            foreach (var line in lines.Split('\n'))
                patch.Append(change.Kind == FileChangeKind.Add ? "+" : "").Append(line).Append('\n');
        }
        return patch.Append("*** End Patch").ToString();
    }
}
