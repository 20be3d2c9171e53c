using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>Says with which model and settings turns ran: all of the important ones at first, and then what changed.</summary>
sealed class SettingsCards
{
    const int LongestWord = 60;
    const int LongestValue = 200;

    static readonly (string Member, string Label)[] Known =
    [
        ("model", "Model"),
        ("reasoningEffort", "Effort"),
        ("cwd", "Folder"),
        ("approvalPolicy", "Approvals"),
        ("sandboxPolicy", "Sandbox"),
    ];

    readonly Dictionary<string, Setting> _last = new(StringComparer.Ordinal);
    bool _isLater;

    /// <summary>Gets the folder that the settings before named, or null.</summary>
    public string? Folder => _last.GetValueOrDefault("Folder")?.Value;

    /// <summary>Reads settings as they are.</summary>
    public static ItemCard Of(JsonObject item, ItemMembers members)
    {
        foreach (var (member, _) in Known)
            members.Skip(member);
        if (item["other"] is JsonObject)
            members.Skip("other");
        var settings = Settings(item).ToList();
        return Card(settings, All(settings));
    }

    /// <summary>Gives of the next settings what is worth saying, or null when they say nothing new.</summary>
    /// <param name="item">The item.</param>
    /// <param name="whole">The item as it is.</param>
    public ItemCard? Next(JsonObject item, ItemCard whole)
    {
        var settings = Settings(item).ToList();
        var changed = settings.Where(setting => _last.GetValueOrDefault(setting.Name)?.Value != setting.Value).ToList();
        var title = _isLater ? string.Join(" · ", changed.Select(Change)) : All(changed);
        foreach (var setting in settings)
            _last[setting.Name] = setting;
        _isLater = true;
        var card = Card(changed, title);
        IReadOnlyList<CardBlock> blocks = [.. card.Blocks, .. whole.Blocks.Where(block => block is not FieldsBlock)];
        return blocks.Count == 0 ? null : whole with { Blocks = blocks, Title = title };
    }

    static ItemCard Card(List<Setting> settings, string title) =>
        ItemCards.Card(
            CardKind.Settings,
            "Settings",
            settings.Count == 0 ? [] : [new FieldsBlock([.. settings.Select(setting => (setting.Name, setting.Value))])]
        ) with
        {
            Title = title,
        };

    string Change(Setting setting) =>
        !_last.TryGetValue(setting.Name, out var before) ? Said(setting)
        : before.Short == setting.Short ? $"{Said(setting)} (details changed)"
        : $"{Word(setting)} {before.Short} → {setting.Short}";

    static string All(List<Setting> settings)
    {
        var known = settings.Where(IsKnown).Select(Said).ToList();
        if (settings.Count > known.Count)
            known.Add(string.Create(CultureInfo.InvariantCulture, $"{settings.Count - known.Count:N0} more"));
        return string.Join(" · ", known);
    }

    static string Said(Setting setting) => $"{Word(setting)} {setting.Short}";

    static string Word(Setting setting) => SafeText.OneLine(IsKnown(setting) ? setting.Name.ToLowerInvariant() : setting.Name, LongestWord);

    static bool IsKnown(Setting setting) => Array.Exists(Known, known => known.Label == setting.Name);

    static IEnumerable<Setting> Settings(JsonObject item)
    {
        var known = Known.Select(known => (known.Label, item[known.Member]));
        var others = (item["other"] as JsonObject ?? []).Select(other => (other.Key, other.Value));
        foreach (var (name, value) in known.Concat(others))
        {
            if (value is not null && SettingOf(name, value) is { Value.Length: > 0 } setting)
                yield return setting;
        }
    }

    // A policy is a word, or an object that begins with one.
    static Setting SettingOf(string name, JsonNode value)
    {
        var line = ReadableJson.Line(value);
        if (value is not JsonObject policy)
            return new Setting(name, line, SafeText.OneLine(line, LongestValue));
        var member = policy.ContainsKey("type") ? "type" : "mode";
        if (ItemView.Text(policy[member]) is not { Length: > 0 } word)
            return new Setting(name, line, SafeText.OneLine(line, LongestValue));
        var details = policy.Where(detail => detail.Key != member).Select(detail => $"{detail.Key}: {ReadableJson.Line(detail.Value)}");
        var text = string.Join(", ", details) is { Length: > 0 } more ? $"{word} ({more})" : word;
        return new Setting(name, text, SafeText.OneLine(word, LongestValue));
    }

    sealed record Setting(string Name, string Value, string Short);
}
