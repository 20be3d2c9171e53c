using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Says with which model and settings a turn ran: all of the important ones at first, and then what changed.</summary>
/// <param name="detail">Whether the others are said too at first.</param>
sealed class SettingsText(ShownDetail detail)
{
    const int LongestValue = 200;

    static readonly (string Member, string Word)[] Known =
    [
        ("model", "model"),
        ("reasoningEffort", "effort"),
        ("cwd", "folder"),
        ("approvalPolicy", "approval"),
        ("sandboxPolicy", "sandbox"),
    ];

    readonly Dictionary<string, (string Whole, string Shown)> _last = new(StringComparer.Ordinal);
    bool _isFirst = true;

    /// <summary>Gets the folder that the settings before named, or null.</summary>
    public string? Folder { get; private set; }

    /// <summary>Takes settings, and gives what is worth saying of them, or null when they say nothing new.</summary>
    public string? Next(ThreadItem item)
    {
        var parts = new List<string>();
        var others = 0;
        foreach (var (word, value) in Values(item))
        {
            var now = (Whole: ReadableJson.Of(value), Shown: Shown(value));
            var before = _last.TryGetValue(word, out var last) ? last : default;
            _last[word] = now;
            if (now.Whole == before.Whole)
                continue;
            if (!_isFirst)
                parts.Add(
                    before.Shown is null ? $"{word} {now.Shown}"
                    : before.Shown == now.Shown ? $"{word} {now.Shown} (details changed)"
                    : $"{word} {before.Shown} → {now.Shown}"
                );
            else if (detail == ShownDetail.Full || Array.Exists(Known, known => known.Word == word))
                parts.Add($"{word} {now.Shown}");
            else
                others++;
        }
        _isFirst = false;
        if (others > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{others:N0} more (--full)"));
        Folder = ItemView.Text(item, "cwd") ?? Folder;
        return parts.Count == 0 ? null : string.Join(" · ", parts);
    }

    static IEnumerable<(string Word, JsonNode Value)> Values(ThreadItem item)
    {
        foreach (var (member, word) in Known)
        {
            if (item.Json[member] is { } value)
                yield return (word, value);
        }
        foreach (var (name, other) in item.Json["other"] as JsonObject ?? [])
        {
            if (other is not null)
                yield return (SafeText.OneLine(name, 60), other);
        }
    }

    // A policy is a word, or an object that begins with one.
    static string Shown(JsonNode value) =>
        SafeText.OneLine(
            value is JsonObject policy && (ItemView.Text(policy["type"]) ?? ItemView.Text(policy["mode"])) is { } word
                ? word
                : ReadableJson.Of(value),
            LongestValue
        );
}
